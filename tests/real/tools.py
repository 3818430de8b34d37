"""The tool cache: where it is, and what setup actions are offered of this machine. The actions are stand-ins for those of GitHub
that look into the tool cache as @actions/tool-cache does, in shell, since what is on PATH as node runs scripts by sh: no Node is
needed. real.setup_actions has the real ones."""
import stat
from real import *

ARCH = {"x86_64": "x64", "aarch64": "arm64"}.get(os.uname().machine)

# Says which entries of the tool $TOOL are complete, and takes the newest version's programs into PATH.
LOOK = """\
dir=$RUNNER_TOOL_CACHE/$TOOL
test "$RUNNER_TOOL_CACHE" = "$AGENT_TOOLSDIRECTORY" || echo "two tool caches"
found=$(for f in "$dir"/*/*.complete; do
  test -e "$f" && test -d "${f%%.complete}/" && basename "$(dirname "$f")"
done | sort -V | tr '\\n' ' ')
echo found: $found
for newest in "" $found; do :; done
if test -n "$INSTALL"; then mkdir -p "$dir/$INSTALL/%s"; : > "$dir/$INSTALL/%s.complete"; fi
if test -n "$newest"; then echo "$dir/$newest/%s/bin" >> "$GITHUB_PATH"; echo "where=$dir/$newest/%s" >> "$GITHUB_OUTPUT"; fi
""" % ((ARCH,) * 4)
FOLDERS = {"node": "node", "python": "Python", "go": "go", "java": "Java_Temurin-Hotspot_jdk"}


def program(path, text, mode=0o755):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)


def setup(tool):
    d = tempfile.mkdtemp(prefix=f"setup-{tool}-", dir=BASE)
    with open(d + "/action.yml", "w") as f:
        f.write("name: s\ndescription: d\nruns: {using: node24, main: main.sh}\n")
    with open(d + "/main.sh", "w") as f:
        f.write(f"TOOL={FOLDERS[tool]}\n" + LOOK)
    return f"--local-repository=actions/setup-{tool}={d}"


SETUPS = [setup(t) for t in FOLDERS]


def node(d, version, npm=True):
    """An installation of a node that runs scripts by sh; its bin folder."""
    program(f"{d}/bin/node", f"#!/bin/sh\nif [ \"$1\" = --version ]; then echo v{version}; else exec sh \"$@\"; fi\n")
    if npm:
        program(f"{d}/lib/node_modules/npm/bin/npm-cli.js", "#!/bin/sh\necho this is npm\n")
        program(f"{d}/lib/node_modules/npm/bin/npx-cli.js", "#!/bin/sh\necho this is npx\n")
    return f"{d}/bin"


def go(d, version):
    program(f"{d}/VERSION", f"go{version}\ntime 2026-01-01T00:00:00Z\n", 0o644)
    program(f"{d}/bin/go", f"#!/bin/sh\necho go version go{version}\n")


def jdk(d, implementor, version):
    program(f"{d}/release", f'IMPLEMENTOR="{implementor}"\nJAVA_RUNTIME_VERSION="{version}"\n', 0o644)
    for name in ("java", "javac"):
        program(f"{d}/bin/{name}", f"#!/bin/sh\necho {version}\n")


def cached(d, folder, version, text="cached"):
    """An entry as @actions/tool-cache leaves it."""
    program(f"{d}/{folder}/{version}/{ARCH}/bin/tool", f"#!/bin/sh\necho {text}\n")
    program(f"{d}/{folder}/{version}/{ARCH}.complete", "", 0o644)


def home_with(**made):
    """A home in which version managers have installed things: folder → how to make it."""
    h = tempfile.mkdtemp(prefix="user-", dir=BASE)
    for path, make in made.items():
        make(f"{h}/{path}")
    return h


RUNNER = node(tempfile.mkdtemp(prefix="runner-", dir=BASE), "24.9.9", npm=False)  # runs the actions; no setup action gets it
NO_TOOLS = programs("sh", "bash", "env", "git", "basename", "dirname", "sort", "tr", "sed", "tail", "rm", "cat", "sleep", "ls", "mkdir", "touch", "test",
                    "tar", "cp", "mv", "readlink", "grep", "find", "chmod", "date")  # what tests and actions need, without languages


def do(text, *args, home=None, path="", env=None, **kw):
    """Runs steps with the stand-ins, where only `home` and `path` have tools."""
    e = {"PATH": path + RUNNER + ":" + NO_TOOLS, "JAVA_HOME": None, "GOROOT": None, **(env or {})}
    for name in list(os.environ):
        if name.startswith(("NVM_", "FNM_", "VOLTA_", "ASDF_", "MISE_", "PYENV", "SDKMAN", "GOENV", "GVM", "UV_", "GOMODCACHE", "XDG_DATA")):
            e[name] = None
    w = text if text.startswith("on:") else steps(text)
    return run(w, *SETUPS, *args, env={**e, **({"HOME": home} if home else {})}, **kw)


def said(r, step, words):
    return [l for l in r.lines(step, runner=True) if words in l]


# ---- where it is ----

SHOW = "- {id: a, run: 'echo $RUNNER_TOOL_CACHE; echo $AGENT_TOOLSDIRECTORY; echo ${{ runner.tool_cache }}'}"


def test_where_it_is():
    r = do(SHOW)
    equal(r.lines("a"), [r.home + "/cache/sidestep/tools"] * 3)
    d = tempfile.mkdtemp(dir=BASE)
    equal(do(SHOW, "--cache-dir", d).lines("a"), [d + "/tools"] * 3)
    equal(do(SHOW, "--tool-cache", d + "/x", "--cache-dir", d).lines("a"), [d + "/x"] * 3)
    r = do(SHOW, "--tool-cache", "mine/../tc")
    equal(r.lines("a"), [r.dir + "/tc"] * 3)


def test_one_that_the_user_has_set():
    equal(do(SHOW, env={"RUNNER_TOOL_CACHE": "/opt/a", "AGENT_TOOLSDIRECTORY": "/opt/b"}).lines("a"), ["/opt/a"] * 3)
    equal(do(SHOW, env={"AGENT_TOOLSDIRECTORY": "/opt/b"}).lines("a"), ["/opt/b"] * 3)
    equal(do(SHOW, "--tool-cache", "/opt/c", env={"AGENT_TOOLSDIRECTORY": "/opt/b"}).lines("a"), ["/opt/c"] * 3)
    r = do(SHOW, env={"RUNNER_TOOL_CACHE": "beside"})
    equal(r.lines("a"), [r.home + "/cache/sidestep/tools"] * 3, "a relative one means nothing")
    r = do(SHOW[:-1] + ", env: {AGENT_TOOLSDIRECTORY: /w, RUNNER_TOOL_CACHE: /w}}")
    equal(r.lines("a"), [r.home + "/cache/sidestep/tools", "/w", r.home + "/cache/sidestep/tools"], "as on the hosted runner")


def test_who_may_say_so():
    for key, value in (("tool-cache", "tc"), ("host-tools", "true"), ("host-tools", "false"), ("no-host-tools", "true")):
        r = do(SHOW, files={".sidestep.yml": f"{key}: {value}\n"})
        equal(r.code, 2, key)
        assert key in r.err and "config-trust" in r.err, r.err


# ---- what is offered ----

NODE = "- {id: s, uses: actions/setup-node@v7, with: {node-version: '%s'}}\n- {id: see, run: 'command -v node; node --version'}"


def test_the_version_that_is_asked_for():
    home = home_with(**{f".nvm/versions/node/v{v}": lambda d, v=v: node(d, v) for v in ("20.1.0", "22.3.0", "22.10.1")})
    r = do(NODE % "22", home=home)
    equal(r.code, 0, r.err)
    equal(r.lines("s"), ["found: 22.10.1"])
    equal(said(r, "s", "of this machine"), [f"Node.js 22.10.1 of this machine ({home}/.nvm/versions/node/v22.10.1/bin/node) is in the tool cache"])
    path, version = r.lines("see")
    equal(version, "v22.10.1")
    assert path.endswith(f"/_tool/node/22.10.1/{ARCH}/bin/node"), path
    equal(do(NODE % "<22", home=home).lines("s"), ["found: 20.1.0"])
    equal(do(NODE % "22.3.0", home=home).lines("s"), ["found: 22.3.0"])


def test_what_the_action_will_download_stays():
    """An alias, a version that is nowhere, one that cannot be served: the action is to see the user's tool cache and to install there."""
    home = home_with(**{f".nvm/versions/node/v{v}": lambda d, v=v: node(d, v, npm=v != "22.3.0") for v in ("20.1.0", "22.3.0")})
    java = home_with(**{".jdks/17": lambda d: jdk(d, "Eclipse Adoptium", "17.0.8+7")})
    for tool, inputs, h in (("node", "node-version: lts/*", home), ("node", "node-version: latest", home),
                            ("node", "node-version: 20, check-latest: true", home), ("node", "node-version: 23", home),
                            ("node", "node-version: 22.3.0", home), ("go", "go-version: stable", home),
                            ("java", r'java-version: "17\n99", distribution: temurin', java)):
        kept = tempfile.mkdtemp(prefix="tc-", dir=BASE)
        r = do("- {id: s, uses: actions/setup-%s@v7, with: {%s}}" % (tool, inputs), "--tool-cache", kept, home=h,
               env={"INSTALL": "99.0.0"})
        equal(r.code, 0, r.err)
        equal(r.lines("s"), ["found:"], inputs)
        equal(said(r, "s", "is in the tool cache"), [], inputs)
        equal(os.listdir(f"{kept}/{FOLDERS[tool]}"), ["99.0.0"], inputs)
    kept = tempfile.mkdtemp(prefix="tc-", dir=BASE)
    cached(kept, FOLDERS["java"], "99.0.0-1")
    r = do(r'- {id: s, uses: actions/setup-java@v5, with: {java-version: "17\n99", distribution: temurin}}', "--tool-cache", kept, home=java)
    equal(r.lines("s"), ["found: 17.0.8-7 99.0.0-1"], "one of this machine, one of the tool cache")


def test_never_another_version():
    home = home_with(**{".nvm/versions/node/v22.3.0": lambda d: node(d, "22.3.0"), ".nvm/versions/node/v18.1.0": lambda d: node(d, "18.0.0")})
    for asked in ("23", "22.4", "21 - 22.2"):
        r = do(NODE % asked, home=home)
        equal(r.lines("s"), ["found:"], asked)
        equal(said(r, "s", "of this machine"), [])
    r = do(NODE % "18", home=home)
    equal(r.lines("s"), ["found:"], "a folder's name may lie")
    equal(said(r, "s", "of this machine"), ["Node.js 18.1.0 of this machine is not used: a copy of it says that it is v18.0.0"])


def test_other_actions_and_other_processors():
    home = home_with(**{".nvm/versions/node/v22.3.0": lambda d: node(d, "22.3.0")})
    other = SETUPS[0].split("=", 2)[2]
    r = do("- {id: s, uses: o/setup-node@v7, with: {node-version: 22}}", f"--local-repository=o/setup-node={other}", home=home)
    equal(r.lines("s"), ["found:"])
    equal(do("- {id: s, uses: actions/setup-node@v7, with: {node-version: 22, architecture: s390x}}", home=home).lines("s"), ["found:"])
    equal(do("- {id: s, uses: actions/setup-node@v7}", home=home).lines("s"), ["found:"])


def test_switched_off():
    home = home_with(**{".nvm/versions/node/v22.3.0": lambda d: node(d, "22.3.0")})
    equal(do(NODE % "22", "--no-host-tools", home=home).lines("s"), ["found:"])
    equal(do(NODE % "22", "--no-host-tools", "--host-tools", home=home).lines("s"), ["found: 22.3.0"])
    for key, found in (("host-tools: false", ""), ("no-host-tools: true", ""), ("no-host-tools: false", "22.3.0"), ("host-tools: true", "22.3.0")):
        config = tempfile.mkdtemp(dir=BASE)
        program(config + "/sidestep/config.yml", key + "\n", 0o600)
        r = do(NODE % "22", home=home, env={"XDG_CONFIG_HOME": config})
        equal(r.lines("s"), ["found: " + found if found else "found:"], key)
        r = do(NODE % "22", "--host-tools", home=home, env={"XDG_CONFIG_HOME": config})
        equal(r.lines("s"), ["found: 22.3.0"], key + ", and the command line")


def test_without_npm_it_is_not_that_node():
    home = home_with(**{".nvm/versions/node/v22.3.0": lambda d: node(d, "22.3.0", npm=False)})
    r = do(NODE % "22", home=home)
    equal(r.lines("s"), ["found:"])
    equal(said(r, "s", "of this machine"), ["Node.js 22.3.0 of this machine is not used: there is no npm that belongs to it"])
    node(home + "/.volta/tools/image/node/22.3.0", "22.3.0")
    equal(do(NODE % "22", home=home).lines("s"), ["found: 22.3.0"], "the same version elsewhere has one")


def test_a_job_changes_nothing_of_the_users():
    home = home_with(**{".nvm/versions/node/v22.3.0": lambda d: node(d, "22.3.0")})
    kept = tempfile.mkdtemp(prefix="tc-", dir=BASE)
    cached(kept, "node", "16.0.0")
    os.chmod(kept, 0o555)
    text = """
- {id: s, uses: actions/setup-node@v7, with: {node-version: 22}}
- {id: do, run: 'test ! -e $W/lib/node_modules/x; mkdir $W/lib/node_modules/x; echo bad > $W/bin/node; rm $W/bin/npm', env: {W: '${{ steps.s.outputs.where }}'}}
"""
    for _ in range(2):
        r = do(text, "--tool-cache", kept, home=home)
        equal(r.code, 0, r.lines("do") + r.lines("s"))
        equal(r.lines("s"), ["found: 16.0.0 22.3.0"], "what is cached is seen as well")
    equal(sorted(os.listdir(kept + "/node")), ["16.0.0"])
    equal(os.listdir(f"{home}/.nvm/versions/node/v22.3.0/lib/node_modules"), ["npm"])
    with open(f"{home}/.nvm/versions/node/v22.3.0/bin/node") as f:
        assert f.read().startswith("#!/bin/sh"), "the program was a copy"
    os.chmod(kept, 0o755)


def test_what_is_cached_goes_before():
    home = home_with(**{".nvm/versions/node/v22.3.0": lambda d: node(d, "22.3.0")})
    kept = tempfile.mkdtemp(prefix="tc-", dir=BASE)
    cached(kept, "node", "22.3.0")
    r = do(NODE % "22", "--tool-cache", kept, home=home)
    equal(r.lines("s"), ["found: 22.3.0"])
    equal(said(r, "s", "of this machine"), [], "the same is there already")
    cached(kept, "node", "22.4.0")
    equal(said(do(NODE % "22", "--tool-cache", kept, home=home), "s", "of this machine"), [], "a newer one is there")
    os.unlink(f"{kept}/node/22.4.0/{ARCH}.complete")
    os.unlink(f"{kept}/node/22.3.0/{ARCH}.complete")
    r = do(NODE % "22", "--tool-cache", kept, home=home)
    equal(r.lines("s"), ["found: 22.3.0"], "half an entry is none")
    equal(len(said(r, "s", "of this machine")), 1)


def test_a_file_names_the_version():
    home = home_with(**{f".nvm/versions/node/v{v}": lambda d, v=v: node(d, v) for v in ("20.1.0", "22.3.0")})
    text = "- {run: \"printf '%s' > .nvmrc\"}\n- {id: s, uses: actions/setup-node@v7, with: {node-version-file: .nvmrc}}"
    equal(do(text % "v20\\\\n", home=home).lines("s"), ["found: 20.1.0"])
    equal(do(text % "lts/jod\\\\n", home=home).lines("s"), ["found:"])
    equal(do(text % "", home=home).lines("s"), ["found:"])
    text = "- {run: \"echo '%s' > package.json\"}\n- {id: s, uses: actions/setup-node@v7, with: {node-version-file: package.json}}"
    equal(do(text % r'{\"engines\":{\"node\":\">=20 <22\"}}', home=home).lines("s"), ["found: 20.1.0"])
    equal(do(text % "{}", home=home).lines("s"), ["found:"], "not understood here")
    r = do("- {run: mkfifo .nvmrc}\n- {id: s, uses: actions/setup-node@v7, with: {node-version-file: .nvmrc}}", home=home, path="/usr/bin:/bin:")
    equal(r.lines("s"), ["found:"], "a pipe stalls nobody")


def test_many_at_once():
    home = home_with(**{f".nvm/versions/node/v{v}": lambda d, v=v: node(d, v) for v in ("20.1.0", "22.3.0")})
    text = "- parallel:\n" + "".join(
        f"  - {{id: s{i}, uses: actions/setup-node@v7, with: {{node-version: {20 + i % 2 * 2}}}}}\n" for i in range(12))
    r = do(text, home=home)
    equal(r.code, 0, r.err)
    for i in range(12):
        assert f"2{i % 2 * 2}." in r.lines(f"s{i}")[0], r.lines(f"s{i}")
        equal(len(said(r, f"s{i}", "is in the tool cache")), 1)


def test_inside_a_composite_action_and_its_posts():
    home = home_with(**{".nvm/versions/node/v22.3.0": lambda d: node(d, "22.3.0")})
    inner = "name: c\ndescription: d\nruns:\n  using: composite\n  steps:\n  - {uses: actions/setup-node@v7, with: {node-version: 22}}\n"
    r = do("- uses: actions/checkout@v4\n- {id: c, uses: ./c}\n- {id: see, run: node --version}", home=home, files={"c/action.yml": inner})
    equal(r.code, 0, r.err)
    equal(r.lines("c"), ["found: 22.3.0"])
    equal(r.lines("see"), ["v22.3.0"])


def test_cancelled_while_it_is_looked_for():
    slow = tempfile.mkdtemp(prefix="slow-", dir=BASE)
    marker = slow + "/asked"
    program(slow + "/python3", f"#!/bin/sh\n: > {marker}\nexec sleep {unique(71)}\n")
    d = repo({".github/workflows/t.yml": steps("- {id: s, uses: actions/setup-python@v7, with: {python-version: 3.11}}\n- {id: no, run: echo no}")})
    p = start(d, "run", "--format", "json", *SETUPS, env={"PATH": f"{slow}:{RUNNER}:{NO_TOOLS}"})
    until(lambda: os.path.exists(marker))
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=40)
    r = Result(p.returncode, out, err.decode(), p.home, d)
    equal(r.code, 130, r.err)
    equal(r.end("s"), "cancelled/cancelled")
    until(lambda: not left_behind(unique(71)))


# ---- the other kinds ----

def test_go():
    home = home_with(**{"sdk/go1.22.3": lambda d: go(d, "1.22.3"), "sdk/go1.23rc1": lambda d: go(d, "1.23rc1"),
                        "go/pkg/mod/golang.org/toolchain@v0.0.1-go1.21.0.linux-amd64": lambda d: go(d, "1.21")})
    text = "- {id: s, uses: actions/setup-go@v7, with: {go-version: '%s'}}\n- {id: see, run: go version}"
    r = do(text % "1.22", home=home)
    equal(r.lines("s"), ["found: 1.22.3"])
    equal(r.lines("see"), ["go version go1.22.3"])
    equal(do(text % "1.21.0", home=home).lines("s"), ["found: 1.21.0"])
    equal(do(text % "1.23", home=home).lines("s"), ["found:"], "a candidate is no release")
    text = "- {run: \"printf 'module m\\\\n\\\\ngo 1.21\\\\n\\\\ntoolchain go1.22.3\\\\n' > go.mod\"}\n- {id: s, uses: actions/setup-go@v7, with: {go-version-file: go.mod}}"
    equal(do(text, home=home).lines("s"), ["found: 1.22.3"])


def test_java():
    home = home_with(**{".sdkman/candidates/java/17.0.8.1-tem": lambda d: jdk(d, "Eclipse Adoptium", "17.0.8.1+1-LTS"),
                        ".sdkman/candidates/java/8-tem": lambda d: jdk(d, "Eclipse Adoptium", "1.8.0_392-b08"),
                        ".jdks/debian": lambda d: jdk(d, "Debian", "21.0.1+12-Debian-1"),
                        ".jdks/zulu": lambda d: jdk(d, "Azul Systems, Inc.", "23.0.1+11")})
    text = "- {id: s, uses: actions/setup-java@v5, with: {java-version: '%s', distribution: %s}}\n- {id: see, if: steps.s.outputs.where, run: java}"
    r = do(text % ("17", "temurin"), home=home)
    equal((r.lines("s"), r.lines("see")), (["found: 17.0.8-101"], ["17.0.8.1+1-LTS"]))
    equal(do(text % ("8", "temurin"), home=home).lines("s"), ["found: 8.0.392-8"])
    r = do(text % ("23", "temurin"), home=home)
    equal((r.lines("s"), said(r, "s", "of this machine")), (["found:"], []), "another maker's is another one")
    equal(said(do(text % ("21", "temurin"), home=home), "s", "of this machine"), [], "a distribution's OpenJDK is no Temurin")
    equal(len(said(do(text % ("23", "zulu"), home=home), "s", "Java (zulu) 23.0.1-11 of this machine")), 1)


def test_python():
    version = "%d.%d.%d" % sys.version_info[:3]
    own = tempfile.mkdtemp(prefix="py-", dir=BASE)
    os.symlink(sys.executable, own + "/python3")
    text = """
- {id: s, uses: actions/setup-python@v7, with: {python-version: '%s'}}
- id: see
  if: steps.s.outputs.where
  run: |
    command -v python; python --version; python%d.%d --version
    pip --version; pip list --format freeze | sed 's/=.*//' | tr '\\n' ' '; echo
    python -c 'import sys, os; print(os.path.basename(sys.executable), sys.prefix.startswith(os.environ["W"]))'
  env: {W: '${{ steps.s.outputs.where }}', PIP_DISABLE_PIP_VERSION_CHECK: '1'}
""" % (version.rsplit(".", 1)[0], *sys.version_info[:2])
    r = do(text, path=own + ":", home=home_with(), timeout=150)
    equal(r.code, 0, r.err)
    if said(r, "s", "python3-venv"):
        equal(r.lines("s"), ["found:"])
        return
    equal(r.lines("s"), ["found: " + version])
    lines = r.lines("see")
    assert lines[0].endswith(f"/_tool/Python/{version}/{ARCH}/bin/python"), lines
    equal(lines[1:3], ["Python " + version] * 2)
    assert f"/_tool/Python/{version}/" in lines[3], lines
    equal(lines[4].split(), ["pip"] + (["setuptools"] if sys.version_info < (3, 12) else []))
    equal(lines[5], "python True")
    equal(do(text.replace(version.rsplit(".", 1)[0], "2.7"), path=own + ":", home=home_with()).lines("s"), ["found:"])


if __name__ == "__main__":
    if not ARCH:
        print("# skipped: setup actions know nothing of this processor")
        sys.exit(77)
    main(globals())
