"""Much from one step takes time in proportion: four times as many lines less than eight times the processor's time."""
from real import *

# The second step looks at what the first has left; true reads no environment, of which bash takes its own quadratic time.
FLOW = "- id: a\n  run: %s\n- id: b\n  shell: /usr/bin/true {0}\n  run: echo ${{ steps.a.outputs.k5 }}${{ env.K5 }}\n"
FEW, MANY = 25000, 100000


def took(body, n):
    """Processor time of a run and its children."""
    d = repo({".github/workflows/t.yml": steps(FLOW % (body % n))})
    p = start(d, "run", "--format", "json", stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    err = p.stderr.read().decode()
    p.stderr.close()
    runs = p.home + "/state/sidestep/runs/"
    with open(runs + os.listdir(runs)[0] + "/events.ndjson") as f:
        ends = [json.loads(l) for l in f if '"step.end"' in l and '"step":"a"' in l]
    equal([e["conclusion"] for e in ends], ["success"], err)
    return used.ru_utime + used.ru_stime


def proportional(body):
    few, many = min(took(body, FEW) for _ in range(2)), min(took(body, MANY) for _ in range(2))
    assert many < 8 * few + 0.5, f"{FEW} lines: {few:.2f} s, {MANY} lines: {many:.2f} s"


def test_paths():
    proportional('seq -f "/%%.0f" 1 %d >> $GITHUB_PATH')


def test_variables():
    proportional('seq -f "K%%.0f=v" 1 %d >> $GITHUB_ENV')


def test_variables_with_many_lines():
    proportional('seq 1 %d | sed "s/.*/K&<<E\\nv\\nE/" >> $GITHUB_ENV')


def test_outputs():
    proportional('seq -f "k%%.0f=v" 1 %d >> $GITHUB_OUTPUT')


def test_outputs_by_commands():
    proportional('seq -f "::set-output name=k%%.0f::v" 1 %d')


def test_paths_added_again():
    """Each stands once, where it was added last."""
    body = "- run: printf '/a\\n/b\\n/a\\n/c\\n' >> $GITHUB_PATH\n- run: printf '/b\\n/d\\n/d\\n' >> $GITHUB_PATH\n- id: s\n  run: echo $PATH\n"
    r = run(steps(body))
    assert r.lines("s")[0].startswith("/d:/b:/c:/a:/"), r.lines("s")
    equal(r.lines("s")[0].split(":").count("/b"), 1)


main(globals())
