# sidestep cache: what is kept of other repositories is listed, explained and pruned.
. "$(dirname "$0")/lib.sh"
sidestep cache
exits 0
out_has '^0 stored commits, 0 B, in .*/\.cache/sidestep/actions$'
sidestep cache explain
exits 0
out_has 'are kept in .*/\.cache/sidestep/actions'
sidestep cache explain them/lib@v1
exits 0
out_has '^them/lib@v1 is not stored'
sidestep cache explain them
exits 2
sidestep cache nonsense
exits 2
err_has "unknown command 'nonsense'"
sidestep cache prune them/lib
exits 2
sidestep cache prune
exits 0
out_has '^0 of 0 stored commits removed'

repo there/them/lib <<'E2'
on: push
E2
printf 'name: n\ndescription: d\nruns: {using: composite, steps: [{run: "echo ran", shell: bash}]}\n' >there/them/lib/action.yml
git -C there/them/lib add -A && git -C there/them/lib commit -qm two && git -C there/them/lib tag v1 && git -C there/them/lib tag x/y
sha=$(git -C there/them/lib rev-parse HEAD)
repo mine <<'E2'
on: push
jobs: {j: {runs-on: ubuntu-latest, steps: [{uses: them/lib@v1}, {uses: them/lib@x/y}]}}
E2
sidestep run -C mine --github-url "file://$T/there"
exits 0
sidestep cache list
exits 0
out_has "^them/lib  ${sha:0:12}  [0-9]+ B  used today  v1, x/y  from file"
out_has '^1 stored commit, '
sidestep cache list --format json
exits 0
out_has "\"sha\": \"$sha\""
out_has '"x/y"'
sidestep cache explain them/lib@v1
exits 0
out_has "^them/lib at $sha, what 'v1' stood for when it was asked for today"
sidestep cache explain them/lib@v2
out_has 'is not stored'
sidestep cache prune
exits 0
out_has '^0 of 1 stored commits removed'
sidestep cache prune --all --dry-run
exits 0
out_has '^1 of 1 stored commits would go'
tree=$(dirname "$(find .cache/sidestep/actions -name action.yml)")
exec 9<"$tree.ok" && flock -s 9
sidestep cache prune --all
exits 0
out_has "^in use: them/lib"
holds "what is in use stays" test -f "$tree/action.yml"
exec 9<&-
sidestep cache prune --all
exits 0
out_has '^1 of 1 stored commits removed'
holds "its files are gone" test ! -e "$tree"
sidestep cache
out_has '^0 stored commits'
sidestep run -C mine --github-url "file://$T/there" --offline
exits 4
sidestep run -C mine --github-url "file://$T/there"
exits 0 "it comes again"
at_end
