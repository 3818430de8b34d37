#!/bin/bash
# The speed table: run.sh BUILD-DIR [WHAT…], WHAT one of start one fifty side spawn log checkout actions services (default: all but the
# last four, which take long). Every figure is a median of several rounds, taken by turns with its floor: the same scripts
# started by posix_spawn and nothing else. Prints milliseconds.
set -eu
build=$(cd "$1" && pwd) && shift
here=$(cd "$(dirname "$0")" && pwd)
sidestep=$build/src/cli/sidestep
floor=$build/tests/bench/bench_floor
rounds=${ROUNDS:-11}
[ $# -gt 0 ] || set -- start one fifty side spawn

place=$(mktemp -d "${TMPDIR:-/tmp}/sidestep-bench-XXXXXX")
trap 'rm -rf "$place"' EXIT
export XDG_STATE_HOME=$place/state XDG_CACHE_HOME=$place/cache XDG_CONFIG_HOME=$place/config

now_us() { local t=$EPOCHREALTIME; echo $((${t%[.,]*} * 1000000 + 10#${t#*[.,]})); }
# time_us COMMAND…: microseconds that it took
time_us() {
	local from to
	from=$(now_us)
	"$@" >"$place/out" 2>&1 </dev/null || { cat "$place/out" >&2; echo "failed: $*" >&2; exit 1; }
	to=$(now_us)
	echo $((to - from))
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ms() { awk -v v="$1" 'BEGIN { printf "%.1f", v / 1000 }'; }

# workflow NAME STEPS [KEY]: a repository whose only job has so many steps
workflow() {
	local dir=$place/$1 i
	mkdir -p "$dir/.github/workflows"
	{
		printf 'on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n'
		for ((i = 0; i < $2; i++)); do printf '      - %srun: "true"\n' "${3:-}"; done
	} >"$dir/.github/workflows/t.yml"
	git -C "$dir" init -q -b main
	git -C "$dir" add -A
	git -C "$dir" -c user.name=b -c user.email=b@example.com commit -qm one
	printf 'true\n' >"$dir/step.sh"
}
# compare NAME STEPS LABEL
compare() {
	local i a=() b=()
	for ((i = 0; i < rounds; i++)); do
		a+=("$(time_us "$floor" "$2" "$place/$1/step.sh")")
		b+=("$(time_us "$sidestep" run --format quiet -C "$place/$1")")
	done
	local f s
	f=$(printf '%s\n' "${a[@]}" | median) s=$(printf '%s\n' "${b[@]}" | median)
	printf '%-28s floor %8s ms   sidestep %8s ms   more %8s ms, %s ms a step\n' "$3" "$(ms "$f")" "$(ms "$s")" \
		"$(ms $((s - f)))" "$(awk -v d=$((s - f)) -v n="$2" 'BEGIN { printf "%.3f", d / n / 1000 }')"
}

for what; do
	case $what in
	start)
		v=$(for ((i = 0; i < rounds; i++)); do time_us "$sidestep" --version; done | median)
		t=$(for ((i = 0; i < rounds; i++)); do time_us /bin/true; done | median)
		printf '%-28s /bin/true %4s ms   sidestep %8s ms\n' "start (--version)" "$(ms "$t")" "$(ms "$v")" ;;
	one) workflow one 1 && compare one 1 "one step" ;;
	fifty) workflow fifty 50 && compare fifty 50 "50 steps, one by one" ;;
	side) workflow side 50 'background: true
        ' && compare side 50 "50 steps in the background" ;;
	spawn) printf 'true\n' >"$place/step.sh" && "$build/tests/bench/bench_spawn" "$place/step.sh" 300 ;;
	log) "$build/tests/bench/bench_log" ;;
	checkout) sh "$here/bench_checkout.sh" "$build" ;;
	actions) python3 "$here/actions.py" "$build" ;;
	services) python3 "$here/services.py" "$build" "$here/../../build-clients" ;;
	*) echo "run.sh: what is $what?" >&2 && exit 2 ;;
	esac
done
