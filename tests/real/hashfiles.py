"""hashFiles() in workflows, against python's own hashes."""
import hashlib
from real import *


def want(d, *files):
    """The hash over the hashes of these files, in this order."""
    all = hashlib.sha256()
    for f in files:
        with open(os.path.join(d, f), "rb") as opened:
            all.update(hashlib.sha256(opened.read()).digest())
    return all.hexdigest() if files else ""


FILES = {"a.txt": "a", "b.txt": "b", "src/one.c": "1", "src/two.h": "2", "src/deep/one.c": "3", ".dot/x": "4",
         "it's": "5", "package-lock.json": "{}", "web/package-lock.json": "{ }"}
CHECKOUT = "- uses: actions/checkout@v4\n"


def hashes(*calls, files=FILES, before="", args=()):
    """(the repository, what each call gives)"""
    show = "".join(f'    h{i}="${{{{ hashFiles({c}) }}}}"\n    echo "hash {i} $h{i}"\n' for i, c in enumerate(calls))
    d = repo({".github/workflows/t.yml": steps(CHECKOUT + before + "- run: |\n" + show), **files})
    r = run(d, *args)
    equal(r.code, 0, r.err + "\n".join(r.lines(runner=True)))
    found = [l.split(" ") for l in r.lines() if l.startswith("hash ")]
    return d, [l[2] for l in found]


def test_calls():
    d, got = hashes("'a.txt'", "'b.txt', 'a.txt'", "'nothing'", "'**/package-lock.json'", "'src'", "'src/**', '!src/deep'", "'**/*.c'",
                    "'.dot'", "'it''s'", "format('{0}.txt', 'a')", "'--follow-symbolic-links', 'a.txt'", "'**/*.c', '**/*.h'",
                    "'!a.txt'", "'*.txt', '!a.txt'", "github.workspace", "'src/'")
    equal(got[0], "bf5d3affb73efd2ec6c36ad3112dd933efed63c4e1cbffcfa88e2759c144f2d8")
    lock, src = ("package-lock.json", "web/package-lock.json"), ("src/deep/one.c", "src/one.c", "src/two.h")
    for i, files in enumerate((("a.txt",), ("b.txt", "a.txt"), (), lock, src, src[1:], src[:2], (".dot/x",), ("it's",), ("a.txt",), ("a.txt",),
                               src, (), ("b.txt",))):
        equal(got[i], want(d, *files), i)
    assert len(got[14]) == 64 and got[14] != got[4]
    equal(got[15], got[4])


def test_everything_is_everything_in_byte_order():
    files = {f"d/{n}": n for n in ("b", "a", "B", "a-", "a.x", "é", "10", "9", "Z", "_", "a/b")  if n != "a/b"}
    files["d/a b/c"] = "deep"
    d, got = hashes("'d'", "'d/**'", "'**/d/*', '**/d/**'", files=files)
    listed = sorted(os.path.join("d", n).encode() for n in os.listdir(os.path.join(d, "d")))
    order = [n.decode() if n != b"d/a b" else "d/a b/c" for n in listed]
    equal(got, [want(d, *order)] * 3)


def test_the_workspace_is_empty_without_checkout():
    r = run(steps("""- run: "echo [${{ hashFiles('**') }}]" """.strip()), files=FILES)
    equal((r.code, r.lines()[-1]), (0, "[]"))


def test_where_it_may_be_asked():
    d = repo({".github/workflows/t.yml": steps(CHECKOUT + """
- {id: no, if: "hashFiles('nothing') != ''", run: echo}
- {id: yes, if: "hashFiles('a.txt') != ''", env: {H: "${{ hashFiles('a.txt') }}"}, run: "echo $H"}
- {id: made, run: "echo new > made"}
- {id: after, if: "hashFiles('made') != ''", run: "echo ${{ hashFiles('made') }}"}
"""), **FILES})
    r = run(d)
    equal([r.end(s) for s in ("no", "yes", "after")], ["skipped/skipped", "success/success", "success/success"])
    equal(r.lines("yes"), [want(d, "a.txt")])
    equal(r.lines("after"), [hashlib.sha256(hashlib.sha256(b"new\n").digest()).hexdigest()])


def test_errors_are_those_of_the_official_runner():
    for call, message in (("'../x'", "hashFiles('../x') failed. Fail to hash files under directory '"),
                          ("'it''s', '..'", "hashFiles('it''s, ..') failed. Fail to hash files under directory '"),
                          ("'--follow', 'x'", "Invalid glob option --follow, avaliable option: '--follow-symbolic-links'."),
                          ("'dangling'", "hashFiles('dangling') failed."),
                          ("'fifo'", "hashFiles('fifo') failed.")):
        began = time.monotonic()
        r = run(steps("- run: ln -s nowhere dangling; mkfifo fifo\n- id: x\n  run: echo ${{ hashFiles(%s) }}" % call))
        equal((r.code, r.end("x")), (1, "failure/failure"), call)
        said = [e.get("line", e.get("message", "")) for e in r.events]
        assert any(message in l for l in said), (message, said)
        assert time.monotonic() - began < 20


def test_links():
    before = "- run: ln -s a.txt link; ln -s src dir; ln -s .. src/up\n"
    d, got = hashes("'link'", "'dir'", "'dir/*.c'", "'src/*.c'", "'--follow-symbolic-links', 'dir/*.c'", before=before)
    equal(got, [want(d, "a.txt"), "", "", want(d, "src/one.c"), want(d, "src/one.c")])


BIG = "- run: truncate -s 40G big; touch $MARKS/up\n"  # reading it takes long on any machine


def test_others_go_on_while_files_are_read():
    """A background step runs and ends, and a time limit passes, while a helper reads what takes minutes."""
    d = repo({".github/workflows/t.yml": steps(BIG + """
- {id: bg, background: true, run: "echo went on"}
- {id: slow, background: true, run: "echo ${{ hashFiles('big') }}"}
- {id: w, wait: bg}
- {id: c, cancel: slow}
""")})
    began = time.monotonic()
    r = run(d, env={"MARKS": d})
    assert time.monotonic() - began < 20
    equal([r.end(s) for s in ("bg", "slow")], ["success/success", "cancelled/cancelled"])
    equal(r.lines("bg"), ["went on"])
    equal(helpers_of(d), [])


def test_ctrl_c_is_answered_while_files_are_read():
    for what in ("run: \"echo ${{ hashFiles('big') }}\"", "{if: \"always() && hashFiles('big')\", run: echo}", "{env: {H: \"${{ hashFiles('big') }}\"}, run: echo}"):
        signals = 2 if "always" in what else 1
        d = repo({".github/workflows/t.yml": steps(BIG + "- " + what)})
        p = start(d, "run", "--format", "json", env={"MARKS": d})
        until(lambda: os.path.exists(d + "/up") and children_named(p.pid, b"__hash"))
        began = time.monotonic()
        for i in range(signals + 1 if signals > 1 else 1):
            p.send_signal(signal.SIGINT)
            time.sleep(0.2)
        p.communicate(timeout=40)
        assert time.monotonic() - began < 15, what
        equal(p.returncode, 130, what)


def helpers_of(mark):
    """Helpers that hash for a run with MARKS=mark in its environment."""
    found = []
    for pid in left_behind("__hash"):
        try:
            with open(f"/proc/{pid}/environ", "rb") as f:
                found += [pid] if f"MARKS={mark}".encode() in f.read().split(b"\0") else []
        except OSError:
            pass
    return found


def children_named(parent, word):
    """Children of the process whose command line holds the word."""
    for pid in os.listdir("/proc"):
        try:
            if pid.isdigit() and open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1] == str(parent):
                if word in open(f"/proc/{pid}/cmdline", "rb").read():
                    return True
        except OSError:
            pass
    return False


main(globals())
