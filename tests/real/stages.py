"""Pre, main and post stages of actions: runner.md 9.6 and 9.7.11. The actions are JavaScript ones for a node that reads shell: the
runner is what is tried, and no node need be there.

| rule | test |
| --- | --- |
| 9.6.1 pre in step order, before the first step, their names, pre-if | test_pre_stages_run_first_in_the_order_of_the_steps, test_what_pre_if_says |
| 9.6.1 local actions, and what they use: a warning | test_no_pre_for_what_the_workspace_holds |
| 9.6.2 registered at the beginning of pre or main, once | test_what_has_a_post_stage, test_a_failing_pre_stage |
| 9.6.3 all posts in reverse, whatever has failed; a failing one fails the job | test_posts_last_first_whatever_has_failed |
| 9.6.3 after cancellation | test_posts_of_a_cancelled_run, test_a_cancelled_pre_stage |
| 9.6.4 contexts, variables, timeout, continue-on-error of posts | test_what_posts_find, test_limits_of_posts |
| 9.6.5 state | test_state_is_one_map_for_each_step |
| 9.5.7, 9.6.3 the post stage of actions/checkout | test_the_token_*, test_which_checkouts_*, test_no_token_* |
| 9.7.11 pre and post of nested actions are one step each | test_nested_*, test_posts_of_nested_actions_* |
| 8.5.3 stages of background actions | test_stages_of_background_actions |
"""
from real import *
from actions import Server, action


def js(main="", pre=None, post=None, inputs="{n: {}}", more=""):
    """An action with these scripts as {file: text}."""
    scripts = {"main.js": main, **({"pre.js": pre} if pre is not None else {}), **({"post.js": post} if post is not None else {})}
    runs = "using: node24, main: main.js" + ", pre: pre.js" * (pre is not None) + ", post: post.js" * (post is not None) + more
    return {"action.yml": f"name: n\ndescription: d\ninputs: {inputs}\nruns: {{{runs}}}\n", **scripts}


def shell_node():
    d = tempfile.mkdtemp(prefix="node-", dir=BASE)
    with open(d + "/node", "w") as f:
        f.write("#!/bin/sh\n[ \"$1\" != --version ] || { echo v24.0.0; exit; }\nexec sh \"$@\"\n")
    os.chmod(d + "/node", 0o755)
    return {"PATH": d + ":" + os.environ["PATH"]}


NODE = shell_node()
SAY = js('echo main $INPUT_N; echo "main$INPUT_N=1" >> $GITHUB_STATE', pre='echo pre $INPUT_N; echo "pre$INPUT_N=1" >> $GITHUB_STATE',
         post='echo post $INPUT_N; env | grep ^STATE_ | sort')


def served(**actions):
    """A server with o/NAME@v1 for each; composite ones are given as texts."""
    s = Server()
    for name, files in actions.items():
        s.add("o/" + name, {"action.yml": files} if isinstance(files, str) else files, tag="v1")
    return s


def ends(r):
    return [e["step"] for e in r.of("step.end")]


def test_pre_stages_run_first_in_the_order_of_the_steps():
    s = served(a=SAY, b=js("echo main b"), c=SAY)
    r = s.run("""
- {id: first, run: echo first}
- {id: a, name: Try it, uses: o/a@v1, with: {n: 1}}
- {id: b, uses: o/b@v1}
- {id: c, name: 'Last of ${{ github.job }}', uses: o/c@v1, with: {n: 2}}""", env=NODE)
    equal(r.code, 0, r.err)
    equal(ends(r), ["__pre_a", "__pre_c", "first", "a", "b", "c", "__post_c", "__post_a"])
    equal([(e["name"], e["kind"]) for e in r.of("step.start")],
          [("Pre Try it", "pre"), ("Pre Last of j", "pre"), ("Run echo first", "run"), ("Try it", "uses"), ("Run o/b@v1", "uses"), ("Last of j", "uses"),
           ("Post Last of j", "post"), ("Post Try it", "post")])
    equal((r.lines("__pre_a"), r.lines("__pre_c")), (["pre 1"], ["pre 2"]))


def test_what_pre_if_says():
    s = served(no=js("", pre="echo no", more=", pre-if: failure()"), yes=js("", pre="echo yes", more=", pre-if: github.job == 'j' && success()"),
               bad=js("", pre="exit 1"))
    r = s.run("- {id: a, uses: o/no@v1}\n- {id: b, uses: o/yes@v1}\n- {id: c, uses: o/bad@v1}\n- {id: d, uses: o/yes@v1}\n- {id: e, uses: o/no@v1}", env=NODE)
    equal([r.end("__pre_" + k).split("/")[0] for k in "abcde"], ["skipped", "success", "failure", "skipped", "success"])
    equal(r.code, 1)


def test_no_pre_for_what_the_workspace_holds():
    s = served(a=SAY, c=action("{uses: o/a@v1, with: {n: deep}}"))
    r = s.run("""
- uses: actions/checkout@v4
- {id: js, uses: ./js, with: {n: 1}}
- {id: comp, uses: ./comp}
- {id: none, uses: ./none}""", env=NODE, files={"comp/action.yml": action("{uses: o/c@v1}"), "none/action.yml": action("{shell: bash, run: x=}"),
                                           **{"js/" + k: v for k, v in SAY.items()}})
    equal(r.code, 0, r.err)
    equal([e["step"] for e in r.of("step.end") if e["step"].startswith("__pre_")], [])
    equal([(e["step"], e["message"]) for e in r.of("annotation") if "`pre`" in e["message"]],
          [(k, f"`pre` execution is not supported for local action from './{k}'") for k in ("js", "comp")] +
          [("__post_js", "`pre` execution is not supported for local action from './js'")])
    equal(r.lines("__post_comp"), ["post deep", "STATE_maindeep=1"])


def test_what_has_a_post_stage():
    s = served(plain=js("", post="echo post"), pre=js("", pre="", post="echo post"), fails=js("exit 1", post="echo post"),
               early=js("", pre="", post="echo post", more=", pre-if: false"))
    r = s.run("""
- {id: skipped, if: false, uses: o/plain@v1}
- {id: preskipped, if: false, uses: o/pre@v1}
- {id: earlyskipped, if: false, uses: o/early@v1}
- {id: both, uses: o/pre@v1}
- {id: fails, uses: o/fails@v1}
- {id: never, uses: o/plain@v1}""", env=NODE)
    equal([k for k in ends(r) if k.startswith("__post_")], ["__post_fails", "__post_both", "__post_preskipped"])


def test_a_failing_pre_stage():
    s = served(a=js("echo main", pre="echo k=1 >> $GITHUB_STATE; exit 3", post="echo post $STATE_k"), b=SAY)
    r = s.run("- {id: first, run: echo}\n- {id: a, uses: o/a@v1}\n- {id: b, uses: o/b@v1, with: {n: 1}}", env=NODE)
    equal(r.code, 1)
    equal([(e["step"], e["outcome"]) for e in r.of("step.end")],
          [("__pre_a", "failure"), ("__pre_b", "success"), ("first", "skipped"), ("a", "skipped"), ("b", "skipped"), ("__post_b", "success"), ("__post_a", "success")])
    equal(r.lines("__post_a"), ["post 1"])
    r = s.run("- {id: first, run: echo}\n- {id: a, uses: o/a@v1, continue-on-error: true}", env=NODE)
    equal((r.code, r.end("__pre_a"), r.end("first")), (0, "failure/success", "success/success"))


def test_posts_last_first_whatever_has_failed():
    s = served(a=js("", post="echo post a"), b=js("exit 1", post="exit 1"), c=js("", post="echo post c", more=", post-if: success()"),
               d=js("", post="echo post d", more=", post-if: failure()"))
    r = s.run("\n".join(f"- {{id: {k}, if: always(), uses: o/{k}@v1}}" for k in "abcd"), env=NODE)
    equal(r.code, 1)
    equal([(e["step"], e["outcome"]) for e in r.of("step.end")][4:],
          [("__post_d", "success"), ("__post_c", "skipped"), ("__post_b", "failure"), ("__post_a", "success")])
    equal(r.lines("__post_a", runner=True), ["Post job cleanup.", "post a"])
    r = served(bad=js("", post="exit 1")).run("- {id: bad, uses: o/bad@v1}\n- {id: see, run: 'echo ${{ job.status }}'}", env=NODE)
    equal((r.code, r.lines("see"), r.of("job.end")[0]["conclusion"]), (1, ["success"], "failure"))


def test_posts_of_a_cancelled_run():
    marker = os.path.join(BASE, "up-cancelled")
    s = served(a=js("", post="echo post a"), slow=js(f"touch {marker}; sleep {unique(41)}", post="echo post slow"),
               picky=js("", post="echo post picky", more=", post-if: success()"), after=js("", post="echo", more=", post-if: cancelled()"))
    d = repo({".github/workflows/t.yml": steps("- {id: a, uses: o/a@v1}\n- {id: p, uses: o/picky@v1}\n- {id: c, uses: o/after@v1}\n"
                                               "- {id: slow, uses: o/slow@v1}\n- {id: no, uses: o/a@v1}")})
    p = start(d, "run", "--format", "json", "--github-url", s.url, "--cache-dir", s.cache, env=NODE)
    until(lambda: os.path.exists(marker))
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=60)
    r = Result(p.returncode, out, err.decode(), p.home, d)
    equal(r.code, 130, r.err)
    equal([(e["step"], e["outcome"]) for e in r.of("step.end")][3:],
          [("slow", "cancelled"), ("no", "skipped"), ("__post_slow", "success"), ("__post_c", "success"), ("__post_p", "skipped"), ("__post_a", "success")])
    equal(left_behind(unique(41)), [])


def test_a_cancelled_pre_stage():
    """One whose condition still holds is left alone; the next ones are asked."""
    marker, go = os.path.join(BASE, "up-pre"), os.path.join(BASE, "go-pre")
    s = served(a=js("", pre=f"touch {marker}; until test -e {go}; do sleep 0.02; done; echo done", post="echo post"),
               b=js("", pre="echo pre b", more=", pre-if: success()"))
    s.add("o/c", {"action.yml": action("{uses: o/a@v1}", "{uses: o/b@v1}")}, tag="v1")
    d = repo({".github/workflows/t.yml": steps("- {id: c, uses: o/c@v1}\n- {id: b, uses: o/b@v1}")})
    p = start(d, "run", "--format", "json", "--github-url", s.url, "--cache-dir", s.cache, env=NODE)
    until(lambda: os.path.exists(marker))
    p.send_signal(signal.SIGINT)
    open(go, "w").close()
    out, err = p.communicate(timeout=60)
    r = Result(p.returncode, out, err.decode(), p.home, d)
    equal(r.code, 130, r.err)
    equal(r.lines("__pre_c"), ["done"])
    equal([(e["step"], e["outcome"]) for e in r.of("step.end")][1:], [("__pre_b", "skipped"), ("c", "skipped"), ("b", "skipped"), ("__post_c", "success")])
    equal(r.lines("__post_c"), ["post"])


def test_what_posts_find():
    s = served(a=js("echo N=main >> $GITHUB_ENV", post="echo $INPUT_N $OWN $N $JOB; echo never >> $GITHUB_OUTPUT.x; echo o=1 >> $GITHUB_OUTPUT; echo LATE=set >> $GITHUB_ENV"),
               z=js("", post="echo z $LATE"))
    r = s.run("""
- {id: z, uses: o/z@v1}
- {id: a, uses: o/a@v1, with: {n: 'in-${{ steps.b.outputs.v }}'}, env: {OWN: 'own-${{ env.N }}'}}
- {id: b, run: "echo v=later >> $GITHUB_OUTPUT; echo N=b >> $GITHUB_ENV"}""", env=NODE)
    equal(r.code, 0, r.err)
    equal(r.lines("__post_a"), ["in-later own-b b"])
    equal(r.lines("__post_z"), ["z set"])


def test_limits_of_posts():
    """timeout-minutes and continue-on-error of the step hold for each of its stages."""
    s = served(a=js("", pre="exit 1", post="exit 1"), bad=js("", post="echo '::error::x'; exit 2"))
    r = s.run("- {id: a, uses: o/a@v1, continue-on-error: true}\n- {id: b, run: 'echo ${{ job.status }}'}", env=NODE)
    equal((r.code, r.end("__pre_a"), r.end("a"), r.end("__post_a"), r.lines("b")), (0, "failure/success", "success/success", "failure/success", ["success"]))
    r = s.run("- {id: a, uses: o/bad@v1, timeout-minutes: '${{ fromJSON(env.NONE) }}'}", env=NODE)
    notes = [e["message"] for e in r.of("annotation", "__post_a")]
    equal(notes[0], "An error occurred when attempting to determine the step timeout.", "and there is no limit")
    assert notes[1].startswith("The template is not valid. ") and notes[2:] == ["x"], notes
    equal((r.end("a"), r.end("__post_a")), ("success/success", "failure/failure"))


def test_state_is_one_map_for_each_step():
    s = served(a=js('echo "k=main$INPUT_N" >> $GITHUB_STATE; echo "::save-state name=old::x$INPUT_N"', pre='echo "k=pre" >> $GITHUB_STATE; echo p=1 >> $GITHUB_STATE',
                    post='echo $STATE_k $STATE_old $STATE_p; echo k=gone >> $GITHUB_STATE'))
    r = s.run("- {id: a, uses: o/a@v1, with: {n: 1}}\n- {id: b, uses: o/a@v1, with: {n: 2}}\n- {id: see, run: 'env | grep ^STATE_ || echo none'}", env=NODE)
    equal((r.lines("__post_a"), r.lines("__post_b"), r.lines("see")), (["main1 x1 1"], ["main2 x2 1"], ["none"]))


# ---- actions/checkout ----

LOOK = {"look/" + k: v for k, v in js("", post="for d in . sub; do git -C $d config --get-regexp extraheader | wc -l; done").items()}
TOKENS = """
- {id: z, uses: $/look}
- {id: co, uses: actions/checkout@v4, with: {token: s3cr3t-t0k3n}}
- {id: m, uses: $/look}
- {id: sub, uses: actions/checkout@v4, with: {token: s3cr3t-t0k3n, path: sub}}
- {id: a, uses: $/look}
"""


def test_the_token_of_a_checkout_goes_with_its_post_stage():
    r = run(steps(TOKENS), "--github-url", "http://127.0.0.1:1", files=LOOK, env=NODE)
    equal(r.code, 0, r.err)
    equal(ends(r)[5:], ["__post_a", "__post_sub", "__post_m", "__post_co", "__post_z"])
    equal([r.lines("__post_" + k) for k in "amz"], [["1", "1"], ["1", "0"], ["0", "0"]])
    start = r.of("step.start", "__post_co")[0]
    equal((start["name"], start["kind"]), ("Post Run actions/checkout@v4", "post"))
    equal(r.lines("__post_co", runner=True), ["Post job cleanup.", "The token is removed from 1 git configuration"])


def test_which_checkouts_have_a_post_stage():
    r = run(steps("""
- {id: none, if: false, uses: actions/checkout@v4}
- {id: bad, uses: actions/checkout@v4, with: {repository: 'not/there/at all', token: t}, continue-on-error: true}
- {id: plain, uses: actions/checkout@v4}
- {id: comp, uses: ./comp}"""), "--github-url", "http://127.0.0.1:1", files={"comp/action.yml": action("{uses: actions/checkout@v4}")}, env=NODE)
    equal(r.code, 0, r.err)
    equal(ends(r)[4:], ["__post_comp", "__post_plain", "__post_bad"])
    equal(r.lines("__post_plain", runner=True), ["Post job cleanup."])
    equal(r.lines("__post_comp", runner=True), ["Post job cleanup."] * 2)
    r = run(steps("- uses: actions/checkout@v4"), "--stub", "actions/checkout=none")
    equal(ends(r), ["__actions_checkout"])
    r = run(steps("- uses: actions/checkout@v4"), "-n")
    equal([(e["step"], e["outcome"]) for e in r.of("step.end")], [("__actions_checkout", "skipped"), ("__post___actions_checkout", "skipped")])


def test_no_token_stays_behind_whatever_ends_the_run():
    """The post stage of a cancelled run does it; of one that is killed the end of the job."""
    for signals in (1, 3):
        up = tempfile.mkdtemp(dir=BASE)
        stay = "" if signals == 1 else f"trap 'touch {up}/1' INT; trap 'touch {up}/2' TERM; "
        d = repo({".github/workflows/t.yml": steps(TOKENS.replace("look}", "look, if: false}") +
                                                   f"- {{id: s, run: \"git config --get-regexp extraheader | wc -l; echo dir=$PWD; {stay}touch {up}/0; while :; do sleep 0.02 || :; done\"}}"), **LOOK})
        p = start(d, "run", "--format", "json", "--keep", "--github-url", "http://127.0.0.1:1", env=NODE)
        for n in range(signals):
            until(lambda: os.path.exists(f"{up}/{n}"))
            p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=60)
        r = Result(p.returncode, out, err.decode(), p.home, d)
        equal(r.code, 130, r.err)
        equal(r.lines("s")[0], "1")
        equal([k for k in ends(r) if k.startswith("__post")], ["__post_sub", "__post_co"] if signals == 1 else [])
        dir = r.lines("s")[1][4:]
        for config in (dir + "/.git/config", dir + "/sub/.git/config"):
            with open(config) as f:
                text = f.read()
            assert 'remote "origin"' in text and "extraheader" not in text, text


def test_what_stands_in_for_an_action_is_said():
    s = served(a=js("echo real", post="echo real"))
    r = s.run("- {id: a, uses: o/a@v1}\n- {id: b, uses: o/b@v1}\n- {id: c, uses: o/b@v1, if: false}", "--stub", "o/a=" + repo(js("echo instead", post="")), "--stub", "o/b=none", env=NODE)
    equal((r.code, r.lines("a")), (0, ["instead"]), r.err)
    equal([(e["step"], e.get("reason")) for e in r.of("step.end")],
          [("a", "stubbed by another action"), ("b", "stubbed: nothing was run"), ("c", "its condition is false: false"), ("__post_a", "stubbed by another action")])


# ---- 9.7.11 ----


def test_nested_pre_and_post_stages_are_one_step_each():
    s = served(a=SAY, b=js("echo main b"),
               inner=action("{uses: o/a@v1, with: {n: '${{ inputs.n }}_deep'}}", inputs="{n: {default: in}}"),
               outer=action("{uses: o/b@v1}", "{uses: o/a@v1, with: {n: '${{ inputs.n }}1'}}", "{shell: bash, run: echo between}",
                            "{uses: o/inner@v1}", "{uses: o/a@v1, with: {n: 3}}", inputs="{n: {default: d}}"))
    r = s.run("""
- {id: first, run: echo first}
- {id: c, name: All of it, uses: o/outer@v1, with: {n: x}}
- {id: a, uses: o/a@v1, with: {n: own}}""", env=NODE)
    equal(r.code, 0, r.err)
    equal(ends(r), ["__pre_c", "__pre_a", "first", "c", "a", "__post_a", "__post_c"])
    equal([(e["name"], e["kind"]) for e in r.of("step.start") if e["step"].endswith("_c")], [("Pre All of it", "pre"), ("Post All of it", "post")])
    equal(r.lines("__pre_c"), ["pre x1", "pre in_deep", "pre 3"])
    equal(r.lines("c"), ["main b", "main x1", "between", "main in_deep", "main 3"])
    equal(r.lines("__post_c"), ["post 3", "STATE_main3=1", "STATE_pre3=1", "post in_deep", "STATE_mainin_deep=1", "STATE_prein_deep=1",
                                "post x1", "STATE_mainx1=1", "STATE_prex1=1"])
    log = [l for l in r.lines("__pre_c", runner=True) if l.startswith("Run ")]
    equal(log, ["Run o/outer@v1", "Run o/a@v1", "Run o/inner@v1", "Run o/a@v1", "Run o/a@v1"])


def test_nested_pre_stages_and_what_they_change():
    s = served(w=js("echo main $V", pre="echo V=env >> $GITHUB_ENV; echo /added >> $GITHUB_PATH; echo o=1 >> $GITHUB_OUTPUT; echo $OWN $GITHUB_ACTION $GITHUB_ACTION_REPOSITORY; echo ${GITHUB_ACTION_PATH##*/_actions/}"),
               c=action("{id: w, uses: o/w@v1, env: {OWN: own}}", "{shell: bash, run: 'echo [${{ steps.w.outputs.o }}]'}"))
    r = s.run("- {id: first, run: 'echo $V ${PATH%%:*}'}\n- {id: c, uses: o/c@v1}", env=NODE)
    equal(r.code, 0, r.err)
    equal(r.lines("__pre_c"), ["own c o/w", "o/c/v1"])
    equal(r.lines("first"), ["env /added"])
    equal(r.lines("c"), ["main env", "[]"])


def test_nested_pre_stages_that_fail_or_do_not_run():
    s = served(bad=js("echo main", pre="exit 1", post="echo post bad"), a=SAY, no=js("echo main", pre="echo no", post="echo post no", more=", pre-if: failure()"),
               ok=js("", pre="echo ok", more=", pre-if: success()"), only=js("echo main", pre="echo no", post="echo post only", more=", pre-if: false"))
    s.add("o/c", {"action.yml": action("{uses: o/bad@v1}", "{uses: o/a@v1, with: {n: 1}}", "{uses: o/ok@v1}")}, tag="v1")
    s.add("o/d", {"action.yml": action("{uses: o/no@v1}", "{if: false, uses: o/only@v1}")}, tag="v1")
    s.add("o/e", {"action.yml": action("{uses: o/only@v1}")}, tag="v1")
    r = s.run("- {id: first, run: echo}\n- {id: c, uses: o/c@v1}\n- {id: d, uses: o/d@v1}", env=NODE)
    equal(r.code, 1)
    equal([(e["step"], e["outcome"]) for e in r.of("step.end")],
          [("__pre_c", "failure"), ("__pre_d", "success"), ("first", "skipped"), ("c", "skipped"), ("d", "skipped"), ("__post_d", "success"), ("__post_c", "success")])
    equal(r.lines("__pre_c"), ["pre 1", "ok"], "within one action the job's status is what it was before")
    equal(r.lines("__pre_d"), ["no"])
    equal(r.lines("__post_d"), ["post no"], "only the one that has run")
    equal(r.lines("__post_c"), ["post 1", "STATE_pre1=1", "post bad"])
    r = s.run("- {id: e, uses: o/e@v1}\n- {id: f, if: false, uses: o/e@v1}", env=NODE)
    equal((r.code, ends(r)), (0, ["__pre_e", "__pre_f", "e", "f", "__post_e"]))


def test_nested_continue_on_error_holds_for_each_stage():
    s = served(bad=js("", pre="exit 1", post="exit 1"), c=action("{uses: o/bad@v1, continue-on-error: true}"), d=action("{uses: o/bad@v1}"))
    r = s.run("- {id: c, uses: o/c@v1}\n- {id: d, uses: o/d@v1, continue-on-error: true}", env=NODE)
    equal(r.code, 0, r.err)
    equal([r.end(k) for k in ("__pre_c", "c", "__post_c", "__pre_d", "d", "__post_d")],
          ["success/success"] * 3 + ["failure/success", "success/success", "failure/success"])


def test_posts_of_nested_actions_go_against_the_order_of_the_steps():
    """Also where a pre stage has registered one earlier."""
    s = served(early=js("", pre="", post="echo early"), late=js("", post="echo late"), c=action("{uses: o/late@v1}", "{uses: o/early@v1}", "{uses: o/late@v1}"))
    r = s.run("- {id: c, uses: o/c@v1}", env=NODE)
    equal(r.lines("__post_c"), ["late", "early", "late"])


def test_posts_of_nested_actions_are_independent_of_each_other():
    s = served(bad=js("", post="exit 1"), a=js("", post="echo a", more=", post-if: success()"), c=action("{uses: o/a@v1}", "{uses: o/bad@v1}", "{if: false, uses: o/bad@v1}"))
    r = s.run("- {id: z, uses: o/a@v1}\n- {id: c, uses: o/c@v1}", env=NODE)
    equal((r.code, r.lines("__post_c"), r.end("__post_c"), r.end("__post_z")), (1, ["a"], "failure/failure", "skipped/skipped"))


def test_stages_of_background_actions():
    s = served(a=SAY, c=action("{uses: o/a@v1, with: {n: in}}"))
    r = s.run("""
- {id: first, run: echo}
- parallel:
  - {id: a, uses: o/a@v1, with: {n: 1}}
  - {id: c, uses: o/c@v1}
- {id: bg, uses: o/a@v1, with: {n: 2}, background: true}
- {id: last, run: echo}""", env=NODE)
    equal(r.code, 0, r.err)
    equal(ends(r)[:4], ["__pre_a", "__pre_c", "__pre_bg", "first"])
    equal(ends(r)[-3:], ["__post_bg", "__post_c", "__post_a"])
    assert r.position("step.end", "__implicit_wait_all") < r.position("step.start", "__post_bg")
    equal(r.lines("__post_c"), ["post in", "STATE_mainin=1", "STATE_prein=1"])


if __name__ == "__main__":
    main(globals())
