"""Drives the real program with real shells and real git repositories: run(), and what to ask of its events.

A test program defines functions named test_*; main() runs them all (or those named on the command line), two at a time,
prints a line each and exits 1 if one failed."""
import concurrent.futures, json, os, re, shutil, signal, subprocess, sys, tempfile, time, traceback

BASE = tempfile.mkdtemp(prefix="sidestep-real-")  # everything of this program, removed at its end
EXE = os.path.abspath(os.environ.get("SIDESTEP", "sidestep"))
with open(EXE, "rb") as f:
    SANITIZED = b"__asan_init" in f.read()  # everything takes some times as long, and memory is not what it was
GIT = {f"GIT_{w}_{k}": v for w in ("AUTHOR", "COMMITTER") for k, v in (("NAME", "a"), ("EMAIL", "a@example.com"))}


def repo(files, commit=True):
    """A fresh git repository with these files; returns its path."""
    d = tempfile.mkdtemp(prefix="repo-", dir=BASE)
    for path, text in files.items():
        full = os.path.join(d, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as f:
            f.write(text)
    env = dict(os.environ, **GIT)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=d, env=env, check=True)
    if commit:
        subprocess.run(["git", "add", "-A"], cwd=d, env=env, check=True)
        subprocess.run(["git", "commit", "-q", "-m", "first"], cwd=d, env=env, check=True)
    return d


def steps(text, head=""):
    """A workflow with one job j of these steps."""
    body = "".join("      " + l + "\n" for l in text.strip("\n").split("\n"))
    return f"on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n{head}    steps:\n{body}"


class Result:
    def __init__(self, code, out, err, home, dir):
        self.code, self.err, self.home, self.dir = code, err, home, dir
        self.raw = out
        self.events = [json.loads(l) for l in out.decode("utf-8").split("\n") if l.startswith("{")]

    def of(self, type, step=None, job=None):
        return [e for e in self.events if e["type"] == type and (step is None or e.get("step") == step)
                and (job is None or e.get("job") == job)]

    def end(self, step, job=None):
        e = self.of("step.end", step, job)
        assert len(e) == 1, f"{len(e)} ends of {step}"
        return e[0]["outcome"] + "/" + e[0]["conclusion"]

    def lines(self, step=None, runner=False):
        return [e["line"] for e in self.of("log", step) if runner or e["stream"] != "runner"]

    def position(self, type, step):
        return next(i for i, e in enumerate(self.events) if e["type"] == type and e.get("step") == step)

    def jobs(self):
        return self.of("run.end")[0]["jobs"]


def environment(home, extra=None):
    e = dict(os.environ, HOME=home, XDG_STATE_HOME=home + "/state", XDG_CACHE_HOME=home + "/cache", XDG_CONFIG_HOME=home + "/config")
    for k in list(e):
        if k.startswith(("GITHUB_", "RUNNER_", "ACTIONS_")) or k in ("CI", "NO_COLOR", "AGENT_TOOLSDIRECTORY"):
            del e[k]
    e["SIDESTEP_BACKOFF_MS"] = "10"  # servers that stumble are asked again at once
    e.update(extra or {})
    return {k: v for k, v in e.items() if v is not None}


def start(dir, *args, env=None, **kw):
    home = tempfile.mkdtemp(prefix="home-", dir=BASE)
    p = subprocess.Popen([EXE, *args], cwd=dir, env=environment(home, env), stdin=subprocess.DEVNULL,
                         stdout=kw.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, **kw)
    p.home = home
    return p


def run(workflow, *args, files=None, env=None, timeout=60, format="json", commit=True):
    """Runs a workflow (text, or a path of a repository that is there) and collects everything."""
    d = workflow if os.path.isdir(workflow) else repo({".github/workflows/t.yml": workflow, **(files or {})}, commit)
    p = start(d, "run", "--format", format, *args, env=env)
    try:
        out, err = p.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        print("# it does not end; what runs:\n" + subprocess.run(["ps", "-eo", "pid,ppid,stat,etimes,wchan:24,args"], capture_output=True,
                                                              text=True).stdout, flush=True)
        p.kill()
        p.communicate()
        raise
    return Result(p.returncode, out, err.decode("utf-8", "replace"), p.home, d)


def programs(*names):
    """A PATH with these programs of the machine alone."""
    d = tempfile.mkdtemp(prefix="bin-", dir=BASE)
    for name in names:
        os.symlink(shutil.which(name), f"{d}/{name}")
    return d


def unique(n):
    """Seconds for a sleep that no other process of this machine sleeps."""
    return f"{4000 + n}.{os.getpid()}"


def left_behind(marker):
    """Processes whose command line holds the marker."""
    found = []
    for pid in os.listdir("/proc"):
        if pid.isdigit():
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    if marker.encode() in f.read() and int(pid) != os.getpid():
                        found.append(int(pid))
            except OSError:
                pass
    return found


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


def equal(got, want, what=""):
    assert got == want, f"{what}: got {got!r}, want {want!r}"


def main(names):
    tests = {n: f for n, f in names.items() if n.startswith("test_") and callable(f)}
    chosen = [n for n in tests if not sys.argv[1:] or n in sys.argv[1:]]
    failed = 0

    def one(name):
        try:
            tests[name]()
            return name, None
        except Exception:
            return name, traceback.format_exc(limit=4)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, trouble in pool.map(one, chosen):
            print(("not ok - " if trouble else "ok - ") + name, flush=True)
            if trouble:
                failed += 1
                print("".join("  # " + l + "\n" for l in trouble.rstrip().split("\n")), end="")
    if not os.environ.get("KEEP"):
        shutil.rmtree(BASE, ignore_errors=True)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
