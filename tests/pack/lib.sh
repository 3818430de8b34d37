# Checks that print one line each, "ok - …" or "not ok - …" with what was printed meanwhile; source it.
set -u
LOG=$(mktemp)

# check TITLE COMMAND…
check() {
	local title=$1
	shift
	if "$@" >"$LOG" 2>&1; then
		echo "ok - $title"
	else
		echo "not ok - $title ($*: $?)"
		tail -n 80 "$LOG" | sed 's/^/#   /'
		return 1
	fi
}
# must TITLE COMMAND…: nothing behind it makes sense without it
must() { check "$@" || exit 1; }
# prints PATTERN COMMAND…: it is well, and its output has the extended regular expression
prints() {
	local pattern=$1 text
	shift
	text=$("$@" 2>&1) && printf '%s\n' "$text" && grep -Eq -e "$pattern" <<<"$text"
}
fails() { ! "$@"; }
