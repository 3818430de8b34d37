"""Which workflows an event starts, with real repositories: branches, tags, paths, activities, inputs, schedules."""
from real import *

JOB = "jobs: {j: {runs-on: ubuntu-latest, steps: [{id: s, run: '%s'}]}}\n"
SAY = JOB % "echo ran"
SHOW = "jobs: {j: {runs-on: ubuntu-latest, steps: [{id: s, env: {A: '%s'}, run: 'echo \"$A\"'}]}}\n"


def git(d, *args):
    subprocess.run(["git", "-c", "protocol.file.allow=always", *args], cwd=d, env=dict(os.environ, **GIT), check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def place(*ons, **more):
    """A repository with one workflow w0.yml, w1.yml, … for each `on`."""
    files = {f".github/workflows/w{i}.yml": f"on: {on}\n{SAY}" for i, on in enumerate(ons)}
    return repo({**files, **more})


def commit(d, files, message="more"):
    for path, text in files.items():
        full = os.path.join(d, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as f:
            f.write(text)
    git(d, "add", "-A")
    git(d, "commit", "-q", "-m", message)


def ask(d, *args, code=0):
    """--explain as JSON."""
    p = start(d, "run", "--explain", "--format", "json", *args)
    out, err = p.communicate(timeout=60)
    equal(p.returncode, code, err)
    return json.loads(out)


def started(d, *args):
    """Which of w0, w1, … start, as text: 'w0 w2'."""
    return " ".join(re.sub(r".*/|\.yml", "", w["path"]) for w in ask(d, *args)["workflows"] if w["runs"])


def reasons(d, *args):
    return [w["reason"] for w in ask(d, *args)["workflows"]]


def payload(d, value, name="event.json"):
    with open(os.path.join(d, ".git", name), "w") as f:
        json.dump(value, f)
    return ".git/" + name


# ---- push ----

def test_branches():
    d = place("push", "{push: {branches: [main]}}", "{push: {branches: ['feature/*']}}", "{push: {branches-ignore: ['f*/**']}}",
              "{push: {branches: ['**', '!feature/**']}}", "{push: {tags: [v*]}}", "pull_request")
    equal(started(d), "w0 w1 w3 w4")
    git(d, "checkout", "-q", "-b", "feature/x")
    equal(started(d), "w0 w2")
    equal(reasons(d)[1], "on.push.branches [main] does not match 'feature/x'")
    equal(reasons(d)[6], "not started by 'push': it is started by pull_request")
    git(d, "checkout", "-q", "-b", "fix/x/y")
    equal(started(d), "w0 w4")


def test_tags():
    d = place("push", "{push: {tags: ['v[0-9]+.[0-9]+']}}", "{push: {branches: ['**']}}", "{push: {tags-ignore: ['*-rc']}}",
              "{push: {branches: [main], tags: [v*]}}", "{push: {paths: [nothing]}}")
    git(d, "tag", "v1.10")
    git(d, "checkout", "-q", "v1.10")
    equal(started(d), "w0 w1 w3 w4 w5")
    commit(d, {"a": "1"})
    git(d, "tag", "v2-rc")
    git(d, "checkout", "-q", "v2-rc")
    equal(started(d), "w0 w4 w5")


def test_paths():
    d = place("{push: {paths: ['src/**']}}", "{push: {paths-ignore: ['docs/**', '*.md']}}", "{push: {paths: ['**', '!docs/**']}}",
              "{push: {branches: [dev], paths: ['**']}}")
    commit(d, {"docs/a.md": "1", "README.md": "1"})
    equal(started(d), "w2")
    equal(reasons(d)[0], "on.push.paths: none of the 2 changed files matches [src/**] (README.md, docs/a.md)")
    equal(reasons(d)[1], "on.push.paths-ignore: all 2 changed files are ignored by [docs/**, '*.md'] (README.md, docs/a.md)")
    commit(d, {"docs/b.md": "1"})
    equal(started(d), "")
    commit(d, {"src/deep/a.c": "1", "docs/b.md": "2"})
    equal(started(d), "w0 w1 w2")
    equal(ask(d)["changed_files"], ["docs/b.md", "src/deep/a.c"])
    git(d, "mv", "src/deep/a.c", "docs/a.c")
    git(d, "commit", "-q", "-m", "moved away")
    equal(started(d), "w0 w1 w2")
    git(d, "commit", "-q", "--allow-empty", "-m", "nothing")
    equal(started(d), "")
    equal(reasons(d)[0], "on.push.paths [src/**]: no file was changed")


def test_a_push_is_what_the_remote_has_not():
    d = place("{push: {paths: [a]}}", "{push: {paths: [c]}}", a="1", b="1")
    git(d, "init", "-q", "--bare", ".git/there")
    git(d, "remote", "add", "origin", ".git/there")
    git(d, "push", "-q", "origin", "main")
    commit(d, {"a": "2"})
    commit(d, {"b": "2"})
    equal(started(d), "w0")
    git(d, "push", "-q", "origin", "main")
    commit(d, {"c": "1"})
    equal(started(d), "w1")
    git(d, "checkout", "-q", "-b", "new")
    commit(d, {"b": "3"})
    equal(started(d), "w1")
    git(d, "push", "-q", "origin", "main")
    equal(started(d), "")


def test_only_the_first_300_files_are_looked_at():
    d = place("{push: {paths: ['z/**']}}", "{push: {paths-ignore: ['m/**']}}", "{push: {paths: ['m/299']}}")
    commit(d, {**{f"m/{i:03}": "1" for i in range(300)}, "z/last": "1"})
    equal(started(d), "w2")
    equal(reasons(d)[0], "on.push.paths: none of the first 300 changed files matches [z/**] (m/000, m/001, m/002, …)")
    equal(ask(d)["more_files"], True)


def test_a_shallow_clone_cannot_say_what_a_pull_request_changes():
    d = place("{pull_request: {paths: [nothing]}}")
    commit(d, {"a": "1"})
    git(d, "checkout", "-q", "-b", "topic")
    commit(d, {"a": "2"})
    e = payload(d, {"pull_request": {"base": {"ref": "main", "sha": "1" * 40}, "head": {"ref": "topic", "sha": "2" * 40}}})
    equal(reasons(d, "pull_request", "-e", e), ["on.pull_request.paths [nothing] lets pass: which files changed cannot be said"])


def test_a_payload_from_elsewhere():
    d = place("{push: {branches: [dev]}}", "{push: {paths: ['src/**']}}", "{push: {tags: [v1]}}")
    e = payload(d, {"ref": "refs/heads/dev", "commits": [{"added": ["src/x"], "removed": [], "modified": []}]})
    equal(started(d, "-e", e), "w0 w1")
    equal(started(d, "-e", payload(d, {"ref": "refs/tags/v1"})), "w1 w2")
    equal(started(d, "-e", payload(d, {"ref": "refs/heads/dev", "deleted": True})), "")


# ---- other events ----

def test_pull_requests():
    d = place("pull_request", "{pull_request: {branches: [main]}}", "{pull_request: {branches: [dev]}}",
              "{pull_request: {types: [closed]}}", "{pull_request: {paths: [b]}}", "{pull_request: {paths-ignore: [a]}}",
              "pull_request_target", a="1", b="1")
    git(d, "checkout", "-q", "-b", "topic")
    commit(d, {"a": "2"})
    git(d, "checkout", "-q", "main")
    commit(d, {"b": "2"})
    git(d, "checkout", "-q", "topic")
    equal(started(d, "pull_request"), "w0 w1")  # since main and topic parted only a has changed
    equal(reasons(d, "pull_request")[3], "on.pull_request.types [closed] does not name 'opened'")
    equal(started(d, "pull_request_target"), "w6")
    equal(started(d, "pull_request", "-e", payload(d, {"action": "closed"})), "w3")
    dev = payload(d, {"action": "reopened", "pull_request": {"base": {"ref": "dev"}}})
    assert started(d, "pull_request", "-e", dev).startswith("w0 w2")


def test_runs_of_other_workflows():
    d = place("{workflow_run: {workflows: [CI]}}", "{workflow_run: {workflows: [CI], branches: [dev]}}",
              "{workflow_run: {workflows: [Lint], types: [completed]}}", "{workflow_run: {workflows: [CI], types: [requested]}}")
    e = payload(d, {"action": "completed", "workflow_run": {"name": "CI", "head_branch": "main"}})
    equal(started(d, "workflow_run", "-e", e), "w0")
    equal(reasons(d, "workflow_run", "-e", e)[2], "on.workflow_run.workflows [Lint] does not match 'CI'")
    equal(started(d, "workflow_run"), "w0 w2")


def test_dispatched_types_and_merge_groups():
    d = place("{repository_dispatch: {types: [deploy, stop]}}", "{merge_group: {branches: [dev]}}", "{merge_group: }",
              "{issues: {types: [closed]}}")
    equal(started(d, "repository_dispatch", "-e", payload(d, {"action": "stop"})), "w0")
    equal(started(d, "repository_dispatch", "-e", payload(d, {"action": "go"})), "")
    equal(started(d, "merge_group"), "w2")
    equal(started(d, "merge_group", "-e", payload(d, {"merge_group": {"base_ref": "refs/heads/dev"}})), "w1 w2")
    equal(started(d, "issues"), "")
    equal(started(d, "issues", "-e", payload(d, {"action": "closed"})), "w3")


def test_schedules():
    on = "on: {schedule: [{cron: '0 0 * * *'}, {cron: '5 4 * * 1'}]}\n" + JOB % "echo ${{ github.event.schedule }}"
    equal(run(on, "schedule").lines("s"), ["0 0 * * *"])
    r = run(on, "schedule", "--cron", "5 4 * * 1")
    equal(r.lines("s"), ["5 4 * * 1"])
    equal(run(r.dir, "schedule", "-e", payload(r.dir, {"schedule": "5 4 * * 1"})).lines("s"), ["5 4 * * 1"])
    r = run(on, "schedule", "--cron", "1 1 1 1 1")
    equal((r.code, r.of("run.start")), (0, []))
    assert "on.schedule has no '1 1 1 1 1', but '0 0 * * *', '5 4 * * 1'" in r.err, r.err


# ---- inputs ----

DISPATCH = """on:
  workflow_dispatch:
    inputs:
      env: {type: choice, options: [dev, prod]}
      n: {type: number, default: 28}
      dry: {type: boolean}
      who: {required: true, description: who it is for}
""" + SHOW % "${{ toJSON(inputs) }} ${{ toJSON(github.event.inputs) }} ${{ inputs.dry == false }} ${{ github.event.workflow }}"


def shown(r):
    return re.sub(r"\s+", "", "".join(r.lines("s"))).replace('"', "")


def test_inputs_of_a_dispatch():
    r = run(DISPATCH, "workflow_dispatch", "--input", "who=me")
    equal((r.code, shown(r)), (0, "{env:dev,n:28,dry:false,who:me}{env:dev,n:28,dry:false,who:me}true.github/workflows/t.yml"))
    r = run(DISPATCH, "workflow_dispatch", "--input", "WHO=me", "--input", "dry=true", "--input", "env=prod", "--input", "n=2")
    equal(shown(r)[:64], "{env:prod,n:2,dry:true,who:me}{env:prod,n:2,dry:true,who:me}false"[:64])
    r = run(r.dir, "workflow_dispatch", "-e", payload(r.dir, {"inputs": {"who": "you", "dry": True, "n": 3}}))
    assert shown(r).startswith("{env:dev,n:3,dry:true,who:you}"), shown(r)
    r = run(DISPATCH, "workflow_dispatch", "--input-file", "in.env", files={"in.env": "who=filed\n"})
    assert "who:filed" in shown(r), r.err


def test_inputs_that_do_not_fit():
    for given, said in (([], "input 'who' is required: give it with --input who=VALUE"),
                        (["who=x", "env=test"], "input 'env' cannot be 'test': its options are dev, prod"),
                        (["who=x", "dry=yes"], "input 'dry' cannot be 'yes': it is true or false"),
                        (["who=x", "n=many"], "input 'n' cannot be 'many': it is a number"),
                        (["who=x", "dri=true"], "no workflow has an input 'dri': did you mean 'dry'?")):
        r = run(DISPATCH, "workflow_dispatch", *[w for g in given for w in ("--input", g)])
        equal((r.code, r.of("run.start")), (2, []), r.err)
        assert said in r.err and "who  string, required (who it is for)" in r.err, r.err
    r = run(DISPATCH.replace("on:", "on:\n  push:", 1), "--input", "who=x")
    equal(r.code, 0)
    assert "warning: --input is for workflow_dispatch and workflow_call: 'push' has no inputs" in r.err, r.err
    equal(shown(r)[:6], "{}null")


def test_inputs_of_configuration_are_habits():
    files = {".input": "who=filed\nelse=1\n", ".sidestep.yml": "input: {dry: 'true', other: x}\n"}
    r = run(DISPATCH, "workflow_dispatch", "--input", "env=prod", files=files)
    equal((r.code, r.err), (0, ""))
    assert shown(r).startswith("{env:prod,n:28,dry:true,who:filed}"), shown(r)
    r = run(DISPATCH, "workflow_dispatch", "--input", "env=dev", "--input", "env=prod", "--input", "othr=1", files=files)
    equal(r.code, 2)
    equal(re.findall("no workflow has an input '(.*?)'", r.err), ["othr"])
    r = run("on: push\n" + SAY, files=files)
    equal((r.code, r.err), (0, ""))


def test_a_callable_workflow_by_itself():
    text = """on:
  workflow_call:
    inputs:
      n: {type: number, default: "${{ vars.N }}"}
      b: {type: boolean, required: true}
    secrets: {T: {required: true}}
""" + SHOW % "${{ toJSON(inputs) }} ${{ inputs.n == 7 }} ${{ secrets.T != null }}"
    r = run(text, "workflow_call", "--input", "b=true", "--input", "n=7", "-s", "T=tt")
    equal((r.code, shown(r)), (0, "{n:7,b:true}truetrue"), r.err)
    r = run(text, "workflow_call", "--input", "b=true", "-s", "T=tt")
    equal(r.code, 3, r.err)
    assert "the default of input 'n' is no number" in r.err, r.err
    r = run(text, "workflow_call", "--input", "b=true", "--input", "n=7")
    equal(r.code, 2)
    assert "secret 'T' is required: give it with --secret T" in r.err, r.err


# ---- what is said ----

def test_a_run_says_what_a_filter_left_out():
    d = place("push", "{push: {branches: [dev]}}", "pull_request")
    p = start(d, "run")
    out, err = p.communicate(timeout=60)
    equal(p.returncode, 0)
    equal(err.decode().splitlines(), ["sidestep: not run: .github/workflows/w1.yml: on.push.branches [dev] does not match 'main'"])
    p = start(d, "run", "-q")
    equal(p.communicate(timeout=60)[1], b"")
    p = start(d, "run", "-W", ".github/workflows/w1.yml", "-W", ".github/workflows/w2.yml")
    equal(p.communicate(timeout=60)[1].decode().splitlines(), [
        "sidestep: nothing to run: no workflow is started by 'push'",
        "  .github/workflows/w1.yml: on.push.branches [dev] does not match 'main'",
        "  .github/workflows/w2.yml: not started by 'push': it is started by pull_request"])
    equal(p.returncode, 0)
    p = start(d, "run", "pul_request")
    assert b"did you mean 'pull_request'?" in p.communicate(timeout=60)[1]


def test_explain_for_people():
    d = place("{push: {paths: [b]}}", "pull_request", a="1")
    commit(d, {"a": "2"})
    p = start(d, "run", "--explain")
    out, err = p.communicate(timeout=60)
    equal((p.returncode, err), (0, b""))
    lines = out.decode().splitlines()
    equal(lines[:2] + lines[4:], ["event   push", "ref     refs/heads/main", "1 changed file", "  a", "",
                                  "not run .github/workflows/w0.yml",
                                  "    on.push.paths: the one changed file does not match [b] (a)", "",
                                  "not run .github/workflows/w1.yml", "    not started by 'push': it is started by pull_request"])
    assert not os.path.exists(p.home + "/state/sidestep/runs"), "nothing ran"


def test_explain_inputs_and_broken_files():
    d = place("push", "[")
    with open(d + "/.github/workflows/w2.yml", "w") as f:
        f.write(DISPATCH)
    e = ask(d, "workflow_dispatch")
    equal([w["runs"] for w in e["workflows"]], [False, False, True])
    equal(e["workflows"][2]["inputs"], {"env": "dev", "n": "28", "dry": False, "who": ""})


def test_a_list_says_what_is_started():
    d = place("push", "{push: {branches: [dev]}}", "pull_request")
    p = start(d, "list", "--format", "json")
    got = json.loads(p.communicate(timeout=60)[0])["workflows"]
    equal([(w["runs"], w["reason"]) for w in got],
          [(True, "on.push"), (False, "on.push.branches [dev] does not match 'main'"),
           (False, "not started by 'push': it is started by pull_request")])


def test_patterns_that_are_none_are_errors_of_the_file():
    for pattern, col in (("v*+", 27), ("[9-1]", 26), ("x[", 26)):
        r = run(f"on: {{push: {{branches: ['{pattern}']}}}}\n{SAY}")
        equal(r.code, 3)
        assert f"t.yml:1:{col}: error: Invalid pattern in `branches`" in r.err, r.err
    r = run("on: {push: {paths: ['!docs/**']}}\n" + SAY)
    equal(r.code, 3)
    assert "has only patterns with `!`" in r.err, r.err


if __name__ == "__main__":
    main(globals())
