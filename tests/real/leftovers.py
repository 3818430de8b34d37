"""What is left when a run ends in whatever way: processes, work folders; and that clearing it away holds up nobody."""
from real import *

MANY = 300000
# a step that fills its workspace with many files, quickly
FILL = r"""python3 -c "import os; [ (os.mkdir(str(i)), [os.close(os.open(f'{i}/{k}', os.O_CREAT | os.O_WRONLY)) for k in range(1000)]) for i in range(%d) ]" """ % (MANY // 1000)


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
    p = started(steps("- run: |\n    " + FILL))
    until(lambda: children_named("__remove", p.pid), 120)
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
""" % FILL, "--max-parallel", "2", env={"MARK": tempfile.mktemp(dir=BASE)})
    out, err = p.communicate(timeout=120)
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


if __name__ == "__main__":
    main(globals())
