"""What is read: pipes and devices in a file's place are refused, those that a user names are read; secrets on the command line."""
from real import *

HELLO = steps("- {id: a, run: 'echo \"got ${{ secrets.A }}${{ env.B }}\"; echo ${{ github.event.x }}'}")
WORKFLOW = ".github/workflows/t.yml"


def finish(p, timeout=30):
    out, err = p.communicate(timeout=timeout)
    return p.returncode, out.decode(), err.decode()


def test_pipes_in_the_place_of_workflows():
    d = repo({WORKFLOW: HELLO})
    os.mkfifo(d + "/.github/workflows/x.yml")
    for args in (["run"], ["check"], ["list"], ["graph"], ["run", "-n"], ["run", "-W", ".github/workflows/x.yml"]):
        code, out, err = finish(start(d, *args))
        assert code != 0 and "x.yml: is not a regular file" in err, (args, code, err)
    os.unlink(d + "/.github/workflows/x.yml")
    os.symlink("/dev/zero", d + "/.github/workflows/x.yml")
    code, out, err = finish(start(d, "check"))
    equal(code, 3)
    assert "x.yml: is a link that leads out of the repository" in err, err
    code, out, err = finish(start(d, "check", ".github/workflows/x.yml"))
    equal(code, 3)
    assert "is not a regular file" in err, err


def test_pipes_in_the_place_of_configuration():
    for name in (".sidestep.yml", ".actrc", ".env", ".vars", ".input", ".secrets"):
        d = repo({WORKFLOW: HELLO})
        os.mkfifo(f"{d}/{name}")
        code, out, err = finish(start(d, "run"))
        equal(code, 2, name)
        assert f"{name} is not a regular file" in err, err
    for text in ("run:\n  env-file: [fifo]\n", "env-file: [fifo]\n"):
        d = repo({WORKFLOW: HELLO, ".sidestep.yml": text})
        os.mkfifo(d + "/fifo")
        code, out, err = finish(start(d, "run"))
        equal(code, 2, err)


def test_pipes_in_the_place_of_an_action():
    d = repo({WORKFLOW: steps("- run: mkdir act; mkfifo act/action.yml\n- {uses: ./act}")})
    code, out, err = finish(start(d, "run"))
    equal(code, 1)
    assert "action.yml: is not a regular file" in out + err, out + err


def test_links_out_of_the_repository():
    d = repo({WORKFLOW: HELLO})
    os.symlink("/etc/passwd", d + "/.github/workflows/out.yml")
    for verb in ("check", "list", "graph", "run"):
        code, out, err = finish(start(d, verb))
        equal(code, 3, verb)
        assert "out.yml: is a link that leads out of the repository" in err and "root:" not in out + err, err
    code, out, err = finish(start(d, "run", "-W", WORKFLOW))
    equal(code, 0, err)


def test_pipes_of_the_users_own():
    d = repo({WORKFLOW: HELLO})
    home = tempfile.mkdtemp(prefix="home-", dir=BASE)
    r = subprocess.run(["bash", "-c", '"$0" run --secret-file <(echo A=one) --env-file <(sleep 0.2; echo B=two) -e <(echo "{\\"x\\": 3}")',
                        EXE], cwd=d, env=environment(home), capture_output=True, timeout=30, stdin=subprocess.DEVNULL)
    equal(r.returncode, 0, r.stderr.decode())
    assert "| got ***two" in r.stdout.decode(), r.stdout.decode()
    r = subprocess.run(["bash", "-c", '"$0" run --env-file <(true) -W <(cat .github/workflows/t.yml)', EXE], cwd=d,
                       env=environment(home), capture_output=True, timeout=30, stdin=subprocess.DEVNULL)
    equal(r.returncode, 0, r.stderr.decode())
    os.mkfifo(d + "/fifo")
    p = start(d, "run", "--env-file", "fifo")
    with open(d + "/fifo", "w") as f:  # waits until it is opened for reading
        f.write("B=late\n")
    code, out, err = finish(p)
    equal(code, 0, err)
    assert "got late" in out, out


def test_ctrl_c_while_a_pipe_is_waited_for():
    d = repo({WORKFLOW: HELLO})
    os.mkfifo(d + "/fifo")
    for args in (["--secret-file", "fifo"], ["-e", "fifo"], ["--env-file", "fifo"]):
        for sig, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            p = start(d, "run", *args)
            w = os.open(d + "/fifo", os.O_RDWR)  # a writer that says nothing
            until(lambda: any(os.path.realpath(f"/proc/{p.pid}/fd/{f}").endswith("/fifo") for f in os.listdir(f"/proc/{p.pid}/fd")))
            p.send_signal(sig)
            equal(finish(p)[0], code)
            os.close(w)


def test_what_never_ends_is_bounded():
    d = repo({WORKFLOW: HELLO})
    for args in (["--secret-file", "/dev/zero"], ["-e", "/dev/zero"], ["--env-file", "/dev/zero"]):
        code, out, err = finish(start(d, "run", *args))
        assert code in (2, 3) and "larger than" in err, (args, code, err)
    home = tempfile.mkdtemp(prefix="home-", dir=BASE)
    r = subprocess.run(["bash", "-c", 'yes A=b | "$0" run --env-file /dev/stdin', EXE], cwd=d, env=environment(home),
                       capture_output=True, timeout=30)
    assert r.returncode == 3 and b"larger than" in r.stderr, r.stderr


def test_secrets_are_not_in_the_list_of_processes():
    n = unique(11)
    d = repo({WORKFLOW: steps(f"- {{id: a, run: 'test \"$S\" = one-two-three-four && exec sleep {n}', env: "
                              "{S: '${{ secrets.A }}-${{ secrets.B }}-${{ secrets.C }}-${{ secrets.D }}'}}"),
              ".sidestep.yml": "max-parallel: 2\n"})
    p = start(d, "run", "-s", "A=zero-w", "-s", "A=one", "--secret=B=two", "-sC=three", "--secret", "D=four", "--var", "V=visible")
    try:
        until(lambda: left_behind(n))
        with open(f"/proc/{p.pid}/cmdline", "rb") as f:
            seen = f.read()
        for word in (b"zero-w", b"one", b"two", b"three", b"four"):
            assert word not in seen, seen
        assert b"V=visible" in seen and b"--secret=B=" in seen, seen
    finally:
        p.send_signal(signal.SIGINT)
        finish(p)


if __name__ == "__main__":
    main(globals())
