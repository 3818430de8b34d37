# sidestep run: exit codes, events, jobs, inputs, the workspace.
. "$(dirname "$0")/lib.sh"
script_repo ok 'echo fine'
script_repo fails 'exit 7'
cd ok || exit 1
for how in "" run "run push" "run -W .github/workflows/t.yml" "run -W .github/workflows" "-q" "run -v" "run -j j"; do
	sidestep $how
	exits 0 "sidestep $how"
done
sidestep run --format text
out_has 'fine'
sidestep run -C ../fails
exits 1
sidestep run -C ../fails -n
exits 0
sidestep run -W not-there.yml
exits 2
err_has 'not-there.yml'
sidestep run -j nosuch
exits 2
err_has 'nosuch'
sidestep run -C "$T/nowhere"
holds "a missing folder is said by name ($code)" grep -q nowhere "$T/err"
sidestep run --max-background 2 --max-parallel=1 --sequential --offline --timeout 5 --step-debug --color never
exits 0 "many options"

printf 'on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    stepz: [{run: echo}]\n' | repo "$T/broken"
sidestep run -C "$T/broken"
exits 3
empty out
err_has 't.yml:5:5: error: '
err_has '\^'

repo "$T/values" <<'Y'
on:
  workflow_dispatch:
    inputs: {who: {default: nobody}}
  push:
env: {FROM_FILE: workflow}
jobs:
  a:
    runs-on: ubuntu-latest
    outputs: {o: '${{ steps.s.outputs.v }}'}
    steps:
      - id: s
        run: |
          echo "v=1" >> "$GITHUB_OUTPUT"
          echo "input=${{ inputs.who }} var=${{ vars.COLOUR }} env=$EXTRA event=${{ github.event_name }}"
          echo "secret=${{ secrets.TOKEN }}"
  b:
    needs: a
    runs-on: ubuntu-latest
    steps: [{run: 'echo "from a: ${{ needs.a.outputs.o }}"'}]
Y
cd "$T/values" || exit 1
sidestep run workflow_dispatch --input who=me --var COLOUR=red --env EXTRA=more -s TOKEN=hush-hush --format json
exits 0
out_has 'input=me var=red env=more event=workflow_dispatch'
out_has 'from a: 1'
out_lacks 'hush-hush'
holds "no file of the run has the secret" test -z "$(grep -rl hush-hush "$XDG_STATE_HOME")"
TOKEN=from-environment sidestep run -s TOKEN --format json
exits 0
out_has 'secret=\*\*\*'
out_lacks 'from-environment'
printf 'COLOUR=blue\n# a comment\n' >"$T/vars" && printf 'TOKEN=file-secret\n' >"$T/secrets" && printf 'EXTRA=e\n' >"$T/env"
sidestep run --var-file "$T/vars" --secret-file "$T/secrets" --env-file "$T/env" --format json
exits 0
out_has 'var=blue env=e event=push'
out_lacks 'file-secret'
sidestep run -j b --no-needs --format json
exits 0
out_lacks '"job":"a"'
sidestep run -j b --format json
out_has '"job":"a"'

# The tree stays as it was, and the workspace starts empty.
repo "$T/tree" <<'Y'
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - run: test -z "$(ls -A)"
      - uses: actions/checkout@v4
      - run: test -e untracked && rm -rf * .github && echo changed > new
Y
cd "$T/tree" || exit 1
echo u >untracked
git status --porcelain >"$T/before"
sidestep run
exits 0
git status --porcelain >"$T/after"
holds "the tree is as it was" cmp -s "$T/before" "$T/after"
holds "the untracked file is still there" test -s untracked

# Side by side is quicker.
repo "$T/side" <<'Y'
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - parallel:
          - run: sleep 1
          - run: sleep 1
          - run: sleep 1
Y
from=$SECONDS
sidestep run -C "$T/side"
exits 0
holds "three seconds of sleep side by side take less" test $((SECONDS - from)) -lt 3
# --explain runs nothing and says why; --cron chooses the time of a schedule
repo "$T/when" <<'Y'
on: {push: {branches: [release]}, schedule: [{cron: "1 2 * * *"}, {cron: "5 5 * * 1"}]}
jobs: {j: {runs-on: ubuntu-latest, steps: [{run: "echo fired ${{ github.event.schedule }}"}]}}
Y
cd "$T/when" || exit 1
sidestep run --explain
exits 0
out_has '^not run +\.github/workflows/t\.yml'
out_has "branches \[release\] does not match 'main'"
sidestep run schedule --explain
exits 0
out_has '^runs +\.github/workflows/t\.yml'
out_lacks '^fired|fired 1 2'
sidestep run schedule
out_has 'fired 1 2 \* \* \*'
sidestep run schedule --cron '5 5 * * 1'
exits 0
out_has 'fired 5 5 \* \* 1'
at_end
