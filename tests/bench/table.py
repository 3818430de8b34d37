#!/usr/bin/env python3
"""table.py BUILD-DIR [ROW…]: the speed table as ratios. Each row takes turns with its baseline, the same scripts started by
posix_spawn and nothing else, and with the rivals that are on PATH; medians of ROUNDS (5) rounds, on tmpfs."""
import os, shutil, statistics, subprocess, sys, tempfile, time

BUILD = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else sys.exit(__doc__)
SIDESTEP, FLOOR = BUILD + "/src/cli/sidestep", BUILD + "/tests/bench/bench_floor"
ROUNDS = int(os.environ.get("ROUNDS", 5))
BASE = tempfile.mkdtemp(prefix="sidestep-bench-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
ENV = dict(os.environ, XDG_STATE_HOME=BASE + "/state", XDG_CACHE_HOME=BASE + "/cache")
HEAD = "on: push\njobs:\n"
JOB = "    runs-on: ubuntu-latest\n"


def job(steps, extra=""):
    return HEAD + "  j:\n" + JOB + extra + "    steps:\n" + "".join("      - " + s + "\n" for s in steps)


def repo(name, text):
    d = os.path.join(BASE, name)
    os.makedirs(d + "/.github/workflows")
    with open(d + "/.github/workflows/t.yml", "w") as f:
        f.write(text)
    git = ["git", "-c", "user.name=b", "-c", "user.email=b@example.com"]
    for c in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "one"]):
        subprocess.run(git + c, cwd=d, check=True)
    return d


def timed(cmd, cwd):
    start = time.perf_counter()
    r = subprocess.run(cmd, cwd=cwd, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    took = time.perf_counter() - start
    if r.returncode:
        sys.exit(f"{' '.join(cmd)}: exit {r.returncode}: {r.stderr[-300:].decode('utf-8', 'replace')}")
    return took


def row(label, name, text, floor, background=False):
    """floor: how many shells the baseline starts, or a time in seconds."""
    d = repo(name, text)
    script = BASE + "/true.sh"
    with open(script, "w") as f:
        f.write("true\n")
    commands = {"sidestep": [SIDESTEP, "run", "-q"]}
    if shutil.which("act") and not background:
        commands["act"] = ["act", "-P", "ubuntu-latest=-self-hosted", "--no-cache-server", "-q"]
    if shutil.which("wrkflw") and not background:
        commands["wrkflw"] = ["wrkflw", "run", "--runtime", "emulation", ".github/workflows/t.yml"]
    times = {k: [] for k in ["floor", *commands]}
    for _ in range(ROUNDS):
        times["floor"].append(timed([FLOOR, str(floor), script], d) if isinstance(floor, int) else floor)
        for k, c in commands.items():
            times[k].append(timed(c, d))
    base = statistics.median(times["floor"])
    out = "   ".join(f"{k} {statistics.median(v) * 1000:8.1f} ms ({statistics.median(v) / base:5.2f}x)" for k, v in times.items() if k != "floor")
    print(f"{label:42s} floor {base * 1000:8.1f} ms   {out}", flush=True)


def main():
    rows = {
        "one": lambda: row("one step", "one", job(["run: 'true'"]), 1),
        "hundred": lambda: row("100 steps", "hundred", job(["run: 'true'"] * 100), 100),
        "five": lambda: row("500 steps, 50 variables, an expression each", "five",
                            job(["run: echo ${{ env.V%d }}" % (i % 50) for i in range(500)],
                                "    env:\n" + "".join(f"      V{i}: value {i}\n" for i in range(50))), 500),
        "expressions": expressions,
        "jobs": lambda: row("50 jobs with needs", "jobs", HEAD + "".join(
            f"  j{i}:\n{JOB}" + (f"    needs: j{(i - 1) // 2}\n" if i else "") + "    steps: [{run: 'true'}]\n" for i in range(50)), 50),
        "matrix": lambda: row("a matrix of 32 legs", "matrix",
                              job(["run: 'true'"], "    strategy: {matrix: {n: [%s]}}\n" % ",".join(map(str, range(32)))), 32),
        "sleeps": lambda: row("10 background sleeps of 1 s", "sleeps", job(["{run: sleep 1, background: true}"] * 10), 1.0, True),
        "parse": parse,
        "log": log,
        "refs": refs,
        "paths": paths,
    }
    for name in sys.argv[2:] or rows:
        rows[name]()


def expressions():
    """What evaluating costs: the same 500 steps and 50 variables with and without an expression each."""
    env = "    env:\n" + "".join(f"      V{i}: value {i}\n" for i in range(50))
    dirs = [repo("with", job(["run: echo ${{ env.V%d }}" % (i % 50) for i in range(500)], env)),
            repo("without", job(["run: echo value %d" % (i % 50) for i in range(500)], env))]
    times = [[timed([SIDESTEP, "run", "-q"], d) for d in dirs] for _ in range(ROUNDS)]
    t, u = (statistics.median(column) for column in zip(*times))
    print(f"{'500 steps: an expression each, and none':42s} {t * 1000:8.1f} ms against {u * 1000:8.1f} ms ({t / u:5.2f}x)")


def parse():
    d = repo("big", job(["run: 'true'"] * 10000))
    t = statistics.median(timed([SIDESTEP, "graph", "--format", "json"], d) for _ in range(ROUNDS))
    u = statistics.median(timed([SIDESTEP, "graph", "--format", "json"], repo("half", job(["run: 'true'"] * 5000))) for _ in range(1))
    print(f"{'parse and graph of 10,000 steps':42s} {t * 1000:8.1f} ms   {t / u:5.2f} times that of 5,000")


def log():
    line = "this is a line of some seventy-five characters that a compiler might print"
    d = repo("log", job([f"run: yes '{line}' | head -c 1073741824"]))
    secrets = [a for i in range(20) for a in ("-s", f"S{i}=secret-value-{i}-abcdefgh")]
    floor = timed(["sh", "-c", f"yes '{line}' | head -c 1073741824 | cat > {BASE}/copy"], d)
    os.unlink(BASE + "/copy")
    t = timed([SIDESTEP, "run", "-q", *secrets], d)
    shutil.rmtree(BASE + "/state", ignore_errors=True)
    print(f"{'1 GiB of lines, 20 masks, log written':42s} cat   {floor * 1000:8.1f} ms   sidestep {t * 1000:8.1f} ms ({t / floor:5.2f}x), {1073.7 / t:.0f} MB/s")


def git(d, *arguments, text=None):
    subprocess.run(["git", "-c", "user.name=b", "-c", "user.email=b@example.com", *arguments], cwd=d, check=True, input=text,
                   stdout=subprocess.DEVNULL)


def refs():
    """20 steps where there is one ref, 10,000 packed ones, 10,000 loose ones; by turns."""
    places = {k: repo("refs-" + k, job(["run: 'true'"] * 20)) for k in ("one", "packed", "loose")}
    for k in ("packed", "loose"):
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=places[k], capture_output=True, text=True).stdout.strip()
        git(places[k], "update-ref", "--stdin", text="".join(f"create refs/{'tags' if i % 2 else 'heads'}/r{i} {commit}\n"
                                                              for i in range(10000)).encode())
    git(places["packed"], "pack-refs", "--all")
    times = {k: [] for k in places}
    for _ in range(3 * ROUNDS):
        for k, d in places.items():
            times[k].append(timed([SIDESTEP, "run", "-q"], d))
    t = {k: statistics.median(v) for k, v in times.items()}
    print(f"{'20 steps with 10,000 refs':42s} 1 ref {t['one'] * 1000:8.1f} ms   packed {t['packed'] * 1000:8.1f} ms ({t['packed'] / t['one']:5.2f}x)"
          f"   loose {t['loose'] * 1000:8.1f} ms ({t['loose'] / t['one']:5.2f}x)", flush=True)


def history(n):
    """Two branches of n commits each, as git fast-import reads them."""
    when, marks, out = 1700000000, {"main": 1, "feature": 1}, []
    out.append(f"commit refs/heads/main\nmark :1\ncommitter b <b@c> {when} +0000\ndata 0\nfrom refs/heads/main^0\n")
    out += [f"M 644 inline d{d}/f{f}\ndata 2\n0\n\n" for d in range(40) for f in range(40)]
    for i in range(2 * n):
        b, when = ("main", "feature")[i % 2], when + 60
        out.append(f"commit refs/heads/{b}\nmark :{i + 2}\ncommitter b <b@c> {when} +0000\ndata 0\nfrom :{marks[b]}\n"
                   f"M 644 inline d{i % 40 if b == 'main' else i % 7}/f{i % 39}\ndata {len(str(i)) + 1}\n{i}\n\n")
        marks[b] = i + 2
    return "".join(out).encode()


def paths():
    """Selecting by paths over a merge base 5,000 commits away, with and without a commit graph, against git's list of names."""
    head = "on: {pull_request: {paths: [never/**]}}\njobs:\n  j:\n" + JOB + "    steps: [{run: 'true'}]\n"
    d = repo("paths", head)
    git(d, "fast-import", "--quiet", text=history(5000))
    git(d, "checkout", "-q", "-f", "feature")
    git(d, "repack", "-adfq")
    for graph in (False, True):
        if graph:
            git(d, "commit-graph", "write", "--reachable")
        times = {"git": [], "sidestep": []}
        for _ in range(ROUNDS):
            times["git"].append(timed(["git", "diff", "--name-only", "main...feature"], d))
            times["sidestep"].append(timed([SIDESTEP, "run", "-q", "pull_request"], d))
        g, t = (statistics.median(times[k]) for k in ("git", "sidestep"))
        print(f"{'paths, 5,000 commits apart' + (', commit graph' if graph else ''):42s} git   {g * 1000:8.1f} ms   "
              f"sidestep {t * 1000:8.1f} ms ({t / g:5.2f}x)", flush=True)
        print(f"{'  the changed files alone':42s} ", end="", flush=True)
        subprocess.run([BUILD + "/tests/bench/bench_git", d, "refs/heads/main", "refs/heads/feature"], check=True)


try:
    main()
finally:
    shutil.rmtree(BASE, ignore_errors=True)
