/* Step concurrency on the fake host: every case that a runner must get right, with virtual time. */
#include <criterion/criterion.h>

#include "sim.h"

#define ENDS(s, step, want) cr_assert_str_eq(sim_end(s, step), want, "step %s", step)
#define IS(...)             cr_assert_str_eq(__VA_ARGS__)

Test(parallel, foreground_starts_before_the_background_step_ends)
{
	struct sim *s = sim_steps("      - {id: b, run: slow, background: true}\n"
	                          "      - {id: f, run: quick}\n"
	                          "      - {id: w, wait: b}\n"
	                          "      - {id: last, run: after}\n");
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 2);
	sim_exit(s, "f", 0);
	cr_assert_not(fake_was_started(s->host, "last"), "the wait blocks");
	sim_exit(s, "b", 0);
	cr_assert(fake_was_started(s->host, "last"));
	sim_exit(s, "last", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, outputs_and_env_are_seen_after_the_join)
{
	struct sim *s =
		sim_steps("      - {id: b, run: make, background: true}\n"
	                  "      - {id: before, run: 'see [${{ steps.b.outputs.v }}${{ steps.b.outcome }}] [${{ env.E }}]'}\n"
	                  "      - {id: w, wait: b}\n"
	                  "      - {id: after, run: 'see [${{ steps.b.outputs.v }}/${{ steps.b.outcome }}] [${{ env.E }}]'}\n");
	sim_start(s);
	fake_write(s->host, "b", "GITHUB_OUTPUT", "v=1\n");
	fake_write(s->host, "b", "GITHUB_ENV", "E=x\n");
	fake_write(s->host, "b", "GITHUB_PATH", "/new/bin\n");
	sim_exit(s, "b", 0);
	IS(sim_script(s, "before"), "see [] []");
	sim_exit(s, "before", 0);
	IS(sim_script(s, "after"), "see [1/success] [x]");
	IS(fake_env(s->host, "after", "E"), "x");
	IS(fake_env(s->host, "after", "PATH"), "/new/bin:/usr/bin:/bin");
	cr_assert_null(fake_env(s->host, "before", "E"));
	struct val join = sim_event(s, "step.join", "b", 0);
	IS(sim_text(s, join, "by"), "w");
	IS(sim_text(s, val_at(join, "outputs"), "v"), "1");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, a_failed_background_step_fails_the_wait)
{
	struct sim *s = sim_steps("      - {id: b, run: x, background: true}\n"
	                          "      - {id: next, run: x}\n"
	                          "      - {id: w, wait: b}\n"
	                          "      - {id: skipped, run: x}\n"
	                          "      - {id: rescue, run: x, if: failure()}\n");
	sim_start(s);
	sim_exit(s, "b", 1);
	cr_assert(fake_is_running(s->host, "next"), "a failure before the join changes nothing");
	sim_exit(s, "next", 0);
	ENDS(s, "w", "failure/failure");
	ENDS(s, "skipped", "skipped/skipped");
	sim_exit(s, "rescue", 0);
	ENDS(s, "rescue", "success/success");
	IS(sim_job(s, "j"), "failure");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(parallel, continue_on_error_of_the_background_step)
{
	struct sim *s = sim_steps("      - {id: b, run: x, background: true, continue-on-error: true}\n"
	                          "      - {id: w, wait: b}\n"
	                          "      - {id: after, run: '${{ steps.b.outcome }} ${{ steps.b.conclusion }}'}\n");
	sim_start(s);
	sim_exit(s, "b", 1);
	ENDS(s, "b", "failure/success");
	ENDS(s, "w", "success/success");
	IS(sim_script(s, "after"), "failure success");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, continue_on_error_of_the_wait_forgives_what_it_joined)
{
	struct sim *s = sim_steps("      - {id: b, run: x, background: true}\n"
	                          "      - {id: w, wait: b, continue-on-error: true}\n"
	                          "      - {id: after, run: x}\n");
	sim_start(s);
	sim_exit(s, "b", 1);
	ENDS(s, "w", "failure/success");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, twelve_background_steps_never_more_than_ten_at_once)
{
	struct buf steps = BUF_INIT;
	for (int i = 1; i <= 12; i++)
		buf_addf(&steps, "      - {id: s%d, run: x, background: true}\n", i);
	struct sim *s = sim_steps(buf_cstr(&steps));
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 10);
	sim_exit(s, "s3", 0);
	IS(fake_last_started(s->host), "s11");
	cr_assert_eq(fake_running(s->host), 10);
	sim_exit(s, "s1", 0);
	IS(fake_last_started(s->host), "s12");
	for (int i = 1; i <= 12; i++) {
		char id[8];
		snprintf(id, sizeof(id), "s%d", i);
		IS(fake_started(s->host, i - 1), id);
		if (i != 1 && i != 3)
			sim_exit(s, id, 0);
	}
	IS(sim_conclusion(s), "success");
	cr_assert_eq(sim_count(s, "step.queue", NULL), 12);
	sim_free(s);
	buf_done(&steps);
}

Test(parallel, cancel_of_a_running_step)
{
	struct sim *s = sim_steps("      - {id: x, run: sleep 1000, background: true}\n"
	                          "      - {id: work, run: x}\n"
	                          "      - {id: c, cancel: x}\n"
	                          "      - {id: after, run: '${{ steps.x.conclusion }} ${{ job.status }}'}\n");
	sim_start(s);
	fake_on_signal(s->host, "x", 2, 0); /* ends well on SIGINT: cancelled all the same */
	sim_exit(s, "work", 0);
	IS(fake_signals(s->host, "x"), "2 9");
	ENDS(s, "x", "cancelled/cancelled");
	ENDS(s, "c", "success/success");
	IS(sim_script(s, "after"), "cancelled success");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, cancel_of_a_step_that_has_failed_fails_the_job_at_its_end)
{
	struct sim *s = sim_steps("      - {id: x, run: x, background: true}\n"
	                          "      - {id: work, run: x}\n"
	                          "      - {id: c, cancel: x}\n"
	                          "      - {id: after, run: '${{ job.status }}'}\n"
	                          "      - {id: all, wait-all: }\n");
	sim_start(s);
	sim_exit(s, "x", 3);
	sim_exit(s, "work", 0);
	ENDS(s, "c", "success/success");
	IS(sim_script(s, "after"), "success");
	sim_exit(s, "after", 0);
	ENDS(s, "all", "success/success");
	IS(sim_job(s, "j"), "failure");
	sim_free(s);
}

Test(parallel, cancel_escalates_and_output_of_the_trap_is_kept)
{
	struct sim *s = sim_steps("      - {id: x, run: x, background: true}\n"
	                          "      - {id: work, run: x}\n"
	                          "      - {id: c, cancel: x}\n");
	sim_start(s);
	sim_exit(s, "work", 0);
	IS(fake_signals(s->host, "x"), "2");
	fake_output(s->host, "x", HOST_STDOUT, "cleaning up\n");
	sim_turn(s);
	sim_pass(s, 7.4);
	IS(fake_signals(s->host, "x"), "2");
	sim_pass(s, 0.2);
	IS(fake_signals(s->host, "x"), "2 15");
	sim_pass(s, 2.6);
	sim_finish(s);
	cr_assert(strncmp(fake_signals(s->host, "x"), "2 15 9", 6) == 0, "%s", fake_signals(s->host, "x"));
	cr_assert(sim_logged(s, "x", "cleaning up"));
	ENDS(s, "x", "cancelled/cancelled");
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, a_service_nobody_waits_for_blocks_until_the_job_limit)
{
	struct sim *s = sim_new("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    timeout-minutes: 2\n    steps:\n"
	                        "      - {id: srv, run: serve, background: true}\n"
	                        "      - {id: last, run: x, if: always()}\n");
	sim_start(s);
	sim_exit(s, "last", 0);
	IS(sim_conclusion(s), "");
	cr_assert(sim_logged(s, "__implicit_wait_all", "srv") || sim_logged(s, "__implicit_wait_all", "Run serve"));
	cr_assert(sim_logged(s, "__implicit_wait_all", "2 minutes"));
	fake_on_signal(s->host, "srv", 2, FAKE_DIES);
	sim_finish(s);
	ENDS(s, "srv", "cancelled/cancelled");
	ENDS(s, "__implicit_wait_all", "cancelled/cancelled");
	IS(sim_job(s, "j"), "cancelled");
	sim_free(s);
}

Test(parallel, a_background_step_whose_condition_is_false)
{
	struct sim *s = sim_steps("      - {id: b, run: x, background: true, if: false}\n"
	                          "      - {id: see, run: '${{ steps.b.outcome }}'}\n"
	                          "      - {id: w, wait: b}\n");
	sim_start(s);
	IS(sim_script(s, "see"), "skipped");
	sim_exit(s, "see", 0);
	ENDS(s, "w", "success/success");
	cr_assert_eq(sim_count(s, "step.start", "b"), 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, a_failing_member_of_a_group)
{
	struct sim *s = sim_steps(
		"      - parallel:\n          - {id: a, run: x}\n          - {id: b, run: x}\n          - {id: c, run: x}\n"
		"      - {id: after, run: x}\n");
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 3);
	sim_exit(s, "b", 1);
	cr_assert_eq(fake_running(s->host), 2, "no fail-fast");
	sim_exit(s, "a", 0);
	sim_exit(s, "c", 0);
	ENDS(s, "__parallel", "failure/failure");
	ENDS(s, "after", "skipped/skipped");
	IS(sim_conclusion(s), "failure");
	const char *group = sim_text(s, sim_event(s, "step.start", "a", 0), "group");
	IS(sim_text(s, sim_event(s, "step.start", "__parallel", 0), "group"), group);
	sim_free(s);
}

Test(parallel, cancelling_the_run_during_a_wait)
{
	struct sim *s = sim_steps("      - {id: b, run: x, background: true}\n"
	                          "      - {id: w, wait: b}\n"
	                          "      - {id: plain, run: x}\n"
	                          "      - {id: always, run: '${{ job.status }}', if: always()}\n");
	sim_start(s);
	fake_on_signal(s->host, "b", 2, 130);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	ENDS(s, "b", "cancelled/cancelled");
	ENDS(s, "w", "cancelled/cancelled");
	ENDS(s, "plain", "skipped/skipped");
	IS(sim_script(s, "always"), "cancelled");
	sim_exit(s, "always", 0);
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(parallel, the_same_output_name_in_two_steps)
{
	struct sim *s = sim_steps("      - {id: a, run: x, background: true}\n      - {id: b, run: x, background: true}\n"
	                          "      - {wait-all: }\n"
	                          "      - {id: see, run: '${{ steps.a.outputs.v }} ${{ steps.b.outputs.v }}'}\n");
	sim_start(s);
	cr_assert_str_neq(fake_env(s->host, "a", "GITHUB_OUTPUT"), fake_env(s->host, "b", "GITHUB_OUTPUT"));
	fake_write(s->host, "a", "GITHUB_OUTPUT", "v=1\n");
	fake_write(s->host, "b", "GITHUB_OUTPUT", "v=2\n");
	sim_exit(s, "b", 0);
	sim_exit(s, "a", 0);
	IS(sim_script(s, "see"), "1 2");
	sim_free(s);
}

Test(parallel, effects_are_published_in_the_order_of_the_list)
{
	struct sim *s = sim_steps("      - {id: a, run: x, background: true}\n      - {id: b, run: x, background: true}\n"
	                          "      - {wait: [b, a]}\n      - {id: see, run: '${{ env.V }}'}\n");
	sim_start(s);
	fake_write(s->host, "a", "GITHUB_ENV", "V=a\n");
	fake_write(s->host, "b", "GITHUB_ENV", "V=b\n");
	sim_exit(s, "a", 0);
	sim_exit(s, "b", 0);
	IS(sim_script(s, "see"), "a");
	IS(sim_text(s, sim_event(s, "step.join", NULL, 0), "step"), "b");
	sim_free(s);
}

Test(parallel, limits_are_per_job)
{
	struct sim *s = sim_new(
		"on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    strategy: {matrix: {n: [1, 2]}}\n    steps:\n"
		"      - {run: x, background: true}\n      - {run: x, background: true}\n      - {run: x, background: true}\n");
	s->opt.max_background = 2;
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 4, "two of each leg: %d", fake_running(s->host));
	fake_auto_exit(s->host, 1000, 0);
	for (int i = 0; i < 2; i++) {
		fake_exit(s->host, "__run", 0);
		sim_turn(s);
		fake_exit(s->host, "__run_2", 0);
		sim_turn(s);
	}
	sim_finish(s);
	IS(sim_job(s, "j (1)"), "success");
	IS(sim_job(s, "j (2)"), "success");
	sim_free(s);
}

Test(parallel, a_background_step_times_out)
{
	struct sim *s = sim_steps(
		"      - {id: b, name: Slow one, run: x, background: true, timeout-minutes: 1}\n      - {id: w, wait: b}\n");
	sim_start(s);
	fake_on_signal(s->host, "b", 2, 0);
	sim_pass(s, 59);
	IS(sim_end(s, "b"), "");
	sim_pass(s, 2);
	ENDS(s, "b", "failure/failure");
	cr_assert(sim_logged(s, "b", "The background step 'Slow one' has timed out after 1 minutes."));
	ENDS(s, "w", "failure/failure");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(parallel, the_timer_starts_with_the_slot)
{
	struct sim *s = sim_steps("      - {id: a, run: x, background: true}\n"
	                          "      - {id: b, run: x, background: true, timeout-minutes: 1}\n");
	s->opt.max_background = 1;
	sim_start(s);
	sim_pass(s, 90);
	cr_assert_not(fake_was_started(s->host, "b"));
	sim_exit(s, "a", 0);
	sim_pass(s, 50);
	sim_exit(s, "b", 0);
	ENDS(s, "b", "success/success");
	cr_assert_geq(val_at(sim_event(s, "step.end", "b", 0), "queued_ms").num, 90000);
	sim_free(s);
}

Test(parallel, a_queued_step_that_is_cancelled_never_starts)
{
	struct sim *s = sim_steps("      - {id: a, run: x, background: true}\n      - {id: b, run: x, background: true}\n"
	                          "      - {id: c, cancel: b}\n      - {id: see, run: '${{ steps.b.conclusion }}'}\n");
	s->opt.max_background = 1;
	sim_start(s);
	ENDS(s, "b", "cancelled/cancelled");
	ENDS(s, "c", "success/success");
	IS(sim_script(s, "see"), "cancelled");
	sim_exit(s, "see", 0);
	sim_exit(s, "a", 0);
	cr_assert_not(fake_was_started(s->host, "b"));
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, waiting_twice_gives_the_result_but_no_effects_again)
{
	struct sim *s =
		sim_steps("      - {id: b, run: x, background: true}\n      - {id: w1, wait: b}\n"
	                  "      - {id: set, run: x}\n      - {id: w2, wait: b}\n      - {id: see, run: '${{ env.V }}'}\n");
	sim_start(s);
	fake_write(s->host, "b", "GITHUB_ENV", "V=b\n");
	sim_exit(s, "b", 0);
	fake_write(s->host, "set", "GITHUB_ENV", "V=set\n");
	sim_exit(s, "set", 0);
	ENDS(s, "w2", "success/success");
	IS(sim_script(s, "see"), "set");
	cr_assert_eq(sim_count(s, "step.join", "b"), 1);
	sim_free(s);
}

Test(parallel, waiting_for_a_cancelled_step_is_cancelled_and_the_job_goes_on)
{
	struct sim *s =
		sim_steps("      - {id: b, run: x, background: true}\n      - {id: c, cancel: b}\n      - {id: w, wait: b}\n"
	                  "      - {id: all, wait-all: true}\n      - {id: after, run: x}\n");
	s->opt.max_background = 1;
	fake_on_signal(s->host, "b", 2, FAKE_DIES);
	sim_start(s);
	sim_turn(s);
	ENDS(s, "w", "cancelled/cancelled");
	ENDS(s, "all", "success/success");
	sim_exit(s, "after", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, a_failure_beside_a_cancelled_step_is_not_hidden)
{
	struct sim *s = sim_steps("      - {id: a, run: x, background: true}\n      - {id: b, run: x, background: true}\n"
	                          "      - {id: c, cancel: a}\n      - {id: w, wait: [a, b]}\n");
	fake_on_signal(s->host, "a", 2, FAKE_DIES);
	sim_start(s);
	sim_exit(s, "b", 1);
	ENDS(s, "w", "failure/failure");
	sim_free(s);
}

Test(parallel, env_is_taken_at_its_place_and_steps_when_it_starts)
{
	struct sim *s = sim_steps("      - {id: one, run: x, background: true}\n"
	                          "      - {id: b, run: '${{ env.V }} ${{ steps.f.outputs.o }}', background: true}\n"
	                          "      - {id: f, run: x}\n      - {wait-all: }\n");
	s->opt.max_background = 1;
	sim_start(s);
	fake_write(s->host, "f", "GITHUB_ENV", "V=late\n");
	fake_write(s->host, "f", "GITHUB_OUTPUT", "o=seen\n");
	sim_exit(s, "f", 0);
	sim_exit(s, "one", 0);
	IS(sim_script(s, "b"), " seen");
	sim_free(s);
}

Test(parallel, a_queued_step_starts_after_a_foreground_failure)
{
	struct sim *s = sim_steps("      - {id: one, run: x, background: true}\n      - {id: two, run: x, background: true}\n"
	                          "      - {id: f, run: x}\n");
	s->opt.max_background = 1;
	sim_start(s);
	sim_exit(s, "f", 1);
	sim_exit(s, "one", 0);
	cr_assert(fake_is_running(s->host, "two"));
	sim_exit(s, "two", 0);
	IS(sim_job(s, "j"), "failure");
	sim_free(s);
}

Test(parallel, an_error_in_env_or_if_of_a_background_step_fails_at_once)
{
	struct sim *s = sim_steps("      - {id: b, run: x, background: true, env: {A: \"${{ fromJSON('x') }}\"}}\n"
	                          "      - {id: next, run: x}\n      - {id: w, wait: b}\n");
	sim_start(s);
	ENDS(s, "b", "failure/failure");
	ENDS(s, "next", "skipped/skipped");
	ENDS(s, "w", "failure/failure");
	IS(sim_job(s, "j"), "failure");
	sim_free(s);
}

Test(parallel, masks_apply_to_every_step_at_once)
{
	struct sim *s = sim_steps("      - {id: a, run: x, background: true}\n      - {id: b, run: x, background: true}\n");
	sim_start(s);
	fake_output(s->host, "a", HOST_STDOUT, "::add-mask::hunter2\n");
	sim_turn(s);
	fake_output(s->host, "b", HOST_STDOUT, "the word is hunter2\n");
	sim_turn(s);
	cr_assert(sim_logged(s, "b", "the word is ***"));
	cr_assert_not(sim_logged(s, NULL, "hunter2"));
	sim_free(s);
}

Test(parallel, in_sequence_at_its_place)
{
	struct sim *s = sim_steps(
		"      - {id: a, run: x, background: true}\n      - {id: b, run: '[${{ steps.a.outcome }}]', background: true}\n"
		"      - {wait-all: }\n");
	s->opt.sequential = true;
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 1);
	sim_exit(s, "a", 0);
	IS(sim_script(s, "b"), "[]");
	sim_exit(s, "b", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(parallel, two_thousand_background_steps)
{
	struct buf steps = BUF_INIT;
	for (int i = 0; i < 2000; i++)
		buf_adds(&steps, "      - {run: x, background: true}\n");
	struct sim *s = sim_steps(buf_cstr(&steps));
	fake_auto_exit(s->host, 1000000, 0);
	sim_start(s);
	sim_finish(s);
	IS(sim_conclusion(s), "success");
	cr_assert_eq(fake_count(s->host), 2000);
	struct val end = sim_event(s, "run.end", NULL, 0);
	cr_assert_eq(val_at(end, "side_by_side").num, 10);
	sim_free(s);
	buf_done(&steps);
}

Test(parallel, nothing_begins_after_a_job_was_killed)
{
	struct sim *s = sim_new("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n"
	                        "      - {id: first, run: x}\n"
	                        "      - {id: a, background: true, if: always(), run: x}\n"
	                        "      - {id: b, background: true, if: always(), run: x}\n"
	                        "      - {id: c, background: true, if: always(), run: x}\n");
	s->opt.max_background = 1;
	sim_start(s);
	fake_on_signal(s->host, NULL, 2, FAKE_IGNORES);
	engine_cancel(s->engine, 1);
	sim_exit(s, "first", 130);
	cr_assert(fake_is_running(s->host, "a"));
	cr_assert_not(fake_was_started(s->host, "b"));
	sim_pass(s, 5 * 60 + 30); /* what a cancelled job has */
	sim_turn(s);
	cr_assert_not(fake_was_started(s->host, "b"));
	cr_assert_not(fake_was_started(s->host, "c"));
	sim_finish(s);
	cr_assert_str_eq(sim_end(s, "b"), "cancelled/cancelled");
	cr_assert_str_eq(sim_conclusion(s), "cancelled");
	sim_free(s);
}
