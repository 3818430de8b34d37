"""The workflows in the documentation are run: each YAML block whose first line is `# run: exit=0 [args=-j,build] [logs=text]`
must end as it says. Blocks that begin with `# file: PATH` are files of the repository for the rest of their section."""
import glob, xml.etree.ElementTree
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


def test_the_picture_is_drawn_from_what_is_printed():
    out = tempfile.mkdtemp(dir=BASE) + "/p"
    subprocess.run([sys.executable, DOCS + "/pictures/record.py", out, "60", "printf",
                    "one\\n\\033[32mgreen\\033[0m <&>\\n\\0337block\\033[J\\0338\\033[Jafter\\n"], check=True, timeout=60)
    for theme in ("light", "dark"):
        texts = ["".join(t.itertext()) for t in xml.etree.ElementTree.parse(f"{out}-{theme}.svg").getroot() if t.tag.endswith("text")]
        equal([t for t in texts[1:]], ["one", "green <&>", "after"])


def test_the_pictures_of_the_readme_are_there():
    with open(DOCS + "/../README.md", encoding="utf-8") as f:
        shown = re.findall(r'"(docs/pictures/[^"]+)"', f.read())
    assert len(shown) >= 2
    for path in shown:
        text = "".join(xml.etree.ElementTree.parse(f"{DOCS}/../{path}").getroot().itertext())
        assert "sidestep run" in text and "success" in text, path


if __name__ == "__main__":
    main({"test_the_picture_is_drawn_from_what_is_printed": test_the_picture_is_drawn_from_what_is_printed,
          "test_the_pictures_of_the_readme_are_there": test_the_pictures_of_the_readme_are_there} | {f"test_{name}": (lambda w=want, t=text, f=files: check(w, t, f)) for name, want, text, files in blocks()})
