"""The packages of GitHub's toolkit, as published and as actions bundle them, against the services of a run. They are brought by
./dev into the folder that CLIENTS names; where they are not, this is skipped."""
import glob, platform, shutil, subprocess
from real import *
from serving import *

CLIENTS = os.environ.get("CLIENTS", "")
MACHINE = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), "none")
NODE = f"{CLIENTS}/node_modules/node-linux-{MACHINE}/bin/node"
if not os.path.exists(NODE):
    print(f"# skipped: GitHub's toolkit and Node are not in {CLIENTS or 'any folder (CLIENTS)'}: ./dev test brings them when npm is there")
    sys.exit(77)
shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients/client.mjs"), CLIENTS)


def call(job, package, method, *args, cwd, fails=False, **env):
    e = {**environment(tempfile.mkdtemp(dir=BASE)), **job.environ(), "GITHUB_WORKSPACE": cwd, "RUNNER_TEMP": tempfile.mkdtemp(dir=BASE),
         "RUNNER_OS": "Linux", **env}
    for name in [n for n in e if n.lower().endswith("_proxy")]:
        del e[name]
    p = subprocess.run([NODE, f"{CLIENTS}/client.mjs", package, method, json.dumps(args)], cwd=cwd, env=e, capture_output=True, text=True,
                       timeout=250)
    answers = [json.loads(l[7:]) for l in p.stdout.split("\n") if l.startswith("answer ")]
    assert len(answers) == 1, p.stdout + p.stderr
    if fails:
        return answers[0]["error"], p.stdout
    assert "value" in answers[0], answers[0]["error"] + "\n" + p.stdout + p.stderr
    return answers[0]["value"]


def folder(files):
    d = tempfile.mkdtemp(dir=BASE)
    for path, data in files.items():
        os.makedirs(os.path.dirname(f"{d}/{path}"), exist_ok=True)
        with open(f"{d}/{path}", "wb") as f:
            f.write(data)
    return d


def tree(d):
    out = {}
    for root, _, names in os.walk(d):
        for n in names:
            with open(os.path.join(root, n), "rb") as f:
                out[os.path.relpath(os.path.join(root, n), d)] = f.read()
    return out


FILES = {"a.txt": b"text\n" * 100, "dir/ü.bin": os.urandom(20 << 20), "dir/deep/empty": b"", "x": bytes(range(256))}


def artifacts_v4(package, s):
    j, k = s.job(), s.job()
    d = folder(FILES)
    made = call(j, package, "uploadArtifact", "größe", [f"{d}/{f}" for f in FILES], d, {}, cwd=d)
    assert made["size"] > 20 << 20 and made["id"], made
    listed = call(k, package, "listArtifacts", {"latest": True}, cwd=d)["artifacts"]
    equal([(a["name"], a["size"]) for a in listed], [("größe", made["size"])])
    one = call(k, package, "getArtifact", "größe", cwd=d)["artifact"]
    equal(one["id"], made["id"])
    if package == "@actions/artifact":
        equal(one["digest"], "sha256:" + made["digest"])
    to = tempfile.mkdtemp(dir=BASE)
    got = call(k, package, "downloadArtifact", one["id"], {"path": to, **({"expectedHash": one["digest"]} if one.get("digest") else {})}, cwd=d)
    assert not got.get("digestMismatch"), got
    equal(tree(to) == FILES, True, sorted(tree(to)))
    error, _ = call(k, package, "uploadArtifact", "größe", [f"{d}/x"], d, {}, cwd=d, fails=True)
    assert "409" in error or "already exists" in error, error
    call(k, package, "deleteArtifact", "größe", cwd=d)
    equal(call(k, package, "listArtifacts", cwd=d)["artifacts"], [])
    error, _ = call(k, package, "getArtifact", "größe", cwd=d, fails=True)
    assert "Artifact not found" in error, error


def test_artifacts():
    with Server() as s:
        artifacts_v4("@actions/artifact", s)


def test_artifacts_of_toolkit_2():
    with Server() as s:
        artifacts_v4("artifact2", s)


def test_artifact_as_it_is():
    """One file, not in an archive."""
    with Server() as s:
        j = s.job()
        d = folder({"report.html": b"<html>" * 1000})
        made = call(j, "@actions/artifact", "uploadArtifact", "any", [f"{d}/report.html"], d, {"skipArchive": True}, cwd=d)
        equal(call(j, "@actions/artifact", "listArtifacts", cwd=d)["artifacts"][0]["name"], "report.html")
        to = tempfile.mkdtemp(dir=BASE)
        call(j, "@actions/artifact", "downloadArtifact", made["id"], {"path": to}, cwd=d)
        equal(tree(to), {"report.html": b"<html>" * 1000})
        with open(j.artifacts + "/report.html", "rb") as f:
            equal(f.read(), b"<html>" * 1000)


def test_artifacts_of_toolkit_1():
    with Server() as s:
        j = s.job()
        files = {**FILES, "dir/text.txt": b"compresses well " * 100000}
        d = folder(files)
        made = call(j, "artifact1", "uploadArtifact", "old", [f"{d}/{f}" for f in files], d, {"continueOnError": False}, cwd=d)
        equal(made["failedItems"], [])
        to = tempfile.mkdtemp(dir=BASE)
        call(s.job(), "artifact1", "downloadArtifact", "old", to, {}, cwd=d)
        equal(tree(to) == files, True, sorted(tree(to)))


def cache(package, s):
    j, k = s.job(), s.job()
    d = folder({"store/a": b"a" * 1000, "store/big": os.urandom(70 << 20), "other/b": b"b"})
    paths = ["store", "other"]
    equal(call(k, package, "restoreCache", paths, f"{package}-1", [f"{package}-"], cwd=d), None)
    id = call(j, package, "saveCache", paths, f"{package}-1", {"uploadChunkSize": 32 << 20}, cwd=d)
    assert id > 0, id
    equal(call(j, package, "saveCache", paths, f"{package}-1", cwd=d), -1, "it is there")
    want = tree(d)
    shutil.rmtree(f"{d}/store"), shutil.rmtree(f"{d}/other")
    equal(call(k, package, "restoreCache", paths, f"{package}-2", [f"{package}-"], cwd=d), f"{package}-1")
    equal(tree(d) == want, True)
    equal(call(k, package, "restoreCache", ["store"], f"{package}-1", cwd=d), None, "other paths, another version")
    equal(call(k, package, "restoreCache", paths, f"{package}-1", [], {"lookupOnly": True}, cwd=d), f"{package}-1")


def test_cache():
    with Server() as s:
        cache("@actions/cache", s)


def test_cache_of_toolkit_4():
    with Server() as s:
        cache("cache4", s)


def test_cache_of_toolkit_3():
    with Server() as s:
        cache("cache3", s)


def test_identity():
    with Server() as s:
        j = s.job(claims={"sub": "repo:o/r:ref:refs/heads/main", "aud": "https://github.com/o"})
        d = folder({})
        for args, audience in (([], "https://github.com/o"), (["sts.example"], "sts.example")):
            token = call(j, "@actions/core", "getIDToken", *args, cwd=d)
            equal(json.loads(unb64(token.split(".")[1]))["aud"], audience)
        error, _ = call(s.job(), "@actions/core", "getIDToken", cwd=d, fails=True)
        assert "ACTIONS_ID_TOKEN_REQUEST_URL" in error, error


main(globals())
