/* Concurrency groups on the fake host, alone and between runs that share a gate; run-name and environments. */
#include <criterion/criterion.h>

#include "schedule/gate.h"
#include "sim.h"

#define IS(...) cr_assert_str_eq(__VA_ARGS__)

static const char *skip_reason(struct sim *s, const char *job)
{
	for (int n = 0;; n++) {
		struct val e = sim_event(s, "job.skip", NULL, n);
		if (e.kind == VAL_NULL)
			return "";
		if (strcmp(sim_text(s, e, "job"), job) == 0)
			return sim_text(s, e, "reason");
	}
}

static const char *result_of(struct sim *s, const char *job)
{
	return sim_text(s, val_at(sim_event(s, "run.end", NULL, 0), "jobs"), job);
}

static bool started(struct sim *s, const char *job)
{
	for (int n = 0;; n++) {
		struct val e = sim_event(s, "job.start", NULL, n);
		if (e.kind == VAL_NULL)
			return false;
		if (strcmp(sim_text(s, e, "job"), job) == 0)
			return true;
	}
}

Test(gate, rules_of_a_group)
{
	struct arena a = { 0 };
	struct gate_list l = { 0 };
	struct gate_request single = { STR("g"), false, false }, cancels = { STR("g"), true, false },
			    queues = { STR("g"), false, true };
	gate_list_enter(&l, &a, (struct gate_ticket) { .id = 1 }, &single);
	cr_assert_eq(gate_list_state(&l, 1), GATE_OPEN);
	gate_list_enter(&l, &a, (struct gate_ticket) { .id = 2 }, &single);
	cr_assert_eq(gate_list_state(&l, 2), GATE_WAITING);
	gate_list_enter(&l, &a, (struct gate_ticket) { .id = 3 }, &single);
	cr_assert_eq(gate_list_state(&l, 2), GATE_CANCELLED, "a newcomer takes the place of who waits");
	cr_assert_eq(gate_list_state(&l, 1), GATE_OPEN, "and leaves the one alone that runs");
	gate_list_enter(&l, &a, (struct gate_ticket) { .id = 4 }, &queues);
	gate_list_enter(&l, &a, (struct gate_ticket) { .id = 5 }, &queues);
	cr_assert_eq(gate_list_state(&l, 3), GATE_WAITING, "queue: max pushes nobody out");
	gate_list_leave(&l, 1);
	cr_assert_eq(gate_list_state(&l, 3), GATE_OPEN, "who has waited longest is next, not who was cancelled");
	gate_list_enter(&l, &a, (struct gate_ticket) { .id = 6 }, &cancels);
	cr_assert_eq(gate_list_state(&l, 3), GATE_CANCELLED);
	cr_assert_eq(gate_list_state(&l, 4), GATE_CANCELLED);
	cr_assert_eq(gate_list_state(&l, 6), GATE_WAITING, "until the cancelled one has ended");
	gate_list_leave(&l, 3);
	cr_assert_eq(gate_list_state(&l, 6), GATE_OPEN);
	for (uint64_t i = 0; i < GATE_QUEUE_MAX; i++)
		gate_list_enter(&l, &a, (struct gate_ticket) { .id = 100 + i }, &queues);
	gate_list_enter(&l, &a, (struct gate_ticket) { .id = 999 }, &queues);
	cr_assert_eq(gate_list_state(&l, 100 + GATE_QUEUE_MAX - 1), GATE_WAITING);
	cr_assert_eq(gate_list_state(&l, 999), GATE_CANCELLED, "a full queue takes nobody");
	cr_assert_eq(gate_list_state(&l, 12345), GATE_CANCELLED);
	arena_done(&a);
}

Test(concurrency, jobs_of_a_run_take_turns)
{
	struct sim *s = sim_new("on: push\njobs:\n"
	                        "  a: {runs-on: ubuntu-latest, concurrency: G, steps: [{id: a, run: x}]}\n"
	                        "  b: {runs-on: ubuntu-latest, concurrency: {group: 'g'}, steps: [{id: b, run: x}]}\n"
	                        "  c: {runs-on: ubuntu-latest, concurrency: other, steps: [{id: c, run: x}]}\n");
	sim_start(s);
	cr_assert(started(s, "a") && started(s, "c") && !started(s, "b"));
	IS(sim_text(s, sim_event(s, "job.start", NULL, 0), "concurrency"), "G");
	sim_exit(s, "c", 0);
	cr_assert(!started(s, "b"));
	sim_exit(s, "a", 0);
	cr_assert(started(s, "b"));
	sim_exit(s, "b", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(concurrency, a_newer_leg_takes_the_place_of_the_one_that_waits)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    concurrency: one\n    strategy: {fail-fast: "
	                "false, matrix: {n: [1, 2, 3]}}\n    steps: [{id: s, run: x}]\n");
	sim_start(s);
	cr_assert(started(s, "j (1)") && !started(s, "j (3)"));
	IS(skip_reason(s, "j (2)"), "Canceling since a higher priority waiting request for 'one' exists");
	sim_exit(s, "s", 0);
	cr_assert(started(s, "j (3)"));
	sim_exit(s, "s", 0);
	IS(result_of(s, "j (2)"), "cancelled");
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(concurrency, runs_share_a_gate)
{
	static const char *const waits =
		"on: push\nconcurrency: deploy\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{id: s, run: x}]}\n";
	static const char *const pushes = "on: push\nconcurrency: {group: DEPLOY, cancel-in-progress: true}\njobs:\n"
					  "  j: {runs-on: ubuntu-latest, if: always(), steps: [{id: s, run: x}]}\n";
	struct gate *gate = gate_memory_new();
	struct sim *first = sim_new(waits), *second = sim_new(waits), *third = sim_new(pushes);
	first->opt.gate = second->opt.gate = third->opt.gate = gate;
	sim_start(first);
	sim_start(second);
	cr_assert(started(first, "j") && !started(second, "j"));
	sim_start(third);
	sim_pass(second, 0.3);
	IS(sim_conclusion(second), "cancelled", "it waited and was pushed out");
	IS(skip_reason(second, "j"), "Canceling since a higher priority waiting request for 'deploy' exists");
	sim_pass(third, 0.3);
	cr_assert(!started(third, "j"), "the first has not ended");
	sim_pass(first, 0.3);
	sim_exit(first, "s", 130); /* it was asked to stop */
	IS(sim_conclusion(first), "cancelled");
	sim_pass(third, 0.3);
	cr_assert(started(third, "j"));
	sim_exit(third, "s", 0);
	IS(sim_conclusion(third), "success");
	sim_free(first);
	sim_free(second);
	sim_free(third);
	gate->ops->free(gate);
}

Test(concurrency, a_run_that_is_cancelled_in_the_line_runs_nothing)
{
	static const char *const yaml =
		"on: push\nconcurrency: one\njobs:\n  j: {runs-on: ubuntu-latest, if: always(), steps: [{id: s, "
		"run: x}]}\n";
	struct gate *gate = gate_memory_new();
	struct sim *first = sim_new(yaml), *second = sim_new(yaml);
	first->opt.gate = second->opt.gate = gate;
	sim_start(first);
	sim_start(second);
	engine_cancel(second->engine, 1);
	sim_turn(second);
	IS(sim_conclusion(second), "cancelled");
	cr_assert(!started(second, "j"));
	sim_free(first);
	sim_free(second);
	gate->ops->free(gate);
}

Test(concurrency, a_job_in_the_group_of_its_own_workflow_is_cancelled)
{
	struct sim *s = sim_new("on: push\nconcurrency: ${{ 'same' }}\njobs:\n"
	                        "  j: {runs-on: ubuntu-latest, concurrency: \"${{ 'SAME' }}\", steps: [{id: s, run: x}]}\n");
	sim_start(s);
	IS(skip_reason(s, "j"), "Canceling since a deadlock was detected for concurrency group: 'SAME' between a top level "
	                        "workflow and 'j'");
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(concurrency, bad_groups_fail)
{
	struct sim *s =
		sim_new("on: push\njobs:\n"
	                "  a: {runs-on: ubuntu-latest, concurrency: \"${{ github.nothing }}\", steps: [{run: x}]}\n"
	                "  b: {runs-on: ubuntu-latest, concurrency: {group: g, cancel-in-progress: \"${{ 'no' }}x\"}, steps: "
	                "[{run: x}]}\n");
	sim_start(s);
	cr_assert(sim_logged(s, NULL,
	                     "Error when evaluating 'concurrency' for job 'a'. .github/workflows/t.yml (Line: 3, Col: 44): "
	                     "Concurrency group name cannot be empty"));
	cr_assert(sim_logged(s, NULL, "Unexpected value 'nox'"));
	IS(sim_conclusion(s), "failure");
	sim_free(s);
	s = sim_new(
		"on: push\nconcurrency: \"${{ github.nothing }}\"\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{run: x}]}\n");
	sim_start(s);
	IS(sim_conclusion(s), "failure");
	cr_assert(strstr(skip_reason(s, "j"), "Error when evaluating 'concurrency'."));
	sim_free(s);
}

Test(run_name, is_evaluated_or_made_from_the_event)
{
	struct sim *s = sim_new("on: push\nname: CI\nrun-name: Deploy of ${{ github.ref }}\njobs:\n  j: {runs-on: ubuntu-latest, "
	                        "steps: [{run: x}]}\n");
	sim_start(s);
	IS(sim_text(s, sim_event(s, "run.start", NULL, 0), "run_name"), "Deploy of refs/heads/main");
	sim_free(s);
	s = sim_new("on: push\nname: CI\nrun-name: ' '\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{run: x}]}\n");
	sim_start(s);
	IS(sim_text(s, sim_event(s, "run.start", NULL, 0), "run_name"), "CI");
	sim_free(s);
}

Test(environment, name_before_and_url_after)
{
	struct sim *s =
		sim_new("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n"
	                "    environment: {name: \"${{ github.ref_name || 'prod' }}\", url: 'https://${{ steps.s.outputs.host "
	                "}}/'}\n    steps: [{id: s, run: x}]\n"
	                "  k: {runs-on: ubuntu-latest, environment: {name: x, url: \"https://${{ 'hush-hush' }}\"}, steps: [{id: "
	                "t, run: x}]}\n");
	val_set_str(&s->arena, s->opt.secrets, "S", STR("hush-hush"));
	sim_start(s);
	IS(sim_text(s, sim_event(s, "job.start", NULL, 0), "environment"), "prod");
	fake_write(s->host, "s", "GITHUB_OUTPUT", "host=example.org\n");
	sim_exit(s, "s", 0);
	IS(sim_text(s, sim_event(s, "job.end", NULL, 0), "environment_url"), "https://example.org/");
	sim_exit(s, "t", 0);
	IS(sim_text(s, sim_event(s, "job.end", NULL, 1), "environment_url"), "");
	cr_assert(sim_logged(s, NULL, "Skip setting environment url as environment 'url' may contain secret."));
	sim_free(s);
}
