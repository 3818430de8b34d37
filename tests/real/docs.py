"""The workflows in the documentation are run: each YAML block whose first line is `# run: exit=0 [args=-j,build] [logs=text]`
must end as it says. Blocks that begin with `# file: PATH` are files of the repository for the rest of their section."""
import glob
from real import *

DOCS = os.environ.get("DOCS", os.path.join(os.path.dirname(__file__), "../../docs"))


def blocks():
    for page in sorted(glob.glob(DOCS + "/*.md")):
        text, n = open(page, encoding="utf-8").read(), 0
        for section in re.split(r"^## ", text, flags=re.M):
            files = {}
            for m in re.finditer(r"^```yaml\n# (run|file): ([^\n]*)\n(.*?)^```", section, re.M | re.S):
                if m.group(1) == "file":
                    files[m.group(2).strip()] = m.group(3)
                    continue
                n += 1
                yield f"{os.path.basename(page)}_{n}", dict(w.split("=", 1) for w in m.group(2).split()), m.group(3), dict(files)


def check(want, text, files):
    r = run(text, *[a for a in want.get("args", "").split(",") if a], files=files)
    equal(r.code, int(want["exit"]), r.err)
    if "side_by_side" in want:
        equal(r.of("run.end")[0]["side_by_side"], int(want["side_by_side"]))
    if "logs" in want:
        assert any(want["logs"] in l for l in r.lines()), r.lines()


if __name__ == "__main__":
    main({f"test_{name}": (lambda w=want, t=text, f=files: check(w, t, f)) for name, want, text, files in blocks()})
