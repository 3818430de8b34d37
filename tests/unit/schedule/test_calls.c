/* Jobs that call a workflow, on the fake host: names, inputs, secrets, outputs, results, cancellation. */
#include <criterion/criterion.h>

#include "sim.h"

#define IS(...) cr_assert_str_eq(__VA_ARGS__)

static const char *result_of(struct sim *s, const char *job)
{
	return sim_text(s, val_at(sim_event(s, "run.end", NULL, 0), "jobs"), job);
}

static struct val start_of(struct sim *s, const char *job)
{
	for (int n = 0;; n++) {
		struct val e = sim_event(s, "job.start", NULL, n);
		if (e.kind == VAL_NULL || strcmp(sim_text(s, e, "job"), job) == 0)
			return e;
	}
}

#define CALLED                                                                                                                   \
	"on:\n  workflow_call:\n    inputs: {who: {type: string, default: 'nobody of ${{ github.ref }}'}, loud: {type: "         \
	"boolean}, n: "                                                                                                          \
	"{type: number}}\n"                                                                                                      \
	"    secrets: {key: {required: true}}\n    outputs: {said: {value: '${{ jobs.say.outputs.said }}!'}, none: {value: "     \
	"'${{ jobs.say.outputs.nothing }}'}, state: {value: '${{ jobs.say.result }}'}}\n"                                        \
	"env: {E: '${{ inputs.who }}'}\njobs:\n  say:\n    runs-on: ubuntu-latest\n    outputs: {said: '${{ "                    \
	"steps.s.outputs.said "                                                                                                  \
	"}}'}\n    steps: [{id: s, run: '${{ env.E }} ${{ env.OUTER }} ${{ inputs.loud }} ${{ inputs.n }} ${{ secrets.key }} "   \
	"${{ "                                                                                                                   \
	"secrets.other }} ${{ github.job }} ${{ job.workflow_ref }} ${{ github.workflow }} ${{ toJSON(matrix) }} ${{ "           \
	"toJSON(needs) }}'}]\n"

Test(calls, inputs_secrets_and_outputs)
{
	struct sim *s =
		sim_new("on: push\nname: Top\nenv: {OUTER: no}\njobs:\n  call:\n    uses: ./.github/workflows/c.yml\n"
	                "    with: {who: 'me', loud: true, n: 7}\n    secrets: {key: '${{ secrets.a }}'}\n"
	                "  after: {runs-on: ubuntu-latest, needs: call, steps: [{id: t, run: '${{ toJSON(needs) }}'}]}\n");
	sim_called(s, "./.github/workflows/c.yml", CALLED);
	val_set_str(&s->arena, s->opt.secrets, "a", STR("secret-a"));
	val_set_str(&s->arena, s->opt.secrets, "other", STR("secret-other"));
	sim_start(s);
	IS(sim_text(s, start_of(s, "call"), "uses"), "./.github/workflows/c.yml");
	IS(sim_text(s, start_of(s, "call / say"), "name"), "call / say");
	IS(sim_text(s, start_of(s, "call / say"), "job_id"), "say");
	IS(sim_script(s, "s"), "me  true 7 secret-a  say o/r/.github/workflows/c.yml@refs/heads/main Top null {}");
	fake_write(s->host, "s", "GITHUB_OUTPUT", "said=hello\n");
	sim_exit(s, "s", 0);
	IS(sim_script(s, "t"),
	   "{\n  \"call\": {\n    \"result\": \"success\",\n    \"outputs\": {\n      \"said\": \"hello!\",\n      "
	   "\"state\": \"success\"\n    }\n  }\n}");
	sim_exit(s, "t", 0);
	IS(result_of(s, "call"), "success");
	IS(result_of(s, "call / say"), "success");
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(calls, defaults_and_inherited_secrets)
{
	struct sim *s = sim_new("on: push\njobs:\n  call: {uses: ./.github/workflows/c.yml, secrets: inherit}\n");
	sim_called(s, "./.github/workflows/c.yml", CALLED);
	val_set_str(&s->arena, s->opt.secrets, "key", STR("secret-key"));
	val_set_str(&s->arena, s->opt.secrets, "other", STR("secret-other"));
	sim_start(s);
	cr_assert(strstr(sim_script(s, "s"), "nobody of refs/heads/main  false 0 secret-key secret-other say"), "%s",
	          sim_script(s, "s"));
	sim_free(s);
}

Test(calls, a_value_of_the_wrong_kind_fails_the_call)
{
	struct sim *s = sim_new("on: push\njobs:\n  call: {uses: ./.github/workflows/c.yml, secrets: inherit, with: {n: \"${{ "
	                        "github.ref }}\"}}\n  after: {needs: call, runs-on: ubuntu-latest, steps: [{run: x}]}\n");
	sim_called(s, "./.github/workflows/c.yml", CALLED);
	sim_start(s);
	cr_assert(sim_logged(s, NULL,
	                     "Error when evaluating 'with' for job 'call'. .github/workflows/t.yml (Line: 3, Col: 71): "
	                     "Unexpected value 'refs/heads/main'"));
	IS(result_of(s, "call"), "failure");
	IS(result_of(s, "after"), "skipped");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(calls, matrix_over_a_call_with_fail_fast)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  call:\n    uses: ./.github/workflows/c.yml\n    strategy: {matrix: {n: [1, 2, 3]}, "
	                "max-parallel: 2}\n    with: {n: '${{ matrix.n }}'}\n");
	sim_called(s, "./.github/workflows/c.yml",
	           "on: {workflow_call: {inputs: {n: {type: number}}}}\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{id: s, "
	           "run: '${{ "
	           "inputs.n }}'}]}\n");
	sim_start(s);
	IS(sim_text(s, start_of(s, "call (2) / j"), "name"), "call (2) / j");
	cr_assert_eq(fake_running(s->host), 2);
	sim_exit(s, "s", 1);
	sim_pass(s, 20);
	sim_finish(s);
	IS(result_of(s, "call (2)"), "failure", "the last to begin ended first");
	IS(result_of(s, "call (1)"), "cancelled");
	IS(result_of(s, "call (3)"), "cancelled");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(calls, nested_calls_skips_and_needs)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  a: {uses: ./.github/workflows/mid.yml}\n  skipped: {if: false, uses: "
	                "./.github/workflows/mid.yml}\n  z: {needs: [a, skipped], if: always(), runs-on: ubuntu-latest, steps: "
	                "[{id: z, run: '${{ needs.a.outputs.o }} ${{ needs.skipped.result }}'}]}\n");
	sim_called(s, "./.github/workflows/mid.yml",
	           "on: {workflow_call: {outputs: {o: {value: '${{ jobs.deep.outputs.o }}'}}}}\njobs:\n  first: {runs-on: "
	           "ubuntu-latest, steps: [{id: f, run: x}]}\n  deep: {needs: first, uses: ./.github/workflows/low.yml}\n");
	sim_called(s, "./.github/workflows/low.yml",
	           "on: {workflow_call: {outputs: {o: {value: 'v${{ jobs.l.outputs.o }}'}}}}\njobs:\n  l: {name: Low, runs-on: "
	           "ubuntu-latest, outputs: {o: '${{ steps.l.outputs.o }}'}, steps: [{id: l, run: x}]}\n");
	sim_start(s);
	sim_exit(s, "f", 0);
	IS(sim_text(s, start_of(s, "a / deep / l"), "name"), "a / deep / Low");
	fake_write(s->host, "l", "GITHUB_OUTPUT", "o=1\n");
	sim_exit(s, "l", 0);
	IS(sim_script(s, "z"), "v1 skipped");
	sim_exit(s, "z", 0);
	IS(result_of(s, "skipped"), "skipped");
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(calls, cancellation_reaches_the_called_jobs)
{
	struct sim *s = sim_new("on: push\njobs:\n  a: {uses: ./.github/workflows/c.yml}\n");
	sim_called(s, "./.github/workflows/c.yml",
	           "on: workflow_call\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{id: s, run: x}, {id: t, if: always(), run: "
	           "x}]}\n"
	           "  k: {needs: j, runs-on: ubuntu-latest, steps: [{run: x}]}\n  l: {needs: j, if: cancelled(), runs-on: "
	           "ubuntu-latest, steps: [{id: u, run: x}]}\n");
	sim_start(s);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	sim_exit(s, "s", 130);
	sim_exit(s, "t", 0);
	sim_exit(s, "u", 0);
	IS(result_of(s, "a / j"), "cancelled");
	IS(result_of(s, "a / k"), "cancelled");
	IS(result_of(s, "a / l"), "success");
	IS(result_of(s, "a"), "cancelled");
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(calls, concurrency_of_the_called_file_holds_the_call)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  a: {uses: ./.github/workflows/c.yml}\n  b: {uses: ./.github/workflows/c.yml}\n");
	sim_called(s, "./.github/workflows/c.yml",
	           "on: workflow_call\nconcurrency: deploy\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{id: s, run: x}]}\n");
	sim_start(s);
	cr_assert_eq(start_of(s, "b / j").kind, VAL_NULL);
	sim_exit(s, "s", 0);
	cr_assert_neq(start_of(s, "b / j").kind, VAL_NULL);
	sim_exit(s, "s", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}
