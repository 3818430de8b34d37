"""Other projects' workflows through `sidestep check`: what GitHub accepts has no errors, what it refuses has some.

The files are those of fixtures/conformance, or of the folder named by CONFORMANCE; when that is not there, this ends with 77
(skipped)."""
import glob
from real import *

DATA = os.environ.get("CONFORMANCE", os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../fixtures/conformance"))


def check(text):
    """Errors of one workflow as (line, text)."""
    path = os.path.join(tempfile.mkdtemp(dir=BASE), "t.yml")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    p = subprocess.run([EXE, "check", "--format", "json", path], capture_output=True, timeout=20, env=environment(BASE))
    found = json.loads(p.stdout)
    equal(p.returncode, 1 if any(f["severity"] == "error" for f in found) else 0)
    return [(f["line"], f["message"]) for f in found if f["severity"] == "error"]


def files(pattern):
    found = sorted(glob.glob(os.path.join(DATA, pattern), recursive=True))
    assert found, f"there is no {pattern} in {DATA}"
    return found


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def accepted(pattern, refused=(), change=lambda t: t):
    wrong = []
    for path in files(pattern):
        errors = check(change(read(path)))
        if bool(errors) != (os.path.basename(path) in refused):
            wrong.append((path, errors[:1]))
    equal(wrong, [])


def test_schemastore_accepts():
    accepted("schemastore/test/*.yaml", refused=("918.yaml",))


def test_schemastore_refuses():
    wrong = [p for p in files("schemastore/negative_test/*.yaml") if not check(read(p))]
    equal(wrong, [])


def test_legal():
    wrong = [(p, check(read(p))[:1]) for p in files("checks/legal/*.yml") if not p.endswith(".action.yml") and check(read(p))]
    equal(wrong, [])


def test_starter_workflows():
    def fill(t):
        for a, b in (("$default-branch", "main"), ("$protected-branches", "main"), ("$cron-daily", '"30 5 * * *"'),
                     ("$cron-weekly", '"30 5 * * 1"'),
                     ("$codeql-languages-matrix", "include: [{language: c-cpp, build-mode: autobuild}]")):
            t = t.replace(a, b)
        return t
    accepted("starter-workflows/**/*.y*ml", refused=("nowsecure.yml", "nowsecure-mobile-sbom.yml"), change=fill)


# what the validator to come has to find: it needs more than one file's structure
LATER = {"expr-format-syntax", "expr-format-missing-arg", "expr-section-type", "if-always-true-text"}


def test_bad():
    wrong = []
    for tsv in files("checks/bad/expected.tsv"):
        for row in read(tsv).split("\n")[1:]:
            cells = row.split("\t")
            if len(cells) < 4 or cells[0].endswith(".action.yml") or cells[2] != "error" or not cells[3].startswith("error"):
                continue
            if bool(check(read(os.path.join(DATA, "checks/bad", cells[0])))) == (cells[1] in LATER):
                wrong.append(cells[1])
    equal(wrong, [])


def test_the_published_example_lists_graphs_and_dry_runs():
    for path in files("schemastore/test/parallel-steps.yaml"):
        d = repo({".github/workflows/t.yml": read(path)})
        for args in (["list"], ["graph"], ["graph", "--format", "svg"], ["run", "-n"]):
            p = start(d, *args)
            out, err = p.communicate(timeout=20)
            equal((p.returncode, err), (0, b""), " ".join(args))


if __name__ == "__main__":
    if not os.path.isdir(DATA):
        print(f"# skipped: there is no {DATA}")
        shutil.rmtree(BASE, ignore_errors=True)
        sys.exit(77)
    main(globals())
