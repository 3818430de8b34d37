/* The rules of jobs and matrices, one test a rule, as GitHub documents them or its engine shows them. */
#include <criterion/criterion.h>

#include "sim.h"

#define IS(...) cr_assert_str_eq(__VA_ARGS__)

static const char *result_of(struct sim *s, const char *job)
{
	return sim_text(s, val_at(sim_event(s, "run.end", NULL, 0), "jobs"), job);
}

/* All jobs' names in the order in which they started. */
static const char *started_names(struct sim *s)
{
	struct buf b = BUF_INIT;
	for (int n = 0;; n++) {
		struct val e = sim_event(s, "job.start", NULL, n);
		if (e.kind == VAL_NULL)
			break;
		buf_addf(&b, "%s%s", n ? "|" : "", sim_text(s, e, "name"));
	}
	const char *names = arena_strdup(&s->arena, buf_cstr(&b));
	buf_done(&b);
	return names;
}

/* The script of the n-th job's only step, whose id is the job's. */
static struct sim *jobs(const char *text)
{
	struct arena a = { 0 };
	struct sim *s = sim_new(arena_printf(&a, "on: push\njobs:\n%s", text).p);
	arena_done(&a);
	s->opt.max_parallel = 64;
	return s;
}

#define ON   "    runs-on: ubuntu-latest\n"
#define STEP "    steps: [{id: s, run: x}]\n"

Test(rules, everything_excluded_runs_once_without_a_matrix)
{
	struct sim *s = jobs("  j:\n" ON "    strategy: {matrix: {n: [1, 2], exclude: [{n: 1}, {n: 2}]}}\n"
	                     "    steps: [{id: s, run: '${{ toJSON(matrix) }} ${{ toJSON(strategy) }}'}]\n");
	sim_start(s);
	IS(started_names(s), "j");
	IS(sim_script(s, "s"),
	   "null {\n  \"fail-fast\": true,\n  \"job-index\": 0,\n  \"job-total\": 1,\n  \"max-parallel\": 1\n}");
	sim_free(s);
}

Test(rules, strategy_context_of_a_matrix)
{
	struct sim *s = jobs("  j:\n" ON "    strategy: {fail-fast: false, max-parallel: 2.9, matrix: {n: [a, b, c]}}\n"
	                     "    steps: [{id: s, run: '${{ join(strategy.*) }}'}]\n");
	sim_start(s);
	IS(started_names(s), "j (a)|j (b)");
	IS(sim_script(s, "s"), "false,1,3,2", "of the second, which began last");
	sim_free(s);
	s = jobs("  j:\n" ON "    strategy: {matrix: {n: [a, b, c]}}\n    steps: [{id: s, run: '${{ join(strategy.*) }}'}]\n");
	sim_start(s);
	IS(sim_script(s, "s"), "true,2,3,3");
	sim_free(s);
}

Test(rules, names_of_legs)
{
	struct sim *s = jobs("  j:\n" ON
	                     "    name: Test\n    strategy: {matrix: {o: [{a: 1, b: [x, '', null]}], t: [true], include: [{o: "
	                     "{a: 1}, extra: e}, {t: 1.50, only: here}]}}\n" STEP);
	sim_start(s);
	IS(started_names(s), "Test (1, x, true)|Test (1.5, here)");
	sim_free(s);
	s = jobs("  j:\n" ON "    name: ${{ matrix.n && format('N{0}', matrix.n) }}\n    strategy: {matrix: {n: [0, 1]}}\n" STEP);
	sim_start(s);
	IS(started_names(s), "0|N1", "an expression's name is used as it is");
	sim_free(s);
	s = jobs("  j:\n" ON "    name: ${{ matrix.none }}\n    strategy: {matrix: {n: [7]}}\n" STEP);
	sim_start(s);
	IS(started_names(s), "j (7)", "and when it is empty the id takes its place");
	sim_free(s);
}

Test(rules, a_skipped_matrix_is_one_job)
{
	struct sim *s =
		jobs("  j:\n" ON "    if: false\n    name: N ${{ matrix.n }}\n    strategy: {matrix: {n: [1, 2]}}\n" STEP);
	sim_start(s);
	cr_assert_eq(sim_count(s, "job.skip", NULL), 1);
	IS(result_of(s, "j"), "skipped");
	IS(sim_conclusion(s), "skipped");
	sim_free(s);
}

Test(rules, matrix_errors_at_run_time)
{
	static const struct {
		const char *matrix, *want;
	} rows[] = {
		{ "${{ fromJSON('{\"n\":[]}') }}", "Matrix vector 'n' does not contain any values" },
		{ "${{ fromJSON('{}') }}", "Matrix must define at least one vector" },
		{ "${{ fromJSON('{\"n\":[1],\"exclude\":[{}]}') }}", "Matrix exclude filter must not be empty" },
		{ "${{ fromJSON('{\"n\":[1],\"exclude\":[{\"k\":1}]}') }}",
		  "Matrix exclude key 'k' does not match any key within the matrix" },
		{ "${{ fromJSON('{\"n\":[1],\"include\":[{}]}') }}", "Matrix include mapping does not contain any values" },
		{ "{n: '${{ fromJSON(''[]'') }}'}", "Matrix vector 'n' does not contain any values" },
		{ "${{ fromJSON('nonsense') }}", "Error parsing fromJson" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = { 0 };
		struct sim *s = jobs(arena_printf(&a, "  j:\n" ON "    strategy:\n      matrix: %s\n" STEP, rows[i].matrix).p);
		sim_start(s);
		cr_assert(sim_logged(s, NULL, rows[i].want), "%s: %s", rows[i].matrix,
		          sim_text(s, sim_event(s, "log", NULL, 0), "line"));
		cr_assert(sim_logged(s, NULL, "Error when evaluating 'strategy' for job 'j'."), "%s", rows[i].matrix);
		IS(sim_conclusion(s), "failure");
		sim_free(s);
		arena_done(&a);
	}
}

Test(rules, a_matrix_of_257_fails)
{
	struct arena a = { 0 };
	struct buf list = BUF_INIT;
	for (int i = 0; i < 257; i++)
		buf_addf(&list, "%s%d", i ? "," : "", i);
	struct sim *s = jobs(arena_printf(&a, "  j:\n" ON "    strategy: {matrix: {n: \"${{ fromJSON('[%.*s]') }}\"}}\n" STEP,
	                                  STRF(buf_str(&list)))
	                             .p);
	sim_start(s);
	IS(sim_conclusion(s), "failure");
	cr_assert(sim_logged(s, NULL, "256"));
	sim_free(s);
	buf_done(&list);
	arena_done(&a);
}

Test(rules, status_functions_look_at_all_ancestors)
{
	struct sim *s = jobs(
		"  a: {runs-on: ubuntu-latest, if: false, steps: [{run: x}]}\n"
		"  b: {runs-on: ubuntu-latest, needs: a, if: always(), steps: [{id: b, run: x}]}\n"
		"  c: {runs-on: ubuntu-latest, needs: b, steps: [{run: x}]}\n"
		"  d: {runs-on: ubuntu-latest, needs: b, if: '!cancelled() && needs.b.result == ''success''', steps: [{id: d, "
		"run: x}]}\n"
		"  e: {runs-on: ubuntu-latest, needs: [b], if: \"success('b')\", steps: [{id: e, run: x}]}\n"
		"  f: {runs-on: ubuntu-latest, needs: [b], if: \"success('b', 'stranger')\", steps: [{run: x}]}\n"
		"  g: {runs-on: ubuntu-latest, needs: [b], if: \"failure('stranger')\", steps: [{run: x}]}\n");
	sim_start(s);
	sim_exit(s, "b", 0);
	sim_exit(s, "d", 0);
	sim_exit(s, "e", 0);
	IS(result_of(s, "a"), "skipped");
	IS(result_of(s, "c"), "skipped", "one skipped ancestor, however far up");
	IS(result_of(s, "d"), "success");
	IS(result_of(s, "e"), "success");
	IS(result_of(s, "f"), "skipped");
	IS(result_of(s, "g"), "skipped");
	sim_free(s);
}

Test(rules, failure_of_far_ancestors)
{
	struct sim *s = jobs("  a: {runs-on: ubuntu-latest, steps: [{id: a, run: x}]}\n"
	                     "  b: {runs-on: ubuntu-latest, needs: a, if: always(), steps: [{id: b, run: x}]}\n"
	                     "  c: {runs-on: ubuntu-latest, needs: b, if: failure(), steps: [{id: c, run: x}]}\n"
	                     "  d: {runs-on: ubuntu-latest, needs: b, if: \"failure('b')\", steps: [{run: x}]}\n"
	                     "  e: {runs-on: ubuntu-latest, needs: b, if: \"failure('a')\", steps: [{id: e, run: x}]}\n");
	sim_start(s);
	sim_exit(s, "a", 1);
	sim_exit(s, "b", 0);
	sim_exit(s, "c", 0);
	sim_exit(s, "e", 0);
	IS(result_of(s, "c"), "success");
	IS(result_of(s, "d"), "skipped");
	IS(result_of(s, "e"), "success");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(rules, needs_is_the_direct_ones_with_outputs)
{
	struct sim *s = jobs(
		"  a: {runs-on: ubuntu-latest, outputs: {o: 'v', e: ''}, steps: [{id: a, run: x}]}\n"
		"  sk: {runs-on: ubuntu-latest, if: false, outputs: {o: 'v'}, steps: [{run: x}]}\n"
		"  b: {runs-on: ubuntu-latest, needs: [a, sk], if: always(), steps: [{id: b, run: x}]}\n"
		"  c: {runs-on: ubuntu-latest, needs: [b, SK], if: always(), steps: [{id: c, run: '${{ toJSON(needs) }}'}]}\n"
		"  d: {runs-on: ubuntu-latest, needs: a, steps: [{id: d, run: '${{ toJSON(needs.a.outputs) }}'}]}\n");
	sim_start(s);
	sim_exit(s, "a", 0);
	IS(sim_script(s, "d"), "{\n  \"o\": \"v\"\n}", "an empty output is not set");
	sim_exit(s, "b", 0);
	IS(sim_script(s, "c"), "{\n  \"b\": {\n    \"result\": \"success\",\n    \"outputs\": {}\n  },\n  \"sk\": {\n    "
	                       "\"result\": \"skipped\",\n    "
	                       "\"outputs\": {}\n  }\n}");
	sim_free(s);
}

Test(rules, a_failed_job_that_may_fail_is_a_success_to_others)
{
	struct sim *s = jobs("  a: {runs-on: ubuntu-latest, continue-on-error: true, steps: [{id: a, run: x}]}\n"
	                     "  b: {runs-on: ubuntu-latest, needs: a, steps: [{id: b, run: '${{ needs.a.result }}'}]}\n");
	sim_start(s);
	sim_exit(s, "a", 3);
	IS(sim_script(s, "b"), "success");
	sim_exit(s, "b", 0);
	IS(result_of(s, "a"), "failure");
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(rules, outputs_of_legs_and_of_failed_jobs)
{
	struct sim *s = jobs("  m:\n" ON "    strategy: {fail-fast: false, matrix: {n: [1, 2, 3]}}\n"
	                     "    outputs: {last: '${{ matrix.n != 3 && matrix.n || '''' }}', one: '${{ matrix.n == 1 && ''x'' "
	                     "}}', three: '${{ matrix.n == 3 && ''y'' || '''' }}'}\n" STEP
	                     "  f: {runs-on: ubuntu-latest, outputs: {o: '${{ job.status }}'}, steps: [{id: f, run: x}]}\n"
	                     "  bad: {runs-on: ubuntu-latest, outputs: {o: \"${{ fromJSON('x') }}\"}, steps: [{id: g, run: x}]}\n"
	                     "  z: {runs-on: ubuntu-latest, needs: [m, f, bad], if: always(), steps: [{id: z, run: '${{ "
	                     "toJSON(needs.m) }} ${{ "
	                     "toJSON(needs.f) }} ${{ needs.bad.result }}'}]}\n");
	sim_start(s);
	for (int i = 0; i < 3; i++)
		sim_exit(s, "s", 0);
	sim_exit(s, "f", 1);
	sim_exit(s, "g", 0);
	cr_assert(sim_logged(s, NULL, "Fail to evaluate job outputs"));
	const char *z = sim_script(s, "z");
	cr_assert(strstr(z, "\"last\": \"1\""), "the last to end, and they end from the back: %s", z);
	cr_assert(strstr(z, "\"one\": \"x\"") && strstr(z, "\"three\": \"y\""), "%s", z);
	cr_assert(strstr(z, "\"o\": \"failure\""), "evaluated even if the job failed: %s", z);
	cr_assert(strstr(z, "} failure"), "%s", z);
	sim_free(s);
}

Test(rules, an_error_in_a_condition_fails_the_job)
{
	struct sim *s = jobs("  j: {runs-on: ubuntu-latest, if: \"fromJSON('x')\", steps: [{run: x}]}\n");
	sim_start(s);
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(rules, labels_from_expressions)
{
	struct sim *s =
		jobs("  a: {runs-on: \"${{ fromJSON('[\\\"self-hosted\\\", \\\"linux\\\"]') }}\", steps: [{id: a, run: x}]}\n"
	             "  b: {runs-on: ['${{ github.nothing || ''ubuntu-latest'' }}'], steps: [{id: b, run: x}]}\n"
	             "  c: {runs-on: {group: g, labels: [ubuntu-latest]}, steps: [{id: c, run: x}]}\n"
	             "  d: {runs-on: \"${{ github.nothing }}\", steps: [{id: d, run: x}]}\n");
	sim_start(s);
	cr_assert(sim_logged(s, NULL, "Error when evaluating 'runs-on' for job 'd'. Unexpected value ''"));
	sim_exit(s, "a", 0);
	sim_exit(s, "b", 0);
	IS(result_of(s, "d"), "failure");
	sim_free(s);
}

Test(rules, insert_merges_mappings)
{
	struct sim *s = jobs("  j:\n" ON "    env:\n      A: 1\n      ${{ insert }}: ${{ fromJSON('{\"B\":\"2\",\"C\":3}') }}\n"
	                     "    steps: [{id: s, run: '${{ env.A }}${{ env.B }}${{ env.C }}'}]\n");
	sim_start(s);
	IS(sim_script(s, "s"), "123");
	sim_free(s);
}

Test(rules, whole_scalars_keep_their_kind)
{
	struct sim *s =
		jobs("  j:\n" ON
	             "    strategy: {matrix: {v: [1.0, true, null, '1']}}\n    timeout-minutes: ${{ matrix.v == 1 && 5 || 6 "
	             "}}\n    continue-on-error: ${{ matrix.v == true }}\n    env: {T: '${{ toJSON(matrix.v) }}'}\n"
	             "    steps: [{id: s, run: '${{ env.T }}', timeout-minutes: '${{ fromJSON(''3'') }}'}]\n");
	sim_start(s);
	IS(started_names(s), "j (1)|j (true)|j|j (1)");
	IS(sim_script(s, "s"), "\"1\"");
	sim_free(s);
	s = jobs("  j: {runs-on: ubuntu-latest, timeout-minutes: \"${{ '5' }}x\", steps: [{run: x}]}\n");
	sim_start(s);
	cr_assert(sim_logged(s, NULL, "Unexpected value '5x'"));
	sim_free(s);
}

Test(rules, cancellation_asks_every_condition_again)
{
	struct sim *s = jobs("  a: {runs-on: ubuntu-latest, steps: [{id: a, run: x}]}\n"
	                     "  b: {runs-on: ubuntu-latest, if: always(), steps: [{id: b, run: x}]}\n"
	                     "  c: {runs-on: ubuntu-latest, needs: a, steps: [{run: x}]}\n"
	                     "  d: {runs-on: ubuntu-latest, needs: a, if: cancelled(), steps: [{id: d, run: x}]}\n");
	sim_start(s);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	sim_exit(s, "a", 130);
	sim_exit(s, "b", 0);
	sim_exit(s, "d", 0);
	IS(result_of(s, "a"), "cancelled");
	IS(result_of(s, "b"), "success", "its condition still holds: it goes on");
	IS(result_of(s, "c"), "cancelled");
	IS(result_of(s, "d"), "success");
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(rules, permissions_are_replaced_and_shown)
{
	struct sim *s = sim_new("on: push\npermissions: {contents: read, issues: write}\njobs:\n"
	                        "  a: {runs-on: ubuntu-latest, steps: [{run: x}]}\n"
	                        "  b: {runs-on: ubuntu-latest, permissions: {}, steps: [{run: x}]}\n"
	                        "  c: {runs-on: ubuntu-latest, permissions: {id-token: write}, steps: [{run: x}]}\n");
	sim_start(s);
	struct val a = val_at(sim_event(s, "job.start", NULL, 0), "permissions");
	IS(sim_text(s, a, "contents"), "read");
	IS(sim_text(s, a, "issues"), "write");
	struct val b = val_at(sim_event(s, "job.start", NULL, 1), "permissions");
	cr_assert_eq(b.kind, VAL_OBJECT);
	cr_assert_eq(b.o->n, 0);
	struct val c = val_at(sim_event(s, "job.start", NULL, 2), "permissions");
	IS(sim_text(s, c, "contents"), "", "a job's list replaces the workflow's");
	IS(sim_text(s, c, "id-token"), "write");
	sim_free(s);
}
