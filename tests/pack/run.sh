#!/bin/bash
# The packages and the source tarball, made on one bare machine and used on another: run.sh FRESH
# FRESH is the program that runs a command on such a machine, in a clone of a repository: FRESH CHECKOUT COMMAND.
set -u
fresh=${1:?usage: run.sh FRESH}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT

mkdir "$place/box"
# The files come out as an archive on standard output, and go in as a repository.
carry() {
	tar -C "$place/box" -xf "$place/made.tar" && cp "$here/lib.sh" "$here/use.sh" "$top/packaging/deb/dlopened.cmake" "$place/box" &&
		git -C "$place/box" init -q && git -C "$place/box" add -A &&
		git -C "$place/box" -c user.name=pack -c user.email=pack@example.com commit -qm packages
}

"$fresh" "$top" 'bash tests/pack/build.sh >&2 && cd build-package && tar -c *.deb *.tar.gz' 2>&1 >"$place/made.tar" | tee "$place/log"
if carry; then
	"$fresh" "$place/box" 'bash use.sh' 2>&1 | tee -a "$place/log"
else
	echo "not ok - packages and tarball came out" | tee -a "$place/log"
fi
passed=$(grep -c '^ok - ' "$place/log") failed=$(grep -c '^not ok - ' "$place/log")
grep -q '^ok - .*test-gcc in the tarball' "$place/log" || [ "$failed" -gt 0 ] || failed=1 # it did not come so far
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
