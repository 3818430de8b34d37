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
wrong "sidestep run pull_request" pull_request
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
