# Wrong usage: exit code 2, the reason and the nearest name on standard error, nothing on standard output.
. "$(dirname "$0")/lib.sh"
printf 'on: push\njobs: {j: {runs-on: x, steps: [{run: "true"}]}}\n' | repo r
cd r || exit 1

# wrong REGEX ARGUMENTS…
wrong() {
	local regex=$1
	shift
	sidestep "$@"
	exits 2
	empty out
	err_has "$regex"
	err_has "see 'sidestep"
}
wrong "unknown option '--formt'; did you mean '--format'" run --formt json
wrong "unknown option '--workflow-s'; did you mean '--workflows'" run --workflow-s=x
wrong "unknown option '--no-such-option'" run --no-such-option
wrong "unknown option '--formt'; did you mean '--format'" --formt json
wrong "unknown option '-Z'" run -Z
wrong "unknown option '-Z'" run -vZ
wrong "option '--max' could be several, '--max-" run --max 1
wrong "--no-needs takes no argument" run --no-needs=yes
wrong "--secret needs its argument, NAME" run --secret
wrong "-W needs its argument, PATH" run -W
wrong "unknown command 'chekc'" chekc
wrong "unknown command 'lists'; did you mean 'list'" lists
wrong "unknown command 'nonsense': it is no event of GitHub either, nor a file here" nonsense
wrong "unknown command 'pull_reqest'; did you mean 'pull_request'" pull_reqest
# a command behind an option
wrong "the command comes first: 'sidestep list -C .'" -C . list
wrong "the command comes first, as in 'sidestep check'" -q check
sidestep run list
exits 2
err_has "no workflow is started by 'list'"
wrong "one event at a time: 'one' and 'two' were given" run one two
wrong "eval needs EXPR" eval
wrong "dump needs STAGE FILE" dump tree
wrong "unknown stage 'tre'; did you mean 'tree'" dump tre x
wrong "unknown shell 'tcsh'" completion tcsh
for n in 0 -1 x 1x '' 99999999999999999999; do wrong "--max-parallel needs a whole number of at least 1" run "--max-parallel=$n"; done
wrong "--max-background needs a whole number" run --max-background 0
wrong "--timeout needs a whole number" run --timeout 0
wrong "--matrix needs KEY:VALUE, not 'x'" run --matrix x
wrong "--var needs NAME=VALUE, not 'x'" run --var x
wrong "--env needs NAME=VALUE, not '=x'" run --env =x
wrong "--input needs NAME=VALUE" run --input x
wrong "--platform needs LABEL=" run -P x
wrong "--local-repository needs OWNER/REPO" run --local-repository x
wrong "--secret needs NAME or NAME=VALUE, not '=x'" run -s =x
wrong "secret NOT_SET_ANYWHERE has no value" run -s NOT_SET_ANYWHERE
wrong "--format cannot be 'jsno'; did you mean 'json'" run --format jsno
wrong "--format cannot be 'nonsense', only text, json, github or quiet" run --format nonsense
wrong "--color cannot be 'sometimes'" run --color sometimes

# What is no command is a word of run when it is an event or a file.
mkdir words && cd words || exit 1
repo . <<'Y'
on: {push: , pull_request: {types: labeled}, workflow_dispatch: {inputs: {who: {type: string}}}}
jobs: {j: {runs-on: ubuntu-latest, steps: [{run: 'echo on ${{ github.event_name }} ${{ github.event.action }} ${{ inputs.who }}'}]}}
Y
cp .github/workflows/t.yml flow
echo '{"action": "labeled"}' >event.json
words() {
	local regex=$1
	shift
	sidestep "$@"
	exits 0
	out_has "$regex"
}
words 'on push' push
words 'on pull_request labeled' pull_request -e event.json
words 'on workflow_dispatch me' workflow_dispatch --input who=me
words 'on push' flow
words 'on push' -C . push
# act's switches
words '1 +j +ubuntu-latest' --list=true
words 'on push' --list=false --graph=false --watch=false --quiet=false --verbose=false push
words 'j' --graph=true
words 'on push' --verbose=true
sidestep --quiet=true
exits 0
out_lacks 'on push'
wrong '--list is true or false, not .yes' --list=yes
wrong '--quiet is true or false, not .1' run --quiet=1
sidestep --watch=true
exits 4
wrong "--quiet takes no argument|unknown option '--quiet" check --quiet=true
cd .. || exit 1

# What is known but not in this build is said by name.
# later REGEX ARGUMENTS…
later() {
	local regex=$1
	shift
	sidestep "$@"
	exits 4
	empty out
	err_has "$regex is not available in this build"
}
later --watch run --watch
later '--format sarif' check --format sarif
later '--format github' check --format=github
later '--format checkstyle' check --format checkstyle
for o in fix diff; do later "--$o" check "--$o"; done
later --ignore check --ignore x
later --min-severity check --min-severity error
at_end
