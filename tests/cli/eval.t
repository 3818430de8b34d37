# sidestep eval: values, kinds, contexts, templates, errors.
. "$(dirname "$0")/lib.sh"

# gives JSON ARGUMENTS…: `eval --format json` prints this object
gives() {
	local want=$1
	shift
	sidestep eval --format json "$@"
	exits 0
	if python3 -c 'import json,sys; sys.exit(json.loads(sys.argv[1]) != json.load(open(sys.argv[2])))' "$want" "$T/out" 2>/dev/null; then
		pass "$what gives $want"
	else
		fail "$what does not give $want"
	fi
}
gives '{"kind":"Boolean","value":true}' '1 == 1.0'
gives '{"kind":"String","value":"a"}' "'a'"
gives '{"kind":"String","value":"it'"'"'s"}' "'it''s'"
gives '{"kind":"Null","value":null}' null
gives '{"kind":"Number","value":0.1}' 0.1
gives '{"kind":"Number","value":255}' 0xff
gives '{"kind":"Array","value":[1,2]}' "fromJSON('[1,2]')"
gives '{"kind":"Object","value":{"a":{"b":[true,null]}}}' "fromJSON('{\"a\":{\"b\":[true,null]}}')"
gives '{"kind":"Boolean","value":true}' "startsWith('Hello', 'he')"
gives '{"kind":"String","value":"a-1"}' "format('{0}-{1}', 'a', 1)"
gives '{"kind":"Boolean","value":false}' -- "!true"

printf '{"github":{"ref":"refs/heads/main","event":{"n":[{"a":1},{"a":2}]}},"env":{"X":"y"}}' >context.json
gives '{"kind":"String","value":"refs/heads/main"}' --context context.json github.ref
gives '{"kind":"String","value":"y"}' --context context.json "env['X']"
gives '{"kind":"Array","value":[1,2]}' --context context.json 'github.event.n.*.a'
gives '{"kind":"Null","value":null}' --context context.json github.nothing.there
gives '{"kind":"String","value":"on refs/heads/main!"}' --template --context context.json 'on ${{ github.ref }}!'

sidestep eval "'a'"
exits 0
is '"a"'
sidestep eval "1 == 2"
is false

for e in '1 +' "'open" 'nosuch(1)' '1 == == 2' 'a b' '(1' 'format()' "fromJSON('{')"; do
	sidestep eval "$e"
	exits 3 "eval of '$e'"
	empty out
	holds "something is said about '$e'" test -s err
done
sidestep eval --expect-type Number 1
exits 0
sidestep eval --expect-type Number "'x'"
exits 1
err_has 'String, not Number'
sidestep eval --context not-there.json 1
exits 2
err_has 'not-there.json'
printf '{"a":' >broken.json
sidestep eval --context broken.json 1
exits 3
err_has 'broken.json'
printf '[1]' >list.json
sidestep eval --context list.json 1
exits 3
sidestep eval ''
exits 2
empty out
err_has 'the expression is empty'
sidestep eval '  '
exits 2
sidestep eval --template ''
is '""'

# Mistakes: where, and what was probably meant; check says the same.
# wrong EXPRESSION TEXT CARET HELP
wrong() {
	sidestep eval "$1"
	exits 3
	err_has "$2"
	err_has "^      \| $3\$"
	err_has "= help: $4"
}
wrong 'gihub.ref' "^expression:1:1: error: Unrecognized named-value: 'gihub'" '\^~~~~' "did you mean 'github'\?"
wrong "1 == hashFile('x')" "^expression:1:6: error: Unrecognized function: 'hashFile'" '     \^~~~~~~~' "did you mean 'hashFiles'\?"
wrong 'steps.x' "error: Unrecognized named-value: 'steps'" '\^~~~~' 'it is known only in a run; --context FILE gives one, \{"steps": '
wrong 'success()' "error: Unrecognized function: 'success'" '\^~~~~~~' 'it is known only in a run'
wrong '"a"' 'error: Unexpected symbol' '\^~~' 'strings in expressions stand in single quotes'
sidestep eval --template 'on ${{ gitub.ref }}'
exits 3
err_has '^expression:1:8: error'
printf 'on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [{run: "echo ${{ hashFile(1) }}"}]}}\n' >w.yml
sidestep check w.yml
out_has "help: did you mean 'hashFiles'\?"

# The repository it stands in.
script_repo r 'echo "hash ${{ hashFiles('"'**/*.lock'"') }}"'
cd r || exit 1
git config user.name somebody
git remote add origin https://github.com/owner/name.git
mkdir -p lock/deep && echo a >lock/a.lock && echo b >lock/deep/b.lock && echo lock/ign >.gitignore
printf 'V=file\nW=file\n' >.vars
printf 'E=file\n' >.env
gives '{"kind":"String","value":"refs/heads/main"}' github.ref
gives '{"kind":"String","value":"owner/name"}' github.repository
gives '{"kind":"String","value":"somebody"}' github.actor
gives '{"kind":"String","value":"me"}' -a me github.actor
gives "{\"kind\":\"Boolean\",\"value\":true}" "github.sha == '$(git rev-parse HEAD)'"
gives '{"kind":"String","value":"push one"}' "format('{0} {1}', github.event_name, github.event.head_commit.message)"
gives '{"kind":"String","value":"pull_request opened"}' --event pull_request "format('{0} {1}', github.event_name, github.event.action)"
echo '{"inputs": {"I": "x"}, "ref": "refs/tags/v1"}' >e.json
gives '{"kind":"String","value":"v1 x"}' -e e.json "format('{0} {1}', github.ref_name, github.event.inputs.i)"
gives '{"kind":"String","value":"Linux"}' runner.os
gives '{"kind":"String","value":"line file"}' --var V=line "format('{0} {1}', vars.V, vars.W)"
gives '{"kind":"String","value":"file"}' env.E
gives '{"kind":"Null","value":null}' --no-config vars.V
gives '{"kind":"String","value":"one"}' --input I=one inputs.i
printf '{"github": {"ref": "given"}}' >../given.json
gives '{"kind":"String","value":"given owner"}' --context ../given.json "format('{0} {1}', github.ref, github.repository || 'owner')"
gives '{"kind":"String","value":"file"}' --context ../given.json vars.V
cd lock/deep || exit 1
gives '{"kind":"String","value":"owner/name"}' github.repository
cd / && gives '{"kind":"String","value":"owner/name"}' -C "$T/r" github.repository
cd "$T/r" || exit 1

# hashFiles is that of a job that has checked it out: ignored files are not there.
sidestep eval "hashFiles('**/*.lock')"
exits 0
before=$(cat "$T/out")
echo c >lock/ignored.lock && echo 'lock/ignored*' >.gitignore && mkdir lock/ignored-too && echo d >lock/ignored-too/d.lock
sidestep eval "hashFiles('**/*.lock')"
holds "what is ignored does not count" test "$(cat "$T/out")" = "$before"
cat >.github/workflows/t.yml <<'Y'
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "is-${{ hashFiles('**/*.lock') }}"
Y
sidestep run
exits 0
out_has "is-$(echo "$before" | tr -d '"')"
sidestep eval "hashFiles('nothing/**')"
is '""'

# Without a repository around it there are names all the same.
mkdir "$T/plain" && cd "$T/plain" || exit 1
gives '{"kind":"String","value":"local/plain"}' github.repository
sidestep eval -C "$T/not-there" github.ref
exits 2
err_has 'not-there'
cd "$T/r" || exit 1
echo 'colour: 1' >.sidestep.yml
sidestep eval 1
exits 2
err_has "unknown option 'colour'"
sidestep eval --no-config 1
exits 0
at_end
