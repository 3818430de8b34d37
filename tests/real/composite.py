"""Local composite actions with real processes."""
import glob
from real import *


def action(*body, inputs="", outputs=""):
    """An action.yml with these steps, each a flow mapping."""
    head = "name: n\ndescription: d\n" + (f"inputs: {inputs}\n" if inputs else "") + (f"outputs: {outputs}\n" if outputs else "")
    return head + "runs:\n  using: composite\n  steps:\n" + "".join(f"  - {b}\n" for b in body)


def go(text, *args, **actions):
    """Runs steps after a checkout; actions are given by name."""
    files = {f".github/actions/{n}/action.yml": t for n, t in actions.items()}
    return run(steps("- uses: actions/checkout@v4\n" + text.strip("\n").replace("@/", "./.github/actions/")), *args, files=files)


def test_inputs_outputs_steps_and_context():
    r = go("""
- {id: same, run: echo v=outside >> $GITHUB_OUTPUT}
- {id: a, uses: @/a, with: {who: me}}
- {id: see, run: "echo '${{ steps.a.outputs.said }}|${{ steps.same.outputs.v }}|${{ steps.in.outputs.v }}'"}""",
           a=action('{id: in, shell: bash, run: "echo ${{ inputs.who }} ${{ inputs.other }} $GITHUB_ACTION; test $GITHUB_ACTION_PATH = ${{ github.action_path }}; test -f $GITHUB_ACTION_PATH/action.yml; env | grep INPUT_ || true"}',
                    '{id: same, shell: bash, run: "echo v=inside >> $GITHUB_OUTPUT"}',
                    '{shell: bash, run: "echo [${{ steps.same.outputs.v }}]; pwd"}',
                    inputs="{who: {required: true}, other: {default: 'from ${{ github.job }}'}}",
                    outputs="{said: {value: '${{ steps.same.outputs.v }} ${{ inputs.who }}'}}"))
    equal(r.code, 0, r.err)
    equal(r.lines("a")[:2], ["me from j a", "[inside]"])
    equal(r.lines("a")[2], r.of("job.start")[0]["workspace"])
    equal(r.lines("see"), ["inside me|outside|"])
    equal([e["step"] for e in r.of("step.end")], ["__actions_checkout", "same", "a", "see", "__post___actions_checkout"])
    log = glob.glob(r.home + "/state/sidestep/runs/*/jobs/j/03-a.log")
    assert len(log) == 1 and "[inside]" in open(log[0]).read()


def test_variables_and_path():
    r = go("""
- {id: a, uses: @/a, env: {MINE: outer}}
- {id: after, run: "echo $NEW $MINE; tool"}""",
           a=action('{shell: bash, run: "mkdir bin; printf \'#!/bin/sh\\\\necho tool\\\\n\' > bin/tool; chmod +x bin/tool; echo NEW=1 >> $GITHUB_ENV; echo MINE=written >> $GITHUB_ENV; echo $PWD/bin >> $GITHUB_PATH"}',
                    '{shell: bash, run: "echo $NEW $MINE $OWN; tool", env: {OWN: own}}',
                    '{shell: bash, run: "echo [$OWN]"}'))
    equal(r.code, 0, r.err)
    equal(r.lines("a"), ["1 outer own", "tool", "[]"])
    equal(r.lines("after"), ["1 written", "tool"])


def test_failures_and_conditions():
    r = go("""
- {id: a, uses: @/a}
- {id: no, run: echo}
- {id: see, if: always(), run: "echo ${{ steps.a.outcome }} ${{ steps.a.outputs.v }}"}""",
           a=action('{id: f, shell: bash, run: "echo v=set >> $GITHUB_OUTPUT; exit 3"}',
                    '{shell: bash, run: echo never}',
                    '{shell: bash, if: failure(), run: "echo rescue ${{ github.action_status }}"}',
                    '{shell: bash, if: "${{ inputs.go == \'1\' }}", run: echo never}',
                    inputs="{go: {default: 1}}", outputs="{v: {value: '${{ steps.f.outputs.v }}'}}"))
    equal(r.code, 1)
    equal(r.lines("a"), ["rescue failure"])
    equal(r.lines("see"), ["failure set"])
    equal(r.end("no"), "skipped/skipped")
    equal(r.of("job.end")[0]["conclusion"], "failure")


def test_continue_on_error():
    r = go("""
- {id: a, uses: @/a}
- {id: b, uses: @/b, continue-on-error: true}
- {id: see, run: "echo ${{ steps.a.conclusion }} ${{ steps.b.outcome }} ${{ steps.b.conclusion }}"}""",
           a=action('{id: f, shell: bash, run: exit 1, continue-on-error: true}', '{shell: bash, run: "echo ${{ steps.f.outcome }} ${{ steps.f.conclusion }}"}'),
           b=action('{shell: bash, run: exit 1}'))
    equal(r.code, 0)
    equal(r.lines("a"), ["failure success"])
    equal(r.lines("see"), ["success failure success"])


def test_nesting_shells_and_directories():
    r = go("""
- {id: a, uses: @/a}
- {id: see, run: "echo ${{ steps.a.outputs.o }}"}""",
           a=action('{id: n, uses: ./.github/actions/n, with: {depth: 1}}', '{shell: "python3 {0}", run: "print(6 * 7)"}',
                    '{shell: "${{ \'sh\' }}", working-directory: .github, run: basename $PWD}', outputs="{o: {value: '${{ steps.n.outputs.o }}'}}"),
           n=action('{id: n, shell: bash, run: "echo o=deep${{ inputs.depth }} >> $GITHUB_OUTPUT; basename $GITHUB_ACTION_PATH; echo ${{ github.action }}"}',
                    inputs="{depth: {}}", outputs="{o: {value: '${{ steps.n.outputs.o }}'}}"))
    equal(r.code, 0, r.err)
    equal(r.lines("a"), ["n", "a", "42", ".github"])
    equal(r.lines("see"), ["deep1"])


def test_own_repository_made_on_the_way_and_checkout_inside():
    r = run(steps("""
- {id: own, uses: $/acts/own}
- {id: late, run: "mkdir late; printf 'runs: {using: composite, steps: [{run: echo made, shell: bash}]}' > late/action.yaml"}
- {id: a, uses: ./late}"""), files={"acts/own/action.yml": action('{uses: actions/checkout@v4}', '{shell: bash, run: "test -f acts/own/action.yml && echo here"}')})
    equal(r.code, 0, r.err)
    assert r.lines("own")[-1] == "here", r.lines("own")
    equal(r.lines("a"), ["made"])


def test_the_action_at_the_root_of_the_repository():
    """`$/` alone; the published source of the runner refuses it, but workflows in use on GitHub have it."""
    root = {"action.yml": action('{shell: bash, run: "test -f $GITHUB_ACTION_PATH/action.yml && echo root"}')}
    r = run(steps("- {id: a, uses: $/}\n- {id: b, uses: $/sub}"), files={**root, "sub/action.yml": action("{uses: $/}", '{shell: bash, run: "echo sub"}')})
    equal(r.code, 0, r.err)
    equal((r.lines("a"), r.lines("b")), (["root"], ["root", "sub"]))


def test_errors_are_said_with_their_place():
    r = go("""
- {id: a, uses: ./nowhere}
- {id: b, uses: @/b, if: always()}
- {id: c, uses: @/c, if: always()}
- {id: d, uses: @/d, if: always()}""",
           b=action('{shell: bash, run: x, background: true}', '{shell: bash, run: "${{ secrets.A }}"}'),
           c="name: n\ndescription: d\n", d="runs: {using: node6, main: x}\n")
    equal(r.code, 1)
    w = r.of("job.start")[0]["workspace"]
    notes = lambda s: [e["message"] for e in r.of("annotation", s)]
    equal(notes("a"), [f"Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '{w}/nowhere'. Did you forget to run actions/checkout before running your local action?"])
    b = f"{w}/.github/actions/b/action.yml"
    equal(notes("b")[0], f"{b} (Line: 6, Col: 27): Unexpected value 'background'")
    assert notes("b")[1].startswith(f"{b} (Line: 7, Col: 24): Unrecognized named-value: 'secrets'"), notes("b")
    equal(notes("b")[2], f"Failed to load {b}")
    equal(notes("c"), [f"Top level 'runs:' section is required for {w}/.github/actions/c/action.yml"])
    equal(notes("d")[0], "'using: node6' is not supported, use 'docker', 'node12', 'node16', 'node20' or 'node24' instead.")
    equal([r.end(s) for s in "abcd"], ["failure/failure"] * 4)


def test_too_deep():
    r = go("- {id: a, uses: @/a}", a=action('{shell: bash, run: echo level}', '{uses: ./.github/actions/a}'))
    equal(r.code, 1)
    equal(r.lines("a"), ["level"] * 9)
    equal([e["message"] for e in r.of("annotation", "a")], ["Composite action depth exceeded max depth 9"])


def test_other_kinds_fail_by_name():
    r = go("- {id: first, run: echo ran}\n- {id: a, uses: @/a}", a="name: n\ndescription: d\nruns: {using: docker, image: Dockerfile}\n")
    equal(r.code, 4)
    equal(r.lines("first"), ["ran"])
    assert any("container actions are not available" in l for l in r.lines("a", runner=True))
    r = go("""
- {id: make, run: "mkdir n; printf 'runs: {using: docker, image: Dockerfile}' > n/action.yml"}
- {id: a, uses: ./n}""")
    equal(r.code, 4)
    equal(r.end("make"), "success/success")
    equal(r.end("a"), "failure/failure")
    r = go("- {id: a, uses: @/a}", a=action('{uses: actions/setup-node@v4}'))
    equal(r.code, 4)


def test_in_the_background_and_in_parallel():
    r = go("""
- {id: b, uses: @/a, background: true, with: {v: 1}}
- {id: f, run: "until test -e done1; do sleep 0.02; done; echo [$E] [${{ steps.b.outputs.o }}]"}
- {wait: b}
- {id: after, run: "echo [$E] [${{ steps.b.outputs.o }}]"}
- parallel:
  - {id: p, uses: @/a, with: {v: 2}}
  - {id: q, uses: @/a, with: {v: 3}}
- {id: last, run: "echo ${{ steps.p.outputs.o }} ${{ steps.q.outputs.o }} $E"}""",
           a=action('{id: s, shell: bash, run: "echo o=out${{ inputs.v }} >> $GITHUB_OUTPUT; echo E=e${{ inputs.v }} >> $GITHUB_ENV"}',
                    '{shell: bash, run: "echo $E; touch done${{ inputs.v }}"}', inputs="{v: {}}", outputs="{o: {value: '${{ steps.s.outputs.o }}'}}"))
    equal(r.code, 0, r.err)
    equal(r.lines("b"), ["e1"])
    equal(r.lines("f"), ["[] []"])
    equal(r.lines("after"), ["[e1] [out1]"])
    equal(r.lines("last"), ["out2 out3 e3"])


def test_cancel_stops_all_of_it():
    r = go(f"""
- {{id: b, uses: @/a, background: true}}
- {{run: "until pgrep -f 'sleep {unique(21)}' > pids; do sleep 0.02; done"}}
- {{id: c, cancel: b}}
- {{id: see, run: "echo ${{{{ steps.b.outcome }}}}"}}""",
           a=action('{uses: ./.github/actions/n}', '{shell: bash, if: always(), run: echo never}'),
           n=action('{shell: bash, run: "sleep %s; echo never"}' % unique(21), '{shell: bash, if: always(), run: echo never}'))
    equal(r.code, 0, r.err)
    equal(r.lines("b"), [])
    equal(r.lines("see"), ["cancelled"])
    equal(left_behind(unique(21)), [])


def test_interrupting_the_run():
    d = repo({".github/workflows/t.yml": steps("- uses: actions/checkout@v4\n- {id: a, uses: ./a}\n- {id: no, run: echo}"),
              "a/action.yml": action('{shell: bash, run: "touch %s; sleep %s"}' % (os.path.join(BASE, "up22"), unique(22)), '{shell: bash, run: echo never}',
                                     '{shell: bash, if: cancelled(), run: echo cleaning}')})
    p = start(d, "run", "--format", "json")
    until(lambda: os.path.exists(os.path.join(BASE, "up22")))
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=40)
    r = Result(p.returncode, out, err.decode(), p.home, d)
    equal(r.code, 130)
    equal(r.lines("a"), ["cleaning"])
    equal(r.end("a"), "cancelled/cancelled")
    equal(r.end("no"), "skipped/skipped")
    equal(left_behind(unique(22)), [])


def test_masks_summaries_and_annotations():
    r = go("- {id: a, uses: @/a, with: {s: '${{ secrets.TOP }}'}}\n- {id: b, run: echo hidden}", "-s", "TOP=verysecret",
           a=action('{shell: bash, run: "echo ${{ inputs.s }}; echo ::add-mask::hidden; echo sum >> $GITHUB_STEP_SUMMARY; for i in 1 2 3 4 5 6 7; do echo ::notice::$i; done"}',
                    '{shell: bash, run: "echo hidden; for i in 1 2 3 4 5 6 7; do echo ::notice::$i; done"}', inputs="{s: {}}"))
    equal(r.code, 0, r.err)
    assert b"verysecret" not in r.raw
    equal([l for l in r.lines("a") if "*" in l], ["***", "***"])
    equal(r.lines("b"), ["***"])
    equal(len(r.of("annotation", "a")), 10)
    equal([open(f).read() for f in glob.glob(r.home + "/state/sidestep/runs/*/jobs/j/summary.md")], ["sum\n"])


def test_dry_run():
    r = go("- {id: a, uses: @/a}\n- {id: b, uses: ./unknown}", "-n", a=action('{name: Build it, shell: bash, run: touch /nowhere}', '{uses: actions/checkout@v4}'))
    equal(r.code, 0, r.err)
    equal([l for l in r.lines("a", runner=True) if l.startswith("dry")], ["dry run: 'Build it' was not started", "dry run: 'Run actions/checkout@v4' was not started"])
    equal(r.lines("b", runner=True), ["dry run: the action was not started"])


if __name__ == "__main__":
    main(globals())
