# What is said of what is wrong, late or in the way: the thing itself, by its name, and no more than is true.
. "$(dirname "$0")/lib.sh"

# A file that cannot be read is not one that nothing starts.
printf 'on: push\njobs:\n  a:\n    runs-on: x: y\n' | repo bad
sidestep run -C bad --explain
exits 3
out_has 'the file is invalid: line 4, column 15: mapping values are not allowed'
out_lacks 'nor by anything else'
sidestep run -C bad --explain --format json
exits 3
out_has '"runs":false,"reason":"the file is invalid: line 4, column 15: '
printf 'on: push\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: echo}]}}\n' >bad/.github/workflows/good.yml
sidestep run -C bad --explain
exits 0
out_has 'the file is invalid'

# An empty name is none; the trouble of a limit is said under the step's name; one minute is one.
repo names <<'Y'
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - {run: echo one, name: ''}
      - {run: echo two, name: '${{ github.nothing }}'}
      - {run: echo three, name: Third, id: t, background: true, timeout-minutes: "${{ fromJSON('x') }}"}
      - {wait: t}
Y
sidestep run -C names
exits 0
out_has '^\[a/Run echo one\] > Run echo one$'
out_has '^\[a/Run echo two\] > Run echo two$'
out_has '^\[a/Third\] \| error: An error occurred when attempting to determine the step timeout\.$'
out_has '^\[a/Third\] > Third \(in the background\)$'
out_lacks '^\[a/t\]'

# One after the other: nothing is in the background, and a job that cannot run so is named with its reason.
repo rows <<'Y'
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - {run: echo one, name: One, background: true}
      - {run: 'false'}
  b:
    runs-on: ubuntu-latest
    steps:
      - {run: echo up, background: true, id: server}
      - {cancel: server}
Y
sidestep run -C rows --sequential
exits 4
out_has '^\[a/One\] > One$'
out_has '^failed: a / Run false: exit code 1$'
out_has "^failed: b: the background step 'server' is ended by the cancel step"

# Of many failures each has its name.
{
	printf 'on: push\njobs:\n'
	for i in 1 2 3 4 5; do
		printf '  j%s: {runs-on: ubuntu-latest, steps: [{name: step %s, run: exit %s}]}\n' $i $i $((i + 10))
	done
} | repo many
sidestep run -C many
exits 1
holds "all of them are named" test "$(sed -n '/^failed/,/^$/p' "$T/out" | grep -oE 'j[0-9] / step [0-9]' | sort | tr '\n' ',')" = \
	"j1 / step 1,j2 / step 2,j3 / step 3,j4 / step 4,j5 / step 5,"
out_has '^also failed: j'

# In the background of a shell's terminal no live view is drawn over its prompt.
if command -v script >/dev/null; then
	script_repo front 'echo here'
	for how in '' '& wait'; do
		script -qec "set -m; '$SIDESTEP' run -C '$T/front' --color never $how" /dev/null >"$T/out" </dev/null
		what="run $how"
		if [ -n "$how" ]; then
			out_has '^\[j/Run echo here\] \| here'
		else
			out_lacks '^\[j/Run echo here\]'
		fi
	done
else
	skip "in the background of a terminal" "there is no script"
fi

# What a condition or a value can have meant.
repo meant <<'Y'
on: push
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - {run: echo, if: "startWith(github.ref, 'x')"}
      - {run: echo, if: "secrets.X != ''"}
Y
sidestep check meant
exits 1
out_has "did you mean 'startsWith'\?"
out_has "hand it over through 'env'"
rm bad/.github/workflows/good.yml
sidestep check bad
exits 1
out_has "put quotes around a value that holds ': '"
at_end
