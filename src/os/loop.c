/* One epoll set over all pipes, pidfds and a timer. A turn takes one batch of events, output before
 * exits, and returns when something was delivered; discarding output of detached children is not
 * something. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#include "os/real.h"

enum { BATCH = 64 };
#define NS_PER_S 1000000000u

uint64_t loop_now(struct host *h)
{
	struct timespec t;
	(void)h;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

int loop_add(struct real *r, struct source *s)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = s };
	return epoll_ctl(r->epfd, EPOLL_CTL_ADD, s->fd, &ev);
}

void loop_close(struct real *r, struct source *s)
{
	if (s->fd < 0)
		return;
	epoll_ctl(r->epfd, EPOLL_CTL_DEL, s->fd, NULL);
	close(s->fd);
	s->fd = -1;
}

int loop_poll_fd(struct host *h)
{
	return real_of(h)->epfd;
}

void loop_arm(struct host *h, uint64_t deadline)
{
	struct real *r = real_of(h);
	struct itimerspec at = { 0 };
	deadline = MIN(deadline, sweep_due(r));
	if (deadline == r->armed)
		return;
	r->armed = deadline;
	if (deadline != UINT64_MAX) {
		at.it_value.tv_sec = (time_t)(deadline / NS_PER_S);
		at.it_value.tv_nsec = deadline ? (long)(deadline % NS_PER_S) : 1; /* all zero would disarm */
	}
	timerfd_settime(r->timer.fd, TFD_TIMER_ABSTIME, &at, NULL);
}

static int wait_events(struct real *r, struct epoll_event *ev, uint64_t deadline)
{
	struct timespec rel = { 0 };
	if (deadline == UINT64_MAX)
		return epoll_pwait2(r->epfd, ev, BATCH, NULL, NULL);
	uint64_t now = loop_now(&r->host);
	if (deadline > now) {
		rel.tv_sec = (time_t)((deadline - now) / NS_PER_S);
		rel.tv_nsec = (long)((deadline - now) % NS_PER_S);
	}
	return epoll_pwait2(r->epfd, ev, BATCH, &rel, NULL);
}

static void timer_ready(struct real *r)
{
	uint64_t ticks;
	if (read(r->timer.fd, &ticks, sizeof(ticks)) < 0)
		return; /* re-armed meanwhile */
	r->armed = UINT64_MAX;
	r->delivered++;
}

static void dispatch(struct real *r, const struct epoll_event *ev, int n)
{
	for (int i = 0; i < n; i++) {
		struct source *s = ev[i].data.ptr;
		if (s->fd >= 0 && s->kind == SOURCE_TIMER)
			timer_ready(r);
		else if (s->fd >= 0 && s->kind == SOURCE_WATCH)
			watch_ready(r, s);
		else if (s->fd >= 0 && s->kind != SOURCE_EXIT)
			pipe_ready(r, s, ev[i].events & (EPOLLHUP | EPOLLERR));
	}
	for (int i = 0; i < n; i++) {
		struct source *s = ev[i].data.ptr;
		if (s->fd >= 0 && s->kind == SOURCE_EXIT)
			reap_ready(r, s->p);
	}
	if (r->some_exited || r->norphans_dying)
		orphan_reap(r);
	r->some_exited = false;
}

int loop_wait(struct host *h, uint64_t deadline, struct err *err)
{
	struct real *r = real_of(h);
	struct epoll_event ev[BATCH];
	r->delivered = 0;
	for (;;) {
		int n = wait_events(r, ev, MIN(deadline, sweep_due(r)));
		if (n < 0 && errno == EINTR)
			return 0; /* the caller looks at what its signal handler left */
		if (n < 0)
			return err_errno(err, "cannot wait for processes");
		dispatch(r, ev, n);
		sweep_go_on(r);
		proc_bury(r);
		if (r->delivered || deadline <= loop_now(h))
			return 0;
	}
}
