# sidestep list: what there is to run.
. "$(dirname "$0")/lib.sh"
repo r <<'Y'
name: Build it
on: [push, workflow_dispatch]
jobs:
  first:
    runs-on: ubuntu-latest
    steps: [{run: echo}]
  second:
    needs: first
    runs-on: ubuntu-latest
    steps: [{run: echo}]
Y
cd r || exit 1
sidestep list
exits 0
empty err
out_has 'Build it'
out_has 'push'
out_has 'first'
out_has 'second'
sidestep list --format json
exits 0
holds "it is JSON" python3 -c 'import json; json.load(open("'"$T"'/out"))'
sidestep list .github/workflows/t.yml
exits 0
out_has 'first'
sidestep list -W .github/workflows
exits 0
out_has 'first'
# an event: whether it would start them, and why not
printf 'name: Nightly\non: {schedule: [{cron: "1 2 * * *"}]}\njobs: {n: {runs-on: x, steps: [{run: echo}]}}\n' >.github/workflows/n.yml
sidestep list schedule
exits 0
out_has 'Nightly'
out_has 'not started by schedule'
sidestep list push .github/workflows/t.yml
exits 0
out_has 'first'
out_lacks 'Nightly'
# one that no workflow lists: the same words as run's
sidestep list pusch
exits 2
err_has "no workflow is started by 'pusch': did you mean 'push'\? They are started by schedule, push, workflow_dispatch"
sidestep list release
exits 2
err_has "no workflow is started by 'release': .*; try 'sidestep list schedule'"
mkdir push
sidestep list push # a folder of that name comes first
exits 2
rmdir push
sidestep list no/such.yml
exits 2
err_has 'no/such.yml: no such file'
rm .github/workflows/n.yml
mkdir sub && cd sub || exit 1
sidestep list
exits 0 "list in a folder of the repository"
out_has 'first'
cd "$T" && mkdir bare && cd bare && git init -q
sidestep list
holds "without workflows it says so" test -s "$T/err" -o -s "$T/out"
printf 'on: push\njobs: [\n' >"$T/r/.github/workflows/broken.yml"
cd "$T/r" || exit 1
sidestep list
exits 3 "list with a broken file"
err_has 'broken.yml:'
at_end
