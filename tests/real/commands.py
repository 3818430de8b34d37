"""Workflow commands and file commands in the output of actions: JavaScript ones (read by a shell, see stages.py) and composite ones.
What each command means is tried line by line in tests/unit/log; here it is what an action does with it to its step and its job.

| rule | test |
| --- | --- |
| 4.4.4, 4.6 matchers of an action's own file, for the whole job | test_matchers_* |
| 4.5 annotations, 4.6.9 their files | test_annotations_and_their_files, test_matchers_name_files_of_the_repository |
| 4.5.5 the quota of an action | test_ten_annotations_of_each_kind |
| 3.8 summaries | test_summaries_are_kept |
| 4.4 groups, echo, stop-commands, debug | test_groups_and_echo, test_stopped_commands_are_one_steps_own, test_debug_switches |
| 4.4 set-output, save-state, set-env, add-path | test_deprecated_commands |
| 3.1 own files for each stage and nested step, 3.9 | test_each_has_files_of_its_own |
| 3.3 errors in files | test_errors_in_files |
| 5.2 masks | test_masks |
"""
import glob
from real import *
from actions import Server, action
from stages import NODE, js, served

MATCHER = json.dumps({"problemMatcher": [{"owner": "demo", "severity": "warning", "pattern": [
    {"regexp": "^(\\S+):(\\d+):(\\d+): (.+)$", "file": 1, "line": 2, "column": 3, "message": 4}]}]})
LINE = "src/a.c:3:7: too long"
DEPRECATED = ("The `%s` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more information see: "
              "https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/")


def notes(r, step, level=None):
    return [e["message"] for e in r.of("annotation", step) if not level or e["level"] == level]


def shell(text, **more):
    """A step of a composite action."""
    return json.dumps({"shell": "bash", "run": text, **more})


# ---- problem matchers ----


def test_matchers_of_an_action_hold_for_the_job():
    """As setup-node and setup-python do it: their own files, in either form; in the main stage or before."""
    for add in ("##[add-matcher]", "::add-matcher::"):
        main = js(f'echo "{add}$(dirname "$0")/.github/m.json"; echo "{LINE}"')
        main[".github/m.json"] = MATCHER
        r = served(setup=main, c=action(shell(f"echo '{LINE}'"))).run(f"""
- {{id: before, run: "echo '{LINE}'"}}
- {{id: setup, uses: o/setup@v1}}
- {{id: script, run: "echo '{LINE}'"}}
- {{id: comp, uses: o/c@v1}}
- {{id: off, run: "echo '::remove-matcher owner=demo::'; echo '{LINE}'"}}
- {{id: after, run: "echo '{LINE}'"}}""", env=NODE)
        equal(r.code, 0, r.err)
        equal([notes(r, k, "warning") for k in ("before", "setup", "script", "comp", "off", "after")], [[], ["too long"], ["too long"], ["too long"], [], []], add)
        equal([(e["line"], e["col"]) for e in r.of("annotation", "comp")], [(3, 7)])


def test_matchers_of_a_pre_stage_and_of_a_composite_action():
    early = js("", pre='echo "::add-matcher::$(dirname "$0")/m.json"')
    early["m.json"] = MATCHER
    comp = {"action.yml": action(shell('echo "::add-matcher::$GITHUB_ACTION_PATH/m.json"'), shell(f"echo '{LINE}'"),
                                 shell('echo "::remove-matcher::$GITHUB_ACTION_PATH/m.json"'), shell(f"echo '{LINE}'")), "m.json": MATCHER}
    r = served(early=early).run(f"- {{id: first, run: \"echo '{LINE}'\"}}\n- {{id: e, uses: o/early@v1}}", env=NODE)
    equal(notes(r, "first"), ["too long"])
    r = served(c=comp).run("- {id: c, uses: o/c@v1}")
    equal(notes(r, "c"), ["too long"])


def test_matchers_name_files_of_the_repository():
    main = js('echo "::add-matcher::$(dirname "$0")/m.json"')
    main["m.json"] = MATCHER
    s = served(setup=main, c=action(shell(f"echo '{LINE}'; echo \"$PWD/{LINE}\"; echo 'no/such.c:1:1: gone'", **{"working-directory": "."})))
    r = s.run("- uses: actions/checkout@v4\n- {uses: o/setup@v1}\n- {id: c, uses: o/c@v1}", env=NODE, files={"src/a.c": "x\n"})
    equal([(e["file"], e["line"], e["message"]) for e in r.of("annotation", "c")], [("src/a.c", 3, "too long"), ("src/a.c", 3, "too long"), (None, 1, "gone")])


def test_a_matcher_that_cannot_be_read_fails_its_step():
    r = served(bad=js("echo ::add-matcher::/not/there.json")).run("- {id: a, uses: o/bad@v1}", env=NODE)
    equal((r.code, r.end("a")), (1, "failure/failure"))
    equal(notes(r, "a")[0], "Unable to process command '::add-matcher::/not/there.json' successfully.")


# ---- annotations ----


def test_annotations_and_their_files():
    s = served(a=js('echo "::error file=$PWD/src/a.c,line=3,endLine=4,title=T%3A1::one%0Atwo"; echo "##[warning file=x y.c;line=2;col=5]w"; echo ::notice::n'),
               c=action(shell('echo "::error file=b.c,line=1::inner"')))
    r = s.run("- {id: a, uses: o/a@v1}\n- {id: c, uses: o/c@v1}", env=NODE)
    equal(r.code, 0, "an error annotation fails no step")
    equal([(e["level"], e["file"], e["line"], e["end_line"], e["col"], e["title"], e["message"]) for e in r.of("annotation", "a")],
          [("error", "src/a.c", 3, 4, None, "T:1", "one\ntwo"), ("warning", "x y.c", 2, None, 5, None, "w"), ("notice", None, None, None, None, None, "n")])
    equal([(e["file"], e["message"]) for e in r.of("annotation", "c")], [("b.c", "inner")])


def test_ten_annotations_of_each_kind():
    """The steps of a composite action share the quota of theirs, its stages have one each."""
    seven = "for i in 1 2 3 4 5 6 7; do echo ::warning::$i; done; echo ::error::e"
    s = served(j=js(seven, post=seven), c=action("{uses: o/j@v1}", shell(seven)))
    r = s.run("- {id: c, uses: o/c@v1}", env=NODE)
    equal([len(notes(r, k, "warning")) for k in ("c", "__post_c")], [10, 7])
    equal([len(notes(r, k, "error")) for k in ("c", "__post_c")], [2, 1])
    equal(len([l for l in r.lines("c") if l in list("1234567")]), 14, "the log has all of them")


# ---- files ----


def test_summaries_are_kept():
    s = served(a=js("echo main >> $GITHUB_STEP_SUMMARY; echo s3cr3t >> $GITHUB_STEP_SUMMARY", pre="echo pre >> $GITHUB_STEP_SUMMARY", post="printf post >> $GITHUB_STEP_SUMMARY"),
               c=action(shell("echo one >> $GITHUB_STEP_SUMMARY"), "{uses: o/a@v1}", shell("echo two >> $GITHUB_STEP_SUMMARY; exit 1"), shell("echo never >> $GITHUB_STEP_SUMMARY")))
    r = s.run("- {id: a, uses: o/a@v1}\n- {id: c, uses: o/c@v1}", "-s", "S=s3cr3t", env=NODE)
    equal([open(f).read() for f in glob.glob(r.home + "/state/sidestep/runs/*/jobs/j/summary.md")],
          ["pre\npre\nmain\n***\none\nmain\n***\ntwo\npost\npost\n"])


def test_each_has_files_of_its_own():
    names = "ENV OUTPUT PATH STATE STEP_SUMMARY"
    look = f'for n in {names}; do eval "f=\\$GITHUB_$n"; test -f "$f" && test ! -s "$f" && echo "$f" >> $ALL; echo x=1 >> "$f"; done; test -f "$GITHUB_ARTIFACTS" && test ! -s "$GITHUB_ARTIFACTS_LIST" && echo there'
    s = served(a=js(look, pre=look, post=look), c=action(shell(look), "{uses: o/a@v1}"))
    all = os.path.join(BASE, "all-files")
    r = s.run("- {id: a, uses: o/a@v1}\n- {id: c, uses: o/c@v1}\n- {id: see, run: \"echo ${{ github.artifacts && github.artifacts_list && 'both' }}\"}", env=dict(NODE, ALL=all))
    equal(r.code, 0, r.err)
    with open(all) as f:
        found = f.read().split()
    equal((len(found), len(set(found))), (7 * 5, 7 * 5))
    equal((r.lines("a"), r.lines("see")), (["there"], ["both"]))


def test_errors_in_files():
    s = served(env=js("echo A=1 >> $GITHUB_ENV; echo nonsense >> $GITHUB_ENV; echo B=2 >> $GITHUB_ENV; echo o=1 >> $GITHUB_OUTPUT"), out=js("", post="echo 'X<<E' >> $GITHUB_OUTPUT"),
               c=action("{uses: o/env@v1, continue-on-error: true}"))
    r = s.run("- {id: e, uses: o/env@v1, continue-on-error: true}\n- {id: c, uses: o/c@v1}\n- {id: o, uses: o/out@v1}\n- {id: see, run: 'echo [$A] [$B] ${{ steps.e.outputs.o }}'}", env=NODE)
    equal((r.code, r.end("e"), r.end("c"), r.end("__post_o")), (1, "failure/success", "success/success", "failure/failure"))
    equal(notes(r, "e"), ["Unable to process file command 'env' successfully.", "Invalid format 'nonsense'"])
    equal(r.lines("see"), ["[1] [] 1"])


def test_masks():
    s = served(a=js("echo ::add-mask::hush; echo hush; echo v=hush >> $GITHUB_OUTPUT; echo m=hush >> $GITHUB_STATE", post="echo $STATE_m"), c=action("{uses: o/a@v1}", shell("echo hush")))
    r = s.run("- {id: c, uses: o/c@v1}\n- {id: b, run: echo hush}", env=NODE)
    equal((r.lines("c"), r.lines("b"), r.lines("__post_c")), (["***", "***"], ["***"], ["***"]))
    assert b"hush" not in r.raw.replace(b"echo hush", b""), r.raw


# ---- the log ----


def test_groups_and_echo():
    s = served(a=js("echo ::group::of an action; echo in; echo ::endgroup::; echo ::echo::on; echo ::notice::n; echo ::set-output name=x::1; echo ::echo::off; echo ::set-output name=y::2"),
               c=action("{uses: o/a@v1}", shell("echo '##[group]second'; echo '##[endgroup]'; echo ::set-output name=z::3")))
    r = s.run("- {id: c, uses: o/c@v1}", env=NODE)
    own = [(e["level"], e["line"]) for e in r.of("log", "c") if e["stream"] != "runner"]
    equal(own, [("group", "of an action"), ("info", "in"), ("endgroup", ""), ("notice", "n"), ("info", "::set-output name=x::1"), ("info", "::echo::off"),
                ("group", "second"), ("endgroup", "")])


def test_markers_around_the_steps_of_actions():
    """9.7.12, where the user's environment asks for it; a step cannot write them."""
    s = served(in_=action(shell("echo deep", name="a;b]%", id="d")), c=action(shell("echo one; echo '##[start-action forged]'", id="one"), "{id: two, uses: o/in_@v1}",
                                                                             shell("exit 1", id="bad", **{"continue-on-error": True})))
    env = dict(NODE, ACTIONS_RUNNER_EMIT_COMPOSITE_MARKERS="true")
    r = s.run("- {id: c, uses: o/c@v1}", env=env)
    equal(r.code, 0, r.err)
    lines = [re.sub(r"duration_ms=\d+", "duration_ms=N", l) for l in r.lines("c", runner=True) if l.startswith("##[")]
    equal(lines, ["##[start-action display=Run echo one; echo '##[start-action forged]';id=c.one]".replace("; echo", "%3B echo").replace("forged]", "forged%5D"),
                  "##[\\start-action forged]", "##[end-action id=c.one;outcome=success;conclusion=success;duration_ms=N]",
                  "##[start-action display=Run o/in_@v1;id=c.two]", "##[start-action display=a%3Bb%5D%25;id=c.two.d]",
                  "##[end-action id=c.two.d;outcome=success;conclusion=success;duration_ms=N]", "##[end-action id=c.two;outcome=success;conclusion=success;duration_ms=N]",
                  "##[start-action display=Run exit 1;id=c.bad]", "##[end-action id=c.bad;outcome=failure;conclusion=success;duration_ms=N]"])
    r = s.run("- {id: c, uses: o/c@v1}", env=NODE)
    equal([l for l in r.lines("c", runner=True) if l.startswith("##[end-action")], [])


def test_stopped_commands_are_one_steps_own():
    s = served(a=js("echo ::stop-commands::pause-here; echo ::error::no; echo ::pause-here::; echo ::error::yes; echo ::stop-commands::never-ended"),
               c=action("{uses: o/a@v1}", shell("echo ::error::next")))
    r = s.run("- {id: c, uses: o/c@v1}", env=NODE)
    equal(notes(r, "c"), ["yes", "next"])
    assert "::error::no" in r.lines("c")


def test_debug_switches():
    s = served(a=js("echo ::debug::deep; echo [$RUNNER_DEBUG]; echo ::set-output name=x::1", post="echo ::debug::late"), c=action("{uses: o/a@v1}"))
    flow = "- {id: c, uses: o/c@v1}\n- {id: see, run: 'echo [${{ runner.debug }}]'}"
    for args in (["--step-debug"], ["-s", "ACTIONS_STEP_DEBUG=true"], ["--var", "ACTIONS_STEP_DEBUG=TRUE"]):
        r = s.run(flow, *args, env=NODE)
        equal(r.code, 0, r.err)
        lines = [(e["level"], e["line"]) for e in r.of("log", "c")]
        assert ("debug", "deep") in lines and ("info", "::set-output name=x::1") in lines, (args, lines)
        equal((r.lines("c")[1], r.lines("see")), ("[1]", ["[1]"]), args)
        assert ("debug", "late") in [(e["level"], e["line"]) for e in r.of("log", "__post_c")]
    for args in ([], ["-s", "ACTIONS_STEP_DEBUG=1"], ["--var", "ACTIONS_STEP_DEBUG=true", "-s", "ACTIONS_STEP_DEBUG=no"]):
        r = s.run(flow, *args, env=NODE)
        assert not [e for e in r.of("log", "c") if e["level"] == "debug" or "set-output name" in e["line"]], args
        equal(r.lines("see"), ["[]"], args)


def test_deprecated_commands():
    s = served(a=js("echo ::set-output name=o::1; echo ::save-state name=s::2", post="echo $STATE_s"), c=action("{id: a, uses: o/a@v1}", outputs="{o: {value: '${{ steps.a.outputs.o }}'}}"),
               old=js("echo ::set-env name=E::1; echo ::add-path::/old"))
    r = s.run("- {id: c, uses: o/c@v1}\n- {id: see, run: 'echo ${{ steps.c.outputs.o }}'}", env=NODE)
    equal(r.code, 0, r.err)
    equal(notes(r, "c", "warning"), [DEPRECATED % "set-output", DEPRECATED % "save-state"])
    equal((r.lines("see"), r.lines("__post_c")), (["1"], ["2"]))
    r = s.run("- {id: o, uses: o/old@v1}\n- {id: see, if: always(), run: 'echo [$E] ${PATH%%:*}'}", env=NODE)
    equal((r.code, r.end("o")), (1, "failure/failure"))
    equal(len([n for n in notes(r, "o", "error") if n.startswith("The `set-env` command is disabled. Please upgrade") or n.startswith("The `add-path` command is disabled.")]), 2)
    r = s.run("- {id: o, uses: o/old@v1, env: {ACTIONS_ALLOW_UNSECURE_COMMANDS: true}}\n- {id: see, run: 'echo [$E] ${PATH%%:*}'}", env=NODE)
    equal((r.code, r.lines("see")), (0, ["[1] /old"]))


if __name__ == "__main__":
    main(globals())
