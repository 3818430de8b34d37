/* Write errors are remembered, not fatal; short and blocked writes are completed. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>

#include "ui/out.h"
#include "unit/ui/feed.h"

typedef struct sink *maker(const struct ui_options *);

static void expect_error(maker *make, int fd, int errnum)
{
	struct arena a = { 0 };
	size_t n;
	struct event *events = feed_load(&a, "failure", &n);
	struct ui_options o = { .fd = fd };
	struct sink *s = make(&o);
	for (size_t i = 0; i < n; i++) {
		s->ops->event(s, &events[i]);
		if (s->ops->tick)
			s->ops->tick(s, s->next_tick);
	}
	struct err err = ERR_INIT;
	cr_assert_eq(s->ops->close(s, &err), -1);
	cr_assert_eq(err.errnum, errnum, "%s", err.text);
	arena_done(&a);
}

Test(out, errors_are_told_at_close)
{
	static maker *const makers[] = { sink_json, sink_plain, sink_tty, sink_github, sink_quiet };
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		int pipe_fds[2];
		cr_assert_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
		close(pipe_fds[0]);
		expect_error(makers[i], pipe_fds[1], EPIPE);
		close(pipe_fds[1]);
		expect_error(makers[i], pipe_fds[1], EBADF);
		int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
		expect_error(makers[i], full, ENOSPC);
		close(full);
	}
}

static void *read_slowly(void *arg)
{
	static size_t total;
	char chunk[777];
	ssize_t n;
	while ((n = read(*(int *)arg, chunk, sizeof(chunk))) > 0) {
		total += (size_t)n;
		if (total < 100000)
			poll(NULL, 0, 1);
	}
	return &total;
}

Test(out, a_pipe_that_does_not_block_gets_everything)
{
	int fds[2];
	cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
	cr_assert_eq(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	pthread_t reader;
	cr_assert_eq(pthread_create(&reader, NULL, read_slowly, &fds[0]), 0);
	struct out o = { .fd = fds[1] };
	for (size_t i = 0; i < 400; i++) {
		for (size_t k = 0; k < 100; k++)
			buf_adds(&o.buf, "0123456789\n");
		out_flush(&o);
	}
	cr_assert_eq(out_close(&o, "pipe", NULL), 0);
	cr_assert_eq(o.lines, 40000);
	close(fds[1]);
	void *total;
	pthread_join(reader, &total);
	cr_assert_eq(*(size_t *)total, 440000);
	close(fds[0]);
}
