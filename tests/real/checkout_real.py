"""Our own checkout beside the real actions/checkout: the same inputs, the same server (git's http-backend on this machine), and what
both leave. WORLD names a folder with a bare repository actions/checkout.git, CHECKOUT_VERSION a ref of it (v7); without it, or
without a node, this is skipped."""
import glob, sys
from real import *
from checkout_repos import Repos, git, write
from checkout_state import state
import githttp

WORLD, CLIENTS = os.environ.get("WORLD", ""), os.environ.get("CLIENTS", "")
VERSION = os.environ.get("CHECKOUT_VERSION", "v7")
EARLY = VERSION in ("v1", "v2", "v3", "v4", "v5")
TOKEN = "ghs_0123456789"
STATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "checkout_state.py")


def find_node():
    """The folder of the one that the tests bring, else of the machine's."""
    brought = glob.glob(CLIENTS + "/node_modules/node-linux-*/bin/node")
    found = os.environ.get("NODE") or (brought[0] if brought else shutil.which("node"))
    return os.path.dirname(found or "")


NODE = find_node()
if not NODE or not os.path.isdir(f"{WORLD}/actions/checkout.git"):
    print("# skipped: " + ("a copy of the repository actions/checkout (WORLD)" if NODE else "a node") + " must be there")
    shutil.rmtree(BASE, ignore_errors=True)
    sys.exit(77)

REPOS = Repos(os.path.join(BASE, "repos"))
SERVER = githttp.Server(REPOS.srv)
SERVER.tokens.add(TOKEN)
SERVER.__enter__()
OWN = REPOS.own(SERVER.url, "on: push\njobs: {}\n")
CACHE = tempfile.mkdtemp(prefix="cache-", dir=BASE)
os.makedirs(f"{REPOS.srv}/actions")
os.symlink(os.path.abspath(f"{WORLD}/actions/checkout.git"), f"{REPOS.srv}/actions/checkout")


def go(text, *args, real=False, token=TOKEN, dir=OWN, path_first=None):
    """Runs steps in the repository; {R} in the text is the action."""
    flow = os.path.join(tempfile.mkdtemp(prefix="flow-", dir=BASE), "t.yml")
    with open(flow, "w") as f:
        f.write(steps(text.replace("{R}", "actions/checkout@" + VERSION)).replace("on: push", "on: [push, pull_request]"))
    more = (["--real-checkout"] if real else []) + (["-s", "GITHUB_TOKEN=" + token] if token else [])
    return run(dir, "-W", flow, "--github-url", SERVER.url, "--cache-dir", CACHE, *more, *args, timeout=240,
               env={"PATH": (path_first + ":" if path_first else "") + NODE + ":" + os.environ["PATH"], "GIT_CONFIG_GLOBAL": None, "GIT_CONFIG_NOSYSTEM": "1"})


# Settings that differ on purpose, and why; docs/differences.md says so.
IGNORED = {
    "core.checkstat": "a copied index is compared by size and time only",
    "core.trustctime": "the same",
}


def settle(s, without):
    """Without what cannot be the same: names of folders and of files for credentials."""
    text = json.dumps(s)
    text = re.sub(r"/[^\"=]*/repos/(srv|work)/", r"/\1/", text)
    text = re.sub(r"/[^\"= ]*?/_temp/git-credentials-[0-9a-f-]+\.config", "TEMP/git-credentials", text)
    text = re.sub(r"RUNNER_TEMP/[0-9a-f-]{36}", "RUNNER_TEMP/KEY", text)
    text = re.sub(r"/github/runner_temp/git-credentials-[0-9a-f-]+\.config", "CONTAINER/git-credentials", text)
    text = re.sub(r"(includeif\.gitdir:)/(?!github/)[^\"]*?/\d+-j/(\w+)/\2", r"\1WORKSPACE", text)
    s = json.loads(text)
    for key in ("config", "included"):
        s[key] = [l for l in s.get(key, []) if l.partition("=")[0] not in IGNORED and l.partition("=")[0] not in without]
    return s


def left(with_, real, before="", after="", path=".", without=(), args=(), **kw):
    body = "".join(f"\n    {k}: {json.dumps(v)}" for k, v in with_.items())
    text = before + "\n- id: co\n  uses: {R}" + ("\n  with:" + body if body else "") + after
    text += f"\n- {{id: state, if: always(), run: python3 '{STATE}' '{path}'}}\n- {{id: out, if: always(), run: 'echo \"${{{{ steps.co.outputs.ref }}}}|${{{{ steps.co.outputs.commit }}}}\"'}}"
    r = go(text.strip("\n"), *args, real=real, **kw)
    s = json.loads(r.lines("state")[-1])
    s = settle(s, without)
    s["outputs"] = r.lines("out")
    s["outcome"] = r.of("step.end", "co")[0]["outcome"]
    return s, r


def compare(with_, skip=(), **kw):
    a, ra = left(with_, False, **kw)
    b, rb = left(with_, True, **kw)
    wrong = []
    both_failed = a["outcome"] == b["outcome"] == "failure"  # what is left then is not looked at
    for key in ["outputs", "outcome"] if both_failed else sorted(set(a) | set(b)):
        if key not in skip and a.get(key) != b.get(key):
            x, y = a.get(key), b.get(key)
            if isinstance(x, list) and isinstance(y, list):
                x, y = [l for l in x if l not in y], [l for l in y if l not in x]
            elif isinstance(x, dict) and isinstance(y, dict):
                x, y = {k: v for k, v in x.items() if y.get(k) != v}, {k: v for k, v in y.items() if x.get(k) != v}
            wrong.append(f"{key}: ours {x!r}, the action's {y!r}")
    assert not wrong, f"{with_}:\n  " + "\n  ".join(wrong) + ("" if b["outcome"] == "success" else "\n  " + "\n  ".join(rb.lines("co")[-5:])) + \
        ("" if a["outcome"] == "success" else "\n  " + "\n  ".join(ra.lines("co")[-5:]))
    return a, b


OWN_CASES = [
    {}, {"fetch-depth": 0}, {"fetch-depth": 2}, {"fetch-depth": "x"}, {"fetch-depth": "-1"}, {"fetch-tags": True}, {"ref": "dev"}, {"ref": "v1"},
    {"ref": "v2"}, {"ref": "refs/heads/feature/x"}, {"ref": "refs/tags/v2"}, {"ref": "@1"}, {"ref": "@1", "fetch-depth": 0}, {"ref": "dev", "fetch-depth": 0},
    {"ref": "nope"}, {"persist-credentials": False}, {"persist-credentials": ""}, {"sparse-checkout": "a"},
    {"sparse-checkout": "a/sub\nb", "sparse-checkout-cone-mode": False}, {"path": "sub/dir"}, {"path": "../x"}, {"repository": "bad"},
]
LIB_CASES = [
    {}, {"fetch-depth": 0}, {"fetch-depth": 2}, {"fetch-tags": True}, {"ref": "dev"}, {"ref": "v1"}, {"ref": "v2"}, {"ref": "refs/heads/feature/x"},
    {"ref": "REFS/HEADS/dev"}, {"ref": "refs/pull/5/merge"}, {"ref": "refs/pull/5/head", "fetch-depth": 0}, {"ref": "refs/other/thing"}, {"ref": "@1"},
    {"ref": "@1", "fetch-depth": 0}, {"ref": "@1short"}, {"ref": "nope"}, {"filter": "blob:none"}, {"filter": "tree:0", "sparse-checkout": "a"},
    {"sparse-checkout": "a"}, {"sparse-checkout": "/a/sub/\nb", "sparse-checkout-cone-mode": "false"}, {"persist-credentials": "false"},
    {"github-server-url": SERVER.url + "/"}, {"path": "x", "show-progress": False, "set-safe-directory": False},
]
HOLDER_CASES = [{}, {"submodules": True}, {"submodules": "recursive"}, {"submodules": "recursive", "fetch-depth": 0}, {"submodules": True, "persist-credentials": False}]


def each(repository, cases, name, **kw):
    for case in cases:
        ref = case.get("ref", "")
        if ref.startswith("@1"):
            case = {**case, "ref": REPOS.shas[name, 1][:10 if ref.endswith("short") else 40]}
        compare({**({"repository": repository} if repository else {}), **case}, path=case.get("path", "."), **kw)


# What the working tree as it is cannot have: it was not fetched.
PARTIAL = ("core.repositoryformatversion", "remote.origin.partialclonefilter", "remote.origin.promisor")


def test_the_repository_itself_1():
    each(None, OWN_CASES[:11], "own")


def test_the_repository_itself_2():
    each(None, [c for c in OWN_CASES[11:] if "sparse-checkout" not in c], "own")


def test_the_repository_itself_in_part():
    each(None, [c for c in OWN_CASES if "sparse-checkout" in c], "own", without=PARTIAL)


def test_another_repository_1():
    each("them/lib", LIB_CASES[:11], "lib")


def test_another_repository_2():
    each("them/lib", LIB_CASES[11:], "lib")


def test_submodules():
    each("them/holder", HOLDER_CASES, "holder")


def test_others():
    if not EARLY:  # which did not know of them
        each("them/sha256", [{}, {"fetch-depth": 0}, {"ref": REPOS.shas["sha256"]}], "sha256")
    each("them/none", [{}], "none")


def test_again_at_the_same_place():
    """After steps that have changed files, settings and branches."""
    lib = "- {uses: {R}, with: {repository: them/lib, ref: %s, fetch-depth: %d}}\n- {run: 'git config user.name me; echo x > made; echo y > README.md; git checkout -q -b mine'}"
    for case in ({}, {"ref": "dev"}, {"ref": "dev", "clean": False}, {"fetch-depth": 0}, {"ref": "v1", "fetch-tags": True}, {"sparse-checkout": "a"},
                 {"persist-credentials": False}):
        compare({"repository": "them/lib", **case}, before=lib % ("main", 1))
    compare({"repository": "them/lib"}, before=lib % ("feature/x", 0))
    compare({"repository": "them/mod"}, before=lib % ("main", 1))


def test_large_files():
    if not shutil.which("git-lfs"):
        print("# not compared: git-lfs is not installed", flush=True)
        return
    REPOS.make_lfs()
    each("them/large", [{}, {"lfs": True}, {"lfs": True, "sparse-checkout": "sub"}, {"lfs": True, "fetch-depth": 0, "ref": "main"}], "lib")


def test_a_pull_request():
    for case in ({}, {"fetch-depth": 0}, {"ref": "dev"}):
        compare(case, args=("pull_request",))


def test_a_tag():
    """HEAD stands where a tag does, and another one."""
    d = REPOS.own(SERVER.url, "", name="me/tagged")
    git(d, "checkout", "-q", "v2")
    git(d, "tag", "also")
    git(d, "tag", "-a", "noted", "-m", "x", "v1")
    REPOS.publish("me/tagged")
    git(d, "checkout", "-q", "main")
    git(d, "checkout", "-q", "v2")  # as whoever wants to see a push of it
    for case in ({}, {"fetch-tags": True}, {"fetch-depth": 2, "fetch-tags": True}, {"fetch-depth": 0}):
        compare(case, dir=d)


def test_a_key():
    d = tempfile.mkdtemp(prefix="ssh-", dir=BASE)
    write(d, "ssh", "#!/bin/bash\ncommand=\"${@: -1}\"\ncommand=\"${command/\\'/\\'" + REPOS.srv + "/}\"\ncommand=\"${command/.git/}\"\neval \"$command\"\n", 0o755)
    for case in ({}, {"repository": "them/lib"}, {"repository": "them/lib", "ssh-user": "me", "ssh-strict": False}, {"repository": "them/lib", "persist-credentials": False},
                 {"repository": "them/holder", "submodules": True}):
        compare({**case, "ssh-key": "the key", "ssh-known-hosts": "hosts"}, path_first=d)


def test_the_action_itself_needs_a_token():
    r = go("- {id: co, uses: {R}}", real=True, token=None)
    equal(r.code, 1)
    assert any("Input required and not supplied: token" in l for l in r.lines("co")), r.lines("co")
    hints = [e for e in r.of("log") if e.get("level") == "notice" and "GITHUB_TOKEN=$(gh auth token) sidestep run -s GITHUB_TOKEN" in e["line"]]
    equal(len(hints), 1, r.lines("co", runner=True))


def test_its_post_takes_the_token_away():
    for real in (True, False):
        r = go("- {uses: {R}}\n- {id: where, run: 'pwd; git config --get-regexp extraheader; ls $RUNNER_TEMP'}", "--keep", real=real)
        equal(r.code, 0, r.lines())
        equal(any(l.startswith("git-credentials-") for l in r.lines("where")), not EARLY, r.lines("where"))
        assert "extraheader" in r.lines("where")[1]
        text = open(r.lines("where")[0] + "/.git/config").read()
        assert "git-credentials" not in text and "extraheader" not in text, text


main(globals())
