#!/usr/bin/env python3
"""Rules about the source that a compiler does not check: arch.py CHECK [ARGUMENT]

Checks: tiers confined headers symbols banned sizes readmes paths rows dlopened man circles. Prints what breaks a rule, one a line with
its place, and ends with 1 if there is something."""
import os, re, shutil, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LONG_FUNCTION, MAX_FUNCTION = 60, 150
LONG_FILE, MAX_FILE = 700, 900
# Tables that a tool writes or that are nothing but data.
GENERATED = re.compile(r"_table\.[ch]$|\.inc$")

# Folders below cli that declare their part of the public headers.
PUBLIC = {"answer", "api", "config", "dump"}

bad = 0


def broken(text):
    global bad
    bad += 1
    print(text)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def sources(top="src"):
    for folder, _, files in sorted(os.walk(os.path.join(TOP, top))):
        for f in sorted(files):
            if f.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(folder, f), TOP)


def code(text):
    """The text without comments and without what strings hold, lines kept; the names of #include stay."""
    def blank(m):
        s = m.group(0)
        if s[0] == "/":
            return "\n" * s.count("\n") or " "
        return s if re.search(r"#\s*include\s*$", text[max(0, m.start() - 20):m.start()]) else s[0] + s[0]
    return re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", blank, text, flags=re.S)


def table(name):
    for line in read(os.path.join(HERE, name)).splitlines():
        if line.strip() and not re.match(r"#( |$)", line):
            yield line


def tiers():
    rules = {}
    for line in table("tiers.txt"):
        w = line.split()
        rules[w[0]] = (int(w[1]), w[2] if len(w) > 2 else "", set(w[3:]))
    for path in sources():
        own = path.split("/")[1]
        if own not in rules:
            broken(f"{path}: folder {own} is not in tiers.txt")
            continue
        tier, note, named = rules[own]
        for n, line in enumerate(read(path).splitlines(), 1):
            m = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
            if not m:
                continue
            other = m.group(1).split("/")[0]
            if "/" not in m.group(1):
                if not re.search(r"(_tables?|_gen|_data)\.h$|\.inc$", m.group(1)):
                    broken(f"{path}:{n}: \"{m.group(1)}\" is not written folder/file.h")
            elif other == own or other == "generated":
                pass
            elif other not in rules:
                broken(f"{path}:{n}: includes the unknown folder {other}")
            elif note == "only" and other not in named:
                broken(f"{path}:{n}: {own} may include only {', '.join(sorted(named))}, not {other}")
            elif note != "only" and rules[other][0] >= tier and other not in named:
                broken(f"{path}:{n}: {own} (tier {tier}) may not include {other} (tier {rules[other][0]})")
        if own == "cli":
            continue
        for n, line in enumerate(read(path).splitlines(), 1):
            if re.match(r"\s*#\s*include\s*<sidestep/(?!version\.h)", line) and own not in PUBLIC:
                broken(f"{path}:{n}: public headers belong to {', '.join(sorted(PUBLIC))} and cli")


def confined():
    rules = []
    for line in table("confined.txt"):
        what, where = re.split(r"\s{2,}", line.strip(), maxsplit=1)
        rules.append((re.compile(what.replace("#include", r"#\s*include")), set(where.split())))
    for path in sources():
        own = path.split("/")[1]
        for n, line in enumerate(code(read(path)).splitlines(), 1):
            for what, where in rules:
                m = what.search(line)
                # a member or a longer name is not the call
                if m and own not in where and not re.search(r"(->|\.|\w)$", line[:m.start()]):
                    if re.match(r"\s*(static\s+)?(int|void|bool|long|pid_t)\s+\**$", line[:m.start()]):
                        continue # a function of ours with such a name
                    broken(f"{path}:{n}: {m.group(0).strip()} belongs to {', '.join(sorted(where))}")


def compile_alone(cc, args, text, suffix):
    with tempfile.NamedTemporaryFile("w", suffix=suffix) as f:
        f.write(text)
        f.flush()
        return subprocess.run([cc, *args, "-fsyntax-only", f.name], capture_output=True, text=True)


def headers():
    flags = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-I", os.path.join(TOP, "include")]
    ways = [("gcc", ["-std=c99"], ".c"), ("clang", ["-std=c99"], ".c"), ("g++", ["-std=c++11"], ".cc"), ("clang++", ["-std=c++11"], ".cc")]
    for cc, std, suffix in ways:
        if not shutil.which(cc):
            print(f"# {cc} is not here: skipped")
            continue
        for path in sources("include"):
            name = path.split("/", 1)[1]
            r = compile_alone(cc, std + flags, f"#include <{name}>\n#include <{name}>\nint used;\n", suffix)
            if r.returncode:
                broken(f"{path}: does not compile alone with {cc} {std[0]}\n{r.stderr}")
    for path in sources("include"):
        for n, line in enumerate(read(path).splitlines(), 1):
            if len(read(path).splitlines()) > 300:
                broken(f"{path}: more than 300 lines")
                break
            m = re.match(r"\s*#\s*define\s+(\w+)", line)
            if m and not m.group(1).startswith("SIDESTEP_"):
                broken(f"{path}:{n}: macro {m.group(1)} does not start with SIDESTEP_")


def symbols(library):
    r = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True)
    have = {line.split()[-1].split("@")[0] for line in r.stdout.splitlines()}
    want = set(table("symbols.txt"))
    for s in sorted(have - want):
        broken(f"{os.path.basename(library)} exports {s}, which is not in symbols.txt")
    for s in sorted(want - have):
        broken(f"{os.path.basename(library)} does not export {s}")
    declared = set()
    for path in sources("include"):
        declared |= set(re.findall(r"SIDESTEP_API\b[^;]*?\b(sidestep_\w+)\s*\(", code(read(path))))
    for s in sorted(declared ^ want):
        broken(f"{s} is " + ("declared but not in symbols.txt" if s in declared else "in symbols.txt but not declared"))


def banned():
    header = read(os.path.join(TOP, "src/base/banned.h"))
    calls = re.search(r"#pragma GCC poison ((?:.*\\\n)*.*)", header).group(1).replace("\\\n", " ").split()
    for must in ("strcpy", "sprintf", "strtok", "atoi", "system"):
        if must not in calls:
            broken(f"src/base/banned.h: {must} is not banned")
    for cc in ("gcc", "clang"):
        if not shutil.which(cc):
            continue
        args = ["-std=c17", "-D_GNU_SOURCE", "-I", os.path.join(TOP, "src"), "-include", "base/banned.h"]
        for call in [None, *calls]:
            text = f"void *probe(void);\nvoid *probe(void)\n{{\n\treturn (void *){call or 'strlen'};\n}}\n"
            compiles = compile_alone(cc, args, text, ".c").returncode == 0
            if compiles != (call is None):
                broken(f"{cc} lets {call} pass" if call else f"{cc} refuses a file without a banned call")
    for path in sources():
        if re.search(r"#\s*pragma\s+GCC\s+(system_header|diagnostic\s+ignored)", read(path)):
            broken(f"{path}: switches warnings off")


def functions(text):
    """(name, first line, lines) of each function; relies on braces in column 0, as clang-format puts them."""
    lines, start = text.splitlines(), None
    for n, line in enumerate(lines):
        if line == "{":
            start = n
        elif line == "}" and start is not None:
            head = " ".join(lines[max(0, start - 6):start])
            names = re.findall(r"(\w+)\s*\(", head.rsplit(";", 1)[-1].rsplit("}", 1)[-1])
            names = [x for x in names if x not in ("PRINTF_LIKE", "Test", "__attribute__")] or ["?"]
            yield names[0], start + 1, n - start + 1
            start = None


def sizes():
    lengths, files = [], []
    for path in sources():
        text = read(path)
        if GENERATED.search(path):
            continue
        n = text.count("\n")
        files.append(n)
        if n > LONG_FILE:
            (broken if n > MAX_FILE else print)(f"{path}: {n} lines")
        for name, at, size in functions(text):
            lengths.append(size)
            if size > LONG_FUNCTION:
                (broken if size > MAX_FUNCTION else print)(f"{path}:{at}: {name} has {size} lines")
    lengths.sort(), files.sort()
    part = lambda v, f: v[min(len(v) - 1, int(len(v) * f))] if v else 0
    print(f"{len(lengths)} functions, lines: median {part(lengths, .5)}, 90 % {part(lengths, .9)}, largest {part(lengths, 1)}")
    print(f"{len(files)} files, lines: median {part(files, .5)}, 90 % {part(files, .9)}, largest {part(files, 1)}")


def readmes():
    for folder in sorted(os.listdir(os.path.join(TOP, "src"))):
        path = os.path.join(TOP, "src", folder)
        if os.path.isdir(path) and any(f.endswith(".c") for f in os.listdir(path)) and not os.path.exists(path + "/README.md"):
            broken(f"src/{folder}: no README.md")
    for path in sources():
        if not re.match(r"\s*(/\*|//)", read(path)) and not GENERATED.search(path):
            broken(f"{path}: does not open with what it is for")


def paths():
    r = subprocess.run(["git", "-C", TOP, "ls-files", "-z"], capture_output=True)
    names = [f for f in r.stdout.decode().split("\0") if f and not f.startswith("fixtures/")] if r.returncode == 0 else list(sources())
    machine = re.compile(r"(?<![\w.~}])/(work/(main|shared)|farm/|tmp/b-[a-z]|root/[a-z])")
    left = re.compile(r"\b(TODO|FIXME|XXX)\b")
    for name in names:
        path = os.path.join(TOP, name)
        if not os.path.isfile(path) or os.path.islink(path) or name == "tests/arch/arch.py":
            continue
        for n, line in enumerate(read(path).splitlines(), 1):
            if machine.search(line):
                broken(f"{name}:{n}: a path of one machine: {line.strip()[:100]}")
            if left.search(line) and name.startswith(("src/", "include/")):
                broken(f"{name}:{n}: left open: {line.strip()[:100]}")


def rows():
    for path in ("src/cli/verbs.c", "src/cli/options.c", "src/cli/run_options.c", *(p for p in sources("src/cli") if "/verb_" in p)):
        text = read(os.path.join(TOP, path))
        for m in re.finditer(r"\{ \.(kind|name) = ((?:[^{}\"]|\"(?:\\.|[^\"\\])*\")*)\}", text):
            row = m.group(0)
            name = re.search(r'\.name = "([^"]+)"', row)
            if not name or "OPT_HEADING" in row:
                continue
            fields = ("help",) if "OPT_" in row else ("summary", "description")
            for f in fields:
                if not re.search(rf'\.{f} = ?\n?\s*"[^"]', row):
                    broken(f"{path}: {name.group(1)} has no {f}")
    for verb in re.findall(r'\{ \.name = "(\w+)"', read(os.path.join(TOP, "src/cli/verbs.c"))):
        if not os.path.exists(os.path.join(TOP, f"tests/cli/{verb}.t")):
            broken(f"tests/cli/{verb}.t is missing: every verb has its script")
    used = "".join(read(os.path.join(TOP, p)) for p in sources("src") if not p.startswith("src/source/rule"))
    schemas = "".join(read(os.path.join(TOP, "schemas", f)) for f in os.listdir(os.path.join(TOP, "schemas")))
    for name, rule in re.findall(r'^RULE\((\w+), "([^"]+)"', read(os.path.join(TOP, "src/source/rules.def")), re.M):
        if not re.search(rf"\bRULE_{name}\b", used) and not re.search(rf"[=\"]{rule}(?![\w-])", schemas):
            broken(f"src/source/rules.def: nothing reports {rule}")
    functions_c, cases = os.path.join(TOP, "src/expr/functions.c"), ""
    for folder, _, files in os.walk(os.path.join(TOP, "fixtures/expr")):
        cases += "".join(read(os.path.join(folder, f)) for f in files)
    for folder, _, files in os.walk(os.path.join(TOP, "tests/unit/expr")):
        cases += "".join(read(os.path.join(folder, f)) for f in files if f.endswith(".c"))
    if os.path.exists(functions_c) and cases:
        for name in sorted(set(re.findall(r'\.name = "(\w+)"', read(functions_c)))):
            if name.lower() not in cases.lower():
                broken(f"src/expr/functions.c: {name} has no case")


def dlopened():
    """The packages depend on the libraries that are opened at run time."""
    listed = re.search(r"^set\(DLOPENED (.*)\)$", read(os.path.join(TOP, "packaging/deb/dlopened.cmake")), re.M).group(1).split()
    opened = {}
    for path in sources():
        for name in re.findall(r'"(lib[\w.+-]*?\.so[\w.]*)', read(os.path.join(TOP, path))):
            opened.setdefault(name.split(".so")[0], path)
    stems = {name.split(".so")[0] for name in listed}
    for stem in sorted(set(opened) - stems):
        broken(f"{opened[stem]}: {stem} is opened at run time, but not in packaging/deb/dlopened.cmake")
    for stem in sorted(stems - set(opened)):
        broken(f"packaging/deb/dlopened.cmake: no file opens {stem}")


def man(program):
    have = read(os.path.join(TOP, "docs/man/sidestep.1"))
    r = subprocess.run([program, "help", "--man"], capture_output=True, text=True)
    if r.returncode or r.stdout != have:
        broken("docs/man/sidestep.1 is not what `sidestep help --man` prints now; `./dev docs` writes it")
    r = subprocess.run([program, "help", "--rules"], capture_output=True, text=True)
    if r.returncode or r.stdout != read(os.path.join(TOP, "docs/rules.md")):
        broken("docs/rules.md is not what `sidestep help --rules` prints now; `./dev docs` writes it")
    if shutil.which("man"):
        r = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", os.path.join(TOP, "docs/man/sidestep.1")], capture_output=True,
                           text=True, env=dict(os.environ, MANPAGER="cat", MANWIDTH="100", LC_ALL="C.UTF-8"))
        if r.stderr.strip():
            broken("docs/man/sidestep.1: " + r.stderr.strip())


def circles(*objects):
    """No file of these calls another that calls it back, over however many in between. Tables of functions are not seen: they are
    how a lower file is meant to reach a higher one."""
    where, wants = {}, {}
    for o in objects:
        r = subprocess.run(["nm", "-g", o], capture_output=True, text=True, check=True)
        words = [line.split() for line in r.stdout.splitlines()]
        wants[o] = {w[-1] for w in words if w[-2] == "U"}
        where.update({w[-1]: o for w in words if w[-2] != "U"})
    calls = {o: {where[s] for s in wants[o] if s in where and where[s] != o} for o in objects}
    short = lambda o: re.sub(r".*/src/(\w+)/CMakeFiles/.*/(\w+\.c).*", r"\1/\2", o)

    def reach(start):
        seen, todo = set(), [start]
        while todo:
            for o in calls[todo.pop()] - seen:
                seen.add(o)
                todo.append(o)
        return seen
    if len(objects) < 2 or not any(calls.values()):
        broken("no calls were seen")
    reached = {o: reach(o) for o in objects}
    for o in sorted(objects, key=short):
        if o in reached[o]:
            broken(f"{short(o)}: is called back by " + ", ".join(sorted(short(x) for x in calls[o] if o in reached[x])))


if __name__ == "__main__":
    checks = {f.__name__: f for f in (tiers, confined, headers, symbols, banned, sizes, readmes, paths, rows, dlopened, man, circles)}
    if len(sys.argv) < 2 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    arguments = [os.path.abspath(a) for a in sys.argv[2:]]
    os.chdir(TOP)
    checks[sys.argv[1]](*arguments)
    sys.exit(1 if bad else 0)
