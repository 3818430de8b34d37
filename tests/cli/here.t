# sidestep check says beforehand what will not run here: remarks that change no exit code, made without starting or writing anything.
. "$(dirname "$0")/lib.sh"
repo r <<'Y'
on: push
jobs:
  boxed:
    runs-on: ubuntu-latest
    container: node:20
    steps: [{run: 'true', shell: pwsh}]
  served:
    runs-on: ubuntu-latest
    services: {db: {image: postgres}}
    steps: [{run: 'true'}]
  steps:
    runs-on: ubuntu-latest
    steps:
      - uses: docker://alpine:3
      - uses: ./dock
      - uses: ./nest
      - uses: ./wrong
      - uses: ./made/later
      - uses: them/dock/sub@v1
      - uses: them/unknown@v1
      - run: Get-Item x
        shell: pwsh
      - parallel:
          - uses: docker://alpine:3
  elsewhere:
    runs-on: [self-hosted, gpu]
    steps: [{run: 'true'}]
  matrix:
    runs-on: ${{ matrix.os }}
    strategy: {matrix: {os: [ubuntu-latest, windows-latest, macos-latest], v: [1, 2]}}
    steps: [{run: 'true'}]
  slip:
    runs-on: ubuntu-latst
    steps: [{run: 'true'}]
  open:
    runs-on: ${{ vars.RUNNER }}
    steps: [{run: 'true'}]
Y
cd r || exit 1
mkdir dock nest wrong
printf 'name: a\ndescription: d\nruns: {using: docker, image: Dockerfile}\n' >dock/action.yml
printf 'name: a\ndescription: d\nruns:\n  using: composite\n  steps:\n    - uses: ./nest\n    - uses: ./dock\n' >nest/action.yml
printf 'name: a\ndescription: d\nruns: {using: node99, main: m.js}\n' >wrong/action.yml
sha=0123456789012345678901234567890123456789
store=$XDG_CACHE_HOME/sidestep/actions/github.com/them/dock
mkdir -p "$store/$sha/sub" "$store/refs" && cp dock/action.yml "$store/$sha/sub/" && : >"$store/$sha.ok" && echo "$sha 1" >"$store/refs/v1"
touch -d @1000 "$store/$sha.ok"
find "$T" -newer "$store/$sha.ok" | sort >"$T/before"
sidestep check .github/workflows --color never
exits 0
at() { out_has "t\.yml:$1: info: $2"; }
at 5:16 'the job runs in a container: .* \[here-container\]'
at 9:15 'the job uses services: .* \[here-container\]'
at 14:15 'container actions are not available .* \[here-container\]'
at 15:15 'container actions are not available'
at 16:15 'container actions are not available'
out_has 'it stands in dock/action\.yml'
at 17:15 "the action will not load: 'using: node99' is not supported.* \[here-action\]"
at 19:15 'container actions are not available'
out_has 'it stands in sub/action\.yml'
at 24:19 'container actions are not available'
at 26:14 'the job is not run here: it wants gpu \[here-platform\]'
out_has 'a runner of your own\? -P gpu=host runs it here'
at 29:14 '4 of the 6 jobs of this matrix are for another system and not run here: windows-latest, macos-latest'
at 33:14 'the job is not run here: it wants ubuntu-latst, which GitHub does not offer \[here-label\]'
out_has "did you mean 'ubuntu-latest'\?"
out_has '\^~~~'
for line in 6 18 20 36; do out_lacks "t\.yml:$line:"; done
if command -v pwsh >/dev/null; then skip "a shell" "pwsh is here"; else at 22:16 "the shell 'pwsh' is not on this machine.* \[here-program\]"; fi
find "$T" -newer "$store/$sha.ok" | sort | grep -vE '/(out|err|before|was|after)$' >"$T/after"
grep -vE '/(out|err|before|was|after)$' "$T/before" >"$T/was"
holds "nothing was written" cmp -s "$T/was" "$T/after"
sidestep check .github/workflows --format json
exits 0
out_has '"line":14,"col":15,"end_line":14,"end_col":32,"severity":"info","rule":"here-container"'
sidestep check --explain here-program
exits 0

# no node, no shell: PATH is looked at, nothing on it is started
repo "$T/n" <<'Y'
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - uses: ./js
      - run: 'true'
Y
mkdir "$T/n/js" "$T/bin" && printf 'name: a\ndescription: d\nruns: {using: node24, main: m.js}\n' >"$T/n/js/action.yml"
ln -s "$(command -v git)" "$T/bin/git"
cd "$T/n" || exit 1
command_ env PATH="$T/bin" "$SIDESTEP" check --color never
exits 0
at 6:15 'the action is written in JavaScript and there is no node on this machine'
at 7:14 "the shell 'bash' is not on this machine"
printf '#!/bin/sh\ntouch "%s/asked"\n' "$T" >"$T/bin/node" && chmod +x "$T/bin/node"
command_ env PATH="$T/bin:$PATH" "$SIDESTEP" check
exits 0
empty out
holds "node was not asked" test ! -e "$T/asked"

# of a job for another system nothing more is said
printf 'on: push\njobs:\n  j:\n    runs-on: windows-latest\n    steps:\n      - {run: x, shell: cmd}\n      - uses: docker://alpine:3\n' | repo "$T/o"
cd "$T/o" || exit 1
sidestep check --color never
exits 0
at 4:14 'the job is for another system and not run here: windows-latest'
err_has '1 other finding'
printf 'on: push\njobs:\n  j:\n    strategy: {matrix: {os: [windows-latest, ubuntu-latest]}}\n    runs-on: ${{ matrix.os }}\n    steps:\n      - {run: x, shell: cmd}\n' >.github/workflows/t.yml
sidestep check --color never
at 7:25 "the shell 'cmd' is not on this machine"

# labels that nobody offers, that GitHub offers no longer, and those of somebody's own: one set of words
repo "$T/l" <<'Y'
on: push
jobs:
  version: {runs-on: ubuntu-99, steps: [{run: 'true'}]}
  bare: {runs-on: ubuntu, steps: [{run: 'true'}]}
  own: {runs-on: my-runner, steps: [{run: 'true'}]}
  old: {runs-on: ubuntu-20.04, steps: [{run: echo old runs}]}
  older: {runs-on: ubuntu-18.04, steps: [{run: echo older runs}]}
Y
cd "$T/l" || exit 1
sidestep check --color never
exits 0
at 3:22 'the job is not run here: it wants ubuntu-99, which GitHub does not offer \[here-label\]'
at 4:19 'the job is not run here: it wants ubuntu, which GitHub does not offer \[here-label\]'
at 5:18 'the job is not run here: it wants my-runner \[here-platform\]'
out_has "did you mean 'ubuntu-latest'\?"
out_has 'a runner of your own\? -P my-runner=host runs it here'
if [ "$(uname -m)" = x86_64 ]; then
	at 6:18 'GitHub has retired ubuntu-20\.04: there the job would wait for a runner for ever \[here-label\]'
	at 7:20 'GitHub has retired ubuntu-18\.04'
	for how in run 'run -n'; do
		sidestep $how --color never
		exits 0
		out_has "version.*it wants ubuntu-99, which GitHub does not offer: did you mean 'ubuntu-latest'\?"
		out_has "bare.*it wants ubuntu, which GitHub does not offer: did you mean 'ubuntu-latest'\?"
		out_has 'own.*it wants my-runner: a runner of your own\? -P my-runner=host runs it here'
		out_has 'GitHub has retired ubuntu-(20|18)\.04: there the job would wait for a runner for ever'
	done
	sidestep run --json
	exits 0
	holds "said once" test "$(grep -c '"type":"log".*GitHub has retired' "$T/out")" = 1
	sidestep run -j old -P ubuntu-20.04=host
	exits 0
	out_has 'old runs'
	out_lacks 'has retired'
else
	skip "retired labels" "this machine is none of theirs"
fi

# in the words of a run
sidestep run -C "$T/r" -j boxed
exits 4
out_has 'the job runs in a container: job containers are not available in this version of sidestep'
at_end
