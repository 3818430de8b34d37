#!/usr/bin/env python3
"""services.py BUILD-DIR CLIENTS: upload and download of 1 GiB by GitHub's toolkit, through the services of a run and, by turns, through
a server that throws bytes away and answers with zeros. Prints medians of ROUNDS (5), their ratio, and what the two servers take of the
processor, which tells more where other things run. SIZE: in MiB. CLIENTS: the
folder with the toolkit and a Node (build-clients)."""
import json, os, platform, re, shutil, socket, statistics, subprocess, sys, tempfile, threading, time

if len(sys.argv) != 3:
    sys.exit(__doc__)
BUILD, CLIENTS = map(os.path.abspath, sys.argv[1:])
HERE = os.path.dirname(os.path.abspath(__file__))
os.environ["SIDESTEP"] = BUILD + "/src/cli/sidestep"
sys.path.insert(0, HERE + "/../real")
from serving import Server  # noqa: E402

ROUNDS, SIZE = int(os.environ.get("ROUNDS", 5)), int(os.environ.get("SIZE", 1024)) << 20
MACHINE = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), "none")
NODE = f"{CLIENTS}/node_modules/node-linux-{MACHINE}/bin/node"
if not os.path.exists(NODE):
    sys.exit(f"GitHub's toolkit and a Node are not in {CLIENTS}: ./dev test brings them")
BASE = tempfile.mkdtemp(prefix="sidestep-bench-")
shutil.copy(HERE + "/../real/clients/client.mjs", CLIENTS)

# ---- the server that keeps nothing: a process of its own, as ours is


def answer(c, status, body=b"", kind="application/json", extra=""):
    c.sendall((f"HTTP/1.1 {status} x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nx-ms-request-id: 1\r\nETag: \"1\"\r\n{extra}\r\n").encode() + body)


def serve_one(c, url):
    data, room, zeros = b"", bytearray(1 << 20), bytes(1 << 20)
    while True:
        while b"\r\n\r\n" not in data:
            more = c.recv(1 << 16)
            if not more:
                return
            data += more
        head, data = data.split(b"\r\n\r\n", 1)
        method, path = head.split(b" ", 2)[:2]
        m = re.search(rb"(?i)content-length: (\d+)", head)
        n = int(m.group(1)) if m else 0
        left = n - len(data)
        body, data = data[:n], data[n:]
        keep = b"/twirp/" in path
        while left > 0:
            got = c.recv_into(room, min(left, len(room)))
            if keep:
                body += room[:got]
            left -= got
            if not got:
                return
        if method == b"PUT":
            answer(c, 201)
        elif method == b"GET":
            c.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {SIZE}\r\nContent-Disposition: attachment; filename=\"big\"\r\n\r\n".encode())
            for _ in range(SIZE >> 20):
                c.sendall(zeros)
        else:
            what = path.rsplit(b"/", 1)[1].decode()
            ids = {"workflow_run_backend_id": "r", "workflow_job_run_backend_id": "j", "database_id": "1", "name": "big", "size": str(SIZE)}
            replies = {"CreateArtifact": {"ok": True, "signed_upload_url": url + "/blob/a/1?sig=x"}, "FinalizeArtifact": {"ok": True, "artifact_id": "1"},
                       "ListArtifacts": {"artifacts": [ids]}, "GetSignedArtifactURL": {"signed_url": url + "/blob/a/1?sig=x"},
                       "CreateCacheEntry": {"ok": True, "signed_upload_url": url + "/blob/c/1?sig=x"},
                       "FinalizeCacheEntryUpload": {"ok": True, "entry_id": "1"}}
            answer(c, 200, json.dumps(replies[what]).encode())


def serve_nothing(listener, url):
    def handle(c):
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            serve_one(c, url)
        except OSError:
            pass
        c.close()
    while True:
        threading.Thread(target=handle, args=(listener.accept()[0],), daemon=True).start()


class Nothing:
    def __init__(self):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        self.url = "http://127.0.0.1:%d" % listener.getsockname()[1]
        self.pid = os.fork()
        if self.pid == 0:
            serve_nothing(listener, self.url)

    def close(self):
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)


# ---- the client


def call(environ, package, method, *args):
    """Seconds that it took, without Node's start, and the answer."""
    e = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    e.update(environ, GITHUB_WORKSPACE=BASE + "/w", RUNNER_TEMP=BASE + "/t", RUNNER_OS="Linux", BENCH="1")
    p = subprocess.run([NODE, f"{CLIENTS}/client.mjs", package, method, json.dumps(args)], cwd=BASE + "/w", env=e, capture_output=True, text=True)
    said = [json.loads(line[7:]) for line in p.stdout.split("\n") if line.startswith("answer ")]
    if not said or "error" in said[0]:
        sys.exit(p.stdout + p.stderr)
    return said[0]["ms"] / 1000, said[0]["value"]


def cpu(pid):
    """Seconds of the processor that a process has had."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(label, pids, ours, theirs):
    """Each is called with the number of the round and gives seconds. pids: of the two servers."""
    times = {"sidestep": [], "nothing": []}
    ours(0), theirs(0)
    before = [cpu(p) for p in pids]
    for i in range(1, ROUNDS + 1):
        times["nothing"].append(theirs(i))
        times["sidestep"].append(ours(i))
    a, b = (statistics.median(times[k]) for k in ("nothing", "sidestep"))
    print(f"{label:34s} keeps nothing {SIZE / a / 1e6:7.0f} MB/s   sidestep {SIZE / b / 1e6:7.0f} MB/s   ratio {a / b:5.2f}   "
          "processor a GiB " + " and ".join(f"{(cpu(p) - c) / ROUNDS / (SIZE / 2**30):.2f} s" for p, c in zip(pids, before)), flush=True)


def main():
    os.makedirs(BASE + "/w"), os.makedirs(BASE + "/t")
    with open(BASE + "/w/big", "wb") as f:
        for _ in range(SIZE >> 20):
            f.write(os.urandom(1 << 20))
    nothing = Nothing()
    with Server(root=BASE) as s:
        jobs, pids = {}, (nothing.pid, s.process.pid)

        def job(i):
            jobs.setdefault(i, s.job(run=f"run{i}"))
            return jobs[i]
        hollow = {**s.job().environ(), **{k: nothing.url + "/" for k in ("ACTIONS_RUNTIME_URL", "ACTIONS_RESULTS_URL", "ACTIONS_CACHE_URL")}}

        def forget(i):
            shutil.rmtree(job(i).artifacts, ignore_errors=True)

        def upload(e, i):
            return call(e, "@actions/artifact", "uploadArtifact", "big", [BASE + "/w/big"], BASE + "/w", {"skipArchive": True})

        def ours_up(i):
            if i > 1:
                forget(i - 1)
            return upload(job(i).environ(), i)[0]
        measure("artifact, upload", pids, ours_up, lambda i: upload(hollow, i)[0])
        made = call(job(ROUNDS).environ(), "@actions/artifact", "listArtifacts")[1]["artifacts"][0]["id"]

        def download(e, id):
            to = tempfile.mkdtemp(dir=BASE)
            seconds = call(e, "@actions/artifact", "downloadArtifact", id, {"path": to})[0]
            shutil.rmtree(to)
            return seconds
        measure("artifact, download", pids, lambda i: download(job(ROUNDS).environ(), made), lambda i: download(hollow, 1))
        forget(ROUNDS)
        saved = job("c").environ()

        def save(e, i):
            return call(e, "@actions/cache", "saveCache", ["big"], f"k{i}")[0]

        def ours_save(i):
            shutil.rmtree(job("c").caches, ignore_errors=True)
            return save(saved, i)
        measure("cache, save", pids, ours_save, lambda i: save(hollow, i))
    nothing.close()


try:
    main()
finally:
    shutil.rmtree(BASE, ignore_errors=True)
