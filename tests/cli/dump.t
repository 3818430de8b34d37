# sidestep dump: each stage is JSON.
. "$(dirname "$0")/lib.sh"
script_repo r 'echo one'
cd r || exit 1
for stage in tree template model graph plan; do
	sidestep dump $stage .github/workflows/t.yml
	exits 0
	holds "$stage is JSON" python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$T/out"
done
sidestep dump tree not-there.yml
exits 2
err_has 'not-there.yml'
at_end
