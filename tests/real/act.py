"""The options of act on our command line and in .actrc: every row of the table in docs/configuration.md is true, letter by letter."""
import functools
from real import *

DOCS = os.environ.get("DOCS", os.path.join(os.path.dirname(__file__), "../../docs"))
WORKFLOW = """
on:
  push:
  workflow_dispatch: {inputs: {I: {default: none}}}
env:
  SEEN: seen
jobs:
  first:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: |
          echo "$SEEN in $GITHUB_WORKSPACE by ${{ github.actor }} on ${{ github.event_name }}"
          echo "env $A, var ${{ vars.V }}, input ${{ inputs.I }}, secret ${{ secrets.S == 'one' }}"
          ls
  second:
    runs-on: ubuntu-latest
    strategy: {matrix: {x: [1, 2]}}
    steps:
      - run: echo "leg ${{ matrix.x }}"
"""
VALUES = {"PATH": "here", "ADDRESS": "127.0.0.1", "PORT": "1234", "URL": "http://localhost", "ARCH": "linux/amd64", "CAP": "SYS_PTRACE",
          "URI": "-", "OPTIONS": "--memory 1g", "NAME": "name", "TOKEN": "t", "OWNER/REPO": "o/r"}


def place(files=None, workflow=WORKFLOW, user=None):
    d = repo({".github/workflows/t.yml": workflow, "tracked": "", **(files or {})})
    home = tempfile.mkdtemp(prefix="user-", dir=BASE)
    for path, text in (user or {}).items():
        with open(os.path.join(home, path), "w") as f:
            f.write(text)
    return d, {"HOME": home, "XDG_CONFIG_HOME": None, "XDG_STATE_HOME": home + "/state", "ACT": None}


def call(p, *args, env=None):
    r = start(p[0], *args, env={**p[1], **(env or {})})
    out, err = r.communicate(timeout=60)
    return Result(r.returncode, out, err.decode(), p[1]["HOME"], p[0])


def good(p, *args, err="", env=None):
    r = call(p, "--format", "json", *args, env=env)
    said = re.sub("sidestep: note: used, but not given: .*\n", "", r.err)
    equal((r.code, said), (0, err), args)
    return r


def refused(p, *args, code=2, text):
    r = call(p, *args)
    equal(r.code, code, r.err)
    assert text in r.err, r.err


def has(r, line):
    assert any(line in l for l in r.lines()), (line, r.lines())


@functools.cache
def table():
    """The rows: (name, letter, argument, what it is here)."""
    p = start(BASE, "help", "--act")
    text = p.communicate()[0].decode()
    rows = []
    for line in text.splitlines()[2:]:
        names, here = re.match(r"\| (.*) \| (.*) \|$", line).groups()
        m = re.match(r"(?:`-(.)`, )?`--([a-z-]+)(?: (.*))?`$", names)
        rows.append((m.group(2), m.group(1), m.group(3), here))
    return text, rows


def test_the_page_has_the_table():
    with open(DOCS + "/configuration.md", encoding="utf-8") as f:
        assert table()[0] in f.read(), "docs/configuration.md lacks what 'sidestep help --act' prints"
    assert len(table()[1]) > 60


def test_rows_without_effect():
    """Accepted, with one line that says what is so; in .actrc one line names them all; quiet says nothing."""
    named = []
    for name, letter, arg, here in table()[1]:
        kind, _, note = here.partition("; ")
        if kind not in ("no effect", "always so"):
            continue
        assert note, name
        words = [f"--{name}", VALUES[arg]] if arg else [f"--{name}"]
        line = f"sidestep: note: --{name}: {note}\n"
        r = good(place(), *words, "-j", "second", err="" if kind == "always so" else line)
        equal(len(r.of("job.end")), 2)
        p = place()
        if not arg:
            asked, other = (("true", "false") if kind == "no effect" else ("false", "true"))
            good(p, f"--{name}={asked}", "-j", "second", err=line)
            good(p, f"--{name}={other}", "-j", "second")
            refused(p, f"--{name}=perhaps", text=f"--{name} is true or false, not 'perhaps'")
        if letter:
            good(p, "-" + letter, "-j", "second", err="" if kind == "always so" else line)
        equal(call(p, "-q", *words, "-j", "second").err, "")
        if kind == "no effect":
            named.append(f"--{name}")
    p = place(user={".actrc": "".join(f"--{n} {VALUES[a]}\n" if a else f"--{n}\n" for n, l, a, h in table()[1]
                                      if h.startswith(("no effect", "always so")))})
    good(p, "-j", "second", err="sidestep: note: options of act that have no effect here: " + ", ".join(named) + "\n")
    assert len(named) > 25


def test_rows_that_are_commands():
    """What they print is what our command prints; in .actrc they have no place."""
    count = 0
    for name, letter, arg, here in table()[1]:
        m = re.match(r"`sidestep ([^`]*)`", here)
        if not m:
            continue
        p = place()
        want = call(p, *m.group(1).split())
        for form in [f"--{name}"] + (["-" + letter] if letter else []):
            for words in ([form], ["run", form]) if name != "help" else ([form],):
                r = call(p, *words)
                equal((r.code, r.raw, r.err), (want.code, want.raw, want.err), words)
        refused(place(user={".actrc": f"--{name}\n"}), text=f"--{name} belongs on the command line")
        count += 1
    equal(count, 8)


def test_lists_and_graphs_of_what_is_named():
    p = place({"other/w.yml": "name: other\non: pull_request\njobs: {x: {runs-on: ubuntu-latest, steps: [run: true]}}\n"})
    for option, verb in (("-l", "list"), ("-g", "graph")):
        equal(call(p, option, "-W", "other").raw, call(p, verb, "other").raw)
        assert b"first" not in call(p, option, "-W", "other").raw
        r = call(p, option, "-j", "first")
        equal((r.code, r.err), (0, f"sidestep: note: --job does not narrow what --{verb} shows\n"))
        equal(call(p, option, "--json").raw, call(p, verb, "--format", "json").raw)
    equal(call(p, "-l", "pull_request").raw, call(p, "list", "pull_request").raw)
    equal(call(place(), "-l", "-C", p[0]).raw, call(place(), "list", "-C", p[0]).raw)
    refused(place(workflow="on: push\njobs: {a: {}}\n"), "--validate", code=1, text="error")


# --- those that are options of ours, one by one ---

def offline():
    p = place(workflow="on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [uses: o/r@v1]}}\n")
    r = call(p, "--action-offline-mode", "--format", "json")
    assert r.code in (1, 4) and "offline" in r.raw.decode() + r.err, (r.code, r.raw, r.err)
    good(place(), "--action-offline-mode", "-j", "second")


def actor():
    for words in (["--actor", "somebody"], ["-a", "somebody"]):
        has(good(place(), *words, "-j", "first"), " by somebody on push")
    r = good(place(user={".actrc": "--actor me\n"}), "-j", "first")
    has(r, " by me on push")
    p = place()
    subprocess.run(["git", "config", "user.name", "known"], cwd=p[0], check=True)
    has(good(p, "-j", "first"), " by known on push")


def artifacts():
    w = "on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [run: 'test -n \"$ACTIONS_RUNTIME_TOKEN\" || true']}}\n"
    p = place(workflow=w)
    good(p, "--artifact-server-path", "art")
    good(place(workflow=w, user={".actrc": f"--artifact-server-path {BASE}/art\n"}))


def bind():
    for words in (["--bind"], ["-b"]):
        p = place(workflow="on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [run: touch made]}}\n")
        good(p, *words)
        assert os.path.exists(p[0] + "/made")
    p = place(workflow="on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [run: touch made]}}\n", user={".actrc": "--bind\n"})
    good(p, "--bind=false")  # the command line wins
    assert not os.path.exists(p[0] + "/made")
    good(p)
    assert os.path.exists(p[0] + "/made")


def jobs_at_a_time():
    for n in ("0", "1", "3"):
        good(place(), "--concurrent-jobs", n)
    refused(place(), "--concurrent-jobs", "x", text="--max-parallel needs a whole number of at least 1, not 'x'")


def directory():
    p = place()
    for words in (["--directory", p[0]], ["-C", p[0]]):
        has(good(place(workflow="on: release\njobs: {}\n"), *words, "-j", "first"), "tracked")


def dry_run():
    for words in (["--dryrun"], ["-n"]):
        r = good(place(), *words)
        assert not r.lines("__run_2"), r.lines()


def of_values(option, name, shown):
    def case():
        has(good(place(), f"--{option}", f"{name}=one", "-j", "first"), shown)
        refused(place(), f"--{option}", name, text=f"--{option} needs NAME=VALUE, not '{name}'")
    return case


def of_files(option, text, shown):
    def case():
        p = place({"f": text, "f.yml": text.replace("=", ": ")})
        for f in ("f", "f.yml"):
            has(good(p, f"--{option}", f, "-j", "first", *(["workflow_dispatch"] if option == "input-file" else [])), shown)
        refused(p, f"--{option}", "missing", text="missing")
    return case


def event():
    p = place({"e.json": '{"sender": {"login": "sender"}}'})
    for words in (["--eventpath", "e.json"], ["-e", "e.json"]):
        has(good(p, *words, "-j", "first"), " by sender on push")


def server():
    w = "on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [run: 'echo ${{ github.server_url }}']}}\n"
    for host in ("git.example", "https://git.example"):
        has(good(place(workflow=w), "--github-instance", host), "https://git.example")


def value_of_input():
    has(good(place(), "workflow_dispatch", "--input", "I=one", "-j", "first"), "input one,")
    refused(place(), "--input", "I", text="--input needs NAME=VALUE, not 'I'")


def job():
    for words in (["--job", "second"], ["-j", "second"], ["-jsecond"]):
        equal(sorted(good(place(), *words).jobs()), ["second (1)", "second (2)"])
    equal(len(good(place(), "-j", "first", "-j", "second").jobs()), 3)


def json_lines():
    r = call(place(), "--json", "-j", "second")
    equal((r.code, len(r.of("run.end"))), (0, 1))
    equal(call(place(), "--json=false", "-j", "second").events, [])


def local_repository():
    w = "on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [uses: o/r@v1]}}\n"
    action = {"a/action.yml": "runs: {using: composite, steps: [{run: echo from here, shell: bash}]}\n"}
    for key in ("o/r@v1", "o/r", "https://github.com/o/r@v1"):
        has(good(place(action, workflow=w), "--local-repository", f"{key}=a"), "from here")


def matrix():
    equal(sorted(good(place(), "-j", "second", "--matrix", "x:2").jobs()), ["second (2)"])
    equal(len(good(place(), "-j", "second", "--matrix", "x:2", "--matrix", "x:1").jobs()), 2)


def images(rest=""):
    return f"sidestep: note: no images are used (-P {rest}): ubuntu-... jobs run on this machine, others where -P LABEL=host says so\n"


def real_checkout():
    want = call(place(), "--real-checkout", "--offline", "-j", "first")
    for p, words in ((place(), ["--no-skip-checkout"]), (place(user={".actrc": "--no-skip-checkout\n"}), [])):
        r = call(p, *words, "--offline", "-j", "first")
        equal(r.code, want.code)
        assert want.code != 0 and b"actions/checkout" in r.raw, r.raw
    has(good(place(), "--no-skip-checkout=false", "-j", "first"), "tracked")


def platform():
    for words in (["--platform", "ubuntu-latest=-self-hosted"], ["-P", "ubuntu-latest=-self-hosted"], ["-P", "big=host"]):
        good(place(), *words, "-j", "second")
    for image in ("catthehacker/ubuntu:act-latest", "node:20", "ghcr.io/o/i@sha256:0"):
        good(place(), "-P", f"ubuntu-latest={image}", "-j", "second", err=images(f"ubuntu-latest={image}"))
    # act's own habit
    p = place(user={".actrc": "".join(f"-P ubuntu-{v}=catthehacker/ubuntu:act-{v}\n" for v in ("latest", "22.04", "20.04", "18.04"))})
    good(p, "-j", "second", err=images("ubuntu-latest=catthehacker/ubuntu:act-latest and 3 more"))
    equal(call(p, "-q", "-j", "second").err, "")
    # in the repository's own .actrc, too: it changes nothing
    p = place({".actrc": "-P ubuntu-latest=node:20\n"})
    good(p, "-j", "second", err=images("ubuntu-latest=node:20"))
    # a label of one's own is run where it was said, and only there
    w = WORKFLOW.replace("ubuntu-latest", "big")
    r = call(place(workflow=w), "-P", "big=node:20", "--format", "json")
    equal(r.of("step.start"), [])
    good(place(workflow=w), "-P", "big=-self-hosted")
    for slip in ("hots", "-self-hostde", "", "two words"):
        refused(place(), "-P", f"ubuntu-latest={slip}", text="LABEL=host, LABEL=docker://IMAGE or LABEL=skip was expected")
    refused(place({".sidestep.yml": "platform: {ubuntu-latest: -self-hosted}\n"}), text="[config-trust]")


def quiet():
    for words in (["--quiet"], ["-q"]):
        r = call(place(workflow="on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [{run: echo no}, {run: echo yes; false}]}}\n"), *words)
        assert r.code == 1 and b"yes" in r.raw and b"no\n" not in r.raw, r.raw


def secret():
    for words in (["--secret", "S=one"], ["-s", "S=one"], ["-sS=one"]):
        has(good(place(), *words, "-j", "first"), "secret true")
    has(good(place(), "-s", "S", "-j", "first", env={"S": "one"}), "secret true")


def variable():
    of_values("var", "V", "var one,")()
    has(good(place(), "--var", "V", "-j", "first", env={"V": "one"}), "var one,")
    refused(place({".actrc": "--var V\n"}), text="var needs NAME=VALUE, not 'V'")


def verbose():
    for words in (["--verbose"], ["-v"]):
        equal(call(place(), *words, "-j", "second").code, 0)


def watch():
    for words in (["--watch"], ["-w"]):
        refused(place(), *words, code=4, text="--watch is not available in this build")


def workflows():
    p = place({"other/w.yml": "on: push\njobs: {x: {runs-on: ubuntu-latest, steps: [run: echo x]}}\n",
               "other/below/w.yml": "on: push\njobs: {y: {runs-on: ubuntu-latest, steps: [run: echo y]}}\n"})
    for words in (["--workflows", "other"], ["-W", "other"], ["-W", "other/w.yml"], ["other/w.yml"], ["push", "other/w.yml"]):
        equal(list(good(p, *words).jobs()), ["x"])
    r = good(p, "-W", "other/w.yml", "-W", "other/below/w.yml")
    equal(sorted(r.jobs() | {e["job_id"]: 0 for e in r.of("job.start")}), ["x", "y"])


CASES = {"action-offline-mode": offline, "actor": actor, "artifact-server-path": artifacts, "bind": bind, "concurrent-jobs": jobs_at_a_time,
         "directory": directory, "dryrun": dry_run, "env": of_values("env", "A", "env one,"), "env-file": of_files("env-file", "A=one\n", "env one,"),
         "eventpath": event, "github-instance": server, "input": value_of_input, "input-file": of_files("input-file", "I=one\n", "input one,"),
         "job": job, "json": json_lines, "local-repository": local_repository, "matrix": matrix, "no-skip-checkout": real_checkout, "platform": platform, "quiet": quiet,
         "secret": secret, "secret-file": of_files("secret-file", "S=one\n", "secret true"), "var": variable,
         "var-file": of_files("var-file", "V=one\n", "var one,"), "verbose": verbose, "watch": watch, "workflows": workflows}


def test_every_other_row_has_its_case():
    others = [n for n, l, a, h in table()[1] if not h.startswith(("no effect", "always so", "`sidestep"))]
    equal(sorted(others), sorted(CASES))


def test_letters_mean_the_same():
    """None of act's letters means something else here."""
    help_ = start(BASE, "run", "--help").communicate()[0].decode()
    ours = dict(re.findall(r"^  -(.), --([a-z-]+)", help_, re.M))
    for name, letter, arg, here in table()[1]:
        if letter in ours:
            assert ours[letter] == name or f"`--{ours[letter]}`" in here, (letter, ours[letter], name)


def test_words_that_are_files():
    p = place()
    equal(len(good(p, ".github/workflows/t.yml").jobs()), 3)
    equal(call(p, "run", ".github/workflows/t.yml", "-q").code, 0)
    equal(call(p, ".github/workflows/t.yml", "-q").code, 0)  # without a verb
    refused(p, "run", "push", "release", text="one event at a time: 'push' and 'release' were given")
    refused(p, "run", "missing.yml", text="missing.yml")


if __name__ == "__main__":
    main({**globals(), **{"test_" + n.replace("-", "_"): f for n, f in CASES.items()}})
