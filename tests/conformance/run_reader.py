"""All cases of the reader's conformance data through reader_case.

usage: run_reader.py READER_CASE FOLDER

Ends with 77 (skipped) when there is no such folder. Cases that differ on purpose are in deviations.txt, with the reason."""
import glob
import os
import subprocess
import sys

MOST = 5


def deviations():
    found = {}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "deviations.txt"), encoding="utf-8") as f:
        for line in f:
            if line.strip() and not line.startswith("#"):
                name, _, reason = line.partition("|")
                found[name.strip()] = reason.strip()
    return found


def main():
    program, folder = sys.argv[1:3]
    files = sorted(glob.glob(os.path.join(folder, "*.yml")))
    if not files:
        print(f"# skipped: there is no {folder}")
        return 77
    known, wrong, passed = deviations(), [], 0
    if len(known) > MOST or not all(known.values()):
        wrong.append(f"deviations.txt: at most {MOST} cases, each with its reason")
    listed = set(known) if folder.endswith("shared/conformance/reader") else set()
    wrong += [f"{name} is listed, but there is no such case" for name in listed - {os.path.basename(p) for p in files}]
    for path in files:
        name = os.path.basename(path)
        p = subprocess.run([program, path], capture_output=True, timeout=20)
        passed += p.returncode == 0
        if p.returncode not in (0, 1):
            wrong.append(f"{name}: exit {p.returncode}: {p.stderr.decode(errors='replace')[-2000:]}")
        elif (p.returncode == 1) != (name in known):
            text = p.stderr.decode(errors="replace") if p.returncode else "  is listed as a deviation, but passes\n"
            wrong.append(f"{name}: {text}")
    for w in wrong:
        print(w.rstrip())
    print(f"{passed} of {len(files)} cases pass, {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
