# --help of the program and of every verb, the manual page.
. "$(dirname "$0")/lib.sh"
verbs='run check list graph eval report advise runner cache dump completion help'

for how in --help -h help; do
	sidestep $how
	exits 0
	empty err
	out_has '^Usage: sidestep'
	for v in $verbs; do out_has "^  $v( |$)"; done
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
	dry-run keep watch format color log-dir timeout step-debug; do
	sidestep run --help
	out_has "[ ,]--$o( |$)"
done
for o in W j e s P C n v q h; do out_has "^  -$o, --"; done
sidestep --version
exits 0
out_has '^sidestep [0-9]+\.[0-9]+\.[0-9]+$'
sidestep help --man
exits 0
out_has '^\.TH SIDESTEP 1'
for v in $verbs; do out_has "^\.SS \"sidestep $v"; done
sidestep help nonsense
exits 2
err_has "unknown command 'nonsense'"
at_end
