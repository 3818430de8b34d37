# Options from files: who wins, what is refused, and that files speak the language of --help.
. "$(dirname "$0")/lib.sh"
script_repo r 'echo "A=$A B=$B ACT=${ACT-none} [${{ vars.V }}] [${{ secrets.S == '"'x y'"' }}]"'
cd r || exit 1
sidestep run
exits 0
holds "what is used and not given is named once" test "$(cat "$T/err")" = \
	'sidestep: note: used, but not given: secret S (-s NAME); variable V (--var NAME=VALUE)'
sidestep run -q
exits 0
empty err
sidestep run --format quiet
empty err
sidestep run -s S=x --var v=
exits 0
empty err

printf 'env: {A: file, B: file}\nvar: {V: v}\n' >.sidestep.yml
sidestep run --env A=line
exits 0
out_has 'A=line B=file ACT=none \[v\]'
err_lacks 'read '
sidestep run -v
err_has 'sidestep: read .sidestep.yml'
sidestep run --no-config
out_has 'A= B= ACT=none \[\]'
sidestep # no verb: the options of run
out_has 'A=file B=file'
mkdir -p sub && cd sub || exit 1
sidestep run
out_has 'A=file B=file'
cd .. || exit 1
cd / && sidestep run -C "$T/r"
out_has 'A=file B=file'
cd "$T/r" || exit 1

# the user's own, and act's
mkdir -p "$HOME" "$XDG_CONFIG_HOME/sidestep" "$XDG_CONFIG_HOME/act"
printf 'env: {A: user}\nsecret: {S: x y}\nact-compat: true\n' >"$XDG_CONFIG_HOME/sidestep/config.yml"
printf -- '--env B=xdg\n--userns host\n' >"$XDG_CONFIG_HOME/act/actrc"
printf -- '--env V=home\n' >"$HOME/.actrc"
sidestep run
exits 0
out_has 'A=file B=xdg ACT=true \[v\] \[true\]'
err_has 'note: options of act that have no effect here: --userns$'
sidestep run --format json
exits 0
holds "the output is JSON all the same" python3 -c 'import json,sys; [json.loads(l) for l in open(sys.argv[1])]' "$T/out"
rm -r "$XDG_CONFIG_HOME" "$HOME/.actrc"

# errors: all of them, with place, line, caret and the nearest name; nothing on standard output
printf 'enviro: 1\nsecret-file: s\nkeep: maybe\n' >.sidestep.yml
printf -- '--secrt-file x\n' >.actrc
for call in run '' 'run --format json'; do
	sidestep $call
	exits 2
	empty out
	err_has "^\.sidestep\.yml:1:1: error: unknown option 'enviro'"
	err_has '^      \| \^~~~~~$'
	err_has "^\.sidestep\.yml:2:1: error: secret-file cannot stand in the repository's own configuration"
	err_has '^\.sidestep\.yml:3:7: error: keep needs true or false, not a text'
	err_has "^\.actrc:1:1: error: unknown option '--secrt-file'"
	err_has "did you mean '--secret-file'"
done
sidestep run --no-config
exits 0
sidestep run --help # help needs no configuration
exits 0
sidestep run --nonsense # the command line is read first
err_lacks sidestep.yml
sidestep check
exits 2
err_has "unknown option 'enviro'"
rm .actrc

# what help calls an option is what a file calls it
for o in $("$SIDESTEP" run --help | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE '[a-z][a-z-]+$'); do
	case $o in
	help | version | directory | no-config | explain | list | graph) want=1 ;;
	*) want=0 ;;
	esac
	printf '%s: ~\n' "$o" >.sidestep.yml
	sidestep run
	if grep -q "unknown option '$o'" "$T/err"; then found=1; else found=0; fi
	holds "$o in a file" test $found -eq $want
done

# files that are not to be had
rm .sidestep.yml
mkdir .sidestep.yml .env
sidestep run
exits 0
rmdir .sidestep.yml .env
mkfifo .env
sidestep run
exits 2
err_has '^\.env:1:1: error: \.env is not a regular file'
rm .env
mkfifo .actrc
sidestep run
exits 2
err_has '^\.actrc:1:1: error: \.actrc is not a regular file'
rm .actrc
printf 'A=1\nwhat\n' >.env
sidestep run
exits 3
err_has '^sidestep: error: \.env:2: NAME=VALUE was expected: what$'
if [ "$(id -u)" -ne 0 ]; then
	chmod 0 .env
	sidestep run
	exits 2
fi
rm -f .env

# a file that is named and not there: the place where it was named, the same code through every option
for o in workflows eventpath env-file var-file input-file; do
	printf 'keep: false\n%s: missing\n' "$o" >.sidestep.yml
	sidestep run
	exits 2
	empty out
	err_has "^sidestep: \.sidestep\.yml:2: $o: $T/r/missing is not there$"
done
rm .sidestep.yml
mkdir -p "$HOME"
printf -- '--secret-file missing\n' >"$HOME/.actrc"
sidestep run
exits 2
err_has "\.actrc:1: secret-file: .*missing is not there$"
: >present # another one in its place
sidestep run --secret-file present
exits 0
sidestep run --secret-file missing
exits 2
err_has 'missing: [Nn]o such file'
rm "$HOME/.actrc"
echo E=1 >.env # relative to where the call starts, which is not where we are
(cd / && "$SIDESTEP" run -C "$T/r" -q >"$T/out" 2>"$T/err"; echo $? >"$T/code")
holds "the files of a repository elsewhere are found" test "$(cat "$T/code" "$T/err")" = 0
rm .env
at_end
