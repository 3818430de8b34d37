#!/bin/bash
# On a machine with nothing but the base system, in a folder that holds the packages and the source tarball: installs and uses
# them. The tarball's own tests run last, as they bring half a machine along.
cd "$(dirname "$0")" && . ./lib.sh
export DEBIAN_FRONTEND=noninteractive
install() { apt-get -qy install --no-install-recommends "$@"; }
version=$(dpkg-deb -f ./sidestep_*.deb Version)

# --- the program, with what its dependencies bring and nothing else ---

check "apt-get update" apt-get -q update
must "the program's package is installed" install ./sidestep_*.deb
check "nobody brought a compiler" fails command -v cc
check "sidestep --version" prints "^sidestep $version$" sidestep --version
check "the manual page" gzip -t /usr/share/man/man1/sidestep.1.gz
check "completions for bash" bash -c '. /usr/share/bash-completion/completions/sidestep && complete -p sidestep'
check "completions for zsh and fish" test -s /usr/share/zsh/site-functions/_sidestep -a -s /usr/share/fish/vendor_completions.d/sidestep.fish
for library in $(sed -n 's/^set(DLOPENED \(.*\))$/\1/p' dlopened.cmake); do
	check "$library is there to be opened" prints "$library" ldconfig -p
done

project() {
	mkdir -p project/.github/workflows
	cat >project/.github/workflows/ci.yml <<-'W'
	on: {push: {paths: [data]}}
	jobs:
	  j:
	    runs-on: ubuntu-latest
	    steps:
	      - uses: actions/checkout@v4
	      - run: test "$(cat data)" = two
	      - parallel:
	          - run: echo "digest=${{ hashFiles('data') }}" >> "$GITHUB_OUTPUT"
	            id: left
	          - run: test -d .git
	      - run: echo "hash ${{ steps.left.outputs.digest }}"
	W
	cat >project/.github/workflows/red.yml <<-'W'
	on: workflow_dispatch
	jobs: {j: {runs-on: ubuntu-latest, steps: [{run: exit 3}]}}
	W
	local text
	git init -q -b main project
	for text in one two; do
		echo "$text" >project/data
		git -C project add -A && git -C project -c user.name=a -c user.email=a@example.com commit -qm "$text" || return 1
	done
	git -C project gc -q
}
must "a repository whose objects are packed" project
hash=$(sha256sum <project/data | cut -c1-64)
hash=$(printf %s "$hash" | sed 's/../\\x&/g')
hash=$(printf "%b" "$hash" | sha256sum | cut -c1-64) # of the files' hashes
check "a workflow is green" sidestep run -C project --format text
check "hashFiles" prints "hash $hash" sidestep run -C project --format text
check "a workflow is red" fails sidestep run -C project workflow_dispatch --format text
check "a run without HOME" env -u HOME XDG_STATE_HOME=/tmp/state XDG_CACHE_HOME=/tmp/cache sidestep run -C project --format text
check "check, list, graph" bash -c 'cd project && sidestep check && sidestep list && sidestep graph'

check "the package is removed" apt-get -qy purge sidestep
check "nothing is left" prints '^0$' bash -c 'find / -xdev -path /proc -prune -o -path "$PWD" -prune -o -path /root -prune -o -name "*sidestep*" -print |
	grep -v ^/var/ | grep -v ^/tmp/ | tee /dev/stderr | wc -l'

# --- the library, for other people's programs ---

must "the library's package is installed" install ./libsidestep-dev_*.deb gcc cmake make pkg-config
cat >program.c <<'C'
#include <stdio.h>
#include <sidestep/sidestep.h>

int main(void)
{
	const char *path = "project/.github/workflows/ci.yml";
	struct sidestep_files files = { .paths = &path, .npaths = 1 };
	struct sidestep_render render = { 0 };
	struct sidestep_text text;
	enum sidestep_status status = sidestep_check(&files, SIDESTEP_CHECK_JSON, &render, &text);
	printf("%d %s\n", (int)status, text.out);
	sidestep_text_done(&text);
	return status;
}
C
cat >CMakeLists.txt <<C
cmake_minimum_required(VERSION 3.25)
project(program C)
find_package(sidestep $version REQUIRED)
add_executable(program program.c)
target_link_libraries(program PRIVATE sidestep::sidestep)
C
check "a program by pkg-config" bash -c 'gcc program.c -o program $(pkg-config --cflags --libs sidestep) && ./program'
check "its version" prints "^$version$" pkg-config --modversion sidestep
check "a program by find_package" bash -c 'cmake -B by-cmake && cmake --build by-cmake && by-cmake/program'

# --- what Debian asks of packages ---

must "lintian is installed" install lintian
check "lintian" lintian --fail-on error,warning --info --allow-root ./*.deb

# --- the source, without a repository around it ---

must "the tarball is unpacked" tar -xzf sidestep-*.tar.gz
check "./dev test-gcc in the tarball" bash -c 'cd sidestep-*/ && ./dev test-gcc'
