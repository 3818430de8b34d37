"""Concurrency groups between processes: who waits, who dies, who is stopped, and a file that somebody removes."""
import fcntl, glob
from real import *

FLOW = ("on: push\nconcurrency: %s\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - run: echo began; while [ ! -e \"$GO\" ]; do sleep 0.02; done\n")


class Place:
    """A repository and a state folder for several runs of it."""
    def __init__(self, group="one"):
        self.dir = repo({".github/workflows/t.yml": FLOW % group})
        self.home = tempfile.mkdtemp(prefix="gates-", dir=BASE)
        self.folder = self.home + "/state/sidestep/concurrency"

    def start(self, name):
        p = start(self.dir, "run", "--format", "json", env={"HOME": self.home, "XDG_STATE_HOME": self.home + "/state", "GO": self.go(name)})
        p.seen = []
        p.name = name
        return p

    def go(self, name):
        return f"{self.home}/go-{name}"

    def let(self, name):
        open(self.go(name), "w").close()

    def lock(self):
        (path,) = glob.glob(self.folder + "/*~lock")
        return path


def read_until(p, wanted):
    """Reads events of a run up to one whose text holds this."""
    while True:
        line = p.stdout.readline().decode()
        assert line, f"{wanted!r} never came: {p.seen}; {p.stderr.read()}"
        p.seen.append(line)
        if wanted in line:
            return


def finish(p):
    out, err = p.communicate(timeout=60)
    p.seen += out.decode().splitlines(True)
    return p.returncode, "".join(p.seen), err.decode()


WAITS = "another run of concurrency group"


def test_the_second_waits_for_the_first():
    at = Place()
    a = at.start("a")
    read_until(a, "began")
    b = at.start("b")
    read_until(b, WAITS)
    at.let("a")
    equal(finish(a)[0], 0)
    read_until(b, "began")
    at.let("b")
    equal(finish(b)[0], 0)
    assert glob.glob(at.folder + "/*~lock") and not glob.glob(at.folder + "/*~new")


def test_who_is_killed_leaves_its_place():
    at = Place()
    a = at.start("a")
    read_until(a, "began")
    b = at.start("b")
    read_until(b, WAITS)
    a.kill()
    read_until(b, "began")
    at.let("a")
    at.let("b")
    equal(finish(b)[0], 0)
    finish(a)


def test_a_lock_that_is_never_given_back_stops_nobody():
    at = Place()
    a = at.start("a")
    read_until(a, "began")
    with open(at.lock(), "r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # as a process that was stopped in the middle
        b = at.start("b")
        read_until(b, WAITS)
        b.send_signal(signal.SIGINT)
        code, out, _ = finish(b)
        equal(code, 130)
        at.let("a")  # it ends although its ticket cannot be taken out, which goes with its process
        equal(finish(a)[0], 0)
        c = at.start("c")
        read_until(c, WAITS)
        fcntl.flock(held, fcntl.LOCK_UN)
        read_until(c, "began")
    at.let("c")
    equal(finish(c)[0], 0)


def test_a_process_that_is_stopped_is_waited_for_and_no_longer():
    at = Place()
    a = at.start("a")
    read_until(a, "began")
    a.send_signal(signal.SIGSTOP)
    b = at.start("b")
    read_until(b, WAITS)
    b.send_signal(signal.SIGINT)
    equal(finish(b)[0], 130)
    a.send_signal(signal.SIGCONT)
    at.let("a")
    equal(finish(a)[0], 0)


def test_a_folder_that_is_removed_cancels_nobody():
    at = Place()
    a = at.start("a")
    read_until(a, "began")
    shutil.rmtree(at.folder, ignore_errors=True)
    until(lambda: glob.glob(at.folder + "/*~lock"))  # it has entered again
    b = at.start("b")
    read_until(b, WAITS)
    at.let("a")
    code, out, err = finish(a)
    equal(code, 0, err)
    read_until(b, "began")
    at.let("b")
    code, out, err = finish(b)
    equal(code, 0, err)


def test_many_at_once_are_never_side_by_side():
    """With queue: max nobody is pushed out, and each finds the group empty."""
    flow = ("on: push\nconcurrency: {group: many, queue: max}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n"
            "      - run: mkdir \"$GO\" && sleep 0.01 && rmdir \"$GO\"\n")
    at = Place()
    with open(at.dir + "/.github/workflows/t.yml", "w") as f:
        f.write(flow)
    runs = [at.start("same") for _ in range(12)]
    for p in runs:
        code, out, err = finish(p)
        equal(code, 0, err + out)


main(globals())
