"""What people run with other local runners in host mode, as cases of our own: each workflow checks itself and says by its end
whether GitHub would have been green or red."""
from real import *

CHECKOUT = "- uses: actions/checkout@v4\n"
ACTION = "name: a\ndescription: d\n"


def green(text, files=None, *args, **kw):
    r = run(text, *args, files=files, **kw)
    equal(r.code, 0, (r.err, [e for e in r.events if e["type"] in ("annotation", "step.end", "job.skip")]))
    return r


def red(text, files=None, *args, **kw):
    r = run(text, *args, files=files, **kw)
    equal(r.code, 1, r.err)
    return r


# ---- shells ----

def test_default_shell_stops_at_the_first_error():
    red(steps("- run: |\n    false\n    echo not reached\n"))
    green(steps("- run: |\n    false | true\n"))


def test_bash_has_pipefail():
    red(steps("- shell: bash\n  run: false | true\n"))
    green(steps("- shell: bash\n  run: '[[ -n $BASH_VERSION ]]'\n"))


def test_sh_and_python():
    green(steps("- shell: sh\n  run: test -z \"$BASH_VERSION\" || test -n \"$POSIXLY_CORRECT\" || true\n"
                "- shell: python\n  run: |\n    import os\n    assert os.environ['CI'] == 'true'\n"))
    red(steps("- shell: python\n  run: raise SystemExit(3)\n"))


def test_a_shell_that_is_not_there_fails_by_name():
    r = red(steps("- shell: no-such-shell {0}\n  run: x\n"))
    assert any("no-such-shell: command not found" in l for l in r.lines(runner=True)), r.lines(runner=True)


def test_any_command_is_a_shell():
    green(steps("- shell: cp {0} kept.txt\n  run: text\n- run: grep -qx text kept.txt\n"))


# ---- matrices from expressions ----

def test_a_whole_matrix_from_json_of_several_lines():
    r = green("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix: |-\n        ${{ fromJSON('\n        {\n"
              "          \"A\": [\"x\", \"y\"]\n        }') }}\n    steps:\n      - run: test -n '${{ matrix.A }}'\n")
    equal(sorted(r.jobs()), ["j (x)", "j (y)"])


def test_a_matrix_of_includes_only_and_outputs_of_it():
    green("on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    strategy: {matrix: {include: [{def: val}]}}\n"
          "    outputs: {result: '${{ steps.r.outputs.result }}'}\n    steps:\n      - run: test '${{ matrix.def }}' = val\n"
          "      - id: r\n        run: echo result=success >> $GITHUB_OUTPUT\n"
          "  b:\n    needs: a\n    if: always()\n    runs-on: ubuntu-latest\n    steps:\n"
          "      - run: test '${{ needs.a.outputs.result }}' = success\n")


def test_a_matrix_from_what_a_job_needs():
    r = green("on: push\njobs:\n  p:\n    runs-on: ubuntu-latest\n    outputs: {l: '${{ steps.l.outputs.l }}'}\n"
              "    steps: [{id: l, run: \"echo 'l=[1,2]' >> $GITHUB_OUTPUT\"}]\n"
              "  t:\n    needs: p\n    runs-on: ubuntu-latest\n    strategy: {matrix: {n: '${{ fromJSON(needs.p.outputs.l) }}', b: [x]}}\n"
              "    steps: [{run: 'test ${{ matrix.n }} -ge 1'}]\n")
    equal(sorted(r.jobs()), ["p", "t (1, x)", "t (2, x)"])


def test_insert_merges_a_map_of_a_matrix_value():
    green("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        a:\n          - env:\n"
          "              k1: v1\n              ${{ insert }}: ${{ fromJSON('{\"k2\":\"v2\"}') }}\n"
          "    steps:\n      - run: test '${{ matrix.a.env.k1 }}${{ matrix.a.env.k2 }}' = v1v2\n")


def test_a_list_spliced_into_a_vector():
    r = green("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        a:\n          - one\n"
              "          - ${{ fromJSON('[\"two\",\"three\"]') }}\n    steps:\n      - run: 'true'\n")
    equal(sorted(r.jobs()), ["j (one)", "j (three)", "j (two)"])


def test_include_and_exclude():
    r = green("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    strategy:\n      matrix:\n        os: [a, b]\n        v: [1, 2]\n"
              "        exclude: [{os: a, v: 2}]\n        include: [{os: b, v: 2, extra: y}, {os: c, v: 3}]\n"
              "    steps:\n      - if: matrix.os == 'b' && matrix.v == 2\n        run: test '${{ matrix.extra }}' = y\n")
    equal(sorted(r.jobs()), ["j (a, 1)", "j (b, 1)", "j (b, 2)", "j (c, 3)"])


# ---- contexts, conditions, results ----

def test_conditions_with_and_without_braces():
    r = green(steps("- {id: a, run: 'exit 1', if: \"endsWith('Hello', 'x')\"}\n- {id: b, run: 'true', if: \"${{ endsWith('Hello', 'lo') "
                    "}}\"}\n- {id: c, run: 'true', if: \"!endsWith('Hello', 'x')\"}\n"))
    equal([r.end(s) for s in "abc"], ["skipped/skipped", "success/success", "success/success"])


def test_a_failure_in_the_middle():
    r = red(steps("- {id: a, run: 'exit 1', if: failure()}\n- {id: b, run: 'true'}\n- {id: c, run: 'exit 1'}\n- {id: d, run: 'true', if: "
                  "success()}\n- {id: e, run: 'true'}\n- {id: f, run: 'true', if: failure()}\n"))
    equal([r.end(s) for s in "abcdef"], ["skipped/skipped", "success/success", "failure/failure", "skipped/skipped", "skipped/skipped",
                                         "success/success"])


def test_jobs_after_a_failed_one():
    r = red("on: push\njobs:\n  f: {runs-on: ubuntu-latest, steps: [{run: exit 1}]}\n"
            "  a: {runs-on: ubuntu-latest, needs: f, if: success() || failure(), steps: [{run: 'true'}]}\n"
            "  n: {runs-on: ubuntu-latest, needs: a, steps: [{run: exit 1}]}\n")
    equal(r.jobs(), {"f": "failure", "a": "success", "n": "skipped"})


def test_outcome_and_conclusion():
    green(steps("- {id: a, run: exit 1, continue-on-error: true}\n- {id: b, run: 'true', if: false}\n- {id: c, run: 'true'}\n"
                "- run: test '${{ steps.a.outcome }} ${{ steps.a.conclusion }} ${{ steps.b.outcome }} ${{ steps.c.conclusion }}' = "
                "'failure success skipped success'\n"))


def test_env_sees_github():
    green("on: push\nenv: {OWNER: '${{ github.repository_owner }}', DIR: '${{ github.workspace }}/build'}\njobs:\n  j:\n    runs-on: "
          "ubuntu-latest\n    env: {DIR2: '${{ github.event_name }}'}\n    steps:\n      - run: test \"$OWNER\" = "
          "\"$GITHUB_REPOSITORY_OWNER\" && test \"$DIR2\" = push\n")


def test_act_is_set_only_on_request():
    green(steps("- {id: a, run: exit 1, if: env.ACT}\n- run: test -z \"$ACT\"\n"), env={"ACT": None})


# ---- commands and files ----

def test_workflow_commands():
    r = green(steps("- id: a\n  run: |\n    echo '::set-output name=x::one'\n    echo '::debug::quiet'\n    echo '::notice::said'\n    echo "
                    "'::add-mask::secret-word'\n    echo secret-word\n- run: test '${{ steps.a.outputs.x }}' = one\n"))
    assert "***" in r.lines("a"), r.lines("a")
    assert any(a["message"] == "said" for a in r.of("annotation"))


def test_env_and_path_files():
    green(steps("- run: |\n    echo NAME=value >> $GITHUB_ENV\n    mkdir bin && printf '#!/bin/sh\\necho tool\\n' > bin/my-tool && chmod +x "
                "bin/my-tool\n    echo $PWD/bin >> $GITHUB_PATH\n- run: test \"$(my-tool) $NAME ${{ env.NAME }}\" = 'tool value value'\n"))


def test_a_step_overrides_what_the_env_file_says():
    green(steps("- run: echo A=file >> $GITHUB_ENV\n- run: test \"$A ${{ env.A }}\" = 'step step'\n  env: {A: step}\n"
                "- run: test \"$A\" = file\n"))


def test_each_step_has_files_of_its_own():
    green(steps("- run: echo \"$GITHUB_ENV\" > one\n- run: test \"$(cat one)\" != \"$GITHUB_ENV\" && test ! -s \"$GITHUB_ENV\"\n"))


def test_checkout_then_the_files_are_there():
    green(steps("- run: test ! -e README\n" + CHECKOUT + "- run: grep -qx hello README && test -d .git\n"), {"README": "hello\n"})


def test_labels_in_every_form():
    green("on: push\njobs:\n  a: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}\n  b: {runs-on: [self-hosted, linux], steps: [{run: "
          "'true'}]}\n  c: {runs-on: [ubuntu-latest], steps: [{run: 'true'}]}\n")


# ---- composite actions ----

def test_a_composite_action():
    green(steps(CHECKOUT + "- {id: c, uses: ./act, with: {who: me}}\n- run: test '${{ steps.c.outputs.said }}' = 'hi me default'\n"),
          {"act/action.yml": ACTION + "inputs: {who: {required: true}, other: {default: default}}\noutputs: {said: {value: '${{ "
           "steps.s.outputs.s }}'}}\nruns:\n  using: composite\n  steps:\n    - {id: s, shell: bash, run: 'echo \"s=hi ${{ inputs.who }} "
           "${{ inputs.other }}\" >> $GITHUB_OUTPUT'}\n"})


def test_a_failing_composite_action():
    r = red(steps(CHECKOUT + "- {id: c, uses: ./act}\n- {id: d, run: 'true'}\n"),
            {"act/action.yml": ACTION + "runs:\n  using: composite\n  steps:\n    - {shell: bash, run: exit 1}\n    - {shell: bash, run: echo "
             "not reached}\n"})
    equal(r.end("c"), "failure/failure")
    assert "not reached" not in r.lines()


def test_a_failing_composite_action_keeps_its_outputs():
    green(steps(CHECKOUT + "- {id: c, uses: ./act, continue-on-error: true}\n- run: test '${{ steps.c.outputs.o }}' = green\n"),
          {"act/action.yml": ACTION + "outputs: {o: {value: '${{ steps.s.outputs.o }}'}}\nruns:\n  using: composite\n  steps:\n    - {id: s, "
           "shell: bash, run: 'echo o=green >> $GITHUB_OUTPUT'}\n    - {shell: bash, run: exit 1}\n"})


def test_composite_actions_nest():
    green(steps(CHECKOUT + "- {id: c, uses: ./outer, with: {n: '3'}}\n- run: test '${{ steps.c.outputs.o }}' = inner-3\n"),
          {"outer/action.yml": ACTION + "inputs: {n: {}}\noutputs: {o: {value: '${{ steps.i.outputs.o }}'}}\nruns:\n  using: composite\n"
           "  steps:\n    - {id: i, uses: ./inner, with: {n: '${{ inputs.n }}'}}\n",
           "inner/action.yml": ACTION + "inputs: {n: {}}\noutputs: {o: {value: '${{ steps.i.outputs.o }}'}}\nruns:\n  using: composite\n"
           "  steps:\n    - {id: i, shell: bash, run: 'echo o=inner-${{ inputs.n }} >> $GITHUB_OUTPUT'}\n"})


def test_env_of_a_composite_step_stays_inside():
    green("on: push\nenv: {GLOBAL: '1'}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    env: {JOB: '1'}\n    steps:\n      " + CHECKOUT +
          "      - {uses: ./act, env: {INSIDE: '1', JOB: '2'}}\n      - run: test \"$JOB-$INSIDE-$FROM\" = 3--yes\n",
          {"act/action.yml": ACTION + "runs:\n  using: composite\n  steps:\n    - shell: bash\n      run: |\n        test \"$GLOBAL $JOB $INSIDE "
           "${{ env.INSIDE }}\" = '1 2 1 1'\n        echo FROM=yes >> $GITHUB_ENV\n        echo JOB=3 >> $GITHUB_ENV\n"
           "    - shell: bash\n      run: test \"$JOB $FROM\" = '2 yes'\n"})
    green(steps(CHECKOUT + "- {uses: ./act, env: {LEAK: val}}\n- {run: exit 1, if: env.LEAK == 'val'}\n"),
          {"act/action.yml": ACTION + "runs:\n  using: composite\n  steps:\n    - {shell: bash, run: exit 1, if: env.LEAK != 'val'}\n"})


def test_inputs_from_the_env_of_the_step_are_those_before_it():
    green(steps(CHECKOUT + "- {uses: ./act, with: {i: '${{ env.I }}'}, env: {I: '${{ github.event_name }}'}}\n"),
          {"act/action.yml": ACTION + "inputs: {i: {}}\nruns:\n  using: composite\n  steps:\n    - {shell: bash, run: \"test '${{ inputs.i }}' = "
           "push\"}\n"})


def test_actions_that_are_not_there_or_not_right():
    r = red(steps(CHECKOUT + "- {id: c, uses: ./nowhere}\n"))
    assert any("Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under" in l for l in r.lines(runner=True)), r.lines(runner=True)
    r = red(steps(CHECKOUT + "- {id: c, uses: ./act}\n"), {"act/action.yml": ACTION + "runs:\n  using: composite\n  steps:\n    - {run: x}\n"})
    assert any("Required property is missing: shell" in l for l in r.lines(runner=True)), r.lines(runner=True)


if __name__ == "__main__":
    main(globals())
