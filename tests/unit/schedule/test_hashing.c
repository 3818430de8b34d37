/* hashFiles() of steps on the fake host: the helper is a process named "hash"; what needs its answer waits, everything else goes
 * on. */
#include <criterion/criterion.h>

#include "sim.h"

#define ENDS(s, step, want) cr_assert_str_eq(sim_end(s, step), want, "step %s", step)
#define IS(...)             cr_assert_str_eq(__VA_ARGS__)

/* The newest helper answers and ends. */
static void answers(struct sim *s, const char *hash)
{
	fake_output(s->host, "hash", HOST_STDOUT, arena_printf(&s->arena, "{\"hash\":\"%s\"}", hash).p);
	sim_exit(s, "hash", 0);
}

Test(hashing, a_script_waits_and_others_go_on)
{
	struct sim *s =
		sim_steps("      - {id: bg, background: true, run: x}\n"
	                  "      - {id: a, run: \"echo ${{ hashFiles('x') }} ${{ hashFiles('y') }} ${{ hashFiles('x') }}\"}\n"
	                  "      - {id: b, run: y}\n");
	sim_start(s);
	cr_assert(fake_is_running(s->host, "bg"));
	cr_assert(fake_is_running(s->host, "hash"));
	cr_assert_not(fake_was_started(s->host, "a"));
	sim_exit(s, "bg", 0);
	ENDS(s, "bg", "success/success");
	cr_assert_eq(fake_running(s->host), 1, "one helper, still asked for the first");
	answers(s, "aa");
	cr_assert_not(fake_was_started(s->host, "a"), "the second is still to come");
	cr_assert(fake_is_running(s->host, "hash"));
	answers(s, "bb");
	IS(sim_script(s, "a"), "echo aa bb aa");
	cr_assert_eq(sim_count(s, "step.start", "a"), 1);
	sim_exit(s, "a", 0);
	sim_exit(s, "b", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(hashing, a_step_is_read_at_its_place_when_the_answer_is_there)
{
	struct sim *s =
		sim_steps("      - {id: a, name: \"n ${{ hashFiles('n') }}\", if: \"hashFiles('c') != ''\", run: x,\n"
	                  "         env: {E: \"${{ hashFiles('e') }}\"}, timeout-minutes: \"${{ fromJSON(hashFiles('t')) }}\"}\n"
	                  "      - {id: no, if: \"hashFiles('c') != ''\", run: x}\n");
	sim_start(s);
	answers(s, "ee");
	answers(s, "nn");
	answers(s, "cc");
	cr_assert_not(fake_was_started(s->host, "a"));
	answers(s, "3");
	IS(fake_env(s->host, "a", "E"), "ee");
	IS(sim_text(s, sim_event(s, "step.start", "a", 0), "name"), "n nn");
	sim_pass(s, 181);
	cr_assert_neq(*fake_signals(s->host, "a"), '\0', "it has three minutes");
	sim_exit(s, "a", 0);
	sim_free(s);
}

Test(hashing, a_condition_that_is_false)
{
	struct sim *s = sim_steps("      - {id: no, if: \"hashFiles('c') != ''\", run: x}\n      - {id: b, run: y}\n");
	sim_start(s);
	cr_assert_eq(sim_count(s, "step.end", "no"), 0);
	answers(s, "");
	ENDS(s, "no", "skipped/skipped");
	sim_exit(s, "b", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(hashing, each_stage_of_a_step_reads_the_files_anew)
{
	struct sim *s = sim_steps("      - {id: a, if: \"hashFiles('x') == 'one'\", run: \"${{ hashFiles('x') }}\",\n"
	                          "         continue-on-error: \"${{ hashFiles('x') == 'three' }}\"}\n"
	                          "      - {id: b, run: y}\n");
	sim_start(s);
	answers(s, "one");
	answers(s, "two");
	IS(sim_script(s, "a"), "two");
	sim_exit(s, "a", 1);
	cr_assert_eq(sim_count(s, "step.end", "a"), 0, "its conclusion is open");
	cr_assert_not(fake_was_started(s->host, "b"));
	answers(s, "three");
	ENDS(s, "a", "failure/success");
	sim_exit(s, "b", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(hashing, errors_are_those_of_the_step)
{
	struct sim *s = sim_steps(
		"      - {id: a, run: \"${{ hashFiles('x') }}\"}\n      - {id: b, if: always(), run: \"${{ hashFiles('y') }}\"}\n"
		"      - {id: c, if: always(), run: \"${{ hashFiles('z') }}\"}\n");
	sim_start(s);
	fake_output(s->host, "hash", HOST_STDOUT, "{\"error\":\"hashFiles('x') failed. Really\",\"kind\":1}");
	sim_exit(s, "hash", 1);
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "hashFiles('x') failed. Really"));
	fake_die(s->host, "hash", 9);
	sim_turn(s);
	ENDS(s, "b", "failure/failure");
	cr_assert(sim_logged(s, "b", "ended without an answer"));
	sim_exit(s, "hash", 0);
	ENDS(s, "c", "failure/failure");
	sim_free(s);
}

Test(hashing, a_helper_that_cannot_start)
{
	struct sim *s = sim_steps("      - {id: a, run: \"${{ hashFiles('x') }}\"}\n");
	fake_spawn_fail(s->host, "hash", "no more processes");
	sim_start(s);
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "no more processes"));
	sim_free(s);
}

Test(hashing, a_step_can_be_stopped_while_it_waits)
{
	struct sim *s = sim_steps("      - {id: a, timeout-minutes: 1, run: \"${{ hashFiles('x') }}\"}\n"
	                          "      - {id: bg, background: true, if: always(), run: \"${{ hashFiles('y') }}\"}\n"
	                          "      - {id: c, cancel: bg}\n");
	sim_start(s);
	sim_pass(s, 61);
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "has timed out after 1 minutes"));
	IS(fake_signals(s->host, "hash"), "9");
	sim_turn(s);
	ENDS(s, "bg", "cancelled/cancelled");
	IS(fake_signals(s->host, "hash"), "9");
	cr_assert(fake_released(s->host, "hash"));
	sim_finish(s);
	sim_free(s);
}

Test(hashing, cancellation_does_not_wait_for_files)
{
	struct sim *s = sim_steps("      - {id: bg, background: true, run: x}\n"
	                          "      - {id: a, env: {E: \"${{ hashFiles('x') }}\"}, run: x}\n"
	                          "      - {id: b, if: always(), run: y}\n");
	sim_start(s);
	cr_assert(fake_is_running(s->host, "hash"));
	engine_cancel(s->engine, 1);
	sim_turn(s);
	ENDS(s, "a", "skipped/skipped");
	cr_assert(fake_is_running(s->host, "b"));
	IS(fake_signals(s->host, "hash"), "9");
	sim_exit(s, "b", 0);
	sim_exit(s, "bg", 0);
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(hashing, a_job_that_is_killed_leaves_no_helper)
{
	struct sim *s = sim_steps("      - {id: a, if: always(), env: {E: \"${{ hashFiles('x') }}\"}, run: x}\n");
	sim_start(s);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	cr_assert_eq(sim_count(s, "step.end", "a"), 0, "always() is to have its chance");
	engine_cancel(s->engine, 3);
	sim_finish(s);
	IS(fake_signals(s->host, "hash"), "9");
	cr_assert(fake_released(s->host, "hash"));
	sim_free(s);
}

Test(hashing, inside_an_action)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n      - {id: b, run: \"${{ steps.a.outputs.o }}\"}\n");
	fake_put(s->host, "/work/1-j/r/r/a/action.yml",
	         "name: n\ndescription: d\n"
	         "inputs: {key: {default: \"k-${{ hashFiles('x') }}\"}}\n"
	         "outputs: {o: {value: '${{ inputs.key }}'}}\n"
	         "runs:\n  using: composite\n  steps:\n"
	         "  - {id: in, shell: bash, run: \"${{ inputs.key }} ${{ hashFiles('y') }}\"}\n");
	sim_start(s);
	answers(s, "xx");
	answers(s, "yy");
	IS(sim_script(s, "in"), "k-xx yy");
	cr_assert_eq(sim_count(s, "step.start", "a"), 1);
	sim_exit(s, "in", 0);
	IS(sim_script(s, "b"), "k-xx");
	sim_exit(s, "b", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(hashing, a_second_interrupt_does_not_wait_for_a_conclusion)
{
	struct sim *s = sim_steps("      - {id: a, run: x, continue-on-error: \"${{ hashFiles('x') == 'a' }}\"}\n");
	sim_start(s);
	sim_exit(s, "a", 1);
	cr_assert(fake_is_running(s->host, "hash"));
	engine_cancel(s->engine, 1);
	sim_turn(s);
	cr_assert_eq(sim_count(s, "step.end", "a"), 0);
	engine_cancel(s->engine, 2);
	sim_finish(s);
	ENDS(s, "a", "failure/failure");
	IS(fake_signals(s->host, "hash"), "9");
	sim_free(s);
}

Test(hashing, a_condition_that_holds_is_not_asked_for_files_again)
{
	struct sim *s = sim_steps("      - {id: a, if: \"always() && hashFiles('x') == 'a'\", run: \"${{ hashFiles('y') }}\"}\n");
	sim_start(s);
	answers(s, "a");
	cr_assert(fake_is_running(s->host, "hash"));
	engine_cancel(s->engine, 1);
	sim_turn(s);
	cr_assert_eq(sim_count(s, "step.end", "a"), 0);
	answers(s, "b");
	IS(sim_script(s, "a"), "b");
	sim_exit(s, "a", 0);
	ENDS(s, "a", "success/success");
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(hashing, a_dry_run_looks_at_the_users_tree)
{
	static const char *const first[] = { "{uses: actions/checkout@v4}", "{run: x}" };
	for (int i = 0; i < 2; i++) {
		struct arena a = { 0 };
		struct sim *s = sim_new(arena_printf(&a,
		                                     "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - %s\n"
		                                     "      - {id: a, name: \"n${{ hashFiles('x') }}\", run: y}\n",
		                                     first[i])
		                                .p);
		s->opt.dry_run = true;
		sim_start(s);
		cr_assert_eq(fake_count(s->host), i == 0 ? 1 : 0);
		if (i == 0)
			answers(s, "hash");
		IS(sim_text(s, sim_event(s, "step.start", "a", 0), "name"), i == 0 ? "nhash" : "n${{ hashFiles('x') }}");
		sim_finish(s);
		IS(sim_conclusion(s), "skipped"); /* nothing was done */
		sim_free(s);
		arena_done(&a);
	}
}
