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
cat >.github/workflows/refs.yml <<'END'
on: push
env: {A: "\u00e4 ${{ github.ref }}"}
jobs:
  a:
    if: github.event.action != 'closed'
    runs-on: x
    steps:
      - if: ${{ env.A }}
        run: |
          echo ${{ vars.X || steps['b'].outputs[env.B] }}
END
sidestep dump model .github/workflows/refs.yml
exits 0
holds "model: what expressions name stands where it says" python3 - "$T/out" .github/workflows/refs.yml <<'END'
import json, sys
d, text = json.load(open(sys.argv[1])), open(sys.argv[2], "rb").read()
got = [("/".join(r["path"]), text[r["from"]:r["to"]].decode(), r["line"], r["col"]) for r in d["references"]]
want = [("github/ref", "github.ref", 2, 22), ("github/event/action", "github.event.action", 5, 9), ("env/A", "env.A", 8, 17),
        ("vars/X", "vars.X", 10, 20), ("steps/b/outputs/*", "steps['b'].outputs[env.B]", 10, 30), ("env/B", "env.B", 10, 49)]
assert got == want, got
END
sidestep dump tree not-there.yml
exits 2
err_has 'not-there.yml'
at_end
