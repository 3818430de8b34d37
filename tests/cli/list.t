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
