# sidestep dump: each stage is JSON.
. "$(dirname "$0")/lib.sh"
script_repo r 'echo one'
cd r || exit 1
for stage in tree template model graph plan; do
	sidestep dump $stage .github/workflows/t.yml
	exits 0
	holds "$stage is JSON" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$T/out"
done
sidestep dump template .github/workflows/t.yml
holds "template: jobs and steps with ids, conditions and places" python3 - "$T/out" <<'END'
import json, sys
d = json.load(open(sys.argv[1]))
step = d["jobs"][0]["steps"][0]
assert step["id"] == "__run" and step["if"] == {"type": 3, "expr": "success()"}, step
assert step["run"]["file"] == 1 and step["run"]["lit"] == "echo one\n", step
assert d["file-table"] == [".github/workflows/t.yml"], d["file-table"]
END
printf 'on: push\njobs:\n  a:\n    steps: [{runn: x}]\n' >.github/workflows/bad.yml
sidestep dump template .github/workflows/bad.yml
exits 3 "template of a file with errors"
holds "template: errors" python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); assert d["errors"][0]["Message"] == ".github/workflows/bad.yml (Line: 4, Col: 14): Unexpected value '"'runn'"'", d' "$T/out"
sidestep dump tree not-there.yml
exits 2
err_has 'not-there.yml'
at_end
