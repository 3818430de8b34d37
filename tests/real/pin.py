"""sidestep pin: full commits with their version, written into workflows and actions; versions from bare repositories by file://."""
import stat
from real import *


def git(d, *args):
    return subprocess.run(["git", *args], cwd=d, env=dict(os.environ, **GIT), check=True, capture_output=True, text=True).stdout.strip()


class Server:
    """A folder of bare repositories; commits(name) are the commits of one with their tags."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="served-", dir=BASE)
        self.url = "file://" + self.dir
        self.work = {}

    def commit(self, name, *tags, annotated=(), branches=()):
        d = self.work.get(name)
        if not d:
            d = self.work[name] = repo({"action.yml": "name: n\n"})
        git(d, "commit", "-q", "--allow-empty", "-m", "more")
        for t in tags:
            git(d, "tag", "-f", t)
        for t in annotated:
            git(d, "tag", "-f", "-a", t, "-m", t)
        for b in branches:
            git(d, "branch", "-f", b)
        bare = f"{self.dir}/{name}"
        shutil.rmtree(bare, ignore_errors=True)
        os.makedirs(os.path.dirname(bare), exist_ok=True)
        git(d, "clone", "-q", "--mirror", ".", bare)
        return git(d, "rev-parse", "HEAD")

    def pin(self, d, *args, env=None, url=None):
        p = start(d, "pin", "--github-url", url or self.url, *args, env=env)
        out, err = p.communicate(timeout=60)
        return p.returncode, out.decode(), err.decode()


FLOW = ".github/workflows/t.yml"


def put(d, text, path=FLOW):
    os.makedirs(os.path.dirname(os.path.join(d, path)), exist_ok=True)
    with open(os.path.join(d, path), "wb") as f:
        f.write(text.encode() if isinstance(text, str) else text)


def got(d, path=FLOW):
    with open(os.path.join(d, path), "rb") as f:
        return f.read().decode()


def project(text):
    return repo({FLOW: text})


def lib():
    """them/lib: v1.0.0, then v1 = v1.2.3 (annotated), then a commit of main."""
    s = Server()
    s.old = s.commit("them/lib", "v1.0.0")
    s.new = s.commit("them/lib", "v1", annotated=["v1.2.3"], branches=["release/one"])
    s.head = s.commit("them/lib", branches=["next"])
    return s


def test_every_form_is_pinned_and_the_rest_stays_byte_for_byte():
    s = lib()
    v2 = s.commit("more/tools", "v2", "v2.0.0-rc.1", "sub/v9.0.0")
    before = """\ufeffon:   push   # keep
jobs:
  call:
    uses:   them/lib/.github/workflows/w.yml@v1
  j:
    runs-on: ubuntu-latest
    steps:
      - uses: them/lib@v1\t
      - uses: 'them/lib/sub/dir@v1.0.0'   # because
      - {name: x, uses: "more/tools@v2"}
      - uses: them/lib@main # v0.9
      - uses: ./here
      - uses: $/there
      - uses: docker://alpine:3
      - uses: them/lib@next#not-a-comment
        name: "a
          # b"
      - parallel:
          - uses: them/lib@release/one # tag=v1.2.0 keep me
          - run: "echo uses: them/lib@v1"
      - uses: them/lib@refs/heads/main   # release/one
    # uses: them/lib@v1
""".replace("@next#not-a-comment", "@next")
    after = before
    after = after.replace("w.yml@v1\n", f"w.yml@{s.new} # v1.2.3\n")
    after = after.replace("lib@v1\t\n", f"lib@{s.new} # v1.2.3\t\n")
    after = after.replace("dir@v1.0.0'   # because", f"dir@{s.old}'   # v1.0.0 # because")
    after = after.replace('tools@v2"}', f'tools@{v2}"}} # v2.0.0-rc.1')
    after = after.replace("lib@main # v0.9", f"lib@{s.head} # main")
    after = after.replace("lib@next\n", f"lib@{s.head} # next\n")
    after = after.replace("lib@release/one # tag=v1.2.0 keep me", f"lib@{s.new} # v1.2.3 # tag=v1.2.0 keep me")
    after = after.replace("lib@refs/heads/main   # release/one", f"lib@{s.head}   # refs/heads/main # release/one")
    d = project(before)
    os.chmod(os.path.join(d, FLOW), 0o640)
    code, out, err = s.pin(d, "--diff")
    equal((code, got(d)), (0, before), err)
    for line in (f"+    uses:   them/lib/.github/workflows/w.yml@{s.new} # v1.2.3", "-      - uses: them/lib@v1\t", f"--- a/{FLOW}", f"+++ b/{FLOW}"):
        assert line in out.split("\n"), (line, out)
    patched = project(before)
    subprocess.run(["git", "apply", "-"], cwd=patched, input=out.encode(), check=True, stderr=subprocess.DEVNULL)
    equal(got(patched), after, "the difference is a patch")
    code, out, err = s.pin(d)
    equal((code, got(d)), (0, after), err)
    equal(stat.S_IMODE(os.stat(os.path.join(d, FLOW)).st_mode), 0o640)
    assert f"{FLOW}:4:13: them/lib/.github/workflows/w.yml@v1 -> {s.new} # v1.2.3" in out, out
    assert "8 references pinned in 1 file, 0 stay" in err, err
    code, out, err = s.pin(d)
    equal((code, out, got(d)), (0, "", after), "once more changes nothing" + err)
    assert "8 stay" in err, err
    equal(s.pin(d, "--check"), (0, "", ""))


def test_line_ends_and_several_on_a_line():
    s = lib()
    d = project("")
    put(d, "on: push\r\njobs:\r\n  j:\r\n    runs-on: x\r\n    steps: [{uses: them/lib@v1}, {uses: them/lib@v1.0.0, name: 'x'}] \r\n"
           "  k: {runs-on: x, steps: [{uses: them/lib@v1}]}")
    equal(s.pin(d)[0], 0)
    equal(got(d), f"on: push\r\njobs:\r\n  j:\r\n    runs-on: x\r\n    steps: [{{uses: them/lib@{s.new}}}, {{uses: them/lib@{s.old}, name: 'x'}}] # v1.2.3, v1.0.0 \r\n"
          f"  k: {{runs-on: x, steps: [{{uses: them/lib@{s.new}}}]}} # v1.2.3")
    equal(s.pin(d, "--check"), (0, "", ""))
    put(d, got(d).replace("v1.2.3, v1.0.0", "v1.0.0, v1.2.3"))
    code, out, _ = s.pin(d, "--check")
    equal((code, out.count("error:")), (1, 2), out)


def test_actions_of_the_repository_and_named_files():
    s = lib()
    action = "name: n\nruns:\n  using: composite\n  steps:\n    - uses: them/lib@v1\n"
    d = repo({FLOW: "on: push\n", "action.yml": action, "deep/er/action.yaml": action, "ignored/action.yml": action, ".gitignore": "ignored\n",
              "other/file.yml": action, "node_modules.txt": "x"})
    put(d, action, "untracked/action.yml")
    code, out, err = s.pin(d)
    equal(code, 0, err)
    changed = [p for p in ("action.yml", "deep/er/action.yaml", "ignored/action.yml", "other/file.yml", "untracked/action.yml") if s.new in got(d, p)]
    equal(changed, ["action.yml", "deep/er/action.yaml", "untracked/action.yml"])
    equal(s.pin(d, "other/file.yml", "ignored")[0], 0)
    assert s.new in got(d, "other/file.yml") and s.new in got(d, "ignored/action.yml")
    code, _, err = s.pin(d, "nowhere.yml")
    equal(code, 2, err)
    d = repo({FLOW: action, "action.yml": action, "compose.yml": action})
    equal(s.pin(d, ".")[0], 0)
    equal([s.new in got(d, p) for p in (FLOW, "action.yml", "compose.yml")], [True, True, False], "what belongs to a repository")
    equal(s.pin(d, ".github/workflows")[0], 0)
    d = tempfile.mkdtemp(prefix="plain-", dir=BASE)
    code, _, err = s.pin(d)
    equal(code, 2, err)
    put(d, action, "action.yml")
    equal(s.pin(d)[0], 0, "no repository around it")
    assert s.new in got(d, "action.yml")


def test_check_tells_what_has_drifted():
    s = lib()
    gone = "1" * 40
    lines = {f"them/lib@v1": "is not pinned: 'v1' may stand for another commit tomorrow",
             f"them/lib@{s.old} # v1.2.3": "is v1.0.0 of them/lib, but the comment says v1.2.3, which is " + s.new[:12],
             f"them/lib@{gone} # v1.2.3": f"v1.2.3 of them/lib is {s.new[:12]} now, and the pin is {gone[:12]}, which no tag names",
             f"them/lib@{s.new} # v9.9.9": "the comment says v9.9.9, and them/lib has no such tag",
             f"them/lib@nope": "unable to find version `nope`",
             f"them/lib@{s.new[:9]}": "is the shortened version of a commit SHA",
             f"them/none@v1": "repository not found",
             f"nonsense": "Expected format {org}/{repo}[/path]@ref. Actual 'nonsense'",
             f"them/lib@{s.new} # v1.2.3": None, f"them/lib@{s.new}": None, f"them/lib@{s.old} # next": None, f"them/lib@{gone} # nolint": None}
    text = "on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n" + "".join(f"      - uses: {l}\n" for l in lines)
    d = project(text)
    code, out, err = s.pin(d, "--check")
    equal((code, got(d), err), (1, text, ""))
    for i, (line, want) in enumerate(lines.items()):
        told = [l for l in out.split("\n") if l.startswith(f"{FLOW}:{6 + i}:15: error: ")]
        equal(len(told), 1 if want else 0, line + out)
        assert not want or want in told[0], (want, told)
    assert f"'sidestep pin' writes @{s.new} # v1.2.3" in out, out
    code, out, _ = s.pin(d, "--check", "--format", "json")
    found = json.loads(out)
    equal((code, [f["state"] for f in found]), (1, ["change", "drift", "drift", "drift", "not-found", "not-found", "not-found", "unwritten", "fine", "fine", "fine", "fine"]))
    for f in found:
        equal((f["path"], f["col"], f["written"]), (FLOW, 15, False))
    equal((found[0]["sha"], found[0]["version"], found[0]["repository"], found[0]["ref"], found[0]["pinned"]), (s.new, "v1.2.3", "them/lib", "v1", False))


def test_what_can_be_done_is_done_and_the_rest_is_told():
    s = lib()
    d = project("on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n      - uses: them/lib@v1\n      - uses: them/lib@nope\n      - uses: them/none@v1\n"
                "      - uses: >-\n          them/lib@v1\n      - {uses: them/lib@v1, name: \"a\n          b\"}\n"
                "      - uses: \"them/lib\\x40v1\"\n      - name: &t them/lib@v1\n        uses: *t\n")
    code, out, err = s.pin(d)
    equal(code, 1)
    equal(got(d).count(s.new), 1)
    for line, text in ((7, "unable to find version `nope`"), (8, "repository not found"), (9, "is not written as a plain or quoted text on one line"),
                       (11, "no comment can stand behind it"), (13, "is not written as a plain"), (15, "it is an alias of a text that stands elsewhere: 'them/lib@v1'")):
        assert any(l.startswith(f"{FLOW}:{line}:") and text in l for l in err.split("\n")), (line, text, err)


def test_anchors_are_pinned_where_they_are_written():
    s = lib()
    d = project("on: push\njobs:\n  a: &j\n    runs-on: x\n    steps:\n      - &s\n        uses: &u them/lib@v1\n      - *s\n      - uses: *u\n  b: *j\n")
    code, _, err = s.pin(d)
    equal((code, got(d).count(s.new)), (0, 1), err)
    assert f"uses: &u them/lib@{s.new} # v1.2.3\n" in got(d)


def test_update_moves_along_the_line():
    s = Server()
    a = s.commit("them/lib", "v1.0.0", "v0.3.0")
    b = s.commit("them/lib", "v1.2.0", "v1")
    c = s.commit("them/lib", "v1.10.0", "v0.3.7")
    s.commit("them/lib", "v2.0.0", "v1.11.0-beta.1", "v0.4.0", "tool-v1.50.0")
    text = ("on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n" + f"      - uses: them/lib@{a} # v1.0.0 pinned by hand\n      - uses: them/lib@{a} # v0.3.0\n"
            f"      - uses: them/lib@{a} # v1\n      - uses: them/lib@{a} # main\n      - uses: them/lib@{a}\n      - uses: them/lib@{a} # looks fine\n      - uses: them/lib@v1\n")
    d = project(text)
    equal(s.pin(d, "--update")[0], 0)
    head = git(s.work["them/lib"], "rev-parse", "HEAD")
    equal([l.split("@")[1] for l in got(d).split("\n") if "@" in l],
          [f"{c} # v1.10.0 pinned by hand", f"{c} # v0.3.7", f"{c} # v1.10.0", f"{head} # v2.0.0", a, f"{a} # looks fine", f"{b} # v1.2.0"])
    equal(s.pin(d, "--check", "--update")[0], 2)


def test_files_that_must_not_be_written():
    s = lib()
    flow = "on: push\njobs: {j: {runs-on: x, steps: [{uses: them/lib@v1}]}}\n"
    outside = tempfile.mkdtemp(prefix="outside-", dir=BASE)
    put(outside, flow, "x.yml")
    d = repo({"shared/w.yml": flow, FLOW: flow})
    os.symlink(outside + "/x.yml", os.path.join(d, ".github/workflows/out.yml"))
    os.symlink("../../shared/w.yml", os.path.join(d, ".github/workflows/in.yml"))
    code, _, err = s.pin(d)
    equal(code, 3, err)
    assert "out.yml is a link that leads out of the repository" in err, err
    equal(got(outside, "x.yml"), flow)
    assert s.new in got(d) and s.new in got(d, "shared/w.yml"), "the others are"
    assert os.path.islink(os.path.join(d, ".github/workflows/in.yml")), "the link stays one"
    code, _, err = s.pin(d, ".github/workflows/out.yml")
    equal((code, got(outside, "x.yml")), (3, flow), "named, too")
    equal(s.pin(d, outside + "/x.yml")[0], 0, "a file elsewhere may be named")
    put(d, "on: [push\n")
    put(d, flow, ".github/workflows/zz.yml")
    os.remove(os.path.join(d, ".github/workflows/out.yml"))
    code, _, err = s.pin(d)
    equal(code, 3, err)
    assert f"{FLOW}:" in err and s.new in got(d, ".github/workflows/zz.yml"), err


def test_a_link_is_no_second_file():
    s = lib()
    flow = "on: push\njobs: {j: {runs-on: x, steps: [{uses: them/lib@v1}]}}\n"
    d = repo({".github/workflows/a.yml": flow, "shared/w.yml": flow, "c.yml": flow})
    w = os.path.join(d, ".github/workflows")
    os.symlink("a.yml", w + "/b.yml")
    os.symlink("../../shared/w.yml", w + "/0.yml")
    code, out, err = s.pin(d, "--diff")
    equal((code, out.count("\n+++ b/"), "2 references would be pinned in 2 files" in err), (0, 2, True), out + err)
    subprocess.run(["git", "apply", "--check", "-"], cwd=d, input=out.encode(), check=True)
    os.link(os.path.join(d, "c.yml"), os.path.join(d, "d.yml"))
    code, out, err = s.pin(d)
    equal((code, [l.split(":")[0] for l in out.splitlines()]), (0, [".github/workflows/0.yml", ".github/workflows/a.yml"]), err)
    assert s.new in got(d, ".github/workflows/a.yml") and s.new in got(d, "shared/w.yml") and os.path.islink(w + "/b.yml")
    equal(s.pin(d, "c.yml", "d.yml", "c.yml", "./c.yml")[0], 0, "hard links are two files once one is written")
    assert s.new in got(d, "c.yml") and s.new in got(d, "d.yml")
    equal(s.pin(d, ".github/workflows/a.yml", ".github/workflows")[0], 0)


def test_names_of_tags_that_no_comment_may_hold():
    s = lib()
    git(s.work["them/lib"], "branch", "\u00fcber")
    s.head = s.commit("them/lib", "a\u2028b/v1.2.9", branches=["next"])
    d = project("on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n      - uses: them/lib@next\n")
    code, _, err = s.pin(d)
    equal((code, got(d).split("\n")[-2]), (0, f"      - uses: them/lib@{s.head} # next"), err)
    equal(s.pin(d, "--check"), (0, "", ""))
    text = got(d).replace(f"lib@{s.head} # next", "lib@\u00fcber")
    put(d, text)
    for args in ([], ["--check"], ["--diff"]):
        code, out, err = s.pin(d, *args)
        equal((code, got(d)), (1, text))
        assert f"{FLOW}:6:15: error: no comment can name '\u00fcber' of them/lib" in out + err, out + err


def test_a_file_that_changes_meanwhile_is_not_overwritten():
    s = lib()
    d = project("on: push\njobs: {j: {runs-on: x, steps: [{uses: them/lib@v1}]}}\n")
    bin = tempfile.mkdtemp(prefix="bin-", dir=BASE)
    with open(bin + "/git", "w") as f:  # somebody writes while the server is asked
        f.write(f"#!/bin/sh\ncase \"$*\" in *ls-remote*) echo '# mine' >> {d}/{FLOW};; esac\nexec {shutil.which('git')} \"$@\"\n")
    os.chmod(bin + "/git", 0o755)
    code, _, err = s.pin(d, env={"PATH": bin + ":" + os.environ["PATH"]})
    equal(code, 1, err)
    assert "has changed meanwhile; it is not written" in err and "# mine" in got(d) and s.new not in got(d), err
    equal(os.listdir(os.path.join(d, ".github/workflows")), ["t.yml"])


def test_who_is_asked():
    s = lib()
    d = project("on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [{uses: them/lib@v1}]}}\n")
    code, _, err = s.pin(d, url="http://127.0.0.1:1")
    equal((code, s.new in got(d)), (4, False))
    assert f"{FLOW}:2:" in err and "what 'v1' of them/lib stands for is not known here: no network" in err, err
    cache = tempfile.mkdtemp(prefix="cache-", dir=BASE)
    code, _, err = s.pin(d, "--offline", "--cache-dir", cache)
    equal(code, 4)
    assert "nothing of them/lib is stored, and --offline asks nobody" in err, err
    d2 = project(got(d).replace("them/lib@v1", "them/lib/x@v1"))
    run(d2, "--github-url", s.url, "--cache-dir", cache)  # it is stored now
    shutil.rmtree(s.dir)
    code, _, err = s.pin(d, "--offline", "--cache-dir", cache)
    equal((code, f"@{s.new}}}]}}}} # v1\n" in got(d)), (0, True), err + got(d))
    assert "them/lib as it is stored, 0 days old: --offline asks nobody" in err, err
    d = project("on: push\njobs: {j: {runs-on: x, steps: [{uses: them/lib@v1}]}}\n")
    code, _, err = s.pin(d, "--local-repository", "them/lib=" + s.work["them/lib"])
    equal((code, s.new in got(d)), (0, True), err)
    for folder, want in ((s.work["them/lib"], 0), (s.work["them/lib"] + "/.git", 1), (os.path.dirname(s.work["them/lib"]), 1)):
        d = project("on: push\njobs: {j: {runs-on: x, steps: [{uses: them/lib@v1.2.3}]}}\n")
        marker = f"{BASE}/ran-{want}"
        git(s.work["them/lib"], "config", "core.fsmonitor", f"touch {marker}")
        git(s.work["them/lib"], "config", "core.alternateRefsCommand", f"touch {marker}")
        code, _, err = s.pin(d, "--local-repository", f"them/lib={folder}", "--offline")
        equal((code, s.new in got(d)), (want, not want), err)
        assert not os.path.exists(marker) and (not want or "is no git repository" in err), err
    bare = tempfile.mkdtemp(prefix="bare-", dir=BASE)
    git(s.work["them/lib"], "clone", "-q", "--mirror", ".", bare + "/x")
    d = project("on: push\njobs: {j: {runs-on: x, steps: [{uses: them/lib@v1.2.3}, {uses: them/lib@next}]}}\n")
    code, _, err = s.pin(d, "--local-repository", f"them/lib={bare}/x")
    equal((code, s.new in got(d), s.head in got(d)), (0, True, True), err)
    config = tempfile.mkdtemp(prefix="config-", dir=BASE)
    for url, args, code in ((f"file://{os.path.dirname(s.work['them/lib'])}", [], 1), ("http://127.0.0.1:1", [], 4), ("http://127.0.0.1:1", ["--no-config"], 4)):
        d = project("on: push\njobs: {j: {runs-on: x, steps: [{uses: them/lib@v1}]}}\n")
        put(config, f"github-url: {url}\n", "sidestep/config.yml")
        p = start(d, "pin", *args, env={"XDG_CONFIG_HOME": config, "PATH": "/nowhere" if args else os.environ["PATH"]})
        said = p.communicate(timeout=60)[1].decode()
        equal(p.returncode, code, said)
        assert args or url in said or code == 1, "the server of the user's configuration: " + said
    d = project("on: push\njobs: {j: {runs-on: x, steps: [{uses: them/lib@v1}]}}\n")
    put(d, f"github-url: file:///nowhere\nlocal-repository: [them/lib=../{os.path.basename(s.work['them/lib'])}]\n", ".sidestep.yml")
    p = start(d, "pin", "--github-url", s.url)
    p.communicate()
    assert p.returncode != 0, "no path of a repository's file leads out of it"


def test_interrupted():
    d = project("on: push\njobs: {j: {runs-on: x, steps: [{uses: them/lib@v1}]}}\n")
    bin = tempfile.mkdtemp(prefix="bin-", dir=BASE)
    mark = unique(77)
    with open(bin + "/git", "w") as f:
        f.write(f"#!/bin/sh\ncase \"$*\" in *ls-remote*) : > {bin}/asked; exec sleep {mark};; esac\nexec {shutil.which('git')} \"$@\"\n")
    os.chmod(bin + "/git", 0o755)
    p = start(d, "pin", "--github-url", "https://git.invalid", env={"PATH": bin + ":" + os.environ["PATH"]})
    until(lambda: os.path.exists(bin + "/asked"))
    p.send_signal(signal.SIGINT)
    p.communicate(timeout=20)
    equal(p.returncode, 130)
    until(lambda: not left_behind(mark))


if __name__ == "__main__":
    main(globals())
