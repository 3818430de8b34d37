"""Whole runs whose actions use the services: GitHub's toolkit in JavaScript actions of the repository. Skipped where ./dev has not
brought the toolkit."""
import platform
from real import *

CLIENTS = os.environ.get("CLIENTS", "")
MACHINE = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), "none")
NODE = f"{CLIENTS}/node_modules/node-linux-{MACHINE}/bin"
if not os.path.exists(NODE + "/node"):
    print(f"# skipped: GitHub's toolkit and Node are not in {CLIENTS or 'any folder (CLIENTS)'}: ./dev test brings them when npm is there")
    sys.exit(77)


def action(script, post=""):
    """An action of the repository with the toolkit at hand: its files."""
    head = f"""import {{ createRequire }} from 'node:module';
import {{ pathToFileURL }} from 'node:url';
import fs from 'node:fs';
const at = name => import(pathToFileURL('{CLIENTS}/node_modules/' + name).href);
const core = await at('@actions/core/lib/core.js');
const {{ DefaultArtifactClient }} = await at('@actions/artifact/lib/artifact.js');
const cache = await at('@actions/cache/lib/cache.js');
const artifacts = new DefaultArtifactClient();
"""
    files = {"a/action.yml": "name: a\ninputs:\n  name:\n    default: x\nruns:\n  using: node24\n  main: main.mjs\n" + ("  post: post.mjs\n" if post else ""),
             "a/main.mjs": head + script}
    if post:
        files["a/post.mjs"] = head + post
    return files


def go(script, workflow, *args, post="", env=None, dir=None):
    d = dir or repo({".github/workflows/t.yml": workflow, **action(script, post)})
    return run(d, *args, env={"PATH": f"{NODE}:{os.environ['PATH']}", **(env or {})}, timeout=250)


JOBS = """on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./a
        with:
          name: result
  two:
    needs: one
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: env | grep ^ACTIONS_ || echo none
      - uses: ./a
"""


def test_artifact_from_job_to_job():
    script = """
if (core.getInput('name') !== 'x') {
	fs.writeFileSync('f.txt', 'content');
	const made = await artifacts.uploadArtifact(core.getInput('name'), ['f.txt'], '.');
	console.log('made ' + made.digest);
} else {
	const found = (await artifacts.listArtifacts()).artifacts;
	await artifacts.downloadArtifact(found[0].id, { path: 'got' });
	console.log('got ' + found[0].name + ' ' + fs.readFileSync('got/f.txt', 'utf8'));
	console.log('token ' + process.env.ACTIONS_RUNTIME_TOKEN);
}
"""
    r = go(script, JOBS)
    equal(r.code, 0, r.err + "\n".join(r.lines(runner=True)))
    assert "got result content" in r.lines(), r.lines()
    assert "none" in r.lines(), "a script sees nothing of it"
    assert "token ***" in r.lines(), "the token is masked"
    said = r.of("artifact")
    equal([e["name"] for e in said], ["result"])
    equal(os.path.getsize(said[0]["path"]), said[0]["size"])
    assert said[0]["path"].startswith(r.home + "/state/sidestep/runs/"), said[0]
    digest = next(l for l in r.lines() if l.startswith("made ")).split(" ")[1]
    equal(said[0]["digest"], "sha256:" + digest)
    kept = tempfile.mkdtemp(dir=BASE)
    d = repo({".github/workflows/t.yml": JOBS, **action(script)})
    r = go(script, JOBS, "--artifact-dir", kept, dir=d)
    equal([os.listdir(f"{kept}/{run}").count("result.zip") for run in os.listdir(kept)], [1])
    r = go(script, JOBS, "--format", "text", dir=d)
    assert b"Artifacts\n  result, " in r.raw, r.raw.decode()


CACHE = """on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: ./a
        with:
          name: KEY
"""


def test_cache_from_run_to_run():
    """Saved by the post stage, found by the next run, of another branch too; not by the default branch when a branch saved it."""
    main = """
const hit = await cache.restoreCache(['kept'], core.getInput('name'), []);
console.log('hit ' + hit + (hit ? ' ' + fs.readFileSync('kept/f', 'utf8') : ''));
"""
    post = """
fs.mkdirSync('kept', { recursive: true });
fs.writeFileSync('kept/f', 'kept');
console.log('saved ' + ((await cache.saveCache(['kept'], core.getInput('name'))) > 0));
"""
    d = repo({".github/workflows/t.yml": CACHE.replace("KEY", "${{ github.ref_name == 'main' && 'shared' || vars.KEY }}"), **action(main, post)})
    store = tempfile.mkdtemp(dir=BASE)
    def lines(*args):
        r = go(main, "", "--cache-dir", store, *args, dir=d)
        equal(r.code, 0, r.err + "\n".join(r.lines(runner=True)))
        return [l for l in r.lines() if l.startswith(("hit ", "saved "))]
    equal(lines(), ["hit undefined", "saved true"])
    equal(lines(), ["hit shared kept", "saved false"])
    subprocess.run(["git", "checkout", "-q", "-b", "topic"], cwd=d, check=True)
    equal(lines("--var", "KEY=shared"), ["hit shared kept", "saved true"], "a scope of its own")
    equal(lines("--var", "KEY=mine"), ["hit undefined", "saved true"])
    equal(lines("--var", "KEY=mine")[0], "hit mine kept")
    subprocess.run(["git", "checkout", "-q", "-b", "other"], cwd=d, check=True)
    equal(lines("--var", "KEY=mine")[0], "hit undefined")


def test_limit_and_mode():
    """The longest unused entry goes beyond --cache-limit; with --cache-mode the real client does what the mode says, and nothing fails."""
    main = "console.log('mode ' + process.env.ACTIONS_CACHE_MODE + ' hit ' + await cache.restoreCache(['kept'], core.getInput('name'), []));\n"
    post = """
fs.mkdirSync('kept', { recursive: true });
fs.writeFileSync('kept/f', (await import('node:crypto')).randomBytes(700 << 10));
console.log('saved ' + ((await cache.saveCache(['kept'], core.getInput('name'))) > 0));
"""
    d = repo({".github/workflows/t.yml": CACHE.replace("KEY", "${{ vars.KEY }}"), **action(main, post)})
    store = tempfile.mkdtemp(dir=BASE)
    def lines(key, *args):
        r = go(main, "", "--cache-dir", store, "--var", "KEY=" + key, *args, dir=d)
        equal(r.code, 0, r.err + "\n".join(r.lines(runner=True)))
        return [l for l in r.lines() if l.startswith(("mode ", "saved "))]
    equal(lines("one", "--cache-limit", "1"), ["mode undefined hit undefined", "saved true"])
    equal(lines("two", "--cache-limit", "1"), ["mode undefined hit undefined", "saved true"])
    equal(lines("one", "--cache-mode", "read"), ["mode read hit undefined", "saved false"], "it has gone, and is not saved again")
    equal(lines("two", "--cache-mode", "read")[0], "mode read hit two")
    equal(lines("two", "--cache-mode", "write-only")[0], "mode write-only hit undefined")
    equal(lines("three", "--cache-mode", "none"), ["mode none hit undefined", "saved false"])
    equal(lines("three", "--cache-mode", "all", "--cache-limit", "100"), ["mode undefined hit undefined", "saved true"])
    equal(lines("two")[0], "mode undefined hit two")


def test_identity_token():
    script = "console.log('aud ' + JSON.parse(Buffer.from((await core.getIDToken('me')).split('.')[1], 'base64url')).aud);\n"
    text = CACHE.replace("    steps:", "    permissions:\n      id-token: write\n      contents: read\n    steps:")
    r = go(script, text)
    equal(r.code, 0, r.err + "\n".join(r.lines(runner=True)))
    assert "aud me" in r.lines(), r.lines()
    r = go(script, CACHE)
    equal(r.code, 1)
    assert any("ACTIONS_ID_TOKEN_REQUEST_URL" in l for l in r.lines(runner=True)), r.lines(runner=True)


main(globals())
