# What is asked for by name and is not there is wrong usage, said with the nearest name and with where it would run.
. "$(dirname "$0")/lib.sh"
script_repo r 'echo ran'
cd r || exit 1
cat >.github/workflows/release.yml <<'Y'
on: [release, workflow_dispatch]
jobs:
  deploy:
    runs-on: ubuntu-latest
    strategy: {matrix: {os: [linux, windows], node: [20, 22], exclude: [{os: windows, node: 22}]}}
    steps: [{run: 'echo on ${{ matrix.os }} ${{ matrix.node }}'}]
  win:
    runs-on: windows-latest
    steps: [{run: echo}]
  typo:
    runs-on: ubuntu-latst
    steps: [{run: echo}]
Y
# refused ARGUMENTS WHAT: exit 2, nothing was run, and it says so
refused() {
	sidestep run $1
	exits 2
	err_has "$2"
	empty out
}

# events
refused 'psh' "no workflow is started by 'psh': did you mean 'push'\?"
refused 'schedule' "no workflow is started by 'schedule': they are started by release, workflow_dispatch, push"
refused '-W .github/workflows/release.yml' "by 'push': they are started by release, workflow_dispatch; try 'sidestep run release'"
# jobs
refused 'release -j depoy' "no workflow has a job 'depoy': did you mean 'deploy'\?"
refused '-j deploy' "job 'deploy' is not started by 'push': it runs on release, workflow_dispatch; try 'sidestep run release -j deploy'"
refused '-j j -j deploy' "job 'deploy' is not started by 'push'"
# by the name that a run shows
cat >.github/workflows/names.yml <<'Y'
on: page_build
jobs:
  build:
    runs-on: ubuntu-latest
    strategy: {matrix: {cc: [gcc, clang], opt: [-O0, "a b'c"], include: [{cc: gcc, opt: -O0, extra: 1}]}}
    steps: [{run: 'echo "ran ${{ matrix.cc }} ${{ matrix.opt }}"'}]
  named: {name: The Name, runs-on: ubuntu-latest, steps: [{run: echo}]}
  made:
    name: with ${{ matrix.v }} or ${{ github.ref }}
    runs-on: ubuntu-latest
    strategy: {matrix: {v: [1, 2]}}
    steps: [{run: echo}]
Y
sidestep run page_build -j 'build (gcc, -O0)'
exits 2
empty out
err_has "no workflow has a job 'build \(gcc, -O0\)': .github/workflows/names.yml shows 'build' so; try -j build --matrix cc:gcc --matrix opt:-O0 --matrix extra:1$"
sidestep run page_build -j "build (clang, a b'c)"
err_has "try -j build --matrix cc:clang --matrix 'opt:a b'\\\\''c'$"
sidestep run page_build -j 'The Name'
err_has "names.yml shows 'named' so; try -j named$"
sidestep run page_build -j 'with 2 or '
err_has "shows 'made' so; try -j made --matrix v:2$"
sidestep run page_build -j 'build (gcc, -O1)'
err_has "no workflow has a job 'build \(gcc, -O1\)'$"
sidestep run page_build -j build --matrix cc:clang --matrix "opt:a b'c"
exits 0
out_has "ran clang a b'c"
rm .github/workflows/names.yml
# values of matrices
refused '--matrix a:b' '--matrix a:b: no job that runs has a matrix'
refused 'release --matrix oss:linux' "no matrix has the key 'oss': did you mean 'os'\? There is os, node"
refused 'release --matrix os:widows' "no matrix has this value for 'os': did you mean 'windows'\? There is linux, windows"
refused 'release --matrix os:linux --matrix nodes:20' "no matrix has the key 'nodes'"
refused 'release --matrix os:windows --matrix node:22' 'no combination of a matrix has all the values of --matrix'
sidestep run release -j deploy --matrix os:linux --matrix node:22
exits 0
out_has 'on linux 22'
out_lacks 'on linux 20|on windows'
# of a matrix that only the run can know, the run says it
cat >.github/workflows/late.yml <<'Y'
on: page_build
jobs:
  a: {runs-on: ubuntu-latest, outputs: {m: '["x"]'}, steps: [{run: echo}]}
  b:
    needs: a
    runs-on: ubuntu-latest
    strategy: {matrix: {v: '${{ fromJSON(needs.a.outputs.m) }}'}}
    steps: [{run: 'echo got ${{ matrix.v }}'}]
Y
sidestep run page_build --matrix v:x
exits 0
out_has 'got x'
sidestep run page_build --matrix v:y
exits 2
err_has 'error: --matrix v:y: no matrix has had this value'
# one that is written out, and one that is made: a job that does not run has its matrix all the same
cat >.github/workflows/late.yml <<'Y'
on: page_build
jobs:
  a:
    if: github.ref == 'refs/heads/nope'
    runs-on: ubuntu-latest
    strategy: {matrix: {k: [x, y]}}
    steps: [{run: echo}]
  b: {runs-on: ubuntu-latest, steps: [{run: echo b runs}]}
  c:
    if: github.ref == 'refs/heads/nope'
    runs-on: ubuntu-latest
    strategy: {matrix: {v: '${{ fromJSON(vars.M) }}'}}
    steps: [{run: echo}]
Y
sidestep run page_build --matrix k:x
exits 0 "a value of a job that its condition skips"
out_has 'b runs'
sidestep run page_build --matrix v:x
exits 0 "a value that nobody has looked for"
rm .github/workflows/late.yml

# other systems
sidestep run release -j win
exits 4
err_has 'error: nothing was run: no job is for a machine like this one'
out_lacks 'success'
holds "the last line is no success, nor a skipped one" sh -c 'tail -1 "$1" | grep -qE "^release\.yml: failure in .*; nothing was run: "' - "$T/out"
cat >.github/workflows/idle.yml <<'Y'
on: page_build
jobs:
  a: {if: false, runs-on: ubuntu-latest, steps: [{run: echo}]}
  b: {runs-on: windows-latest, steps: [{run: echo}]}
Y
sidestep run page_build
exits 0 "where one job is for another system, and one skipped by its condition"
out_has '^idle\.yml: skipped: nothing ran; 1 job not run here: windows-latest$'
err_lacks 'nothing was run'
cat >.github/workflows/idle.yml <<'Y'
on: page_build
jobs:
  a: {if: false, runs-on: ubuntu-latest, steps: [{run: echo}]}
  b: {needs: a, runs-on: ubuntu-latest, steps: [{run: echo}]}
Y
sidestep run page_build
exits 0 "where every job is skipped by its condition"
out_has '^idle\.yml: skipped: nothing ran$'
out_lacks 'success'
sidestep run page_build --json
exits 0 "the same as events"
out_has '"type":"run.end".*"conclusion":"skipped"'
rm .github/workflows/idle.yml
sidestep run release -j win -P windows-latest=host
exits 0
sidestep run release -j win -P windows-latest=skip
exits 0 "what is left out on purpose"
sidestep run release
exits 0 "some jobs are for another system"
out_has 'win .*it wants windows-latest'
sidestep run release -j typo
exits 4
out_has "it wants ubuntu-latst, which GitHub does not offer: did you mean 'ubuntu-latest'\?"
# a machine that only stands in for a label
if grep -qx 'ID=ubuntu' /etc/os-release; then
	skip "strict platforms" "this machine may be what ubuntu-latest names"
else
	sidestep run --strict-platforms
	exits 4
	out_has 'the job wants ubuntu-latest, which this machine is not \(--strict-platforms\)'
	out_lacks 'ran'
fi
sidestep run --strict-platforms -P ubuntu-latest=host
exits 0
out_has 'ran'
sidestep run release -j win --strict-platforms
exits 4
out_has 'win .*failure'

# a file that is not there
for option in -W -e -C --secret-file --var-file --env-file --input-file; do
	sidestep run "$option" missing
	exits 2
	err_has 'missing: [Nn]o such file or'
done
for verb in check list graph eval; do
	case $verb in
	eval) sidestep eval --context missing 1 ;;
	list) sidestep list ./missing ;;
	*) sidestep $verb missing ;;
	esac
	exits 2
	err_has 'missing: [Nn]o such file or'
	[ $verb = eval ] && continue
	sidestep $verb -C missing
	exits 2
	err_has 'missing: [Nn]o such file or'
done
sidestep list -e missing
exits 2
if [ "$(id -u)" = 0 ]; then
	skip "a file that may not be read" "root may read everything"
else
	mkdir shut && cp .github/workflows/t.yml shut && chmod 000 shut
	sidestep run -W shut/t.yml
	exits 2
	err_has 'shut/t.yml: Permission denied'
	sidestep run -e shut/t.yml
	exits 2
	err_has 'Permission denied'
	chmod 700 shut
fi

# a workflow as an argument
sidestep run .github/workflows/t.yml
exits 0
out_has 'ran'
sidestep run push .github/workflows/t.yml
exits 0
sidestep run .github/workflows/release.yml release
exits 0
out_has 'on linux 20'
out_lacks 'ran$'
cp .github/workflows/t.yml plain
sidestep run plain
exits 0 "a file without a dot in its name"
mkdir push
sidestep run push
exits 0 "a folder that is called like an event is none"
refused 'nowhere.yml' 'nowhere.yml: no such file or folder'
refused './nowhere' 'nowhere: no such file or folder'
refused 'push release' "one event at a time: 'push' and 'release' were given"
at_end
