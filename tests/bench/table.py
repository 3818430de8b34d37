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


try:
    main()
finally:
    shutil.rmtree(BASE, ignore_errors=True)
