/* The fake host keeps the promises that scheduler tests rely on. */
#include <criterion/criterion.h>

#include "support/fake_host.h"

static char trace[512];

static void on_output(void *cookie, enum host_stream s, struct str bytes)
{
	size_t n = strlen(trace);
	snprintf(trace + n, sizeof(trace) - n, "%s%d[%.*s] ", (char *)cookie, s, STRF(bytes));
}

static void on_eof(void *cookie)
{
	size_t n = strlen(trace);
	snprintf(trace + n, sizeof(trace) - n, "%s:eof ", (char *)cookie);
}

static void on_exit_(void *cookie, const struct proc_status *st)
{
	size_t n = strlen(trace);
	snprintf(trace + n, sizeof(trace) - n, "%s:%d/%d ", (char *)cookie, st->exit_code, st->signal);
}

static const struct proc_events on = { on_output, on_eof, on_exit_ };

static struct proc *start(struct host *h, const char *label)
{
	static char *const argv[] = { (char *)"/bin/sh", (char *)"x.sh", NULL };
	static char *const envp[] = { (char *)"GITHUB_OUTPUT=/t/out", (char *)"A=1", NULL };
	struct spawn_spec spec = {
		.path = "/bin/sh", .argv = argv, .envp = envp, .cwd = "/w", .label = label, .on = &on, .cookie = (void *)label
	};
	struct proc *p = NULL;
	struct err err = ERR_INIT;
	return h->ops->spawn(h, &spec, &p, &err) == 0 ? p : NULL;
}

static void turn(struct host *h, uint64_t deadline)
{
	struct err err = ERR_INIT;
	cr_assert_eq(h->ops->wait(h, deadline, &err), 0);
}

Test(fake_host, events_and_time)
{
	struct host *h = fake_host_new();
	uint64_t t0 = h->ops->now(h);
	struct proc *a = start(h, "a"), *b = start(h, "b");
	cr_assert(a && b);
	cr_assert_eq(fake_running(h), 2);
	cr_assert_str_eq(fake_started(h, 0), "a");
	cr_assert_str_eq(fake_last_started(h), "b");
	cr_assert_str_eq(fake_env(h, "a", "A"), "1");
	cr_assert_null(fake_env(h, "a", "B"));
	cr_assert_str_eq(fake_arg(h, "a", 1), "x.sh");

	fake_output(h, "a", HOST_STDERR, "hello");
	fake_exit(h, "a", 3);
	fake_exit_keep_pipes(h, "b", 0);
	turn(h, UINT64_MAX);
	cr_assert_str_eq(trace, "a1[hello] a:3/0 a:eof b:0/0 ");
	cr_assert_eq(fake_running(h), 0);
	cr_assert_eq(h->ops->now(h), t0);

	trace[0] = '\0';
	h->ops->signal(h, b, 9);
	turn(h, UINT64_MAX);
	cr_assert_str_eq(trace, "b:eof ");
	turn(h, t0 + 500);
	cr_assert_eq(h->ops->now(h), t0 + 500);
	turn(h, 0);
	cr_assert_eq(h->ops->now(h), t0 + 500);
	h->ops->release(h, a);
	cr_assert(fake_released(h, "a"));
	h->ops->free(h);
}

Test(fake_host, signals_and_timers)
{
	struct host *h = fake_host_new();
	uint64_t t0 = h->ops->now(h);
	fake_on_signal(h, "a", 15, 143);
	struct proc *a = start(h, "a");
	h->ops->signal(h, a, 2);
	turn(h, t0 + 7500);
	h->ops->signal(h, a, 15);
	turn(h, UINT64_MAX);
	cr_assert_str_eq(fake_signals(h, "a"), "2 15");
	cr_assert_str_eq(trace, "a:143/0 a:eof ");

	trace[0] = '\0';
	fake_auto_exit(h, 1000, 0);
	struct proc *b = start(h, "b");
	start(h, "c");
	h->ops->signal(h, b, 9);
	turn(h, UINT64_MAX);
	cr_assert_str_eq(trace, "b:137/9 b:eof ");
	turn(h, UINT64_MAX);
	cr_assert_str_eq(trace, "b:137/9 b:eof c:0/0 c:eof ");
	cr_assert_eq(h->ops->now(h), t0 + 8500);

	fake_spawn_fail(h, "d", "no such thing");
	cr_assert_null(start(h, "d"));
	cr_assert_not_null(start(h, "e"));
	h->ops->free(h);
}

Test(fake_host, files)
{
	struct host *h = fake_host_new();
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf b = BUF_INIT;
	char out[64];
	start(h, "a");
	cr_assert_eq(h->ops->put_file(h, "/t/out", STR(""), 0600, &err), 0);
	fake_write(h, "a", "GITHUB_OUTPUT", "v=1\n");
	cr_assert_str_eq(fake_file(h, "/t/out"), "v=1\n");
	cr_assert_eq(h->ops->take_file(h, "/t/out", &b, 100, &err), 0);
	cr_assert_str_eq(buf_cstr(&b), "v=1\n");
	cr_assert_null(fake_file(h, "/t/out"));
	cr_assert_eq(h->ops->take_file(h, "/t/out", &b, 100, &err), 0);
	cr_assert_str_eq(h->ops->which(h, "bash", "/bin", out, sizeof(out)), "/usr/bin/bash");
	fake_missing(h, "bash");
	cr_assert_null(h->ops->which(h, "bash", "/bin", out, sizeof(out)));
	h->ops->free(h);
}
