/* Local composite actions on the fake host: scopes, conditions, results, background, cancellation, what is refused. */
#include <criterion/criterion.h>

#include "sim.h"

#define ENDS(s, step, want) cr_assert_str_eq(sim_end(s, step), want, "step %s", step)
#define IS(...)             cr_assert_str_eq(__VA_ARGS__)
#define WORKSPACE           "/work/1-j/r/r"
#define HEAD                "name: n\ndescription: d\n"

/* An action ./name in the workspace. */
static void has_action(struct sim *s, const char *name, const char *text)
{
	fake_put(s->host, arena_printf(&s->arena, WORKSPACE "/%s/action.yml", name).p, text);
}

/* A composite action ./name with these steps. */
static void has_steps(struct sim *s, const char *name, const char *steps)
{
	has_action(s, name, arena_printf(&s->arena, HEAD "runs:\n  using: composite\n  steps:\n%s", steps).p);
}

/* ---- scopes ---- */

Test(composite, inputs_outputs_and_steps_are_its_own)
{
	struct sim *s = sim_steps("      - {id: one, run: x}\n"
	                          "      - {id: a, uses: ./a, with: {WHO: me, extra: e}}\n"
	                          "      - {id: after, run: '${{ steps.a.outputs.said }}|${{ steps.in }}|${{ inputs.who }}'}\n");
	has_action(s, "a",
	           HEAD
	           "inputs: {who: {default: nobody}, where: {default: 'at ${{ github.job }}'}, none: {}}\n"
	           "outputs: {said: {value: '${{ steps.one.outputs.v }}+${{ inputs.where }}'}, other: {value: x}}\n"
	           "runs:\n  using: composite\n  steps:\n"
	           "  - {id: in, shell: bash, run: '${{ inputs.who }}|${{ inputs.where }}|${{ inputs.none }}|${{ inputs.extra "
	           "}}|${{ toJSON(steps) }}|${{ github.action_path }}|${{ github.action }}|${{ github.action_status }}'}\n"
	           "  - {id: one, shell: bash, run: x}\n");
	sim_start(s);
	fake_write(s->host, "one", "GITHUB_OUTPUT", "v=outside\n");
	sim_exit(s, "one", 0);
	IS(sim_script(s, "in"), "me|at j||e|{}|" WORKSPACE "/a|a|success");
	IS(fake_env(s->host, "in", "GITHUB_ACTION_PATH"), WORKSPACE "/a");
	IS(fake_env(s->host, "in", "GITHUB_ACTION"), "a");
	IS(fake_env(s->host, "in", "GITHUB_ACTION_REPOSITORY"), "");
	IS(fake_cwd(s->host, "in"), WORKSPACE);
	cr_assert_null(fake_env(s->host, "in", "INPUT_WHO"));
	sim_exit(s, "in", 0);
	fake_write(s->host, "one", "GITHUB_OUTPUT", "v=inside\n");
	sim_exit(s, "one", 0);
	IS(sim_script(s, "after"), "inside+at j||");
	cr_assert(sim_logged(s, "a", "Unexpected input(s) 'extra', valid inputs are ['who', 'where', 'none']"));
	cr_assert(sim_logged(s, "a", "  WHO: me"));
	cr_assert(sim_logged(s, "a", "Run ./a"));
	cr_assert_eq(sim_count(s, "step.start", "a"), 1);
	cr_assert_eq(sim_count(s, "step.end", "a"), 1);
	cr_assert_eq(sim_count(s, "step.start", "in"), 0, "one step for all");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(composite, nothing_declared_and_something_deprecated)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a, with: {x: 1, y: 2}}\n      - {id: b, uses: ./b, with: {old: 1}}\n");
	has_steps(s, "a", "  - {id: in, shell: sh, run: '${{ inputs.x }}'}\n");
	has_action(s, "b", HEAD "inputs: {old: {deprecationMessage: use new}}\nruns: {using: composite, steps: []}\n");
	sim_start(s);
	cr_assert(sim_logged(s, "a", "Unexpected input(s) 'x', 'y', valid inputs are ['']"));
	IS(sim_script(s, "in"), "1");
	sim_exit(s, "in", 0);
	cr_assert(sim_logged(s, "b", "Input 'old' has been deprecated with message: use new"));
	ENDS(s, "b", "success/success");
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(composite, variables)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a, env: {MINE: outer, BOTH: outer}}\n"
	                          "      - {id: after, run: '${{ env.NEW }}|${{ env.MINE }}|${{ steps.a.outputs.e }}'}\n");
	has_action(s, "a",
	           HEAD "outputs: {e: {value: '${{ env.MINE }}${{ env.NEW }}'}}\nruns:\n  using: composite\n  steps:\n"
	                "  - {id: i1, shell: bash, run: '${{ env.MINE }}|${{ env.BOTH }}', env: {BOTH: inner}}\n"
	                "  - {id: i2, shell: bash, run: '${{ env.MINE }}|${{ env.BOTH }}|${{ env.NEW }}'}\n"
	                "  - {id: n, uses: ./n, env: {DEEP: '1'}}\n");
	has_steps(s, "n", "  - {id: d, shell: bash, run: '${{ env.MINE }}|${{ env.DEEP }}|${{ env.NEW }}'}\n");
	sim_start(s);
	IS(sim_script(s, "i1"), "outer|inner");
	fake_write(s->host, "i1", "GITHUB_ENV", "NEW=1\nMINE=written\n");
	fake_write(s->host, "i1", "GITHUB_PATH", "/added\n");
	sim_exit(s, "i1", 0);
	IS(sim_script(s, "i2"), "outer|outer|1");
	IS(fake_env(s->host, "i2", "PATH"), "/added:/usr/bin:/bin");
	IS(fake_env(s->host, "i2", "MINE"), "outer");
	sim_exit(s, "i2", 0);
	IS(sim_script(s, "d"), "outer|1|1");
	fake_write(s->host, "d", "GITHUB_ENV", "NEW=2\nDEEP=9\n");
	sim_exit(s, "d", 0);
	IS(sim_script(s, "after"), "2|written|outer", "the action's own view is that of its beginning");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(composite, the_jobs_defaults_do_not_reach_in)
{
	struct sim *s = sim_new(
		"on: push\ndefaults: {run: {shell: sh, working-directory: sub}}\njobs:\n  j:\n    runs-on: ubuntu-latest\n"
		"    steps: [{id: a, uses: ./a}]\n");
	has_action(s, "a",
	           HEAD "inputs: {sh: {default: bash}}\nruns:\n  using: composite\n  steps:\n"
	                "  - {id: one, shell: '${{ inputs.sh }}', run: x}\n  - {id: two, shell: bash, run: x, working-directory: "
	                "there}\n");
	sim_start(s);
	IS(fake_path(s->host, "one"), "/usr/bin/bash");
	IS(fake_cwd(s->host, "one"), WORKSPACE);
	sim_exit(s, "one", 0);
	IS(fake_cwd(s->host, "two"), WORKSPACE "/there");
	sim_exit(s, "two", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

/* ---- results ---- */

Test(composite, after_a_failure_only_what_asks_for_it_runs)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n      - {id: after, run: x}\n"
	                          "      - {id: see, if: always(), run: '${{ steps.a.outputs.v }} ${{ steps.a.outcome }}'}\n");
	has_action(
		s, "a",
		HEAD
		"outputs: {v: {value: '${{ steps.bad.outcome }} ${{ steps.no.outcome }}'}}\nruns:\n  using: composite\n  steps:\n"
		"  - {id: bad, shell: bash, run: x}\n  - {id: no, shell: bash, run: x}\n"
		"  - {id: yes, shell: bash, run: '${{ github.action_status }} ${{ job.status }}', if: failure()}\n"
		"  - {id: ever, shell: bash, run: x, if: always()}\n");
	sim_start(s);
	sim_exit(s, "bad", 3);
	IS(sim_script(s, "yes"), "failure success");
	sim_exit(s, "yes", 0);
	sim_exit(s, "ever", 0);
	cr_assert_not(fake_was_started(s->host, "no"));
	ENDS(s, "a", "failure/failure");
	IS(sim_text(s, sim_event(s, "step.end", "a", 0), "reason"), "'Run x' failed: exit code 3");
	cr_assert(sim_logged(s, "a", "Process completed with exit code 3."));
	ENDS(s, "after", "skipped/skipped");
	IS(sim_script(s, "see"), "failure skipped failure");
	sim_exit(s, "see", 0);
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(composite, continue_on_error_inside_and_outside)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n      - {id: b, uses: ./b, continue-on-error: true}\n"
	                          "      - {id: after, run: '${{ steps.b.outcome }} ${{ steps.b.conclusion }}'}\n");
	has_steps(s, "a",
	          "  - {id: bad, shell: bash, run: x, continue-on-error: true}\n"
	          "  - {id: next, shell: bash, run: '${{ steps.bad.outcome }} ${{ steps.bad.conclusion }}'}\n");
	has_steps(s, "b", "  - {id: worse, shell: bash, run: x}\n");
	sim_start(s);
	sim_exit(s, "bad", 1);
	IS(sim_script(s, "next"), "failure success");
	sim_exit(s, "next", 0);
	ENDS(s, "a", "success/success");
	sim_exit(s, "worse", 1);
	ENDS(s, "b", "failure/success");
	IS(sim_script(s, "after"), "failure success");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(composite, errors_of_conditions_and_variables)
{
	struct sim *s =
		sim_steps("      - {id: a, uses: ./a}\n      - {id: b, uses: ./b, if: always()}\n      - {id: c, uses: ./c, if: "
	                  "always()}\n");
	has_steps(s, "a",
	          "  - {id: a1, shell: bash, run: x, if: \"fromJSON('{')\"}\n  - {id: a2, shell: bash, run: x, if: always()}\n");
	has_steps(s, "b",
	          "  - {id: b1, shell: bash, run: x, env: {A: \"${{ fromJSON('{') }}\"}}\n  - {id: b2, shell: bash, run: x, if: "
	          "always()}\n");
	has_action(s, "c",
	           HEAD
	           "inputs: {a: {default: \"${{ fromJSON('{') }}\"}}\nruns: {using: composite, steps: [{id: c1, run: x, shell: "
	           "bash}]}\n");
	sim_start(s);
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "The step condition is not valid."));
	cr_assert_not(fake_was_started(s->host, "a2"), "nothing more of it is looked at");
	cr_assert_not(fake_was_started(s->host, "b1"));
	sim_exit(s, "b2", 0);
	ENDS(s, "b", "failure/failure");
	cr_assert(sim_logged(s, "b", "The template is not valid. " WORKSPACE "/b/action.yml (Line: 6, Col: "));
	ENDS(s, "c", "failure/failure");
	cr_assert(sim_logged(s, "c", "The template is not valid. " WORKSPACE "/c/action.yml (Line: 3, Col: "));
	cr_assert_not(fake_was_started(s->host, "c1"));
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(composite, an_output_that_cannot_be_evaluated_fails_it)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
	has_action(s, "a",
	           HEAD "outputs: {o: {value: \"${{ fromJSON('{') }}\"}}\nruns: {using: composite, steps: [{id: i, run: x, "
	                "shell: bash}]}\n");
	sim_start(s);
	sim_exit(s, "i", 0);
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "The template is not valid. " WORKSPACE "/a/action.yml (Line: 3, Col: "));
	sim_free(s);
}

Test(composite, steps_share_ten_annotations)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
	has_steps(s, "a", "  - {id: one, run: x, shell: bash}\n  - {id: two, run: x, shell: bash}\n");
	sim_start(s);
	for (int i = 0; i < 7; i++)
		fake_output(s->host, "one", HOST_STDOUT, "::notice::n\n");
	sim_exit(s, "one", 0);
	for (int i = 0; i < 7; i++)
		fake_output(s->host, "two", HOST_STDOUT, "::notice::n\n::warning::w\n");
	sim_exit(s, "two", 0);
	cr_assert_eq(sim_count(s, "annotation", "a"), 17);
	sim_free(s);
}

/* ---- files ---- */

Test(composite, files_that_are_not_there_or_not_right)
{
	static const char *const cases[][3] = {
		{ NULL, NULL,
		  "Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '" WORKSPACE "/a'. Did you forget to run "
		  "actions/checkout before running your local action?" },
		{ "action.yml", HEAD, "Top level 'runs:' section is required for " WORKSPACE "/a/action.yml" },
		{ "action.yaml", HEAD "runs: {using: node7, main: a}\n",
		  "'using: node7' is not supported, use 'docker', 'node12', 'node16', 'node20' or 'node24' instead." },
		{ "action.yml", "runs: {using: composite, steps: [{run: a, shell: bash, background: true}]}\n",
		  WORKSPACE "/a/action.yml (Line: 1, Col: 56): Unexpected value 'background'" },
		{ "action.yml", "runs: {using: composite, steps: [{run: a, shell: bash, timeout-minutes: 1}]}\n",
		  WORKSPACE "/a/action.yml (Line: 1, Col: 56): Unexpected value 'timeout-minutes'" },
		{ "action.yml", "runs: {using: composite, steps: [{run: a}]}\n",
		  WORKSPACE "/a/action.yml (Line: 1, Col: 34): Required property is missing: shell" },
		{ "action.yml", "runs: {using: composite, steps: [{run: '${{ secrets.A }}', shell: sh}]}\n",
		  WORKSPACE "/a/action.yml (Line: 1, Col: 40): Unrecognized named-value: 'secrets'." },
		{ "action.yml", "runs: {using: composite, main: a, steps: []}\n",
		  WORKSPACE "/a/action.yml (Line: 1, Col: 26): Unexpected value 'main'" },
		{ "action.yml", HEAD "runs: &x {using: composite, steps: []}\n",
		  "Anchors are not currently supported. Remove the anchor 'x'" },
		{ "action.yml", "runs: [\n", WORKSPACE "/a/action.yml" },
		{ "action.yml", "", WORKSPACE "/a/action.yml (Line: 1, Col: 1): The file is empty" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim *s = sim_steps("      - {id: a, uses: ./x/../a}\n");
		if (cases[i][0])
			fake_put(s->host, arena_printf(&s->arena, WORKSPACE "/a/%s", cases[i][0]).p, cases[i][1]);
		sim_start(s);
		ENDS(s, "a", "failure/failure");
		cr_assert(sim_logged(s, "a", cases[i][2]), "case %zu", i);
		if (i > 1)
			cr_assert(sim_logged(s, "a", "Failed to load " WORKSPACE "/a/action.y"), "case %zu", i);
		cr_assert_eq(sim_count(s, "step.start", "a"), 1);
		cr_assert_not(run_unsupported(s->run));
		sim_free(s);
	}
}

Test(composite, what_the_runner_does_not_know_it_ignores)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
	has_action(s, "a",
	           "other: [1]\nbranding: {icon: none, color: pink}\ninputs: {a: {type: boolean, required: true}}\n"
	           "runs: {using: composite, steps: [{id: i, run: x, shell: bash}]}\n");
	sim_start(s);
	sim_exit(s, "i", 0);
	ENDS(s, "a", "success/success");
	sim_free(s);
}

Test(composite, the_file_may_be_made_by_an_earlier_step)
{
	struct sim *s = sim_steps("      - {id: make, run: x}\n      - {id: a, uses: ./a}\n      - {id: own, uses: $/b}\n");
	fake_put(s->host, "/src/b/action.yml", HEAD "runs: {using: composite, steps: [{id: j, run: x, shell: bash}]}\n");
	sim_start(s);
	has_steps(s, "a", "  - {id: i, run: x, shell: bash}\n");
	sim_exit(s, "make", 0);
	sim_exit(s, "i", 0);
	ENDS(s, "a", "success/success");
	IS(fake_env(s->host, "j", "GITHUB_ACTION_PATH"), "/src/b");
	sim_exit(s, "j", 0);
	ENDS(s, "own", "success/success");
	sim_free(s);
}

Test(composite, names_of_folders)
{
	static const char *const names[][2] = { { "./", WORKSPACE },
		                                { "./a/", WORKSPACE "/a" },
		                                { "./a/./b/..", WORKSPACE "/a" },
		                                { "./../r/a", WORKSPACE "/a" },
		                                { "$/a", "/src/a" } };
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct arena a = { 0 };
		struct sim *s = sim_steps(arena_printf(&a, "      - {id: a, uses: %s}\n", names[i][0]).p);
		fake_put(s->host, arena_printf(&a, "%s/action.yml", names[i][1]).p,
		         HEAD "runs: {using: composite, steps: [{id: i, run: x, shell: bash}]}\n");
		sim_start(s);
		IS(fake_env(s->host, "i", "GITHUB_ACTION_PATH"), names[i][1]);
		sim_exit(s, "i", 0);
		ENDS(s, "a", "success/success");
		sim_free(s);
		arena_done(&a);
	}
}

Test(composite, at_its_place_when_all_is_sequential)
{
	struct sim *s = sim_steps("      - {id: b, uses: ./a, background: true}\n      - {id: c, run: '${{ env.E }}'}\n"
	                          "      - {wait: b}\n      - {id: d, run: '${{ env.E }}'}\n");
	has_steps(s, "a", "  - {id: i1, run: x, shell: bash}\n  - {id: i2, run: x, shell: bash}\n");
	s->opt.sequential = true;
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 1);
	fake_write(s->host, "i1", "GITHUB_ENV", "E=1\n");
	sim_exit(s, "i1", 0);
	cr_assert_eq(fake_running(s->host), 1);
	sim_exit(s, "i2", 0);
	IS(sim_script(s, "c"), "");
	sim_exit(s, "c", 0);
	IS(sim_script(s, "d"), "1");
	sim_exit(s, "d", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(composite, no_deeper_than_nine)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
	has_steps(s, "a", "  - {shell: bash, run: x}\n  - {id: again, uses: ./a}\n");
	fake_auto_exit(s->host, 1, 0);
	sim_start(s);
	sim_finish(s);
	ENDS(s, "a", "failure/failure");
	cr_assert_eq(fake_count(s->host), 9);
	cr_assert(sim_logged(s, "a", "Composite action depth exceeded max depth 9"));
	sim_free(s);
}

Test(composite, other_kinds_fail_by_name)
{
	struct sim *s =
		sim_steps("      - {id: make, run: x}\n      - {id: a, uses: ./a}\n      - {id: b, uses: ./b, if: always()}\n"
	                  "      - {id: c, uses: ./c, if: always()}\n");
	sim_start(s);
	has_action(s, "a", HEAD "runs: {using: docker, image: Dockerfile}\n");
	has_steps(s, "b", "  - {uses: o/r@v1}\n  - {id: never, run: x, shell: bash}\n");
	fake_put(s->host, WORKSPACE "/c/Dockerfile", "FROM x\n");
	sim_exit(s, "make", 0);
	cr_assert(sim_logged(s, "a", "the action './a' on line 7 cannot run: container actions are not available"));
	cr_assert(sim_logged(s, "b", "the action 'o/r@v1' on line 6 of " WORKSPACE "/b/action.yml cannot run: actions of other"));
	cr_assert(sim_logged(s, "c", "the action './c' on line 9 cannot run: container actions are not available"));
	cr_assert_not(fake_was_started(s->host, "never"));
	cr_assert(run_unsupported(s->run));
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(composite, what_the_source_tree_shows_is_said_beforehand)
{
	static const char *const actions[] = { HEAD "runs: {using: docker, image: Dockerfile}\n",
		                               HEAD "runs: {using: composite, steps: [{uses: ./a, if: false}, {uses: ./b}]}\n",
		                               HEAD "runs: {using: composite, steps: [{uses: o/r@v1}]}\n" };
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		struct sim *s = sim_steps("      - {id: first, run: x}\n      - {id: a, uses: ./a}\n");
		fake_put(s->host, "/src/a/action.yml", actions[i]);
		fake_put(s->host, "/src/b/action.yml", actions[0]);
		sim_start(s);
		cr_assert(fake_is_running(s->host, "first"), "case %zu", i);
		cr_assert(sim_logged(s, "", "are not available in this version of sidestep; the step fails if it is reached"));
		cr_assert_not(run_unsupported(s->run), "it was not reached");
		fake_put(s->host, WORKSPACE "/a/action.yml", actions[i]);
		fake_put(s->host, WORKSPACE "/b/action.yml", actions[0]);
		sim_exit(s, "first", 0);
		sim_finish(s);
		cr_assert(run_unsupported(s->run));
		IS(sim_conclusion(s), "failure");
		sim_free(s);
	}
}

Test(composite, in_a_called_workflow)
{
	for (int other = 0; other < 2; other++) {
		struct sim *s = sim_new("on: push\njobs:\n  call: {uses: ./.github/workflows/c.yml, with: {x: flow}}\n");
		sim_called(s, "./.github/workflows/c.yml",
		           "on: {workflow_call: {inputs: {x: {type: string}}}}\njobs:\n  j:\n    runs-on: ubuntu-latest\n"
		           "    steps: [{id: a, uses: $/a, with: {y: '${{ inputs.x }}'}}]\n");
		s->called.v[0].repository = other ? STR("o/other") : STR_EMPTY;
		fake_put(s->host, "/src/a/action.yml",
		         HEAD "inputs: {y: {}}\nruns: {using: composite, steps: [{id: i, run: '${{ inputs.y }}|${{ inputs.x }}', "
		              "shell: bash}]}\n");
		sim_start(s);
		if (other) {
			cr_assert_eq(fake_count(s->host), 0);
			cr_assert(run_unsupported(s->run), "$/ is in the other repository");
		} else {
			IS(sim_script(s, "i"), "flow|");
			sim_exit(s, "i", 0);
			IS(sim_conclusion(s), "success");
		}
		sim_free(s);
	}
}

Test(composite, in_a_dry_run_its_steps_are_named)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n      - {id: b, uses: ./b}\n");
	fake_put(s->host, "/src/a/action.yml", HEAD "runs: {using: composite, steps: [{run: x, shell: bash, name: Build}]}\n");
	s->opt.dry_run = true;
	sim_start(s);
	cr_assert(sim_logged(s, "a", "dry run: 'Build' was not started"));
	cr_assert(sim_logged(s, "b", "dry run: the action was not started"));
	cr_assert_eq(fake_count(s->host), 0);
	ENDS(s, "a", "skipped/skipped");
	sim_free(s);
}

Test(composite, checkout_inside)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
	has_steps(s, "a", "  - {id: co, uses: actions/checkout@v4, with: {path: sub}}\n  - {id: i, run: x, shell: bash}\n");
	sim_start(s);
	IS(fake_path(s->host, "co"), "/usr/bin/sidestep");
	sim_exit(s, "co", 0);
	sim_exit(s, "i", 0);
	ENDS(s, "a", "success/success");
	sim_free(s);
}

Test(composite, actions_without_end_can_be_stopped)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
	struct buf steps = BUF_INIT;
	for (int i = 0; i < 30; i++)
		buf_adds(&steps, "  - {uses: ./a, continue-on-error: true}\n");
	has_steps(s, "a", buf_cstr(&steps));
	sim_start(s);
	for (int i = 0; i < (SIM_SANITIZED ? 3 : 20); i++)
		engine_turn(s->engine, 0);
	IS(sim_conclusion(s), "");
	engine_cancel(s->engine, 1);
	sim_finish(s);
	ENDS(s, "a", "cancelled/cancelled");
	sim_free(s);
	buf_done(&steps);
}

/* ---- in the background ---- */

Test(composite, in_the_background_everything_waits_for_the_join)
{
	struct sim *s = sim_steps("      - {id: b, uses: ./a, background: true, env: {OWN: o}}\n"
	                          "      - {id: f, run: '${{ env.E }}|${{ toJSON(steps) }}'}\n      - {id: w, wait: b}\n"
	                          "      - {id: after, run: '${{ env.E }}|${{ steps.b.outputs.v }}|${{ env.OWN }}'}\n");
	has_action(s, "a",
	           HEAD "outputs: {v: {value: '${{ steps.i1.outputs.v }}'}}\nruns:\n  using: composite\n  steps:\n"
	                "  - {id: i1, run: x, shell: bash}\n"
	                "  - {id: i2, run: '${{ env.E }}|${{ steps.i1.outputs.v }}|${{ env.OWN }}', shell: bash}\n");
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 2);
	fake_write(s->host, "i1", "GITHUB_OUTPUT", "v=1\n");
	fake_write(s->host, "i1", "GITHUB_ENV", "E=new\nOWN=w\n");
	fake_write(s->host, "i1", "GITHUB_PATH", "/added\n");
	sim_exit(s, "i1", 0);
	IS(sim_script(s, "i2"), "new|1|o");
	IS(fake_env(s->host, "i2", "PATH"), "/added:/usr/bin:/bin");
	sim_exit(s, "i2", 0);
	ENDS(s, "b", "success/success");
	IS(sim_script(s, "f"), "|{}");
	sim_exit(s, "f", 0);
	IS(sim_script(s, "after"), "new|1|w");
	IS(fake_env(s->host, "after", "PATH"), "/added:/usr/bin:/bin");
	IS(sim_text(s, val_at(sim_event(s, "step.join", "b", 0), "outputs"), "v"), "1");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(composite, it_takes_one_slot)
{
	struct sim *s = sim_steps("      - {id: b, uses: ./a, background: true}\n      - {id: c, run: x, background: true}\n"
	                          "      - {id: d, run: x, background: true}\n");
	s->opt.max_background = 2;
	has_steps(s, "a", "  - {id: n, uses: ./n}\n");
	has_steps(s, "n", "  - {id: i1, run: x, shell: bash}\n  - {id: i2, run: x, shell: bash}\n");
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 2);
	sim_exit(s, "i1", 0);
	cr_assert(fake_is_running(s->host, "i2"));
	cr_assert_not(fake_was_started(s->host, "d"));
	sim_exit(s, "i2", 0);
	cr_assert(fake_is_running(s->host, "d"));
	sim_exit(s, "c", 0);
	sim_exit(s, "d", 0);
	IS(sim_conclusion(s), "success");
	IS(sim_text(s, sim_event(s, "run.end", NULL, 0), "side_by_side"), "2");
	sim_free(s);
}

Test(composite, cancel_stops_it_whole)
{
	struct sim *s = sim_steps("      - {id: b, uses: ./a, background: true}\n      - {id: c, cancel: b}\n"
	                          "      - {id: after, run: '${{ steps.b.outcome }}'}\n");
	has_steps(s, "a", "  - {id: n, uses: ./n}\n  - {id: i2, run: x, shell: bash, if: always()}\n");
	has_steps(s, "n", "  - {id: i1, run: x, shell: bash, if: always()}\n  - {id: i3, run: x, shell: bash, if: always()}\n");
	sim_start(s);
	IS(fake_signals(s->host, "i1"), "2");
	sim_pass(s, 7.6);
	IS(fake_signals(s->host, "i1"), "2 15");
	sim_pass(s, 2.6);
	ENDS(s, "b", "cancelled/cancelled");
	cr_assert_not(fake_was_started(s->host, "i2"));
	cr_assert_not(fake_was_started(s->host, "i3"));
	IS(sim_script(s, "after"), "cancelled");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

/* ---- time and cancellation ---- */

Test(composite, its_time_limit_holds_for_all_of_it)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a, timeout-minutes: 1}\n");
	has_steps(s, "a",
	          "  - {id: i1, run: x, shell: bash}\n  - {id: i2, run: x, shell: bash}\n  - {id: i3, run: x, shell: bash, if: "
	          "always()}\n");
	fake_on_signal(s->host, NULL, 2, FAKE_DIES);
	sim_start(s);
	sim_pass(s, 40);
	sim_exit(s, "i1", 0);
	sim_pass(s, 21);
	sim_turn(s);
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "The action has timed out."));
	IS(sim_text(s, sim_event(s, "step.end", "a", 0), "reason"), "timed out after 1 minute");
	cr_assert_not(fake_was_started(s->host, "i3"));
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(composite, cancelling_the_job_reaches_the_running_step)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a, if: always()}\n      - {id: after, run: x}\n");
	has_steps(s, "a",
	          "  - {id: i1, run: x, shell: bash}\n  - {id: i2, run: x, shell: bash}\n  - {id: i3, run: x, shell: bash, if: "
	          "cancelled()}\n");
	fake_on_signal(s->host, NULL, 2, FAKE_DIES);
	sim_start(s);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	IS(fake_signals(s->host, "i1"), "2 9");
	cr_assert_not(fake_was_started(s->host, "i2"));
	cr_assert(fake_is_running(s->host, "i3"), "its condition holds");
	sim_exit(s, "i3", 0);
	ENDS(s, "a", "cancelled/cancelled");
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(composite, a_step_whose_condition_still_holds_is_left_alone)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
	has_steps(s, "a", "  - {id: n, uses: ./n}\n  - {id: i2, run: x, shell: bash}\n");
	has_steps(s, "n", "  - {id: i1, run: x, shell: bash, if: always()}\n");
	sim_start(s);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	IS(fake_signals(s->host, "i1"), "");
	sim_exit(s, "i1", 0);
	cr_assert_not(fake_was_started(s->host, "i2"));
	ENDS(s, "a", "cancelled/cancelled");
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(composite, killing_ends_it)
{
	struct sim *s = sim_steps("      - {id: b, uses: ./a, background: true}\n      - {id: a, uses: ./a}\n");
	has_steps(s, "a", "  - {id: i1, run: x, shell: bash, if: always()}\n  - {id: i2, run: x, shell: bash, if: always()}\n");
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 2);
	engine_cancel(s->engine, 3);
	sim_finish(s);
	ENDS(s, "a", "cancelled/cancelled");
	ENDS(s, "b", "cancelled/cancelled");
	cr_assert_not(fake_was_started(s->host, "i2"));
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(composite, many_of_them)
{
	struct buf steps = BUF_INIT;
	for (int i = 0; i < 300; i++)
		buf_addf(&steps, "      - {uses: ./a%s}\n", i % 2 ? ", background: true" : "");
	struct sim *s = sim_steps(buf_cstr(&steps));
	has_steps(s, "a", "  - {run: x, shell: bash, if: false}\n  - {uses: ./n}\n  - {uses: ./n}\n  - {uses: ./n}\n");
	has_steps(s, "n", "  - {run: x, shell: bash, if: false}\n");
	sim_start(s);
	sim_finish(s);
	cr_assert_eq(sim_count(s, "run.end", NULL), 1);
	cr_assert_eq(fake_count(s->host), 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
	buf_done(&steps);
}
