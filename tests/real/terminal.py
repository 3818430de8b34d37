"""The live view in a real terminal: tmux, whose history tells what was left behind. Every printed line must be there once, of
the live block nothing, whatever happened to the size meanwhile."""
import os, random, re, shutil, subprocess, sys, tempfile, time

import real
from real import equal, repo, steps, until

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
if not shutil.which("tmux"):
    print("# there is no tmux here")
    sys.exit(77)


class Terminal:
    """A tmux server of its own with one window that runs the program."""

    def __init__(self, dir, *args, size=(80, 24), env=None, before="", shell=False):
        self.place = tempfile.mkdtemp(prefix="tmux-", dir=real.BASE)
        self.dir = dir
        home = tempfile.mkdtemp(prefix="home-", dir=real.BASE)
        self.socket = self.place + "/socket"
        conf = self.place + "/conf"
        with open(conf, "w") as f:
            f.write("set -g history-limit 100000\nset -g status off\nset -g remain-on-exit on\nset -g default-terminal screen-256color\n")
        self.env = real.environment(home, dict({"LC_ALL": "C.UTF-8", "TMUX": None, "COLUMNS": None, "LINES": None}, **(env or {})))
        script = self.place + "/script"
        with open(script, "w") as f:
            f.write(f"trap : INT\ncd '{dir}'\n{before}\n'{real.EXE}' run {' '.join(args)}\necho \"CODE=$?\"\nexec sleep 1000\n")
        self.tmux("-f", conf, "new-session", "-d", "-s", "t", "-x", str(size[0]), "-y", str(size[1]), f"exec sh {script}" if not shell else f"cd '{dir}'; exec bash --norc --noprofile -i")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True)

    def tmux(self, *args):
        p = subprocess.run(["tmux", "-S", self.socket, *args], env=self.env, capture_output=True, text=True)
        assert p.returncode == 0, f"tmux {args}: {p.stderr}"
        return p.stdout

    def screen(self):
        return self.tmux("capture-pane", "-p", "-t", "t")

    def history(self):
        """All of it, wrapped lines joined."""
        return [l.rstrip() for l in self.tmux("capture-pane", "-p", "-J", "-S", "-", "-t", "t").split("\n")]

    def wait(self, text, seconds=30):
        try:
            until(lambda: text in self.screen(), seconds)
        except AssertionError:
            raise AssertionError(f"no '{text}' on the screen:\n{self.screen()}") from None

    def drawn_again(self):
        """The block was drawn some times: its spinner has turned."""
        for _ in range(2):
            before = self.screen()
            until(lambda: self.screen() != before)

    def resize(self, columns, rows):
        self.tmux("resize-window", "-t", "t", "-x", str(columns), "-y", str(rows))

    def keys(self, *keys):
        self.tmux("send-keys", "-t", "t", *keys)

    def go(self, name):
        open(os.path.join(self.dir, f"go-{name}"), "w").close()

    def end(self, code, seconds=60):
        until(lambda: "CODE=" in "\n".join(self.history()), seconds)
        lines = self.history()
        equal([l for l in lines if l.startswith("CODE=")], [f"CODE={code}"], "\n".join(lines))
        return lines


def nothing_left(lines):
    """No row of the live block is in the history."""
    stale = [l for l in lines if any(c in l for c in SPINNER) or l.startswith(("● ", "─ ", "… ")) or re.match(r" +(… \d+ more|┃)", l)]
    assert not stale, "left behind:\n" + "\n".join(stale) + "\n--- in:\n" + "\n".join(lines)


def once(lines, texts):
    all_ = "\n".join(lines)
    counts = {t: all_.count(t) for t in texts}
    wrong = {t: n for t, n in counts.items() if n != 1}
    assert not wrong, f"not there once: {wrong}\n--- in:\n{all_}"


WAIT = "until [ -e \"$D/go-%s\" ]; do sleep 0.01; done"


def live_repo(files):
    """A repository whose steps wait for files of it: $D."""
    d = repo({"README": "x\n"})
    for path, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(d, path)), exist_ok=True)
        with open(os.path.join(d, path), "w") as f:
            f.write(text.replace("$D", d))
    return d


def talkative(n, long=False):
    """A job whose steps print marked lines, and wait. Wide characters stand where none of the sizes here cuts one in two:
    after that tmux (3.3) has lost its place when it becomes wider, whatever is printed and by whom."""
    text = ["on: push", "jobs:", "  talk:", "    name: Talk", "    runs-on: ubuntu-latest", "    steps:"]
    for part in range(n):
        pad = " " + "0123456789" * 13 if long else ""
        text += [f"      - name: Part {part}", "        run: |",
                 f"          for i in 1 2 3 4 5 6 7; do printf 'mark-{part}-%d.{pad} \\344\\270\\200\\346\\227\\245\\n' $i; done",
                 "          " + WAIT % part]
    for s in ("Server", "Watcher"):
        text[6:6] = [f"      - name: {s} with a name that is not short", "        background: true",
                     f"        run: echo output of the {s} that goes on and on until it is cut somewhere; " + WAIT % "servers"]
    return "\n".join(text) + "\n"


def marks(n):
    return [f"mark-{p}-{i}." for p in range(n) for i in range(1, 8)]


def resized(sizes, first=(80, 24), **kw):
    """A verbose run, resized at each step."""
    n = len(sizes)
    d = live_repo({".github/workflows/t.yml": talkative(n, **kw)})
    with Terminal(d, "-v", size=first, before="seq -f 'earlier %g' 40") as t:
        for part, size in enumerate(sizes):
            until(lambda: f"mark-{part}-7." in "\n".join(t.history()))
            for s in size if isinstance(size, list) else [size]:
                t.resize(*s)
            t.drawn_again()
            t.go(part)
        t.go("servers")
        lines = t.end(0)
    nothing_left(lines)
    once(lines, marks(n) + ["\n✓ Talk"] + [f"earlier {i}\n" for i in range(1, 41)])


def test_height():
    resized([(80, 10), (80, 40), (80, 24), (80, 5), (80, 50), (80, 6)])


def test_width():
    resized([(60, 24), (100, 24), (50, 24), (200, 24), (70, 24)])


def test_both():
    resized([(40, 10), (300, 80), (60, 12), (80, 24), (20, 5), (80, 24)])


def test_wrapped_lines():
    resized([(60, 20), (100, 24), (50, 30), (80, 24)], long=True)


def test_small():
    resized([(20, 5), (21, 6), (20, 5)], first=(20, 5))


def test_large():
    resized([(300, 80), (299, 70), (300, 80)], first=(300, 80))


def test_any_sizes():
    """The same on every run."""
    any_ = random.Random(2)
    for _ in range(2):
        sizes = [[(any_.randint(20, 120), any_.randint(5, 50)) for _ in range(any_.randint(1, 3))] for _ in range(5)]
        resized(sizes, first=(any_.randint(40, 120), any_.randint(8, 50)))


def test_many_at_once():
    """Faster than the terminal tells of them."""
    storm = [(80 - i, 24 - i % 7) for i in range(12)] + [(80, 24)]
    resized([storm, storm, storm])


def test_more_than_the_screen():
    """More running steps than rows: the block has what fits, printed lines stay in view, and a lower screen leaves nothing."""
    n = 30
    body = "".join(f"      - {{name: Step {i}, background: true, run: 'echo from {i}; until [ -e $D/go-x ]; do sleep 0.05; done'}}\n" for i in range(n))
    d = live_repo({".github/workflows/t.yml": "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n" + body})
    with Terminal(d, f"--max-background {n}", size=(60, 24), before="seq -f 'earlier %g' 30") as t:
        t.wait("more running")
        assert "earlier 30" in t.screen(), t.screen()
        for size in ((60, 10), (60, 30), (60, 5), (40, 12), (60, 24)):
            t.resize(*size)
            t.drawn_again()
        t.go("x")
        lines = t.end(0)
    nothing_left(lines)
    once(lines, ["\n✓ j "] + [f"earlier {i}\n" for i in range(1, 31)])


def test_jobs_that_wait():
    legs = "on: push\njobs:\n  leg:\n    runs-on: ubuntu-latest\n    strategy: {matrix: {n: [1, 2, 3, 4, 5, 6]}}\n    steps:\n" \
           "      - run: " + WAIT % "leg"
    d = live_repo({".github/workflows/t.yml": legs})
    with Terminal(d, "--max-parallel 1") as t:
        t.wait("1 job running, 5 waiting for a place, 0 done")
        t.wait("· leg (2) ")
        t.wait("… 2 more waiting for a place")
        t.go("leg")
        lines = t.end(0)
        nothing_left(lines)
        once(lines, [f"\n✓ leg ({n}) " for n in range(1, 7)])
        assert not [l for l in lines if "waiting" in l]


STUBBORN = """on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - {name: One, background: true, run: "trap '' INT TERM; touch $D/one; until [ -e $D/go-x ]; do sleep 0.05; done"}
      - {name: Two, run: "trap '' INT TERM; touch $D/two; until [ -e $D/go-x ]; do sleep 0.05; done"}
      - {name: Clean, if: always(), run: "until [ -e $D/go-clean ]; do sleep 0.05; done"}
"""


def test_ctrl_c():
    """Answered at once, counting down; the second one hurries, the third one kills what runs in spite of it."""
    d = live_repo({".github/workflows/t.yml": STUBBORN})
    with Terminal(d) as t:
        until(lambda: os.path.exists(d + "/one") and os.path.exists(d + "/two"))
        t.keys("C-c")
        t.wait("■ stopping: 2 steps have 7 s to end; Ctrl-C again to hurry")
        t.wait("■ stopping: 2 steps have 5 s to end")
        t.keys("C-c")
        t.wait("■ stopping: 1 step runs in spite of it; Ctrl-C again to kill", 6)
        t.keys("C-c")
        lines = t.end(130)
        nothing_left(lines)
        assert not [l for l in lines if "stopping" in l], lines
        assert re.match("■ t.yml: cancelled in [0-9.]+ s$", lines[lines.index("CODE=130") - 1]), lines


def test_ctrl_z():
    """The terminal is left as it was found, and the block is there again after fg."""
    d = live_repo({".github/workflows/t.yml": steps("- run: " + WAIT % "x")})
    with Terminal(d, shell=True) as t:
        t.keys(f"'{real.EXE}' run; echo CODE=$(($?))", "Enter")
        t.wait("● j ")
        t.keys("C-z")
        t.wait("Stopped")
        screen = t.screen()
        assert "● j" not in screen and t.tmux("display", "-p", "-t", "t", "#{cursor_flag}").strip() == "1", screen
        t.keys("fg; echo CODE=$(($?))", "Enter")
        t.wait("● j ")
        t.go("x")
        until(lambda: "CODE=0" in t.screen().split("\n"))
        nothing_left(t.history())


def test_several_workflows():
    """Each line says which, each has its logs, and the last line is about all."""
    def one(body):
        return "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - run: " + body + "\n"
    d = live_repo({f".github/workflows/{n}.yml": one(b) for n, b in (("a", "exit 0"), ("b", "exit 3"), ("c", WAIT % "c"))})
    with Terminal(d) as t:
        t.wait("● c.yml › j ")
        t.go("c")
        lines = t.end(1)
    nothing_left(lines)
    text = "\n".join(lines)
    for line in (r"✓ a\.yml › j +[0-9]", r"✗ b\.yml › j +[0-9]", r"✓ c\.yml › j +[0-9]", r"✗ b\.yml › j › Run exit 3: exit code 3",
                 r"✓ a\.yml: success in ", r"✗ b\.yml: failure in ", r"✓ c\.yml: success in "):
        assert re.search("^" + line, text, re.M), f"no {line} in:\n{text}"
    equal(len(set(re.findall("^Logs: (.*)", text, re.M))), 3, text)
    for place in re.findall("^Logs: (.*)", text, re.M):
        assert os.path.exists(place + "/events.ndjson"), place
    last = lines[lines.index("CODE=1") - 1]
    assert re.match(r"✗ 3 workflows: failure in .*; failure: b\.yml; success: a\.yml, c\.yml$", last), last


def test_columns():
    """COLUMNS counts where it is less than the terminal has."""
    long = "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - name: " + "a name that is long " * 8 + "\n        run: exit 0\n"
    d = live_repo({".github/workflows/t.yml": long})
    with Terminal(d, size=(200, 24)) as t:
        wide = t.end(0)
    with Terminal(d, size=(200, 24), env={"COLUMNS": "60"}) as t:
        narrow = t.end(0)
    table = [l for l in wide if l.startswith("    ✓ a name")]
    assert len(table) == 1 and len(table[0]) > 150, wide
    assert max(len(l) for l in narrow if "Logs" not in l) <= 60, narrow


def test_leftover():
    """What holds the output is named while one waits."""
    w = "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - {name: Leaves, run: 'sleep 1000 & echo it has ended'}\n"
    d = live_repo({".github/workflows/t.yml": w})
    with Terminal(d) as t:
        until(lambda: re.search(r"waiting: process \d+ \(sleep\) still holds the output of step 'Leaves'", t.screen()))
        nothing_left(t.end(0))


if __name__ == "__main__":
    real.main(globals())
