# --help of the program and of every verb, the manual page.
. "$(dirname "$0")/lib.sh"
verbs='run check list graph eval cache pin dump completion help'
later='report advise runner lsp' # not in this build: not offered

for how in --help -h help; do
	sidestep $how
	exits 0
	empty err
	out_has '^Usage: sidestep'
	for v in $verbs; do out_has "^  $v( |$)"; done
	for v in $later; do out_lacks "^  $v( |$)"; done
	out_lacks 'not in this build'
done
for v in $verbs; do
	sidestep $v --help
	exits 0
	empty err
	out_has "^Usage: sidestep $v "
	out_has '^ +-h, --help '
	cp out one
	sidestep help $v
	exits 0
	holds "help $v is $v --help" cmp -s one out
	holds "help of $v is at most 80 columns wide" test -z "$(LC_ALL=C awk 'length > 80' one)"
done
for o in workflows job no-needs matrix eventpath secret secret-file var var-file env env-file input input-file platform \
	directory in-place max-parallel max-background sequential offline local-repository github-url artifact-dir cache-dir \
	dry-run keep list graph actor format color log-dir timeout step-debug; do
	sidestep run --help
	out_has "[ ,]--$o( |$)"
done
out_lacks '--watch'
out_has "help --act"
for o in W j e s P C n v q h l g a; do out_has "^  -$o, --"; done
sidestep --version
exits 0
out_has '^sidestep [0-9]+\.[0-9]+\.[0-9]+$'
if git -C "$HERE" rev-parse HEAD >/dev/null 2>&1 && [ "$(git -C "$HERE" rev-parse --show-toplevel)" = "$(cd "$HERE/../.." && pwd -P)" ]; then
	out_has '^commit [0-9a-f]{12}(, changed)?$'
else
	out_lacks commit
fi
sidestep help --man
exits 0
out_has '^\.TH SIDESTEP 1'
for v in $verbs; do out_has "^\.SS \"sidestep $v"; done
for v in $later; do out_lacks "^\.SS \"sidestep $v"; done
sidestep help nonsense
exits 2
err_has "unknown command 'nonsense'"
at_end
