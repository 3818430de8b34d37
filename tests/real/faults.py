"""What goes wrong around a run: full disks, closed outputs, missing homes, hostile output, big workflows."""
import fcntl, resource
from real import *

MANY = 2000 if SANITIZED else 10000  # starting a process costs four times as much there
HELLO = steps("- {id: a, run: echo hello}")


def test_stdout_is_full():
    with open("/dev/full", "w") as full:
        p = start(repo({".github/workflows/t.yml": HELLO}), "run", stdout=full)
        err = p.communicate(timeout=20)[1].decode()
    equal(p.returncode, 4)
    assert "No space left" in err, err


def test_stdout_is_closed_by_the_reader():
    d = repo({".github/workflows/t.yml": steps("- {id: a, run: seq 1 100000}")})
    p = start(d, "run", "--format", "json")
    p.stdout.close()
    p.wait(timeout=20)
    equal(p.returncode, 128 + signal.SIGPIPE)  # as any program that writes to a reader who has gone


def test_stdout_is_not_there():
    d = repo({".github/workflows/t.yml": HELLO})
    home = tempfile.mkdtemp(prefix="home-", dir=BASE)
    r = subprocess.run(["bash", "-c", 'exec "$0" run >&- 2>&- <&-', EXE], cwd=d, env=environment(home), timeout=20)
    assert r.returncode in (0, 4), r.returncode


def test_state_directory_cannot_be_written():
    d = repo({".github/workflows/t.yml": HELLO})
    p = start(d, "run", env={"XDG_STATE_HOME": "/proc/nope"})
    err = p.communicate(timeout=20)[1].decode()
    equal(p.returncode, 4)
    assert "/proc/nope" in err and "XDG_STATE_HOME" in err, err


def test_no_home():
    d = repo({".github/workflows/t.yml": HELLO})
    p = start(d, "run", env={"HOME": None, "XDG_STATE_HOME": None, "XDG_CACHE_HOME": None})
    err = p.communicate(timeout=20)[1].decode()
    equal(p.returncode, 4)
    assert "HOME" in err and "--log-dir" in err, err


def test_no_home_but_a_log_dir():
    d = repo({".github/workflows/t.yml": HELLO})
    logs = tempfile.mkdtemp(prefix="home-", dir=BASE)
    p = start(d, "run", "--log-dir", logs, env={"HOME": None, "XDG_STATE_HOME": None, "XDG_CACHE_HOME": None})
    p.communicate(timeout=20)
    equal(p.returncode, 0)


def test_full_disk():
    d = repo({".github/workflows/t.yml": steps("- {id: a, run: 'seq 1 2000000'}")})
    small = tempfile.mkdtemp(prefix="home-", dir=BASE)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], stderr=subprocess.DEVNULL).returncode:
        print("# skipped: no right to mount a small disk")
        return
    try:
        p = start(d, "run", "--format", "quiet", env={"XDG_STATE_HOME": small})
        out, err = (b.decode() for b in p.communicate(timeout=30))
        equal(p.returncode, 4)
        assert "No space left" in err, err
        assert re.match(r"t\.yml: success in [^,]*, but .*: No space left on device$", out.rstrip().split("\n")[-1]), out
    finally:
        subprocess.run(["umount", small])


def test_hostile_output():
    r = run(steps(r"""
- {id: a, run: "head -c 300000 /dev/urandom; echo; printf '\\xff\\xfe::error::x\\r\\n::set-output name=v::1\\n\\033]0;title\\007\\n'"}
- {id: b, run: "head -c 3000000 /dev/zero | tr '\\0' 'x'; echo"}"""))
    equal(r.code, 0)
    assert sum(len(l) for l in r.lines("b")) == 3000000
    r.raw.decode("utf-8")


def test_a_line_of_100_mb_in_bounded_memory():
    r = subprocess.run([sys.executable, "-c", f"""
import resource, subprocess, sys
p = subprocess.run([{EXE!r}, "run", "--format", "quiet"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
print(p.returncode)"""], cwd=repo({".github/workflows/t.yml": steps("- {id: a, run: \"head -c 100000000 /dev/zero | tr '\\\\0' x\"}")}),
        env=environment(tempfile.mkdtemp(prefix="home-", dir=BASE)), capture_output=True, timeout=60)
    equal(r.stdout.strip(), b"0", r.stderr.decode())


def test_two_thousand_steps():
    r = run(steps("\n".join("- run: 'true'" for _ in range(2000))), timeout=300)
    equal(r.code, 0)
    equal(len(r.of("step.end")), 2000)


def test_ten_thousand_background_steps():
    d = repo({".github/workflows/t.yml": steps("- parallel:\n" + "\n".join("    - run: 'true'" for _ in range(MANY)))})
    p = start(d, "run", "--format", "json")
    out = p.stdout.read()
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    r = Result(p.returncode, out, p.stderr.read().decode(), p.home, d)
    equal(r.code, 0, r.err)
    equal(len(r.of("step.join")), MANY)
    equal(r.of("run.end")[0]["side_by_side"], 10)
    if not SANITIZED:  # which keep what is freed
        assert usage.ru_maxrss < 96 * 1024, f"{usage.ru_maxrss} KiB"


def limited(soft, hard):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def many_at_once(n, soft, hard, *args):
    """n background steps that end when all have begun; how the run ended."""
    marks = tempfile.mkdtemp(dir=BASE)
    d = repo({".github/workflows/t.yml": steps("- parallel:\n" + "\n".join(
        f"    - {{id: s{i}, run: 'touch $MARKS/{i}; flock -s $MARKS/gate true; ulimit -Sn'}}" for i in range(n)))})
    with open(marks + "/gate", "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        with open(d + ".out", "wb") as out:
            p = start(d, "run", "--format", "json", "--max-background", str(n), *args, env={"MARKS": marks}, stdout=out, preexec_fn=limited(soft, hard))
        until(lambda: len(os.listdir(marks)) > n or p.poll() is not None, 200)
    err = p.communicate(timeout=200)[1]
    with open(d + ".out", "rb") as out:
        return Result(p.returncode, out.read(), err.decode("utf-8", "replace"), p.home, d)


def test_400_background_steps_with_1024_descriptors():
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < 4096:
        print("# skipped: there are not enough descriptors")
        return
    r = many_at_once(400, 1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    equal(r.code, 0, r.err)
    equal(len(r.of("step.join")), 400)
    equal(r.of("run.end")[0]["side_by_side"], 400)
    equal(set(r.lines()) , {"1024"}, "the limit of the steps")


def test_out_of_descriptors_is_said_by_the_step_that_lacks_them():
    d = repo({".github/workflows/t.yml": steps("- parallel:\n" + "\n".join(
        f"    - {{id: s{i}, run: sleep 2}}" for i in range(60)))})
    p = start(d, "run", "--format", "json", "--max-background", "60", preexec_fn=limited(128, 128))
    out, err = p.communicate(timeout=100)
    r = Result(p.returncode, out, err.decode("utf-8", "replace"), p.home, d)
    equal(r.code, 1, r.err)
    ends = r.of("step.end")
    failed = [e["step"] for e in ends if e["conclusion"] == "failure" and e["step"].startswith("s")]
    assert 5 < len(failed) < 60, failed
    for step in failed:
        assert any("Too many open files" in l for l in r.lines(step, runner=True)), r.lines(step, runner=True)
    assert all(e["conclusion"] in ("success", "failure") for e in ends)


def test_256_jobs():
    r = run("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        a: [%s]\n        b: [%s]\n    steps: [{run: 'true'}]\n" %
            (",".join(map(str, range(16))), ",".join(map(str, range(16)))), timeout=120)
    equal(r.code, 0)
    equal(len(r.of("job.end")), 256)


def test_missing_shell():
    r = run(steps("- {id: a, run: echo, shell: 'no-such-shell {0}'}"))
    equal(r.code, 1)
    assert any("no-such-shell: command not found" in l for l in r.lines("a", runner=True))


def test_a_shell_that_github_has_and_this_machine_lacks():
    path = programs("bash", "git")
    r = run(steps("- {id: a, run: echo, shell: pwsh}"), env={"PATH": path})
    equal(r.code, 4, r.err)
    equal(r.end("a"), "failure/failure")
    assert any("pwsh: command not found" in l for l in r.lines("a", runner=True))
    r = run(steps("- {id: a, run: echo, shell: pwsh, if: false}"), env={"PATH": path})
    equal(r.code, 0, r.err)


def test_broken_file_does_not_hinder_another():
    d = repo({".github/workflows/good.yml": HELLO, ".github/workflows/bad.yml": "on: push\njobs:\n  j:\n    stepz: 1\n"})
    r = run(d, "-W", ".github/workflows/good.yml")
    equal(r.code, 0, r.err)
    r = run(d)
    equal(r.code, 1, "a broken file that push starts")
    equal(r.end("a"), "success/success")
    assert "bad.yml:4:5: error:" in r.err, r.err


def test_two_workflows_of_one_event_run_beside_each_other():
    w = steps("- uses: actions/checkout@v4\n- {id: a, run: 'echo $NAME > f; sleep 0.1; cat f; pwd'}", "    env: {NAME: %s}\n")
    d = repo({f".github/workflows/{n}.yml": w % n for n in ("one", "two", "three")})
    r = run(d)
    equal(r.code, 0, r.err)
    equal(len(r.of("run.end")), 3)
    equal(sorted(l for l in r.lines("a") if "/" not in l), ["one", "three", "two"])
    equal(len({l for l in r.lines("a") if "/" in l}), 3)


def test_labels_of_other_systems():
    w = "on: push\njobs:\n  a: {runs-on: windows-latest, steps: [{run: echo}]}\n  b: {runs-on: ubuntu-latest, steps: [{run: echo}]}\n"
    equal(run(w).code, 0)
    equal(run(w, "--strict-platforms").code, 4)
    r = run(w.replace("ubuntu-latest", "self-hosted"), "-P", "windows-latest=skip", "--strict-platforms")
    equal(r.code, 0, r.err)
    r = run(w, "-P", "windows-latest=host")
    equal(r.jobs(), {"a": "success", "b": "success"})


def test_the_users_tree_stays_as_it_was():
    d = repo({".github/workflows/t.yml": steps("- uses: actions/checkout@v4\n- {id: a, run: 'cat f; echo changed > f; rm g; echo n > new; git log --oneline | wc -l; git status --short'}"),
              "f": "one\n", "g": "two\n", ".gitignore": "ignored\n"})
    open(d + "/ignored", "w").write("x")
    open(d + "/untracked", "w").write("u")
    open(d + "/f", "w").write("edited\n")
    before = subprocess.run("git status --short; find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum", shell=True, cwd=d, capture_output=True).stdout
    for args in ([], ["--keep"]):
        r = run(d, *args)
        equal(r.code, 0, r.err + str(r.lines(runner=True)))
        equal(r.lines("a")[0], "edited")
        assert "1" in [l.strip() for l in r.lines("a")], r.lines("a")
        after = subprocess.run("git status --short; find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum", shell=True, cwd=d, capture_output=True).stdout
        equal(after, before)


if __name__ == "__main__":
    main(globals())
