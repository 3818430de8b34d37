"""The tables of docs/parallel.md: every row is run (or checked), and must be as it says. A row that nobody has a workflow for,
and a workflow that no row is about, is a failure."""
from real import *

PAGE = os.path.join(os.environ.get("DOCS", os.path.join(os.path.dirname(__file__), "../../docs")), "parallel.md")


def table(heading):
    """The rows below a heading, as lists of cells without backticks; the first is the head."""
    text = open(PAGE, encoding="utf-8").read()
    section = text.split("\n## " + heading + "\n", 1)[1].split("\n## ", 1)[0]
    rows = [[c.strip().replace("`", "") for c in l.strip("|").split("|")] for l in section.splitlines() if l.startswith("|")]
    return [rows[0]] + rows[2:]


# ---- which key goes with which word ----

VALUES = {"id": "k", "name": "n", "if": "true", "env": "{A: b}", "continue-on-error": "true", "timeout-minutes": "1", "background": "true",
          "shell": "bash", "with": "{a: b}"}
WORDS = {"run": "- {id: x, background: true, run: a}\n- {run: a, KEY}", "uses": "- {uses: a/b@v1, KEY}",
         "wait": "- {id: x, background: true, run: a}\n- {wait: x, KEY}", "wait-all": "- {id: x, background: true, run: a}\n- {wait-all: true, KEY}",
         "cancel": "- {id: x, background: true, run: a}\n- {cancel: x, KEY}", "parallel": "- {parallel: [{run: a}], KEY}",
         "member of parallel": "- {parallel: [{run: a, KEY}]}"}


def accepted(key, word):
    """Whether the file is valid with the key, which it is without it."""
    bare = WORDS[word].replace(", KEY", "")
    codes = []
    for text in (bare, WORDS[word].replace("KEY", f"{key}: {VALUES[key]}")):
        r = subprocess.run([EXE, "check", "--format", "json", "-"], input=steps(text), capture_output=True, text=True, timeout=60,
                           env=environment(tempfile.mkdtemp(dir=BASE)), cwd=BASE)
        codes.append(any(f["severity"] == "error" for f in json.loads(r.stdout)))
    assert not codes[0], bare
    return not codes[1]


def test_which_key_goes_with_which_word():
    head, *rows = table("Which key goes with which word")
    equal(set(head[1:]), set(WORDS))
    equal({r[0] for r in rows}, set(VALUES))
    for row in rows:
        for word, cell in zip(head[1:], row[1:]):
            equal("yes" if accepted(row[0], word) else "no", cell, f"{row[0]} with {word}")


# ---- what runs after a failure ----

AFTER = "- {id: after, run: echo}"
FAILURES = {
    "a background step": "- {id: b, background: true, run: exit 1}\n- {id: until, run: sleep 0.05}\n- {id: join, wait: b}\n" + AFTER,
    "a background step with continue-on-error":
        "- {id: b, background: true, continue-on-error: true, run: exit 1}\n- {id: until, run: echo}\n- {id: join, wait: b}\n" + AFTER,
    "a background step, joined by a wait with continue-on-error":
        "- {id: b, background: true, run: exit 1}\n- {id: until, run: echo}\n- {id: join, wait: b, continue-on-error: true}\n" + AFTER,
    "a background step that nobody waits for": "- {id: b, background: true, run: exit 1}\n- {id: until, run: echo}",
    "a member of a group": "- parallel:\n    - {id: b, run: exit 1}\n    - {id: until, run: sleep 0.1}\n" + AFTER,
    "a step in the foreground, while another is in the background":
        "- {id: b, background: true, run: sleep 0.2}\n- {run: exit 1}\n- {id: until, run: echo}\n- {id: join, wait: b}\n" + AFTER,
    "nothing: the background step's if is false":
        "- {id: b, background: true, if: false, run: exit 1}\n- {id: until, run: echo}\n- {id: join, wait: b}\n" + AFTER,
}


def conclusion(r, step):
    ends = [e["conclusion"] for e in r.of("step.end", step)]
    assert len(ends) <= 1, ends
    return ends[0] if ends else "none"


def of_kind(r, *kinds):
    """The conclusion of the only step of a kind."""
    ids = {e["step"] for e in r.of("step.start") if e["kind"] in kinds}
    equal(len(ids), 1)
    return conclusion(r, ids.pop())


def test_what_runs_after_a_failure():
    rows = table("What runs after a failure")[1:]
    equal({r[0] for r in rows}, set(FAILURES))
    for what, until_join, join, after, job in rows:
        r = run(steps(FAILURES[what]))
        got = (conclusion(r, "until"), of_kind(r, "wait", "wait-all"), conclusion(r, "after"), r.jobs()["j"])
        equal(got, (until_join, join, after, job), what)


# ---- what cancel does ----

SERVER = "- {{id: b, background: true, run: \"{}\"}}\n- {{run: 'until [ -e up ]; do sleep 0.02; done'}}"
END = "\n- {id: cancel, cancel: b}\n- {id: wait, wait: b}\n" + AFTER
CANCELS = {
    "runs, and ends by the signal": SERVER.format("touch up; exec sleep 1000"),
    "runs, cleans up and ends well": SERVER.format("trap 'exit 0' INT; touch up; while :; do sleep 0.02; done"),
    "stands in the line": "\n".join(f"- {{id: p{i}, background: true, run: 'until [ -e go ]; do sleep 0.02; done'}}" for i in range(10)) +
                          "\n- {id: b, background: true, run: touch never}",
    "has ended well before": SERVER.format("touch up") + "\n- {id: first, wait: b}",
    "has failed before": SERVER.format("echo $$ > pid; touch up; exit 1") +
                         "\n- {run: 'while kill -0 $(cat pid) 2>/dev/null; do sleep 0.02; done'}",
    "was skipped by its if": "- {id: b, background: true, if: false, run: exit 1}",
}


def test_what_cancel_does():
    rows = table("What `cancel` does")[1:]
    equal({r[0] for r in rows}, set(CANCELS))
    for what, result, cancel, wait, later, job in rows:
        end = END.replace("\n- {id: wait", "\n- {run: touch go}\n- {id: wait") if what == "stands in the line" else END
        r = run(steps(CANCELS[what] + end))
        got = (conclusion(r, "b"), conclusion(r, "cancel"), conclusion(r, "wait"), conclusion(r, "after"), r.jobs()["j"])
        equal(got, (result, cancel, wait, later, job), (what, r.lines(runner=True)))


if __name__ == "__main__":
    main(globals())
