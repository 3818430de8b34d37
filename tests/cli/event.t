# What a run knows about its event: the commit of HEAD, however an expression asks for it, in every layout of a repository.
. "$(dirname "$0")/lib.sh"
script_repo r 'true'
cat >"$T/t.yml" <<'YAML'
on: [push, pull_request]
jobs:
  j:
    runs-on: ubuntu-latest
    env:
      KEY: head_commit
    steps:
      - run: |
          echo "computed=${{ github.event[env.KEY].message }} ref=${{ github.ref }} type=${{ github.ref_type }}"
          echo "file=$(grep -c '"head_commit"' "$GITHUB_EVENT_PATH") sha=$GITHUB_SHA action=${{ github.event.action }}"
YAML
cd r || exit 1
mkdir -p .github/workflows
rm -f .github/workflows/*
cp "$T/t.yml" .github/workflows/t.yml
git add -A
git -c user.name=a -c user.email=a@b commit -qm 'the subject'
sha=$(git rev-parse HEAD)
branch=$(git symbolic-ref --short HEAD)
sidestep run
exits 0 "run in a plain repository"
out_has "computed=the subject ref=refs/heads/$branch type=branch"
out_has "file=1 sha=$sha action="
sidestep run pull_request
exits 0 "run for a pull request"
out_has "file=0 sha=$sha action=opened"
git worktree add -q ../linked -b side
sidestep run -C ../linked
exits 0 "run in a linked worktree"
out_has "computed=the subject ref=refs/heads/side type=branch"
git tag v1
git checkout -q v1
sidestep run
exits 0 "run on a tag"
out_has "computed=the subject ref=refs/tags/v1 type=tag"
chmod -R u+w .git
object=.git/objects/$(echo "$sha" | cut -c1-2)/$(echo "$sha" | cut -c3-)
echo damaged >"$object"
sidestep run
exits 3 "run on a damaged commit"
err_has "object $sha cannot be read: the file is damaged"
at_end
