/* The end of a job: what takes long is waited for, and nothing else waits. */
#include <criterion/criterion.h>

#include "sim.h"

#define IS(...) cr_assert_str_eq(__VA_ARGS__)

static const char two_jobs[] = "on: push\njobs:\n"
			       "  j:\n    runs-on: ubuntu-latest\n    steps: [{id: a, run: x}]\n"
			       "  k:\n    runs-on: ubuntu-latest\n    steps: [{id: b, run: x}, {id: c, run: x}]\n"
			       "  after:\n    needs: j\n    runs-on: ubuntu-latest\n    steps: [{id: d, run: x}]\n";

static struct sim *start_two(void)
{
	struct sim *s = sim_new(two_jobs);
	s->opt.max_parallel = 4;
	sim_start(s);
	return s;
}

Test(cleanup, other_jobs_go_on_during_a_sweep)
{
	struct sim *s = start_two();
	fake_sweep_takes(s->host, 1000000000u);
	fake_leftover(s->host, 77, "daemon");
	sim_exit(s, "a", 0);
	IS(sim_job(s, "j"), "");
	cr_expect(sim_logged(s, NULL, "Terminate orphan process: pid (77) (daemon)"));
	sim_exit(s, "b", 0);
	cr_expect(fake_is_running(s->host, "c"));
	cr_expect(!fake_was_started(s->host, "d"));
	sim_pass(s, 1.1);
	IS(sim_job(s, "j"), "success");
	cr_expect(fake_is_running(s->host, "d"));
	sim_exit(s, "c", 0);
	sim_exit(s, "d", 0);
	sim_finish(s);
	IS(sim_conclusion(s), "success");
	cr_expect_eq(fake_open_groups(s->host), 0);
	sim_free(s);
}

Test(cleanup, a_big_folder_is_removed_by_a_helper)
{
	struct sim *s = start_two();
	fake_big_tree(s->host, "-j");
	sim_exit(s, "a", 0);
	cr_assert(fake_is_running(s->host, "remove"));
	IS(fake_arg(s->host, "remove", 1), "__remove");
	IS(sim_job(s, "j"), "");
	sim_exit(s, "b", 0);
	cr_expect(fake_is_running(s->host, "c"));
	sim_exit(s, "remove", 0);
	IS(sim_job(s, "j"), "success");
	cr_expect(fake_released(s->host, "remove"));
	cr_expect(fake_is_running(s->host, "d"));
	sim_free(s);
}

Test(cleanup, what_the_helper_could_not_remove_is_said)
{
	struct sim *s = start_two();
	fake_big_tree(s->host, "-j");
	sim_exit(s, "a", 0);
	fake_output(s->host, "remove", HOST_STDERR, "cannot remove /w/x: Operation not permitted\n");
	sim_exit(s, "remove", 1);
	IS(sim_job(s, "j"), "success");
	cr_expect(sim_logged(s, NULL, "cannot remove /w/x: Operation not permitted"));
	sim_free(s);
}

Test(cleanup, a_helper_that_does_not_start_is_said)
{
	struct sim *s = start_two();
	fake_big_tree(s->host, "-j");
	fake_spawn_fail(s->host, "remove", "no more processes");
	sim_exit(s, "a", 0);
	IS(sim_job(s, "j"), "success");
	cr_expect(sim_logged(s, NULL, "the work folder stays: no more processes"));
	sim_free(s);
}

Test(cleanup, the_interrupt_key_ends_a_removal)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n");
	sim_start(s);
	fake_big_tree(s->host, "-j");
	sim_exit(s, "a", 0);
	cr_assert(fake_is_running(s->host, "remove"));
	engine_cancel(s->engine, 1);
	sim_turn(s);
	IS(fake_signals(s->host, "remove"), "9");
	IS(sim_job(s, "j"), "success");
	sim_finish(s);
	sim_free(s);
}

Test(cleanup, a_removal_after_the_interrupt_key_needs_another)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n");
	sim_start(s);
	fake_big_tree(s->host, "-j");
	engine_cancel(s->engine, 1);
	sim_turn(s);
	sim_exit(s, "a", 130);
	cr_assert(fake_is_running(s->host, "remove"));
	sim_pass(s, 3600); /* no time limit holds any more */
	cr_assert(fake_is_running(s->host, "remove"));
	engine_cancel(s->engine, 2);
	sim_finish(s);
	IS(fake_signals(s->host, "remove"), "9");
	IS(sim_job(s, "j"), "cancelled");
	sim_free(s);
}

Test(cleanup, an_interrupt_during_the_sweep_is_remembered)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n");
	sim_start(s);
	fake_sweep_takes(s->host, 1000000000u);
	fake_big_tree(s->host, "-j");
	sim_exit(s, "a", 0);
	IS(sim_job(s, "j"), "");
	engine_cancel(s->engine, 1);
	sim_pass(s, 1.1);
	cr_expect(!fake_was_started(s->host, "remove"));
	cr_expect(sim_logged(s, NULL, "not removed to its end"));
	IS(sim_job(s, "j"), "success");
	sim_finish(s);
	sim_free(s);
}

Test(cleanup, after_two_interrupts_no_helper_begins)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n");
	sim_start(s);
	fake_big_tree(s->host, "-j");
	engine_cancel(s->engine, 2);
	sim_exit(s, "a", 130);
	cr_expect(!fake_was_started(s->host, "remove"));
	sim_finish(s);
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(cleanup, a_helper_that_never_ends_has_its_limit)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n");
	sim_start(s);
	fake_big_tree(s->host, "-j");
	sim_exit(s, "a", 0);
	cr_assert(fake_is_running(s->host, "remove"));
	sim_pass(s, 599);
	IS(sim_job(s, "j"), "");
	sim_pass(s, 2);
	IS(sim_job(s, "j"), "success");
	IS(fake_signals(s->host, "remove"), "9");
	sim_free(s);
}
