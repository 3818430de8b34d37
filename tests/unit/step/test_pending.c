/* Evaluations that are pending leave no trace and are asked for again, wherever a step evaluates. */
#include <criterion/criterion.h>

#include "bench.h"

static struct bench *pending(const char *steps)
{
	struct bench *b = bench_new(steps);
	b->hash = EVAL_PENDING;
	bench_go(b);
	return b;
}

static void is_ready(struct bench *b)
{
	b->hash = EVAL_OK;
	bench_go(b);
}

static void nothing_said(struct bench *b)
{
	cr_assert_eq(b->said.n, 0, "%.*s", STRF(b->said));
	cr_assert_eq(fake_count(b->host), 0);
	cr_assert_gt(b->hashes, 0);
}

/* The first step waits at its place, for any of its keys; the one after it does not begin. */
static void waits_at_its_place(const char *key)
{
	struct arena a = { 0 };
	struct bench *b = pending(
		arena_printf(&a, "      - id: one\n        run: x\n        %s\n      - id: two\n        run: y\n", key).p);
	nothing_said(b);
	bench_turn(b);
	nothing_said(b);
	cr_assert_eq(bench_step(b, "one")->state, ST_PENDING);
	cr_assert_null(bench_step(b, "two"));
	is_ready(b);
	cr_assert(fake_is_running(b->host, "one"), "%s", key);
	cr_assert_eq(bench_times(b, "start one"), 1);
	bench_free(b);
	arena_done(&a);
}

Test(pending, a_step_waits_at_its_place)
{
	waits_at_its_place("if: hashFiles('f') != ''");
	waits_at_its_place("env: { A: \"${{ hashFiles('f') }}\" }");
	waits_at_its_place("name: \"${{ hashFiles('f') }}\"");
	waits_at_its_place("timeout-minutes: \"${{ hashFiles('f') && 3 }}\"");
	waits_at_its_place("background: true\n        if: hashFiles('f') != ''");
}

Test(pending, what_was_said_once_is_not_said_again)
{
	struct bench *b = pending(
		"      - id: one\n        run: x\n        name: \"${{ fromJSON('[') }}\"\n        if: hashFiles('f') != ''\n");
	bench_turn(b);
	is_ready(b);
	cr_assert_eq(bench_times(b, "Encountered an error when evaluating display name"), 1);
	bench_free(b);
}

Test(pending, a_condition_that_fails_later_fails)
{
	struct bench *b = pending("      - id: one\n        run: x\n        if: hashFiles('f') != ''\n");
	b->hash = EVAL_ERROR;
	bench_go(b);
	cr_assert(bench_said(b, "end one failure/failure"), "%.*s", STRF(b->said));
	bench_free(b);
}

Test(pending, a_script_begins_when_it_can)
{
	struct bench *b = pending("      - id: one\n        run: echo ${{ hashFiles('f') }}\n");
	nothing_said(b);
	cr_assert_eq(bench_step(b, "one")->state, ST_PREPARING);
	cr_assert_str_eq(bench_step(b, "one")->name.p, "Run echo ${{ hashFiles('f') }}",
	                 "a name that nobody has given waits for nothing");
	int files = fake_file_count(b->host);
	bench_turn(b);
	cr_assert_eq(fake_file_count(b->host), files, "its command files are made once");
	is_ready(b);
	cr_assert(fake_is_running(b->host, "one"));
	cr_assert(strstr(fake_file(b->host, fake_arg(b->host, "one", 2)), "hash of f"));
	fake_exit(b->host, "one", 0);
	bench_turn(b);
	cr_assert(bench_said(b, "end one success/success"));
	bench_free(b);
}

Test(pending, others_go_on_meanwhile)
{
	struct bench *b = pending("      - id: one\n        run: echo ${{ hashFiles('f') }}\n        background: true\n"
	                          "      - id: two\n        run: y\n");
	cr_assert(fake_is_running(b->host, "two"));
	cr_assert_eq(b->job.background_running, 1);
	step_event(bench_step(b, "one"), SE_CANCEL);
	cr_assert_eq(bench_step(b, "one")->state, ST_DONE);
	cr_assert_eq(b->job.background_running, 0);
	cr_assert_not(fake_was_started(b->host, "one"));
	bench_free(b);
}

Test(pending, killed_while_it_is_prepared)
{
	struct bench *b = pending("      - id: one\n        run: echo ${{ hashFiles('f') }}\n");
	step_kill(bench_step(b, "one"));
	cr_assert(bench_said(b, "end one cancelled/cancelled"), "%.*s", STRF(b->said));
	cr_assert_null(b->job.live);
	bench_free(b);
}

Test(pending, inputs_of_an_action)
{
	struct bench *b = bench_new("      - id: act\n        uses: ./a\n        with: { other: 1 }\n");
	fake_put(b->host, "/work/a/action.yml",
	         "name: a\ndescription: a\ninputs:\n  h:\n    default: \"${{ hashFiles('f') }}\"\n"
	         "runs:\n  using: composite\n  steps:\n    - id: inner\n      run: echo ${{ inputs.h }}\n      shell: bash\n");
	b->hash = EVAL_PENDING;
	bench_go(b);
	bench_turn(b);
	cr_assert_eq(bench_step(b, "act")->state, ST_PREPARING);
	cr_assert_eq(bench_times(b, "Unexpected input"), 0, "%.*s", STRF(b->said));
	is_ready(b);
	cr_assert_eq(bench_times(b, "Unexpected input"), 1);
	cr_assert_eq(bench_times(b, "start act"), 1);
	cr_assert(fake_is_running(b->host, "inner"));
	bench_free(b);
}

Test(pending, whether_a_failure_is_forgiven)
{
	struct bench *b = bench_new("      - id: one\n        run: x\n        continue-on-error: ${{ hashFiles('f') != '' }}\n"
	                            "      - id: two\n        run: y\n");
	b->hash = EVAL_PENDING;
	bench_go(b);
	fake_exit(b->host, "one", 3);
	bench_turn(b);
	cr_assert_eq(bench_step(b, "one")->state, ST_CONCLUDING);
	cr_assert_eq(bench_times(b, "end one"), 0);
	cr_assert_eq(b->job.status, RESULT_SUCCESS);
	cr_assert_not(fake_was_started(b->host, "two"));
	is_ready(b);
	cr_assert_eq(bench_times(b, "Process completed with exit code 3."), 1);
	cr_assert(bench_said(b, "end one failure/success"), "%.*s", STRF(b->said));
	cr_assert(fake_is_running(b->host, "two"));
	bench_free(b);
}

Test(pending, whether_a_wait_forgives)
{
	struct bench *b = bench_new("      - id: one\n        run: x\n        background: true\n"
	                            "      - wait: one\n        id: w\n        continue-on-error: ${{ hashFiles('f') != '' }}\n");
	b->hash = EVAL_PENDING;
	bench_go(b);
	fake_exit(b->host, "one", 3);
	bench_turn(b);
	cr_assert_eq(bench_step(b, "w")->state, ST_CONCLUDING);
	cr_assert_not(bench_step(b, "one")->forgiven);
	is_ready(b);
	cr_assert(bench_step(b, "one")->forgiven);
	cr_assert(bench_said(b, "end w failure/success"), "%.*s", STRF(b->said));
	bench_free(b);
}
