"""The workflows in the documentation are run: each YAML block whose first line is `# run: …` must end as it says."""
import glob
from real import *

DOCS = os.environ.get("DOCS", os.path.join(os.path.dirname(__file__), "../../docs"))


def blocks():
    for page in sorted(glob.glob(DOCS + "/*.md")):
        text = open(page, encoding="utf-8").read()
        for n, m in enumerate(re.finditer(r"^```yaml\n# run: ([^\n]*)\n(.*?)^```", text, re.M | re.S), 1):
            yield f"{os.path.basename(page)}_{n}", dict(w.split("=") for w in m.group(1).split()), m.group(2)


def check(want, text):
    r = run(text)
    equal(r.code, int(want["exit"]), r.err)
    if "side_by_side" in want:
        equal(r.of("run.end")[0]["side_by_side"], int(want["side_by_side"]))


if __name__ == "__main__":
    main({f"test_{name}": (lambda w=want, t=text: check(w, t)) for name, want, text in blocks()})
