/* Waiting for the helper that makes an offer. */
#include <criterion/criterion.h>

#include "support/fake_host.h"
#include "tools/offer.h"

static struct {
	struct arena arena;
	struct session session;
	struct place *here;
	struct tool_request request;
} w;

static struct tool_offer *open_offer(void)
{
	static char path[] = "PATH=/usr/bin";
	static char *inherited[] = { path, NULL };
	w.session = (struct session) { .host = fake_host_new(),
		                       .opt = { .self = STR("/self"), .environ = inherited, .tool_cache = STR("/tools") } };
	w.here = place_here(w.session.host, "id");
	w.request = (struct tool_request) { .kind = TOOL_PYTHON, .file = STR(".python-version") };
	*vec_add(&w.arena, &w.request.specs) = STR(">=3.9 <3.12");
	return tool_offer_new(&w.session, w.here, &w.request, STR("/job/_tool"), STR("/job/w"));
}

static void close_offer(struct tool_offer *o)
{
	tool_offer_free(o);
	w.here->ops->drop(w.here);
	w.session.host->ops->free(w.session.host);
	arena_done(&w.arena);
}

static void turn(void)
{
	w.session.changed = false;
	cr_assert_eq(w.session.host->ops->wait(w.session.host, 0, NULL), 0);
}

static const char *line(const struct tool_offer *o, size_t i)
{
	size_t n;
	const struct str *lines = tool_offer_lines(o, &n);
	cr_assert_lt(i, n);
	return lines[i].p;
}

Test(offer, what_the_helper_is_asked_and_says)
{
	static const char *const argv[] = {
		"/self", "__tools", "/job/_tool", "/tools", "python", "", "/job/w/.python-version", ">=3.9 <3.12"
	};
	struct tool_offer *o = open_offer();
	for (size_t i = 0; i < ARRAY_LEN(argv); i++)
		cr_expect_str_eq(fake_arg(w.session.host, "tools", (int)i), argv[i]);
	cr_assert_null(fake_arg(w.session.host, "tools", ARRAY_LEN(argv)));
	cr_assert_eq(tool_offer_state(o), OFFER_PENDING);
	cr_assert_lt(tool_offer_deadline(o), NEVER);
	fake_output(w.session.host, "tools", HOST_STDOUT, "served Python 3.11.2\t/usr/bin/python3\nrefused Python 3.9");
	fake_output(w.session.host, "tools", HOST_STDOUT, ".1\tit has no pip\nnonsense\n\n");
	fake_output(w.session.host, "tools", HOST_STDERR, "served Python 1.0.0\t/x\n");
	fake_exit_keep_pipes(w.session.host, "tools", 0);
	turn();
	cr_assert_eq(tool_offer_state(o), OFFER_PENDING, "its pipes are open");
	fake_eof(w.session.host, "tools");
	turn();
	cr_assert(w.session.changed);
	cr_assert_eq(tool_offer_state(o), OFFER_MADE);
	cr_assert_str_eq(line(o, 0), "Python 3.11.2 of this machine (/usr/bin/python3) is in the tool cache");
	cr_assert_str_eq(line(o, 1), "Python 3.9.1 of this machine is not used: it has no pip");
	size_t n;
	tool_offer_lines(o, &n);
	cr_assert_eq(n, 2);
	cr_assert_eq(tool_offer_deadline(o), NEVER);
	close_offer(o);
}

Test(offer, nothing_there)
{
	struct tool_offer *o = open_offer();
	fake_exit(w.session.host, "tools", 0);
	turn();
	cr_assert_eq(tool_offer_state(o), OFFER_NOTHING);
	close_offer(o);
}

Test(offer, more_lines_than_are_kept)
{
	struct tool_offer *o = open_offer();
	size_t n;
	for (int i = 0; i < OFFER_LINES + 5; i++)
		fake_output(w.session.host, "tools", HOST_STDOUT, "refused Go 1.2.3\tx\n");
	fake_exit(w.session.host, "tools", 1);
	turn();
	tool_offer_lines(o, &n);
	cr_assert_eq(n, OFFER_LINES);
	cr_assert_eq(tool_offer_state(o), OFFER_NOTHING);
	close_offer(o);
}

Test(offer, it_does_not_answer)
{
	struct tool_offer *o = open_offer();
	tool_offer_due(o);
	cr_assert_eq(tool_offer_state(o), OFFER_PENDING);
	fake_advance(w.session.host, 181 * SECOND);
	tool_offer_due(o);
	cr_assert_eq(tool_offer_state(o), OFFER_NOTHING);
	cr_assert_str_eq(fake_signals(w.session.host, "tools"), "9");
	cr_assert(w.session.changed);
	close_offer(o);
}

Test(offer, given_up_and_never_begun)
{
	struct tool_offer *o = open_offer();
	tool_offer_free(o);
	cr_assert_str_eq(fake_signals(w.session.host, "tools"), "9");
	fake_spawn_fail(w.session.host, "tools", "no processes left");
	o = tool_offer_new(&w.session, w.here, &w.request, STR("/v"), STR("/w"));
	cr_assert_eq(tool_offer_state(o), OFFER_NOTHING);
	cr_assert_str_eq(line(o, 0), "tools of this machine are not used: no processes left");
	cr_assert_eq(tool_offer_deadline(o), NEVER);
	close_offer(o);
	tool_offer_free(NULL);
}
