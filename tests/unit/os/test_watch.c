/* Waiting for a descriptor to take bytes, and children whose output has to wait. */
#include <fcntl.h>

#include "harness.h"

static void count(void *cookie)
{
	++*(int *)cookie;
}

static void fill(int fd)
{
	static const char bytes[4096];
	while (write(fd, bytes, sizeof(bytes)) > 0)
		;
}

Test(watch, tells_when_a_pipe_takes_bytes)
{
	struct host *h = open_host(0);
	char sink[65536];
	int fd[2], calls = 0;
	cr_assert_eq(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
	fill(fd[1]);
	struct host_watch *w = h->ops->watch(h, fd[1], count, &calls);
	cr_assert(w);
	turn(h, 20);
	cr_assert_eq(calls, 0, "the pipe is full");
	cr_assert_gt(read(fd[0], sink, sizeof(sink)), 0);
	UNTIL(h, calls > 0);
	h->ops->unwatch(h, w);
	calls = 0;
	turn(h, 0);
	cr_assert_eq(calls, 0, "nobody asks any more");

	fill(fd[1]);
	w = h->ops->watch(h, fd[1], count, &calls);
	close(fd[0]);
	UNTIL(h, calls > 0); /* an error is news, too */
	h->ops->free(h);     /* with a watch that was not given back */
	close(fd[1]);
}

Test(watch, files_are_never_waited_for)
{
	struct host *h = open_host(0);
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC), calls = 0;
	cr_assert_null(h->ops->watch(h, fd, count, &calls));
	close(fd);
	h->ops->free(h);
}

Test(watch, output_waits_and_nothing_of_it_is_lost)
{
	for (size_t way = 0; way < ARRAY_LEN(both_ways); way++) {
		struct host *h = open_host(both_ways[way]);
		struct child before, ended, after;
		start_in(h, &before, NULL, "echo first; head -c 3000000 /dev/zero; echo last", "before", "github_test");
		UNTIL(h, has_text(&before, "first"));
		h->ops->hold_output(h, true);
		size_t had = before.text[0].n;
		start(h, &ended, "echo said and gone");
		start_in(h, &after, NULL, "echo held; exec sleep 30", "after", "github_test");
		UNTIL(h, ended.exits && ended.eofs);
		cr_assert(has_text(&ended, "said and gone"), "what an ended child has said is read all the same");
		turn(h, 300);
		cr_assert_eq(before.text[0].n, had);
		cr_assert_eq(before.exits, 0, "it waits for its reader");
		cr_assert_eq(after.text[0].n, 0u);
		h->ops->signal(h, after.p, SIGKILL);
		UNTIL(h, after.exits && after.eofs);
		cr_assert(has_text(&after, "held"));
		h->ops->hold_output(h, false);
		finish(h, &before);
		cr_assert_eq(before.text[0].n, 6u + 3000000u + 5u);
		cr_assert(has_text(&before, "last"));
		h->ops->release(h, ended.p);
		h->ops->release(h, after.p);
		child_done(&before);
		child_done(&ended);
		child_done(&after);
		h->ops->free(h);
	}
}
