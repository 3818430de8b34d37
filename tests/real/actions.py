"""Actions of other repositories, served from bare repositories by file://: found, fetched, kept, run."""
import glob, threading
from real import *


def git(d, *args, **kw):
    return subprocess.run(["git", *args], cwd=d, env=dict(os.environ, **GIT), check=True, capture_output=True, text=True, **kw).stdout.strip()


def action(*body, inputs="", outputs=""):
    head = "name: n\ndescription: d\n" + (f"inputs: {inputs}\n" if inputs else "") + (f"outputs: {outputs}\n" if outputs else "")
    return head + "runs:\n  using: composite\n  steps:\n" + "".join(f"  - {b}\n" for b in body)


def says(text):
    return action('{shell: bash, run: "echo ' + text + '"}')


class Server:
    """A folder of bare repositories, and a log of what was asked of it."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="served-", dir=BASE)
        self.url = "file://" + self.dir
        self.work = {}
        self.cache = tempfile.mkdtemp(prefix="cache-", dir=BASE)

    def add(self, name, files, tag=None):
        """A new commit of a repository; its name."""
        d = self.work.get(name)
        if not d:
            d = self.work[name] = repo(files)
            os.makedirs(os.path.dirname(f"{self.dir}/{name}"), exist_ok=True)
        else:
            for path, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(d, path)), exist_ok=True)
                with open(os.path.join(d, path), "w") as f:
                    f.write(text)
            git(d, "add", "-A")
            git(d, "commit", "-qm", "more")
        if tag:
            git(d, "tag", "-f", tag)
        self.publish(name)
        return git(d, "rev-parse", "HEAD")

    def publish(self, name):
        shutil.rmtree(f"{self.dir}/{name}", ignore_errors=True)
        git(self.work[name], "clone", "-q", "--bare", ".", f"{self.dir}/{name}")

    def run(self, text, *args, **kw):
        return run(text if text.startswith("on:") or os.path.isdir(text) else steps(text), "--github-url", self.url, "--cache-dir", self.cache, *args, **kw)

    def stored(self, name):
        """The folder of the trees of a repository."""
        found = [p for p in glob.glob(f"{self.cache}/actions/*/{name}") if os.path.isdir(p)]
        assert len(found) == 1, found
        return found[0]


def job_log(r):
    return [e["line"] for e in r.events if e["type"] == "log" and "step" not in e]


def requests(trace):
    """How often git talked to a server, by its own trace."""
    if not os.path.exists(trace):
        return 0
    with open(trace) as f:
        return sum("ls-remote" in l or " fetch " in l for l in f if "cmd_name" in l or "start" in l or "built-in" in l)


# ---- 9.1, 9.2: names, refs, where they come from ----


def test_tags_branches_commits_and_paths():
    s = Server()
    sha = s.add("them/lib", {"action.yml": says("TOP1"), "sub/dir/action.yaml": says("SUB")}, tag="v1")
    git(s.work["them/lib"], "tag", "-a", "annotated", "-m", "x")
    git(s.work["them/lib"], "branch", "feature/x")
    s.add("them/lib", {"action.yml": says("TOP2")})
    r = s.run(f"""
- {{id: tag, uses: them/lib@v1}}
- {{id: annotated, uses: them/lib@annotated}}
- {{id: branch, uses: them/lib@main}}
- {{id: slash, uses: them/lib@feature/x}}
- {{id: full, uses: them/lib@refs/heads/main}}
- {{id: sha, uses: them/lib@{sha}}}
- {{id: sub, uses: them/lib/sub/dir@v1}}
- {{id: back, uses: 'them\\lib\\sub\\dir@v1'}}""")
    equal(r.code, 0, r.err)
    got = {k: r.lines(k) for k in ("tag", "annotated", "branch", "slash", "full", "sha", "sub", "back")}
    equal(got, {"tag": ["TOP1"], "annotated": ["TOP1"], "branch": ["TOP2"], "slash": ["TOP1"], "full": ["TOP2"], "sha": ["TOP1"],
                "sub": ["SUB"], "back": ["SUB"]})
    log = job_log(r)
    assert log.index("Prepare all required actions") < log.index("Getting action download info") < log.index(
        f"Download action repository 'them/lib@v1' (SHA:{sha})"), log
    equal(len([l for l in log if l.startswith("Download action repository")]), 6, "each once")
    equal(len([p for p in os.listdir(s.stored("them/lib")) if p.endswith(".ok")]), 2, "commits, not refs")


def test_a_tag_goes_before_a_branch():
    s = Server()
    s.add("them/lib", {"action.yml": says("TAG")}, tag="v1")
    s.add("them/lib", {"action.yml": says("BRANCH")})
    git(s.work["them/lib"], "branch", "v1")
    s.publish("them/lib")
    equal(s.run("- {id: a, uses: them/lib@v1}").lines("a"), ["TAG"])


def test_what_is_not_there_fails_the_job_before_any_step():
    s = Server()
    sha = s.add("them/lib", {"action.yml": says("x"), "none/README": ""}, tag="v1")
    cases = {"them/lib@nope": "Unable to resolve action `them/lib@nope`, unable to find version `nope`",
             "them/none@v1": "Unable to resolve action `them/none@v1`, repository not found",
             "them/lib@" + "1" * 40: "unable to find version `" + "1" * 40 + "`",
             "them/lib@" + sha[:10]: f"the provided ref `{sha[:10]}` is the shortened version of a commit SHA, which is not supported",
             "them/lib/none@v1": "Can't find 'action.yml', 'action.yaml' or 'Dockerfile' for action 'them/lib/none@v1'.",
             "them/lib/../../x@v1": "Can't find 'action.yml', 'action.yaml' or 'Dockerfile' for action",
             "them/lib@../../x": "unable to find version `../../x`",
             "them/..@v1": "repository not found"}
    for uses, text in cases.items():
        r = s.run(f"- {{id: first, run: echo ran}}\n- {{uses: '{uses}'}}\n- {{id: last, if: always(), run: echo ran}}")
        equal(r.code, 1, uses + r.err)
        equal(r.of("step.start"), [], uses)
        assert any(text in l and "(line 7 of .github/workflows/t.yml)" in l for l in job_log(r)), (uses, job_log(r))
        equal(r.of("job.end")[0]["conclusion"], "failure")


def test_no_network_and_no_access_are_told_apart():
    r = run(steps("- {uses: them/lib@v1}"), "--github-url", "http://127.0.0.1:1")
    equal(r.code, 4, r.err)
    assert any("no network" in l and "them/lib@v1" in l for l in job_log(r)), job_log(r)
    equal(r.of("step.start"), [])


def test_another_job_goes_on_and_what_needs_it_does_not():
    s = Server()
    s.add("them/lib", {"action.yml": says("x")}, tag="v1")
    r = s.run("on: push\njobs:\n  bad: {runs-on: ubuntu-latest, steps: [{uses: them/none@v1}]}\n"
              "  good: {runs-on: ubuntu-latest, steps: [{uses: them/lib@v1}]}\n"
              "  after: {needs: bad, runs-on: ubuntu-latest, steps: [{run: echo}]}\n"
              "  always: {needs: bad, if: always(), runs-on: ubuntu-latest, steps: [{run: echo}]}\n")
    equal(r.jobs(), {"bad": "failure", "good": "success", "after": "skipped", "always": "success"})


# ---- the store ----


def test_the_job_has_a_copy_of_its_own():
    s = Server()
    s.add("them/lib", {"action.yml": action('{shell: bash, run: "echo $GITHUB_ACTION_PATH; echo changed > $GITHUB_ACTION_PATH/file; rm $GITHUB_ACTION_PATH/gone; touch $GITHUB_ACTION_PATH/new; mkdir $GITHUB_ACTION_PATH/sub/dir; echo $GITHUB_ACTION_PATH"}'),
                       "file": "text\n", "gone": "", "sub/x": ""}, tag="v1")
    for args in ([], ["--in-place"]):  # with and without mounts
        r = s.run("- {id: a, uses: them/lib@v1}\n- {id: b, run: 'echo ${{ runner.temp }}'}", *args)
        equal(r.code, 0, (r.err, r.lines()))
        equal(r.lines("a")[0], r.lines("b")[0].replace("_temp", "_actions/them/lib/v1"))
        tree = [p for p in glob.glob(s.stored("them/lib") + "/*") if os.path.isdir(p) and len(os.path.basename(p)) == 40]
        equal(len(tree), 1)
        equal(sorted(os.listdir(tree[0])), ["action.yml", "file", "gone", "sub"])
        equal(open(tree[0] + "/file").read(), "text\n")
        equal(os.listdir(tree[0] + "/sub"), ["x"])


def test_copies_are_made_while_the_job_goes_on():
    s = Server()
    many = {f"d{i % 30}/f{i}": f"{i}\n" for i in range(1500)}
    count = '{shell: bash, run: "find $GITHUB_ACTION_PATH -type f | wc -l; cat $GITHUB_ACTION_PATH/d29/f1499"}'
    for i in range(3):
        s.add(f"them/big{i}", {"action.yml": action(count), **many}, tag="v1")
    uses = "\n".join(f"- {{id: a{i}, uses: them/big{i}@v1}}" for i in range(3))
    r = s.run("- {id: first, run: echo first}\n" + uses, "--in-place")
    equal((r.code, [r.lines(f"a{i}") for i in range(3)]), (0, [["1501", "1499"]] * 3), r.err)
    ended = "- {id: first, run: echo first}\n" + uses.replace("{id", "{if: false, id")
    for args in (["--in-place"], ["--in-place", "--format", "text"]):
        r = s.run(ended, *args)  # it ends before they are all there
        equal((r.code, os.listdir(r.home + "/state/sidestep/work")), (0, []), r.err)
        assert "work folder" not in r.raw.decode() + r.err, "its folder goes"
    r = s.run("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    strategy: {matrix: {n: [1, 2, 3]}}\n    steps:\n" + "".join(f"      {l}\n" for l in uses.split("\n")), "--in-place")
    equal((r.code, sorted(r.lines())), (0, sorted(["1501", "1499"] * 9)), r.err)
    store = s.stored("them/big1")
    tree = next(p for p in glob.glob(store + "/*") if os.path.isdir(p) and len(os.path.basename(p)) == 40)
    if os.geteuid() == 0:
        return  # who may read everything copies everything
    os.chmod(tree + "/d3/f3", 0)
    r = s.run("- {id: first, run: echo first}\n" + uses + "\n- {id: last, if: always(), run: echo last}", "--in-place")
    os.chmod(tree + "/d3/f3", 0o644)
    equal((r.code, [r.end(k) for k in ("a0", "a1", "a2", "last")]), (4, ["success/success", "failure/failure", "skipped/skipped", "success/success"]))


def test_offline_and_a_warm_store():
    s = Server()
    sha = s.add("them/lib", {"action.yml": says("ONE")}, tag="v1")
    flow = "- {id: a, uses: them/lib@v1}\n- {id: b, uses: them/lib@" + sha + "}"
    r = s.run(flow, "--offline")
    equal(r.code, 4)
    assert any("the action `them/lib@v1` is not stored, and --offline fetches nothing" in l for l in job_log(r)), job_log(r)
    equal(s.run(flow).code, 0)
    s.add("them/lib", {"action.yml": says("TWO")}, tag="v1")
    r = s.run(flow, "--offline")
    equal((r.code, r.lines("a"), r.lines("b")), (0, ["ONE"], ["ONE"]))
    assert any("stood 0 days ago: --offline asks nobody" in l for l in job_log(r)), job_log(r)
    equal(s.run(flow).lines("a"), ["TWO"])
    shutil.rmtree(s.dir)
    r = s.run("- {id: b, uses: them/lib@" + sha + "}")
    equal((r.code, r.lines("b")), (0, ["ONE"]), "a stored commit needs nobody")
    r = s.run(flow)
    equal(r.code, 1, "a tag is asked for")


def test_two_programs_at_once():
    s = Server()
    for i in range(3):
        s.add(f"them/lib{i}", {"action.yml": says(f"LIB{i}"), **{f"f{k}": "x" * 1000 for k in range(50)}}, tag="v1")
    flow = "\n".join(f"- {{id: a{i}, uses: them/lib{i}@v1}}" for i in range(3))
    results = []
    threads = [threading.Thread(target=lambda: results.append(s.run(flow))) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for r in results:
        equal((r.code, r.lines("a0"), r.lines("a2")), (0, ["LIB0"], ["LIB2"]), r.err + str(job_log(r)))


def test_killed_while_it_fetches():
    s = Server()
    s.add("them/lib", {"action.yml": says("WHOLE"), **{f"d{k}/f": os.urandom(3000).hex() for k in range(300)}}, tag="v1")
    d = repo({".github/workflows/t.yml": steps("- {id: a, uses: them/lib@v1}")})
    for delay in (0.0, 0.01, 0.02, 0.04, 0.08):
        p = start(d, "run", "--format", "json", "--github-url", s.url, "--cache-dir", s.cache)
        until(lambda: glob.glob(s.cache + "/actions/*/them/lib*") or p.poll() is not None)
        time.sleep(delay)  # anywhere in it: whatever is there then must do no harm
        p.kill()
        p.communicate()
    r = s.run(d)
    equal((r.code, r.lines("a")), (0, ["WHOLE"]), r.err + str(job_log(r)))
    tree = [p for p in glob.glob(s.stored("them/lib") + "/*") if os.path.isdir(p) and len(os.path.basename(p)) == 40]
    equal(len(os.listdir(tree[0])), 301)
    equal(glob.glob(s.stored("them/lib") + "/new-*"), [])


def test_a_tree_without_its_marker_is_made_again():
    s = Server()
    s.add("them/lib", {"action.yml": says("WHOLE")}, tag="v1")
    equal(s.run("- {uses: them/lib@v1}").code, 0)
    ok = glob.glob(s.stored("them/lib") + "/*.ok")[0]
    with open(ok[:-3] + "/action.yml", "w") as f:
        f.write(says("HALF"))
    os.remove(ok)
    r = s.run("- {id: a, uses: them/lib@v1}")
    equal(r.lines("a"), ["WHOLE"])


def test_a_damaged_tree_is_unpacked_again():
    s = Server()
    s.add("them/lib", {"action.yml": says("WHOLE")}, tag="v1")
    flow = "- {id: a, uses: them/lib@v1}"
    equal(s.run(flow).code, 0)
    ok = glob.glob(s.stored("them/lib") + "/*.ok")[0]
    for args in ([], ["--offline"]):
        os.remove(ok[:-3] + "/action.yml")
        r = s.run(flow, *args)
        equal((r.code, r.lines("a")), (0, ["WHOLE"]), str(job_log(r)))
    os.remove(ok[:-3] + "/action.yml")
    git_dir = s.stored("them/lib") + ".git"
    shutil.rmtree(git_dir + "/objects")
    os.mkdir(git_dir + "/objects")
    r = s.run(flow, "--offline")
    equal(r.code, 4)
    assert any("damaged, and --offline fetches nothing" in l for l in job_log(r)), job_log(r)


def test_the_token_is_in_no_argument_list():
    s = Server()
    bin = tempfile.mkdtemp(prefix="bin-", dir=BASE)
    with open(bin + "/git", "w") as f:  # says what it was given and refuses
        f.write(f"#!/bin/sh\necho \"$@\" >> {bin}/args\nenv >> {bin}/env\ncase \"$*\" in *ls-remote*) echo 'fatal: Authentication failed' >&2; exit 128;; esac\nexec {shutil.which('git')} \"$@\"\n")
    os.chmod(bin + "/git", 0o755)
    r = run(steps("- {uses: them/lib@v1}"), "--github-url", "https://git.invalid", "-s", "GITHUB_TOKEN=s3cr3t-t0k3n", "--cache-dir", s.cache,
            env={"PATH": bin + ":" + os.environ["PATH"]})
    equal(r.code, 4)
    assert any("repository not found, or no access to it" in l and "GITHUB_TOKEN" in l for l in job_log(r)), job_log(r)
    import base64
    env, args = open(bin + "/env").read(), open(bin + "/args").read()
    code = base64.b64encode(b"x-access-token:s3cr3t-t0k3n").decode()
    assert "http.https://git.invalid/.extraHeader" in env and "AUTHORIZATION: basic " + code in env, env
    assert "s3cr3t" not in args and code not in args, args
    assert "SIDESTEP_ACTION_TOKEN" not in env
    assert "s3cr3t" not in r.raw.decode() and "s3cr3t" not in r.err


def test_hostile_trees():
    s = Server()
    outside = tempfile.mkdtemp(prefix="outside-", dir=BASE)
    marker = outside + "/ran"
    d = s.work["them/lib"] = repo({"action.yml": says("FINE"), ".gitattributes": "* filter=evil\nhidden export-ignore\n", "hidden": "x",
                                   "sub/file": ""})
    os.symlink(outside, d + "/out")
    os.symlink("../../../../../../../../../../etc/passwd", d + "/sub/action.yml")
    git(d, "add", "-A")
    git(d, "commit", "-qm", "links")
    os.makedirs(s.dir + "/them")
    git(d, "tag", "v1")
    s.publish("them/lib")
    config = tempfile.mkdtemp(prefix="home-", dir=BASE) + "/gitconfig"
    with open(config, "w") as f:
        f.write(f"[filter \"evil\"]\n\tsmudge = touch {marker}\n\tclean = cat\n\trequired = true\n")
    r = s.run("- {id: a, uses: them/lib@v1}", env={"GIT_CONFIG_GLOBAL": config})
    equal((r.code, r.lines("a")), (0, ["FINE"]), r.err)
    assert not os.path.exists(marker), "a filter of the user's was run for attributes of a stranger"
    tree = [p for p in glob.glob(s.stored("them/lib") + "/*") if os.path.isdir(p) and len(os.path.basename(p)) == 40][0]
    equal(sorted(os.listdir(tree)), [".gitattributes", "action.yml", "out", "sub"], "as an archive of it")
    r = s.run("- {id: a, uses: them/lib/sub@v1}")
    equal(r.code, 1, "a description that lies elsewhere is not read")
    equal(r.of("step.start"), [])
    equal(os.listdir(outside), [])


def test_names_that_git_would_follow_do_not_come_in():
    s = Server()
    d = s.work["them/lib"] = repo({"action.yml": says("x")})
    blob = git(d, "hash-object", "-w", "action.yml")
    for bad in (".git", ".."):
        inner = subprocess.run(["git", "hash-object", "-t", "tree", "--literally", "-w", "--stdin"], cwd=d, check=True, capture_output=True,
                               input=b"100644 config\0" + bytes.fromhex(blob)).stdout.decode().strip()
        tree = subprocess.run(["git", "hash-object", "-t", "tree", "--literally", "-w", "--stdin"], cwd=d, check=True, capture_output=True,
                              input=b"40000 " + bad.encode() + b"\0" + bytes.fromhex(inner) + b"100644 action.yml\0" + bytes.fromhex(blob)).stdout.decode().strip()
        commit = git(d, "commit-tree", "-m", "bad", tree)
        git(d, "tag", "bad" if bad == ".git" else "dots", commit)
    os.makedirs(s.dir + "/them")
    os.symlink(d + "/.git", s.dir + "/them/lib")
    for tag in ("bad", "dots"):
        r = s.run(f"- {{uses: them/lib@{tag}}}")
        equal(r.code, 4, str(job_log(r)))
        equal(r.of("step.start"), [])


# ---- 9.3, 9.7: what runs ----


def test_nested_in_and_with_local_ones():
    s = Server()
    s.add("them/inner", {"action.yml": action('{id: i, shell: bash, run: "echo inner ${{ inputs.who }} $GITHUB_ACTION_PATH; echo v=${{ inputs.who }}! >> $GITHUB_OUTPUT"}',
                                              inputs="{who: {default: nobody}}", outputs="{v: {value: '${{ steps.i.outputs.v }}'}}")}, tag="v2")
    s.add("them/outer", {"action.yml": action("{id: n, uses: them/inner@v2, with: {who: '${{ inputs.name }}'}}",
                                              "{uses: $/part}", "{uses: ./here}",
                                              '{shell: bash, run: "echo outer ${{ steps.n.outputs.v }} [$GITHUB_ACTION_REPOSITORY] [${{ github.action_repository }}]"}',
                                              inputs="{name: {default: me}}"),
                         "part/action.yml": says("PART"), "here/action.yml": says("WRONG")}, tag="v1")
    r = s.run("""
- uses: actions/checkout@v4
- {id: a, uses: them/outer@v1}
- {id: b, uses: ./local, with: {name: you}}""",
              files={"here/action.yml": says("HERE"), "local/action.yml": action("{uses: them/outer@v1, with: {name: local}}", "{uses: them/inner@v2}")})
    equal(r.code, 0, r.err + str(r.lines()))
    a = r.lines("a")
    assert a[0].startswith("inner me ") and a[0].endswith("/_actions/them/inner/v2"), a
    equal(a[1:], ["PART", "HERE", "outer me! [] []"])
    equal([l.split(" /")[0] for l in r.lines("b")], ["inner local", "PART", "HERE", "outer local! [] []", "inner nobody"])
    equal(len([l for l in job_log(r) if l.startswith("Download action")]), 2)


def test_what_a_local_action_uses_is_fetched_when_its_step_begins():
    s = Server()
    s.add("them/lib", {"action.yml": says("LIB")}, tag="v1")
    r = s.run("""
- {id: first, run: echo ran}
- {id: make, run: "mkdir a b; printf 'runs: {using: composite, steps: [{uses: them/lib@v1}]}' > a/action.yml; printf 'runs: {using: composite, steps: [{uses: them/none@v1}]}' > b/action.yml"}
- {id: a, uses: ./a}
- {id: b, uses: ./b, continue-on-error: true}
- {id: c, run: "echo ${{ steps.b.outcome }}"}""")
    equal(r.code, 0, r.err)
    equal((r.lines("a"), r.lines("c")), (["LIB"], ["failure"]))
    equal(job_log(r).count("Prepare all required actions"), 0, "the workflow names none")
    assert any(l.startswith("Download action repository 'them/lib@v1'") for l in r.lines("a", runner=True)), r.lines("a", runner=True)
    assert any("Unable to resolve action `them/none@v1`, repository not found" in l for l in r.lines("b", runner=True))


def test_too_deep():
    s = Server()
    for i in range(12):
        s.add(f"them/a{i}", {"action.yml": action(f"{{uses: them/a{i + 1}@main}}", '{shell: bash, run: "echo level"}') if i < 11 else says("END")})
    r = s.run("- {id: a, uses: them/a0@main}")
    equal(r.code, 1)
    assert any("Composite action depth exceeded max depth 9" in l for l in job_log(r)), job_log(r)
    r = s.run("- {id: a, uses: them/a2@main}")
    equal((r.code, r.lines("a")), (0, ["END"] + ["level"] * 9), r.err + str(job_log(r)))
    s.add("them/loop", {"action.yml": action("{uses: them/loop@main}")})
    equal(s.run("- {uses: them/loop@main}").code, 1)


def test_the_root_of_its_own_repository():
    s = Server()
    s.add("them/lib", {"action.yml": says("root"), "sub/action.yml": action("{uses: $/}", '{shell: bash, run: "echo sub"}'),
                       ".github/workflows/c.yml": "on: workflow_call\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{id: a, uses: $/}]}\n"}, tag="v1")
    r = s.run("- {id: a, uses: them/lib/sub@v1}")
    equal((r.code, r.lines("a")), (0, ["root", "sub"]), r.err)
    r = s.run("on: push\njobs: {c: {uses: them/lib/.github/workflows/c.yml@v1}}\n")
    equal((r.code, r.lines("a")), (0, ["root"]), r.err)


def test_a_file_with_errors():
    s = Server()
    s.add("them/lib", {"action.yml": "name: n\nruns:\n  using: composite\n  steps: [{run: x}]\n  extra: 1\n", "none/action.yml": "name: n\n"}, tag="v1")
    r = s.run("- {id: first, run: echo}\n- {uses: them/lib@v1}")
    equal((r.code, r.of("step.start")), (1, []))
    assert any("action.yml (Line: " in l for l in job_log(r)) and any("Failed to load " in l for l in job_log(r)), job_log(r)
    r = s.run("- {uses: them/lib/none@v1}")
    assert any("Top level 'runs:' section is required for" in l for l in job_log(r)), job_log(r)


def test_a_folder_that_stands_for_a_repository():
    s = Server()
    d = repo({"action.yml": says("FOLDER")})
    r = s.run("- {id: a, uses: them/lib@v1}\n- {id: b, uses: them/lib@v2}", "--local-repository", "them/lib@v1=" + d, "--local-repository", "them/lib=" + repo({"action.yml": says("ANY")}))
    equal((r.code, r.lines("a"), r.lines("b")), (0, ["FOLDER"], ["ANY"]), r.err)
    assert os.path.exists(d + "/.git")


def test_in_a_called_workflow_of_another_repository():
    s = Server()
    s.add("them/flows", {".github/workflows/c.yml": "on: workflow_call\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{id: a, uses: $/act}]}\n",
                         "act/action.yml": says("THEIRS")}, tag="v1")
    r = s.run("on: push\njobs:\n  c: {uses: them/flows/.github/workflows/c.yml@v1}\n", files={"act/action.yml": says("MINE")})
    equal((r.code, r.lines("a")), (0, ["THEIRS"]), r.err + str(job_log(r)))


def test_background_and_cancel():
    s = Server()
    s.add("them/lib", {"action.yml": action('{shell: bash, run: "echo $N >> $GITHUB_ENV.$N; echo V$N=1 >> $GITHUB_ENV"}')}, tag="v1")
    r = s.run("- parallel:\n    - {uses: them/lib@v1, env: {N: 1}}\n    - {uses: them/lib@v1, env: {N: 2}}\n- {id: see, run: echo $V1$V2}")
    equal((r.code, r.lines("see")), (0, ["11"]), r.err)


def test_interrupted_while_it_fetches():
    s = Server()
    d = repo({".github/workflows/t.yml": steps("- {id: a, uses: them/lib@v1}")})
    mine = unique(77)
    wait = tempfile.mkdtemp(prefix="bin-", dir=BASE)
    with open(wait + "/git", "w") as f:  # a server that does not answer
        f.write(f"#!/bin/sh\ncase \"$*\" in *ls-remote*) touch {wait}/asked; exec sleep {mine};; esac\nexec {shutil.which('git')} \"$@\"\n")
    os.chmod(wait + "/git", 0o755)
    p = start(d, "run", "--format", "json", "--github-url", s.url, "--cache-dir", s.cache, env={"PATH": wait + ":" + os.environ["PATH"]})
    until(lambda: os.path.exists(wait + "/asked"))
    p.send_signal(signal.SIGINT)
    out, _ = p.communicate(timeout=20)
    equal(p.returncode, 130)
    until(lambda: not left_behind(mine))
    assert '"conclusion":"cancelled"' in out.decode().replace(" ", ""), out


# ---- what cannot run ----


def test_a_step_that_cannot_run_fails_at_its_turn():
    s = Server()
    s.add("them/node", {"action.yml": "name: n\nruns: {using: docker, image: Dockerfile}\n"}, tag="v1")
    r = s.run("""
- {id: first, run: echo ran}
- {id: skipped, if: false, uses: them/node@v1}
- {id: image, if: false, uses: docker://alpine}
- {id: forgiven, uses: them/node@v1, continue-on-error: true}
- {id: between, run: "echo ${{ steps.forgiven.outcome }}"}
- {id: bad, uses: docker://alpine}
- {id: no, run: echo}
- {id: last, if: always(), run: echo ran}""")
    equal(r.code, 4, r.err)
    equal([r.end(k) for k in ("first", "skipped", "image", "forgiven", "between", "bad", "no", "last")],
          ["success/success", "skipped/skipped", "skipped/skipped", "failure/success", "success/success", "failure/failure", "skipped/skipped", "success/success"])
    equal(r.lines("between"), ["failure"])
    assert any("the action 'them/node@v1' on line 7 cannot run: container actions are not available" in l and "if it is reached" in l for l in job_log(r)), job_log(r)
    r = s.run("- {id: first, run: echo ran}\n- {id: skipped, if: false, uses: them/node@v1}")
    equal(r.code, 0, r.err)


def test_stubs():
    s = Server()
    s.add("them/lib", {"action.yml": action("{uses: them/deploy@v1}", "{uses: them/pay@v1}", "{uses: them/pay/sub@v2}")}, tag="v1")
    d = repo({"action.yml": says("INSTEAD"), "sub/action.yml": says("SUB")})
    r = s.run("- {id: a, uses: them/lib@v1}\n- {id: b, uses: them/deploy@v1}\n- {id: c, uses: them/pay@v9}\n- {id: d, uses: actions/checkout@v4}",
              "--stub", "them/deploy=none", "--stub", "them/pay=" + d, "--stub", "actions/checkout@v4=none")
    equal((r.code, r.lines("a"), r.lines("c")), (0, ["INSTEAD", "SUB"], ["INSTEAD"]), r.err + str(job_log(r)))
    equal([e.get("reason", "") for e in r.of("step.end")], ["", "stubbed: nothing was run", "stubbed by another action", "stubbed: nothing was run"])
    out = s.run("- {uses: them/deploy@v1}", "--stub", "them/deploy=none", format="text").raw.decode()
    assert "stubbed: nothing was run" in out, out


def test_a_dry_run_says_what_will_not_run():
    s = Server()
    sha = s.add("them/lib", {"action.yml": says("x"), "image/action.yml": "name: n\nruns: {using: docker, image: Dockerfile}\n"}, tag="v1")
    flow = "- {id: a, uses: them/lib@v1}\n- {id: b, uses: them/lib/image@v1}\n- {id: c, uses: docker://alpine, if: false}"
    r = s.run(flow, "-n")
    equal(r.code, 0, "nothing is known of them")
    assert any("which is not stored here" in l for l in r.lines("a", runner=True)), r.lines("a", runner=True)
    assert not os.path.exists(s.cache + "/actions"), "a dry run fetches nothing"
    equal(s.run("- {uses: them/lib@v1}").code, 0)
    r = s.run(flow, "-n")
    equal(r.code, 4, "what is known cannot run")
    assert any("container actions are not available" in l for l in r.lines("b", runner=True)), r.lines("b", runner=True)
    equal([r.end(k) for k in "abc"], ["skipped/skipped", "failure/failure", "skipped/skipped"])


if __name__ == "__main__":
    main(globals())
