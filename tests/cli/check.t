# sidestep check: valid, broken, standard input, several files, JSON.
. "$(dirname "$0")/lib.sh"
script_repo r 'echo fine'
sidestep check -C r
exits 0
cd r || exit 1
sidestep check
exits 0
empty err
cp .github/workflows/t.yml "$T/good.yml"
cd "$T" || exit 1

printf 'on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    stepz: [{run: echo}]\n' >bad.yml
sidestep check bad.yml
exits 1
cat out err >both
what="check bad.yml"
mv both out
out_has '(^|/)bad.yml:5:5: error: '
out_has '^ *5? *\|? *    stepz: '
out_has '\^'
sidestep check good.yml bad.yml
exits 1
sidestep check good.yml
exits 0
sidestep check --format json bad.yml
exits 1
holds "the findings are an array with the promised fields" python3 -c '
import json
found = json.load(open("out"))
assert found
for f in found:
    for k in ("path", "line", "col", "end_line", "end_col", "severity", "rule", "message", "help", "fix"):
        assert k in f, k
assert (found[0]["line"], found[0]["col"], found[0]["severity"]) == (5, 5, "error")'
sidestep check --format json good.yml
exits 0
holds "no findings are an empty array" python3 -c 'import json; assert json.load(open("out")) == []'
sidestep_in 'on: push
jobs: {j: {runs-on: x, steps: [{run: echo}]}}
' check -
exits 0 "check -"
sidestep_in 'on: [' check -
exits 1 "check - of something broken"
sidestep check --list-rules
exits 0
out_has '^yaml-syntax +error +The file is not well-formed YAML\.$'
sidestep check --list-rules --format json
holds "every rule as data" python3 -c 'import json
rules = json.load(open("out"))
assert len(rules) > 150 and len({r["id"] for r in rules}) == len(rules)
assert all(r["sentence"].endswith(".") and r["tags"] and r["docs"] == "rules.md#" + r["id"] for r in rules)'
sidestep check --explain quoted-boolean
exits 0
out_has 'Correction: safe to apply'
sidestep check --explain quoted-bolean
exits 2 "a rule that is not there"
err_has "did you mean 'quoted-boolean'"
printf 'on: push\njobs:\n  a:\n    runs-on: x\n    continue-on-error: "true"\n    stepz: []\n' >fixable.yml
sidestep check --format json fixable.yml
holds "corrections are lists of edits" python3 -c 'import json
found = {f["rule"]: f for f in json.load(open("out"))}
fix = found["quoted-boolean"]["fixes"]
assert found["quoted-boolean"]["fix"] == "true", found
assert fix == [{"title": "write true", "safe": True, "edits": [{"line": 5, "col": 24, "end_line": 5, "end_col": 30, "text": "true"}]}], fix
assert found["key-unknown-job"]["fix"] == "steps" and not found["key-unknown-job"]["fixes"][0]["safe"], found'
sidestep check not-there.yml
exits 2
err_has 'not-there.yml'
sidestep_in '' check -
exits 1 "check - of nothing"
head -c 100000 /dev/urandom >noise.yml
sidestep check noise.yml
exits 1
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "["; print "" }' >deep.yml
sidestep check deep.yml
exits 1
printf 'a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f]\nh: &h [*g,*g,*g,*g,*g,*g,*g,*g]\ni: [*h,*h,*h,*h,*h,*h,*h,*h]\n' >laughs.yml
sidestep check laughs.yml
exits 1
at_end

# ---- files of actions, told apart by what they hold ----
mkdir -p "$T/act"
printf 'name: a\ndescription: b\nruns:\n  using: composite\n  steps:\n    - run: echo\n' >"$T/act/odd.yml"
sidestep check "$T/act/odd.yml"
exits 1 "a step of an action without a shell"
out_has 'odd.yml:6:7: error: .*shell'
out_lacks 'jobs'
printf 'on: push\njobs: {j: {runs-on: x, steps: [{run: echo}]}}\n' >"$T/act/action.yml"
sidestep check "$T/act/action.yml"
exits 0 "a workflow that is called action.yml"
sidestep list "$T/act/odd.yml"
exits 3 "an action is no workflow"
err_has 'is the file of an action, not a workflow'
