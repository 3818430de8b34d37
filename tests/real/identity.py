"""Identity tokens in the steps of a run, and that nothing is started for runs that need no services."""
import urllib.request
from real import *
from serving import unb64

ASK = """
- run: |
    env | grep ^ACTIONS_ | sed 's/=.*//' | sort | tr '\\n' ' '
- id: ask
  run: |
    curl -sS --noproxy '*' -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=me" |
      sed 's/.*"value":"[^.]*[.]\\([^.]*\\)[.].*/claims \\1/'
- run: echo "token $ACTIONS_ID_TOKEN_REQUEST_TOKEN"
"""


def claims(r):
    line = next(l for l in r.lines() if l.startswith("claims "))
    return json.loads(unb64(line.split(" ")[1]))


def helpers(home):
    return [pid for pid in left_behind("__serve") if home.encode() in open(f"/proc/{pid}/cmdline", "rb").read()]


def test_with_permission():
    r = run(steps(ASK, head="    permissions:\n      id-token: write\n"), "--format", "json")
    equal(r.code, 0, r.err)
    names = r.lines()[0].split()
    equal(names, ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ORCHESTRATION_ID"])
    got = claims(r)
    equal((got["aud"], got["ref"], got["event_name"], got["runner_environment"]), ("me", "refs/heads/main", "push", "self-hosted"))
    assert got["sub"].endswith(":ref:refs/heads/main"), got
    assert got["iss"].startswith("http://127.0.0.1:"), got
    assert "token ***" in r.lines(), "the token is masked"
    equal(helpers(r.home), [])


def test_environment():
    r = run(steps(ASK, head="    permissions: write-all\n    environment: prod\n"))
    equal(r.code, 0, r.err)
    got = claims(r)
    equal(got["environment"], "prod")
    assert got["sub"].endswith(":environment:prod"), got


def test_workflow_permission():
    text = steps(ASK).replace("jobs:", "permissions:\n  id-token: write\njobs:", 1)
    equal(run(text).code, 0)
    r = run(text.replace("    steps:", "    permissions:\n      contents: read\n    steps:", 1).split("- id: ask")[0].rstrip())
    equal(r.lines(), [], "the job's permissions replace those of the file")


def test_without_permission():
    """No variable and no helper: a step would see it, as the helper lives until the run has ended."""
    look = "- run: |\n    env | grep ^ACTIONS_ || echo none\n    ls \"$(dirname \"$(dirname \"$RUNNER_TEMP\")\")\"\n"
    for head in ("", "    permissions: read-all\n", "    permissions: {}\n"):
        r = run(steps(look, head=head))
        equal(r.code, 0, r.err)
        equal(r.lines()[0], "none")
        assert "_services" not in r.lines(), r.lines()


def test_token_of_ended_job():
    """It is worth nothing any more, though the helper still runs for another job."""
    text = """on: push
permissions:
  id-token: write
jobs:
  a:
    runs-on: ubuntu-latest
    outputs:
      t: ${{ steps.x.outputs.t }}
    steps:
      - id: x
        run: |
          printf %s "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" >"$OUT/token"
  b:
    needs: a
    runs-on: ubuntu-latest
    steps:
      - run: |
          for t in "$(cat "$OUT/token")" "$ACTIONS_ID_TOKEN_REQUEST_TOKEN"; do
            curl -sS --noproxy '*' -o /dev/null -w 'status %{http_code}\\n' -H "Authorization: Bearer $t" "$ACTIONS_ID_TOKEN_REQUEST_URL"
          done
"""
    out = tempfile.mkdtemp(dir=BASE)
    r = run(text, env={"OUT": out})
    equal(r.code, 0, r.err)
    equal([l for l in r.lines() if l.startswith("status")], ["status 401", "status 200"])


def test_proxy():
    r = run(steps("- run: echo \"np $no_proxy $NO_PROXY\"\n", head="    permissions:\n      id-token: write\n"),
            env={"https_proxy": "http://proxy.example:1", "no_proxy": "a.example", "NO_PROXY": None})
    equal(r.lines(), ["np a.example,127.0.0.1 a.example,127.0.0.1"])


def test_killed():
    """With its session the helper goes, however that ends."""
    for how in (signal.SIGKILL, signal.SIGINT):
        d = repo({".github/workflows/t.yml": steps("- run: sleep " + unique(600 + how), head="    permissions:\n      id-token: write\n")})
        p = start(d, "run")
        until(lambda: helpers(p.home) and left_behind(unique(600 + how)))
        p.send_signal(how)
        p.communicate(timeout=60)
        until(lambda: not helpers(p.home))


main(globals())
