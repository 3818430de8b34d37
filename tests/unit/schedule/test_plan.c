/* Dry runs on the fake host: what is known is evaluated, what only a run can know stays as it is written, and nothing starts. */
#include <criterion/criterion.h>

#include "sim.h"

#define IS(...) cr_assert_str_eq(__VA_ARGS__)

/* The n-th plan of that step (0: of the step itself, then of the steps of its action). */
static struct val plan_of(struct sim *s, const char *step, int n)
{
	return sim_event(s, "plan", step, n);
}

static const char *planned(struct sim *s, const char *step, const char *key)
{
	return sim_text(s, plan_of(s, step, 0), key);
}

static struct sim *plan_steps(const char *steps)
{
	struct sim *s = sim_steps(steps);
	s->opt.dry_run = true;
	return s;
}

/* The command of a step `a` with this text, behind a step `o` that has run. */
static void commands_are(const char *const (*rows)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		struct sim *s = plan_steps(arena_printf(&a,
		                                        "      - {id: o, run: 'echo X=1 >> $GITHUB_ENV'}\n      - id: a\n"
		                                        "        env: {OWN: mine, LATE: '${{ steps.o.outputs.v }}'}\n"
		                                        "        run: \"%s\"\n",
		                                        rows[i][0])
		                                   .p);
		val_set_str(&s->arena, s->opt.vars, "COLOUR", STR("red"));
		sim_start(s);
		cr_expect_str_eq(planned(s, "a", "command"), rows[i][1], "%s", rows[i][0]);
		cr_assert_eq(fake_count(s->host), 0);
		IS(sim_conclusion(s), "skipped");
		sim_free(s);
		arena_done(&a);
	}
}

Test(plan, what_is_not_known_stays_as_it_is_written)
{
	static const char *const rows[][2] = {
		{ "plain", "plain" },
		{ "${{ github.ref }} ${{ vars.COLOUR }}", "refs/heads/main red" },
		{ "${{ steps.o.outputs.v }}", "${{ steps.o.outputs.v }}" },
		{ "a ${{ github.ref }} b ${{steps.o.outputs.v}} c ${{ 1 }}", "a refs/heads/main b ${{steps.o.outputs.v}} c 1" },
		{ "${{ steps.o.outputs.v || 'x' }}", "${{ steps.o.outputs.v || 'x' }}" },
		{ "${{ 'x' || steps.o.outputs.v }}", "x" },
		{ "${{ false && steps.o.outputs.v }}", "false" },
		{ "${{ steps.o.outcome }}${{ steps.o.conclusion }}", "${{ steps.o.outcome }}${{ steps.o.conclusion }}" },
		{ "${{ steps.nobody.outputs.v }}.", "." },
		{ "${{ format('{0}', steps.o.outputs.v) }}", "${{ format('{0}', steps.o.outputs.v) }}" },
		{ "${{ format('{0}!', github.ref) }}", "refs/heads/main!" },
		{ "${{ contains(steps.*.outcome, 'failure') }}", "${{ contains(steps.*.outcome, 'failure') }}" },
		{ "${{ toJSON(steps) }}", "${{ toJSON(steps) }}" },
		{ "${{ join(steps.*.outputs.v, ',') }}", "${{ join(steps.*.outputs.v, ',') }}" },
		{ "${{ join(steps.*.outputs.*) }}", "${{ join(steps.*.outputs.*) }}" },
		{ "${{ contains(env.*, 'x') }}", "${{ contains(env.*, 'x') }}" },
		{ "${{ join(vars.*, ',') }}", "red" },
		{ "${{ job.status }}", "${{ job.status }}" },
		{ "${{ github.workspace }}/x in ${{ runner.temp }}", "${{ github.workspace }}/x in ${{ runner.temp }}" },
		{ "${{ github.run_id }} ${{ github.ref }}", "${{ github.run_id }} refs/heads/main" },
		{ "${{ env.OWN }} ${{ env.LATE }}", "mine ${{ env.LATE }}" },
		{ "${{ env.X }} ${{ env['Y'] }}", "${{ env.X }} ${{ env['Y'] }}" }, /* GITHUB_ENV may have brought them */
		{ "'}}' ${{ '}}' }} ${{ steps.o.outputs.v }}", "'}}' }} ${{ steps.o.outputs.v }}" },
		{ "${{ case(steps.o.outputs.v == '1', 'a', 'b') }}", "${{ case(steps.o.outputs.v == '1', 'a', 'b') }}" },
	};
	commands_are(rows, ARRAY_LEN(rows));
}

/* Before anything has run all variables are known; a script that writes one of them takes that away. */
Test(plan, variables)
{
	struct sim *s = sim_new("on: push\nenv: {A: a, B: b}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n"
	                        "      - {id: a, run: '${{ env.A }}${{ env.B }}${{ env.C }}.'}\n"
	                        "      - {id: w, run: 'echo A=x >> $GITHUB_ENV'}\n"
	                        "      - {id: b, run: '${{ env.A }} ${{ env.B }} ${{ env.C }}'}\n");
	s->opt.dry_run = true;
	sim_start(s);
	IS(planned(s, "a", "command"), "ab.");
	IS(planned(s, "b", "command"), "${{ env.A }} b ${{ env.C }}");
	sim_free(s);
}

Test(plan, conditions)
{
	static const struct {
		const char *condition, *runs, *reason;
	} rows[] = {
		{ "true", "yes", "" },
		{ "github.ref == 'refs/heads/main'", "yes", "" },
		{ "github.ref == 'x'", "no", NULL },
		{ "steps.o.outputs.v == '1'", "maybe", "steps.o.outputs.v" },
		{ "steps.o.outputs.v == '1' && github.ref == 'x'", "no", NULL },
		{ "github.ref == 'x' && steps.o.outputs.v == '1'", "no", NULL },
		{ "steps.o.outputs.v == '1' || true", "yes", "" },
		{ "${{ !(steps.o.outputs.v == '1' && false) }}", "yes", "" },
		{ "always()", "yes", "" },
		{ "'${{ !cancelled() }}'", "yes", "" },
		{ "failure()", "after-failure", NULL },
		{ "failure() && steps.o.outcome == 'failure'", "after-failure", NULL },
		{ "failure() && github.ref == 'x'", "no", NULL },
		{ "cancelled()", "after-cancellation", NULL },
		{ "always() && steps.o.conclusion == 'failure'", "maybe", "steps.o.conclusion" },
		{ "steps.skipped.outcome == 'skipped'", "yes", "" },
		{ "hashFiles('x') != ''", "maybe", "hashFiles('x')" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = { 0 };
		struct sim *s = plan_steps(arena_printf(&a,
		                                        "      - {id: skipped, if: false, run: x}\n      - {id: o, run: x}\n"
		                                        "      - id: a\n        if: %s\n        run: y\n",
		                                        rows[i].condition)
		                                   .p);
		sim_start(s);
		cr_expect_str_eq(planned(s, "a", "runs"), rows[i].runs, "%s", rows[i].condition);
		if (rows[i].reason)
			cr_expect_str_eq(planned(s, "a", "reason"), rows[i].reason, "%s", rows[i].condition);
		IS(sim_end(s, "a"), "skipped/skipped");
		sim_free(s);
		arena_done(&a);
	}
}

Test(plan, outputs_go_from_job_to_job)
{
	struct sim *s = sim_new("on: push\njobs:\n"
	                        "  one:\n    runs-on: ubuntu-latest\n    outputs: {known: k, late: 'v${{ steps.o.outputs.v }}'}\n"
	                        "    steps: [{id: o, run: x}]\n"
	                        "  off: {if: false, runs-on: ubuntu-latest, steps: [{run: x}]}\n"
	                        "  two:\n    needs: [one, off]\n    if: always()\n    runs-on: ubuntu-latest\n    steps:\n"
	                        "      - {id: a, run: '${{ needs.one.outputs.known }} ${{ needs.one.outputs.late }} "
	                        "${{ needs.one.outputs.none }}|${{ needs.one.result }} ${{ needs.off.result }}'}\n");
	s->opt.dry_run = true;
	sim_start(s);
	IS(planned(s, "a", "command"), "k ${{ needs.one.outputs.late }} |${{ needs.one.result }} skipped");
	sim_free(s);
}

Test(plan, a_matrix_that_only_a_run_knows)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n"
	                "    outputs: {m: '${{ steps.o.outputs.v }}'}\n    steps: [{id: o, run: x}]\n"
	                "  two:\n    needs: one\n    runs-on: '${{ matrix.os }}'\n    strategy: {matrix: '${{ "
	                "fromJSON(needs.one.outputs.m) }}'}\n    steps: [{id: a, run: '${{ matrix.x }} ${{ github.ref }}'}]\n");
	s->opt.dry_run = true;
	sim_start(s);
	IS(planned(s, "a", "command"), "${{ matrix.x }} refs/heads/main");
	IS(sim_conclusion(s), "skipped");
	sim_free(s);
}

Test(plan, jobs_that_may_run)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  one: {runs-on: ubuntu-latest, outputs: {v: '${{ steps.o.outputs.v }}'}, steps: "
	                "[{id: o, run: x}]}\n"
	                "  may: {needs: one, if: \"needs.one.outputs.v == '1'\", runs-on: ubuntu-latest, steps: [{run: x}]}\n"
	                "  sad: {needs: one, if: failure(), runs-on: ubuntu-latest, steps: [{run: x}]}\n"
	                "  after: {needs: may, runs-on: ubuntu-latest, steps: [{id: z, run: x}]}\n");
	s->opt.dry_run = true;
	sim_start(s);
	struct val may = val_null();
	for (int i = 0; (may = sim_event(s, "plan", NULL, i)).kind != VAL_NULL; i++)
		if (strcmp(sim_text(s, may, "job"), "may") == 0)
			break;
	IS(sim_text(s, may, "runs"), "maybe");
	IS(sim_text(s, may, "reason"), "needs.one.outputs.v");
	IS(planned(s, "z", "command"), "x");
	IS(sim_text(s, sim_event(s, "job.skip", NULL, 0), "reason"), "it runs only after a failure: failure()");
	sim_free(s);
}

Test(plan, actions_with_their_inputs_steps_and_stages)
{
	struct sim *s =
		plan_steps("      - {id: o, run: x}\n      - {id: a, uses: ./a, with: {i: '${{ steps.o.outputs.v }}', k: K}}\n"
	                   "      - {id: b, run: '${{ steps.a.outputs.late }} ${{ steps.a.outputs.known }}'}\n"
	                   "      - {id: n, uses: ./n}\n");
	fake_put(s->host, "/src/a/action.yml",
	         "name: n\ndescription: d\ninputs: {i: {}, k: {}, d: {default: 'D${{ github.ref }}'}}\n"
	         "outputs: {late: {value: '${{ steps.r.outputs.x }}'}, known: {value: 'is ${{ inputs.k }}'}}\n"
	         "runs:\n  using: composite\n  steps:\n    - {id: r, run: 'y ${{ inputs.i }} ${{ inputs.k }}', shell: bash}\n"
	         "    - {if: \"inputs.k == 'L'\", run: z, shell: bash}\n");
	fake_put(s->host, "/src/n/action.yml", "name: n\ndescription: d\nruns: {using: node24, main: m.js, post: p.js}\n");
	sim_start(s);
	struct val with = val_at(plan_of(s, "a", 0), "with");
	IS(sim_text(s, with, "i"), "${{ steps.o.outputs.v }}");
	IS(sim_text(s, with, "k"), "K");
	IS(sim_text(s, with, "d"), "Drefs/heads/main");
	IS(sim_text(s, plan_of(s, "a", 1), "command"), "y ${{ inputs.i }} K");
	IS(sim_text(s, plan_of(s, "a", 1), "shell"), "bash");
	IS(sim_text(s, plan_of(s, "a", 2), "runs"), "no");
	IS(planned(s, "b", "command"), "${{ steps.a.outputs.late }} is K");
	IS(planned(s, "__post_n", "kind"), "post");
	cr_assert_eq(fake_count(s->host), 0);
	sim_free(s);
}

Test(plan, what_cannot_run_here)
{
	struct sim *s =
		plan_steps("      - {id: d, uses: 'docker://alpine', with: {args: x}}\n"
	                   "      - {id: e, if: always(), uses: ./e}\n      - {id: p, if: always(), shell: pwsh, run: x}\n"
	                   "      - {id: z, if: always(), run: 'after'}\n");
	fake_put(s->host, "/src/e/action.yml", "name: n\ndescription: d\nruns: {using: docker, image: Dockerfile}\n");
	sim_start(s);
	cr_assert(strstr(planned(s, "d", "cannot"), "container actions are not available"));
	IS(sim_text(s, val_at(plan_of(s, "d", 0), "with"), "args"), "x");
	cr_assert(strstr(planned(s, "e", "cannot"), "container actions are not available"));
	IS(planned(s, "z", "command"), "after"); /* what runs all the same is shown all the same */
	IS(sim_end(s, "d"), "failure/failure");
	IS(sim_job(s, "j"), "failure");
	IS(sim_conclusion(s), "failure");
	cr_assert(run_unsupported(s->run));
	cr_assert_eq(fake_count(s->host), 0);
	sim_free(s);
}

Test(plan, a_shell_that_is_not_there)
{
	struct sim *s = plan_steps("      - {id: p, shell: pwsh, run: x}\n      - {id: q, shell: pwsh, run: x}\n");
	fake_missing(s->host, "pwsh");
	sim_start(s);
	IS(planned(s, "p", "cannot"), "pwsh: command not found");
	IS(sim_conclusion(s), "failure");
	cr_assert(run_unsupported(s->run));
	sim_free(s);
	s = plan_steps("      - {id: o, run: x}\n      - {id: p, shell: pwsh, run: x}\n"); /* a step may bring it */
	sim_start(s);
	IS(planned(s, "p", "cannot"), "");
	IS(sim_conclusion(s), "skipped");
	sim_free(s);
}

/* A shell of the user's own that is missing is missing everywhere: the run fails, and so does its plan. */
Test(plan, a_shell_that_nobody_has)
{
	static const char *const shells[] = { "'no-such {0}'", "cmd", "'bash nothing'" };
	for (size_t i = 0; i < ARRAY_LEN(shells); i++) {
		struct arena a = { 0 };
		struct sim *s = plan_steps(arena_printf(&a, "      - {id: p, shell: %s, run: x}\n", shells[i]).p);
		fake_missing(s->host, "no-such");
		fake_missing(s->host, "cmd");
		sim_start(s);
		cr_expect(*planned(s, "p", "cannot"), "%s", shells[i]);
		IS(sim_conclusion(s), "failure");
		cr_expect_eq(run_conclusion(s->run), RESULT_FAILURE, "%s", shells[i]);
		cr_expect_not(run_unsupported(s->run), "%s", shells[i]);
		sim_free(s);
		arena_done(&a);
	}
}

/* ---- what comes after what fails here, or may not run ---- */

static void runs_are(struct sim *s, const char *const (*rows)[3], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		cr_expect_str_eq(planned(s, rows[i][0], "runs"), rows[i][1], "%s", rows[i][0]);
		if (rows[i][2])
			cr_expect_str_eq(planned(s, rows[i][0], "reason"), rows[i][2], "%s", rows[i][0]);
	}
}

Test(plan, steps_after_one_that_cannot_run)
{
	struct sim *s = plan_steps("      - {id: d, name: D, uses: 'docker://alpine'}\n      - {id: a, run: x}\n"
	                           "      - {id: b, if: failure(), run: x}\n      - {id: c, if: always(), run: x}\n"
	                           "      - {id: o, if: \"always() && steps.d.outcome == 'failure'\", run: x}\n"
	                           "      - {id: e, if: \"always() && steps.d.outcome == 'success'\", run: x}\n");
	static const char *const rows[][3] = { { "a", "no", "step 'D' cannot run here" },
		                               { "b", "yes", "" },
		                               { "c", "yes", "" },
		                               { "o", "yes", "" },
		                               { "e", "no", NULL } };
	sim_start(s);
	runs_are(s, rows, ARRAY_LEN(rows));
	IS(sim_end(s, "a"), "skipped/skipped");
	IS(sim_job(s, "j"), "failure");
	cr_assert(strstr(sim_text(s, sim_event(s, "job.end", NULL, 0), "reason"), "step 'D' cannot run here: "));
	sim_free(s);
}

Test(plan, steps_after_one_whose_failure_is_forgiven)
{
	struct sim *s = plan_steps("      - {id: d, uses: 'docker://alpine', continue-on-error: true}\n"
	                           "      - {id: c, uses: ./c, continue-on-error: true}\n      - {id: a, run: x}\n");
	static const char *const rows[][3] = { { "a", "yes", "" } };
	fake_put(s->host, "/src/c/action.yml",
	         "name: n\ndescription: d\nruns: {using: composite, steps: [{uses: 'docker://alpine'}]}\n");
	sim_start(s);
	runs_are(s, rows, ARRAY_LEN(rows));
	IS(sim_end(s, "c"), "failure/success");
	IS(sim_job(s, "j"), "skipped");
	sim_free(s);
}

/* Whether it fails only the run can say, through an action and through a wait as well. */
Test(plan, steps_after_one_that_may_fail)
{
	static const char *const steps[] = {
		"      - {id: d, if: steps.o.outputs.v, uses: 'docker://alpine'}\n",
		"      - {id: d, uses: ./c, with: {v: '${{ steps.o.outputs.v }}'}}\n",
		"      - {id: d, if: steps.o.outputs.v, uses: 'docker://alpine', background: true}\n      - {id: w, wait: d}\n",
	};
	static const char *const rows[][3] = { { "a", "maybe", "success()" }, { "b", "maybe", "failure()" }, { "c", "yes", "" } };
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		struct arena a = { 0 };
		struct sim *s = plan_steps(arena_printf(&a,
		                                        "      - {id: o, run: x}\n%s      - {id: a, run: x}\n"
		                                        "      - {id: b, if: failure(), run: x}\n"
		                                        "      - {id: c, if: always(), run: x}\n",
		                                        steps[i])
		                                   .p);
		fake_put(s->host, "/src/c/action.yml",
		         "name: n\ndescription: d\ninputs: {v: {}}\nruns: {using: composite, steps: [{if: inputs.v, uses: "
		         "'docker://alpine'}]}\n");
		sim_start(s);
		runs_are(s, rows, ARRAY_LEN(rows));
		IS(sim_job(s, "j"), "failure");
		sim_free(s);
		arena_done(&a);
	}
}

Test(plan, steps_of_an_action_after_one_that_cannot_run)
{
	struct sim *s = plan_steps("      - {id: c, uses: ./c}\n      - {id: a, run: x}\n");
	static const char *const rows[][3] = { { "a", "no", NULL } };
	fake_put(s->host, "/src/c/action.yml",
	         "name: n\ndescription: d\nruns:\n  using: composite\n  steps:\n    - {name: D, uses: 'docker://alpine'}\n"
	         "    - {run: x, shell: bash}\n    - {if: failure(), run: x, shell: bash}\n");
	sim_start(s);
	IS(sim_text(s, plan_of(s, "c", 2), "runs"), "no");
	IS(sim_text(s, plan_of(s, "c", 2), "reason"), "step 'D' cannot run here");
	IS(sim_text(s, plan_of(s, "c", 3), "runs"), "yes");
	runs_are(s, rows, ARRAY_LEN(rows));
	sim_free(s);
}

static struct val job_plan(struct sim *s, const char *job)
{
	for (int i = 0;; i++) {
		struct val v = sim_event(s, "plan", NULL, i);
		if (v.kind == VAL_NULL || strcmp(sim_text(s, v, "job"), job) == 0)
			return v;
	}
}

Test(plan, jobs_after_one_that_may_be_skipped)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  a: {runs-on: ubuntu-latest, steps: [{run: x}]}\n"
	                "  b: {needs: a, if: \"needs.a.result == 'failure'\", runs-on: ubuntu-latest, steps: [{run: x}]}\n"
	                "  c: {needs: [a, b], runs-on: ubuntu-latest, steps: [{id: c, run: x}]}\n"
	                "  d: {needs: c, if: always(), runs-on: ubuntu-latest, steps: [{run: x}]}\n"
	                "  e: {needs: b, if: failure(), runs-on: ubuntu-latest, steps: [{run: x}]}\n");
	s->opt.dry_run = true;
	sim_start(s);
	IS(sim_text(s, job_plan(s, "b"), "runs"), "maybe");
	IS(sim_text(s, job_plan(s, "c"), "runs"), "maybe");
	IS(sim_text(s, job_plan(s, "c"), "condition"), "success()");
	IS(planned(s, "c", "runs"), "yes"); /* if its job runs */
	IS(sim_text(s, job_plan(s, "d"), "runs"), "yes");
	IS(sim_job(s, "e"), "skipped"); /* it runs only after a failure */
	IS(sim_conclusion(s), "skipped");
	sim_free(s);
}

Test(plan, jobs_after_one_that_fails_here)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  a: {runs-on: ubuntu-latest, steps: [{uses: 'docker://alpine'}]}\n"
	                "  b: {needs: a, runs-on: ubuntu-latest, steps: [{run: x}]}\n"
	                "  c: {needs: a, if: failure(), runs-on: ubuntu-latest, steps: [{id: c, run: '${{ needs.a.result "
	                "}}'}]}\n"
	                "  d: {runs-on: ubuntu-latest, continue-on-error: true, steps: [{shell: 'no-such {0}', run: x}]}\n"
	                "  e: {needs: d, runs-on: ubuntu-latest, steps: [{id: e, run: x}]}\n");
	s->opt.dry_run = true;
	fake_missing(s->host, "no-such");
	sim_start(s);
	IS(sim_job(s, "b"), "skipped");
	IS(sim_text(s, sim_event(s, "job.skip", NULL, 0), "reason"), "it needs a, which fails here");
	IS(planned(s, "c", "command"), "failure");
	IS(sim_text(s, job_plan(s, "e"), "runs"), "yes");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

/* Of a job in a container, of one that only may run, and of a matrix: all legs are shown. */
Test(plan, jobs_after_others_that_fail_here)
{
	struct sim *s = sim_new(
		"on: push\njobs:\n  o: {runs-on: ubuntu-latest, outputs: {v: '${{ steps.o.outputs.v }}'}, steps: [{id: o, "
		"run: x}]}\n"
		"  boxed: {runs-on: ubuntu-latest, container: alpine, steps: [{run: x}]}\n"
		"  b: {needs: boxed, runs-on: ubuntu-latest, steps: [{run: x}]}\n"
		"  may: {needs: o, if: needs.o.outputs.v, runs-on: ubuntu-latest, steps: [{uses: 'docker://alpine'}]}\n"
		"  c: {needs: may, if: failure(), runs-on: ubuntu-latest, steps: [{run: '${{ needs.may.result }}', id: c}]}\n"
		"  m:\n    runs-on: ubuntu-latest\n    strategy: {matrix: {n: [1, 2]}}\n    steps: [{uses: "
		"'docker://alpine'}]\n");
	s->opt.dry_run = true;
	s->opt.max_parallel = 1;
	sim_start(s);
	IS(sim_job(s, "b"), "skipped");
	IS(sim_text(s, job_plan(s, "c"), "runs"), "maybe");
	IS(planned(s, "c", "command"), "${{ needs.may.result }}");
	IS(sim_job(s, "m (1)"), "failure");
	IS(sim_job(s, "m (2)"), "failure");
	sim_free(s);
}

Test(plan, calls_that_fail_here)
{
	struct sim *s = sim_new("on: push\njobs:\n  call: {uses: ./.github/workflows/c.yml}\n"
	                        "  b: {needs: call, runs-on: ubuntu-latest, steps: [{run: x}]}\n");
	sim_called(s, "./.github/workflows/c.yml",
	           "on: workflow_call\njobs:\n  i: {runs-on: ubuntu-latest, steps: [{name: D, uses: 'docker://alpine'}]}\n");
	s->opt.dry_run = true;
	sim_start(s);
	IS(sim_job(s, "call"), "failure");
	IS(sim_job(s, "b"), "skipped");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(plan, a_failure_that_is_forgiven)
{
	struct sim *s = plan_steps("      - {id: d, uses: 'docker://alpine', continue-on-error: true}\n");
	sim_start(s);
	IS(sim_end(s, "d"), "failure/success");
	IS(sim_job(s, "j"), "skipped");
	cr_assert(run_unsupported(s->run)); /* it is missing all the same */
	sim_free(s);
}

Test(plan, jobs_that_cannot_run_here)
{
	static const char *const keys[] = { "container: 'node:20'", "services: {db: {image: postgres}}" };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct arena a = { 0 };
		struct sim *s = sim_new(arena_printf(&a,
		                                     "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    %s\n    steps:\n"
		                                     "      - {id: a, run: x}\n",
		                                     keys[i])
		                                .p);
		s->opt.dry_run = true;
		sim_start(s);
		cr_assert(strstr(sim_text(s, sim_event(s, "plan", NULL, 0), "cannot"), "not available"));
		IS(planned(s, "a", "command"), "x");
		IS(sim_job(s, "j"), "failure");
		cr_assert(run_unsupported(s->run));
		sim_free(s);
		arena_done(&a);
	}
}

Test(plan, calls)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  one: {runs-on: ubuntu-latest, outputs: {v: '${{ steps.o.outputs.v }}'}, steps: "
	                "[{id: o, run: x}]}\n"
	                "  call:\n    needs: one\n    uses: ./.github/workflows/c.yml\n"
	                "    with: {late: '${{ needs.one.outputs.v }}', flag: '${{ needs.one.outputs.v }}', known: k}\n"
	                "  after: {needs: call, runs-on: ubuntu-latest, steps: [{id: z, run: '${{ needs.call.outputs.k }} ${{ "
	                "needs.call.outputs.l }}'}]}\n");
	sim_called(s, "./.github/workflows/c.yml",
	           "on:\n  workflow_call:\n    inputs: {late: {type: string}, flag: {type: boolean}, known: {type: string}}\n"
	           "    outputs: {k: {value: '${{ jobs.i.outputs.k }}'}, l: {value: '${{ jobs.i.outputs.l }}'}}\n"
	           "jobs:\n  i:\n    runs-on: ubuntu-latest\n    outputs: {k: '${{ inputs.known }}', l: '${{ inputs.late }}'}\n"
	           "    steps: [{id: a, if: inputs.flag, run: '${{ inputs.late }} ${{ inputs.known }}'}]\n");
	s->opt.dry_run = true;
	sim_start(s);
	IS(planned(s, "a", "command"), "${{ inputs.late }} k");
	IS(planned(s, "a", "runs"), "maybe");
	IS(planned(s, "z", "command"), "k ${{ needs.call.outputs.l }}");
	IS(sim_conclusion(s), "skipped");
	sim_free(s);
}

Test(plan, side_by_side)
{
	struct sim *s =
		plan_steps("      - {id: s, run: serve, background: true}\n      - parallel:\n          - {id: a, run: x}\n"
	                   "          - {id: b, run: y}\n      - {id: c, cancel: s}\n");
	sim_start(s);
	cr_assert(val_at(plan_of(s, "s", 0), "background").b);
	IS(planned(s, "a", "group"), planned(s, "b", "group"));
	cr_assert(planned(s, "a", "group")[0]);
	struct val joins = val_at(plan_of(s, "c", 0), "joins");
	cr_assert(joins.kind == VAL_ARRAY && joins.a->n == 1 && str_is(joins.a->v[0].s, "s"));
	cr_assert_eq(fake_count(s->host), 0);
	sim_free(s);
}
