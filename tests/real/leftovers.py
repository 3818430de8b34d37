"""What is left when a run ends in whatever way: processes, work folders; and that clearing it away holds up nobody."""
import atexit, base64
from real import *

# a step that fills its workspace with many files, quickly: in memory where there is some
MEMORY = tempfile.mkdtemp(prefix="sidestep-real-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else BASE)
atexit.register(shutil.rmtree, MEMORY, True)
FILL = r"""python3 -c "import os; [ (os.mkdir(str(i)), [os.close(os.open(f'{i}/{k}', os.O_CREAT | os.O_WRONLY)) for k in range(1000)]) for i in range(%d) ]" """


def children_named(word, of):
    """Live children of the process `of` whose arguments hold the word."""
    found = []
    for pid in os.listdir("/proc"):
        try:
            with open(f"/proc/{pid}/stat") as f:
                ppid = int(f.read().rsplit(")", 1)[1].split()[1])
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                if ppid == of and word.encode() in f.read().split(b"\0"):
                    found.append(int(pid))
        except (OSError, ValueError, IndexError):
            pass
    return found


def work_of(home):
    return os.path.join(home, "state/sidestep/work")


def started(workflow, *args, env=None, home=None, dir=None):
    d = dir or repo({".github/workflows/t.yml": workflow})
    p = start(d, "run", "--format", "json", *args, env={**({"XDG_STATE_HOME": home + "/state"} if home else {}), **(env or {})})
    p.dir = d
    if home:
        p.home = home
    return p


def test_ctrl_c_is_answered_while_many_files_are_removed():
    p = started(steps("- run: |\n    " + FILL % 300), home=tempfile.mkdtemp(dir=MEMORY))
    until(lambda: children_named("__remove", p.pid), 240)
    t = time.monotonic()
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    took = time.monotonic() - t
    equal(p.returncode, 130, err)
    assert took < 2, took
    # the next run removes it, without waiting for that
    left = os.listdir(work_of(p.home))
    assert len([f for f in left if f.endswith(".lock")]) == 1, left
    next = started(steps("- run: echo hi"), home=p.home)
    out, err = next.communicate(timeout=60)
    equal(next.returncode, 0, err)
    until(lambda: os.listdir(work_of(p.home)) == [], 120)


def test_other_jobs_go_on_while_many_files_are_removed():
    p = started("""on: push
jobs:
  many:
    runs-on: ubuntu-latest
    steps:
      - run: |
          %s
          touch $MARK
  other:
    runs-on: ubuntu-latest
    steps:
      - {id: wait, run: 'until [ -e $MARK ]; do sleep 0.01; done'}
      - {id: a, run: echo a}
      - {id: b, run: echo b}
      - {id: c, run: echo c}
""" % (FILL % 100), "--max-parallel", "2", home=tempfile.mkdtemp(dir=MEMORY), env={"MARK": tempfile.mktemp(dir=BASE)})
    out, err = p.communicate(timeout=240)
    r = Result(p.returncode, out, err.decode(), p.home, p.dir)
    equal(r.code, 0, r.err)
    many = next(i for i, e in enumerate(r.events) if e["type"] == "job.end" and e["job"] == "many")
    other = next(i for i, e in enumerate(r.events) if e["type"] == "job.end" and e["job"] == "other")
    assert other < many, "the other job had to wait"
    equal(os.listdir(work_of(r.home)), [])


def test_a_deep_tree_is_removed():
    r = run(steps("""- run: |
    for i in {1..60}; do mkdir -p d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d; cd d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d; done
    touch f; chmod 0 ../d"""))
    equal(r.code, 0, r.err)
    equal([l for l in r.lines(runner=True) if "remove" in l], [])
    equal(os.listdir(work_of(r.home)), [])


def test_kept_folders_are_never_pruned():
    d = repo({".github/workflows/t.yml": steps("- run: touch kept")})
    p = started("", "--keep", dir=d)
    p.communicate(timeout=60)
    equal(p.returncode, 0)
    kept = os.listdir(work_of(p.home))
    equal(len(kept), 1)
    again = started("", dir=d, home=p.home)
    again.communicate(timeout=60)
    equal(again.returncode, 0)
    equal(os.listdir(work_of(p.home)), kept)


TOKEN = "T0k3n-of-a-kept-folder"
CHECKED_OUT = """- uses: actions/checkout@v4
- run: 'echo > uncommitted; pwd > $MARK.new; mv $MARK.new $MARK; exec sleep SECONDS'"""


def tokens_below(*dirs):
    """Files in which git finds the token."""
    header = base64.b64encode(b"x-access-token:" + TOKEN.encode())
    found = []
    for d in dirs:
        for path, _, files in os.walk(d):
            for f in files:
                try:
                    with open(os.path.join(path, f), "rb") as h:
                        if header in h.read():
                            found.append(os.path.join(path, f))
                except OSError:
                    pass
    return found


def killed_with_token(n, *args, state=None, env=None):
    """A run that is killed behind its checkout: it, its workspace (mounted for it, unless that is kept) and the folder of its work.
    The token comes from the environment."""
    mark = tempfile.mktemp(dir=BASE)
    p = started(steps(CHECKED_OUT.replace("SECONDS", unique(n))), "-s", "GITHUB_TOKEN", *args,
                env={"MARK": mark, "GITHUB_TOKEN": TOKEN, **({"XDG_STATE_HOME": state} if state else {}), **(env or {})})
    until(lambda: os.path.exists(mark))
    with open(mark) as f:
        workspace = f.read().strip()
    work = workspace.rsplit("/", 3)[0]
    assert tokens_below(work) != []
    p.send_signal(signal.SIGKILL)
    p.communicate(timeout=20)
    until(lambda: left_behind(unique(n)) == [])
    return p, workspace, work


def test_the_token_goes_from_a_kept_folder_of_a_killed_run():
    p, workspace, _ = killed_with_token(160, "--keep")
    until(lambda: tokens_below(p.home) == [])
    assert os.path.exists(workspace + "/uncommitted")


def test_the_next_run_takes_the_token_from_a_kept_folder():
    """Where nothing outlived the killed one, and whatever it was doing."""
    p, workspace, _ = killed_with_token(170, "--keep", env={"SIDESTEP_NO_GUARD": "1"})
    assert tokens_below(workspace) != []
    again = started(steps("- run: echo hi"), home=p.home)
    again.communicate(timeout=60)
    equal(again.returncode, 0)
    until(lambda: tokens_below(p.home) == [] and not [f for f in os.listdir(work_of(p.home)) if f.endswith(".lock")])
    assert os.path.exists(workspace + "/uncommitted")
    with open(workspace + "/.git/config") as f:
        text = f.read()
    assert "[core]" in text, text
    # nobody looks there again
    kept = os.listdir(work_of(p.home))
    equal(len(kept), 1)
    again = started(steps("- run: echo hi"), home=p.home)
    again.communicate(timeout=60)
    equal(os.listdir(work_of(p.home)), kept)


def test_two_interrupts_leave_no_token_in_a_kept_folder():
    mark = tempfile.mktemp(dir=BASE)
    p = started(steps(CHECKED_OUT.replace("SECONDS", unique(180))), "--keep", "-s", "GITHUB_TOKEN", env={"MARK": mark, "GITHUB_TOKEN": TOKEN})
    until(lambda: os.path.exists(mark))
    p.send_signal(signal.SIGINT)
    p.send_signal(signal.SIGINT)
    p.send_signal(signal.SIGTERM)
    p.communicate(timeout=20)
    until(lambda: tokens_below(p.home) == [])


def test_what_was_left_in_the_other_place_goes():
    """Work is in /var/tmp where the folder of the state is hidden, else beside it: that may change from run to run."""
    p, _, work = killed_with_token(190, state=tempfile.mkdtemp(dir=BASE) + "/.state")
    assert work.startswith(f"/var/tmp/sidestep-{os.geteuid()}/"), work
    again = started(steps("- run: echo hi"))
    again.communicate(timeout=60)
    equal(again.returncode, 0)
    until(lambda: not os.path.exists(work))

    p, _, _ = killed_with_token(200)
    hidden = tempfile.mkdtemp(dir=BASE) + "/.state"
    os.makedirs(hidden)
    os.rename(p.home + "/state/sidestep", hidden + "/sidestep")
    left = hidden + "/sidestep/work"
    assert tokens_below(left) != []
    again = started(steps("- run: echo hi"), env={"XDG_STATE_HOME": hidden})
    again.communicate(timeout=60)
    equal(again.returncode, 0)
    until(lambda: os.listdir(left) == [])


def test_folders_in_use_are_not_pruned():
    go = tempfile.mktemp(dir=BASE)
    p = started(steps("- run: until [ -e $GO ]; do sleep 0.01; done; touch still-there"), env={"GO": go})
    work = work_of(p.home)
    until(lambda: os.path.isdir(work) and len(os.listdir(work)) == 2)
    used = sorted(os.listdir(work))
    other = started(steps("- run: echo"), home=p.home)
    other.communicate(timeout=60)
    equal(other.returncode, 0)
    equal(sorted(os.listdir(work)), used)
    open(go, "w").close()
    p.communicate(timeout=60)
    equal(p.returncode, 0)
    equal(os.listdir(work), [])


LIVES_ON = """
- {id: one, run: "setsid sleep @1@ > /dev/null 2>&1 & sleep @2@ & (setsid setsid nohup bash -c 'while :; do sleep @3@; done' > /dev/null 2>&1 &); env -i setsid sleep @4@ &"}
- {id: two, background: true, run: "trap '' TERM INT HUP; sleep @5@ & wait"}
- {id: three, run: "sleep 0.2; touch $MARK; sleep @6@"}"""


def sleepers(n):
    return [pid for i in range(1, 7) for pid in left_behind(unique(n + i))]


def guardians():
    found = []
    for pid in os.listdir("/proc"):
        try:
            if open(f"/proc/{pid}/comm").read() == "sidestep-guard\n":
                found.append(int(pid))
        except OSError:
            pass
    return found


def parent_of(pid):
    """0: it has gone, as those of other runs of this machine do at any time."""
    try:
        with open(f"/proc/{pid}/status") as f:
            return int(re.search(r"\nPPid:\t(\d+)", f.read())[1])
    except OSError:
        return 0


def guardian_of(p):
    return [pid for pid in guardians() if parent_of(pid) == p.pid]


def killed(n, kill, env=None, user=None):
    """Kills a run with steps in all kinds of sessions; what must not live longer than a second does not."""
    text = LIVES_ON
    for i in range(1, 7):
        text = text.replace(f"@{i}@", unique(n + i))
    if "SIDESTEP_NO_CGROUP" in (env or {}):
        text = text.replace(" env -i setsid sleep " + unique(n + 4) + " &", "") # without any mark of its own it is nobody's
    mark = tempfile.mktemp(dir=BASE)
    p = started(steps(text), env={"MARK": mark, **(env or {})})
    until(lambda: os.path.exists(mark))
    guards = guardian_of(p)
    equal(len(guards), 1)
    assert len(sleepers(n)) >= 5
    kill(p)
    p.wait(timeout=20)
    until(lambda: sleepers(n) == [], 2 if "ASAN_OPTIONS" not in os.environ else 10)
    until(lambda: not set(guards) & set(guardians()), 10)
    p.stdout.close()
    p.stderr.close()
    return p


def test_nothing_outlives_a_killed_run():
    p = killed(100, lambda p: p.send_signal(signal.SIGKILL))
    # and its folder goes with the next
    assert os.listdir(work_of(p.home)) != []
    next = started(steps("- run: echo hi"), home=p.home)
    next.communicate(timeout=60)
    equal(next.returncode, 0)
    until(lambda: os.listdir(work_of(p.home)) == [], 60)


def test_nothing_outlives_a_killed_run_without_cgroups():
    killed(110, lambda p: p.send_signal(signal.SIGKILL), env={"SIDESTEP_NO_CGROUP": "1"})


def test_nothing_outlives_a_crash():
    killed(120, lambda p: p.send_signal(signal.SIGSEGV), env={"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":handle_segv=0"})


def test_the_guardian_does_not_mind_the_interrupt_key():
    """Ctrl-C goes to the whole process group; so does a SIGKILL of it."""
    mark = tempfile.mktemp(dir=BASE)
    d = repo({".github/workflows/t.yml": steps("- {run: 'trap \"\" INT TERM; touch $MARK; sleep %s'}" % unique(131))})
    p = start(d, "run", "--format", "json", env={"MARK": mark}, start_new_session=True)
    until(lambda: os.path.exists(mark))
    guards = guardian_of(p)
    os.killpg(p.pid, signal.SIGINT)
    time.sleep(0.2)
    equal(guardian_of(p), guards)
    os.killpg(p.pid, signal.SIGKILL)
    p.communicate(timeout=20)  # the pipes end: nobody holds them
    until(lambda: sleepers(130) == [], 2)


def test_the_guardian_goes_with_a_normal_end():
    p = started(steps("- run: until [ -e $GO ]; do sleep 0.01; done"), env={"GO": os.path.join(BASE, "go-normal")})
    until(lambda: guardian_of(p))
    guards = guardian_of(p)
    open(os.path.join(BASE, "go-normal"), "w").close()
    p.communicate(timeout=20)
    equal(p.returncode, 0)
    equal(set(guards) & set(guardians()), set())


def test_nothing_outlives_a_killed_run_of_a_normal_user():
    if os.getuid() != 0:
        print("# skipped: the other tests are this one")
        return
    d = repo({".github/workflows/t.yml": steps('- {run: "setsid sleep %s & touch $MARK; sleep %s"}' % (unique(151), unique(152)))})
    for path in (BASE, d):
        os.chmod(path, 0o755)
    subprocess.run(["chown", "-R", "65534:65534", d], check=True)
    home = tempfile.mkdtemp(prefix="home-", dir=BASE)
    os.chown(home, 65534, 65534)
    mark = home + "/mark"
    exe = shutil.copy(EXE, os.path.join(BASE, "sidestep"))  # where it was built a user may not look
    p = subprocess.Popen([exe, "run"], cwd=d, env=environment(home, {"MARK": mark}), stdin=subprocess.DEVNULL,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=65534, group=65534, extra_groups=[])
    until(lambda: os.path.exists(mark))
    p.send_signal(signal.SIGKILL)
    p.wait(timeout=20)
    until(lambda: sleepers(150) == [], 2)


def test_killed_right_at_the_start():
    """At whatever moment: 40 of them in the first 40 ms."""
    began = os.path.join(BASE, "began")
    d = repo({".github/workflows/t.yml": steps("- {run: 'touch %s; setsid sleep %s & sleep %s'}" % (began, unique(141), unique(142)))})
    t = time.monotonic()
    p = started("", dir=d)
    until(lambda: os.path.exists(began))
    whole = time.monotonic() - t  # to the first step, on this machine, now
    p.send_signal(signal.SIGKILL)
    p.communicate(timeout=20)
    for i in range(40):
        p = started("", dir=d, env={"SIDESTEP_NO_CGROUP": "1"} if i % 2 else None)
        time.sleep(whole * i / 25)
        p.send_signal(signal.SIGKILL)
        p.communicate(timeout=20)
    until(lambda: sleepers(140) == [], 3)


if __name__ == "__main__":
    main(globals())
