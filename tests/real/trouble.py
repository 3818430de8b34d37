"""docs/troubleshooting.md: every message it shows is what the program says where the page says it does."""
from real import *

PAGE = os.path.join(os.environ.get("DOCS", os.path.join(os.path.dirname(__file__), "../../docs")), "troubleshooting.md")


def messages():
    text = open(PAGE, encoding="utf-8").read()
    return [m.strip() for m in re.findall(r"^```text\n(.*?)^```", text, re.M | re.S)]


def job(steps, on="push", keys="runs-on: ubuntu-latest"):
    return f"on: {on}\njobs:\n  j:\n    {keys}\n    steps: {steps}\n"


NODE = {"a/action.yml": "name: a\ndescription: b\nruns:\n  using: node24\n  main: m.js\n", "a/m.js": ""}
NOWHERE = ("--github-url", "file:///nowhere/at/all")
# what the page's message begins with: how one comes to it
WAYS = {
    "no workflow is started by": lambda: run(job("[{run: a}]", "release")),
    "no workflow file in": lambda: run(repo({"a": "b"})),
    "nothing was run": lambda: run(job("[{run: a}]", keys="runs-on: windows-latest")),
    "Can't find": lambda: run(job("[{uses: ./a}]"), files=NODE),
    "pwsh": lambda: run(job("[{run: a, shell: pwsh}]"), env={"PATH": programs("bash", "git")}),
    "it is written in JavaScript": lambda: run(job("[{uses: actions/checkout@v4}, {uses: ./a}]"), files=NODE, env={"PATH": programs("bash", "git")}),
    "job containers": lambda: run(job("[{run: a}]", keys="runs-on: ubuntu-latest\n    container: alpine")),
    "the action `actions/setup-node@v4` is not stored": lambda: run(job("[{uses: actions/setup-node@v4}]"), "--offline"),
    "Unable to resolve": lambda: run(job("[{uses: octo/nothing@v1}]"), *NOWHERE),
}


def test_every_message_is_what_is_said():
    for message in messages():
        ways = [w for begin, w in WAYS.items() if message.startswith(begin)]
        equal(len(ways), 1, message)
        r = ways[0]()
        assert r.code != 0, message
        said = r.err + r.raw.decode("utf-8", "replace").replace('\\"', '"')
        pattern = ".*".join(re.escape(p) for p in message.split("..."))
        assert re.search(pattern, said), (message, said)


def test_every_way_is_on_the_page():
    for begin in WAYS:
        assert any(m.startswith(begin) for m in messages()), begin


if __name__ == "__main__":
    main(globals())
