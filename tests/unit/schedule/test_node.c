/* JavaScript actions on the fake host: which node runs them, what they find, their stages, many at once. */
#include <criterion/criterion.h>

#include <stdlib.h>

#include "actions/fetcher.h"
#include "base/file.h"
#include "sim.h"

#define ENDS(s, step, want) cr_assert_str_eq(sim_end(s, step), want, "step %s", step)
#define IS(...)             cr_assert_str_eq(__VA_ARGS__)
#define WORKSPACE           "/work/1-j/r/r"
#define HEAD                "name: n\ndescription: d\n"

static void put_action(struct sim *s, const char *name, const char *text)
{
	fake_put(s->host, arena_printf(&s->arena, WORKSPACE "/%s/action.yml", name).p, text);
}

/* An action ./name: what runs holds beside main. */
static void put_script(struct sim *s, const char *name, const char *runs)
{
	put_action(
		s, name,
		arena_printf(&s->arena, HEAD "inputs: {who: {default: nobody}}\nruns: {using: node24, main: main.js%s}\n", runs)
			.p);
}

/* Whoever asks for its version hears this one. */
static void answer(struct host *h, const char *label, void *cookie)
{
	if (strcmp(label, "node --version") != 0)
		return;
	fake_output(h, label, HOST_STDOUT, cookie);
	fake_exit(h, label, 0);
}

static void node_is(struct sim *s, const char *version)
{
	fake_on_spawn(s->host, answer, (void *)(uintptr_t)version);
}

static struct sim *with_node(const char *steps)
{
	struct sim *s = sim_steps(steps);
	node_is(s, "v24.3.0\n");
	return s;
}

/* ---- one action ---- */

Test(node, command_and_variables)
{
	struct sim *s = with_node("      - {id: p, run: x}\n"
	                          "      - {id: a, uses: ./a, with: {WHO: me, two words: b, 'straße-x': c}, env: {INPUT_WHO: no, "
	                          "NODE_ICU_DATA: x, MINE: '1'}}\n");
	put_action(s, "a",
	           HEAD "inputs: {who: {}, plain: {default: 'at ${{ github.job }}'}, none: {}}\n"
	                "runs: {using: Node24, main: dist/index.js}\n");
	sim_start(s);
	fake_write(s->host, "p", "GITHUB_PATH", "/added\n");
	sim_exit(s, "p", 0);
	IS(fake_path(s->host, "a"), "/usr/bin/node");
	IS(fake_arg(s->host, "a", 0), "/usr/bin/node");
	IS(fake_arg(s->host, "a", 1), WORKSPACE "/a/dist/index.js");
	cr_assert_null(fake_arg(s->host, "a", 2));
	IS(fake_cwd(s->host, "a"), WORKSPACE);
	IS(fake_env(s->host, "a", "INPUT_WHO"), "me");
	IS(fake_env(s->host, "a", "INPUT_TWO_WORDS"), "b");
	IS(fake_env(s->host, "a", "INPUT_STRAßE-X"), "c");
	IS(fake_env(s->host, "a", "INPUT_PLAIN"), "at j");
	IS(fake_env(s->host, "a", "INPUT_NONE"), "");
	IS(fake_env(s->host, "a", "MINE"), "1");
	IS(fake_env(s->host, "a", "PATH"), "/added:/usr/bin:/bin");
	IS(fake_env(s->host, "a", "GITHUB_ACTION"), "a");
	IS(fake_env(s->host, "a", "GITHUB_ACTION_REPOSITORY"), "");
	cr_assert_null(fake_env(s->host, "a", "GITHUB_ACTION_PATH"), "only inside composite actions");
	cr_assert_null(fake_env(s->host, "a", "NODE_ICU_DATA"));
	cr_assert(sim_logged(s, "a", "  WHO: me"));
	cr_assert(sim_logged(s, "a", "Unexpected input(s) 'two words', 'straße-x', valid inputs are ['who', 'plain', 'none']"));
	cr_assert_eq(fake_count(s->host), 3, "asked once");
	sim_exit(s, "a", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(node, failures)
{
	struct sim *s = with_node("      - {id: a, uses: ./a}\n      - {id: b, uses: ./b, if: always()}\n"
	                          "      - {id: c, uses: ./a, if: always(), continue-on-error: true}\n");
	put_script(s, "a", "");
	put_script(s, "b", "");
	fake_missing(s->host, WORKSPACE "/b/main.js");
	sim_start(s);
	sim_exit(s, "a", 3);
	ENDS(s, "a", "failure/failure");
	cr_assert_eq(sim_count(s, "annotation", "a"), 0, "the action says itself what went wrong");
	ENDS(s, "b", "failure/failure");
	cr_assert(sim_logged(s, "b", "File not found: '" WORKSPACE "/b/main.js'"));
	sim_exit(s, "c", 1);
	ENDS(s, "c", "failure/success");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(node, its_commands_and_files)
{
	struct sim *s = with_node("      - {id: a, uses: ./a}\n      - {id: b, run: '${{ steps.a.outputs.o }}${{ env.E }}'}\n");
	put_script(s, "a", "");
	sim_start(s);
	fake_write(s->host, "a", "GITHUB_OUTPUT", "o=1\n");
	fake_output(s->host, "a", HOST_STDOUT, "::warning file=x.c,line=3::careful\n");
	fake_write(s->host, "a", "GITHUB_ENV", "E=2\n");
	sim_exit(s, "a", 0);
	IS(sim_script(s, "b"), "12");
	IS(sim_text(s, sim_event(s, "annotation", "a", 0), "file"), "x.c");
	sim_free(s);
}

Test(node, a_dry_run_starts_nothing)
{
	struct sim *s = with_node("      - {id: a, uses: ./a}\n");
	s->opt.dry_run = true;
	fake_put(s->host, "/src/a/action.yml", HEAD "runs: {using: node24, main: m.js, post: p.js}\n");
	sim_start(s);
	cr_assert_not(fake_was_started(s->host, "a"));
	cr_assert(sim_logged(s, "a", "dry run: the action was not started"));
	cr_assert_eq(sim_count(s, "step.end", NULL), 2); /* its post stage, too */
	cr_assert_eq(fake_count(s->host), 0);
	sim_free(s);
}

/* ---- which node ---- */

Test(node, nothing_waits_for_the_answer_but_the_action)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n      - {id: b, run: x}\n");
	put_script(s, "a", "");
	sim_start(s);
	cr_assert(fake_is_running(s->host, "node --version"));
	cr_assert_not(fake_was_started(s->host, "a"));
	fake_output(s->host, "node --version", HOST_STDOUT, "v24.");
	fake_output(s->host, "node --version", HOST_STDOUT, "0.1\n");
	sim_exit(s, "node --version", 0);
	cr_assert(fake_is_running(s->host, "a"));
	cr_assert_eq(sim_count(s, "annotation", NULL), 0);
	sim_free(s);
}

Test(node, one_that_never_answers_is_given_up)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
	put_script(s, "a", "");
	sim_start(s);
	sim_pass(s, 9);
	ENDS(s, "a", "");
	sim_pass(s, 2);
	IS(fake_signals(s->host, "node --version"), "9");
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "there is no node on this machine; install Node.js 24"));
	cr_assert(run_unsupported(s->run));
	sim_free(s);
}

Test(node, cancelled_while_it_is_looked_for)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
	put_script(s, "a", "");
	sim_start(s);
	engine_cancel(s->engine, 1);
	sim_finish(s);
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(node, none_is_an_error_that_says_what_would_help)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n      - {id: b, if: always(), run: x}\n");
	put_script(s, "a", ", post: p.js");
	fake_missing(s->host, "node");
	sim_start(s);
	ENDS(s, "a", "failure/failure");
	cr_assert(sim_logged(s, "a", "the action './a' on line 6 cannot run: it is written in JavaScript"));
	sim_exit(s, "b", 0);
	cr_assert_eq(sim_count(s, "step.end", NULL), 2, "and nothing to clean up");
	cr_assert(run_unsupported(s->run));
	sim_free(s);
}

Test(node, another_version_only_with_a_notice)
{
	struct sim *s = sim_steps("      - {id: a, uses: ./a}\n      - {id: b, uses: ./a}\n");
	put_script(s, "a", "");
	node_is(s, "v18.1.2\n");
	sim_start(s);
	sim_exit(s, "a", 0);
	sim_exit(s, "b", 0);
	cr_assert(sim_logged(s, "b", "There is no Node 24 on this machine: Node 18.1.2 (/usr/bin/node) runs the action instead"));
	cr_assert_eq(sim_count(s, "annotation", NULL), 1, "once at the end of the run");
	IS(sim_text(s, sim_event(s, "annotation", "a", 0), "level"), "notice");
	sim_free(s);
}

Test(node, those_of_the_tool_directory_and_of_version_managers)
{
	static const struct {
		const char *file, *path;
	} cases[] = {
		{ "/tools/node/24.2.0/x64.complete", "/tools/node/24.2.0/x64/bin/node" },
		{ "/home/u/.nvm/versions/node/v24.9.0/bin/node", "/home/u/.nvm/versions/node/v24.9.0/bin/node" },
		{ "/home/u/.local/share/fnm/node-versions/v24.0.0/installation/bin/node",
		  "/home/u/.local/share/fnm/node-versions/v24.0.0/installation/bin/node" },
		{ "/home/u/.volta/tools/image/node/24.1.0/bin/node", "/home/u/.volta/tools/image/node/24.1.0/bin/node" },
		{ "/home/u/.asdf/installs/nodejs/24.1.0/bin/node", "/home/u/.asdf/installs/nodejs/24.1.0/bin/node" },
		{ "/home/u/.local/share/mise/installs/node/24.1.0/bin/node",
		  "/home/u/.local/share/mise/installs/node/24.1.0/bin/node" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim *s = sim_steps("      - {id: a, uses: ./a}\n");
		put_script(s, "a", "");
		node_is(s, "v20.0.0\n");
		fake_put(s->host, cases[i].file, "");
		fake_put(s->host, "/home/u/.nvm/versions/node/lts/bin/node", "");
		fake_put(s->host, "/home/u/.asdf/installs/nodejs/22.0.0/bin/node", "");
		sim_start(s);
		IS(fake_path(s->host, "a"), cases[i].path);
		cr_assert_eq(sim_count(s, "annotation", NULL), 0);
		sim_free(s);
	}
}

Test(node, what_the_job_puts_on_its_path_runs_no_action)
{
	struct sim *s = with_node("      - {id: p, run: x}\n      - {id: a, uses: ./a, env: {PATH: /mine}}\n");
	put_script(s, "a", "");
	sim_start(s);
	fake_write(s->host, "p", "GITHUB_PATH", "/other\n");
	sim_exit(s, "p", 0);
	IS(fake_path(s->host, "a"), "/usr/bin/node");
	IS(fake_env(s->host, "a", "PATH"), "/other:/mine");
	sim_free(s);
}

Test(node, switches_between_20_and_24)
{
	static const struct {
		const char *using, *env, *path;
		const char *said; /* NULL: nothing */
	} cases[] = {
		{ "node24", "{ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION: true}", "/usr/bin/node", NULL },
		{ "node20", "{}", "/usr/bin/node", "Node 20 is being deprecated." },
		{ "node12", "{A: 1}", "/usr/bin/node", "Node 20 is being deprecated." },
		{ "node20", "{ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION: true}", "/home/u/.nvm/versions/node/v20.1.0/bin/node",
		  NULL },
		{ "node16", "{ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION: 1}", "/home/u/.nvm/versions/node/v20.1.0/bin/node", NULL },
		{ "node20", "{FORCE_JAVASCRIPT_ACTIONS_TO_NODE24: true, ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION: true}",
		  "/usr/bin/node", "set to true in the workflow environment. This is likely a configuration error." },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = { 0 };
		struct sim *s = with_node(arena_printf(&a, "      - {id: a, uses: ./a, env: %s}\n", cases[i].env).p);
		put_action(s, "a", arena_printf(&a, HEAD "runs: {using: %s, main: m.js}\n", cases[i].using).p);
		fake_put(s->host, "/home/u/.nvm/versions/node/v20.1.0/bin/node", "");
		sim_start(s);
		IS(fake_path(s->host, "a"), cases[i].path, "case %zu", i);
		cr_assert_eq(sim_logged(s, "a", "Node 20 is being deprecated") || sim_logged(s, "a", "configuration error"),
		             cases[i].said != NULL, "case %zu", i);
		if (cases[i].said)
			cr_assert(sim_logged(s, "a", cases[i].said), "case %zu", i);
		sim_free(s);
		arena_done(&a);
	}
}

/* ---- stages ---- */

Test(node, inputs_are_those_of_the_moment_and_state_is_kept)
{
	struct sim *s = with_node(
		"      - {id: a, name: First, uses: ./a, with: {who: 'x${{ env.LATE }}'}, env: {OWN: '${{ env.LATE }}'}}\n"
		"      - {id: b, run: x}\n");
	put_script(s, "a", ", post: post.js");
	sim_start(s);
	IS(fake_env(s->host, "a", "INPUT_WHO"), "x");
	fake_write(s->host, "a", "GITHUB_STATE", "Token=1\n");
	fake_output(s->host, "a", HOST_STDOUT, "::save-state name=more::2\n::save-state name=MORE::3\n");
	sim_exit(s, "a", 0);
	cr_assert_null(fake_env(s->host, "b", "STATE_Token"));
	fake_write(s->host, "b", "GITHUB_ENV", "LATE=now\n");
	sim_exit(s, "b", 0);
	IS(fake_arg(s->host, "__post_a", 1), WORKSPACE "/a/post.js");
	IS(fake_env(s->host, "__post_a", "INPUT_WHO"), "xnow");
	IS(fake_env(s->host, "__post_a", "OWN"), "now");
	IS(fake_env(s->host, "__post_a", "STATE_Token"), "1");
	IS(fake_env(s->host, "__post_a", "STATE_more"), "3", "names without case, in their first spelling");
	IS(fake_env(s->host, "__post_a", "GITHUB_ACTION"), "a");
	cr_assert(sim_logged(s, "__post_a", "Post job cleanup."));
	cr_assert_not(sim_logged(s, "__post_a", "with:"));
	struct val start = sim_event(s, "step.start", "__post_a", 0);
	IS(sim_text(s, start, "kind"), "post");
	IS(sim_text(s, start, "name"), "Post First");
	sim_exit(s, "__post_a", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(node, posts_in_reverse_whatever_has_failed)
{
	struct sim *s = with_node("      - {id: a, uses: ./a}\n      - {id: b, uses: ./a}\n      - {id: c, uses: ./a}\n"
	                          "      - {id: d, uses: ./ok, if: always()}\n");
	put_script(s, "a", ", post: post.js");
	put_script(s, "ok", ", post: post.js, post-if: success()");
	sim_start(s);
	sim_exit(s, "a", 0);
	sim_exit(s, "b", 1);
	sim_exit(s, "d", 0);
	ENDS(s, "c", "skipped/skipped");
	ENDS(s, "__post_d", "skipped/skipped");
	cr_assert_not(fake_was_started(s->host, "__post_a"));
	sim_exit(s, "__post_b", 1);
	sim_exit(s, "__post_a", 0);
	cr_assert_eq(sim_count(s, "step.start", "__post_c"), 0);
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(node, a_failing_post_fails_the_job_and_a_cancelled_job_has_its_posts)
{
	struct sim *s = with_node("      - {id: a, uses: ./a}\n");
	put_script(s, "a", ", post: post.js, post-if: success()");
	sim_start(s);
	sim_exit(s, "a", 0);
	sim_exit(s, "__post_a", 1);
	IS(sim_conclusion(s), "failure");
	sim_free(s);

	s = with_node("      - {id: a, uses: ./a}\n      - {id: b, uses: ./b}\n");
	put_script(s, "a", ", post: post.js, post-if: cancelled()");
	put_script(s, "b", ", post: post.js");
	sim_start(s);
	sim_exit(s, "a", 0);
	fake_on_signal(s->host, "b", 2, 1);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	ENDS(s, "b", "cancelled/cancelled");
	sim_exit(s, "__post_b", 0);
	sim_exit(s, "__post_a", 0);
	ENDS(s, "__post_a", "success/success");
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

Test(node, pre_of_a_local_action_is_warned_of)
{
	struct sim *s = with_node("      - {id: a, uses: ./a}\n");
	put_script(s, "a", ", pre: pre.js");
	sim_start(s);
	cr_assert(sim_logged(s, "a", "`pre` execution is not supported for local action from './a'"));
	sim_exit(s, "a", 0);
	cr_assert_eq(sim_count(s, "step.end", NULL), 1);
	sim_free(s);
}

Test(node, a_post_whose_action_is_gone)
{
	struct sim *s = with_node("      - {id: a, uses: ./a}\n");
	put_script(s, "a", ", post: post.js");
	sim_start(s);
	struct err err = ERR_INIT;
	s->host->ops->remove_tree(s->host, WORKSPACE "/a", &err);
	sim_exit(s, "a", 0);
	ENDS(s, "__post_a", "failure/failure");
	cr_assert(sim_logged(s, "__post_a", "Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '" WORKSPACE "/a'"));
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(node, its_time_limit_holds_for_each_stage)
{
	struct sim *s = with_node("      - {id: a, uses: ./a, timeout-minutes: 1}\n      - {id: b, uses: ./a}\n");
	put_script(s, "a", ", post: post.js");
	sim_start(s);
	sim_pass(s, 50);
	sim_exit(s, "a", 0);
	sim_exit(s, "b", 0);
	sim_pass(s, 70);
	sim_exit(s, "__post_b", 0);
	sim_pass(s, 59);
	IS(fake_signals(s->host, "__post_a"), "");
	sim_pass(s, 2);
	IS(fake_signals(s->host, "__post_a"), "2");
	sim_exit(s, "__post_a", 0);
	cr_assert(sim_logged(s, "__post_a", "The action 'Post Run ./a' has timed out after 1 minutes."));
	ENDS(s, "__post_a", "failure/failure");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(node, a_limit_that_cannot_be_read_is_none)
{
	struct sim *s = with_node("      - {id: a, run: x, timeout-minutes: \"${{ fromJSON('') }}\"}\n"
	                          "      - {id: b, run: x, timeout-minutes: \"${{ github.job }}\"}\n");
	sim_start(s);
	cr_assert(sim_logged(s, "a", "An error occurred when attempting to determine the step timeout."));
	sim_exit(s, "a", 0);
	ENDS(s, "a", "success/success");
	sim_pass(s, 600);
	sim_exit(s, "b", 0);
	ENDS(s, "b", "success/success");
	cr_assert_eq(sim_count(s, "annotation", "b"), 2);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

/* ---- actions/checkout ---- */

Test(node, the_post_stage_of_a_checkout_is_a_process_where_there_is_a_token)
{
	struct sim *s = with_node(
		"      - {id: a, uses: ./a}\n      - {id: co, uses: actions/checkout@v4, with: {token: t}}\n"
		"      - {id: plain, uses: actions/checkout@v4, if: always()}\n      - {id: b, uses: ./a, if: always()}\n");
	put_script(s, "a", ", post: post.js");
	sim_start(s);
	sim_exit(s, "a", 0);
	sim_exit(s, "co", 1);
	sim_exit(s, "plain", 0);
	sim_exit(s, "b", 0);
	sim_exit(s, "__post_b", 0);
	ENDS(s, "__post_plain", "success/success");
	cr_assert_not(fake_was_started(s->host, "__post_plain"), "nothing was left behind");
	cr_assert(fake_is_running(s->host, "__post_co"), "whatever became of it");
	IS(fake_arg(s->host, "__post_co", 1), "__checkout");
	engine_cancel(s->engine, 1);
	sim_turn(s);
	cr_assert(fake_is_running(s->host, "__post_co"), "a cancelled run has its posts");
	sim_exit(s, "__post_co", 0);
	sim_exit(s, "__post_a", 0);
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

/* ---- inside composite actions ---- */

Test(node, posts_of_a_composite_action_are_one_step)
{
	struct sim *s =
		with_node("      - {id: c, uses: ./c, with: {v: '${{ env.V }}'}, env: {OWN: o}}\n      - {id: z, uses: ./js}\n");
	put_action(s, "c",
	           HEAD "inputs: {v: {}}\nruns:\n  using: composite\n  steps:\n"
	                "  - {id: one, uses: ./js, with: {who: '1${{ inputs.v }}${{ steps.r.outputs.o }}'}}\n"
	                "  - {id: r, shell: bash, run: x}\n"
	                "  - {id: in, uses: ./d}\n"
	                "  - {id: no, uses: ./js, if: false}\n"
	                "  - {id: last, uses: ./fails}\n");
	put_action(s, "d", HEAD "runs:\n  using: composite\n  steps:\n  - {id: deep, uses: ./js, with: {who: deep}}\n");
	put_script(s, "js", ", post: post.js");
	put_script(s, "fails", ", post: post.js, post-if: failure()");
	sim_start(s);
	IS(fake_env(s->host, "one", "GITHUB_ACTION_PATH"), WORKSPACE "/c");
	fake_write(s->host, "one", "GITHUB_STATE", "k=of one\n");
	sim_exit(s, "one", 0);
	fake_write(s->host, "r", "GITHUB_OUTPUT", "o=out\n");
	fake_write(s->host, "r", "GITHUB_ENV", "V=v\nOWN=written\n");
	sim_exit(s, "r", 0);
	sim_exit(s, "deep", 0);
	sim_exit(s, "last", 0);
	sim_exit(s, "z", 0);
	sim_exit(s, "__post_z", 0);
	cr_assert_not(fake_was_started(s->host, "__post_last"), "its condition asks for the job's status");
	cr_assert(fake_is_running(s->host, "__post_deep"));
	IS(fake_env(s->host, "__post_deep", "GITHUB_ACTION_PATH"), WORKSPACE "/d");
	IS(fake_env(s->host, "__post_deep", "GITHUB_ACTION"), "c");
	sim_exit(s, "__post_deep", 1);
	IS(fake_env(s->host, "__post_one", "STATE_k"), "of one");
	IS(fake_env(s->host, "__post_one", "INPUT_WHO"), "1vout");
	IS(fake_env(s->host, "__post_one", "OWN"), "o");
	sim_exit(s, "__post_one", 0);
	cr_assert_eq(sim_count(s, "step.start", "__post_c"), 1);
	cr_assert_eq(sim_count(s, "step.start", "__post_one"), 0, "one step for all");
	ENDS(s, "__post_c", "failure/failure");
	IS(sim_conclusion(s), "failure");
	sim_free(s);
}

Test(node, a_composite_action_without_posts_has_none)
{
	struct sim *s = with_node("      - {id: c, uses: ./c}\n");
	put_action(s, "c", HEAD "runs:\n  using: composite\n  steps:\n  - {id: one, uses: ./js}\n");
	put_script(s, "js", "");
	sim_start(s);
	sim_exit(s, "one", 0);
	cr_assert_eq(sim_count(s, "step.end", NULL), 1);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

Test(node, a_run_killed_within_a_composite_post)
{
	struct sim *s = with_node("      - {id: c, uses: ./c}\n");
	put_action(s, "c", HEAD "runs:\n  using: composite\n  steps:\n  - {id: one, uses: ./js}\n  - {id: two, uses: ./js}\n");
	put_script(s, "js", ", post: post.js");
	sim_start(s);
	sim_exit(s, "one", 0);
	sim_exit(s, "two", 0);
	cr_assert(fake_is_running(s->host, "__post_two"));
	engine_cancel(s->engine, 1);
	sim_turn(s);
	cr_assert(fake_is_running(s->host, "__post_two"), "its condition is always()");
	engine_cancel(s->engine, 3);
	sim_finish(s);
	IS(sim_conclusion(s), "cancelled");
	sim_free(s);
}

/* ---- many ---- */

Test(node, in_parallel)
{
	struct sim *s = with_node("      - parallel:\n          - {id: a, uses: ./js, with: {who: 1}}\n"
	                          "          - {id: b, uses: ./js, with: {who: 2}}\n"
	                          "      - {id: z, run: '${{ steps.a.outputs.o }}${{ steps.b.outputs.o }}'}\n");
	put_script(s, "js", ", post: post.js");
	sim_start(s);
	cr_assert(fake_is_running(s->host, "a") && fake_is_running(s->host, "b"));
	fake_write(s->host, "b", "GITHUB_PATH", "/b\n");
	fake_write(s->host, "b", "GITHUB_STATE", "who=b\n");
	fake_write(s->host, "b", "GITHUB_OUTPUT", "o=B\n");
	sim_exit(s, "b", 0);
	fake_write(s->host, "a", "GITHUB_PATH", "/a\n");
	fake_write(s->host, "a", "GITHUB_STATE", "who=a\n");
	fake_write(s->host, "a", "GITHUB_OUTPUT", "o=A\n");
	sim_exit(s, "a", 0);
	IS(sim_script(s, "z"), "AB");
	IS(fake_env(s->host, "z", "PATH"), "/b:/a:/usr/bin:/bin");
	cr_assert_not(fake_was_started(s->host, "__post_b"));
	sim_exit(s, "z", 0);
	IS(fake_env(s->host, "__post_b", "STATE_who"), "b");
	sim_exit(s, "__post_b", 0);
	IS(fake_env(s->host, "__post_a", "STATE_who"), "a");
	sim_exit(s, "__post_a", 0);
	IS(sim_conclusion(s), "success");
	sim_free(s);
}

enum { MANY = SIM_SANITIZED ? 2000 : 10000 };

/* Each writes what is its own and ends. */
static void live_one_life(struct host *h, const char *label, void *cookie)
{
	const char *who = fake_env(h, label, "INPUT_WHO");
	answer(h, label, cookie);
	if (!who)
		return;
	if (label[0] == 's') {
		char line[64];
		snprintf(line, sizeof(line), "/dir/%.2s\n", who); /* each process gets all of PATH */
		fake_write(h, label, "GITHUB_PATH", line);
		snprintf(line, sizeof(line), "who=%s\n", who);
		fake_write(h, label, "GITHUB_STATE", line);
		fake_write(h, label, "GITHUB_OUTPUT", line);
	} else if (strcmp(fake_env(h, label, "STATE_who"), who) != 0) {
		fake_exit(h, label, 1);
		return;
	}
	fake_exit(h, label, 0);
}

Test(node, ten_thousand_in_parallel)
{
	struct buf steps = BUF_INIT;
	buf_adds(&steps, "      - parallel:\n");
	for (int i = 0; i < MANY; i++)
		buf_addf(&steps, "          - {id: s%d, uses: $/js, with: {who: %d}}\n", i, i);
	buf_addf(&steps, "      - {id: z, run: '${{ steps.s0.outputs.who }} ${{ steps.s%d.outputs.who }}'}\n", MANY - 1);
	struct sim *s = with_node(buf_cstr(&steps));
	buf_done(&steps);
	fake_put(s->host, "/src/js/action.yml", HEAD "inputs: {who: {}}\nruns: {using: node24, main: m.js, post: p.js}\n");
	fake_on_spawn(s->host, live_one_life, (void *)(uintptr_t) "v24.0.0\n");
	sim_start(s);
	for (int turns = 0; !fake_was_started(s->host, "z"); turns++) {
		cr_assert_lt(turns, 10 * MANY);
		sim_turn(s);
	}
	IS(sim_script(s, "z"), arena_printf(&s->arena, "0 %d", MANY - 1).p);
	fake_exit(s->host, "z", 0);
	sim_finish(s);
	IS(sim_conclusion(s), "success");
	cr_assert_eq(fake_count(s->host), 2 * MANY + 2);
	sim_free(s);
}

/* ---- tools of this machine ---- */

static char setup_dir[] = "/tmp/sidestep-setup-XXXXXX";

/* A run that has come to a setup action, which a folder stands for. */
static struct sim *with_setup_action(void)
{
	cr_assert_not_null(mkdtemp(setup_dir));
	struct sim *s = with_node("      - {id: a, uses: actions/setup-python@v7, with: {python-version: '3.11'}}\n");
	cr_assert_eq(file_write(arena_printf(&s->arena, "%s/action.yml", setup_dir).p,
	                        STR(HEAD "runs: {using: node24, main: m.js}\n"), 0600, NULL),
	             0);
	val_set_str(&s->arena, s->opt.local_repositories, "actions/setup-python", str_of(setup_dir));
	s->opt.host_tools = true;
	s->opt.actions = fetcher_new(&(struct fetcher_options) { .host = s->host, .environ = s->opt.environ });
	sim_start(s);
	sim_exit(s, "__place", 0);
	cr_assert(fake_is_running(s->host, "tools"));
	cr_assert_not(fake_was_started(s->host, "a"));
	return s;
}

static void end_setup_action(struct sim *s)
{
	sim_exit(s, "a", 0);
	IS(sim_conclusion(s), "success");
	fetcher_free(s->opt.actions);
	sim_free(s);
	file_remove_tree(setup_dir, NULL);
}

Test(node, tools_that_are_looked_for_too_long)
{
	struct sim *s = with_setup_action();
	sim_pass(s, 179);
	cr_assert_not(fake_was_started(s->host, "a"));
	IS(fake_signals(s->host, "tools"), "");
	sim_pass(s, 2);
	IS(fake_signals(s->host, "tools"), "9");
	cr_assert(fake_is_running(s->host, "a"));
	IS(fake_env(s->host, "a", "RUNNER_TOOL_CACHE"), "/tools");
	cr_assert(sim_logged(s, "a", "tools of this machine are not used: looking for them has taken too long"));
	end_setup_action(s);
}

Test(node, tools_that_are_offered)
{
	struct sim *s = with_setup_action();
	fake_output(s->host, "tools", HOST_STDOUT, "served Python 3.11.2\t/usr/bin/python3\n");
	sim_exit(s, "tools", 0);
	IS(fake_env(s->host, "a", "RUNNER_TOOL_CACHE"), "/work/1-j/_tool");
	IS(fake_env(s->host, "a", "AGENT_TOOLSDIRECTORY"), "/work/1-j/_tool");
	cr_assert(sim_logged(s, "a", "Python 3.11.2 of this machine (/usr/bin/python3) is in the tool cache"));
	end_setup_action(s);
}
