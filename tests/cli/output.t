# Standard streams that are closed, full or gone.
. "$(dirname "$0")/lib.sh"
script_repo r 'echo from the step'
cd r || exit 1

for v in --help --version "help --man" "completion bash" "eval 1" "list" "graph"; do
	what="$v >/dev/full"
	"$SIDESTEP" $v >/dev/full 2>"$T/err" </dev/null
	code=$?
	exits 4 "$what"
	err_has 'No space left on device'
	what="$v with standard output closed"
	"$SIDESTEP" $v >&- 2>"$T/err" </dev/null
	code=$?
	exits 4 "$what"
	err_has 'standard output is closed'
done
for format in text json github; do
	what="run --format $format >/dev/full"
	"$SIDESTEP" run --format $format >/dev/full 2>"$T/err" </dev/null
	code=$?
	exits 4 "$what"
	err_has 'No space left on device'
done
what="run with 0, 1 and 2 closed"
"$SIDESTEP" run <&- >&- 2>&-
code=$?
exits 0 "$what"
what="a failing run with 0, 1 and 2 closed"
script_repo "$T/f" 'exit 1'
"$SIDESTEP" run -C "$T/f" <&- >&- 2>&-
code=$?
exits 1 "$what"
holds "its log has the error nevertheless" grep -rqs 'exit code 1' "$XDG_STATE_HOME/sidestep/runs"
what="run into a pipe nobody reads"
{ "$SIDESTEP" run --format json 2>"$T/err"; echo $? >"$T/code"; } </dev/null | true
code=$(cat "$T/code")
holds "$what ends ($code)" test "$code" -eq 0 -o "$code" -eq 4
what="list into a pipe nobody reads"
{ "$SIDESTEP" list 2>"$T/err"; echo $? >"$T/code"; } </dev/null | true
holds "$what ends" test -s "$T/code"

# What a step finds: no input, and no descriptors of ours.
script_repo "$T/d" 'test -z "$(cat)" && ls /proc/self/fd | sort -n | tr "\n" " "'
sidestep run -C "$T/d" --format json
exits 0
out_has '"line":"0 1 2 3 "'
at_end
