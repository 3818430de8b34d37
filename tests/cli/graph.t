# sidestep graph: all formats; parallel is lowered; edges say why.
. "$(dirname "$0")/lib.sh"
repo r <<'Y'
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - {id: f, name: First, run: echo one}
      - {id: b, background: true, run: echo two}
      - parallel:
          - {id: p1, run: echo p1}
          - {id: p2, run: echo p2}
      - {id: w, wait: b}
  m:
    needs: j
    runs-on: ubuntu-latest
    strategy: {matrix: {n: [1, 2]}}
    steps: [{run: 'echo ${{ matrix.n }}'}]
Y
cd r || exit 1
sidestep graph
exits 0
out_has 'First'
sidestep graph --format dot
exits 0
out_has '^(strict )?digraph'
sidestep graph --format mermaid
exits 0
out_has 'flowchart|graph'
sidestep graph --format svg
exits 0
out_has '<svg'
if command -v xmllint >/dev/null; then holds "the SVG is XML" xmllint --noout "$T/out"; else
	holds "the SVG is XML" python3 -c 'import xml.dom.minidom, sys; xml.dom.minidom.parse(sys.argv[1])' "$T/out"
fi
sidestep graph --format json
exits 0
holds "the JSON is lowered" python3 -c '
import json, sys
jobs = {j["id"]: j for j in json.load(open(sys.argv[1]))["workflows"][0]["jobs"]}
steps = jobs["j"]["steps"]
assert [s["kind"] for s in steps].count("wait") == 2, steps
assert "parallel" not in [s["kind"] for s in steps]
assert jobs["m"]["needs"] == ["j"]
by = {s["id"]: s for s in steps}
assert by["p1"]["group"] == by["p2"]["group"] is not None and by["b"]["group"] is None
assert by["w"]["joins"] == ["b"], by["w"]
' "$T/out"
cat >"$T/bad.yml" <<'Y'
on: push
jobs:
  j:
    runs-on: ubuntu-latest
    steps:
      - {id: w, wait: nobody}
Y
sidestep graph "$T/bad.yml"
exits 3
err_has "bad.yml:6:[0-9]+: error: .*nobody"
at_end
