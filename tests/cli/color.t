# Colour: only on a terminal, unless it is asked for or forbidden.
. "$(dirname "$0")/lib.sh"
esc=$(printf '\033')
script_repo r 'echo fine'
cd r || exit 1
for v in "graph" "run --format text" "list"; do
	sidestep $v
	out_lacks "$esc"
	NO_COLOR=1 sidestep $v --color auto
	out_lacks "$esc"
	sidestep $v --color never
	out_lacks "$esc"
done
sidestep run --color always
out_has "$esc"
printf 'on: push\njobs: {j: {}}\n' >"$T/bad.yml"
sidestep check --color always "$T/bad.yml"
cat "$T/err" >>"$T/out"
out_has "$esc"
at_end
