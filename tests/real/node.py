"""JavaScript actions with Node 24 where CLIENTS has it, as on GitHub, else with the node of this machine; ends with 77 when there is
none."""
import shutil
from real import *
from actions import Server

HEAD = "name: n\ndescription: d\n"
CHECKED_OUT = "__post___actions_checkout"


def js(main, runs="", inputs="", **scripts):
    """An action in JavaScript as {file: text}."""
    head = HEAD + (f"inputs: {inputs}\n" if inputs else "")
    hooks = "".join(f", {k}: {k}.js" for k in scripts)
    files = {"action.yml": head + "runs: {using: node24, main: main.js" + hooks + runs + "}\n", "main.js": main}
    return {**files, **{k + ".js": v for k, v in scripts.items()}}


def files_of(actions):
    return {f"acts/{n}/{f}": t for n, files in actions.items() for f, t in files.items()}


def go(text, *args, env=None, **actions):
    """Runs steps after a checkout; actions are given by name."""
    return run(steps("- uses: actions/checkout@v4\n" + text.strip("\n").replace("@/", "./acts/")), *args, files=files_of(actions), env=env)


def test_what_an_action_finds():
    r = go("""
- {id: a, uses: @/a, with: {who: me, two words: 'b c'}}
- {id: see, run: "echo ${{ steps.a.outputs.said }} $E; tool"}""",
           a=js("""const fs = require('fs'), e = process.env;
console.log([e.INPUT_WHO, e['INPUT_TWO_WORDS'], e.INPUT_DEFAULTED, e.CI, e.GITHUB_ACTIONS, e.GITHUB_ACTION].join('|'));
console.log(process.cwd() === e.GITHUB_WORKSPACE, __dirname === e.GITHUB_WORKSPACE + '/acts/a', process.argv.length, e.GITHUB_ACTION_PATH);
fs.appendFileSync(e.GITHUB_OUTPUT, 'said=hello\\n');
fs.appendFileSync(e.GITHUB_ENV, 'E<<X\\na b\\nX\\n');
fs.mkdirSync('bin'); fs.writeFileSync('bin/tool', '#!/bin/sh\\necho tool\\n', {mode: 0o755});
fs.appendFileSync(e.GITHUB_PATH, process.cwd() + '/bin\\n');
process.stdin.on('end', () => console.log('stdin ended')).resume();""", inputs="{who: {}, 'two words': {}, defaulted: {default: 'on ${{ github.ref_name }}'}}"))
    equal(r.code, 0, r.err)
    equal(r.lines("a"), ["me|b c|on main|true|true|a", "true true 2 undefined", "stdin ended"])
    equal(r.lines("see"), ["hello a b", "tool"])


def test_state_posts_and_their_order():
    r = go("""
- {id: a, uses: @/a, with: {n: 1}}
- {id: b, uses: @/a, with: {n: 2}}
- {id: f, run: exit 3}
- {id: no, uses: @/a}""",
           a=js("require('fs').appendFileSync(process.env.GITHUB_STATE, 'n=' + process.env.INPUT_N + '\\n'); console.log('::save-state name=old::' + process.env.INPUT_N)",
                inputs="{n: {}}", post="console.log('post', process.env.STATE_n, process.env.STATE_old, process.env.INPUT_N)"))
    equal(r.code, 1)
    equal([e["step"] for e in r.of("step.end")][-3:], ["__post_b", "__post_a", CHECKED_OUT])
    equal(r.lines("__post_b"), ["post 2 2 2"])
    equal(r.lines("__post_a"), ["post 1 1 1"])
    equal(r.lines("__post_a", runner=True)[-1 - len(r.lines("__post_a"))], "Post job cleanup.")
    start = r.of("step.start", "__post_a")[0]
    equal((start["kind"], start["name"]), ("post", "Post Run ./acts/a"))


def test_failures():
    r = go("""
- {id: a, uses: @/a}
- {id: b, uses: @/b, if: always()}
- {id: c, uses: @/c, if: always()}""",
           a=js("console.log('::error::mine'); process.exit(7)"), b=js("", "", post="process.exit(1)"),
           c={"action.yml": HEAD + "runs: {using: node24, main: not/there.js}\n"})
    equal(r.code, 1)
    equal([e["message"] for e in r.of("annotation", "a") if e["level"] == "error"], ["mine"])
    equal(r.of("step.end", "a")[0]["exit_code"], 7)
    w = r.of("job.start")[0]["workspace"]
    equal([e["message"] for e in r.of("annotation", "c") if e["level"] == "error"], [f"File not found: '{w}/acts/c/not/there.js'"])
    equal([r.end(s) for s in ("a", "b", "c", "__post_b")], ["failure/failure", "success/success", "failure/failure", "failure/failure"])


CACHES = """const e = process.env;
const ask = (method, body) => fetch(e.ACTIONS_RESULTS_URL + 'twirp/github.actions.results.api.v1.CacheService/' + method,
  {method: 'POST', headers: {Authorization: 'Bearer ' + e.ACTIONS_RUNTIME_TOKEN, 'Content-Type': 'application/json'}, body: JSON.stringify(body)});
(async () => {
  const id = {key: e.GITHUB_JOB, version: 'v'};
  const saves = (await (await ask('CreateCacheEntry', id)).json()).ok, restores = (await ask('GetCacheEntryDownloadURL', id)).status == 200;
  console.log(e.ACTIONS_CACHE_MODE ?? 'unset', saves ? 'saves' : '-', restores ? 'restores' : '-');
})();"""


def test_what_may_be_done_with_caches():
    act = files_of({"a": js(CACHES)})
    job = lambda id, mode: f"  {id}:\n    runs-on: ubuntu-latest\n{mode and f'    cache-mode: {mode}' + chr(10)}    steps: [{{id: {id}, uses: $/acts/a}}]\n"
    jobs = "jobs:\n" + job("unsaid", "") + "".join(job(m.replace("-", "_"), m) for m in ("read", "write", "write-only", "none"))
    called = "on: workflow_call\njobs:\n" + job("inner", "") + job("less", "none")
    says = lambda r: {s: r.lines(s)[0] for s in ("unsaid", "read", "write", "write_only", "none")}
    want = {"read": "read - restores", "write": "write saves restores", "write_only": "write-only saves -", "none": "none - -"}
    r = run("on: [push, issue_comment]\n" + jobs + "  c: {cache-mode: read, uses: ./.github/workflows/c.yml}\n", files={**act, ".github/workflows/c.yml": called})
    equal(r.code, 0, r.err)
    equal(says(r), {**want, "unsaid": "unset saves restores"})
    equal((r.lines("inner"), r.lines("less")), (["read - restores"], ["none - -"]))
    r = run("on: issue_comment\n" + jobs, "issue_comment", files=act)
    equal(says(r), {**want, "unsaid": "unset - restores"})
    warned = sorted(e["job"] for e in r.of("annotation") if "save caches of the default branch" in e["message"])
    equal(warned, ["write", "write_only"])
    r = run("on: push\ncache-mode: read\n" + jobs, files=act)
    equal(says(r), {**want, "unsaid": "read - restores"})
    equal(says(run("on: push\n" + jobs, "--cache-mode", "read", files=act)), {"unsaid": "read - restores", "read": "read - restores",
          "write": "read - restores", "write_only": "none - -", "none": "none - -"})
    assert "Cache mode: read" in [e["line"] for e in r.of("log", job="unsaid")]


def test_a_step_that_may_lack_the_token():
    steps_ = """
- {id: default, uses: @/a, continue-on-error: true}
- {id: given, uses: @/a, with: {token: mine}, continue-on-error: true}
- {id: named, uses: @/a, with: {token: '${{ secrets.Github_Token }}'}, continue-on-error: true}
- {id: empty, uses: @/a, with: {token: ''}, continue-on-error: true}
- {id: works, uses: @/a, with: {code: 0}}
- {id: script, run: 'exit 1', env: {GH_TOKEN: "${{ github.token }}"}, continue-on-error: true}
- {id: text, run: 'false "${{ github.token }}"', continue-on-error: true}
- {id: other, run: 'false "${{ github.actor }}"', continue-on-error: true}"""
    a = js("process.exit(process.env.INPUT_CODE)", inputs="{token: {default: '${{ github.token }}'}, code: {default: 1}}")
    says = lambda r: {e["step"] for e in r.of("log") if "github.token is empty here" in e["line"]}
    r = go(steps_, a=a)
    equal(says(r), {"default", "named", "script", "text"})
    assert "-s GITHUB_TOKEN" in r.lines("text", runner=True)[-1], r.lines("text", runner=True)
    equal(says(go(steps_, "-s", "GITHUB_TOKEN=there", a=a)), set())


def test_interrupting_the_run():
    marker = os.path.join(BASE, "up31")
    d = repo({".github/workflows/t.yml": steps("- uses: actions/checkout@v4\n- {id: a, uses: ./acts/a}\n- {id: no, run: echo}"),
              **files_of({"a": js(f"require('fs').writeFileSync({marker!r}, ''); setInterval(() => 0, 1000)", post="console.log('cleaned')")})})
    p = start(d, "run", "--format", "json")
    until(lambda: os.path.exists(marker))
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=40)
    r = Result(p.returncode, out, err.decode(), p.home, d)
    equal(r.code, 130, r.err)
    equal(r.end("a"), "cancelled/cancelled")
    equal(r.lines("__post_a"), ["cleaned"])


def test_the_jobs_path_does_not_choose_the_node():
    r = go("""
- {run: "mkdir bad; printf '#!/bin/sh\\\\necho bad; exit 9\\\\n' > bad/node; chmod +x bad/node; echo $PWD/bad >> $GITHUB_PATH"}
- {id: a, uses: @/a}""", a=js("console.log(require('child_process').spawnSync('node').status)"))
    equal(r.code, 0, r.err)
    equal(r.lines("a"), ["9"])


def fake_node(version):
    """A folder with a node that says this version and runs the real one."""
    d = tempfile.mkdtemp(prefix="node-", dir=BASE)
    with open(d + "/node", "w") as f:
        f.write(f"#!/bin/sh\nif [ \"$1\" = --version ]; then echo {version}; else WRAPPED={version} exec {NODE} \"$@\"; fi\n")
    os.chmod(d + "/node", 0o755)
    return d


def with_path(*folders):
    return {"PATH": ":".join(folders) + ":" + os.environ["PATH"]}


def test_versions():
    a = js("console.log(process.env.WRAPPED)")
    r = go("- {id: a, uses: @/a}", a=a, env=with_path(fake_node("v24.7.0")))
    equal(r.lines("a"), ["v24.7.0"])
    equal(r.of("annotation"), [])
    r = go("- {id: a, uses: @/a}\n- {id: b, uses: @/a}", a=a, env=with_path(fake_node("v18.0.0"), fake_node("v24.1.0")))
    equal(r.lines("a"), ["v24.1.0"])
    new = fake_node("v26.2.3")
    r = go("- {id: a, uses: @/a}\n- {id: b, uses: @/a}", a=a, env=dict(PATH=new + ":" + NO_NODE))
    equal(r.code, 0, r.err)
    equal(r.lines("b"), ["v26.2.3"])
    equal([(e["step"], e["level"], e["message"]) for e in r.of("annotation")],
          [("a", "notice", f"There is no Node 24 on this machine: Node 26.2.3 ({new}/node) runs the action instead")])


def test_a_version_manager_has_it():
    home = tempfile.mkdtemp(prefix="nvm-", dir=BASE)
    os.makedirs(home + "/versions/node/v24.3.1/bin")
    shutil.copy(fake_node("v24.3.1") + "/node", home + "/versions/node/v24.3.1/bin/node")
    r = go("- {id: a, uses: @/a}", a=js("console.log(process.env.WRAPPED)"), env=dict(PATH=fake_node("v20.0.0") + ":" + NO_NODE, NVM_DIR=home))
    equal(r.lines("a"), ["v24.3.1"])


def test_the_switches():
    """Both majors are there; the workflow's environment goes before the runner's."""
    both = dict(PATH=":".join((fake_node("v20.3.4"), fake_node("v24.5.6"), NO_NODE)))
    force, allow = "FORCE_JAVASCRIPT_ACTIONS_TO_NODE24", "ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION"
    for using, workflow, runner, want, words in (
            ("node24", {}, {}, "v24.5.6", ""), ("node24", {allow: "true"}, {}, "v24.5.6", ""),
            ("node20", {}, {}, "v24.5.6", "Node 20 is being deprecated"), ("node16", {}, {}, "v24.5.6", "Node 20 is being deprecated"),
            ("node12", {allow: "1"}, {}, "v20.3.4", ""), ("Node20", {allow: "true"}, {}, "v20.3.4", ""),
            ("node20", {}, {allow: "TRUE"}, "v20.3.4", ""), ("node20", {allow: "false"}, {allow: "true"}, "v24.5.6", "Node 20 is being deprecated"),
            ("node20", {allow: "true", force: "true"}, {}, "v24.5.6", "in the workflow environment"),
            ("node20", {}, {allow: "1", force: "1"}, "v24.5.6", "in the system environment"),
            ("node20", {allow: "true"}, {force: "true"}, "v20.3.4", "")):
        what = f"{using} {workflow} {runner}"
        text = "env: " + json.dumps(workflow) + "\n" + steps("- uses: actions/checkout@v4\n- {id: a, uses: ./acts/a}")
        r = run(text, files=files_of({"a": {f: t.replace("node24", using) for f, t in js("console.log(process.env.WRAPPED)").items()}}), env={**both, **runner})
        equal(r.code, 0, what + r.err)
        equal(r.lines("a"), [want], what)
        said = [l for l in r.lines("a", runner=True) if "deprecated" in l or "environment" in l]
        equal(bool(said), bool(words), what + str(said))
        assert not words or words in said[0], (what, said)
        equal([e for e in r.of("annotation") if e["level"] == "notice"], [], what)


def test_none_at_all():
    r = go("- {id: a, uses: @/a, continue-on-error: true}\n- {id: b, run: echo on}", a=js("", post="x"), env=dict(PATH=NO_NODE))
    equal(r.code, 4, r.err)
    equal(r.end("a"), "failure/success")
    equal(r.lines("b"), ["on"])
    assert any("there is no node on this machine; install Node.js 24" in l for l in r.lines("a", runner=True)), r.lines("a", runner=True)
    equal(r.of("step.end", "__post_a"), [])


def test_posts_within_composite_actions():
    composite = {"action.yml": HEAD + "runs:\n  using: composite\n  steps:\n  - {uses: ./acts/a, with: {n: in1}}\n  - {uses: ./acts/a, with: {n: in2}}\n"}
    r = go("""
- {id: c, uses: @/c}
- {id: b, uses: @/c, background: true}
- {id: z, uses: @/a, with: {n: z}}""", c=composite,
           a=js("require('fs').appendFileSync(process.env.GITHUB_STATE, 'n=' + process.env.INPUT_N)", inputs="{n: {}}", post="console.log(process.env.STATE_n)"))
    equal(r.code, 0, r.err)
    equal(r.lines("__post_c"), ["in2", "in1"])
    equal(r.lines("__post_b"), ["in2", "in1"])
    posts = [e["step"] for e in r.of("step.end") if e["step"].startswith("__post_")]
    equal(sorted(posts), [CHECKED_OUT, "__post_b", "__post_c", "__post_z"])
    equal(posts[-2:], ["__post_c", CHECKED_OUT], "registered first")


def test_actions_of_other_repositories():
    s = Server()
    say = "console.log(%r, process.env.INPUT_N, process.env.STATE_s, process.env.GITHUB_ACTION_REPOSITORY, process.env.GITHUB_ACTION_REF);"
    keep = "require('fs').appendFileSync(process.env.GITHUB_STATE, 's=%s\\n');"
    s.add("o/js", js(keep % "main" + say % "main", inputs="{n: {}}", pre=say % "pre" + keep % "pre", post=say % "post", runs=", pre-if: success(), post-if: always()"), tag="v1")
    s.add("o/comp", {"action.yml": HEAD + "runs:\n  using: composite\n  steps:\n  - {uses: o/js@v1, with: {n: in}}\n"}, tag="v2")
    r = s.run("""
- {id: first, run: echo first}
- {id: a, uses: o/js@v1, with: {n: 1}, env: {E: x}}
- {id: c, uses: o/comp@v2}
- {id: skipped, if: false, uses: o/js@v1, with: {n: 2}}
- {id: bad, run: exit 1}""")
    equal(r.code, 1, r.err)
    equal([e["step"] for e in r.of("step.end")],
          ["__pre_a", "__pre_c", "__pre_skipped", "first", "a", "c", "skipped", "bad", "__post_skipped", "__post_c", "__post_a"])
    equal(r.lines("__pre_a"), ["pre 1 undefined o/js v1"])
    equal(r.lines("a"), ["main 1 pre o/js v1"])
    equal(r.lines("__post_a"), ["post 1 main o/js v1"])
    equal(r.lines("__post_skipped"), ["post 2 pre o/js v1"])
    equal(r.lines("__post_c"), ["post in main o/js v1"])
    start = r.of("step.start", "__pre_a")[0]
    equal((start["kind"], start["name"]), ("pre", "Pre Run o/js@v1"))


def test_hundreds_at_once():
    """Each writes PATH, state, an output and has a post stage: none disturbs another."""
    n = 300
    members = "\n".join(f"  - {{id: s{i}, uses: @/a, with: {{n: {i}}}}}" for i in range(n))
    r = go("- parallel:\n" + members + "\n- {id: see, run: 'echo $PATH; echo \"$ALL\" | grep -c \"\\\"n\\\":\"', env: {ALL: '${{ toJSON(steps) }}'}}", env=with_path(QUICK),
           a=js("", inputs="{n: {}}", post=""))
    equal(r.code, 0, r.err[-2000:])
    seen = r.lines("see")
    equal(seen[1], str(n))
    equal(sorted(p for p in seen[0].split(":") if p.startswith("/dir/")), sorted(f"/dir/{i}" for i in range(n)))
    posts = [e for e in r.of("step.end") if e["step"].startswith("__post_s")]
    equal(len(posts), n)
    assert all(e["outcome"] == "success" for e in posts), [e for e in posts if e["outcome"] != "success"][:3]


def quick_node():
    """A stand-in for node that does in milliseconds what a hundred JavaScript programs would: the runner is what is tried."""
    d = tempfile.mkdtemp(prefix="quick-", dir=BASE)
    with open(d + "/node", "w") as f:
        f.write("""#!/bin/sh
[ "$1" != --version ] || { echo v24.0.0; exit; }
case $1 in
*/post.js) test "$STATE_n" = "$INPUT_N" ;;
*) echo "n=$INPUT_N" >> "$GITHUB_STATE"; echo "n=$INPUT_N" >> "$GITHUB_OUTPUT"; echo "/dir/$INPUT_N" >> "$GITHUB_PATH" ;;
esac
""")
    os.chmod(d + "/node", 0o755)
    return d


def without_node():
    """PATH with all programs of this machine but node, as links."""
    d = tempfile.mkdtemp(prefix="bin-", dir=BASE)
    for folder in reversed(os.environ["PATH"].split(":")):
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            path = os.path.join(d, name)
            if name not in ("node", "nodejs"):
                if os.path.lexists(path):
                    os.unlink(path)
                os.symlink(os.path.join(folder, name), path)
    return d


if __name__ == "__main__":
    CLIENTS = os.environ.get("CLIENTS", "") + "/node_modules/node-linux-" + {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine, "none") + "/bin"
    NODE = shutil.which("node", path=CLIENTS + ":" + os.environ["PATH"])  # Node 24, as on GitHub, where ./dev has brought it
    if not NODE:
        print("# there is no node on this machine: nothing was tried")
        shutil.rmtree(BASE, ignore_errors=True)
        sys.exit(77)
    os.environ["PATH"] = os.path.dirname(NODE) + ":" + os.environ["PATH"]
    NO_NODE, QUICK = without_node(), quick_node()
    main(globals())
