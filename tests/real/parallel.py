"""Step concurrency with real processes."""
from real import *

plain_steps = steps


def steps(text):
    """@3@ in a workflow stands for unique(3)."""
    return plain_steps(re.sub(r"@(\d)@", lambda m: unique(int(m.group(1))), text))


def test_foreground_starts_before_the_background_step_ends():
    r = run(steps("""
- {id: b, background: true, run: "until test -e go; do sleep 0.02; done"}
- {id: f, run: touch go}
- {id: w, wait: b}"""))
    equal(r.code, 0)
    assert r.position("step.start", "f") < r.position("step.end", "b")


def test_outputs_env_and_path_after_the_join():
    r = run(steps("""
- {id: b, background: true, run: "mkdir -p $PWD/bin; printf '#!/bin/sh\\\\necho tool\\\\n' > bin/mytool; chmod +x bin/mytool; echo v=1 >> $GITHUB_OUTPUT; echo E=x >> $GITHUB_ENV; echo $PWD/bin >> $GITHUB_PATH; touch done"}
- {id: before, run: "until test -e done; do sleep 0.02; done; echo [${{ steps.b.outputs.v }}] [$E]; command -v mytool || echo none"}
- {wait: b}
- {id: after, run: "echo [${{ steps.b.outputs.v }}] [$E]; mytool"}"""))
    equal(r.code, 0, r.err)
    equal(r.lines("before"), ["[] []", "none"])
    equal(r.lines("after"), ["[1] [x]", "tool"])


def test_a_failure_is_seen_at_the_join():
    r = run(steps("""
- {id: b, background: true, run: exit 3}
- {id: next, run: sleep 0.1}
- {id: w, wait: b}
- {id: no, run: echo}
- {id: rescue, if: failure(), run: echo}"""))
    equal(r.code, 1)
    equal([r.end(s) for s in ("b", "next", "w", "no", "rescue")],
          ["failure/failure", "success/success", "failure/failure", "skipped/skipped", "success/success"])
    equal(r.of("step.end", "b")[0]["exit_code"], 3)


def test_twelve_steps_ten_at_once():
    # none of the first ten ends before all ten have started, however slow the machine is
    wait = "echo >> log; until [ $(wc -l < log) -ge 10 ]; do sleep 0.02; done"
    r = run(steps("\n".join(f"- {{id: s{i}, background: true, run: '{wait}'}}" for i in range(12)) + "\n- wait-all:\n- {id: show, run: cat log}"))
    equal(r.code, 0)
    most = now = 0
    for e in r.events:
        if e["type"] in ("step.start", "step.end") and re.fullmatch(r"s\d+", e["step"]):
            now += 1 if e["type"] == "step.start" else -1
            most = max(most, now)
    equal(most, 10)
    equal([e["step"] for e in r.of("step.start") if e["step"].startswith("s") and e["step"] != "show"], [f"s{i}" for i in range(12)])


def test_cancel_of_a_sleeping_step_and_its_children():
    r = run(steps("""
- {id: x, background: true, run: "sleep @1@ & sleep @2@; echo never"}
- {run: "until pgrep -f 'sleep @2@' > pids; do sleep 0.02; done"}
- {id: c, cancel: x}
- {id: see, run: "echo ${{ steps.x.conclusion }}"}"""))
    equal(r.code, 0)
    equal(r.lines("see"), ["cancelled"])
    equal(r.lines("x"), [])
    equal(left_behind(unique(1)) + left_behind(unique(2)), [])


def test_cancel_lets_a_trap_clean_up():
    r = run(steps("""
- {id: x, background: true, run: "trap 'echo cleaning; exit 0' INT; touch up; while :; do sleep 0.05; done"}
- {run: "until test -e up; do sleep 0.02; done"}
- {id: c, cancel: x}"""))
    equal(r.code, 0)
    equal(r.lines("x"), ["cleaning"])
    equal(r.end("x"), "cancelled/cancelled")


def test_cancel_of_a_step_that_ignores_signals():
    t = time.monotonic()
    r = run(steps("""
- {id: x, background: true, run: "trap '' INT TERM; (trap '' INT TERM; exec sleep @3@) & touch up; wait; while :; do sleep 0.1; done"}
- {run: "until test -e up; do sleep 0.02; done"}
- {id: c, cancel: x}"""))
    took = time.monotonic() - t
    equal(r.code, 0)
    assert 9.5 < took < 30, took
    equal(left_behind(unique(3)), [])
    equal(r.of("step.end", "x")[0]["signal"], 9)


def test_cancel_of_a_step_that_has_failed():
    r = run(steps("""
- {id: x, background: true, run: exit 1}
- {run: sleep 0.2}
- {id: c, cancel: x}
- {id: later, run: "echo ${{ job.status }}"}"""))
    equal(r.code, 1)
    equal(r.lines("later"), ["success"])
    equal(r.end("c"), "success/success")


def test_a_service_left_behind_lives_until_the_end_of_the_job():
    r = run(steps("""
- {id: a, run: "setsid sleep @4@ > /dev/null 2>&1 & echo started"}
- {id: b, timeout-minutes: 1, run: "until pgrep -x -f 'sleep @4@' > /dev/null; do sleep 0.05; done; echo alive"}"""))
    equal(r.code, 0)
    equal(r.lines("b"), ["alive"])
    equal(left_behind(unique(4)), [])
    assert any("Terminate orphan process" in e["line"] for e in r.of("log")), "the sweep says what it killed"


def test_a_changed_tracking_id_survives_the_job():
    r = run(steps("""
- {id: a, run: "RUNNER_TRACKING_ID= setsid sleep @5@ > /dev/null 2>&1 & sleep 0.3"}"""))
    equal(r.code, 0)
    pids = left_behind(unique(5))
    equal(len(pids), 1)
    os.kill(pids[0], signal.SIGKILL)


def interrupted(signals, workflow, ready="up"):
    d = repo({".github/workflows/t.yml": workflow})
    mark = os.path.join(d, "marks")
    os.mkdir(mark)
    p = start(d, "run", "--format", "json", env={"MARKS": mark})
    until(lambda: os.path.exists(os.path.join(mark, ready)))
    for s in signals:
        p.send_signal(s)
        time.sleep(0.15)
    out, err = p.communicate(timeout=40)
    return Result(p.returncode, out, err.decode(), p.home, d), mark


def test_ctrl_c_during_a_wait():
    r, mark = interrupted([signal.SIGINT], steps("""
- {id: b, background: true, run: "touch $MARKS/up; sleep @6@"}
- {id: w, wait: b}
- {id: plain, run: echo}
- {id: always, if: always(), run: "echo ${{ job.status }}"}"""))
    equal(r.code, 130)
    equal([r.end(s) for s in ("b", "w", "plain", "always")],
          ["cancelled/cancelled", "cancelled/cancelled", "skipped/skipped", "success/success"])
    equal(r.lines("always"), ["cancelled"])
    equal(left_behind(unique(6)), [])
    equal(r.of("run.end")[0]["conclusion"], "cancelled")


def test_terminate_exits_143():
    r, _ = interrupted([signal.SIGTERM], steps('- {id: a, run: "touch $MARKS/up; sleep @7@"}'))
    equal(r.code, 143)
    equal(left_behind(unique(7)), [])


def test_three_times_ctrl_c_kills_at_once():
    t = time.monotonic()
    r, mark = interrupted([signal.SIGINT] * 3, steps("""
- {id: a, run: "trap '' INT TERM; touch $MARKS/up; while :; do sleep 0.1; done"}
- {id: b, if: always(), run: sleep 30}"""))
    assert time.monotonic() - t < 8
    equal(r.code, 130)
    assert not r.of("step.start", "b")


def test_output_of_a_failing_step_is_complete():
    r = run(steps('- {id: a, run: "seq 1 20000; echo last >&2; exit 9"}'))
    equal(r.code, 1)
    out = [e["line"] for e in r.of("log", "a") if e["stream"] == "stdout"]
    equal(len(out), 20000)
    equal(out[-1], "20000")


def test_state_directory_holds_logs_of_each_step():
    r = run(steps("- {id: a, run: echo one}\n- parallel:\n    - {id: p, run: echo two}\n    - {run: echo three}"))
    runs = os.path.join(r.home, "state/sidestep/runs")
    one = os.path.join(runs, os.listdir(runs)[0], "jobs/j")
    names = sorted(os.listdir(one))
    assert any(n.endswith("-a.log") for n in names) and any(n.endswith("-p.log") for n in names), names
    text = open(os.path.join(one, next(n for n in names if n.endswith("-a.log")))).read()
    assert re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z one$", text, re.M), text
    assert not os.listdir(os.path.join(r.home, "state/sidestep/work")), "nothing of the workspace is left"


if __name__ == "__main__":
    main(globals())
