"""Rules of actions that no other test holds, and the table of all of them (README.md): what it names must be there."""
from real import *
from actions import Server, action, job_log
from stages import NODE, js, served


def test_forms_of_uses():
    s = served(a=js("echo a"))
    for uses, text in {"docker://alpine": "container actions are not available", "./none": "Did you forget to run actions/checkout"}.items():
        r = s.run(f"- {{id: u, uses: '{uses}'}}", env=NODE)
        equal((r.code in (1, 4), r.end("u")), (True, "failure/failure"), uses)
        assert any(text in e["message"] for e in r.of("annotation", "u")), (uses, r.of("annotation"))
    for uses in ("o@v1", "o/a", "o/a@", "Docker://alpine", "${{ github.repository }}@v1"):
        r = s.run(f"- {{uses: '{uses}'}}", env=NODE)
        equal((r.code, r.events), (3, []), uses)
        assert "uses" in r.err or "Expected format" in r.err or "expression" in r.err, (uses, r.err)
    r = s.run("- {id: u, uses: 'O/A@v1'}", env=NODE)
    equal(r.code, 1, "names of another case are for the server to know, and a folder is none")


def test_required_is_not_looked_at():
    s = served(a=js("echo [$INPUT_N]", inputs="{n: {required: true}}"), c=action('{shell: bash, run: "echo [${{ inputs.n }}]"}', inputs="{n: {required: true}}"))
    r = s.run("- {id: a, uses: o/a@v1}\n- {id: c, uses: o/c@v1}", env=NODE)
    equal((r.code, r.lines("a"), r.lines("c"), r.of("annotation")), (0, ["[]"], ["[]"], []))


def test_the_block_in_front():
    s = served(a=js("echo main", pre="echo pre", post="echo post", inputs="{n: {}, empty: {}, d: {default: 'a b'}}"))
    r = s.run("- {id: a, uses: o/a@v1, with: {n: 1}, env: {E: x}}", env=NODE)
    block = ["Run o/a@v1", "with:", "  n: 1", "  d: a b", "env:", "  E: x", ""]
    for step, last in (("__pre_a", "pre"), ("a", "main")):
        equal([(e["level"], e["line"]) for e in r.of("log", step)], [("group", block[0])] + [("info", l) for l in block[1:-1]] + [("endgroup", ""), ("info", last)], step)
    equal([e["line"] for e in r.of("log", "__post_a")], ["Post job cleanup.", "post"])


def test_the_table_names_tests_that_exist():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(here + "/README.md") as f:
        rows = [l for l in f if re.match(r"\| (9|10)\.", l)]
    assert len(rows) > 50, len(rows)
    for row in rows:
        file, named = None, 0
        for name, plain in re.findall(r"`([\w./]+\.(?:py|c))`|\b([a-z]\w*_\w+)\b(?!\.c)", row.split("|")[2]):
            if name:
                file = os.path.join(here, name)
                with open(file) as f:
                    text = f.read()
                named += 1
            else:
                assert file and (f"def {plain}(" in text or f", {plain}" in text), (plain, file)
        assert named, row


if __name__ == "__main__":
    main(globals())
