# How steps without a name are called: by the first line of their script, with its expressions evaluated.
. "$(dirname "$0")/lib.sh"
repo r <<'Y'
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    strategy: {matrix: {n: [7]}}
    steps:
      - {uses: actions/checkout@v4}
      - run: echo m${{ matrix.n }}
      - uses: ./a
        with: {who: you}
Y
cd r || exit 1
mkdir a
printf 'name: a\ndescription: d\ninputs: {who: {}}\nruns:\n  using: composite\n  steps:\n    - run: echo in ${{ inputs.who }}; exit 3\n      shell: bash\n' >a/action.yml
git add -A && git commit -qm two
sidestep run --json
exits 1
out_has '"type":"step.start".*"name":"Run echo m7"'
out_lacks '"name":"Run echo m\$'
sidestep run --color never
exits 1
out_has 'Run echo m7'
out_lacks 'm\$\{\{'
sidestep run -n
out_has 'Run echo m7'
out_has 'Run echo in you; exit 3'
at_end
