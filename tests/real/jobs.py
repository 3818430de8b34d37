"""How a job is set up and ended: runner.md section 10. Container rules (10.5, 10.4.2 in containers) are refused by name.

| rule | test |
| --- | --- |
| 10.1 folders: empty workspace, _temp, _actions, tools | test_folders; real/actions.py, real/leftovers.py |
| 10.2 lines of "Set up job", 9.2.6 | test_lines_of_set_up |
| 10.2.7 errors of the job's own keys; 7.4 | test_an_error_while_setting_up; unit/schedule/test_rules.c |
| 10.3 order | real/hooks.py test_hooks_stand_around_everything; test_the_implicit_wait_stands_before_the_posts |
| 10.4 hooks | real/hooks.py |
| 10.5 job containers, services: by name, exit 4 | test_containers_are_refused_by_name |
| 10.6.1 outputs, 10.6.4 | test_outputs, test_outputs_that_cannot_be_read |
| 10.6.2 environment url | test_the_address_of_the_environment |
| 10.6.3 orphans | real/leftovers.py; unit/schedule/test_cleanup.c |
| 10.7 debug | real/commands.py test_debug_switches |
| 10.8 log format | unit/log (steplog), real/composite.py |
"""
import glob
from real import *
from actions import Server, action, job_log, says
from stages import NODE, ends, js, served


def test_folders():
    r = run(steps("""
- {id: a, run: "ls -A | wc -l; basename $PWD; basename ${PWD%/*}; test -d $RUNNER_TEMP && touch $RUNNER_TEMP/left && echo temp; test -n $RUNNER_TOOL_CACHE && echo tools"}
- {id: b, run: "test -f $RUNNER_TEMP/left; cat $GITHUB_EVENT_PATH | head -c 1"}"""))
    equal(r.code, 0, r.err)
    name = os.path.basename(r.dir)
    equal(r.lines("a"), ["0", name, name, "temp", "tools"])
    equal(r.lines("b"), ["{"])
    equal(glob.glob(r.home + "/state/sidestep/work/*/*"), [], "nothing stays")


def test_lines_of_set_up():
    s = Server()
    sha = s.add("o/a", {"action.yml": says("x")}, tag="v1")
    s.add("o/c", {"action.yml": action("{uses: o/a@v1}")}, tag="v1")
    r = s.run("on: push\njobs:\n  j: {name: 'Build ${{ github.ref_name }}', runs-on: ubuntu-latest, steps: [{uses: o/c@v1}, {uses: o/a@v1}]}\n")
    equal(r.code, 0, r.err)
    log = job_log(r)
    download = [l for l in log if l.startswith("Download action repository")]
    equal((len(download), f"Download action repository 'o/a@v1' (SHA:{sha})" in download), (2, True))
    order = [log.index(l) for l in ("Prepare workflow directory", "Prepare all required actions", "Getting action download info", download[0], "Complete job name: Build main",
                                    "Cleaning up orphan processes")]
    equal(order, sorted(order))
    r = run("on: push\njobs:\n  c: {uses: ./.github/workflows/called.yml, with: {who: me}}\n",
            files={".github/workflows/called.yml": "on: {workflow_call: {inputs: {who: {type: string}}}}\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{run: echo}]}\n"})
    log = job_log(r)
    at = [i for i, l in enumerate(log) if l.startswith("Uses: ")][0]
    assert re.fullmatch(r"Uses: \S+/\.github/workflows/called\.yml@refs/heads/main \([0-9a-f]{40}\)", log[at]), log
    equal(log[at + 1:at + 5], ["##[group] Inputs", "  who: me", "##[endgroup]", "Complete job name: c / j"])


def test_an_error_while_setting_up():
    """No step, no post stage, no outputs."""
    s = served(a=js("", pre="", post="echo post"))
    r = s.run("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    env: {A: \"${{ fromJSON('') }}\"}\n    outputs: {o: x}\n    steps: [{uses: o/a@v1}, {if: always(), run: echo}]\n", env=NODE)
    equal((r.code, ends(r), r.of("job.end")[0]["conclusion"], r.of("job.end")[0]["outputs"]), (1, [], "failure", {}))
    assert not [l for l in job_log(r) if l.startswith("Complete job name")]


def test_the_implicit_wait_stands_before_the_posts():
    s = served(a=js("", post=""))
    r = s.run("- {id: a, uses: o/a@v1}\n- {id: b, background: true, run: sleep 0.2}", env=NODE)
    equal(ends(r)[-3:], ["b", "__implicit_wait_all", "__post_a"])


def test_containers_are_refused_by_name():
    for key, word in (("container: alpine", "container"), ("services: {db: {image: postgres}}", "services")):
        r = run(f"on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    {key}\n    steps: [{{run: echo}}]\n")
        equal((r.code, ends(r)), (4, []))
        assert word in r.of("job.end")[0].get("reason", "") + r.err + str(job_log(r)), r.err


OUTPUTS = """on: push
jobs:
  j:
    runs-on: ubuntu-latest
    outputs:
      plain: ${{ steps.a.outputs.v }}-${{ env.LATE }}
      empty: ${{ steps.none.outputs.v }}
      secret: has ${{ steps.a.outputs.s }}
    steps:
    - {id: a, run: 'echo v=1 >> $GITHUB_OUTPUT; echo s=s3cr3t >> $GITHUB_OUTPUT; echo LATE=env >> $GITHUB_ENV'}
    - {run: exit 1}
"""


def test_outputs():
    """Also after a failure; not what is empty, not what a mask would change."""
    r = run(OUTPUTS, "-s", "S=s3cr3t")
    end = r.of("job.end")[0]
    equal((r.code, end["conclusion"], end["outputs"]), (1, "failure", {"plain": "1-env"}))
    log = job_log(r)
    at = log.index("Evaluate and set job outputs")
    equal([l for l in log if "utput" in l and "'" in l], ["Skip output 'secret' since it may contain secret.", "Set output 'plain'"])
    assert at < log.index("Set output 'plain'") < log.index("Cleaning up orphan processes"), log


def test_outputs_that_cannot_be_read():
    for bad in ("${{ fromJSON('') }}", "${{ hashFiles('x') }}"):
        r = run(OUTPUTS.replace("${{ steps.none.outputs.v }}", bad).replace("exit 1", "echo"))
        if r.code == 3:  # hashFiles is refused when the file is read, as on GitHub
            assert "hashFiles" in bad and not r.events, r.err
            continue
        end = r.of("job.end")[0]
        equal((r.code, end["conclusion"], end["outputs"]), (1, "failure", {}), bad)
        assert "Fail to evaluate job outputs" in job_log(r)


def test_the_address_of_the_environment():
    text = "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    environment: {name: e, url: 'https://x/${{ steps.a.outputs.v }}'}\n    steps: [{id: a, run: 'echo v=%s >> $GITHUB_OUTPUT'}]\n"
    log = job_log(run(text % "one"))
    equal([l for l in log if "nvironment url" in l], ["Evaluate and set environment url", "Evaluated environment url: https://x/one"])
    log = job_log(run(text % "s3cr3t", "-s", "S=s3cr3t"))
    equal([l for l in log if "nvironment url" in l], ["Evaluate and set environment url", "Skip setting environment url as environment 'url' may contain secret."])


if __name__ == "__main__":
    main(globals())
