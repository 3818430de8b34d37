"""Options from configuration files: .sidestep.yml, config.yml, and those of act."""
from real import *

SHOW = """
- run: |
    echo "env $A $B $C"
    echo "vars ${{ vars.V }} ${{ vars.W }}"
    echo "inputs ${{ inputs.I }}"
    echo "secrets ${{ secrets.S == 'one' }} ${{ secrets.T == 'two' }}"
    echo "act ${ACT-none}"
"""


def place(files, user=None, workflow=None, commit=False):
    """A repository with these files and a home with those of the user; answers (directory, environment)."""
    d = repo({".github/workflows/t.yml": workflow or steps(SHOW), **files}, commit)
    home = tempfile.mkdtemp(prefix="user-", dir=BASE)
    for path, text in (user or {}).items():
        full = os.path.join(home, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as f:
            f.write(text)
    return d, {"HOME": home, "XDG_CONFIG_HOME": None, "ACT": None}


def ran(p, *args, cwd=None, env=None, format="json"):
    d, e = p
    r = start(os.path.join(d, cwd or "."), "run", *(["--format", format] if format else []), *args, env={**e, **(env or {})})
    out, err = r.communicate(timeout=60)
    return Result(r.returncode, out, err.decode(), r.home, d)


def shown(p, *args, **kw):
    """What SHOW prints, by its first words."""
    r = ran(p, *args, **kw)
    equal(r.code, 0, r.err)
    lines = {}
    for l in r.lines():
        word, _, rest = l.partition(" ")
        lines[word] = rest.strip()
    lines["stderr"] = r.err
    return lines


def refused(p, *wanted, code=2):
    """Nothing runs, and standard error has all these texts."""
    r = ran(p)
    equal(r.code, code, r.err)
    equal(r.events, [])
    for w in wanted:
        assert w in r.err, f"no {w!r} in:\n{r.err}"
    return r.err


def test_the_order_of_precedence():
    """Each file says less than the one before: who wins is seen from what is left."""
    user = {".config/sidestep/config.yml": "env: {A: user, B: user, C: user}\nvar: {V: user, W: user}\n"}
    files = {".sidestep.yml": "env:\n  B: repository\n  C: repository\n"}
    equal(shown(place(files, user))["env"], "user repository repository")
    files[".actrc"] = "--env C=actrc\n"
    equal(shown(place(files, user))["env"], "user repository actrc")
    equal(shown(place(files, user), "--env", "C=line", "--env", "A=line")["env"], "line repository line")
    equal(shown(place(files, user), "--var", "V=line")["vars"], "line user")
    equal(shown(place(files, user), "--no-config")["env"], "")


def test_the_places_of_actrc_in_their_order():
    user = {".config/act/actrc": "--env A=xdg\n--env B=xdg\n--env C=xdg\n", ".actrc": "--env B=home\n--env C=home\n"}
    equal(shown(place({".actrc": "--env C=here\n"}, user))["env"], "xdg home here")
    d, e = place({}, user)
    equal(shown((d, {**e, "XDG_CONFIG_HOME": e["HOME"] + "/elsewhere"}))["env"], "home home")


def test_one_file_is_read_once():
    d, e = place({".actrc": "--container-architecture linux/amd64\n"})
    r = ran((d, {**e, "HOME": d}), "-v")
    equal(r.err.count("read .actrc"), 1, r.err)


def test_other_lists_are_replaced_by_higher_layers():
    files = {".sidestep.yml": "workflows: [a.yml]\nmatrix: {os: [x, y]}\n",
             "a.yml": steps("- run: echo file a"), "b.yml": steps("- run: echo file b")}
    equal(shown(place(files))["file"], "a")
    equal(shown(place(files), "-W", "b.yml")["file"], "b")
    files[".actrc"] = "-W b.yml\n"
    equal(shown(place(files))["file"], "b")


def test_paths_are_relative_to_their_file():
    user = {".config/sidestep/config.yml": "env-file: mine.env\nvar-file: ~/vars\n", ".config/sidestep/mine.env": "A=beside\n", "vars": "V=home\n"}
    files = {"sub/x": "", ".sidestep.yml": "workflows: conf/w.yml\n", "conf/w.yml": steps(SHOW)}
    for cwd in (".", "sub"):
        s = shown(place(files, user), cwd=cwd)
        equal((s["env"], s["vars"]), ("beside", "home"))


def test_values_of_every_kind():
    files = {".sidestep.yml": """
env: {A: 1, B: true, C: ~}
var: [V=list, "W=a=b"]
input: {I: 'quoted: text'}
max-parallel: 4
in-place: false
format: json
"""}
    user = {".config/sidestep/config.yml": "platform:\n  ubuntu-latest: host\ngithub-url: https://github.example\n"}
    r = ran(place(files, user), format=None)
    equal(r.code, 0, r.err)
    equal(r.lines()[0], "env 1 true ")
    equal(r.lines()[1], "vars list a=b")


def test_a_flag_may_be_taken_back():
    user = {".config/sidestep/config.yml": "in-place: true\nquiet: true\n"}
    d, e = place({".sidestep.yml": "in-place: false\n"}, user, workflow=steps("- run: touch here"))
    equal(ran((d, e)).code, 0)
    assert not os.path.exists(d + "/here")
    os.remove(d + "/.sidestep.yml")
    equal(ran((d, e)).code, 0)
    assert os.path.exists(d + "/here")


def test_all_errors_at_once_with_line_and_caret():
    err = refused(place({".sidestep.yml": """\
worklfows: x.yml
max-parallel: many
timeout: 0
in-place: 1
env: [A]
format: jsn
var: {V: [1, 2]}
platform: text
directory: /
sequential: true
sequential: false
check: {formt: json}
""", ".actrc": "-P x\nfoo\n"}, {".config/sidestep/config.yml": "- a list\n"}),
        "config.yml:1:1: error: a mapping of options was expected",
        ".sidestep.yml:1:1: error: unknown option 'worklfows' [config-key]\n    1 | worklfows: x.yml\n      | ^~~~~~~~~\n",
        "did you mean 'workflows'?",
        ".sidestep.yml:2:15: error: max-parallel needs a whole number, not a text",
        ".sidestep.yml:3:10: error: timeout needs a whole number of at least 1, not '0'",
        ".sidestep.yml:4:11: error: in-place needs true or false, not a number",
        ".sidestep.yml:5:7: error: env needs NAME=VALUE, not 'A'",
        ".sidestep.yml:6:9: error: format cannot be 'jsn', only text, json, github or quiet",
        "did you mean 'json'?",
        ".sidestep.yml:7:10: error: 'V' of var needs one text, not a list",
        ".sidestep.yml:8:11: error: platform needs LABEL=host|docker://IMAGE|skip, not 'text'",
        ".sidestep.yml:9:1: error: unknown option 'directory'",
        ".sidestep.yml:11:1: error: 'sequential' is already defined",
        ".sidestep.yml:12:9: error: unknown option 'formt'",
        ".actrc:1:1: error: --platform needs LABEL=IMAGE",
        ".actrc:2:1: error: an option was expected")
    equal(err.count(" error: "), 14, err)


def test_files_that_are_no_yaml():
    refused(place({".sidestep.yml": "env: {\n"}), ".sidestep.yml:")
    refused(place({".sidestep.yml": "a: &x [*x]\n"}), ".sidestep.yml:1:")
    refused(place({".sidestep.yml": "\t\0"}), ".sidestep.yml:1:")
    refused(place({".sidestep.yml": "just text\n"}), "a mapping of options was expected")
    for empty in ("", "# nothing\n", "---\n", "check:\n"):
        equal(shown(place({".sidestep.yml": empty}))["act"], "none")


def test_secrets_never_from_the_repository():
    for line in ("secret: {S: one}\n", "secret: [S=one]\n", "secret-file: x\n"):
        name = line.split(":")[0]
        refused(place({".sidestep.yml": "keep: false\n" + line}),
                f".sidestep.yml:2:1: error: {name} cannot stand in the repository's own configuration [config-trust]")
    for line in ("-s S=one", "--secret S", "--secret-file x"):
        name = "secret-file" if "file" in line else "secret"
        refused(place({".actrc": "--rm\n" + line + "\n"}), f".actrc:2:1: error: {name} cannot stand in the repository's own configuration")
    equal(shown(place({}, {".config/sidestep/config.yml": "secret: {S: one, T: }\nsecret-file: more\n", ".config/sidestep/more": "X=y\n"}),
                env={"T": "two"})["secrets"], "true true")
    # one by name only asks for nothing when another layer has its value
    equal(shown(place({".secrets": "T=two\n"}, {".config/sidestep/config.yml": "secret: [S]\n"}), "-s", "S=one")["secrets"], "true true")


USERS = ("github-url: https://evil.example", "log-dir: logs", "cache-dir: cache", "platform: {ubuntu-latest: host}",
         "platform: [x=host]", "in-place: true", "keep: true", "offline: false", "dry-run: false", "strict-platforms: false", "secret: {S: one}",
         "secret-file: .env", "env-file: ../outside", "env-file: [fine, /etc/passwd]", "var-file: ~/vars", "input-file: sub/../../x",
         "workflows: /tmp", "eventpath: ../event.json", "local-repository: {o/r: ..}", "artifact-dir: /tmp/artifacts",
         "env-file: sub/link", "env-file: pipe", "var-file: dir/passwd", "artifact-dir: dir/new/one")


def test_what_belongs_to_the_user():
    """Each line is refused in the repository's file with its place and the way out, and good in the user's own."""
    for line in USERS:
        p = place({".sidestep.yml": "sequential: false\n" + line + "\n", "sub/x": "", "fine": ""})
        os.symlink("/etc/passwd", p[0] + "/sub/link")
        os.symlink("/etc", p[0] + "/dir")
        os.mkfifo(p[0] + "/pipe")
        name = line.split(":")[0]
        err = refused(p, ".sidestep.yml:2:", f": error: {name} ", "[config-trust]", "~/.config/sidestep/config.yml")
        equal(err.count(" error: "), 1, err)
    d, e = place({}, {".config/sidestep/config.yml": "github-url: https://x.example\nplatform: {ubuntu-latest: host}\noffline: false\n"
                      "env-file: ~/mine\nin-place: false\nlocal-repository: {o/r: /tmp}\n", "mine": "A=of the user"})
    equal(shown((d, e))["env"], "of the user")


SAMPLES = {"MIB": "1", "MODE": "read", "FILE": "/etc/hostname", "DIR": "/etc", "PATH": "/etc", "N": "1", "MINUTES": "1", "FORMAT": "json", "WHEN": "never",
           "KEY:VALUE": "{a: b}", "NAME=VALUE": "{a: b}", "OWNER/REPO[@REF]=DIR": "{o/r: /etc}",
           "OWNER/REPO[@REF]=none|DIR": "{o/r: /etc}", "LABEL=host|docker://IMAGE|skip": "{x: host}"}


def test_the_page_says_what_the_rows_say():
    """Every option stands once in the table of docs/configuration.md, where a repository's file finds it."""
    page = open(os.path.join(os.path.dirname(__file__), "../../docs/configuration.md"), encoding="utf-8").read()
    rows = re.search(r"a file of the repository may set.*?\n\n", page, re.S).group(0).split("\n")[2:-2]
    said = [(re.findall(r"`([a-z-]+)`", r.split("|")[2]), r.split("|")[1].strip()) for r in rows]
    kind = {name: what for names, what in said for name in names}
    equal(len(kind), sum(len(names) for names, _ in said))
    d, e = place({})
    p = start(d, "run", "--help", env=e)
    options = dict(re.findall(r"^ +(?:-., )?--([a-z-]+)(?:[ =](\S+))?", p.communicate()[0].decode(), re.M))
    for name in ("directory", "explain", "list", "graph", "no-config", "help", "version"):
        del options[name]
    equal(sorted(kind), sorted(options))
    for name, arg in options.items():
        for value in ([SAMPLES.get(arg, "x")] if arg else ["true", "false"]):
            with open(d + "/.sidestep.yml", "w") as f:
                f.write(f"{name}: {value}\n")
            refused_ = "[config-trust]" in ran((d, e)).err
            what = kind[name]
            wanted = what == "not at all" or not (what == "freely" or (value in ("true", "false") and value not in what))
            equal(refused_, wanted, f"{name}: {value}, {what}")


def test_what_belongs_to_the_user_in_actrc():
    for line, name in (("--github-instance evil.example", "github-url"), ("-P ubuntu-latest=-self-hosted", "platform"),
                       ("--bind", "in-place"), ("--env-file /etc/passwd", "env-file"), ("-e ../e.json", "eventpath"),
                       ("--artifact-server-path /tmp/x", "artifact-dir"), ("--log-dir x", "log-dir"), ("-W ..", "workflows"),
                       ("--action-offline-mode=false", "offline"), ("-s A=b", "secret"), ("--secret-file x", "secret-file")):
        refused(place({".actrc": "--rm\n\n" + line + "\n"}), ".actrc:3:1: error: " + name, "[config-trust]",
                f"--{name}" if name[:6] != "secret" else "--secret-file")
    p = place({"sub/.actrc": "--bind\n"})
    r = ran(p, cwd="sub")
    assert r.code == 2 and ".actrc:1:1: error: in-place" in r.err, r.err


def test_what_stays_inside_is_fine():
    d, e = place({".sidestep.yml": "env-file: sub/link\nartifact-dir: made/later\noffline: true\nworkflows: sub/../w.yml\n"
                  "platform: {ubuntu-latest: skip, windows-latest: docker://x}\n", "sub/real": "A=inside\n", "w.yml": steps(SHOW).replace("ubuntu-latest", "ubuntu-24.04")})
    os.symlink("real", d + "/sub/link")
    equal(shown((d, e))["env"], "inside")


def test_what_the_user_says_too_is_no_claim_of_the_repository():
    files = {".sidestep.yml": "platform: {ubuntu-latest: host}\n", ".actrc": "-P ubuntu-latest=-self-hosted\n"}
    refused(place(files), ".sidestep.yml:1:", ".actrc:1:1: error: platform 'ubuntu-latest=host'")
    equal(shown(place(files, {".actrc": "-P ubuntu-latest=-self-hosted\n"}))["act"], "none")
    equal(shown(place(files, {".config/sidestep/config.yml": "platform: {ubuntu-latest: host}\n"}))["act"], "none")
    equal(shown(place(files), "-P", "ubuntu-latest=host")["act"], "none")
    r = ran(place(files), "-P", "ubuntu-22.04=host")  # another name is another entry
    equal((r.code, r.events), (2, []))
    # what the command line overrides has no effect
    p = place({".sidestep.yml": "in-place: true\nlog-dir: /nowhere\n"})
    equal(shown(p, "--log-dir", p[1]["HOME"] + "/logs", "--in-place")["act"], "none")
    equal(shown(p, "--no-config")["act"], "none")


def test_the_environment_stays_with_the_user():
    for line in ("--github-instance evil.example/$TOKEN", "--env A=${TOKEN}", "--var-file x$HOME", "--$TOKEN x"):
        refused(place({".actrc": line + "\n"}), ".actrc:1:1: error: $", "is not taken from the environment in a file of the repository",
                "~/.actrc")
    equal(shown(place({".actrc": "--env A=$5-$-$\n"}))["env"], "$5-$-$")
    equal(shown(place({}, {".actrc": "--env A=$TOKEN\n"}), env={"TOKEN": "mine"})["env"], "mine")
    equal(shown(place({".sidestep.yml": "env: {A: $TOKEN}\n", ".env": "B=$TOKEN\n"}), env={"TOKEN": "mine"})["env"], "$TOKEN $TOKEN")


def test_files_that_lead_elsewhere():
    for name in (".sidestep.yml", ".actrc", ".env", ".secrets", ".vars", ".input"):
        p = place({"sub/x": ""})
        os.symlink("/etc/passwd", p[0] + "/" + name)
        refused(p, f"{name}:1:1: error: {name} is a link that leads out of the repository [config-trust]")
        os.remove(p[0] + "/" + name)
        os.symlink("../" * 30 + "etc/passwd", p[0] + "/sub/" + name)
        r = ran(p, cwd="sub")
        if name != ".sidestep.yml":  # which is looked for in the root only
            assert r.code == 2 and f"{name} is a link that leads out" in r.err, r.err
        os.remove(p[0] + "/sub/" + name)
        # a pipe blocks nobody, and is no file
        os.mkfifo(p[0] + "/" + name)
        refused(p, f"{name}:1:1: error: {name} is not a regular file [config-trust]")
    p = place({"real": "A=linked\n"})
    os.symlink("real", p[0] + "/.env")
    equal(shown(p)["env"], "linked")
    os.remove(p[0] + "/.env")
    os.symlink("/etc/passwd", p[0] + "/.env")
    equal(shown(p, "--env-file", "real")["env"], "linked")


def test_secrets_of_a_tracked_file():
    files = {".secrets": "S=one\n", "sub/.secrets": "S=one\n"}
    equal(shown(place(files))["secrets"].split()[0], "true")
    for cwd in (".", "sub"):
        p = place(files, commit=True)
        r = ran(p, cwd=cwd)
        equal((r.code, r.events), (2, []), r.err)
        assert ".secrets holds secrets and is tracked by git [config-trust]" in r.err and "--secret-file" in r.err, r.err
        equal(shown(p, "--secret-file", ".secrets", cwd=cwd)["secrets"].split()[0], "true")
    p = place(files)
    if os.geteuid() == 0:
        os.chown(p[0] + "/.secrets", 12345, 12345)
        refused(p, ".secrets holds secrets and belongs to somebody else")
    # looking starts nothing that the repository names
    p = place(files)
    with open(p[0] + "/.git/config", "a") as f:
        f.write(f"[core]\n\tfsmonitor = touch {p[0]}/ran; false\n")
    equal(shown(p)["secrets"].split()[0], "true")
    assert not os.path.exists(p[0] + "/ran")


def test_the_section_of_check():
    d, e = place({".sidestep.yml": "check: {format: json}\nmax-parallel: 2\n"})
    p = start(d, "check", env=e)
    out, err = p.communicate(timeout=60)
    equal((p.returncode, out.strip(), err), (0, b"[]", b""))
    d, e = place({".sidestep.yml": "check: {format: jsno}\n"})
    p = start(d, "check", env=e)
    out, err = p.communicate(timeout=60)
    equal(p.returncode, 2)
    assert b".sidestep.yml:1:17: error: format cannot be 'jsno'" in err, err
    p = start(d, "check", "--format", "text", env=e)
    equal((p.wait(60), p.communicate()[0]), (2, b""))


def test_what_is_not_in_this_build_is_said():
    r = ran(place({".sidestep.yml": "watch: true\n"}))
    equal(r.code, 4)
    assert "--watch is not available" in r.err and ".sidestep.yml:1" in r.err, r.err


def test_actrc_as_act_reads_it():
    user = {".actrc": """
# a comment, and a blank line above
--env A=deux words
--env=B=attached
  --env C=$CHOSEN-${CHOSEN}
--var V=v
--input I=i
-s S=one
-sT=two
--rm
-rp
--pull=false
--container-architecture linux/amd64
-P ubuntu-latest=-self-hosted
--platform windows-latest=catthehacker/ubuntu:act-latest
--no-skip-checkout
--max-parallel 3
"""}
    s = shown(place({}, user), env={"CHOSEN": "it"})
    equal((s["env"], s["vars"], s["secrets"]), ("deux words attached it-it", "v", "true true"))
    notes = [l for l in s["stderr"].splitlines() if l]
    equal(notes, ["sidestep: note: options of act that have no effect here: --reuse, --pull, --container-architecture",
                  "sidestep: note: no images are used (-P windows-latest=catthehacker/ubuntu:act-latest): ubuntu-... jobs run on this "
                  "machine, others where -P LABEL=host says so",
                  "sidestep: note: used, but not given: variable W (--var NAME=VALUE)"])
    equal(shown(place({".actrc": "--rm\n"}), "-q")["stderr"], "")


def test_flags_of_act_become_ours():
    workflow = steps("- run: touch here\n- run: echo seen")
    d, e = place({}, {".actrc": "--bind\n"}, workflow=workflow)
    equal(ran((d, e)).code, 0)
    assert os.path.exists(d + "/here")
    r = ran(place({".actrc": "--json\n"}, workflow=workflow), format=None)
    equal((r.code, r.lines()), (0, ["seen"]))
    r = ran(place({".actrc": "-n\n--action-offline-mode\n--artifact-server-path art\n--concurrent-jobs 0\n"}, workflow=workflow))
    equal((r.code, r.lines("__run_2")), (0, []), r.err)
    r = ran(place({".actrc": "-P ubuntu-latest=skip\n"}, workflow=workflow))
    equal((r.code, len(r.of("step.start"))), (0, 0))
    # an image of act stands for nothing: the label is served as without it
    r = ran(place({".actrc": "-P ubuntu-latest=node:20\n"}, workflow=workflow))
    equal((r.code, r.lines()), (0, ["seen"]))


def test_unknown_lines_of_actrc():
    refused(place({".actrc": "# fine\n--rm\nubuntu-16.04=image\n--evn A=b\n-Z\n--env\n--rm x\n--list\n-C /\n--max-parallel 0\n--format jsn\n--bind=perhaps\n"}),
            ".actrc:3:1: error: an option was expected, -X or --name [config-key]\n    3 | ubuntu-16.04=image\n      | ^~~~",
            ".actrc:4:1: error: unknown option '--evn'", ".actrc:5:1: error: unknown option '-Z'",
            ".actrc:6:1: error: --env needs its value on the same line", ".actrc:7:1: error: --rm takes no value",
            ".actrc:8:1: error: --list belongs on the command line", ".actrc:9:1: error: --directory belongs on the command line",
            ".actrc:10:1: error: max-parallel needs a whole number", ".actrc:11:1: error: format cannot be 'jsn'",
            ".actrc:12:1: error: in-place is true or false, not 'perhaps'")


def test_the_default_files_of_act():
    files = {".env": "A=env\n", ".secrets": "S=one\nT=two\n", ".vars": "V: var\n", ".input": "I=input\n", "sub/x": ""}
    dispatch = steps(SHOW).replace("on: push", "on: {workflow_dispatch: {inputs: {I: {}}}}")
    s = shown(place(files, workflow=dispatch), "workflow_dispatch", "-v")
    equal((s["env"], s["vars"], s["inputs"], s["secrets"]), ("env", "var", "input", "true true"))
    for f in (".env", ".secrets", ".vars", ".input"):
        assert f"sidestep: read {f}\n" in s["stderr"], s["stderr"]
    equal(shown(place(files, workflow=dispatch), "workflow_dispatch")["stderr"],
          "sidestep: note: used, but not given: variable W (--var NAME=VALUE)\n")
    # from below the root as well, unless there is one of its own
    p = place({**files, "sub/.env": "A=sub\n"})
    s = shown(p, cwd="sub")
    equal((s["env"], s["vars"]), ("sub", "var"))
    # another file in its place, or a value, wins
    equal(shown(place({**files, "other": "B=other\n"}), "--env-file", "other")["env"], "other")
    equal(shown(place({**files, "other": "B=other\n", ".sidestep.yml": "env-file: other\n"}))["env"], "other")
    equal(shown(place({**files, ".sidestep.yml": "env: {B: b}\n"}), "--env", "A=line")["env"], "line b")
    equal(shown(place(files), "--no-config")["env"], "")
    # a folder of that name is somebody else's
    equal(shown(place({".env/bin/python": ""}))["env"], "")


def test_act_is_set_on_request_only():
    equal(shown(place({}))["act"], "none")
    equal(shown(place({}), "--act-compat")["act"], "true")
    equal(shown(place({".sidestep.yml": "act-compat: true\n"}))["act"], "true")
    equal(shown(place({".actrc": "--act-compat\n"}))["act"], "true")
    equal(shown(place({".actrc": "--rm\n"}))["act"], "none")
    equal(shown(place({".env": "ACT=mine\n"}), "--act-compat")["act"], "mine")
    equal(shown(place({}), "--act-compat", "--env", "ACT=no")["act"], "no")
    r = ran(place({}, workflow=steps("- {id: a, if: \"${{ env.ACT }}\", run: echo}\n- {id: b, env: {ACT: own}, run: echo $ACT}")), "--act-compat")
    equal((r.end("a"), r.lines("b")), ("success/success", ["own"]))


def values(text, *names):
    """What an env file makes of these names, as JSON texts."""
    script = "import os, json; print(json.dumps([os.environ.get(n) for n in %r]))" % (list(names),)
    r = ran(place({"e": text}, workflow=steps("- shell: python3 {0}\n  run: |\n    " + script)), "--env-file", "e")
    equal(r.code, 0, r.err)
    return json.loads(r.lines()[-1])


def test_the_grammar_of_env_files():
    equal(values("A=1\nexport B=2\n  C = 3  \nD: 4\nexport\tE=5\n", *"ABCDE"), list("12345"))
    equal(values("A=x # c\nB=x#c\nC='x # c' # d\nD=\"x # c\"#d\nE=\nF= \n", *"ABCDEF"), ["x", "x#c", "x # c", "x # c", "", ""])
    equal(values('A="a\\nb\\tc\\"d\\\\e\\$f"\nB=\'a\\nb\'\nC=a\\nb\n', *"ABC"), ['a\nb\tc"d\\e$f', "a\\nb", "a\\nb"])
    equal(values('A="one\ntwo\n\nthree" # x\nB=\'one\ntwo\'\nC=3', *"ABC"), ["one\ntwo\n\nthree", "one\ntwo", "3"])
    equal(values("A=1\r\nB='2'\r\nC=\"x\r\ny\"\r\n", *"ABC"), ["1", "2", "x\ny"])
    equal(values("\ufeffA=1\n#B=2\n\n   # c\nA=2\n", "A", "B"), ["2", None])
    equal(values("N=x\nA=$N-${N}\nB=\"$N\"\nC='$N'\nD=\\$N\nE=$word$\nF=pa$(N)\nG=${N\nH=$5-${NOT}\n", *"ABCDEFGH"),
          ["x-x", "x", "$N", "$N", "$word$", "pa$(N)", "${N", "$5-${NOT}"])
    equal(values("A='it\\'s'\nB=a b 'c'\nC=ü\n", *"ABC"), ["it\\'s", "a b 'c'", "ü"])


def test_lines_that_env_files_do_not_know():
    for text, place_, why in (
            ("A=1\nwhat is this\n", 2, "NAME=VALUE was expected: what is this"),
            ("A=1\nB\n", 2, "NAME=VALUE was expected: B"),
            ("=x\n", 1, "NAME=VALUE was expected"),
            ("A='x' y\n", 1, "nothing may follow the closing quote: y"),
            ("X=1\nA=\"x\ny\n", 2, "the quote is not closed"),
            ("A='x\n", 1, "the quote is not closed"),
            ("A=\"1\n2\"\n\nB!\n", 4, "NAME=VALUE was expected: B!"),
            ("A B=1\n", 1, "NAME=VALUE was expected")):
        refused(place({".env": text}), f".env:{place_}: {why}", code=3)
        refused(place({".secrets": text}), f".secrets:{place_}: {why}", code=3)


def test_large_and_hostile_files_end():
    began = time.monotonic()
    many = "".join(f"V{i}=x\n" for i in range(200000))
    equal(shown(place({".vars": many}))["act"], "none")
    refused(place({".sidestep.yml": "x" * 3000000}), ".sidestep.yml")
    refused(place({".sidestep.yml": "[" * 100000}), ".sidestep.yml")
    refused(place({".env": '"' * 1000000}), ".env:1:", code=3)
    pairs = "env:\n" + "".join(f"  V{i}: x\n" for i in range(40000))
    r = ran(place({".sidestep.yml": pairs}, workflow=steps("- if: false\n  run: echo")))
    equal(r.code, 0, r.err)
    assert time.monotonic() - began < 40


main(globals())
