"""Job hooks (runner.md 10.4) and the order of what a job executes (10.3)."""
import glob
from real import *
from actions import Server
from stages import NODE, SAY, ends

STARTED, COMPLETED = "ACTIONS_RUNNER_HOOK_JOB_STARTED", "ACTIONS_RUNNER_HOOK_JOB_COMPLETED"


def script(name, text):
    path = os.path.join(tempfile.mkdtemp(prefix="hook ", dir=BASE), name)
    with open(path, "w") as f:
        f.write(text)
    return path


def test_hooks_stand_around_everything():
    s = Server()
    s.add("o/a", SAY, tag="v1")
    first = script("first.sh", "echo first; test $PWD = $GITHUB_WORKSPACE; echo [$JOBS] [$GITHUB_JOB] [$MINE]; echo E=from-hook >> $GITHUB_ENV; echo /hook/dir >> $GITHUB_PATH; echo o=1 >> $GITHUB_OUTPUT; echo k=v >> $GITHUB_STATE")
    last = script("last.sh", "echo last; echo [$STATE_k] [$E] $PATH")
    r = s.run("on: push\nenv: {JOBS: job}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n    - {id: a, uses: o/a@v1, with: {n: 1}}\n"
              "    - {id: see, run: 'echo $E ${PATH%%:*}'}\n", env={STARTED: first, COMPLETED: last, "MINE": "mine", **NODE})
    equal(r.code, 0, r.err)
    equal(ends(r), ["__pre___hook", "__pre_a", "a", "see", "__post_a", "__post___hook"])
    equal([e["name"] for e in r.of("step.start")][::5], ["Set up runner", "Complete runner"])
    equal(r.lines("__pre___hook", runner=True)[:3],
          ["A job started hook has been configured by the self-hosted runner administrator", f"Run '{first}'", ""])
    equal(r.lines("__pre___hook"), ["first", "[] [j] [mine]"])
    equal(r.lines("see"), ["from-hook /hook/dir"])
    equal(r.lines("__post___hook"), ["last", "[] [] " + NODE["PATH"]])
    equal(r.lines("__post___hook", runner=True)[0], "A job completed hook has been configured by the self-hosted runner administrator")


def test_no_job_chooses_what_runs_a_hook():
    bin = tempfile.mkdtemp(prefix="bin-", dir=BASE)
    for name in ("bash", "sh", "tool"):
        with open(f"{bin}/{name}", "w") as f:
            f.write(f"#!/bin/sh\necho of the job: {name}\n")
        os.chmod(f"{bin}/{name}", 0o755)
    flow = steps(f"- {{id: a, run: 'echo {bin} >> $GITHUB_PATH'}}\n- {{id: b, run: echo never}}")
    r = run(flow, env={COMPLETED: script("last.sh", "echo last; command -v tool || echo none; echo \"[$PATH]\"")})
    equal((r.code, r.lines("b")), (0, ["of the job: bash"]), "steps do")
    equal(r.lines("__post___hook"), ["last", "none", f"[{os.environ['PATH']}]"])
    r = run(flow, env={COMPLETED: script("last.sh", "echo last"), "PATH": "bin:" + os.environ["PATH"]},
            files={"bin/bash": "#!/bin/sh\necho of the repository\n"})
    equal(r.lines("__post___hook"), ["last"], "nor does a repository in which one stands")


def test_a_failing_hook_fails_the_job_through_the_conditions():
    bad = script("bad.sh", "false; echo never")
    r = run(steps("- {id: a, run: echo}\n- {id: b, if: always(), run: echo ran}"), env={STARTED: bad, COMPLETED: script("c.sh", "echo last")})
    equal(r.code, 1)
    equal([r.end(k) for k in ("__pre___hook", "a", "b", "__post___hook")], ["failure/failure", "skipped/skipped", "success/success", "success/success"])
    assert "Process completed with exit code 1." in r.lines("__pre___hook", runner=True)
    equal(r.lines("__pre___hook"), [])
    r = run(steps("- {id: a, run: echo ran}"), env={COMPLETED: bad})
    equal((r.code, r.end("a"), r.end("__post___hook")), (1, "success/success", "failure/failure"))


def test_what_a_hook_may_be():
    for path, text in ((script("x.py", ""), " is not a valid path to a script. Make sure it ends in '.sh', '.ps1' or '.js'."), ("/not/there.sh", "File doesn't exist"),
                       ("acts/hook.sh", "File doesn't exist")):
        r = run(steps("- {id: a, run: echo}"), env={STARTED: path}, files={"acts/hook.sh": "echo of the repository"})
        equal((r.code, r.end("__pre___hook")), (1, "failure/failure"))
        equal([e["message"] for e in r.of("annotation")], [(path if "valid" in text else "") + text])
    r = run(steps("- {id: a, run: echo}"), env={STARTED: script("x.js", "echo js $0"), **NODE})
    equal((r.code, r.lines("__pre___hook")[0].split("/")[0]), (0, "js "), r.err)


def test_a_hook_without_the_other_and_in_each_job():
    r = run("on: push\njobs:\n" + "".join(f"  {k}: {{runs-on: ubuntu-latest, steps: [{{id: s, run: echo}}]}}\n" for k in "ab"),
            env={COMPLETED: script("c.sh", "echo $GITHUB_JOB")})
    equal(sorted(r.lines("__post___hook")), ["a", "b"])
    equal(r.of("step.start", "__pre___hook"), [])


def test_a_hook_runs_when_the_run_is_cancelled():
    marker = os.path.join(BASE, "up-hook")
    d = repo({".github/workflows/t.yml": steps(f"- {{id: a, run: 'touch {marker}; exec sleep {unique(51)}'}}")})
    p = start(d, "run", "--format", "json", env={COMPLETED: script("c.sh", "echo last")})
    until(lambda: os.path.exists(marker))
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    r = Result(p.returncode, out, err.decode(), p.home, d)
    equal((r.code, r.lines("__post___hook")), (130, ["last"]))


def test_only_who_starts_the_program_has_hooks():
    """Not a repository, not the variables of a job, not the run around this one; and a dry run only shows them."""
    hook = script("h.sh", "echo hooked")
    text = f"on: push\nenv: {{{STARTED}: '{hook}'}}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    env: {{{STARTED}: '{hook}'}}\n    steps:\n    - {{id: a, run: echo}}\n"
    r = run(text, "--env", f"{STARTED}={hook}", files={".env": f"{STARTED}={hook}\n", ".sidestep.toml": "", ".actrc": f"--env {STARTED}={hook}\n"})
    equal((r.code, ends(r)), (0, ["a"]), r.err)
    equal(ends(run(steps("- {id: a, run: echo}"), env={STARTED: hook, "GITHUB_ACTIONS": "true"})), ["a"])
    r = run(steps("- {id: a, run: echo}"), "-n", env={STARTED: hook})
    equal((ends(r), r.end("__pre___hook"), r.lines()), (["__pre___hook", "a"], "skipped/skipped", []))


if __name__ == "__main__":
    main(globals())
