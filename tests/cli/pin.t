# sidestep pin: usage, what is written, what --check tells, exit codes. tests/real/pin.py has the details.
. "$(dirname "$0")/lib.sh"
repo there/them/lib <<'E2'
on: push
E2
printf 'name: n\n' >there/them/lib/action.yml
git -C there/them/lib add -A && git -C there/them/lib commit -qm two && git -C there/them/lib tag v1 && git -C there/them/lib tag v1.0.1
sha=$(git -C there/them/lib rev-parse HEAD)
repo mine <<'E2'
on: push
jobs: {j: {runs-on: ubuntu-latest, steps: [{uses: them/lib@v1}, {run: echo}]}} # v0
E2
url="file://$T/there"
sidestep pin -C mine --github-url "$url" --check
exits 1
out_has "t\\.yml:2:51: error: them/lib@v1 is not pinned"
out_has "'sidestep pin' writes @$sha # v1\\.0\\.1"
empty err
sidestep pin -C mine --github-url "$url" --diff
exits 0
out_has "^\\+jobs: .*them/lib@$sha}.* # v1\\.0\\.1$"
err_has '^1 reference would be pinned in 1 file, 0 stay$'
sidestep pin -C mine --github-url "$url"
exits 0
out_has "them/lib@v1 -> $sha # v1\\.0\\.1$"
holds "the file has it" grep -qE "lib@$sha}, .* # v1\\.0\\.1\$" mine/.github/workflows/t.yml
sidestep pin -C mine --github-url "$url" --check
exits 0
empty out
git -C there/them/lib commit -q --allow-empty -m three && git -C there/them/lib tag -f v1.0.1 >/dev/null
sidestep pin -C mine --github-url "$url" --check
exits 1 "a tag that has moved"
out_has "t\\.yml:2:51: error: the commit ${sha:0:12} is v1 of them/lib, but the comment says v1\\.0\\.1"
sidestep pin -C mine --github-url "$url" --check --format json
exits 1
holds "findings as data" python3 -c 'import json
f, = json.load(open("out"))
assert (f["state"], f["line"], f["col"], f["pinned"]) == ("drift", 2, 51, True) and f["help"], f'
sidestep pin -C mine --github-url "$url"
exits 0 "what is pinned stays"
empty out
sidestep pin -C mine --github-url "$url" --update
exits 0
out_has "$(git -C there/them/lib rev-parse HEAD) # v1\\.0\\.1$"
sidestep pin -C mine --check --update
exits 2
sidestep pin -C mine --diff --format json
exits 2
sidestep pin -C mine not-there.yml
exits 2
err_has 'not-there.yml: no such file'
printf 'on: [' >bad.yml
sidestep pin bad.yml
exits 3
err_has 'bad.yml:1:'
printf 'runs: {steps: [{uses: them/lib@v1}]}\n' >action.yml
sidestep pin --offline action.yml
exits 4
err_has 'action.yml:1:23: error: what .v1. of them/lib stands for is not known here: nothing of them/lib is stored'
sidestep pin --check --offline action.yml
exits 1 "what is not pinned is known without a network"
out_has 'action.yml:1:23: error: them/lib@v1 is not pinned'
sidestep pin action.yml --github-url http://127.0.0.1:1
exits 4 "nobody answers"
err_has 'no network: http://127.0.0.1:1/them/lib cannot be reached'
sidestep pin action.yml --github-url "$url" --local-repository "them/lib=$T/there/them"
exits 1 "a folder that is no repository"
at_end
