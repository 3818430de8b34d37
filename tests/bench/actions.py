#!/usr/bin/env python3
"""actions.py BUILD-DIR: what actions of other repositories cost, as medians of ROUNDS (11) rounds taken by turns: the time from a
job's start to its first step with 20 actions of 10 repositories from a warm store, and without; a composite action of another
repository beside the same one of the workspace; a JavaScript action beside the node that it runs, started by posix_spawn and nothing
else."""
import datetime, json, os, shutil, statistics, subprocess, sys, tempfile, time

BUILD = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else sys.exit(__doc__)
SIDESTEP = BUILD + "/src/cli/sidestep"
ROUNDS = int(os.environ.get("ROUNDS", 11))
BASE = tempfile.mkdtemp(prefix="sidestep-bench-")
ENV = dict(os.environ, XDG_STATE_HOME=BASE + "/state", XDG_CACHE_HOME=BASE + "/cache", GIT_CONFIG_GLOBAL="/dev/null")
ACTION = "name: n\ndescription: d\nruns: {using: composite, steps: [{run: 'true', shell: sh}]}\n"


def git(d, *args):
    who = ["-c", "user.name=b", "-c", "user.email=b@example.com"]
    return subprocess.run(["git", *who, *args], cwd=d, check=True, capture_output=True, text=True).stdout.strip()


def repo(name, files):
    d = f"{BASE}/{name}"
    for path, text in files.items():
        os.makedirs(os.path.dirname(f"{d}/{path}"), exist_ok=True)
        with open(f"{d}/{path}", "w") as f:
            f.write(text)
    git(d, "init", "-q", "-b", "main")
    git(d, "add", "-A")
    git(d, "commit", "-q", "-m", "one")
    return d


def workflow(name, steps, files=None):
    return repo(name, {".github/workflows/t.yml": "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n"
                       + "".join(f"      - {s}\n" for s in steps), **(files or {})})


def events(d, *args):
    r = subprocess.run([SIDESTEP, "run", "--format", "json", "--github-url", "file://" + BASE, *args], cwd=d, env=ENV, capture_output=True)
    if r.returncode:
        sys.exit(f"exit {r.returncode}: {r.stderr.decode()}{r.stdout.decode()[-2000:]}")
    return [json.loads(l) for l in r.stdout.decode().split("\n") if l]


def at(e):
    return datetime.datetime.fromisoformat(e["time"].replace("Z", "+00:00")).timestamp() * 1000


def before_first(d, *args):
    all = events(d, *args)
    return at(next(e for e in all if e["type"] == "step.start")) - at(next(e for e in all if e["type"] == "job.start"))


def whole(d, *args):
    all = events(d, *args)
    return next(e for e in all if e["type"] == "run.end")["wall_ms"]


def compare(label, measure, a, b, per=1, args=()):
    got = {a: [], b: []}
    for _ in range(ROUNDS):
        for d in got:
            got[d].append(measure(d, *args))
    x, y = (statistics.median(got[d]) for d in (a, b))
    print(f"{label:<58} with {x:7.1f} ms   without {y:7.1f} ms   more {(x - y) / per:6.2f} ms")


def node_alone(node, script, n):
    """Milliseconds."""
    start = time.perf_counter()
    for _ in range(n):
        if os.waitpid(os.posix_spawn(node, [node, script], ENV), 0)[1]:
            sys.exit(f"{node} has failed")
    return (time.perf_counter() - start) * 1000


def javascript(n):
    node = shutil.which("node")
    if not node:
        return print("a JavaScript action: there is no node to measure with")
    major = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.split(".")[0][1:]
    d = repo("o/js", {"action.yml": f"name: n\ndescription: d\nruns: {{using: node{major if major in ('20', '24') else '24'}, main: index.js}}\n", "index.js": ""})
    with_ = workflow("js", ["run: 'true'", *[f"uses: o/js@{git(d, 'rev-parse', 'HEAD')}"] * n])
    without = workflow("nojs", ["run: 'true'"])
    whole(with_)
    costs, alone = [], []
    for _ in range(ROUNDS):
        a, floor, b = whole(with_), node_alone(node, d + "/index.js", n), whole(without)
        costs.append((a - b - floor) / n)
        alone.append(floor / n)
    print(f"{f'a JavaScript action ({n} of them)':<58} node alone {statistics.median(alone):7.1f} ms   more {statistics.median(costs):6.2f} ms")


try:
    shas = [git(repo(f"o/r{i}", {"action.yml": ACTION, "sub/action.yml": ACTION, **{f"dist/{k}.js": "x" * 20000 for k in range(40)}}), "rev-parse", "HEAD")
            for i in range(10)]
    used = [f"{{if: false, uses: o/r{i}{sub}@{sha}}}" for i, sha in enumerate(shas) for sub in ("", "/sub")]
    with_, without = workflow("with", ["run: 'true'", *used]), workflow("without", ["run: 'true'", *["{if: false, run: x}"] * 20])
    whole(with_)  # the store is warm now
    compare("20 actions of 10 repositories, before the first step", before_first, with_, without)
    compare("the same, copied (--in-place: no mounts)", before_first, with_, without, args=["--in-place"])
    n = 50
    remote = workflow("remote", ["run: 'true'", *[f"uses: o/r0@{shas[0]}"] * n])
    local = workflow("local", ["uses: actions/checkout@v4", *["uses: ./act"] * n], {"act/action.yml": ACTION})
    compare(f"a composite action of another repository ({n} of them)", whole, remote, local, n)
    javascript(20)
finally:
    shutil.rmtree(BASE, ignore_errors=True)
