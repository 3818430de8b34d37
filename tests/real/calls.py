"""Workflows that call others, with real repositories: where called files come from, and what is refused."""
import socket, threading

from real import *

CALLED = ("on: {workflow_call: {inputs: {who: {type: string, required: true}}, outputs: {o: {value: '${{ jobs.j.outputs.o }}'}}}}\n"
          "jobs:\n  j:\n    runs-on: ubuntu-latest\n    outputs: {o: '${{ steps.s.outputs.o }}'}\n    steps:\n"
          "      - id: s\n        run: echo \"o=MARK ${{ inputs.who }}\" >> $GITHUB_OUTPUT\n")


def caller(uses, extra=""):
    return ("on: push\njobs:\n  c:\n    uses: " + uses + "\n    with: {who: me}\n" + extra +
            "  t:\n    needs: c\n    runs-on: ubuntu-latest\n    steps: [{run: \"echo '${{ needs.c.outputs.o }}'\"}]\n")


def git(d, *args):
    return subprocess.run(["git", *args], cwd=d, env=dict(os.environ, **GIT), check=True, capture_output=True, text=True).stdout.strip()


def says(r, text):
    equal(r.code, 0, r.err)
    assert text in r.lines(), r.lines()


def test_a_file_of_the_working_tree():
    says(run(caller("./.github/workflows/called.yml"), files={".github/workflows/called.yml": CALLED}), "MARK me")


def test_the_other_spelling():
    says(run(caller("$/.github/workflows/called.yml"), files={".github/workflows/called.yml": CALLED}), "MARK me")


def test_caches_of_a_called_file():
    """It may do with them what its caller may, and no more."""
    inner = "on: workflow_call\n%sjobs:\n  j: {runs-on: ubuntu-latest, %ssteps: [run: echo]}\n"
    outer = "on: push\n%sjobs:\n  c: {%suses: ./.github/workflows/called.yml}\n"
    asks = lambda what: f"The nested job 'j' is requesting 'cache-mode: {what}', but is only allowed 'cache-mode: read'."
    for top, call, file, job, error in (
            ("", "cache-mode: read, ", "", "", None), ("", "", "cache-mode: write\n", "", None),
            ("", "cache-mode: read, ", "cache-mode: read\n", "", None), ("", "cache-mode: read, ", "cache-mode: write\n", "cache-mode: none, ", None),
            ("cache-mode: none\n", "cache-mode: write, ", "cache-mode: write-only\n", "", None),
            ("", "cache-mode: read, ", "cache-mode: write\n", "", asks("write")), ("cache-mode: read\n", "", "", "cache-mode: write-only, ", asks("write-only"))):
        d = repo({".github/workflows/called.yml": inner % (file, job), ".github/workflows/t.yml": outer % (top, call)})
        p = subprocess.run([EXE, "check"], cwd=d, env=environment(d), capture_output=True, text=True)
        equal(p.returncode, 1 if error else 0, p.stdout)
        assert (error or "") in p.stdout, p.stdout
    p = subprocess.run([EXE, "check"], cwd=repo({".github/workflows/t.yml": steps("- run: echo", head="    cache-mode: readonly\n")}), env=environment(BASE),
                       capture_output=True, text=True)
    assert p.returncode == 1 and "Unexpected value 'readonly'" in p.stdout, p.stdout


def test_this_repository_at_another_commit():
    d = repo({".github/workflows/called.yml": CALLED.replace("MARK", "OLD"), ".github/workflows/t.yml":
              caller("me/here/.github/workflows/called.yml@v1")})
    git(d, "tag", "v1")
    git(d, "branch", "v2")
    git(d, "remote", "add", "origin", "https://github.com/me/here.git")
    with open(d + "/.github/workflows/called.yml", "w") as f:
        f.write(CALLED)
    git(d, "commit", "-qam", "second")
    says(run(d), "OLD me")


def test_a_folder_that_stands_for_a_repository():
    other = repo({".github/workflows/called.yml": CALLED.replace("MARK", "FOLDER"),
                  ".github/workflows/outer.yml": CALLED.replace("    runs-on: ubuntu-latest\n    outputs: {o: '${{ steps.s.outputs.o }}'}\n"
                                                                "    steps:\n      - id: s\n        run: echo \"o=MARK ${{ inputs.who }}\" >> "
                                                                "$GITHUB_OUTPUT\n", "    uses: ./.github/workflows/called.yml\n    with: {who: "
                                                                "'${{ inputs.who }} deep'}\n")})
    says(run(caller("them/lib/.github/workflows/called.yml@main"), "--local-repository", "them/lib=" + other), "FOLDER me")
    r = run(caller("them/lib/.github/workflows/outer.yml@main"), "--local-repository", "them/lib@main=" + other)
    says(r, "FOLDER me deep")
    assert "c / j / j" in r.jobs(), r.jobs()


def served():
    """A folder with them/lib, to be fetched from by file://."""
    base = tempfile.mkdtemp(prefix="served-", dir=BASE)
    d = repo({".github/workflows/called.yml": CALLED.replace("MARK", "TAG")})
    git(d, "tag", "-a", "v1", "-m", "one")
    git(d, "branch", "v1x")
    with open(d + "/.github/workflows/called.yml", "w") as f:
        f.write(CALLED.replace("MARK", "BRANCH"))
    git(d, "commit", "-qam", "second")
    git(d, "branch", "v1")
    os.makedirs(base + "/them")
    git(d, "clone", "-q", "--bare", d, base + "/them/lib")
    return "file://" + base, git(d, "rev-parse", "HEAD")


def test_a_repository_that_is_fetched():
    url, sha = served()
    says(run(caller("them/lib/.github/workflows/called.yml@v1"), "--github-url", url), "TAG me")  # before the branch of that name
    says(run(caller("them/lib/.github/workflows/called.yml@main"), "--github-url", url), "BRANCH me")
    says(run(caller("them/lib/.github/workflows/called.yml@" + sha), "--github-url", url), "BRANCH me")


def test_offline_takes_what_is_stored():
    url, _ = served()
    cache = tempfile.mkdtemp(prefix="cache-", dir=BASE)
    flow = caller("them/lib/.github/workflows/called.yml@v1")
    r = run(flow, "--github-url", url, "--cache-dir", cache, "--offline")
    equal(r.code, 4, r.err)
    assert "is not stored, and --offline fetches nothing" in r.err, r.err
    r = run(flow, "--github-url", url, "--cache-dir", cache, "-n")
    equal(r.code, 4, r.err)
    assert "nor does --dry-run" in r.err, r.err
    assert not os.path.exists(cache + "/workflows"), os.listdir(cache)
    says(run(flow, "--github-url", url, "--cache-dir", cache), "TAG me")
    shutil.rmtree(url[7:])
    equal(run(flow, "--github-url", url, "--cache-dir", cache, "-n").code, 0)
    says(run(flow, "--github-url", url, "--cache-dir", cache, "--offline"), "TAG me")


def test_only_jobs_that_run_have_their_calls_fetched():
    """A run of everything is refused, as on GitHub; one of other jobs is not."""
    url, _ = served()
    flow = ("on: push\njobs:\n  a: {runs-on: ubuntu-latest, steps: [run: echo on its own]}\n  far: {uses: them/gone/.github/workflows/x.yml@v1}\n"
            "  near: {uses: ./.github/workflows/near.yml}\n  both: {uses: them/lib/.github/workflows/called.yml@v1, with: {who: me}}\n"
            "  after: {needs: far, runs-on: ubuntu-latest, steps: [run: echo]}\n"
            "  rest: {needs: both, runs-on: ubuntu-latest, steps: [run: \"echo '${{ needs.both.outputs.o }}'\"]}\n")
    near = "on: workflow_call\njobs:\n  deep: {uses: them/lib/.github/workflows/called.yml@v1, with: {who: deep}}\n"
    files = {".github/workflows/near.yml": near}
    asks = lambda *a, **k: run(flow, "--github-url", "file:///nowhere" if k.get("away") else url, *a, files=k.get("files", files))
    equal(asks(away=True).code, 3)
    for job in ("far", "after"):
        equal(asks("-j", job, away=True).code, 3)
    says(asks("-j", "a", away=True), "on its own")
    equal(asks("-n", "-j", "a", away=True).code, 0)
    equal(asks("-n", "-j", "both", away=True).code, 4)
    says(asks("-j", "rest"), "TAG me")  # left alone for 'near', and then fetched
    equal(asks("-j", "after", "--no-needs", away=True).code, 0)
    # of a matrix of which nothing is left
    flow = flow.replace("  near:", "  legs: {strategy: {matrix: {v: [1, 2]}}, uses: them/gone/.github/workflows/x.yml@v1}\n  near:").replace(
        "{runs-on: ubuntu-latest, steps: [run: echo on its own]}",
        "{runs-on: ubuntu-latest, strategy: {matrix: {v: [1, 3]}}, steps: [run: echo on its own]}")
    says(asks("-j", "a", "-j", "legs", "--matrix", "v:3", away=True), "on its own")
    equal(asks("-j", "a", "-j", "legs", "--matrix", "v:1", away=True).code, 3)
    # what is here is looked at all the same
    r = asks("-j", "a", away=True, files={".github/workflows/near.yml": near.replace("uses", "use")})
    equal(r.code, 3, r.err)
    equal(asks("-j", "a", away=True, files={}).code, 3)


def test_waiting_for_a_server_is_told():
    """It takes every connection and says nothing until it is known that the terminal has heard of it; then it hangs up."""
    flow = caller("them/lib/.github/workflows/called.yml@v1") + "  d: {uses: them/lib/.github/workflows/called.yml@v2, with: {who: me}}\n"
    d = repo({".github/workflows/t.yml": flow})
    for args in ((), ("-v",), ("-q",), ("--format", "quiet"), ("--format", "json")):
        heard = threading.Event()
        with socket.create_server(("127.0.0.1", 0)) as server:
            def serve():
                while True:
                    try:
                        c = server.accept()[0]
                    except OSError:
                        return
                    heard.wait(60)
                    c.close()
            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            silent = "-q" in args or "--format" in args
            if silent:
                heard.set()
            p = start(d, "run", "--github-url", "http://127.0.0.1:%d" % server.getsockname()[1], *args, env={"SIDESTEP_BACKOFF_MS": "10"})
            first = b"" if silent else p.stderr.readline()
            heard.set()
            out, rest = p.communicate(timeout=60)
            server.shutdown(socket.SHUT_RDWR)
        err = (first + rest).decode()
        equal(p.returncode, 4, err)
        equal(first, b"" if silent else b"sidestep: fetching them/lib ...\n")
        equal(err.count("fetching them/lib ..."), 0 if silent else 1)
        again = re.findall(r"^sidestep: fetching them/lib: git ls-remote: .*; it is asked again in \d+\.\d seconds$", err, re.M)
        equal(bool(again), not silent), err
        assert b"fetching" not in out, out


def test_what_is_not_there_is_an_error_with_its_place():
    url, _ = served()
    for uses in ("./.github/workflows/none.yml", "them/lib/.github/workflows/none.yml@v1", "them/lib/.github/workflows/called.yml@none"):
        r = run(caller(uses), "--github-url", url)
        equal(r.code, 3, r.err)
        assert ".github/workflows/t.yml:4:11: error: Error calling workflow '%s': workflow was not found" % uses in r.err, r.err


def test_an_error_in_a_called_file_names_both_places():
    r = run(caller("./.github/workflows/called.yml"), files={".github/workflows/called.yml": CALLED.replace("runs-on", "runs-of")})
    equal(r.code, 3, r.err)
    assert ".github/workflows/called.yml:4:5: error: Unexpected value 'runs-of'" in r.err, r.err
    assert ".github/workflows/t.yml:4:11" in r.err and "called from here" in r.err, r.err


def test_inputs_that_are_wrong():
    r = run(caller("./.github/workflows/called.yml").replace("who: me", "whoo: me"), files={".github/workflows/called.yml": CALLED})
    equal(r.code, 3, r.err)
    assert "Invalid input, whoo is not defined in the referenced workflow." in r.err and "did you mean 'who'" in r.err, r.err
    assert "Input who is required, but not provided while calling." in r.err, r.err


def test_a_circle_of_calls_ends():
    r = run("on: {push: , workflow_call: }\njobs:\n  a: {uses: ./.github/workflows/t.yml}\n")
    equal(r.code, 3, r.err)
    assert "calls itself" in r.err or "depth exceeded" in r.err, r.err


def test_two_processes_take_turns_in_a_group():
    flow = ("on: push\nconcurrency: one\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - run: while [ ! -e GO ]; do sleep 0.02; "
            "done\n")
    marker = tempfile.mktemp(dir=BASE)
    d = repo({".github/workflows/t.yml": flow.replace("GO", marker)})
    first = start(d, "run", "--format", "json", env={"XDG_STATE_HOME": d + "/.state"})
    line = ""
    while "step.start" not in line:
        line = first.stdout.readline().decode()
    second = start(d, "run", "--format", "json", env={"XDG_STATE_HOME": d + "/.state"})
    while "Waiting: another run of concurrency group 'one' is in progress" not in line:
        line = second.stdout.readline().decode()
    open(marker, "w").close()
    equal(first.wait(20), 0)
    rest = second.communicate(timeout=20)[0].decode()
    equal(second.returncode, 0)
    assert "job.start" in rest, rest
    first.stdout.close(), first.stderr.close()


if __name__ == "__main__":
    main(globals())
