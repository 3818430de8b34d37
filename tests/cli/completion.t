# Completion scripts: valid shell, and bash offers what it should.
. "$(dirname "$0")/lib.sh"
for s in bash zsh fish; do
	sidestep completion $s
	exits 0
	empty err
	out_has 'max-background'
	out_has 'mermaid'
	cp out "script.$s"
	if command -v $s >/dev/null; then
		holds "$s reads its script" $s -n "script.$s"
	else
		skip "$s reads its script" "no $s here"
	fi
done

# offers WORDS… : what bash offers for the last word, one a line
offers() {
	bash -c '. ./script.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sidestep 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' \
		- sidestep "$@" >out 2>err
	what="completion of sidestep $*"
}
offers r
out_has '^run$'
out_has '^runner$'
offers run --for
is --format
offers run --format ''
out_has '^json$'
out_has '^quiet$'
offers graph --format m
is mermaid
offers --max
out_has '^--max-parallel$'
offers dump t
out_has '^tree$'
offers completion z
is zsh
mkdir folder && : >file.yml
offers check fi
is file.yml
offers run -C f
is folder
offers eval --color a
out_has '^auto$'
at_end
