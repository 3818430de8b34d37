"""Two members of `parallel` that are actions and write GITHUB_PATH, fetch what they use or ask for post stages at once never disturb
each other. With real processes: a job for every four members, of which two are JavaScript actions (read by a shell, see stages.py)
and two composite actions of the workspace that need other repositories just in time. MEMBERS in the environment runs more."""
from real import *
from actions import Server, action
from stages import NODE, js

JOBS = 20 if SANITIZED else 75
MEMBERS = int(os.environ.get("MEMBERS", 4 * JOBS))

ME = js('echo "n=$INPUT_N" >> $GITHUB_STATE; echo "n=$INPUT_N" >> $GITHUB_OUTPUT; echo "/dir/$INPUT_N" >> $GITHUB_PATH; echo "::save-state name=old::$INPUT_N"',
        post='test "$STATE_n" = "$INPUT_N" && test "$STATE_old" = "$INPUT_N" && echo "post $INPUT_N"')
FLOW = """on: push
jobs:
  j:
    runs-on: ubuntu-latest
    strategy: {matrix: {i: [%s]}, fail-fast: false}
    steps:
    - uses: actions/checkout@v4
    - parallel:
      - {id: a, uses: ./js, with: {n: 'a${{ matrix.i }}'}}
      - {id: b, uses: ./one, with: {n: 'b${{ matrix.i }}'}}
      - {id: c, uses: ./js, with: {n: 'c${{ matrix.i }}'}}
      - {id: d, uses: ./two, with: {n: 'd${{ matrix.i }}'}}
    - {id: see, run: 'echo "$PATH" | tr : "\\n" | grep ^/dir/ | sort | tr "\\n" " "; echo ${{ steps.a.outputs.n }} ${{ steps.b.outputs.n }} ${{ steps.c.outputs.n }} ${{ steps.d.outputs.n }}'}
"""


def composite(*uses):
    return action(*[f"{{id: u{i}, uses: {u}, with: {{n: '${{{{ inputs.n }}}}'}}}}" for i, u in enumerate(uses)], inputs="{n: {}}",
                  outputs="{n: {value: '${{ steps.u0.outputs.n }}'}}")


def crowd():
    s = Server()
    for name in ("x", "y", "z"):
        s.add("o/" + name, {**ME, "pad": name * 1000}, tag="v1")
    r = s.run(FLOW % ", ".join(str(i) for i in range(JOBS)), "--max-parallel", "8", env=NODE, timeout=300,
              files={**{"js/" + k: v for k, v in ME.items()}, "one/action.yml": composite("o/x@v1"), "two/action.yml": composite("o/y@v1", "o/z@v1", "o/x@v1")})
    equal(r.code, 0, r.err[-2000:])
    for i in range(JOBS):
        job = f"j ({i})"
        mine = [f"{k}{i}" for k in "abcd"]
        log = lambda step: [e["line"] for e in r.of("log", step, job) if e["stream"] != "runner"]
        equal(log("see"), ["".join(f"/dir/{m} " for m in mine) + " ".join(mine)], job)
        posts = [e["step"] for e in r.of("step.end", job=job) if e["step"].startswith("__post_")]
        equal((sorted(posts), posts[-1]), (["__post___actions_checkout", "__post_a", "__post_b", "__post_c", "__post_d"], "__post___actions_checkout"), job)
        equal([log("__post_" + k) for k in "abcd"], [[f"post {m}"] * n for m, n in zip(mine, (1, 1, 1, 3))], job)
        join = max(e for e, x in enumerate(r.events) if x["type"] == "step.end" and x.get("job") == job and not x["step"].startswith("__post"))
        first = min(e for e, x in enumerate(r.events) if x["type"] == "step.start" and x.get("job") == job and x["step"].startswith("__post"))
        assert join < first, job


def test_members_do_not_disturb_each_other():
    began = time.monotonic()
    runs = max(1, round(MEMBERS / (4 * JOBS)))
    for n in range(runs):
        crowd()
        if n % 5 == 4:
            print(f"# {(n + 1) * 4 * JOBS} members in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(globals())
