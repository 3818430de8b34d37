# Odd surroundings: no HOME, folders that cannot be written, odd names, no git, no repository.
. "$(dirname "$0")/lib.sh"
script_repo r 'echo fine'
cd r || exit 1
what="run without HOME"
(unset HOME; "$SIDESTEP" run) >"$T/out" 2>"$T/err" </dev/null
code=$?
exits 0 "$what"
what="run without HOME and XDG folders"
env -u HOME -u XDG_STATE_HOME -u XDG_CACHE_HOME -u XDG_CONFIG_HOME "$SIDESTEP" run >"$T/out" 2>"$T/err" </dev/null
code=$?
holds "$what ends in order ($code)" test "$code" -eq 0 -o "$code" -eq 4
what="run with an empty environment"
env -i "$SIDESTEP" list >"$T/out" 2>"$T/err" </dev/null
code=$?
exits 0 "list with an empty environment"

: >"$T/file"
what="run with a state folder that cannot be"
XDG_STATE_HOME=$T/file/state "$SIDESTEP" run >"$T/out" 2>"$T/err" </dev/null
code=$?
exits 4 "$what"
err_has "$T/file/state"
if [ "$(id -u)" -ne 0 ]; then
	mkdir -m 500 "$T/locked"
	what="run with a state folder that cannot be written"
	XDG_STATE_HOME=$T/locked "$SIDESTEP" run >"$T/out" 2>"$T/err" </dev/null
	code=$?
	exits 4 "$what"
	err_has locked
else
	skip "a folder without the right to write" "root may write everywhere"
fi

script_repo "$T/odd name
with ünïcode" 'pwd'
sidestep run -C "$T/odd name
with ünïcode"
exits 0 "run in a folder with an odd name"

cd "$T" && mkdir norepo && mkdir -p norepo/.github/workflows && cp r/.github/workflows/t.yml norepo/.github/workflows/
GIT_CEILING_DIRECTORIES=$T sidestep run -C norepo
holds "outside of a repository it ends in order ($code)" test "$code" -eq 0 -o "$code" -eq 4
mkdir empty && cd empty && git init -q -b main
sidestep run
holds "a repository without workflows is told so ($code)" test -s "$T/err" -o -s "$T/out"
sidestep check
holds "check finds nothing to look at ($code)" test "$code" -ne 139

# The files of a run are for their owner only.
cd "$T/r" || exit 1
umask 022
sidestep run
holds "everything written is private" test -z "$(find "$XDG_STATE_HOME" -perm /077)"
at_end
