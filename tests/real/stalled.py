"""Output whose reader is slow, asleep or gone: the run goes on, nothing waits for it, nothing is lost."""
import array, fcntl, pty, termios, threading
from real import *

JSON = ("run", "--format", "json")


class Pipe:
    """A pipe as standard output: nobody reads it until read_all."""

    def __init__(self):
        self.read, self.write = os.pipe()

    def start(self, d, *args, **kw):
        p = start(d, *args, stdout=self.write, **kw)
        os.close(self.write)
        return p

    def read_all(self):
        parts = []
        while part := os.read(self.read, 1 << 20):
            parts.append(part)
        os.close(self.read)
        return b"".join(parts)


def events(raw):
    return [json.loads(l) for l in raw.decode().split("\n") if l]


def stored(p):
    """The events of the only run, from its folder."""
    runs = p.home + "/state/sidestep/runs"
    for name in os.listdir(runs) if os.path.isdir(runs) else []:
        path = f"{runs}/{name}/events.ndjson"
        if os.path.exists(path):
            with open(path) as f:
                return [json.loads(l) for l in f.read().split("\n")[:-1]]
    return []


def has(p, type, step=None, **more):
    return any(e["type"] == type and (step is None or e.get("step") == step) and all(e.get(k) == v for k, v in more.items())
               for e in stored(p))


def rss_kb(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(l.split()[1]) for l in f if l.startswith("VmHWM"))


def flood(mb):
    return f"yes '{'x' * 99}' | head -c {mb}000000"


def test_steps_go_on_and_nothing_is_lost():
    """A stalled pipe: steps behind the one that floods it run to their end; later every line arrives."""
    d = repo({".github/workflows/t.yml": steps(f"- {{id: a, run: \"{flood(30)}\"}}\n- {{id: b, run: echo after}}")})
    out = Pipe()
    p = out.start(d, *JSON)
    until(lambda: has(p, "run.end", conclusion="success"), 60)
    assert p.poll() is None, "it ended before its output was read"
    got = events(out.read_all())
    p.communicate(timeout=20)
    equal(p.returncode, 0)
    equal(sum(e["type"] == "log" and e.get("step") == "a" and e["line"] == "x" * 99 for e in got), 300000)
    equal([e["line"] for e in got if e["type"] == "log" and e.get("step") == "b" and e["stream"] == "stdout"], ["after"])
    equal(got[-1]["type"], "run.end")


def test_memory_is_bounded():
    d = repo({".github/workflows/t.yml": steps(f"- {{id: a, run: \"{flood(200)}\"}}")})
    out = Pipe()
    p = out.start(d, *JSON)
    until(lambda: has(p, "run.end"), 120)
    assert rss_kb(p.pid) < 60000, rss_kb(p.pid)
    p.send_signal(signal.SIGINT)
    p.send_signal(signal.SIGTERM)
    err = p.communicate(timeout=20)[1].decode()
    os.close(out.read)
    equal(p.returncode, 130)
    assert p.home + "/state" in err and "bytes" in err, err


def test_a_step_is_cancelled():
    """A flooding background step is cancelled by the job while nobody reads: its processes are gone, the next step runs."""
    n = unique(1)
    d = repo({".github/workflows/t.yml": steps(f"""
- {{id: a, background: true, run: "{flood(3)}; touch $RUNNER_TEMP/flooded; exec sleep {n}"}}
- {{id: w, run: "until [ -e $RUNNER_TEMP/flooded ]; do sleep 0.05; done"}}
- cancel: a
- {{id: b, run: echo after}}""")})
    out = Pipe()
    p = out.start(d, *JSON)
    until(lambda: has(p, "step.end", "b", outcome="success"), 60)
    assert has(p, "step.end", "a", outcome="cancelled")
    equal(left_behind(n), [])
    out.read_all()
    p.communicate(timeout=20)
    equal(p.returncode, 0)


def test_ctrl_c_ends_it():
    """Once is enough, also when nobody ever reads again."""
    n = unique(2)
    d = repo({".github/workflows/t.yml": steps(f"""
- {{id: s, background: true, run: "exec sleep {n}"}}
- {{id: a, run: "{flood(3)}; exec sleep {n}"}}""")})
    for sig, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        out = Pipe()
        p = out.start(d, *JSON)
        until(lambda: len(left_behind(n)) == 2, 60)
        p.send_signal(sig)
        p.communicate(timeout=40)
        equal(p.returncode, code)
        equal(left_behind(n), [])
        os.close(out.read)


def test_ctrl_c_while_the_rest_is_read():
    """A reader that goes on gets everything, even after Ctrl-C."""
    d = repo({".github/workflows/t.yml": steps(f"- {{id: a, run: \"{flood(8)}\"}}")})
    out = Pipe()
    p = out.start(d, *JSON)
    until(lambda: has(p, "run.end"), 60)
    p.send_signal(signal.SIGINT)
    got = events(out.read_all())
    p.communicate(timeout=20)
    equal(p.returncode, 130)
    equal(got[-1]["type"], "run.end")
    equal(sum(e["type"] == "log" and e.get("step") == "a" and e["line"] == "x" * 99 for e in got), 80000)


def test_a_reader_that_goes_away():
    d = repo({".github/workflows/t.yml": steps(f"- {{id: a, run: \"{flood(8)}\"}}\n- {{id: b, run: echo after}}")})
    out = Pipe()
    p = out.start(d, *JSON)
    until(lambda: has(p, "run.end", conclusion="success"), 60)
    os.close(out.read)
    err = p.communicate(timeout=20)[1].decode()
    equal((p.returncode, err), (0, ""))  # it was over: its result counts


def test_a_reader_that_has_enough():
    """`sidestep run | head -1`: the run is stopped as by Ctrl-C, in silence, with SIGPIPE's exit code."""
    long = unique(7)
    for format, code in (("text", 141), ("json", 141), ("github", 141)):
        w = steps(f"- {{id: a, run: \"echo first; while sleep 0.05; do echo more; done\"}}\n- run: sleep {long}\n"
                  "- {id: z, if: always(), run: touch $MARK}")
        d = repo({".github/workflows/t.yml": w})
        mark = d + "/mark"
        out = Pipe()
        p = out.start(d, "run", "--format", format, "--env", "MARK=" + mark)
        assert os.read(out.read, 1)
        os.close(out.read)
        err = p.communicate(timeout=30)[1].decode()
        equal((p.returncode, err), (code, ""), format)
        assert os.path.exists(mark)
        equal(left_behind(long), [])


def test_every_format_on_a_slow_reader():
    w = steps(f"- {{id: a, run: \"seq 1 200000\"}}\n- {{id: b, run: exit 3}}")
    d = repo({".github/workflows/t.yml": w})
    for format, line in (("text", "[j/Run seq 1 200000] | %d"), ("github", "%d"), ("json", '"line":"%d"')):
        out = Pipe()
        p = out.start(d, "run", "--format", format)
        until(lambda: has(p, "run.end"), 60)
        text = out.read_all().decode()
        p.communicate(timeout=20)
        equal(p.returncode, 1)
        for i in (1, 100000, 200000):
            equal(sum(l == line % i if format != "json" else line % i in l for l in text.split("\n")), 1, f"{format}: line {i}")


def test_a_socket_and_a_pipe_that_others_write_to():
    """The shared description is left alone: nothing that was blocking stops blocking."""
    import socket
    d = repo({".github/workflows/t.yml": steps("- {id: a, run: seq 1 100000}")})
    ours, theirs = socket.socketpair()
    p = start(d, *JSON, stdout=theirs.fileno())
    until(lambda: has(p, "run.end"), 60)
    equal(fcntl.fcntl(theirs.fileno(), fcntl.F_GETFL) & os.O_NONBLOCK, 0)
    theirs.close()
    parts = []
    while part := ours.recv(1 << 20):
        parts.append(part)
    equal(events(b"".join(parts))[-1]["type"], "run.end")
    p.communicate(timeout=20)
    equal(p.returncode, 0)
    read, write = os.pipe()
    p = start(d, *JSON, stdout=write)
    until(lambda: has(p, "run.end"), 60)
    equal(fcntl.fcntl(write, fcntl.F_GETFL) & os.O_NONBLOCK, 0)
    os.close(write)
    got = b""
    while part := os.read(read, 1 << 20):
        got += part
    equal(sum(e["type"] == "log" and e["stream"] == "stdout" for e in events(got)), 100000)
    p.communicate(timeout=20)
    equal(p.returncode, 0)


def test_a_pipe_that_cannot_be_opened_again():
    """A pipe of another user: asked before each write."""
    if os.geteuid() != 0:
        print("# skipped: only root can be two users")
        return
    base = tempfile.mkdtemp(prefix="other-", dir="/tmp")
    try:
        os.chmod(base, 0o777)
        subprocess.run(["cp", "-r", repo({".github/workflows/t.yml": steps(f"- {{id: a, run: \"{flood(3)}\"}}")}) + "/.", base], check=True)
        subprocess.run(["chown", "-R", "65534:65534", base], check=True)
        exe = base + "/sidestep"
        shutil.copy(EXE, exe)
        out = Pipe()
        p = subprocess.Popen([exe, *JSON], cwd=base, env=environment(base), stdin=subprocess.DEVNULL, stdout=out.write,
                             stderr=subprocess.PIPE, user=65534, group=65534, extra_groups=[])
        p.home = base
        os.close(out.write)
        until(lambda: has(p, "run.end", conclusion="success") or p.poll() is not None, 60)
        got = events(out.read_all())
        err = p.communicate(timeout=20)[1].decode()
        equal(p.returncode, 0, err)
        equal(sum(e["type"] == "log" and e.get("step") == "a" and e["line"] == "x" * 99 for e in got), 30000)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def test_no_room_for_what_waits():
    """Neither the reader nor the disk takes anything: steps wait, and all arrives when the reader comes back."""
    small = tempfile.mkdtemp(prefix="home-", dir=BASE)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", small], stderr=subprocess.DEVNULL).returncode:
        print("# skipped: no right to mount a small disk")
        return
    try:
        d = repo({".github/workflows/t.yml": steps(f"- {{id: a, run: \"{flood(30)}; echo at the end\"}}")})
        out = Pipe()
        p = out.start(d, *JSON, env={"XDG_STATE_HOME": small})
        until(lambda: left_behind(d) == [] and os.statvfs(small).f_bavail == 0, 60)
        pids = [int(c) for c in open(f"/proc/{p.pid}/task/{p.pid}/children").read().split()]
        assert pids, "the step has to wait"
        assert rss_kb(p.pid) < 60000, rss_kb(p.pid)
        got = events(out.read_all())
        err = p.communicate(timeout=20)[1].decode()
        lines = [e["line"] for e in got if e["type"] == "log" and e.get("step") == "a" and e["stream"] == "stdout"]
        equal(len(lines), 300001)
        equal(lines[-1], "at the end")
        assert "steps had to wait" in err, err
        equal(p.returncode, 4)
    finally:
        subprocess.run(["umount", small])


class Terminal:
    """A terminal as standard output and error, read only when asked."""

    def __init__(self):
        self.master, self.slave = pty.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, array.array("H", [24, 80, 0, 0]))

    def start(self, d, *args):
        home = tempfile.mkdtemp(prefix="home-", dir=BASE)
        p = subprocess.Popen([EXE, *args], cwd=d, env=environment(home, {"TERM": "xterm"}), stdin=self.slave, stdout=self.slave,
                             stderr=self.slave)
        p.home = home
        os.close(self.slave)
        return p

    def read_all(self):
        parts = []
        try:
            while part := os.read(self.master, 65536):
                parts.append(part)
        except OSError:
            pass
        os.close(self.master)
        return b"".join(parts)


def test_a_terminal_that_is_not_read():
    n = unique(3)
    w = steps(f"""
- {{id: a, run: "seq 1 100000"}}
- {{id: s, background: true, run: "exec sleep {n}"}}
- cancel: s
- {{id: b, run: exit 1}}""")
    d = repo({".github/workflows/t.yml": w})
    t = Terminal()
    p = t.start(d, "run", "-v")
    until(lambda: has(p, "run.end"), 60)
    equal(left_behind(n), [])
    assert p.poll() is None and rss_kb(p.pid) < 60000, rss_kb(p.pid)
    screen = t.read_all().decode()
    equal(p.wait(timeout=20), 1)
    assert "t.yml: failure" in screen, screen[-2000:]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", screen)
    equal(plain.count("│ 50000\r\n"), 1)
    equal(len(re.findall(r"│ \d+\r\n", plain)), 100000)
    assert screen.rfind("\x1b[?25h") > screen.rfind("\x1b[?25l"), "the cursor is back"


def test_a_terminal_that_is_stopped():
    """Ctrl-S, then Ctrl-C sent by somebody else: it ends; with Ctrl-Q the rest is shown."""
    n = unique(4)
    d = repo({".github/workflows/t.yml": steps(f"- {{id: a, run: \"exec sleep {n}\"}}")})
    t = Terminal()
    termios.tcflow(t.slave, termios.TCOOFF)
    p = t.start(d, "run")
    until(lambda: left_behind(n), 30)
    p.send_signal(signal.SIGINT)
    equal(p.wait(timeout=40), 130)
    equal(left_behind(n), [])
    os.close(t.master)

    t = Terminal()
    keep = os.dup(t.slave)
    termios.tcflow(keep, termios.TCOOFF)
    p = t.start(repo({".github/workflows/t.yml": steps("- {id: a, run: echo}")}), "run")
    until(lambda: has(p, "run.end"), 30)
    assert p.poll() is None
    termios.tcflow(keep, termios.TCOON)
    os.close(keep)
    assert "t.yml: success" in t.read_all().decode()
    equal(p.wait(timeout=20), 0)


def test_messages_do_not_wait_either():
    """Standard error is the same stalled pipe."""
    n = unique(5)
    d = repo({".github/workflows/t.yml": steps(f"- {{id: a, run: \"{flood(1)}; exec sleep {n}\"}}")})
    out = Pipe()
    home = tempfile.mkdtemp(prefix="home-", dir=BASE)
    p = subprocess.Popen([EXE, *JSON], cwd=d, env=environment(home), stdin=subprocess.DEVNULL, stdout=out.write, stderr=out.write)
    until(lambda: left_behind(n), 30)
    p.send_signal(signal.SIGINT)
    equal(p.wait(timeout=40), 130)
    os.close(out.read)
    os.close(out.write)


if __name__ == "__main__":
    main(globals())
