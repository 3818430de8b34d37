"""Where runs are recorded: below the folder that was named and nowhere else, whatever stands there already."""
import fcntl
from real import *

ODD = """on: push
jobs:
  j:
    runs-on: ubuntu-latest
    strategy:
      matrix: {x: ["../../up", "/etc/x", ".", "..", "a\\0b\\nc", "%s"]}
    steps:
      - id: s
        run: echo said >> $GITHUB_STEP_SUMMARY; echo hello
""" % ("long" * 80)


def tree(d):
    """Every name below d, links not followed."""
    return sorted(os.path.relpath(os.path.join(at, n), d) for at, dirs, names in os.walk(d) for n in dirs + names)


def logged(d, *args, **kw):
    p = start(d, "run", "--format", "quiet", *args, **kw)
    out, err = p.communicate(timeout=60)
    return p.returncode, err.decode()


def test_all_of_it_is_below_the_log_dir():
    d = repo({".github/workflows/t.yml": ODD})
    outside = tempfile.mkdtemp(prefix="logs-", dir=BASE)
    before = tree(d)
    equal(logged(d, "--log-dir", outside + "/a/b")[0], 0)
    equal(tree(d), before)
    equal(os.listdir(outside), ["a"])
    equal(os.listdir(outside + "/a"), ["b"])
    made = tree(outside + "/a/b")
    equal([n for n in made if "/" not in n and not re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{6}", n)], ["run-number"])
    equal(len([n for n in made if n.endswith("s.log")]), 6, made)
    equal(len([n for n in made if n.endswith("summary.md")]), 6, made)
    for n in [""] + made:
        st = os.lstat(outside + "/a/b/" + n)
        equal(st.st_mode & 0o077, 0, n)


def test_no_part_of_the_workspace_is_hidden():
    """Tools that pass over what is hidden look at the whole path."""
    flow = steps("- {id: s, run: 'pwd; stat -c %a ../../..'}")
    r = run(flow, env={"XDG_STATE_HOME": None})
    equal(r.code, 0, r.err)
    at = r.lines("s")[0]
    assert at.startswith(f"/var/tmp/sidestep-{os.geteuid()}/") and "/." not in at, at
    equal(r.lines("s")[1], "700")
    assert not os.path.exists(at.rsplit("/", 3)[0]), at
    equal(os.stat(f"/var/tmp/sidestep-{os.geteuid()}").st_mode & 0o77, 0)
    r = run(flow)
    assert r.lines("s")[0].startswith(r.home + "/state/sidestep/work/"), r.lines("s")


def test_links_that_are_there_already():
    d = repo({".github/workflows/t.yml": ODD})
    victim = tempfile.mkdtemp(prefix="victim-", dir=BASE)
    with open(victim + "/file", "w") as f:
        f.write("precious")
    os.symlink(victim, d + "/logs")
    for args in (["--log-dir", "logs"], ["--log-dir", "./logs/new"], ["--log-dir", d + "/logs"]):
        code, err = logged(d, *args)
        equal(code, 4, err)
        assert "leads out of the repository by a link" in err and "--log-dir" in err, err
    code, err = logged(d, "--cache-dir", "logs/cache")
    equal(code, 4, err)
    assert "logs/cache leads out of the repository by a link" in err and "--cache-dir" in err, err
    equal(tree(victim), ["file"])
    os.remove(d + "/logs")
    os.mkdir(d + "/logs", 0o700)
    os.symlink(victim + "/file", d + "/logs/run-number")
    equal(logged(d, "--log-dir", "logs")[0], 0)
    with open(victim + "/file") as f:
        equal(f.read(), "precious")


def test_folders_that_others_write_to():
    d = repo({".github/workflows/t.yml": ODD})
    logs = tempfile.mkdtemp(prefix="logs-", dir=BASE)
    os.chmod(logs, 0o777)
    code, err = logged(d, "--log-dir", logs)
    equal(code, 4, err)
    assert f"{logs} can be written to by others (mode 0777)" in err, err
    os.chmod(logs, 0o700)
    equal(logged(d, "--log-dir", logs)[0], 0)
    if os.geteuid() == 0:
        os.chown(logs, 12345, 12345)
        code, err = logged(d, "--log-dir", logs)
        equal(code, 4, err)
        assert f"{logs} belongs to another user (12345)" in err, err


def test_runs_are_counted_and_numbers_never_shared():
    d = repo({".github/workflows/t.yml": steps("- run: echo")})
    home = tempfile.mkdtemp(prefix="numbers-", dir=BASE)
    env = {"XDG_STATE_HOME": home}
    runs = [start(d, "run", "--format", "json", env=env) for _ in range(8)]
    for p in runs:
        out, err = p.communicate(timeout=60)
        equal(p.returncode, 0, err)
    with open(home + "/sidestep/run-number") as f:
        equal(f.read().strip(), "8")


def test_a_plan_is_not_counted_and_shows_the_coming_number():
    d = repo({".github/workflows/t.yml": steps("- run: echo number ${{ github.run_number }}"),
              ".github/workflows/u.yml": steps("- run: echo number ${{ github.run_number }}")})
    home = tempfile.mkdtemp(prefix="numbers-", dir=BASE)

    def said(*args):
        p = start(d, "run", *args, env={"XDG_STATE_HOME": home})
        out, err = p.communicate(timeout=60)
        equal(p.returncode, 0, err)
        return sorted(set(re.findall((r"echo" if args else r"\|") + r" number ([0-9]+|\$.*\}\})\n", out.decode())))

    counter = home + "/sidestep/run-number"
    for _ in range(2):
        equal(said("-n"), ["1", "2"])
    assert not os.path.exists(counter), "a plan was counted"
    equal(said(), ["1", "2"])
    equal(said("-n"), ["3", "4"])
    with open(counter) as f:
        equal(f.read().strip(), "2")
    os.unlink(counter)
    os.mkdir(counter)
    equal(said("-n"), ["${{ github.run_number }}"])


def test_a_number_that_is_locked_stops_nobody():
    d = repo({".github/workflows/t.yml": steps("- run: echo")})
    home = tempfile.mkdtemp(prefix="numbers-", dir=BASE)
    equal(logged(d, env={"XDG_STATE_HOME": home})[0], 0)
    with open(home + "/sidestep/run-number", "r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        equal(logged(d, env={"XDG_STATE_HOME": home})[0], 0)


main(globals())
