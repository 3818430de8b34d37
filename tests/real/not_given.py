"""Secrets and variables that are used and not given are named once, before anything runs."""
from real import *

NOTE = "sidestep: note: used, but not given: "
USES = """
on: push
run-name: "${{ vars.TITLE }}"
env: {TOP: "${{ secrets.TOP }}"}
jobs:
  a:
    runs-on: ubuntu-latest
    if: vars.WHEN != 'never'
    env: {A: "${{ secrets.one }} ${{ secrets.ONE }}"}
    steps:
      - run: echo ${{ secrets[vars.COMPUTED] }} ${{ toJSON(secrets) != '' }}
      - if: secrets.x == '' || always()
        run: "true"
      - parallel:
          - {if: "vars.INNER == ''", run: "true"}
  b:
    needs: a
    runs-on: ubuntu-latest
    steps: [{run: "echo ${{ secrets.LAST || secrets.one }} ${{ github.token }}"}]
"""
USES = USES.replace("      - if: secrets.x == '' || always()\n        run: \"true\"\n", "")


def said(r):
    lines = [l for l in r.err.splitlines() if "not given" in l]
    assert len(lines) <= 1, r.err
    return lines[0][len(NOTE):] if lines else ""


def test_what_is_used():
    r = run(USES)
    equal(r.code, 0, r.err)
    equal(said(r), "secrets TOP, ONE, LAST (-s NAME); variables TITLE, COMPUTED, WHEN, INNER (--var NAME=VALUE)")
    equal(said(run(USES, "-s", "top=x", "-s", "One=", "-s", "LAST=z", "--var", "TITLE=t", "--var", "computed=c", "--var", "WHEN=w",
                   "--var", "inner=")), "")
    equal(said(run(USES, "-n")), said(r))
    equal(said(run(USES, "-q")), "")
    equal(said(run(USES, "--explain", format="text")), "")


def test_only_of_what_runs():
    equal(said(run(USES, "-j", "a")), "secrets TOP, ONE (-s NAME); variables TITLE, COMPUTED, WHEN, INNER (--var NAME=VALUE)")
    other = {".github/workflows/o.yml": "on: release\njobs: {x: {runs-on: ubuntu-latest, steps: [{run: \"echo ${{ secrets.OTHER }}\"}]}}\n"}
    equal(said(run(steps("- run: echo ${{ vars.V }}"), files=other)), "variable V (--var NAME=VALUE)")


def test_the_token():
    equal(said(run(steps("- run: echo ${{ github.token }}"))), "")
    equal(said(run(steps("- run: echo ${{ secrets.GITHUB_TOKEN }}"))), "secret GITHUB_TOKEN (-s NAME)")
    equal(said(run(steps("- run: echo ${{ secrets.GITHUB_TOKEN }}"), "-s", "GITHUB_TOKEN=t")), "")


def test_called_workflows():
    called = "on: {workflow_call: {secrets: {S: {}, MINE: {}}}}\njobs: {c: {runs-on: ubuntu-latest, steps: [{run: \"echo ${{ secrets.S }} ${{ vars.C }}\"}]}}\n"
    call = "on: push\njobs:\n  j:\n    uses: ./.github/workflows/called.yml\n    secrets: %s\n"
    files = {".github/workflows/called.yml": called}
    equal(said(run(call % "inherit", files=files)), "secret S (-s NAME); variable C (--var NAME=VALUE)")
    equal(said(run(call % "{S: '${{ secrets.MINE }}'}", files=files)), "secret MINE (-s NAME); variable C (--var NAME=VALUE)")
    equal(said(run(call % "{}", files=files)), "variable C (--var NAME=VALUE)")


if __name__ == "__main__":
    main(globals())
