# What the scripts share: a place of their own, small repositories, and checks that print TAP. Source it first:
#
#	. "$(dirname "$0")/lib.sh"
#	sidestep --version            # runs the program: $code, $T/out, $T/err
#	exits 0 "version"             # what it must have ended with
#	out_has '^sidestep [0-9]'     # an extended regular expression on its output; err_has alike
#
# $SIDESTEP is the program; $T a fresh folder, and so are HOME and the XDG ones; the current folder is $T.

set -u
SIDESTEP=${SIDESTEP:?path of the program}
HERE=$(cd "$(dirname "$0")" && pwd)
FIXTURES=$(cd "$HERE/../../fixtures" && pwd)
T=$(mktemp -d "${TMPDIR:-/tmp}/sidestep-cli-XXXXXX")
trap 'chmod -R u+rwX "$T" 2>/dev/null; rm -rf "$T"' EXIT
export HOME=$T/.home XDG_STATE_HOME=$T/.state XDG_CACHE_HOME=$T/.cache XDG_CONFIG_HOME=$T/.config
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
export GIT_CONFIG_GLOBAL=/dev/null LC_ALL=C SIDESTEP_BACKOFF_MS=10
unset NO_COLOR GITHUB_ACTIONS SIDESTEP_SELF_TEST 2>/dev/null || :
cd "$T" || exit 1
count=0 bad=0 code=0 what=start

pass() { count=$((count + 1)); printf 'ok %d - %s\n' "$count" "$1"; }
fail() {
	count=$((count + 1)) bad=$((bad + 1))
	printf 'not ok %d - %s\n' "$count" "$1"
	shift
	for line; do printf '%s\n' "$line" | sed 's/^/#   /'; done
	for f in out err; do [ -s "$T/$f" ] && { echo "# std$f:"; head -c 3000 "$T/$f" | sed 's/^/#   /'; }; done
	return 0
}

# Runs the program; standard input is empty unless the caller redirects it through sidestep_in.
sidestep() { what="sidestep $*"; "$SIDESTEP" "$@" >"$T/out" 2>"$T/err" </dev/null; code=$?; sanitized; }
# sidestep_in TEXT ARGUMENTS…
sidestep_in() { local text=$1; shift; what="sidestep $*"; printf '%s' "$text" | "$SIDESTEP" "$@" >"$T/out" 2>"$T/err"; code=$?; sanitized; }
# Any other command whose code and output matter.
command_() { what=$*; "$@" >"$T/out" 2>"$T/err" </dev/null; code=$?; sanitized; }
sanitized() { grep -qE 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$T/err" && fail "$what: sanitizer report"; return 0; }

exits() { if [ "$code" -eq "$1" ]; then pass "${2:-$what} exits $1"; else fail "${2:-$what} exits $code, not $1"; fi; }
has() { if grep -qE -e "$2" "$T/$1"; then pass "$what: std$1 has $2"; else fail "$what: std$1 lacks $2"; fi; }
lacks() { if grep -qE -e "$2" "$T/$1"; then fail "$what: std$1 has $2"; else pass "$what: std$1 lacks $2"; fi; }
out_has() { has out "$1"; }
err_has() { has err "$1"; }
out_lacks() { lacks out "$1"; }
err_lacks() { lacks err "$1"; }
empty() { if [ -s "$T/$1" ]; then fail "$what: std$1 is not empty"; else pass "$what: std$1 is empty"; fi; }
# is TEXT: the whole output, a newline behind it
is() { if [ "$(cat "$T/out"; echo .)" = "$1
." ]; then pass "$what prints $1"; else fail "$what: output is not '$1'"; fi; }
# holds TITLE COMMAND…: a condition
holds() { local title=$1; shift; if "$@"; then pass "$title"; else fail "$title" "$*"; fi; }
skip() { count=$((count + 1)); printf 'ok %d - %s # SKIP %s\n' "$count" "$1" "$2"; }

# repo DIR: a repository with .github/workflows/t.yml from standard input, one commit
repo() {
	mkdir -p "$1/.github/workflows" && cat >"$1/.github/workflows/t.yml"
	git -C "$1" init -q -b main && git -C "$1" add -A && git -C "$1" commit -qm one
}
# script_repo DIR SCRIPT: the same with one job whose only step runs SCRIPT
script_repo() {
	repo "$1" <<-EOF
	on: push
	jobs:
	  j:
	    runs-on: ubuntu-latest
	    steps:
	      - run: |
	$(printf '%s\n' "$2" | sed 's/^/          /')
	EOF
}
# at_end: the plan, and the script's result
at_end() { echo "1..$count"; [ "$bad" -eq 0 ]; exit; }
