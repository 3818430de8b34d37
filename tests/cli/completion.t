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
		holds "$s reads its script" $s -n "$T/script.$s"
	else
		skip "$s reads its script" "no $s here"
	fi
done

# offers WORDS… : what bash offers for the last word, one a line; words as bash divides them
offers() {
	T=$T bash -c '. "$T/script.bash"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sidestep 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' \
		- "$SIDESTEP" "$@" >"$T/out" 2>"$T/err"
	what="completion of sidestep $*"
}
offers r
out_has '^run$'
out_lacks '^(runner|report)$' # not in this build
offers check --format ''
is 'text
json'
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
offers run --format = js
is json

# What the repository has: jobs, events, values of matrices, workflows.
repo r <<'Y'
on: [push, pull_request, workflow_dispatch]
jobs:
  build:
    runs-on: ubuntu-latest
    strategy: {matrix: {os: [linux, windows], node: [20, 22], odd: ["$(touch owned)", "a b"]}}
    steps: [run: true]
  bundle: {runs-on: ubuntu-latest, steps: [run: true]}
  test: {runs-on: ubuntu-latest, steps: [run: true]}
Y
printf 'on: release\njobs: {ship: {runs-on: ubuntu-latest, steps: [run: true]}}\n' >r/.github/workflows/ship.yml
printf 'on: [\njobs' >r/.github/workflows/broken.yml
mkdir r/elsewhere && printf 'on: schedule\njobs: {nightly: {runs-on: ubuntu-latest, steps: [run: true]}}\n' >r/elsewhere/n.yml
cd r || exit 1
offers run -j bu
is 'build
bundle'
offers -j ''
out_has '^ship$'
out_has '^test$'
offers --job s
is ship
offers run -W elsewhere -j ''
is nightly
offers run -C elsewhere -W n.yml --job n
is nightly
offers run pu
is 'push
pull_request'
offers run rel
is release
offers list work
is workflow_dispatch
offers run -W .github/workflows/s
out_has '^\.github/workflows/ship\.yml$'
offers graph ''
out_has '^\.github/workflows/ship\.yml$'
out_has '^elsewhere$'
offers eval --event sche
is ''
offers run --matrix o
out_has '^os:linux$'
out_has '^os:windows$'
out_has '^odd:'
offers run --matrix os : li
is linux
offers run --matrix os :
is 'linux
windows'
offers run --matrix = node : 2
is '20
22'
# What a workflow names is no shell text.
offers run --matrix odd : ''
out_has '^\\\$\\\(touch\\ owned\\\)$'
out_has '^a\\ b$'
offers run --matrix ''
holds "nothing of it was run" test ! -e owned
offers run e
out_has '^elsewhere$'
if command -v fish >/dev/null; then
	PATH=$(dirname "$SIDESTEP"):$PATH fish --no-config -c "source '$T/script.fish'; complete -C 'sidestep run -j bu'; complete -C 'sidestep run --matrix os:l'" >"$T/out" 2>"$T/err"
	what="completion in fish"
	out_has '^build'
	out_has '^os:linux'
else
	skip "fish offers jobs" "no fish here"
fi
cd .. || exit 1
offers run -j x # no repository
is ''
sidestep completion --offer jobs -C not-there
exits 0
empty out
empty err
sidestep completion --offer nonsense
exits 2
err_has 'only jobs, events, matrix or workflows'
sidestep completion
exits 2
err_has 'completion needs SHELL'
at_end
