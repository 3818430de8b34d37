"""Actions, called workflows and pins over http, https and ssh: tokens, refusals, stumbles, what is asked of nobody. The servers are
git's own: http-backend as a CGI program, upload-pack behind a program that stands for ssh."""
import base64, http.server, ssl, threading
from actions import Server, git, job_log, says
from real import *

TOKEN = "t0k3n-" + "x" * 20


class Http:
    """Serves the folder of a Server. asked: (method, path, authorization) of every request. rule(path, n): what the n-th request
    of this path (from 1) gets instead of an answer, a status or "drop"; None: the answer."""

    def __init__(self, served, tls=None, token=None, rule=None):
        self.asked, self.rule, self.counts, self.lock = [], rule, {}, threading.Lock()
        self.wanted = token and {"Basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode(), "Bearer " + token}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def refuse(self, status):
                self.send_response(status)
                if status == 401:
                    self.send_header("WWW-Authenticate", 'Basic realm="git"')
                self.send_header("Content-Length", "0")
                self.end_headers()

            def answer(self):
                path, _, query = self.path.partition("?")
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                login = self.headers.get("Authorization")
                with outer.lock:
                    outer.asked.append((self.command, path, login))
                    n = outer.counts[path] = outer.counts.get(path, 0) + 1
                what = outer.rule and outer.rule(path, n)
                if what == "drop":
                    self.close_connection = True
                    return self.connection.close()
                if outer.wanted and login and login.split(" ", 1)[0].capitalize() + " " + login.split(" ", 1)[1] not in outer.wanted:
                    return self.refuse(401)
                if outer.wanted and not login:
                    return self.refuse(401)
                if what:
                    return self.refuse(what)
                if not os.path.isdir(served.dir + "/".join(path.split("/")[:3])):
                    return self.refuse(404)
                env = dict(os.environ, GIT_PROJECT_ROOT=served.dir, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
                           REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
                           HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""), REMOTE_ADDR="127.0.0.1", GIT_CONFIG_GLOBAL="/dev/null")
                if self.headers.get("Git-Protocol"):
                    env["GIT_PROTOCOL"] = self.headers["Git-Protocol"]
                out = subprocess.run(["git", "http-backend"], env=env, input=body, capture_output=True).stdout
                head, _, rest = out.partition(b"\r\n\r\n")
                lines = [l.split(": ", 1) for l in head.decode().split("\r\n") if ": " in l]
                status = next((int(v.split()[0]) for k, v in lines if k == "Status"), 200)
                self.send_response(status)
                for k, v in lines:
                    if k != "Status":
                        self.send_header(k, v)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest)

            do_GET = do_POST = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def logins(self):
        return {l for _, _, l in self.asked if l}


def certificate():
    """A file with a key and a certificate for 127.0.0.1; None: there is no openssl to make it."""
    if not shutil.which("openssl"):
        return None
    path = tempfile.mkdtemp(prefix="tls-", dir=BASE) + "/both.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", path + ".key", "-out", path + ".crt"], check=True, capture_output=True)
    with open(path, "w") as f:
        f.write(open(path + ".crt").read() + open(path + ".key").read())
    return path


def lib(**more):
    s = Server()
    s.sha = s.add("them/lib", {"action.yml": says("RAN"), ".github/workflows/w.yml": "on: workflow_call\njobs: {c: {runs-on: ubuntu-latest, steps: [{id: called, run: echo CALLED}]}}\n",
                               **more}, tag="v1")
    return s


FLOW = "- {id: a, uses: them/lib@v1}"
CALL = "on: push\njobs: {c: {uses: them/lib/.github/workflows/w.yml@v1}}\n"


def ran(s, url, *args, flow=FLOW, env=None, cache=None):
    s.url, s.cache = url, cache or tempfile.mkdtemp(prefix="cache-", dir=BASE)
    return s.run(flow, *args, env={"GIT_CONFIG_GLOBAL": "/dev/null", "GITHUB_TOKEN": None, "GH_TOKEN": None, "GH_ENTERPRISE_TOKEN": None,
                                   "GITHUB_ENTERPRISE_TOKEN": None, **(env or {})})


def path_with(**programs):
    d = tempfile.mkdtemp(prefix="bin-", dir=BASE)
    for name, text in programs.items():
        with open(f"{d}/{name}", "w") as f:
            f.write(text)
        os.chmod(f"{d}/{name}", 0o755)
    return d + ":" + os.environ["PATH"]


def place_of(r, text):
    return any(text in l and "(line 6 of .github/workflows/t.yml)" in l for l in job_log(r))


# ---- http ----


def test_http_and_a_warm_store_that_asks_nobody():
    s = lib()
    with Http(s) as h:
        r = ran(s, h.url)
        equal((r.code, r.lines("a")), (0, ["RAN"]), r.err + str(job_log(r)))
        refs = [p for _, p, _ in h.asked if p.endswith("/info/refs")]
        assert refs and not h.logins(), h.asked
        pinned = "- {id: a, uses: them/lib@" + s.sha + "}"
        for args, flow in (([], pinned), (["--offline"], FLOW), (["--offline"], pinned), (["-n"], FLOW)):
            h.asked.clear()
            r = ran(s, h.url, *args, flow=flow, cache=s.cache)
            equal((r.code, h.asked), (0, []), str(args) + r.err + str(job_log(r)))
        r = ran(s, h.url, cache=s.cache)
        assert r.code == 0 and 0 < len(h.asked) <= 2, f"a tag is asked for, nothing is fetched: {h.asked}"


def test_a_called_workflow_by_http():
    s = lib()
    with Http(s, token=TOKEN) as h:
        r = ran(s, h.url, flow=CALL)
        equal((r.code, h.logins()), (4, set()), r.err)
        assert "t.yml:2:" in r.err and "no access to it" in r.err, r.err
        r = ran(s, h.url, "-s", "GITHUB_TOKEN=" + TOKEN, flow=CALL)
        equal((r.code, r.lines("called")), (0, ["CALLED"]), r.err)
        h.asked.clear()
        r = ran(s, h.url, "--offline", flow=CALL, cache=s.cache)
        equal((r.code, h.asked), (0, []), r.err)


def test_not_found_no_access_and_trouble_are_told_apart():
    s = lib()
    cases = (  # rule, exit code, what is said, how often it is asked
        (lambda p, n: 404, 1, "repository not found", 1),
        (lambda p, n: 403, 4, "repository not found, or no access to it", 1),
        (lambda p, n: 401, 4, "repository not found, or no access to it", 1),
        (lambda p, n: 503, 4, "returned error: 503", 3),
        (lambda p, n: "drop", 4, "cannot fetch from", 3),
    )
    for rule, code, text, times in cases:
        with Http(s, rule=rule) as h:
            r = ran(s, h.url)
            equal((r.code, r.of("step.start")), (code, []), text + str(job_log(r)))
            assert place_of(r, text) and place_of(r, "them/lib@v1"), (text, job_log(r))
            tries = len([1 for _, p, _ in h.asked if p.endswith("/info/refs")])
            equal(tries, times, text)
    with Http(s) as h:
        r = ran(s, h.url, flow="- {id: a, uses: them/other@v1}")
        equal(r.code, 1)
        assert place_of(r, "Unable to resolve action `them/other@v1`, repository not found"), job_log(r)
        gone = h.url
    r = ran(s, gone)
    equal(r.code, 4)
    assert place_of(r, "no network") and place_of(r, "cannot be reached"), job_log(r)


def test_a_server_that_stumbles_is_asked_again():
    s = lib()
    for where in ("/info/refs", "/git-upload-pack"):
        for what in (503, "drop"):
            with Http(s, rule=lambda p, n: what if p.endswith(where) and n < 3 else None) as h:
                r = ran(s, h.url)
                equal((r.code, r.lines("a")), (0, ["RAN"]), (where, what, r.err, job_log(r)))
                log = job_log(r)
                failed = [l for l in log if l.startswith(f"Failed to download action '{h.url}/them/lib'. Error: ")]
                equal(len(failed), len([l for l in log if re.fullmatch(r"Back off [0-9.]+ seconds before retry\.", l)]), log)
                assert len(failed) == 2 or (what == "drop" and len(failed) == 1), log  # a lost connection curl opens again itself


def test_a_checkout_is_asked_for_again_too():
    s = lib()
    steps = "- {id: c, uses: actions/checkout@v7, with: {repository: them/lib, path: x%s}}\n- {id: see, run: test -f x/action.yml && echo RAN}"
    for more, where in (("", "/info/refs"), ("", "/git-upload-pack"), (", ref: v1", "/info/refs"), (", ref: v1", "/git-upload-pack")):
        with Http(s, rule=lambda p, n: 503 if p.endswith(where) and n < 3 else None) as h:
            r = ran(s, h.url, flow=steps % more)
            equal((r.code, r.lines("see")), (0, ["RAN"]), (where, more, r.err, r.lines("c", runner=True)))
            waited = [l for l in r.lines("c", runner=True) if re.fullmatch(r"Waiting [0-9.]+ seconds before trying again", l)]
            equal(len(waited), 2, (where, more))
    for status, times in ((503, 3), (403, 1)):
        with Http(s, rule=lambda p, n: status) as h:
            r = ran(s, h.url, flow=steps % ", ref: v1")
            equal(r.code != 0, True)
            equal(len(h.asked), times, (status, r.lines("c", runner=True)))


# ---- tokens ----


def test_tokens_are_sent_only_where_they_belong():
    s = lib()
    gh = path_with(gh=f"#!/bin/sh\necho \"$*\" >> \"$HOME/asked\"\necho {TOKEN}\n")
    wrong = path_with(gh="#!/bin/sh\nexit 1\n")
    with Http(s, token=TOKEN) as h:
        host = h.url.split("//")[1]
        works = (
            (["-s", "GITHUB_TOKEN=" + TOKEN], {}),
            ([], {"GH_ENTERPRISE_TOKEN": TOKEN}),
            ([], {"GITHUB_ENTERPRISE_TOKEN": TOKEN}),
            ([], {"GITHUB_TOKEN": TOKEN, "GITHUB_SERVER_URL": h.url}),
            (["-s", "GITHUB_TOKEN=wrong"], {"GH_ENTERPRISE_TOKEN": TOKEN}),
            ([], {"PATH": gh}),
            ([], {"PATH": gh, "GH_ENTERPRISE_TOKEN": "wrong"}),
        )
        for args, env in works:
            h.asked.clear()
            env = {"PATH": wrong, **env}
            r = ran(s, h.url, *args, env=env)
            equal((r.code, r.lines("a")), (0, ["RAN"]), (args, env, r.err, job_log(r)))
            assert TOKEN not in r.raw.decode() + r.err, "a token is shown nowhere"
            if env["PATH"] == gh:
                equal(open(r.home + "/asked").read().split("\n")[0], "auth token --hostname " + host)
        refused = (({"GITHUB_TOKEN": TOKEN, "GH_TOKEN": TOKEN}, []), ({"GH_ENTERPRISE_TOKEN": "wrong"}, []), ({}, ["-s", "GITHUB_TOKEN=wrong"]))
        for env, args in refused:
            h.asked.clear()
            r = ran(s, h.url, *args, env={"PATH": wrong, **env})
            equal((r.code, r.of("step.start")), (4, []), (env, args))
            assert place_of(r, "no access to it") and place_of(r, "gh auth token"), job_log(r)
            assert not any(base64.b64encode(b"x-access-token:" + TOKEN.encode()).decode() in l for l in h.logins()), "a token for another server"
    with Http(s) as h:
        r = ran(s, h.url, env={"GH_ENTERPRISE_TOKEN": TOKEN, "PATH": gh})
        equal((r.code, h.logins()), (0, set()), "who asks for nothing gets no token")


def test_credentials_of_git_itself():
    s = lib()
    config = tempfile.mkdtemp(prefix="config-", dir=BASE) + "/gitconfig"
    with Http(s, token=TOKEN) as h:
        for text in (f"[credential]\n\thelper = \"!f() {{ echo username=x-access-token; echo password={TOKEN}; }}; f\"\n",
                     f"[http \"{h.url}/\"]\n\textraHeader = \"Authorization: Bearer {TOKEN}\"\n"):
            with open(config, "w") as f:
                f.write(text)
            r = ran(s, h.url, env={"GIT_CONFIG_GLOBAL": config})
            equal((r.code, r.lines("a")), (0, ["RAN"]), (text, r.err, job_log(r)))


def test_https():
    s, pem = lib(), certificate()
    if not pem:
        return print("# not tried: there is no openssl to make a certificate")
    with Http(s, tls=pem, token=TOKEN) as h:
        trust = {"GIT_SSL_CAINFO": pem}
        r = ran(s, h.url, "-s", "GITHUB_TOKEN=" + TOKEN, env=trust)
        equal((r.code, r.lines("a")), (0, ["RAN"]), r.err + str(job_log(r)))
        r = ran(s, h.url, env=trust)
        equal(r.code, 4)
        assert place_of(r, "no access to it"), job_log(r)
        h.asked.clear()
        r = ran(s, h.url, "-s", "GITHUB_TOKEN=" + TOKEN)
        equal((r.code, h.asked), (4, []), "who cannot prove who they are is asked nothing")
        assert place_of(r, "cannot fetch from " + h.url) and place_of(r, "certificate"), job_log(r)


# ---- ssh ----

SSH = """#!/bin/sh
echo "$*" >> "$HOME/ssh"
while :; do case "$1" in -o|-p|-i) shift 2;; -*) shift;; *) break;; esac; done
[ -z "$FAKE_SSH" ] || { echo "$FAKE_SSH" >&2; exit 255; }
shift
cd "$SERVED" && eval "$*"
"""


def test_ssh():
    s = lib()
    served = s.dir
    path = path_with(ssh=SSH)
    for url in ("ssh://git@far.invalid" + served, "git@far.invalid:"):
        r = ran(s, url, env={"PATH": path, "SERVED": served, "GIT_SSH_VARIANT": "ssh"})
        equal((r.code, r.lines("a")), (0, ["RAN"]), (url, r.err, job_log(r)))
        assert "BatchMode=yes" in open(r.home + "/ssh").read(), "nobody is asked for a password"
    r = ran(s, "git@far.invalid:", env={"GIT_SSH_COMMAND": path.split(":")[0] + "/ssh -o Mine=1", "SERVED": served, "GIT_SSH_VARIANT": "ssh"})
    equal((r.code, "Mine=1" in open(r.home + "/ssh").read()), (0, True), r.err)
    cases = (("git@far.invalid: Permission denied (publickey).", 4, "no access to it", 1),
             ("Host key verification failed.", 4, "no access to it", 1),
             ("ERROR: Repository not found.", 1, "repository not found", 1),
             ("ssh: connect to host far.invalid port 22: Connection refused", 4, "no network", 3),
             ("ssh: Could not resolve hostname far.invalid: Name or service not known", 4, "no network", 3))
    for said, code, text, times in cases:
        r = ran(s, "git@far.invalid:", env={"PATH": path, "FAKE_SSH": said, "GIT_SSH_VARIANT": "ssh"})
        equal((r.code, r.of("step.start")), (code, []), said + str(job_log(r)))
        assert place_of(r, text), (text, job_log(r))
        equal(len(open(r.home + "/ssh").read().strip().split("\n")), times, said)


# ---- locks that a killed git has left ----


def test_locks_of_a_killed_git():
    s = lib()
    with Http(s) as h:
        for flow, store in ((FLOW, "actions"), (CALL, "workflows")):
            r = ran(s, h.url, flow=flow)
            equal(r.code, 0, r.err)
            git_dir = next(root for root, dirs, _ in os.walk(f"{s.cache}/{store}") if root.endswith(".git") and "objects" in dirs)
            s.sha = s.add("them/lib", {"more": store}, tag="v1")
            names = ["config.lock", "shallow.lock", "packed-refs.lock"]
            names += [f"refs/stored/{s.sha}.lock"] if store == "actions" else ["refs/stored/v1/-commit.lock"]
            for i, name in enumerate(names):
                os.makedirs(os.path.dirname(f"{git_dir}/{name}"), exist_ok=True)
                with open(f"{git_dir}/{name}", "w"):
                    pass
                if i % 2:  # an old one, and one that was made just now
                    os.utime(f"{git_dir}/{name}", (1, 1))
            r = ran(s, h.url, flow=flow, cache=s.cache)
            equal(r.code, 0, (flow, r.err, job_log(r)))
            equal([n for n in names if os.path.exists(f"{git_dir}/{n}")], [])


def test_a_store_that_was_killed_while_it_was_made():
    s = lib()
    with Http(s) as h:
        r = ran(s, h.url, flow=CALL)
        git_dir = next(root for root, dirs, _ in os.walk(f"{s.cache}/workflows") if root.endswith(".git") and "objects" in dirs)
        os.remove(git_dir + "/whole")
        with open(git_dir + "/config.lock", "w"):
            pass
        r = ran(s, h.url, flow=CALL, cache=s.cache)
        equal((r.code, r.lines("called")), (0, ["CALLED"]), r.err)


# ---- pins ----


def test_pins_by_http():
    s = lib()
    text = "on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [{uses: them/lib@v1}]}}\n"
    with Http(s, token=TOKEN) as h:
        d = repo({".github/workflows/t.yml": text})

        def pin(*args, env=None):
            p = start(d, "pin", "--github-url", h.url, *args, env={"GIT_CONFIG_GLOBAL": "/dev/null", **(env or {})})
            out, err = p.communicate(timeout=60)
            return p.returncode, out.decode() + err.decode()
        code, said = pin()
        equal(code, 4, said)
        assert ".github/workflows/t.yml:2:" in said and "no access to it" in said, said
        code, said = pin("-s", "GITHUB_TOKEN", env={"GITHUB_TOKEN": TOKEN})
        equal(code, 0, said)
        assert s.sha in open(d + "/.github/workflows/t.yml").read()
        h.asked.clear()
        equal(pin()[0], 0)
        equal(h.asked, [], "what is pinned is asked of nobody")
        equal(pin("--check", env={"GH_ENTERPRISE_TOKEN": TOKEN})[0], 0)
        assert h.asked


if __name__ == "__main__":
    main(globals())
