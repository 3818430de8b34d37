/* Jobs that wait for actions of other repositories, on the fake host: the helper is one more process. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "actions/fetcher.h"
#include "actions/store.h"
#include "base/file.h"
#include "base/path.h"
#include "sim.h"

#define SHA      "0123456789012345678901234567890123456789"
#define IS(a, b) cr_assert_str_eq(a, b)

static char store[] = "/tmp/sidestep-gather-XXXXXX";
static struct action_fetcher *fetcher;

static void set_up(void)
{
	cr_assert(mkdtemp(store));
}

static void tear_down(void)
{
	file_remove_tree(store, NULL);
}

TestSuite(gather, .init = set_up, .fini = tear_down);

static struct sim *start(const char *yaml)
{
	struct sim *s = sim_new(yaml);
	fetcher = fetcher_new(&(struct fetcher_options) { .host = s->host,
	                                                  .store = str_of(store),
	                                                  .server = STR("https://github.com"),
	                                                  .self = s->opt.self,
	                                                  .environ = s->opt.environ,
	                                                  .token = STR("t0k3n") });
	s->opt.actions = fetcher;
	sim_start(s);
	return s;
}

static void end(struct sim *s)
{
	engine_free(s->engine);
	s->engine = NULL;
	fetcher_free(fetcher);
	sim_free(s);
}

/* What the helper would have made. */
static void put_action(struct sim *s, const char *repository, const char *text)
{
	struct action_place p = action_place_of(&s->arena, str_of(store), STR("https://github.com"), str_of(repository));
	struct str tree = action_tree(&s->arena, &p, STR(SHA));
	cr_assert_eq(file_mkdirs(tree.p, 0700, NULL), 0);
	cr_assert_eq(file_write(path_join(&s->arena, tree, STR("action.yml")).p, str_of(text), 0600, NULL), 0);
	cr_assert_eq(file_write(arena_printf(&s->arena, "%.*s.ok", STRF(tree)).p, STR_EMPTY, 0600, NULL), 0);
}

static void answer(struct sim *s, const char *text)
{
	fake_output(s->host, "__action", HOST_STDOUT, text);
	fake_exit(s->host, "__action", 0);
	sim_turn(s);
}

#define ONE  "on: push\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{id: first, run: x}, {id: a, uses: o/r@v1}]}\n"
#define SAYS "name: n\nruns: {using: composite, steps: [{id: inner, run: x, shell: bash}]}\n"

Test(gather, no_step_begins_before_its_actions_are_there)
{
	struct sim *s = start(ONE);
	IS(fake_last_started(s->host), "__action");
	IS(fake_arg(s->host, "__action", 1), "__action");
	IS(fake_arg(s->host, "__action", 4), "o/r");
	IS(fake_arg(s->host, "__action", 5), "v1");
	cr_assert_null(fake_arg(s->host, "__action", 6));
	IS(fake_env(s->host, "__action", "SIDESTEP_ACTION_TOKEN"), "t0k3n");
	cr_assert_eq(fake_count(s->host), 1);
	put_action(s, "o/r", SAYS);
	answer(s, "ok v1 " SHA "\n");
	cr_assert(fake_is_running(s->host, "__place"));
	cr_assert(fake_is_running(s->host, "first"), "its files are copied meanwhile");
	sim_exit(s, "first", 0);
	cr_assert_eq(fake_count(s->host), 3, "who needs them waits for them");
	fake_exit(s->host, "__place", 0);
	sim_turn(s);
	IS(fake_env(s->host, "inner", "GITHUB_ACTION_PATH"), "/work/1-j/_actions/o/r/v1");
	sim_exit(s, "inner", 0);
	IS(sim_conclusion(s), "success");
	cr_assert(sim_logged(s, NULL, "Download action repository 'o/r@v1' (SHA:" SHA ")"));
	end(s);
}

#define TWO                                                                                                                      \
	"on: push\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{id: first, run: x}, {id: a, uses: o/r@v1}, {id: b, uses: "      \
	"o/r@v2}]}\n"

static struct sim *copying_two(void)
{
	struct sim *s = start(TWO);
	put_action(s, "o/r", SAYS);
	answer(s, "ok v1 " SHA "\nok v2 " SHA "\n");
	cr_assert(fake_is_running(s->host, "__place") && fake_is_running(s->host, "first"));
	return s;
}

Test(gather, each_copy_counts_when_it_is_there)
{
	struct sim *s = copying_two();
	sim_exit(s, "first", 0);
	fake_output(s->host, "__place", HOST_STDOUT, "\n");
	sim_turn(s);
	IS(fake_env(s->host, "inner", "GITHUB_ACTION_PATH"), "/work/1-j/_actions/o/r/v1");
	sim_exit(s, "inner", 0);
	cr_assert_eq(fake_count(s->host), 4, "the second is not there");
	fake_output(s->host, "__place", HOST_STDOUT, "\n\n\n"); /* more than there are */
	sim_turn(s);
	sim_exit(s, "inner", 0);
	fake_exit(s->host, "__place", 0);
	sim_turn(s);
	IS(sim_conclusion(s), "success");
	end(s);
}

Test(gather, a_copy_that_cannot_be_made_fails_the_step_that_needs_it)
{
	struct sim *s = copying_two();
	fake_output(s->host, "__place", HOST_STDOUT, "\n");
	fake_output(s->host, "__place", HOST_STDERR, "no room\n");
	fake_exit(s->host, "__place", 1);
	sim_turn(s);
	sim_exit(s, "first", 0);
	sim_exit(s, "inner", 0);
	IS(sim_end(s, "a"), "success/success");
	IS(sim_end(s, "b"), "failure/failure");
	IS(sim_conclusion(s), "failure");
	cr_assert(run_unsupported(s->run));
	cr_assert(sim_logged(s, "b", "the action repository 'o/r@v2' cannot be copied: no room"));
	end(s);
}

Test(gather, a_job_that_ends_stops_what_it_still_copies)
{
	struct sim *s = copying_two();
	sim_exit(s, "first", 1);
	IS(fake_signals(s->host, "__place"), "9");
	cr_assert_not(fake_is_running(s->host, "__place"));
	IS(sim_job(s, "j"), "failure");
	end(s);
}

Test(gather, what_the_helper_meets_is_said_while_it_works)
{
	struct sim *s = start(ONE);
	fake_output(s->host, "__action", HOST_STDOUT, "again - no answer\nagain - Back o");
	sim_turn(s);
	cr_assert(sim_logged(s, NULL, "no answer"));
	cr_assert_not(sim_logged(s, NULL, "Back o"), "half a line");
	fake_output(s->host, "__action", HOST_STDOUT, "ff 2 seconds\n");
	sim_turn(s);
	cr_assert(sim_logged(s, NULL, "Back off 2 seconds"));
	put_action(s, "o/r", SAYS);
	answer(s, "ok v1 " SHA "\n");
	fake_exit(s->host, "__place", 0);
	sim_exit(s, "first", 0);
	sim_exit(s, "inner", 0);
	IS(sim_conclusion(s), "success");
	end(s);
}

Test(gather, what_the_helper_says_or_does_not)
{
	static const struct {
		const char *says;
		int code;
		const char *logged;
		bool lacks; /* something of this machine */
	} cases[] = {
		{ "nowhere v1 there is none\n", 0, "there is none (line 3 of .github/workflows/t.yml)", false },
		{ "no-way v1 no network\n", 0, "no network", true },
		{ "trouble v1 full\n", 0, "full", true },
		{ "", 9, "ended with exit code 9", true },
		{ "ok v1", 0, "gone from the store", true },
		{ "ok v1 " SHA "\n", 0, "gone from the store", true },
		{ "ok v1 ../../x\n", 0, "gone from the store", true },
		{ "ok v2 " SHA "\nrubbish\n\n ok\n", 0, "ended with exit code 0", true },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sim *s = start(ONE);
		fake_output(s->host, "__action", HOST_STDOUT, cases[i].says);
		fake_exit(s->host, "__action", cases[i].code);
		sim_turn(s);
		IS(sim_conclusion(s), "failure");
		cr_assert_eq(sim_count(s, "step.start", NULL), 0);
		cr_assert(sim_logged(s, NULL, cases[i].logged), "case %zu", i);
		cr_assert_eq(run_unsupported(s->run), cases[i].lacks, "case %zu", i);
		end(s);
	}
}

Test(gather, one_job_waits_another_goes_on)
{
	struct sim *s = start("on: push\njobs:\n  j: {runs-on: ubuntu-latest, steps: [{id: a, uses: o/r@v1}]}\n"
	                      "  k: {runs-on: ubuntu-latest, steps: [{id: k, run: x}]}\n");
	cr_assert(fake_is_running(s->host, "__action"));
	cr_assert(fake_is_running(s->host, "k"));
	sim_exit(s, "k", 0);
	IS(sim_job(s, "k"), "success");
	IS(sim_job(s, "j"), "");
	answer(s, "nowhere v1 none\n");
	IS(sim_job(s, "j"), "failure");
	end(s);
}

Test(gather, jobs_share_what_is_fetched)
{
	struct sim *s = start("on: push\njobs:\n  j:\n    strategy: {matrix: {n: [1, 2, 3]}}\n    runs-on: ubuntu-latest\n"
	                      "    steps: [{uses: o/r@v1}, {uses: o/r/sub@v1}, {uses: o/r@v2}, {uses: o/other@v1}]\n");
	cr_assert_eq(fake_count(s->host), 2, "one for each repository");
	end(s);
}

Test(gather, a_cancelled_job_ends_its_helper)
{
	struct sim *s = start(ONE);
	engine_cancel(s->engine, 1);
	sim_turn(s);
	IS(sim_job(s, "j"), "cancelled");
	IS(fake_signals(s->host, "__action"), "9");
	cr_assert_eq(sim_count(s, "step.start", NULL), 0);
	end(s);
}

Test(gather, the_time_limit_of_the_job_holds)
{
	struct sim *s =
		start("on: push\njobs:\n  j: {runs-on: ubuntu-latest, timeout-minutes: 3, steps: [{id: a, uses: o/r@v1}]}\n");
	sim_pass(s, 181);
	IS(sim_job(s, "j"), "cancelled");
	IS(fake_signals(s->host, "__action"), "9");
	end(s);
}

Test(gather, what_nobody_waits_for_any_more_is_asked_for_again)
{
	struct sim *s =
		start("on: push\njobs:\n  j: {runs-on: ubuntu-latest, timeout-minutes: 1, steps: [{id: a, uses: o/r@v1}]}\n"
	              "  k: {needs: j, if: always(), runs-on: ubuntu-latest, steps: [{id: b, uses: o/r@v1}]}\n");
	sim_pass(s, 61);
	IS(sim_job(s, "j"), "cancelled");
	cr_assert_eq(fake_count(s->host), 2);
	put_action(s, "o/r", SAYS);
	answer(s, "ok v1 " SHA "\n");
	fake_exit(s->host, "__place", 0);
	sim_turn(s);
	sim_exit(s, "inner", 0);
	IS(sim_job(s, "k"), "success");
	end(s);
}
