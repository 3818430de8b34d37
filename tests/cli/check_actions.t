# sidestep check without paths looks at the repository's workflows and at the files of its actions, wherever they are.
. "$(dirname "$0")/lib.sh"
repo r <<'Y'
on: push
jobs: {j: {runs-on: ubuntu-latest, steps: [{uses: ./a/one}]}}
Y
cd r || exit 1
# bad FOLDER [NAME]: an action whose step has no shell
bad() { mkdir -p "$1" && printf 'name: a\ndescription: d\nruns:\n  using: composite\n  steps:\n    - run: echo\n' >"$1/${2:-action.yml}"; }
bad a/one
bad a action.yaml
bad .github/actions/hidden
bad deep/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16
bad deep/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17
bad node_modules/it
bad lib/node_modules/it
bad other/sub && git -C other init -q
bad tree/sub && echo 'gitdir: /nowhere' >tree/.git
bad .git/act
bad "$T/away" && ln -s "$T/away" linked && mkdir file && ln -s "$T/away/action.yml" file/action.yml
mkfifo a/one/action.yaml && mkdir folder folder/action.yml shut && bad shut && chmod 0 shut
found='.github/actions/hidden/action.yml a/action.yaml a/one/action.yml deep/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/action.yml'
[ "$(id -u)" = 0 ] && found="$found shut/action.yml"
paths() { grep -oE '^[^ ]+: error' "$T/out" | sed 's/:[0-9:]* error$//' | tr '\n' ' ' | sed 's/ $//'; }
sidestep check --color never
exits 1
holds "these and no others, sorted: $(paths)" test "$(paths)" = "$found"
out_has 'a/one/action\.yml:6:7: error: '
out_lacks 'will not load'
chmod 755 shut && rm -r shut
err_has 'errors, 0 other findings in '

# a folder that holds actions, and no file itself
sidestep check a/one/.. --color never
exits 1
holds "the yaml files that are directly in a folder are all that is looked at" test "$(paths)" = a/action.yaml
rm a/action.yaml
sidestep check a --color never
exits 1
holds "else the actions below it" test "$(paths)" = a/one/action.yml
mkdir none
sidestep check none
exits 2
err_has 'no workflow or action file \(\*\.yml, \*\.yaml\) in none'

# what uses an action that is not among the files says what is wrong in it
sidestep check .github/workflows/t.yml --color never
exits 0
out_has 't\.yml:2:.*the action will not load'

# actions alone; and nothing at all
rm -r .github deep
sidestep check
exits 1
sidestep list
exits 2
rm -r a
sidestep check
exits 2
err_has 'no workflow or action file in '
# without a repository nobody's home is searched
bad "$T/home/below" && cd "$T/home" || exit 1
sidestep check
exits 2
bad .
sidestep check --color never
exits 1
holds "the file that is here" test "$(paths)" = action.yml
at_end
