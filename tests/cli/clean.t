# What a repository's files contain drives no terminal: controls, C1 controls and characters that reorder others are shown, not
# written, wherever text is for people. Data keep the exact text. What is masked in a log is masked in a plan, too.
. "$(dirname "$0")/lib.sh"

# Neither output has one of them but line ends.
clean() {
	local f
	for f in out err; do
		if python3 - "$T/$f" <<-'E2'
		import sys, unicodedata
		text = open(sys.argv[1], "rb").read().decode()
		bad = [c for c in text if c != "\n" and (unicodedata.category(c) == "Cc" or c in "\u202e\u2066\u2069\u2028\U000e0041")]
		sys.exit(1 if bad else 0)
		E2
		then pass "$what: std$f is clean"; else fail "$what: std$f is not clean"; fi
	done
}

repo bad <<'Y'
name: "n\e]0;PWNED\a"
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: "x\e]0;PWNED\a\e[31mred"
      - uses: "y\u009b31m\u202e\U000e0041"
  "e\u202e\e[31m":
    runs-on: ubuntu-latest
    needs: "zz\e[2J"
    steps: [{run: echo}]
Y
cp bad/.github/workflows/t.yml "$(printf 'bad/.github/workflows/p\033[31m\xe2\x80\xae.yml')"
for words in check list graph run 'run -n' 'run --explain' 'pin --offline' 'pin --offline --check' 'completion --offer jobs' \
	'completion --offer workflows'; do
	sidestep $words -C bad
	clean
done
sidestep check -C bad
out_has "^bad/\\.github/workflows/p\\^\\[\\[31m<U\\+202E>\\.yml:7:15: error: .*'x\\^\\[\\]0;PWNED\\^G\\^\\[\\[31mred'"
sidestep pin --offline -C bad
err_has "/p\\^\\[\\[31m<U\\+202E>\\.yml:7:15: error: .*'x\\^\\[\\]0;PWNED\\^G\\^\\[\\[31mred'"
sidestep check -C bad --format json
holds "findings as data keep the exact text" python3 -c 'import json
found = json.load(open("out"))
assert any("x\x1b]0;PWNED\x07\x1b[31mred" in f["message"] for f in found), found
assert any(f["path"].endswith("p\x1b[31m\u202e.yml") for f in found), found'
sidestep completion --offer jobs -C bad
is a

repo here <<'Y'
on: push
jobs:
  a:
    runs-on: "win\e]0;PWNED\a\u202e"
    steps: [{run: echo}]
  b:
    runs-on: ubuntu-latest
    steps: [{run: echo, shell: "q\e]0;PWNED\a {0}"}]
Y
sidestep check -C here
clean
out_has "not run here: it wants win\\^\\[\\]0;PWNED\\^G<U\\+202E> "
out_has "the shell 'q\\^\\[\\]0;PWNED\\^G' is not on this machine"
out_has '= help: a runner of your own\? -P win\^\[\]0;PWNED\^G<U\+202E>=host runs it here'

# the caret stands below the place in the cleaned line
printf 'on: push\njobs: {a: {runs-on: u, steps: [{name: "\xe2\x80\xae\xe2\x81\xa6", uses: bad}]}}\n' >bidi.yml
sidestep check bidi.yml
holds "the caret is below what it marks" python3 -c '
lines = open("out").read().split("\n")
at = next(i for i, l in enumerate(lines) if "<U+202E><U+2066>" in l)
assert lines[at + 1].index("^") == lines[at].index("bad}"), lines[at:at + 2]'

repo masked <<'Y'
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    if: github.actor != 'hunter2222'
    steps:
      - {name: one, run: 'true', if: github.actor != 'hunter2222'}
      - {name: two, run: 'true', if: github.actor == 'hunter2222'}
      - {name: three, run: 'true', if: "success() && (env.a) || (env.b)"}
      - {uses: them/hunter2222@v1}
  b:
    runs-on: ubuntu-latest
    if: github.actor == 'hunter2222'
    steps: [{run: 'true'}]
Y
sidestep run -C masked -n
out_has "^ +if: github\\.actor != 'hunter2222' \\(holds\\)"
out_has "^ +if: success\\(\\) && \\(env\\.a\\) \\|\\| \\(env\\.b\\)"
out_has "b: skipped: its condition is false: github\\.actor == 'hunter2222'\$"
sidestep run -C masked -n -s PW=hunter2222
out_has "^ +if: github\\.actor != '\\*\\*\\*' \\(holds\\)"
out_lacks hunter2222
err_lacks hunter2222
sidestep run -C masked -n -s PW=hunter2222 --format json
holds "data are masked, too" python3 -c '
import json
events = [json.loads(line) for line in open("out")]
plans = [e for e in events if e["type"] == "plan"]
assert [p.get("condition") for p in plans if p.get("name") in ("a", "one")] == ["github.actor != \x27***\x27"] * 2, plans
assert [p["uses"] for p in plans if "uses" in p] == ["them/***@v1"], plans
assert not any("hunter2222" in str(v) for e in events for k, v in e.items() if k != "step"), events'

script_repo outer 'printf "::error file=a\342\200\256.c,title=t\342\201\246\302\233::m\342\200\256\302\2331m%%0Ax\n"'
sidestep run -C outer --format github
exits 0
out_has '^::error file=a<U\+202E>\.c,title=t<U\+2066>::m<U\+202E>1m%0Ax$'
clean
at_end
