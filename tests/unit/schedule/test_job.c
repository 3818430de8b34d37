/* Jobs, steps and runs on the fake host: conditions, results, timeouts, needs, matrices, faults. */
#include <criterion/criterion.h>

#include "sim.h"

#define ENDS(s, step, want) cr_assert_str_eq(sim_end(s, step), want, "step %s", step)
#define IS(...)             cr_assert_str_eq(__VA_ARGS__)

Test(job, steps_in_order_and_a_failure_skips_the_rest)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n      - {id: b, run: x}\n      - {id: c, run: x}\n"
	                          "      - {id: d, run: x, if: always()}\n      - {id: e, run: x, if: 'failure() && "
	                          "steps.b.outcome == ''failure'''}\n");
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 1);
	sim_exit(s, "a", 0);
	sim_exit(s, "b", 7);
	cr_assert(sim_logged(s, "b", "Process completed with exit code 7."));
	sim_exit(s, "d", 0);
	sim_exit(s, "e", 0);
	ENDS(s, "c", "skipped/skipped");
	ENDS(s, "d", "success/success");
	ENDS(s, "e", "success/success");
	IS(sim_job(s, "j"), "failure");
	cr_assert_eq(val_at(sim_event(s, "step.end", "b", 0), "exit_code").num, 7);
	sim_free(s);
}

Test(job, environment_layers)
{
	struct sim *s = sim_new("on: push\nenv: {A: wf, B: wf, C: wf}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    env: {B: "
	                        "job, C: job}\n    steps:\n"
	                        "      - {id: a, run: x, env: {C: step, CI: mine, GITHUB_SHA: no, GITHUB_FOO: yes}}\n"
	                        "      - {id: b, run: '${{ env.B }}'}\n");
	sim_start(s);
	IS(fake_env(s->host, "a", "A"), "wf");
	IS(fake_env(s->host, "a", "B"), "job");
	IS(fake_env(s->host, "a", "C"), "step");
	IS(fake_env(s->host, "a", "CI"), "mine");
	IS(fake_env(s->host, "a", "GITHUB_FOO"), "yes");
	IS(fake_env(s->host, "a", "GITHUB_JOB"), "j");
	IS(fake_env(s->host, "a", "GITHUB_ACTION"), "a");
	IS(fake_env(s->host, "a", "GITHUB_ACTIONS"), "true");
	IS(fake_env(s->host, "a", "HOME"), "/home/u");
	IS(fake_env(s->host, "a", "RUNNER_OS"), "Linux");
	cr_assert(strncmp(fake_env(s->host, "a", "RUNNER_TRACKING_ID"), "github_", 7) == 0);
	fake_write(s->host, "a", "GITHUB_ENV", "B=file\nPATH_LIKE<<EOF\none\ntwo\nEOF\n");
	sim_exit(s, "a", 0);
	IS(sim_script(s, "b"), "file");
	IS(fake_env(s->host, "b", "PATH_LIKE"), "one\ntwo");
	IS(fake_env(s->host, "b", "C"), "job");
	IS(fake_env(s->host, "b", "CI"), "true");
	sim_free(s);
}

Test(job, default_and_named_shells)
{
	struct sim *s = sim_new(
		"on: push\ndefaults: {run: {working-directory: sub}}\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n"
		"      - {id: a, run: x}\n      - {id: b, run: x, shell: bash}\n      - {id: c, run: x, shell: 'perl {0}', "
		"working-directory: /tmp}\n"
		"      - {id: d, run: x, shell: perl, continue-on-error: true}\n      - {id: e, run: x, shell: 'nosuch {0}'}\n");
	fake_missing(s->host, "nosuch");
	sim_start(s);
	IS(fake_path(s->host, "a"), "/usr/bin/bash");
	IS(fake_arg(s->host, "a", 1), "-e");
	cr_assert(strstr(fake_cwd(s->host, "a"), "/r/r/sub"));
	sim_exit(s, "a", 0);
	IS(fake_arg(s->host, "b", 1), "--noprofile");
	IS(fake_arg(s->host, "b", 5), "pipefail");
	sim_exit(s, "b", 0);
	IS(fake_path(s->host, "c"), "/usr/bin/perl");
	IS(fake_cwd(s->host, "c"), "/tmp");
	sim_exit(s, "c", 0);
	ENDS(s, "d", "failure/success");
	cr_assert(sim_logged(s, "d", "Invalid shell option"));
	cr_assert(sim_logged(s, "e", "nosuch: command not found"));
	IS(sim_job(s, "j"), "failure");
	sim_free(s);
}

Test(job, a_step_times_out)
{
	struct sim *s =
		sim_steps("      - {id: a, name: Long, run: x, timeout-minutes: 2}\n      - {id: b, run: x, if: failure()}\n");
	sim_start(s);
	fake_on_signal(s->host, "a", 2, 0);
	sim_pass(s, 119);
	IS(fake_signals(s->host, "a"), "");
	sim_pass(s, 2);
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "The action 'Long' has timed out after 2 minutes."));
	cr_assert(fake_is_running(s->host, "b"));
	sim_free(s);
}

Test(job, pipes_held_open_are_waited_for_five_seconds)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n      - {id: b, run: x}\n");
	sim_start(s);
	fake_exit_keep_pipes(s->host, "a", 0);
	sim_turn(s);
	sim_pass(s, 0.4);
	cr_assert_not(sim_logged(s, "a", "still holds"));
	sim_pass(s, 0.2);
	cr_assert(sim_logged(s, "a", " (left) still holds the output of step 'Run x'"));
	sim_pass(s, 4.3);
	IS(sim_end(s, "a"), "");
	sim_pass(s, 0.2);
	ENDS(s, "a", "success/success");
	cr_assert(fake_detached(s->host, "a"));
	IS(fake_signals(s->host, "a"), "", "what a step leaves behind lives on");
	cr_assert(fake_is_running(s->host, "b"));
	sim_free(s);
}

Test(job, file_command_errors_fail_the_step)
{
	struct sim *s = sim_steps("      - {id: a, run: x, continue-on-error: true}\n      - {id: b, run: '${{ env.GOOD }}'}\n");
	sim_start(s);
	fake_write(s->host, "a", "GITHUB_ENV", "GOOD=1\nbad line\nLOST=2\n");
	sim_exit(s, "a", 0);
	ENDS(s, "a", "failure/success");
	cr_assert(sim_logged(s, "a", "Unable to process file command 'env' successfully."));
	cr_assert(sim_logged(s, "a", "Invalid format 'bad line'"));
	IS(sim_script(s, "b"), "1");
	sim_free(s);
}

Test(job, cancelling_asks_the_condition_of_the_running_step_again)
{
	struct sim *s = sim_steps(
		"      - {id: a, run: x, if: always()}\n      - {id: b, run: x}\n      - {id: c, run: x, if: cancelled()}\n");
	sim_start(s);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	IS(fake_signals(s->host, "a"), "", "always() protects it");
	sim_exit(s, "a", 0);
	ENDS(s, "b", "skipped/skipped");
	sim_exit(s, "c", 0);
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(job, a_second_and_a_third_cancel)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n      - {id: b, run: x, if: always()}\n");
	sim_start(s);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	IS(fake_signals(s->host, "a"), "2");
	engine_cancel(s->engine, 2);
	sim_turn(s);
	IS(fake_signals(s->host, "a"), "2 15");
	engine_cancel(s->engine, 3);
	sim_finish(s);
	cr_assert_not(fake_was_started(s->host, "b"), "a third cancel starts nothing");
	ENDS(s, "a", "cancelled/cancelled");
	cr_assert_eq(fake_running(s->host), 0);
	sim_free(s);
}

Test(job, needs_results_outputs_and_transitive_success)
{
	struct sim *s = sim_new("on: push\njobs:\n"
	                        "  a:\n    runs-on: ubuntu-latest\n    outputs: {v: '${{ steps.s.outputs.v }}', empty: ''}\n    "
	                        "steps: [{id: s, run: x}]\n"
	                        "  b:\n    needs: a\n    if: needs.a.outputs.v == 'no'\n    runs-on: ubuntu-latest\n    steps: "
	                        "[{id: never, run: x}]\n"
	                        "  c:\n    needs: b\n    if: always()\n    runs-on: ubuntu-latest\n    steps: [{id: c1, run: "
	                        "'${{ needs.b.result }}'}]\n"
	                        "  d:\n    needs: c\n    runs-on: ubuntu-latest\n    steps: [{id: d1, run: x}]\n"
	                        "  e:\n    needs: a\n    runs-on: ubuntu-latest\n    steps: [{id: e1, run: '${{ "
	                        "needs.a.outputs.v }} ${{ needs.a.result }}'}]\n");
	sim_start(s);
	fake_write(s->host, "s", "GITHUB_OUTPUT", "v=out\n");
	sim_exit(s, "s", 0);
	IS(sim_script(s, "c1"), "skipped");
	IS(sim_script(s, "e1"), "out success");
	sim_exit(s, "c1", 0);
	sim_exit(s, "e1", 0);
	IS(sim_job(s, "d"), "skipped", "a skipped ancestor, however far up");
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(job, a_job_starts_when_its_own_needs_are_done)
{
	struct sim *s = sim_new("on: push\njobs:\n  slow: {runs-on: ubuntu-latest, steps: [{id: slow, run: x}]}\n"
	                        "  quick: {runs-on: ubuntu-latest, steps: [{id: quick, run: x}]}\n"
	                        "  next: {needs: quick, runs-on: ubuntu-latest, steps: [{id: next, run: x}]}\n");
	sim_start(s);
	sim_exit(s, "quick", 0);
	cr_assert(fake_is_running(s->host, "next"));
	cr_assert(fake_is_running(s->host, "slow"));
	sim_free(s);
}

Test(job, fail_fast_and_continue_on_error)
{
	struct sim *s = sim_new("on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    continue-on-error: ${{ matrix.n == 1 }}\n"
	                        "    strategy: {max-parallel: 2, matrix: {n: [1, 2, 3]}}\n    steps: [{id: s, run: '${{ matrix.n "
	                        "}} ${{ strategy.job-index }}/${{ strategy.job-total }}'}]\n");
	fake_on_signal(s->host, NULL, 2, FAKE_DIES);
	sim_start(s);
	cr_assert_eq(fake_running(s->host), 2);
	IS(sim_script(s, "s"), "2 1/3");
	sim_exit(s, "s", 1); /* leg 2: cancels the others */
	sim_finish(s);
	IS(sim_job(s, "j (2)"), "failure");
	IS(sim_job(s, "j (1)"), "cancelled");
	IS(sim_job(s, "j (3)"), "skipped", "it never started");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(job, legs_for_other_systems_are_not_run_here)
{
	struct sim *s = sim_new("on: push\njobs:\n  j:\n    runs-on: ${{ matrix.os }}\n    strategy: {matrix: {os: "
	                        "[ubuntu-latest, windows-latest]}}\n    steps: [{id: s, run: x}]\n"
	                        "  mac: {runs-on: macos-15, steps: [{id: m, run: x}]}\n"
	                        "  after: {needs: mac, if: always(), runs-on: ubuntu-latest, steps: [{run: x}]}\n"
	                        "  both: {needs: j, runs-on: ubuntu-latest, steps: [{id: both, run: x}]}\n");
	sim_start(s);
	cr_assert_eq(fake_count(s->host), 1);
	sim_exit(s, "s", 0);
	sim_exit(s, "both", 0);
	IS(sim_job(s, "j (windows-latest)"), "skipped");
	IS(sim_job(s, "mac"), "skipped");
	IS(sim_job(s, "after"), "skipped");
	IS(sim_conclusion(s), "success");
	cr_assert(run_not_here(s->run));
	struct val absent = val_at(sim_event(s, "run.end", NULL, 0), "not_here");
	cr_assert_eq(absent.a->n, 2);
	sim_free(s);
}

Test(job, what_is_not_there_fails_by_name_at_its_turn)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n      - {id: never, uses: docker://alpine, if: false}\n"
	                          "      - {id: repo, uses: o/r@v1, continue-on-error: true}\n"
	                          "      - {id: image, uses: docker://alpine}\n      - {id: b, run: x, if: always()}\n");
	sim_start(s);
	cr_assert(fake_is_running(s->host, "a"));
	cr_assert(sim_logged(s, "", "'o/r@v1'"), "said beforehand");
	cr_assert(sim_logged(s, "", "'docker://alpine'"));
	cr_assert_not(run_unsupported(s->run));
	sim_exit(s, "a", 0);
	ENDS(s, "never", "skipped/skipped");
	ENDS(s, "repo", "failure/success");
	ENDS(s, "image", "failure/failure");
	sim_exit(s, "b", 0);
	IS(sim_conclusion(s), "failure");
	cr_assert(run_unsupported(s->run));
	sim_free(s);
}

Test(job, dry_run_evaluates_and_starts_nothing)
{
	struct sim *s = sim_steps("      - {id: a, run: \"${{ fromJSON('1') }}\"}\n      - {id: b, uses: o/r@v1}\n      - {id: "
	                          "p, run: x, background: true}\n");
	s->opt.dry_run = true;
	sim_start(s);
	cr_assert_eq(fake_count(s->host), 0);
	ENDS(s, "a", "skipped/skipped");
	IS(sim_conclusion(s), "skipped");
	sim_free(s);
}

Test(job, spawn_failures_and_full_disks)
{
	struct sim *s = sim_steps("      - {id: a, run: x}\n      - {id: b, run: x, if: always()}\n");
	fake_spawn_fail(s->host, "a", "cannot start /usr/bin/bash: No such file or directory");
	sim_start(s);
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "cannot start /usr/bin/bash"));
	fake_file_fail(s->host, "set_output", "No space left on device");
	sim_exit(s, "b", 0);
	ENDS(s, "b", "failure/failure");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(job, a_job_that_does_not_end_after_its_cancellation_is_killed)
{
	struct sim *s = sim_new(
		"on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    timeout-minutes: 1\n    cancel-timeout-minutes: 1\n"
		"    steps:\n      - {id: a, run: x, if: always()}\n      - {id: b, run: x, if: always()}\n");
	sim_start(s);
	sim_pass(s, 61);
	cr_assert(sim_logged(s, NULL, "exceeded the maximum execution time of 1 minutes"));
	IS(fake_signals(s->host, "a"), "");
	sim_pass(s, 61);
	sim_finish(s);
	IS(sim_job(s, "j"), "cancelled");
	cr_assert_not(fake_was_started(s->host, "b"));
	sim_free(s);
}

Test(job, secrets_are_masked_and_kept_out_of_outputs)
{
	struct sim *s = sim_new(
		"on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    outputs: {leak: '${{ steps.a.outputs.v }}', ok: 'fine'}\n"
		"    steps: [{id: a, run: 'echo ${{ secrets.TOKEN }}'}]\n");
	val_set_str(&s->arena, s->opt.secrets, "TOKEN", STR("s3cr3t!"));
	sim_start(s);
	IS(sim_script(s, "a"), "echo s3cr3t!");
	fake_output(s->host, "a", HOST_STDERR, "it is s3cr3t!");
	fake_write(s->host, "a", "GITHUB_OUTPUT", "v=s3cr3t!\n");
	sim_exit(s, "a", 0);
	cr_assert_not(sim_logged(s, NULL, "s3cr3t!"));
	cr_assert(sim_logged(s, "a", "it is ***"));
	struct val outputs = val_at(sim_event(s, "job.end", NULL, 0), "outputs");
	IS(sim_text(s, outputs, "leak"), "");
	IS(sim_text(s, outputs, "ok"), "fine");
	sim_free(s);
}

Test(job, critical_path_and_savings)
{
	struct sim *s = sim_new("on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - {id: a, run: x, "
	                        "background: true}\n      - {id: b, run: x}\n      - wait: a\n"
	                        "  test: {needs: build, runs-on: ubuntu-latest, steps: [{id: t, run: x}]}\n");
	sim_start(s);
	sim_pass(s, 2);
	sim_exit(s, "b", 0);
	sim_pass(s, 1);
	sim_exit(s, "a", 0);
	sim_pass(s, 4);
	sim_exit(s, "t", 0);
	struct val end = sim_event(s, "run.end", NULL, 0);
	cr_assert_eq(val_at(end, "work_ms").num, 9000);
	cr_assert_eq(val_at(end, "wall_ms").num, 7000);
	cr_assert_eq(val_at(end, "critical_path_ms").num, 7000);
	IS(sim_text(s, end, "critical_path"), "build → test");
	sim_free(s);
}

Test(job, a_script_without_a_name_is_called_by_its_first_line_evaluated)
{
	struct sim *s = sim_new(
		"on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    strategy: {matrix: {n: [3]}}\n    env: {E: 'one two'}\n"
		"    steps:\n"
		"      - {id: a, run: 'sleep ${{ matrix.n }}; echo ${{ env.E }}'}\n"
		"      - {id: b, run: \"${{ steps.a.outputs.v }}\\nsecond ${{ matrix.n }}\"}\n"
		"      - {id: c, run: 'login ${{ secrets.key }}'}\n"
		"      - {id: e, run: 'off ${{ matrix.n }}', if: false}\n"
		"      - {id: f, run: \"${{ matrix.n }}\\necho ${{ fromJSON('[') }}\"}\n");
	val_set_str(&s->arena, s->opt.secrets, "key", STR("hush-hush"));
	s->job = "j (3)";
	sim_start(s);
	IS(sim_text(s, sim_event(s, "step.start", "a", 0), "name"), "Run sleep 3; echo one two");
	fake_write(s->host, "a", "GITHUB_OUTPUT", "v<<EOF\n\n  made here \nbelow\nEOF\n");
	sim_exit(s, "a", 0);
	IS(sim_text(s, sim_event(s, "step.end", "a", 0), "name"), "Run sleep 3; echo one two");
	IS(sim_text(s, sim_event(s, "step.start", "b", 0), "name"), "Run made here ");
	sim_exit(s, "b", 0);
	IS(sim_text(s, sim_event(s, "step.start", "c", 0), "name"), "Run login ***");
	sim_exit(s, "c", 0);
	IS(sim_text(s, sim_event(s, "step.end", "e", 0), "name"), "Run off 3");
	IS(sim_text(s, sim_event(s, "step.end", "f", 0), "name"), "run");
	cr_assert(sim_logged(s, "f", "Encountered an error when evaluating display name ${{ matrix.n }}. "));
	sim_free(s);
}
