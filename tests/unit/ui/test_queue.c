/* Output that never waits: what is kept, in which order it comes out, and what is asked of others meanwhile. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "ui/out.h"
#include "unit/ui/feed.h"

enum { CHUNK = 10000 };

/* What the session would be. */
struct other {
	int waits, holds;
	bool waiting, holding, cannot;
};

static bool on_wait(void *cookie, int fd, bool on)
{
	struct other *o = cookie;
	(void)fd;
	o->waits++;
	o->waiting = on && !o->cannot;
	return o->waiting;
}

static void on_hold(void *cookie, bool on)
{
	struct other *o = cookie;
	o->holds++;
	o->holding = on;
}

static struct ui_waiter waiter_of(struct other *o)
{
	return (struct ui_waiter) { on_wait, on_hold, o };
}

static uint64_t time_now;

static uint64_t test_now(void)
{
	return time_now;
}

static void start(struct queue *q, int fd, const struct ui_waiter *w, const char *dir, bool paced)
{
	queue_init(q, &(struct ui_options) { .fd = fd, .waiter = w, .spool_dir = str_of(dir), .now = test_now }, paced);
}

/* Chunks of a pattern that shows any change of order. */
static uint32_t put_chunks(struct queue *q, uint32_t from, size_t n)
{
	uint32_t words[CHUNK / 4];
	while (n--) {
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			words[i] = from++;
		queue_put(q, (char *)words, sizeof(words));
	}
	return from;
}

/* Reads what comes, calling queue_ready whenever the reader would find nothing, until all is out; how many bytes. */
static size_t read_all(struct queue *q, int fd)
{
	static char bytes[1 << 16];
	size_t got = 0;
	for (;;) {
		ssize_t n = read(fd, bytes + got % 4, sizeof(bytes) - 4);
		if (n < 0 && queue_pending(q) == 0)
			return got;
		if (n < 0) {
			queue_ready(q);
			continue;
		}
		size_t have = got % 4 + (size_t)n, start = got - got % 4;
		for (size_t i = 0; i + 4 <= have; i += 4) {
			uint32_t word;
			memcpy(&word, bytes + i, 4);
			cr_assert_eq(word, (start + i) / 4);
		}
		memmove(bytes, bytes + have - have % 4, have % 4);
		got += (size_t)n;
	}
}

static void open_ends(int fd[2], bool socket)
{
	cr_assert_eq(socket ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) : pipe2(fd, O_CLOEXEC), 0);
	cr_assert_eq(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
}

Test(queue, keeps_everything_in_order)
{
	for (int socket = 0; socket < 2; socket++) {
		struct other o = { 0 };
		struct ui_waiter w = waiter_of(&o);
		struct queue q;
		int fd[2];
		open_ends(fd, socket);
		start(&q, fd[1], &w, "/tmp", false);
		cr_assert_eq(fcntl(fd[1], F_GETFL) & O_NONBLOCK, 0, "the shared description is left alone");
		put_chunks(&q, 0, 1500);
		cr_assert(o.waiting && o.waits == 1 && o.holds == 0);
		cr_assert_leq(q.head.cap + q.tail.cap, 4u << 20, "the rest is in the file");
		cr_assert_gt(queue_pending(&q), 14000000u);
		cr_assert_eq(read_all(&q, fd[0]), 15000000u);
		cr_assert(!o.waiting && o.waits == 2 && q.errnum == 0);
		queue_done(&q);
		close(fd[0]);
		close(fd[1]);
	}
}

Test(queue, steps_wait_when_nothing_can_be_kept)
{
	struct other o = { 0 };
	struct ui_waiter w = waiter_of(&o);
	struct queue q;
	int fd[2];
	open_ends(fd, false);
	start(&q, fd[1], &w, "/no/such/folder", false);
	uint32_t at = 0;
	for (size_t i = 0; i < 1000 && !o.holding; i++)
		at = put_chunks(&q, at, 1);
	cr_assert(o.holding && q.held_errnum == ENOENT);
	at = put_chunks(&q, at, 20); /* what ended children had in their pipes */
	cr_assert_eq(read_all(&q, fd[0]), at * 4u);
	cr_assert(!o.holding && !o.waiting && o.holds == 2);
	queue_done(&q);
	close(fd[0]);
	close(fd[1]);
}

/* Steps wait for a moment; who is not down to a little by then is slow, until he has read all. */
Test(queue, a_moment_to_catch_up)
{
	struct other o = { 0 };
	struct ui_waiter w = waiter_of(&o);
	struct queue q;
	int fd[2];
	open_ends(fd, false);
	time_now = 1000;
	start(&q, fd[1], &w, "/tmp", true);
	uint32_t at = put_chunks(&q, 0, 30);
	cr_assert(!o.holding && !q.pace_until, "that much may wait");
	at = put_chunks(&q, at, 50);
	cr_assert(o.holding && q.pace_until > time_now);
	queue_tick(&q, time_now);
	cr_assert(o.holding, "it is not over");
	cr_assert_eq(read_all(&q, fd[0]), 800000u);
	cr_assert(!o.holding && !q.pace_until && !q.slow, "it was quick enough");
	for (int round = 0; round < 2; round++) {
		at = put_chunks(&q, 0, 100);
		cr_assert(o.holding);
		time_now = q.pace_until;
		queue_tick(&q, time_now);
		cr_assert(!o.holding && q.slow);
		at = put_chunks(&q, at, 900);
		cr_assert(!o.holding && !q.pace_until, "it has had its moment");
		cr_assert_eq(read_all(&q, fd[0]), 10000000u);
		cr_assert(!q.slow);
	}
	queue_done(&q);
	close(fd[0]);
	close(fd[1]);
}

Test(queue, a_reader_that_goes_away)
{
	struct other o = { 0 };
	struct ui_waiter w = waiter_of(&o);
	struct queue q;
	int fd[2];
	signal(SIGPIPE, SIG_IGN);
	open_ends(fd, false);
	start(&q, fd[1], &w, "/tmp", false);
	put_chunks(&q, 0, 500);
	close(fd[0]);
	queue_ready(&q);
	cr_assert(q.errnum == EPIPE && queue_pending(&q) == 0 && !o.waiting);
	put_chunks(&q, 0, 10);
	cr_assert_eq(queue_pending(&q), 0u);
	queue_done(&q);
	close(fd[1]);
}

Test(queue, files_are_written_at_once_where_others_left_off)
{
	char path[] = "/tmp/ui-queue-XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC);
	struct stat st;
	struct other o = { .cannot = true };
	struct ui_waiter w = waiter_of(&o);
	struct queue q;
	cr_assert_geq(fd, 0);
	unlink(path);
	cr_assert_eq(write(fd, "before", 6), 6);
	start(&q, fd, &w, "/tmp", false);
	put_chunks(&q, 0, 1000);
	cr_assert(queue_pending(&q) == 0 && o.waits == 0);
	cr_assert(fstat(fd, &st) == 0 && st.st_size == 10000006);
	queue_done(&q);
	close(fd);
}

/* Whatever waits at the end is lost when it is closed, and that is said. */
Test(queue, closing_says_what_was_lost)
{
	static struct sink *(*const makers[])(const struct ui_options *) = { sink_json, sink_plain, sink_tty, sink_github };
	for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
		struct arena a = { 0 };
		size_t n;
		struct event *events = feed_load(&a, "failure", &n);
		struct other o = { 0 };
		struct ui_waiter w = waiter_of(&o);
		int fd[2];
		open_ends(fd, false);
		static char full[1 << 20];
		cr_assert_eq(fcntl(fd[1], F_SETFL, O_NONBLOCK), 0);
		while (write(fd[1], full, sizeof(full)) > 0)
			;
		struct sink *s = makers[i](&(struct ui_options) { .fd = fd[1], .waiter = &w, .spool_dir = STR("/tmp") });
		for (size_t k = 0; k < n; k++)
			s->ops->event(s, &events[k]);
		ui_end(s, NULL);
		uint64_t left = ui_pending(s);
		cr_assert(left > 0 && o.waiting);
		struct err err = ERR_INIT;
		cr_assert_eq(s->ops->close(s, &err), -1);
		cr_assert(strstr(err.text, "has not taken"), "%s", err.text);
		cr_assert(!o.waiting);
		close(fd[0]);
		close(fd[1]);
		arena_done(&a);
	}
}

/* A terminal that takes nothing gets no frames, and one when it is back. */
Test(queue, frames_are_dropped)
{
	struct arena a = { 0 };
	size_t n, size = 0;
	struct event *events = feed_load(&a, "parallel", &n);
	struct other o = { 0 };
	struct ui_waiter w = waiter_of(&o);
	int fd[2];
	open_ends(fd, false);
	static char bytes[1 << 20];
	cr_assert_eq(fcntl(fd[1], F_SETFL, O_NONBLOCK), 0);
	while (write(fd[1], bytes, sizeof(bytes)) > 0)
		;
	struct sink *s = sink_tty(&(struct ui_options) { .fd = fd[1], .width = 80, .waiter = &w, .spool_dir = STR("/tmp") });
	for (size_t k = 0; k < n / 2; k++)
		s->ops->event(s, &events[k]);
	s->ops->tick(s, 1);
	uint64_t first = ui_pending(s);
	for (uint64_t t = 2; t < 1000; t++)
		s->ops->tick(s, t * 100000000u);
	cr_assert_eq(ui_pending(s), first);
	cr_assert_eq(s->next_tick, 0u);
	while (ui_pending(s)) {
		while (read(fd[0], bytes, sizeof(bytes)) > 0)
			;
		ui_ready(s);
	}
	cr_assert_neq(s->next_tick, 0u);
	while (read(fd[0], bytes, sizeof(bytes)) > 0)
		;
	s->ops->tick(s, 2000u * 100000000u);
	ssize_t got = read(fd[0], bytes, sizeof(bytes));
	size = got > 0 ? (size_t)got : 0;
	cr_assert(size && memmem(bytes, size, "\x1b[?7l", 5), "a frame is drawn");
	s->ops->close(s, NULL);
	close(fd[0]);
	close(fd[1]);
	arena_done(&a);
}
