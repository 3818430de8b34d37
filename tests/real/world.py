"""GitHub's own actions and some that many use, as they are published, in small workflows: what they upload, cache and set up goes
through the services of a run. WORLD names a folder with bare repositories OWNER/REPO.git of them (docs/actions.md tells which
versions have been run); NODE is a Node 24. Where they are not this is skipped; an action that the folder lacks is named and its tests
are left out."""
import glob, platform, shutil, subprocess, sys
from real import *

WORLD, CLIENTS = os.environ.get("WORLD", ""), os.environ.get("CLIENTS", "")
MACHINE = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), "none")


def node_24():
    """The program, or None."""
    for path in (os.environ.get("NODE"), f"{CLIENTS}/node_modules/node-linux-{MACHINE}/bin/node", shutil.which("node")):
        if path and os.access(path, os.X_OK):
            said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout.strip()
            if said.startswith("v24."):
                return path, said[1:]
    return None, None


NODE, NODE_VERSION = node_24()
if not os.path.isdir(f"{WORLD}/actions/checkout.git") or not NODE:
    print(f"# skipped: {'a Node 24 (NODE)' if os.path.isdir(f'{WORLD}/actions/checkout.git') else 'bare repositories of public actions (WORLD)'} "
          "must be there")
    shutil.rmtree(BASE, ignore_errors=True)
    sys.exit(77)
CACHE = tempfile.mkdtemp(dir=BASE)  # actions are fetched once


def has(name, ref):
    d = f"{WORLD}/{name}.git"
    return os.path.isdir(d) and subprocess.run(["git", "-C", d, "rev-parse", "-q", "--verify", ref + "^{commit}"], capture_output=True).returncode == 0


def needs(*actions):
    """The test runs the actions of these repositories at these refs."""
    def mark(test):
        lacking = [a for a in actions if not has(*a.split("@"))]
        if lacking and test.__module__ == "__main__":
            print(f"# left out: {test.__name__} ({', '.join(lacking)} not in WORLD)")
        return None if lacking else test
    return mark


def world(dir, *args, **env):
    """Runs the workflows of a repository; programs are found as a user has them, who has Node 24."""
    path = os.path.dirname(NODE) + ":" + os.environ["PATH"]
    return run(dir, "--github-url", "file://" + WORLD, "--cache-dir", CACHE, *args, env={"PATH": path, **env}, timeout=300)


def flow(text, **files):
    return repo({".github/workflows/t.yml": text, **files})


def names(r, step, job=None):
    """What a step has listed, a name a line."""
    return [e["line"] for e in r.of("log", step, job) if e["stream"] == "stdout"]


CHECKOUT = steps("""
- {id: own, uses: actions/checkout@v7}
- {id: see, run: 'git log --format=%s; cat pushed; git remote get-url origin; echo "${{ steps.own.outputs.commit == github.sha }}"'}
- {uses: actions/checkout@v7, with: {repository: them/other, ref: topic, path: other, token: other-token}}
- {id: other, run: 'cat other/file'}""")


@needs("actions/checkout@v7")
def test_the_checkout_itself():
    """It asks github.com; git is told here that this is a folder of ours."""
    server = tempfile.mkdtemp(dir=BASE)
    d, other = flow(CHECKOUT, pushed="what is pushed\n"), repo({"file": "other\n"})
    subprocess.run(["git", "branch", "-q", "topic"], cwd=other, check=True)
    for name, from_ in (("me/own", d), ("them/other", other)):
        subprocess.run(["git", "clone", "-q", "--bare", from_, f"{server}/{name}"], check=True)
    subprocess.run(["git", "remote", "add", "origin", "https://github.com/me/own"], cwd=d, check=True)
    with open(d + "/pushed", "w") as f:
        f.write("not pushed\n")
    env = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{server}/.insteadOf", "GIT_CONFIG_VALUE_0": "https://github.com/"}
    r = world(d, "--real-checkout", "-s", "GITHUB_TOKEN=no-token", *[a for k, v in env.items() for a in ("--env", f"{k}={v}")])
    equal(r.code, 0, r.err + "\n".join(r.lines("own")[-5:]))
    equal(names(r, "see"), ["first", "what is pushed", f"file://{server}/me/own", "true"])
    equal(names(r, "other"), ["other"])
    assert any("Post job cleanup." in l for l in r.lines("__post_own", runner=True)), r.of("step.end")


ARTIFACTS = """on: push
jobs:
  make:
    runs-on: ubuntu-latest
    outputs: {id: '${{ steps.up.outputs.artifact-id }}'}
    steps:
      - run: mkdir -p out/deep; echo one > out/one.txt; echo two > out/deep/two.txt; echo h > out/.hidden
      - {id: up, uses: actions/upload-artifact@v7, with: {name: things, path: out, retention-days: 3}}
      - {id: said, run: 'echo "${{ steps.up.outputs.artifact-digest }}" | wc -c; echo "${{ steps.up.outputs.artifact-url }}"'}
      - {id: none, uses: actions/upload-artifact@v7, with: {name: none, path: no-such}}
      - {id: ignored, uses: actions/upload-artifact@v7, with: {name: none, path: no-such, if-no-files-found: ignore}}
      - {id: strict, uses: actions/upload-artifact@v7, with: {name: none, path: no-such, if-no-files-found: error}, continue-on-error: true}
      - {uses: actions/upload-artifact@v7, with: {name: part, path: out/one.txt}}
      - {id: again, uses: actions/upload-artifact@v7, with: {name: part, path: out}, continue-on-error: true}
      - {id: over, uses: actions/upload-artifact@v7, with: {name: part, path: "out/**\\n!out/deep", include-hidden-files: true, overwrite: true, compression-level: 0}}
  take:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - {id: one, uses: actions/download-artifact@v8, with: {name: things, path: one}}
      - {uses: actions/download-artifact@v8, with: {path: all}}
      - {uses: actions/download-artifact@v8, with: {path: merged, pattern: '[pt]*', merge-multiple: true}}
      - {uses: actions/download-artifact@v8, with: {path: id, artifact-ids: '${{ needs.make.outputs.id }}'}}
      - {id: never, uses: actions/download-artifact@v8, with: {name: none}, continue-on-error: true}
      - {id: list, run: "find one all merged id -type f | LC_ALL=C sort; cat one/deep/two.txt; echo ${{ steps.one.outputs.download-path == format('{0}/one', github.workspace) }}"}
"""


@needs("actions/upload-artifact@v7", "actions/download-artifact@v8")
def test_artifacts_from_job_to_job():
    r = world(flow(ARTIFACTS))
    equal(r.code, 0, r.err)
    equal([r.end(s) for s in ("none", "ignored", "strict", "again", "over", "never")],
          ["success/success", "success/success", "failure/success", "failure/success", "success/success", "failure/success"])
    equal(r.lines("said")[0], "65")
    assert r.lines("said")[1].startswith("https://github.com/local/"), r.lines("said")
    equal(names(r, "list"), ["all/part/.hidden", "all/part/one.txt", "all/things/deep/two.txt", "all/things/one.txt", "id/deep/two.txt", "id/one.txt",
                             "merged/.hidden", "merged/deep/two.txt", "merged/one.txt", "one/deep/two.txt", "one/one.txt", "two", "true"])
    assert any("with this name already exists" in l for l in r.lines("again")), r.lines("again")
    kept = glob.glob(r.home + "/state/sidestep/runs/*/artifacts/*.zip")
    equal(sorted(os.path.basename(k) for k in kept), ["part.zip", "things.zip"])


PAGES = steps("""
- run: mkdir _site; echo hi > _site/index.html
- {id: p, uses: actions/upload-pages-artifact@v5}
- {uses: actions/download-artifact@v8, with: {name: github-pages}}
- {id: list, run: tar tf artifact.tar}""")


@needs("actions/upload-pages-artifact@v5", "actions/upload-artifact@v7", "actions/download-artifact@v8")
def test_a_composite_action_uploads():
    d = tempfile.mkdtemp(dir=BASE)
    tar = subprocess.run(["git", "-C", f"{WORLD}/actions/upload-artifact.git", "archive", "v7"], capture_output=True, check=True).stdout
    subprocess.run(["tar", "x", "-C", d], input=tar, check=True)
    r = world(flow(PAGES), "--local-repository", f"actions/upload-artifact={d}")  # it names a commit, which a copy may lack
    equal(r.code, 0, r.err)
    assert "./index.html" in names(r, "list"), names(r, "list")


CACHES = steps("""
- uses: actions/checkout@v7
- {id: c, uses: actions/cache@v5, with: {path: store, key: "k-${{ hashFiles('lock') }}", restore-keys: k-}}
- {id: see, run: 'echo "<${{ steps.c.outputs.cache-hit }}>"; cat store/lock || true'}
- {if: "steps.c.outputs.cache-hit != 'true'", run: mkdir -p store; cp lock store/}
- {id: look, uses: actions/cache/restore@v5, with: {path: store, key: "k-${{ hashFiles('lock') }}", restore-keys: k-, lookup-only: true}}
- {id: looked, run: 'echo "<${{ steps.look.outputs.cache-hit }}> <${{ steps.look.outputs.cache-matched-key != null }}>"'}
- run: mkdir own; echo saved > own/x
- {uses: actions/cache/save@v5, with: {path: own, key: "own-${{ github.run_id }}"}}
- run: rm -r own
- {uses: actions/cache/restore@v5, with: {path: own, key: "own-${{ github.run_id }}", fail-on-cache-miss: true}}
- {id: own, run: cat own/x}
- {id: strict, uses: actions/cache/restore@v5, with: {path: own, key: never, fail-on-cache-miss: true}, continue-on-error: true}""")


@needs("actions/cache@v5")
def test_caches_from_run_to_run():
    d = flow(CACHES, lock="one\n")
    seen = []
    for lock in ("one\n", "one\n", "two\n"):
        with open(d + "/lock", "w") as f:
            f.write(lock)
        r = world(d)
        equal(r.code, 0, r.err)
        equal((r.lines("own")[-1], r.end("strict")), ("saved", "failure/success"))
        seen.append((names(r, "see"), names(r, "looked")[0].split()[0], any("Cache saved with key: k-" in l for l in r.lines("__post_c"))))
    equal(seen, [(["<>"], "<>", True), (["<true>", "one"], "<true>", False), (["<false>", "one"], "<false>", True)])


SCRIPTS = steps("""
- uses: actions/checkout@v7
- id: s
  uses: actions/github-script@v8
  with:
    github-token: none
    script: |
      core.info([context.repo.owner, context.eventName, context.ref, context.sha.length, context.payload.repository.name].join('|'))
      const { stdout } = await exec.getExecOutput('echo', ['from', 'exec'], { silent: true })
      const found = await (await glob.create('**/*.txt')).glob()
      await io.mkdirP('a/b'); await io.cp('one.txt', 'a/b/two.txt')
      core.setOutput('where', require('path').resolve('.') === process.env.GITHUB_WORKSPACE)
      core.exportVariable('FROM_SCRIPT', 'a\\nb'); core.setSecret('hidden-value'); core.info('it is hidden-value')
      await core.summary.addHeading('hi').write()
      return { stdout, found: found.length }
- {id: see, run: 'echo "${{ steps.s.outputs.where }} ${{ fromJSON(steps.s.outputs.result).found }} $FROM_SCRIPT"; ls a/b'}
- {id: no, uses: actions/github-script@v8, with: {script: return 1}, continue-on-error: true}
- {id: throws, uses: actions/github-script@v8, with: {github-token: none, script: throw new Error('on purpose')}, continue-on-error: true}""")


@needs("actions/github-script@v8")
def test_scripts():
    r = world(flow(SCRIPTS, **{"one.txt": "1"}))
    equal(r.code, 0, r.err)
    assert "local|push|refs/heads/main|40|" + os.path.basename(r.dir) in r.lines("s"), r.lines("s")
    assert "it is ***" in r.lines("s"), r.lines("s")
    equal(names(r, "see"), ["true 1 a", "b", "two.txt"])
    equal((r.end("no"), r.end("throws")), ("failure/success", "failure/success"))
    assert any("-s GITHUB_TOKEN" in l for l in r.lines("no", runner=True)), r.lines("no", runner=True)
    assert any("on purpose" in l for l in r.lines("throws")), r.lines("throws")


def tool_cache(*tools):
    """A cache directory whose tools are links to what this machine has: (name, version, prefix)."""
    cache = tempfile.mkdtemp(dir=BASE)
    for name, version, prefix in tools:
        at = f"{cache}/tools/{name}/{version}"
        os.makedirs(at)
        os.symlink(prefix, f"{at}/{MACHINE}")
        open(f"{at}/{MACHINE}.complete", "w").close()
    return cache


def emptied(dir):
    """The same home for each run, as the paths in it are part of what a cache is called, with nothing in it."""
    shutil.rmtree(dir, ignore_errors=True)
    os.mkdir(dir)
    return dir


SETUP_NODE = steps("""
- uses: actions/checkout@v7
- {id: n, uses: actions/setup-node@v7, with: {node-version: 24, cache: npm, cache-dependency-path: lock}}
- {id: see, run: 'node --version; command -v node; echo "<${{ steps.n.outputs.node-version }}> <${{ steps.n.outputs.cache-hit }}>"; cat ~/.npm/kept || true'}
- run: mkdir -p ~/.npm; echo kept > ~/.npm/kept""")


def machine_npm():
    npm = shutil.which("npm")
    return npm and os.path.dirname(os.path.dirname(os.path.realpath(npm)))


@needs("actions/setup-node@v7")
def test_node_is_set_up():
    npm = machine_npm()
    if not npm:
        print("# left out: the cache of setup-node (npm is not installed)")
        return
    prefix = tempfile.mkdtemp(dir=BASE)
    os.mkdir(prefix + "/bin")
    os.symlink(NODE, prefix + "/bin/node")
    os.symlink(npm + "/bin/npm-cli.js", prefix + "/bin/npm")
    cache, d = tool_cache(("node", NODE_VERSION, prefix)), flow(SETUP_NODE, lock="one\n")
    for hit, kept in (("false", []), ("true", ["kept"])):
        r = world(d, "--cache-dir", cache, HOME=emptied(d + ".home"))
        equal(r.code, 0, r.err)
        at = f"{cache}/tools/node/{NODE_VERSION}/{MACHINE}/bin/node"
        equal(names(r, "see"), ["v" + NODE_VERSION, at, f"<v{NODE_VERSION}> <{hit}>", *kept])


SETUP_PYTHON = steps("""
- uses: actions/checkout@v7
- {id: p, uses: actions/setup-python@v7, with: {python-version: '%s', cache: pip, cache-dependency-path: lock}}
- {id: see, run: 'python --version; command -v python; echo "<${{ steps.p.outputs.cache-hit }}> $pythonLocation"; cat ~/.cache/pip/kept || true'}
- run: mkdir -p ~/.cache/pip; echo kept > ~/.cache/pip/kept""")


def python_prefix():
    """The version and the folder of a Python that has everything below itself, as tool caches have it; else None."""
    prefix = os.path.realpath(sys.base_prefix)
    whole = prefix != "/usr" and all(os.path.exists(f"{prefix}/bin/{p}") for p in ("python", "pip"))
    return (platform.python_version(), prefix) if whole else (None, None)


@needs("actions/setup-python@v7")
def test_python_is_set_up():
    version, prefix = python_prefix()
    if not prefix:
        print("# left out: setup-python (this Python is the system's, not one that a tool cache could have)")
        return
    cache, d = tool_cache(("Python", version, prefix)), flow(SETUP_PYTHON % version.rsplit(".", 1)[0], lock="one\n")
    for hit, kept in (("false", []), ("true", ["kept"])):
        r = world(d, "--cache-dir", cache, PIP_CACHE_DIR=None, XDG_CACHE_HOME=None, HOME=emptied(d + ".home"))
        equal(r.code, 0, r.err)
        at = f"{cache}/tools/Python/{version}/{MACHINE}"
        equal(names(r, "see"), ["Python " + version, at + "/bin/python", f"<{hit}> {at}", *kept])


ABREAST = steps("""
- run: mkdir -p a b c; for d in a b c; do echo $d > $d/f; done
- parallel:
    - {id: a, uses: actions/cache@v5, with: {path: a, key: "a-${{ github.run_id }}"}}
    - {id: b, uses: actions/cache@v5, with: {path: b, key: "b-${{ github.run_id }}"}}
    - {id: ua, uses: actions/upload-artifact@v7, with: {name: ua, path: a}}
    - {id: ub, uses: actions/upload-artifact@v7, with: {name: ub, path: b}}
    - {id: s, uses: actions/github-script@v8, with: {github-token: n, script: "core.setOutput('x', 'in parallel'); core.exportVariable('X', 'too')"}}
- {id: c, uses: actions/cache@v5, background: true, with: {path: c, key: "c-${{ github.run_id }}"}}
- {id: uc, uses: actions/upload-artifact@v7, background: true, with: {name: uc, path: c}}
- {id: see, run: 'echo "${{ steps.s.outputs.x }} $X <${{ steps.uc.outputs.artifact-id }}>"'}
- wait: [c, uc]
- {uses: actions/download-artifact@v8, with: {path: all}}
- {id: joined, run: 'cat all/*/f; test -n "${{ steps.uc.outputs.artifact-id }}"'}""")


@needs("actions/cache@v5", "actions/upload-artifact@v7", "actions/download-artifact@v8", "actions/github-script@v8")
def test_side_by_side():
    r = world(flow(ABREAST))
    equal(r.code, 0, r.err)
    equal(names(r, "see"), ["in parallel too <>"])
    equal(names(r, "joined"), ["a", "b", "c"])
    posts = [e["step"] for e in r.of("step.end") if e["step"].startswith("__post_")]
    equal((posts[0], sorted(posts[1:])), ("__post_c", ["__post_a", "__post_b"]))
    for s in "abc":
        assert any(f"Cache saved with key: {s}-" in l for l in r.lines("__post_" + s)), r.lines("__post_" + s)


FILTER = steps("""
- {uses: actions/checkout@v7, with: {fetch-depth: 0}}
- {id: f, uses: dorny/paths-filter@v4, with: {list-files: shell, filters: "src: ['src/**']\\nother: ['no/**']"}}
- {id: see, run: "echo ${{ steps.f.outputs.src_files }} ${{ steps.f.outputs.other }} '${{ steps.f.outputs.changes }}'"}""")


@needs("dorny/paths-filter@v4")
def test_changed_paths():
    d = flow(FILTER, **{"src/a": "1"})
    with open(d + "/src/b", "w") as f:
        f.write("2")
    for args in (["add", "-A"], ["commit", "-qm", "second"]):
        subprocess.run(["git", *args], cwd=d, env=dict(os.environ, **GIT), check=True)
    r = world(d)
    equal(r.code, 0, r.err)
    equal(names(r, "see"), ['src/b false ["src"]'])


COMMIT = steps("""
- uses: actions/checkout@v7
- run: echo more > added.txt
- {id: a, uses: EndBug/add-and-commit@v11, with: {push: false, fetch: false, message: added, author_name: a, author_email: a@example.com}}
- {id: see, run: "git log --format=%s -2; test ${{ steps.a.outputs.commit_long_sha }} = $(git rev-parse HEAD)"}""")


@needs("EndBug/add-and-commit@v11")
def test_a_commit_stays_in_the_job():
    d = flow(COMMIT)
    r = world(d)
    equal(r.code, 0, r.err)
    equal(names(r, "see"), ["added", "first"])
    equal(subprocess.run(["git", "log", "--format=%s"], cwd=d, capture_output=True, text=True).stdout, "first\n")


GREEN = """on: push
jobs:
  good: {runs-on: ubuntu-latest, steps: [run: 'true']}
  bad: {runs-on: ubuntu-latest, steps: [run: 'false']}
  left: {runs-on: ubuntu-latest, if: false, steps: [run: 'true']}
  green:
    if: always()
    needs: [good, bad, left]
    runs-on: ubuntu-latest
    steps: [{id: g, uses: re-actors/alls-green@release/v1, with: {jobs: '${{ toJSON(needs) }}', %s}}]
"""


@needs("re-actors/alls-green@release/v1")
def test_all_needed_jobs():
    for inputs, outcome in (("allowed-failures: bad, allowed-skips: left", "success/success"), ("allowed-skips: left", "failure/failure")):
        r = world(flow(GREEN % inputs))
        equal((r.end("g"), r.code), (outcome, 1), r.err)


CCACHE = steps("""
- {id: c, uses: hendrikmuhs/ccache-action@v1.2.23, with: {key: k, append-timestamp: false}}
- run: echo 'int x;' > a.c; ccache gcc -c a.c""")


@needs("hendrikmuhs/ccache-action@v1.2.23")
def test_a_compilers_cache():
    if not shutil.which("ccache"):
        print("# left out: ccache-action (ccache is not installed)")
        return
    r = world(flow(CCACHE), CCACHE_DIR=None)
    equal(r.code, 0, r.err)
    assert any("Save cache" in l for l in r.lines("__post_c")), r.lines("__post_c")


if __name__ == "__main__":
    main(globals())
