# Standard streams that are closed, full or gone.
. "$(dirname "$0")/lib.sh"
script_repo r 'echo from the step'
cd r || exit 1

for v in --help --version "help --man" "completion bash" "eval 1" "list" "graph"; do
	what="$v >/dev/full"
	"$SIDESTEP" $v >/dev/full 2>"$T/err" </dev/null
	code=$?
	exits 4 "$what"
	err_has 'No space left on device'
	what="$v with standard output closed"
	"$SIDESTEP" $v >&- 2>"$T/err" </dev/null
	code=$?
	exits 4 "$what"
	err_has 'standard output is closed'
done
for format in text json github; do
	what="run --format $format >/dev/full"
	"$SIDESTEP" run --format $format >/dev/full 2>"$T/err" </dev/null
	code=$?
	exits 4 "$what"
	err_has 'No space left on device'
done
what="run with 0, 1 and 2 closed"
"$SIDESTEP" run <&- >&- 2>&-
code=$?
exits 0 "$what"
what="a failing run with 0, 1 and 2 closed"
script_repo "$T/f" 'exit 1'
"$SIDESTEP" run -C "$T/f" <&- >&- 2>&-
code=$?
exits 1 "$what"
holds "its log has the error nevertheless" grep -rqs 'exit code 1' "$XDG_STATE_HOME/sidestep/runs"

# A reader that has enough: quiet, with the exit code of SIGPIPE, or with its own when all was said before.
script_repo "$T/long" 'for i in $(seq 1 400); do echo line $i; sleep 0.05; done'
for v in "run" "run --format json" "run --format github"; do
	what="$v | head -1"
	{ "$SIDESTEP" $v -C "$T/long" 2>"$T/err"; echo $? >"$T/code"; } </dev/null | head -1 >"$T/out"
	code=$(cat "$T/code")
	exits 141 "$what"
	empty err
	holds "$what shows one line" test "$(wc -l <"$T/out")" -eq 1
done
for v in list graph --help "help --man" "eval github"; do
	what="$v | true"
	{ "$SIDESTEP" $v 2>"$T/err"; echo $? >"$T/code"; } </dev/null | true
	code=$(cat "$T/code")
	holds "$what ends ($code)" test "$code" -eq 141 -o "$code" -eq 0
	empty err
	what="$v | true, SIGPIPE ignored"
	(trap '' PIPE; "$SIDESTEP" $v 2>"$T/err"; echo $? >"$T/code") </dev/null | true
	code=$(cat "$T/code")
	holds "$what ends ($code)" test "$code" -eq 141 -o "$code" -eq 0
	empty err
done
what="graph into a closed pipe"
python3 - "$SIDESTEP" >"$T/code" 2>"$T/err" <<'P'
import os, subprocess, sys
r, w = os.pipe()
os.close(r)
for sigpipe in (False, True):  # dies by it; is told by write
    p = subprocess.run([sys.argv[1], "graph"], stdout=w, stderr=subprocess.PIPE, restore_signals=not sigpipe)
    print(p.returncode, p.stderr)
P
holds "$what: by the signal or by its exit code, in silence ($(tr '\n' ' ' <"$T/code"))" test "$(cat "$T/code")" = "-13 b''
141 b''"

# Into a pipe nothing is cut, and every line stands alone; COLUMNS counts.
name="a step whose name goes on and on so that no terminal of eighty columns has room for all of it"
repo "$T/long" <<Y
on: push
jobs:
  a-job-with-a-rather-long-name-of-its-own:
    runs-on: ubuntu-latest
    steps:
      - name: $name
        run: exit 3
      - name: "turned \u202Etxt.exe \u0007"
        if: always()
        run: echo "::warning title=a \u202E title::x"
Y
what="a run into a pipe"
"$SIDESTEP" run -C "$T/long" >"$T/out" 2>"$T/err" </dev/null
code=$?
exits 1 "$what"
out_has "^    $name  failure  "
out_has "^failed: a-job-with-a-rather-long-name-of-its-own / $name: exit code 3\$"
out_has '^    turned <U\+202E>txt.exe \^G +success '
holds "$what: no character turns the direction" test -z "$(grep "$(printf '\342\200\256')" "$T/out")"
what="list and graph into a pipe"
"$SIDESTEP" list -C "$T/long" >"$T/out" 2>"$T/err" </dev/null
out_lacks '…'
"$SIDESTEP" graph -C "$T/long" >"$T/out" 2>"$T/err" </dev/null
out_has "$name"
what="COLUMNS"
COLUMNS=60 "$SIDESTEP" graph -C "$T/long" >"$T/out" 2>"$T/err" </dev/null
holds "$what counts" test "$(grep '●' "$T/out" | LC_ALL=C.UTF-8 wc -L)" -le 60

# A job that fails without a step of its own is among the failures, too. -q names the workflow.
repo "$T/alone" <<'Y'
on: push
jobs:
  build: {runs-on: ubuntu-latest, steps: [{run: exit 3}]}
  db:
    runs-on: ubuntu-latest
    services: {db: {image: x}}
    strategy: {fail-fast: false, matrix: {v: [1, 2]}}
    steps: [{run: echo}]
  may: {runs-on: ubuntu-latest, continue-on-error: true, services: {db: {image: y}}, steps: [{run: echo}]}
Y
sidestep run -C "$T/alone"
exits 4
out_has '^failed: build / Run exit 3: exit code 3$'
out_has '^failed: db \(1\): the job uses services'
out_has '^failed: db \(2\): the job uses services'
out_lacks '^failed: may'
holds "each of them once" test "$(grep -c '^failed: ' "$T/out")" -eq 3
sidestep run -C "$T/alone" -q
out_has '^failed: build / Run exit 3: exit code 3$'
out_has '^failed: db \(1\): the job uses services'
cp "$T/alone/.github/workflows/t.yml" "$T/alone/.github/workflows/u.yml"
sidestep run -C "$T/alone" -q
for f in t u; do
	out_has "^failed: $f.yml / build / Run exit 3: exit code 3$"
	out_has "^failed: $f.yml / db \\(2\\): the job uses services"
done

# What a step finds: no input, and no descriptors of ours.
script_repo "$T/d" 'test -z "$(cat)" && ls /proc/self/fd | sort -n | tr "\n" " "'
sidestep run -C "$T/d" --format json
exits 0
out_has '"line":"0 1 2 3 "'
at_end
