"""actions/setup-node, setup-python, setup-go and setup-java as they are published, with tools of this machine and without a network.
WORLD as in world.py; those that are not there, or ask for a tool that this machine lacks, are named and left out."""
import re
from world import *

DENY = {k: "http://127.0.0.1:9" for k in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}  # nobody answers there


def at_home(text, home=None, *args, **env):
    """A run with an empty tool cache and a home of its own; no request gets anywhere."""
    home = home or tempfile.mkdtemp(prefix="user-", dir=BASE)
    return world(flow(steps(text)), "--tool-cache", tempfile.mkdtemp(dir=BASE), *args, **{**DENY, "HOME": home, "XDG_CACHE_HOME": None, **env})


def said(r, step):
    return [l for l in r.lines(step, runner=True) if "of this machine" in l]


@needs("actions/setup-node@v7")
def test_node():
    npm = shutil.which("npm")
    if not npm:
        print("# left out: setup-node (npm is not installed)")
        return
    home = tempfile.mkdtemp(prefix="user-", dir=BASE)
    prefix = f"{home}/.nvm/versions/node/v{NODE_VERSION}"
    os.makedirs(prefix + "/bin"), os.makedirs(prefix + "/lib/node_modules")
    os.link(NODE, prefix + "/bin/node") if os.stat(NODE).st_dev == os.stat(home).st_dev else shutil.copy2(NODE, prefix + "/bin/node")
    os.symlink(os.path.dirname(os.path.dirname(os.path.realpath(npm))), prefix + "/lib/node_modules/npm")
    for spec in ("node-version: 24.x", "node-version: " + NODE_VERSION, "node-version-file: .nvmrc", "node-version-file: package.json"):
        r = at_home("""
- run: echo v24 > .nvmrc; echo '{"name":"x","version":"1.0.0","bin":"x.js","engines":{"node":">=24"}}' > package.json; echo '#!/usr/bin/env node' > x.js
- {id: n, uses: actions/setup-node@v7, with: {%s}}
- {id: see, run: 'node --version; command -v node; npm --version >&2; npm install -g --offline --no-audit --no-fund . >&2; command -v x'}""" % spec, home)
        equal(r.code, 0, (spec, r.lines("n"), r.lines("see")))
        equal(len([l for l in said(r, "n") if f"{NODE_VERSION} of" in l]), 1, said(r, "n"))
        version, node, x = names(r, "see")
        equal(version, "v" + NODE_VERSION)
        assert node.endswith(f"/_tool/node/{NODE_VERSION}/{MACHINE}/bin/node") and os.path.dirname(x) == os.path.dirname(node), (node, x)
    equal(os.listdir(prefix + "/lib/node_modules"), ["npm"], "what a job installs is its own")
    equal(os.listdir(prefix + "/bin"), ["node"])


@needs("actions/setup-python@v7")
def test_python():
    version = platform.python_version()
    own = tempfile.mkdtemp(dir=BASE)
    os.symlink(os.path.realpath(sys.executable), own + "/python3")
    r = at_home("""
- {id: p, uses: actions/setup-python@v7, with: {python-version: '%s'}}
- id: see
  run: |
    python --version; command -v python pip
    mkdir -p pkg/mine; touch pkg/mine/__init__.py
    echo 'from setuptools import setup; setup(name="mine", packages=["mine"])' > pkg/setup.py
    python -c 'import sys; print(sys.prefix == "${{ env.pythonLocation }}")'
    pip list --format freeze | sed 's/=.*//' | sort | tr '\\n' ' '""" % version.rsplit(".", 1)[0],
                PATH=f"{own}:{os.path.dirname(NODE)}:{os.environ['PATH']}", PIP_DISABLE_PIP_VERSION_CHECK="1")
    if any("python3-venv" in l for l in said(r, "p")):
        print("# left out: setup-python (this Python keeps no pip: python3-venv)")
        return
    equal(r.code, 0, (r.lines("p"), r.lines("see")))
    lines = names(r, "see")
    place = f"/_tool/Python/{version}/{MACHINE}/bin/"
    assert lines[0] == "Python " + version and lines[1].endswith(place + "python") and lines[2].endswith(place + "pip"), lines
    equal(lines[3], "True")
    equal(lines[4].split(), ["pip"] + (["setuptools"] if sys.version_info < (3, 12) else []))


@needs("actions/setup-go@v7")
def test_go():
    found = shutil.which("go") and subprocess.run(["go", "version"], capture_output=True, text=True, cwd="/").stdout
    version = found and re.match(r"go version go(\d+\.\d+\.\d+) ", found)
    if not version:
        print("# left out: setup-go (no release of Go is installed)")
        return
    version = version.group(1)
    for spec in (f"go-version: '{version.rsplit('.', 1)[0]}'", "go-version-file: go.mod"):
        r = at_home(f"""
- run: "printf 'module m\\\\ngo {version}\\\\n' > go.mod"
- {{id: g, uses: actions/setup-go@v7, with: {{{spec}, cache: false}}}}
- {{id: see, run: 'go version; command -v go'}}""")
        equal(r.code, 0, (spec, r.lines("g")))
        equal(len(said(r, "g")), 1)
        lines = names(r, "see")
        assert f"go{version} " in lines[0] and lines[1].endswith(f"/_tool/go/{version}/{MACHINE}/bin/go"), lines


@needs("actions/setup-java@HEAD")
def test_java():
    homes = [h for h in glob.glob("/usr/lib/jvm/*/release") if 'IMPLEMENTOR="Eclipse Adoptium"' in open(h).read()]
    major = homes and re.search(r'JAVA_VERSION="(\d+)', open(homes[0]).read()).group(1)
    if not major or major == "1":
        print("# left out: setup-java (no Temurin is below /usr/lib/jvm)")
        return
    own = tempfile.mkdtemp(dir=BASE)  # without its tests, whose big files a copy may lack
    archive = subprocess.run(["git", "-C", WORLD + "/actions/setup-java.git", "archive", "HEAD", "action.yml", "dist", ".github"], stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-x", "-C", own], input=archive.stdout, check=True)
    local = ("--local-repository", "actions/setup-java=" + own)
    text = "- {id: j, uses: actions/setup-java@v5.7.0, with: {java-version: %s, distribution: %s}}\n- {id: see, run: 'echo $JAVA_HOME; \"$JAVA_HOME/bin/java\" -version 2>&1 | head -n 1'}"
    r = at_home(text % (major, "temurin"), None, *local)
    equal(r.code, 0, r.lines("j"))
    equal(len(said(r, "j")), 1)
    lines = names(r, "see")
    assert "/_tool/Java_Temurin-Hotspot_jdk/" in lines[0] and f'"{major}.' in lines[1], lines
    r = at_home(text % (major, "zulu"), None, *local)
    equal((r.end("j"), said(r, "j")), ("failure/failure", []), "another maker's is never served")


if __name__ == "__main__":
    main({n: f for n, f in globals().items() if getattr(f, "__module__", "") == "__main__"})
