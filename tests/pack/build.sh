#!/bin/bash
# On a machine with nothing but the base system, in a checkout: the packages, the source tarball, and what CMake does without
# Criterion. Leaves in build-package what use.sh takes to another such machine.
cd "$(dirname "$0")/../.." && . tests/pack/lib.sh

must "./dev package" ./dev package
check "./dev dist" ./dev dist

check "tests are left out without Criterion, and CMake says so" \
	prints "Criterion is not installed .*tests are left out" cmake -S . -B build-plain
must "cmake --build without Criterion" cmake --build build-plain -j "$(nproc)"
check "SIDESTEP_TESTS=ON says what to install" \
	prints "install libcriterion-dev" fails cmake -S . -B build-insist -DSIDESTEP_TESTS=ON

place=$(mktemp -d)
check "cmake --install" env DESTDIR="$place" cmake --install build-plain
cat >"$place/wanted" <<'L'
bin/sidestep
include/sidestep/sidestep.h
include/sidestep/version.h
lib/cmake/sidestep/sidestep-config-version.cmake
lib/cmake/sidestep/sidestep-config.cmake
lib/libsidestep.a
lib/pkgconfig/sidestep.pc
share/bash-completion/completions/sidestep
share/doc/sidestep/differences.md
share/fish/vendor_completions.d/sidestep.fish
share/man/man1/sidestep.1
share/zsh/site-functions/_sidestep
L
while read -r file; do
	check "installed: $file" test -s "$place/usr/local/$file"
done <"$place/wanted"
check "the installed program runs" "$place/usr/local/bin/sidestep" --version
rm -rf "$place"
