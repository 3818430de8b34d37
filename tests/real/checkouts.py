"""Checkouts of other repositories over HTTP and ssh, and second ones at the same place: every input of actions/checkout, what is left for
the steps that follow, and what is said when there is no way. What the real action leaves is compared by checkout_real.py."""
import stat
from real import *
from checkout_repos import Repos, git, write
import githttp

TOKEN = "ghs_0123456789"
REPOS = Repos(os.path.join(BASE, "repos"))
SHA = REPOS.shas
SERVER = githttp.Server(REPOS.srv).__enter__()
SERVER.tokens.add(TOKEN)
git(REPOS.srv, "clone", "-q", "--mirror", "them/lib", "them/hidden")
SERVER.private.add("them/hidden")


def go(text, *args, token=None, env=None, files=None, url=None):
    more = ["-s", "GITHUB_TOKEN=" + token] if token else []
    return run(steps(text), "--github-url", url or SERVER.url, *more, *args, env={"GIT_CONFIG_GLOBAL": None, "GIT_CONFIG_NOSYSTEM": "1", **(env or {})}, files=files)


def checkout(repository, more="", version="v7", id="co"):
    return f"- {{id: {id}, uses: actions/checkout@{version}, with: {{repository: {repository}{', ' + more if more else ''}}}}}\n"


def said(r, text, step="co"):
    lines = r.lines(step, runner=True)
    assert any(text in l for l in lines), (text, lines, r.err)


# ---- no way: private, not there, nobody answers ----


def test_what_cannot_be_had_is_told_apart_with_its_place():
    r = go(checkout("them/lib", "ref: nope"))
    equal(r.code, 1)
    said(r, "A branch or tag with the name 'nope' could not be found in them/lib (line 6 of .github/workflows/t.yml)")
    for repository, token in (("them/hidden", None), ("them/none", None), ("them/lib", "ghs_wrong")):
        r = go(checkout(repository), token=token)
        equal(r.code, 4, (repository, r.lines("co")))
        said(r, "repository not found, or no access to it: " + SERVER.url + "/" + repository)
        said(r, "-s GITHUB_TOKEN")
        said(r, "(line 6 of .github/workflows/t.yml)")
    r = go(checkout("them/none"), token=TOKEN)
    equal(r.code, 1)
    said(r, "repository not found: " + SERVER.url + "/them/none (line 6 of")
    r = go(checkout("them/lib"), url="http://127.0.0.1:1")
    equal(r.code, 4)
    said(r, "no network: http://127.0.0.1:1/them/lib cannot be reached")
    n = len(SERVER.requests)
    r = go(checkout("them/lib"), "--offline")
    equal(r.code, 4)
    said(r, "them/lib is not on this machine, and --offline fetches nothing")
    assert not [q for q in SERVER.requests[n:] if "them/lib" in q[1] and q[2] == "none"]


def test_what_is_allowed_to_fail_does_not_stop_the_job():
    r = go("- {id: co, continue-on-error: true, uses: actions/checkout@v7, with: {repository: them/none}}\n- {id: after, run: 'echo ${{ steps.co.outcome }}'}", token=TOKEN)
    equal((r.code, r.lines("after")), (0, ["failure"]))


def test_the_server_of_the_input_goes_before_the_others():
    r = go(checkout("them/lib", f"github-server-url: '{SERVER.url}/some/path'"), url="http://127.0.0.1:1")
    equal(r.code, 0, r.lines("co"))
    r = go(checkout("them/lib", "github-server-url: nonsense"))
    equal(r.code, 1)
    said(r, "Invalid URL")


# ---- what each input leaves ----


BRANCHES = ["refs/remotes/origin/" + b for b in ("dev", "dev-next", "feature/x", "main")]
LEFT = [  # input, HEAD, its commit, other refs, commits that it reaches, files
    ("", "main", 3, [], 1, None),
    ("fetch-depth: 2", "main", 3, [], 2, None),
    ("fetch-depth: 0", "main", 3, BRANCHES + ["refs/tags/v1", "refs/tags/v2"], 3, None),
    ("fetch-tags: true", "main", 3, ["refs/tags/v1", "refs/tags/v2"], 1, None),
    ("ref: dev", "dev", "dev", ["refs/remotes/origin/dev", "refs/remotes/origin/dev-next"], 1, None),
    ("ref: refs/heads/feature/x", "feature/x", 1, [], 1, None),
    ("ref: v1", "", 1, ["refs/tags/v1"], 1, None),
    ("ref: v2", "", 2, ["refs/tags/v2"], 1, None),
    ("ref: refs/tags/v2, fetch-depth: 0", "", 2, BRANCHES + ["refs/tags/v1", "refs/tags/v2"], 2, None),
    ("ref: refs/pull/5/merge", "", "merge", ["refs/remotes/pull/5/merge"], 1, None),
    ("ref: refs/other/thing", "", 1, ["refs/other/thing"], 1, None),
    ("ref: " + SHA["lib", 1], "", 1, [], 1, None),
    ("ref: " + SHA["lib", "merge"] + ", fetch-depth: 0", "", "merge", BRANCHES + ["refs/tags/v1", "refs/tags/v2"], 4, None),
    ("filter: 'blob:none'", "main", 3, [], 1, None),
    ("sparse-checkout: a/sub", "main", 3, [], 1, ["README.md", "a/file", "a/sub/file", "link", "run.sh"]),
    ("sparse-checkout: '/a/sub/', sparse-checkout-cone-mode: false", "main", 3, [], 1, ["a/sub/file"]),
    ("set-safe-directory: false, clean: no, lfs: no, ssh-strict: no", "main", 3, [], 1, None),
]


def test_what_each_input_leaves():
    state = os.path.join(os.path.dirname(os.path.abspath(__file__)), "checkout_state.py")
    text = "".join(checkout("them/lib", (w + ", " if w else "") + f"path: p{i}", id=f"c{i}") + f"- {{id: s{i}, run: \"python3 '{state}' p{i}\"}}\n"
                   f"- {{id: o{i}, run: 'echo \"${{{{ steps.c{i}.outputs.ref }}}} ${{{{ steps.c{i}.outputs.commit }}}}\"'}}\n" for i, (w, *_) in enumerate(LEFT))
    r = go(text)
    equal(r.code, 0, r.lines())
    for i, (w, head, commit, refs, reached, files) in enumerate(LEFT):
        s = json.loads(r.lines(f"s{i}")[-1])
        own = [f"refs/heads/{head}", f"refs/remotes/origin/{head}"] if head else []
        equal(s["head"], ([f"refs/heads/{head}"] if head else ["exit 1"]) + [SHA["lib", commit]], w)
        equal([l.split(" ")[0] for l in s["refs"]], sorted(set(own + refs)), w)
        equal(len(s["log"]), reached, w)
        equal(s["shallow"], ["false" if "fetch-depth: 0" in w else "true"], w)
        equal([l for l in s["status"] if not l.startswith("##")], [], w)
        if files:
            equal(list(s["files"]), files, w)
        equal("remote.origin.partialclonefilter=blob:none" in s["config"], "sparse" in w or "filter" in w, w)
        asked = re.match(r"ref: ([^,]+)", w)
        ref = asked.group(1) if asked else "refs/heads/main"
        equal(r.lines(f"o{i}"), [("" if len(ref) == 40 else ref) + " " + SHA["lib", commit]], w)
    assert "755" in s["files"]["run.sh"] and s["files"]["link"] == "-> a/file", s["files"]


def test_tags_up_to_v5_are_those_of_the_commits_that_come():
    r = go("".join(checkout("them/lib", w + f", path: p{i}", version="v4", id=f"c{i}") + f"- {{id: t{i}, run: git -C p{i} tag}}\n" for i, w in enumerate(
        ("fetch-tags: true", "fetch-tags: true, fetch-depth: 2", "fetch-tags: true, fetch-depth: 3", "fetch-depth: 3", "fetch-depth: 0"))))
    equal(r.code, 0, r.lines())
    equal([r.lines(f"t{i}") for i in range(5)], [[], ["v2"], ["v1", "v2"], [], ["v1", "v2"]])
    d = repo({"f": "", ".github/workflows/t.yml": steps("- {uses: actions/checkout@v4, with: {fetch-tags: true}}\n- {id: four, run: git tag}\n"
                                                        "- {uses: actions/checkout@v7, with: {fetch-tags: true}}\n- {id: seven, run: git tag}")})
    git(d, "tag", "old")
    git(d, "commit", "-q", "--allow-empty", "-m", "two")
    git(d, "tag", "-a", "new", "-m", "x")
    r = run(d)
    equal((r.lines("four"), r.lines("seven")), (["new"], ["new", "old"]))
    git(d, "checkout", "-q", "new")
    flow = "- {id: four, continue-on-error: true, uses: actions/checkout@v4, with: {fetch-tags: true}}\n- {uses: actions/checkout@v4}\n" \
        "- {id: type, run: git cat-file -t refs/tags/new}\n- {uses: actions/checkout@v7, with: {fetch-tags: true}}\n- {id: seven, run: git cat-file -t refs/tags/new}"
    write(d, ".github/workflows/t.yml", steps(flow))
    r = run(d)
    said(r, "Cannot fetch both", "four")
    equal((r.code, r.lines("type"), r.lines("seven")), (0, ["commit"], ["tag"]), r.lines())


def test_a_repository_with_longer_names():
    r = go(checkout("them/sha256") + "- {id: look, run: 'git rev-parse HEAD; cat file; git status --short'}")
    equal((r.code, r.lines("look")), (0, [SHA["sha256"], "256"]), r.lines())


def test_a_file_in_the_place_goes():
    r = go("- {run: 'touch p'}\n" + checkout("them/deep", "path: p") + "- {id: look, run: 'cat p/deep'}")
    equal((r.code, r.lines("look")), (0, ["deep"]), r.lines())
    r = go(checkout("them/deep", "path: ../p"))
    equal(r.code, 1)
    said(r, "is not under")


# ---- the token, and what later steps find ----


def test_the_token_is_left_as_the_version_leaves_it():
    look = "- {id: look, run: 'git config --local --no-includes --get-regexp extraheader || true; git config --get-regexp extraheader; git fetch -q origin dev && echo fetched; ls -l $RUNNER_TEMP/git-cred* | cut -c1-10'}"
    for version, own in (("v4", True), ("v7", False), ("main", False)):
        r = go(checkout("them/hidden", version=version) + look, token=TOKEN)
        equal(r.code, 0, r.lines())
        lines = r.lines("look")
        header = f"http.{SERVER.url}/.extraheader AUTHORIZATION: basic ***"
        equal([l for l in lines if "extraheader" in l], [header] * (2 if own else 1), version)
        assert "fetched" in lines
        equal("-rw-------" in lines, not own, lines)
    r = go(checkout("them/hidden", "persist-credentials: false") + "- {id: look, run: 'git config --get-regexp extraheader; git fetch -q origin dev'}", token=TOKEN)
    equal(r.end("look"), "failure/failure")
    equal([l for l in r.lines("look") if "extraheader" in l], [])
    r = go(checkout("them/hidden", "persist-credentials: ''") + "- {id: look, run: 'git fetch -q origin dev'}", token=TOKEN)
    equal(r.end("look"), "failure/failure", "an empty input is not the default")


def test_a_token_goes_with_the_job_of_a_kept_workspace():
    for version in ("v4", "v7"):
        r = go(checkout("them/hidden", version=version) + "- {id: where, run: 'pwd; git config user.name kept; echo $RUNNER_TEMP'}", "--keep", token=TOKEN)
        equal(r.code, 0, r.lines())
        where, temp = r.lines("where")
        text = open(where + "/.git/config").read()
        assert "extraheader" not in text and "git-credentials" not in text and "includeIf" not in text, text
        assert "name = kept" in text and "[remote" in text, text
        equal([f for f in os.listdir(temp) if f.startswith("git-credentials")] if os.path.isdir(temp) else [], [])


def test_submodules_by_ssh_addresses_come_by_https():
    d = REPOS.work("them/sshmod")
    git(d, "submodule", "add", "-q", REPOS.srv + "/them/deep", "mod")
    git(d, "config", "-f", ".gitmodules", "submodule.mod.url", "git@127.0.0.1:them/deep")
    git(d, "add", "-A")
    git(d, "commit", "-qm", "mod")
    REPOS.publish("them/sshmod")
    r = go(checkout("them/sshmod", "submodules: true") + "- {id: look, run: 'cat mod/deep; git -C mod fetch -q origin main && echo fetched'}", token=TOKEN)
    equal((r.code, r.lines("look")), (0, ["deep", "fetched"]), r.lines())


# ---- a second checkout at the same place ----


AGAIN = "- {{id: made, run: 'git config user.name me; echo x > made; echo changed > README.md; git checkout -q -b mine; git branch other'}}\n"


def second(first, then):
    look = "- {id: look, run: 'git config user.name; git branch --list; ls; cat README.md; git status --short'}"
    r = go(first + AGAIN.format() + then + look)
    equal(r.code, 0, r.lines())
    return r


def test_again_with_clean():
    for repository, files in (("them/lib", "README.md|a|b|dev|link|run.sh|sp ace"),):
        r = second(checkout(repository), checkout(repository, "ref: dev", id="two"))
        equal("|".join(r.lines("look")), "me|* dev|" + files + "|two")
        r = second(checkout(repository), checkout(repository, "ref: dev, clean: false", id="two"))
        equal("|".join(r.lines("look")), "me|* dev|README.md|a|b|dev|link|made|run.sh|sp ace|two|?? made")


def test_again_in_the_repository_itself():
    d = repo({"README.md": "one\n", "only": "", ".github/workflows/t.yml": ""})
    look = "- {id: look, run: 'git config user.name; git branch --list; ls; cat README.md; git status --short'}\n"
    mine = "- {run: 'git config user.name me; echo x > made; echo changed > README.md; git branch other'}\n"
    flow = lambda text: write(d, ".github/workflows/t.yml", steps(text))
    co = lambda **w: "- {uses: actions/checkout@v7, with: " + json.dumps(w) + "}\n"
    flow(co() + mine + co(ref="old", clean="false") + look.replace("look", "branch") + co(clean="false") + look)
    git(d, "add", "-A")
    git(d, "commit", "-qm", "two")
    git(d, "checkout", "-q", "-b", "old", "HEAD^")
    write(d, "gone", "")
    git(d, "add", "-A")
    git(d, "commit", "-qm", "old")
    git(d, "checkout", "-q", "main")
    write(d, "untracked", "")
    r = run(d, "--keep")
    equal(r.code, 0, r.lines())
    equal(r.lines("branch"), ["me", "* old", "README.md", "gone", "made", "only", "untracked", "one", "?? made", "?? untracked"])
    equal(r.lines("look"), ["me", "* main", "README.md", "made", "only", "untracked", "one", "?? made", "?? untracked"])
    r = run(d)
    equal(r.lines("look"), ["me", "* main", "README.md", "made", "only", "untracked", "one", "?? made", "?? untracked"], "over an overlay")
    flow(co() + mine + co() + look)
    r = run(d)
    equal(r.lines("look"), ["me", "* main", "README.md", "only", "untracked", "one", " M .github/workflows/t.yml", "?? untracked"])


def test_what_is_no_checkout_of_it_goes_whatever_clean_says():
    r = go("- {run: 'touch made; mkdir -p sub; touch sub/file other'}\n" + checkout("them/lib", "clean: false, path: sub", id="a")
           + checkout("them/mod", "clean: false, path: sub", id="b") + checkout("them/deep", "path: other", id="c") + "- {id: look, run: 'ls . sub other'}")
    equal(r.code, 0, r.lines())
    equal(r.lines("look"), [".:", "made", "other", "sub", "", "other:", "deep", "", "sub:", "inner", "mod"])


def test_a_broken_repository_is_made_again():
    r = go(checkout("them/lib", id="a") + "- {run: 'find .git/objects -type f -delete; touch made'}\n" + checkout("them/lib", id="b") + "- {id: look, run: 'git fsck && ls'}")
    equal(r.code, 0, r.lines())
    said(r, "Unable to clean or reset the repository", "b")
    assert "made" not in r.lines("look")


# ---- ssh ----


def test_a_key():
    d = tempfile.mkdtemp(prefix="ssh-", dir=BASE)
    write(d, "ssh", "#!/bin/bash\necho \"$@\" >> " + d + "/said\nfor ((i = 1; i < $#; i++)); do [ \"${!i}\" = -i ] && { i=$((i + 1)); cat \"${!i}\" >> " + d + "/keys; stat -c %a \"${!i}\" >> " + d + "/keys; }; "
          "[[ \"${!i}\" == UserKnownHostsFile=* ]] && cat \"${!i#*=}\" >> " + d + "/hosts; done\n"
          "command=\"${@: -1}\"\ncommand=\"${command/\\'/\\'" + REPOS.srv + "/}\"\ncommand=\"${command/.git/}\"\neval \"$command\"\n", 0o755)
    env = {"PATH": d + ":" + os.environ["PATH"], "GIT_SSH_COMMAND": "false", "GIT_SSH": None}
    flow = "- id: co\n  uses: actions/checkout@v7\n  with: {repository: them/lib, ssh-key: ' the key\n\n', ssh-known-hosts: 'host key', ssh-user: me%s}\n" \
        "- {id: look, run: 'git config remote.origin.url; git config core.sshCommand || echo none; unset GIT_SSH_COMMAND; git fetch -q origin dev && echo fetched; echo $RUNNER_TEMP; pwd'}"
    r = go(flow % "", "--keep", env=env)
    equal(r.code, 0, r.lines() + [r.err])
    lines = r.lines("look")
    equal(lines[0], "me@127.0.0.1:them/lib.git")
    assert lines[1].startswith('"' + d + '/ssh" -i "$RUNNER_TEMP/') and "StrictHostKeyChecking=yes -o CheckHostIP=no" in lines[1], lines
    equal(lines[2], "fetched")
    assert set(open(d + "/keys").read().split("\n")) == {"the key", "600", ""}, open(d + "/keys").read()
    hosts = open(d + "/hosts").read()
    assert "host key" in hosts and "github.com ssh-rsa AAAA" in hosts
    equal([f for f in os.listdir(lines[3]) if "known_hosts" in f], [])
    assert "sshCommand" not in open(lines[4] + "/.git/config").read()
    r = go(flow % ", ssh-strict: false, persist-credentials: false", env=env)
    equal(r.lines("look")[:2], ["me@127.0.0.1:them/lib.git", "none"])
    assert "StrictHostKey" not in open(d + "/said").read().rstrip("\n").split("\n")[-1]


# ---- the rest of the inputs ----


def test_progress_is_shown_unless_it_is_not_wanted():
    r = go(checkout("them/lib"))
    assert any("objects: 100%" in l for l in r.lines("co")), r.lines("co")
    r = go(checkout("them/lib", "show-progress: false"))
    assert not any("%" in l for l in r.lines("co")), r.lines("co")


def test_lfs_without_the_program_is_refused_by_name():
    if shutil.which("git-lfs"):
        return
    r = go(checkout("them/lib", "lfs: true"))
    equal(r.code, 4)
    said(r, "input 'lfs' needs git-lfs, which is not installed")


def test_large_files_of_another_branch_come_from_here():
    if not shutil.which("git-lfs"):
        print("# not tried: git-lfs is not installed", flush=True)
        return
    d = repo({"README.md": "", ".github/workflows/t.yml": steps("- {uses: actions/checkout@v7, with: {ref: large, lfs: true}}\n- {id: look, run: 'wc -c < data.bin; git status --short'}")})
    git(d, "checkout", "-q", "-b", "large")
    git(d, "lfs", "install", "--local")
    git(d, "lfs", "track", "*.bin")
    write(d, "data.bin", "large\n" * 1000)
    git(d, "add", "-A")
    git(d, "commit", "-qm", "large")
    git(d, "checkout", "-q", "main")
    r = run(d)
    equal((r.code, r.lines("look")), (0, ["6000"]), r.lines())


def test_unknown_inputs_and_an_empty_token():
    r = go(checkout("them/lib", "fetch-dept: 0, token: ''"))
    equal(r.code, 0)
    said(r, "Unexpected input 'fetch-dept', did you mean 'fetch-depth'?")
    said(r, "Input 'token' is empty: on GitHub the step would fail")


def test_partial_clones_bring_what_is_needed_later():
    r = go(checkout("them/hidden", "sparse-checkout: a, fetch-depth: 0") + "- {id: look, run: 'ls; git sparse-checkout disable; ls; git show v1:README.md; git describe --tags'}", token=TOKEN)
    equal((r.code, r.lines("look")), (0, ["README.md", "a", "link", "run.sh", "README.md", "a", "b", "link", "run.sh", "sp ace", "one", "v2-1-g" + SHA["lib", 3][:7]]), r.lines())


# ---- forks ----


def event(tmp, **what):
    path = os.path.join(tempfile.mkdtemp(prefix="event-", dir=BASE), "e.json")
    with open(path, "w") as f:
        json.dump(what, f)
    return path


def test_the_code_of_a_fork_is_refused_where_the_action_refuses_it():
    head = {"sha": SHA["lib", "dev"], "ref": "dev", "repo": {"id": 2, "full_name": "them/lib"}}
    base = {"sha": SHA["lib", 1], "ref": "main", "repo": {"id": 1, "full_name": "me/own"}}
    e = event("", repository={"id": 1, "full_name": "me/own", "owner": {"login": "me"}}, number=5, action="opened",
              pull_request={"number": 5, "head": head, "base": base, "merge_commit_sha": SHA["lib", "merge"]})
    own = repo({"README.md": ""})
    cases = [("repository: them/lib", True), ("repository: Them/LIB, ref: main", True), ("repository: them/lib, allow-unsafe-pr-checkout: true", False),
             ("repository: them/mod", False), ("repository: them/hidden, ref: refs/pull/5/merge", True), ("repository: them/hidden, ref: refs/pull/5/other", False),
             ("repository: them/hidden, ref: " + SHA["lib", "dev"].upper(), True), ("repository: them/hidden, ref: " + SHA["lib", "merge"], True),
             ("repository: them/hidden, ref: " + SHA["lib", 1], False)]
    text = "".join(f"- {{id: c{i}, continue-on-error: true, uses: actions/checkout@v7, with: {{path: p{i}, {w}}}}}\n" for i, (w, _) in enumerate(cases))
    write(own, ".github/workflows/t.yml", steps(text).replace("on: push", "on: pull_request_target"))
    r = run(own, "pull_request_target", "-e", e, "--github-url", SERVER.url, "-s", "GITHUB_TOKEN=" + TOKEN)
    for i, (w, refused) in enumerate(cases):
        got = any("Refusing to check out fork pull request code from a 'pull_request_target' workflow" in l for l in r.lines(f"c{i}", runner=True))
        equal(got, refused, (w, r.lines(f"c{i}"), r.err))
    write(own, ".github/workflows/t.yml", steps("- {id: co, uses: actions/checkout@v7}").replace("on: push", "on: pull_request_target"))
    equal(run(own, "pull_request_target", "-e", e).code, 0, "the workflow's own commit")


main(globals())
