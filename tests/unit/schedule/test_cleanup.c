/* The end of a job: what takes long is waited for, and nothing else waits. */
#include <criterion/criterion.h>

#include "base/file.h"
#include "checkout/checkout.h"
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

/* ---- folders that are kept ---- */

static char kept_dir[] = "/tmp/sidestep-cleanup-XXXXXX";

/* A job whose folder stays, and in it the list of a checkout that had no post stage. */
static struct sim *start_kept(void)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n");
	cr_assert(mkdtemp(kept_dir));
	s->opt.keep = true;
	s->opt.work_dir = str_of(kept_dir);
	sim_start(s);
	const char *scratch = arena_printf(&s->arena, "%s/1-j/" CHECKOUT_SCRATCH, kept_dir).p;
	cr_assert_eq(file_mkdirs(scratch, 0700, NULL), 0);
	cr_assert_eq(file_write(checkout_list(&s->arena, str_of(scratch)).p, STR_EMPTY, 0600, NULL), 0);
	return s;
}

static void end_kept(struct sim *s)
{
	sim_finish(s);
	sim_free(s);
	file_remove_tree(kept_dir, NULL);
}

Test(cleanup, the_token_of_a_kept_folder_goes_by_a_helper)
{
	struct sim *s = start_kept();
	sim_exit(s, "a", 0);
	cr_assert(fake_is_running(s->host, "forget"));
	IS(fake_arg(s->host, "forget", 1), "__forget");
	cr_expect(strstr(fake_arg(s->host, "forget", 2), "/1-j/" CHECKOUT_SCRATCH));
	IS(sim_job(s, "j"), "");
	sim_exit(s, "forget", 0);
	IS(sim_job(s, "j"), "success");
	cr_expect(fake_released(s->host, "forget"));
	end_kept(s);
}

Test(cleanup, nobody_waits_for_that_helper_longer_than_for_others)
{
	struct sim *s = start_kept();
	sim_exit(s, "a", 0);
	sim_pass(s, 599);
	IS(sim_job(s, "j"), "");
	sim_pass(s, 2);
	IS(sim_job(s, "j"), "success");
	IS(fake_signals(s->host, "forget"), "");
	cr_expect(fake_released(s->host, "forget"));
	end_kept(s);
}

Test(cleanup, an_interrupt_leaves_that_helper_to_itself)
{
	struct sim *s = start_kept();
	engine_cancel(s->engine, 2);
	sim_exit(s, "a", 130);
	cr_expect(fake_was_started(s->host, "forget"));
	cr_expect(fake_released(s->host, "forget"));
	IS(fake_signals(s->host, "forget"), "");
	IS(sim_job(s, "j"), "cancelled");
	end_kept(s);
}

Test(cleanup, that_helper_not_starting_is_said)
{
	struct sim *s = start_kept();
	fake_spawn_fail(s->host, "forget", "no more processes");
	sim_exit(s, "a", 0);
	IS(sim_job(s, "j"), "success");
	cr_expect(sim_logged(s, NULL, "the token of a checkout stays until the next run: no more processes"));
	end_kept(s);
}
