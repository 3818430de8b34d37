# A dry run is a plan: jobs and steps in order, evaluated as far as that is known; nothing starts; it ends as the run would.
. "$(dirname "$0")/lib.sh"
repo r <<'Y'
name: CI
on: push
env: {LEVEL: 2}
jobs:
  build:
    runs-on: ubuntu-latest
    outputs: {version: '${{ steps.v.outputs.version }}'}
    steps:
      - uses: actions/checkout@v4
      - id: key
        name: Key ${{ hashFiles('**/lock') }}
        run: echo key
      - id: v
        run: echo "version=1" >> "$GITHUB_OUTPUT"
      - run: touch "$HOME/started" && echo level ${{ env.LEVEL }} v${{ steps.v.outputs.version }}
      - parallel:
          - run: make a
          - run: make b
      - if: failure()
        run: ./report
      - uses: them/publish@v2
        with: {version: '${{ steps.v.outputs.version }}', ref: '${{ github.ref }}'}
  test:
    needs: build
    runs-on: ubuntu-latest
    strategy: {matrix: {n: [1, 2]}}
    steps: [{run: 'true'}]
  deploy: {if: "github.ref == 'refs/heads/release'", needs: test, runs-on: ubuntu-latest, steps: [{run: ./deploy}]}
  mac: {runs-on: macos-latest, steps: [{run: 'true'}]}
Y
cd r || exit 1
mkdir -p ignored && echo a >lock && echo b >ignored/lock && echo ignored >.gitignore
rm -rf "$XDG_STATE_HOME" "$XDG_CACHE_HOME"
sidestep run -n
exits 0
out_has '^Plan of t\.yml: CI, "one", push on refs/heads/main'
out_has '^Stage 1$'
out_has '^build, on ubuntu-latest$'
out_has '^ +1   Run actions/checkout@v4$'
out_has 'served from the working tree as it is'
# over what checkout would serve: the ignored file is left out
key=$(python3 -c 'import hashlib as h; print(h.sha256(h.sha256(open("lock", "rb").read()).digest()).hexdigest())')
out_has "^ +2   Key $key\$"
out_has 'echo level 2 v\$\{\{ steps\.v\.outputs\.version \}\}$'
out_has '^ +side by side:$'
out_has '^ +7   Parallel group: waits for 5, 6$'
out_has '^ +8 - Run \./report$'
out_has 'if: failure\(\) \(only after a failure\)'
out_has 'not stored here: the run fetches it'
out_has 'version: \$\{\{ steps\.v\.outputs\.version \}\}'
out_has 'ref: refs/heads/main'
out_has '^Stage 2: 2 jobs side by side$'
out_has '^test \(1\), after build, on ubuntu-latest$'
out_has '^test \(2\): the same steps as test \(1\)$'
out_has "^  deploy: skipped: its condition is false: github\.ref == 'refs/heads/release'$"
out_has '^  mac: not run here: it wants macos-latest$'
out_has '^t\.yml: a plan of 3 jobs with 9 steps; 1 job not run here\. Nothing was started\.$'
holds "nothing was started" test ! -e "$HOME/started"
holds "no cache was made" test ! -e "$XDG_CACHE_HOME"
holds "the order of jobs is that of the run" test "$(grep -nE '^(build|test \(1\)|Left out)' "$T/out" | cut -d: -f2 | cut -c1-4 | tr '\n' ' ')" = "buil test Left "

for keep in '' --keep; do
	XDG_STATE_HOME=$T/plain sidestep run -n $keep
	exits 0
	holds "no work folder is left${keep:+ with $keep}" test -d "$T/plain/sidestep/work" -a -z "$(ls "$T/plain/sidestep/work")"
done

# The stream has it too, and never calls it a success.
sidestep run -n --format json
exits 0
out_has '"type":"plan".*"step":"v".*"command":"echo'
out_lacks '"conclusion":"success"'
for quiet in -q '--format quiet'; do
	sidestep run -n $quiet
	exits 0
	is 't.yml: a plan of 3 jobs with 9 steps; 1 job not run here. Nothing was started.'
done

sidestep run -n --offline
exits 4
out_has 'fails here: the action is not stored here, and --offline fetches nothing'

# Several workflows: each has its plan, the last line is about all.
printf 'on: push\njobs: {k: {runs-on: ubuntu-latest, steps: [{uses: "docker://x"}]}}\n' >.github/workflows/u.yml
sidestep run -n
exits 4
out_has '^Plan of u\.yml: '
holds "the last line is about all" test "$(tail -1 "$T/out")" = "In all: 2 workflows with 4 jobs; 1 thing would fail here"
rm .github/workflows/u.yml

# What cannot run here: the run would end with 4, and so does its plan.
cannot() { # TITLE STEPS-OR-KEYS
	rm -rf "$T/c/.git"
	printf 'on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n%s\n' "$2" | repo "$T/c"
	sidestep run -C "$T/c" -n
	exits 4 "a plan with $1"
	out_has 'fails here: '
	out_has 'would fail here'
	out_lacks 'success'
	sidestep run -C "$T/c"
	exits 4 "the run of it"
}
cannot "an image" "    steps: [{uses: 'docker://alpine:3'}]"
cannot "a container" "    container: node:20
    steps: [{run: 'true'}]"
cannot "services" "    services: {db: {image: postgres}}
    steps: [{run: 'true'}]"
mkdir -p "$T/c/a" && printf 'name: a\ndescription: d\nruns: {using: docker, image: Dockerfile}\n' >"$T/c/a/action.yml"
cannot "an action in a container" "    steps: [{uses: actions/checkout@v4}, {uses: ./a}]"

# What is wrong is found without running.
repo "$T/w" <<'Y'
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ fromJSON('no json') }}
      - run: echo after
Y
sidestep run -C "$T/w" -n
exits 1
out_has 'fails here: The template is not valid\..*t\.yml \(Line: 6, Col: 14\)'
out_has '2 - Run echo after'
sidestep run -C "$T/w" -n -q
exits 1
out_has "^j / .* fails here: The template is not valid"
out_has '^t\.yml: a plan of 1 job .*; 1 thing would fail here'

# An action's file that is wrong: with what is wrong in it.
mkdir -p "$T/bad/a"
printf 'name: a\ndescription: d\nruns:\n  using: composite\n  steps:\n    - run: echo\n' >"$T/bad/a/action.yml"
printf 'on: push\njobs: {j: {runs-on: ubuntu-latest, steps: [{uses: actions/checkout@v4}, {uses: ./a}]}}\n' | repo "$T/bad"
sidestep run -C "$T/bad" -n
exits 1
out_has 'fails here: .*a/action\.yml \(Line: 6, Col: 7\): Required property is missing: shell'

# So is a shell that nobody promised: the run would end with 1, and so does its plan.
repo "$T/w2" <<'Y'
on: push
jobs: {j: {runs-on: ubuntu-latest, steps: [{run: x, shell: 'no-such {0}'}]}}
Y
sidestep run -C "$T/w2" -n
exits 1
out_has 'fails here: no-such: command not found'
sidestep run -C "$T/w2"
exits 1 "the run of it"

# What comes after a step that fails here, and after a job that may be skipped.
repo "$T/f" <<'Y'
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps: [{name: Box, uses: 'docker://alpine:3'}, {run: echo then}, {if: failure(), run: echo sorry}]
  b: {needs: a, runs-on: ubuntu-latest, steps: [{run: 'true'}]}
  c: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}
  d: {needs: c, if: "needs.c.result == 'failure'", runs-on: ubuntu-latest, steps: [{run: 'true'}]}
  e: {needs: [c, d], runs-on: ubuntu-latest, steps: [{run: 'true'}]}
Y
sidestep run -C "$T/f" -n
exits 4
out_has '^ +2 - Run echo then$'
out_has "would be skipped: step 'Box' cannot run here"
out_has '^ +3   Run echo sorry$'
out_has '^  b: skipped: it needs a, which fails here$'
holds "whether the last one runs is not certain" sh -c 'grep -A1 "^e, after c, d" "$1" | grep -q "if: success() (only the run can say)"' - "$T/out"

# A job that needs one that is left out comes after what that one needs.
repo "$T/g" <<'Y'
on: push
jobs:
  a: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}
  b: {needs: a, if: false, runs-on: ubuntu-latest, steps: [{run: 'true'}]}
  c: {needs: b, if: always(), runs-on: ubuntu-latest, steps: [{run: 'true'}]}
Y
sidestep run -C "$T/g" -n
exits 0
out_lacks 'side by side'
holds "they stand in two stages" test "$(grep -E '^(Stage|a,|c,)' "$T/out" | cut -d, -f1 | tr '\n' ' ')" = 'Stage 1 a Stage 2 c '

# A secret is masked in a plan, too.
repo "$T/s" <<'Y'
on: push
jobs: {j: {runs-on: ubuntu-latest, steps: [{run: 'login ${{ secrets.TOKEN }}', env: {T: '${{ secrets.TOKEN }}'}}]}}
Y
sidestep run -C "$T/s" -n -s TOKEN=hush-hush
out_has 'Run login \*\*\*'
out_has 'T: \*\*\*'
out_lacks 'hush'

# A pipe gets lines as long as they are, a terminal none that is longer than it.
long=$(printf 'word%.0s ' $(seq 60))end
script_repo "$T/l" "echo $long"
sidestep run -C "$T/l" -n
out_has "$long"
if command -v script >/dev/null; then
	script -qec "stty cols 80; '$SIDESTEP' run -C '$T/l' -n --color never" /dev/null >"$T/out" </dev/null
	holds "no line is longer than the terminal" test "$(tr -d '\r' <"$T/out" | awk 'length > 80' | wc -l)" -eq 0
else
	skip "a terminal" "no script(1)"
fi
at_end
