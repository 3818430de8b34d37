/* Asking a program: what it answers, and when it does not. */
#include <criterion/criterion.h>

#include "os/program.h"
#include "support/fake_host.h"

#define TOOL "/opt/tool"

static const char *const argv[] = { TOOL, "--version", NULL };
static char *no_environ[] = { NULL };

struct script {
	const char *out, *words;
	int code; /* -1: it never exits */
	bool holds_pipes;
};

static void play(struct host *h, const char *label, void *cookie)
{
	const struct script *s = cookie;
	fake_output(h, label, HOST_STDOUT, s->out);
	fake_output(h, label, HOST_STDERR, s->words);
	if (s->code >= 0 && s->holds_pipes)
		fake_exit_keep_pipes(h, label, s->code);
	else if (s->code >= 0)
		fake_exit(h, label, s->code);
}

/* What it answers, or the error; the time it took is checked. */
static const char *ask(struct arena *a, struct script s, const char *signals)
{
	struct err err = ERR_INIT;
	struct str out = STR_EMPTY;
	struct host *h = fake_host_new();
	uint64_t from = h->ops->now(h);
	fake_on_spawn(h, play, &s);
	int rc = program_ask(&out, a, &(struct program_call) { .args = argv, .env = no_environ, .host = h, .seconds = 20 }, &err);
	bool in_time = s.code >= 0 && !s.holds_pipes;
	cr_expect_eq(h->ops->now(h) - from, in_time ? 0 : UINT64_C(20000000000));
	cr_expect_str_eq(fake_signals(h, TOOL), signals);
	cr_expect(fake_released(h, TOOL));
	h->ops->free(h);
	return arena_str(a, rc < 0 ? str_of(err.text) : out).p;
}

Test(ask, answers_and_silence)
{
	struct arena a = { 0 };
	cr_expect_str_eq(ask(&a, (struct script) { " 1.2\n", "careful\n", 0, false }, ""), "1.2");
	cr_expect_str_eq(ask(&a, (struct script) { "out\n", "one\ntwo\n\n", 3, false }, ""), "/opt/tool: two");
	cr_expect_str_eq(ask(&a, (struct script) { "out\n", "", 3, false }, ""), "/opt/tool: out");
	cr_expect_str_eq(ask(&a, (struct script) { "", "", 3, false }, ""), "/opt/tool failed with exit code 3");
	cr_expect_str_eq(ask(&a, (struct script) { "1.2\n", "", -1, false }, "9"), "/opt/tool has not ended within 20 seconds");
	cr_expect_str_eq(ask(&a, (struct script) { "1.2\n", "", 0, true }, ""), "/opt/tool has not ended within 20 seconds");
	arena_done(&a);
}

Test(ask, it_cannot_be_started)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct str out = STR_EMPTY;
	struct host *h = fake_host_new();
	fake_spawn_fail(h, TOOL, "no processes left");
	const struct program_call call = { .args = argv, .env = no_environ, .host = h, .seconds = 20 };
	cr_assert_eq(program_ask(&out, &a, &call, &err), -1);
	cr_assert_str_eq(err.text, "no processes left");
	h->ops->free(h);
	arena_done(&a);
}
