"""What a repository may not do to who looks at it, and what becomes of a token: traps in its configuration leave a marker when
they spring, an HTTP server wants a password, and /proc is read meanwhile."""
import base64, hashlib, http.server, stat, threading
from real import *

ROOT = os.geteuid() == 0
SOMEBODY = 12345


def sh(script, cwd, **more):
    return subprocess.run(["sh", "-ec", script], cwd=cwd, env=dict(os.environ, **GIT, **more), check=True, capture_output=True, text=True).stdout


def listing(d):
    """Everything about the files below d that a look could have changed, but for times of access."""
    out = []
    for path, dirs, files in os.walk(d):
        for name in [""] + dirs + files:
            full = os.path.join(path, name)
            st = os.lstat(full)
            text = b""
            if stat.S_ISREG(st.st_mode):
                with open(full, "rb") as f:
                    text = f.read()
            out.append((full, st.st_mode, st.st_uid, st.st_size, st.st_mtime_ns, st.st_ctime_ns, hashlib.sha1(text).hexdigest()))
    return sorted(out)


# MARK is a program that leaves a marker
TRAPS = """
[core]
	fsmonitor = MARK
	pager = MARK
	sshCommand = MARK
	askPass = MARK
	editor = MARK
	gitProxy = MARK
	hooksPath = .hooks
	attributesFile = PIPE
	excludesFile = PIPE
[filter "t"]
	clean = MARK
	smudge = MARK
	required = true
[filter "p"]
	process = MARK
[diff]
	external = MARK
[diff "t"]
	textconv = MARK
	command = MARK
[pager]
	status = true
[credential]
	helper = !MARK
[remote "origin"]
	uploadpack = MARK
	proxy = MARK
	url = https://github.com/me/here.git
[uploadpack]
	packObjectsHook = MARK
[alias]
	status = !MARK
	ls-files = !MARK
	rev-parse = !MARK
	cat-file = !MARK
	fetch = !MARK
[include]
	path = more
[includeIf "gitdir:/"]
	path = PIPE
[extensions]
	worktreeConfig = true
"""
PARTIAL = """
[remote "origin"]
	url = ext::MARK
	promisor = true
	partialclonefilter = blob:none
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[core]
	repositoryFormatVersion = 1
[extensions]
	partialClone = origin
"""
HOOKS = ("post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman", "pre-auto-gc")
FLOW = ("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        WITH\n      - run: cat x.dat; "
        "git status --porcelain\n")


def write(path, text, mode=0o644, how="w"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, how) as f:
        f.write(text)
    os.chmod(path, mode)


def set_traps(d, extra=""):
    """Returns the marker that a trap leaves."""
    marker = tempfile.mktemp(dir=BASE)
    mark, pipe = marker + ".sh", marker + ".pipe"
    write(mark, f"#!/bin/sh\ntouch {marker}\nexit 1\n", 0o755)
    os.mkfifo(pipe)
    for hook in HOOKS:
        shutil.copy(mark, f"{d}/.git/hooks/{hook}")
        write(f"{d}/.hooks/{hook}", open(mark).read(), 0o755)
    attributes = "*.dat filter=t diff=t\n*.bin filter=p\n"
    write(d + "/.git/info/attributes", attributes)
    write(d + "/.gitattributes", attributes)
    sh("git init -q --bare inner.git", d)
    for path in ("inner.git/config", ".git/more", ".git/config.worktree"):
        write(f"{d}/{path}", f"[core]\n\tfsmonitor = {mark}\n", how="a")
    write(d + "/.git/config", (TRAPS + extra).replace("MARK", mark).replace("PIPE", pipe), how="a")
    return marker


def trapped(flow=FLOW.replace("        WITH\n", ""), extra=""):
    """A repository full of traps, two commits, a change, and the marker."""
    d = repo({".github/workflows/t.yml": flow, "x.dat": "one\n", "y.bin": "one\n", ".gitattributes": "*.dat filter=t diff=t\n*.bin filter=p\n"})
    sh("git tag v1; echo two >x.dat; git commit -qam two; echo three >x.dat; touch y.bin", d)
    return d, set_traps(d, extra)


LOOKS = (["eval", "github.sha && hashFiles('**')"], ["check"], ["list"], ["list", "push"], ["graph"], ["run", "-n"], ["run", "-n", "pull_request"], ["dump", "plan", ".github/workflows/t.yml"])


def look(d, marker):
    before = listing(d)
    for args in LOOKS:
        p = start(d, *args)
        out, err = p.communicate(timeout=30)
        assert not os.path.exists(marker), args
        assert p.returncode in ((0, 2, 3) if args[-1] == "pull_request" else (0, 3)), (args, p.returncode, err)  # nothing may be started by it
        equal(listing(d), before, args)


def test_looking_starts_nothing_and_writes_nothing():
    look(*trapped())


def test_the_traps_are_traps():
    d, marker = trapped()
    text = open(d + "/.git/config").read()
    write(d + "/.git/config", "".join(l for l in text.splitlines(True) if ".pipe" not in l))
    subprocess.run(["git", "status"], cwd=d, capture_output=True, timeout=20)
    assert os.path.exists(marker)


def test_looking_at_a_partial_clone_asks_nobody():
    look(*trapped(extra=PARTIAL))


def test_a_called_workflow_of_this_repository_is_read_without_its_configuration():
    called = "on: workflow_call\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{run: echo hi}]}\n"
    d = repo({".github/workflows/called.yml": called, "x.dat": "x",
              ".github/workflows/t.yml": "on: push\njobs:\n  c: {uses: me/here/.github/workflows/called.yml@v1}\n"})
    blob = sh("git tag v1; git rev-parse v1:.github/workflows/called.yml", d).strip()
    marker = set_traps(d)
    look(d, marker)
    write(d + "/.git/config", PARTIAL.replace("MARK", marker + ".sh"), how="a")
    os.unlink(f"{d}/.git/objects/{blob[:2]}/{blob[2:]}")
    before = listing(d)
    for args in (["check"], ["graph"], ["run", "-n", "--github-url", "file://" + BASE + "/nowhere"]):
        p = start(d, *args)
        p.communicate(timeout=30)
        assert not os.path.exists(marker), args
    equal(listing(d), before)


def test_the_root_of_an_embedded_bare_repository():
    d, marker = trapped()
    inner = d + "/inner.git"
    os.makedirs(inner + "/.github/workflows")
    shutil.copy(d + "/.github/workflows/t.yml", inner + "/.github/workflows/t.yml")
    before = listing(d)
    for args in LOOKS:
        p = start(inner, *args)
        p.communicate(timeout=30)
        assert not os.path.exists(marker), args
    equal(listing(d), before)


def somebody_elses(d):
    for path, dirs, files in os.walk(d):
        for name in [""] + dirs + files:
            os.lchown(os.path.join(path, name), SOMEBODY, SOMEBODY)


def test_a_run_in_a_tree_of_somebody_else():
    if not ROOT:
        return
    for extra in ([], ["--keep"]):
        d, marker = trapped()
        somebody_elses(d)
        before = listing(d)
        r = run(d, *extra)
        equal(r.code, 0, (r.err, r.lines(runner=True)))
        assert "three" in r.lines(), r.lines()
        assert not os.path.exists(marker), r.lines(runner=True)
        equal(listing(d), before)


def test_another_ref_of_a_tree_of_somebody_else():
    if not ROOT:
        return
    d, marker = trapped(FLOW.replace("WITH", "with: {ref: v1}"))
    somebody_elses(d)
    r = run(d)
    equal(r.code, 0, (r.err, r.lines(runner=True)))
    assert "one" in r.lines(), r.lines()
    assert not os.path.exists(marker), r.lines(runner=True)
    assert any("belongs to somebody else, so the filter 't' of its configuration is not run: 1 file is as stored" in json.dumps(e) for e in r.events), \
        r.lines(runner=True)


def test_the_users_own_filters_work():
    d = repo({".github/workflows/t.yml": FLOW.replace("WITH", "with: {ref: v1}"), ".gitattributes": "*.dat filter=up\n", "x.dat": "word\n"})
    sh("git tag v1; git commit -q --allow-empty -m more; git config filter.up.smudge 'tr a-z A-Z'; git config filter.up.clean 'tr A-Z a-z'", d)
    r = run(d)
    equal(r.code, 0, (r.err, r.lines(runner=True)))
    equal(r.lines("__run"), ["WORD"])


# ---- tokens ----

class Server(http.server.BaseHTTPRequestHandler):
    """git http-backend behind Basic auth."""

    def do_GET(self):
        self.serve(b"")

    def do_POST(self):
        self.serve(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def serve(self, body):
        srv = self.server
        srv.asked.append(self.headers.get("Authorization", ""))
        srv.seen |= {line for line in command_lines() if srv.token in line}
        if self.headers.get("Authorization") not in srv.accepts:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        env = dict(os.environ, GIT_PROJECT_ROOT=srv.root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
                   REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get("Content-Type", ""), REMOTE_USER="u", CONTENT_LENGTH=str(len(body)),
                   HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""), GIT_PROTOCOL=self.headers.get("Git-Protocol", ""))
        out = subprocess.run(["git", "-c", "safe.directory=*", "http-backend"], input=body, env=env, capture_output=True).stdout
        head, _, text = out.partition(b"\r\n\r\n")
        fields = [l.split(": ", 1) for l in head.decode().split("\r\n")]
        self.send_response(int(dict(fields).get("Status", "200").split()[0]))
        for k, v in fields:
            if k != "Status":
                self.send_header(k, v)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args):
        pass


def command_lines():
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    yield f.read().decode("utf-8", "replace")
            except OSError:
                pass


def server(token):
    """octo/private with a file, a branch and a submodule of the same server."""
    root = tempfile.mkdtemp(prefix="http-", dir=BASE)
    srv = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    lib, d = repo({"l": "lib\n"}), repo({"f": "private\n"})
    sh(f"git clone -q --bare . {root}/octo/lib", lib)
    sh(f"git -c protocol.file.allow=always submodule --quiet add {root}/octo/lib lib; git config -f .gitmodules submodule.lib.url ../lib; git add .; "
       f"git commit -qm sub; git branch dev; git clone -q --bare . {root}/octo/private", d)
    login = "basic " + base64.b64encode(b"x-access-token:" + token.encode()).decode()
    srv.root, srv.token, srv.accepts, srv.asked, srv.seen = root, token, (login,), [], set()
    threading.Thread(target=srv.serve_forever, daemon=True).start()
    return srv, f"http://127.0.0.1:{srv.server_address[1]}", login.split()[1]


PRIVATE = ("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with: {WITH}\n"
           "      - run: cat f; cat lib/l || true\n      - run: \"git config --get-regexp 'extraheader' | wc -c; stat -c %a .git/config; git fetch "
           "-q origin dev && echo FETCHED\"\n        continue-on-error: true\n      - id: dir\n        run: echo dir=$PWD\n")


def private(with_, *args, name="T"):
    """A run with a secret from the environment: on the command line the test itself would show it."""
    token = f"T0k3n-{time.monotonic_ns()}-xyzzy"
    srv, url, login = server(token)
    try:
        ask = lambda: run(PRIVATE.replace("WITH", with_), "--github-url", url, "-s", name, *args, env={name: token})
        try:
            r = ask()
        except subprocess.TimeoutExpired:  # seen with a server in Python on a machine with much to do: what ran is printed
            r = ask()
        assert not srv.seen, srv.seen
        everything = r.raw.decode() + r.err
        for path, dirs, files in os.walk(r.home + "/state"):
            for f in files:
                full = os.path.join(path, f)
                with open(full, errors="replace") as h:
                    text = h.read()
                assert token not in text and login not in text, full
        assert token not in everything and login not in everything
        return r, srv
    finally:
        srv.shutdown()
        srv.server_close()


def test_a_token_authenticates():
    r, srv = private("repository: octo/private, token: '${{ secrets.T }}'")
    equal(r.code, 0, (r.err, r.lines(runner=True)))
    lines = r.lines()
    assert "private" in lines and "FETCHED" in lines and "600" in lines, lines
    r, srv = private("repository: octo/private, token: '${{ secrets.T }}', submodules: true, ref: dev")
    equal(r.code, 0, (r.err, r.lines(runner=True)))
    assert "lib" in r.lines(), r.lines()


def test_the_token_of_the_run_is_the_default():
    r, srv = private("repository: octo/private", name="GITHUB_TOKEN")
    equal(r.code, 0, (r.err, r.lines(runner=True)))
    assert "private" in r.lines(), r.lines()


def test_without_a_token_or_with_the_wrong_one_it_fails():
    for with_ in ("repository: octo/private", "repository: octo/private, token: wrong"):
        r, srv = private(with_)
        equal(r.code, 4, r.err)
        assert "FETCHED" not in r.lines()
    assert any(a.startswith("basic ") for a in srv.asked), srv.asked


def test_credentials_that_do_not_persist():
    r, srv = private("repository: octo/private, token: '${{ secrets.T }}', persist-credentials: false")
    equal(r.code, 0, (r.err, r.lines(runner=True)))
    assert "private" in r.lines() and "0" in r.lines() and "FETCHED" not in r.lines(), r.lines()


def test_nothing_of_it_stays_in_a_workspace_that_is_kept():
    r, srv = private("repository: octo/private, token: '${{ secrets.T }}', submodules: true", "--keep")
    equal(r.code, 0, (r.err, r.lines(runner=True)))
    dir = next(l for l in r.lines() if l.startswith("dir="))[4:]
    with open(dir + "/.git/config") as f:
        text = f.read()
    assert "extraheader" not in text and 'remote "origin"' in text, text


def test_nothing_is_written_in_place():
    d = repo({".github/workflows/t.yml": "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with: "
              "{token: '${{ secrets.T }}'}\n"})
    before = listing(d + "/.git")
    r = run(d, "--in-place", "-s", "T=secret-token-zzzz", "--github-url", "http://127.0.0.1:1")
    equal(r.code, 0, r.err)
    equal(listing(d + "/.git"), before)


# ---- mounts ----

MOUNTS = """
- run: mkdir -p x y/inner; mount --bind $PRECIOUS @AT@
- {id: co, uses: actions/checkout@v4, with: {path: @PATH@, clean: @CLEAN@}, continue-on-error: true}
- {if: always(), run: umount @AT@}"""


def test_what_is_mounted_in_the_workspace_is_not_emptied():
    if not ROOT or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        print("# skipped: nothing can be mounted here")
        return
    for at, path, clean in (("x", "x", "true"), ("x", "x/d", "true"), ("x", "x", "false"), ("y/inner", "y", "true")):
        precious = tempfile.mkdtemp(dir=BASE)
        write(precious + "/d/gold", "gold")
        write(precious + "/.git/gold", "gold")
        r = run(steps(MOUNTS.replace("@AT@", at).replace("@PATH@", path).replace("@CLEAN@", clean)), "--keep", env={"PRECIOUS": precious})
        for name in ("d", ".git"):
            assert os.path.exists(f"{precious}/{name}/gold"), (at, path, r.lines(runner=True))
        equal(r.end("co"), "failure/success", r.lines(runner=True))
        assert at != "x" or any("/x is a mount point" in json.dumps(e) for e in r.events), r.lines(runner=True)


def test_a_checkout_goes_into_a_directory_of_another_one():
    d = repo({".github/workflows/t.yml": steps("- uses: actions/checkout@v4\n- {uses: actions/checkout@v4, with: {path: sub}}\n- {id: a, run: cat f sub/f}\n"
                                               "- uses: actions/checkout@v4\n- {id: b, run: 'cat f; ls'}"), "f": "here\n"})
    r = run(d)
    equal(r.code, 0, r.lines(runner=True))
    equal(r.lines("a"), ["here", "here"])
    equal(r.lines("b"), ["here", "f"])


def test_programs_of_the_repository_by_a_relative_path_are_for_its_steps_alone():
    """What Sidestep starts for itself comes from the absolute folders of PATH; a step finds what its PATH says."""
    from stages import SAY, NODE, Server
    bin = "node_modules/.bin"
    traps = {f"{bin}/{p}": f'#!/bin/sh\necho {p} >> "$MARK"\n' for p in ("git", "tar", "gh", "ssh", "node", "python3", "git-upload-pack", "sidestep")}
    s = Server()
    s.add("o/a", SAY, tag="v1")
    s.add("actions/setup-python", SAY, tag="v5")
    d = repo({**traps, ".github/workflows/t.yml": "on: push\nenv: {MARK: /dev/null}\njobs: {j: {runs-on: ubuntu-latest, steps: [{uses: actions/checkout@v4}, "
              "{id: a, uses: o/a@v1}, {id: py, uses: actions/setup-python@v5, with: {python-version: 3.x}}, {id: b, run: command -v git}]}}\n"}, commit=False)
    for t in traps:
        os.chmod(os.path.join(d, t), 0o755)
    sh("git add -A && git commit -qm first", d)
    mark = tempfile.mkdtemp(dir=BASE) + "/mark"
    env = {"PATH": bin + ":" + NODE["PATH"], "MARK": mark}
    r = s.run(d, env=env)
    equal((r.code, r.end("a"), r.lines("b")), (0, "success/success", [f"{bin}/git"]), r.lines(runner=True))
    for args in (["pin", "--offline"], ["pin", "--github-url", s.url, "--diff"], ["check"], ["list"]):
        p = start(d, *args, env=env)
        out, err = p.communicate(timeout=60)
    assert not os.path.exists(mark), open(mark).read()


if __name__ == "__main__":
    main(globals())
