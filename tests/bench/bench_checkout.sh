#!/bin/sh
# How long checkouts of a 200 MB tree of 2,000 files take: four jobs side by side by overlay, the same by copy, and `cp -a`
# of the same for comparison. Usage: bench_checkout.sh BUILD-DIR [JOBS]
set -eu
build=$1 jobs=${2:-4}
tool=$build/tests/unit/checkout/bench_checkout
place=$(mktemp -d "${TMPDIR:-/tmp}/bench-checkout-XXXXXX")
trap 'rm -rf "$place"' EXIT
mkdir "$place/r"
cd "$place/r"
git init -q -b main
i=0
while [ $i -lt 40 ]; do
	mkdir -p d$i/sub
	head -c 5000000 /dev/urandom | split -b 100000 -d -a 3 - d$i/sub/f
	i=$((i + 1))
done
printf 'node_modules/\n' >.gitignore
mkdir -p node_modules/a && echo x >node_modules/a/b
git add -A
git -c user.name=b -c user.email=b@example.com commit -qm one
echo changed >>d0/sub/f000
sleep 1.1 # an index as young as the files makes every git read them all
git status >/dev/null
cd "$place"
sync

ms() { echo $(($(date +%s%N) / 1000000)); }
for round in 1 2 3; do
	if t=$("$tool" "$place/r" "$place/o$round" "$jobs" overlay); then
		echo "overlay, $jobs jobs: $t ms"
	else
		echo "overlay: not possible here"
	fi
	echo "copy,    $jobs jobs: $("$tool" "$place/r" "$place/c$round" "$jobs" copy) ms"
	began=$(ms)
	i=0
	while [ $i -lt "$jobs" ]; do
		cp -a "$place/r" "$place/p$round-$i" &
		i=$((i + 1))
	done
	wait
	echo "cp -a,   $jobs jobs: $(($(ms) - began)) ms (with .git)"
	began=$(ms)
	i=0
	while [ $i -lt "$jobs" ]; do
		{ mkdir "$place/q$round-$i" && cp -a "$place"/r/d* "$place/q$round-$i"; } &
		i=$((i + 1))
	done
	wait
	echo "cp -a,   $jobs jobs: $(($(ms) - began)) ms (files only)"
	rm -rf "$place"/[ocpq]"$round"*
done
