# sidestep eval: values, kinds, contexts, templates, errors.
. "$(dirname "$0")/lib.sh"

# gives JSON ARGUMENTS…: `eval --format json` prints this object
gives() {
	local want=$1
	shift
	sidestep eval --format json "$@"
	exits 0
	if python3 -c 'import json,sys; sys.exit(json.loads(sys.argv[1]) != json.load(open("out")))' "$want" 2>/dev/null; then
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
at_end
