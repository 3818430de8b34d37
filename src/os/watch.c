/* Two hands on the loop for whoever passes on what children say: being told when a descriptor takes bytes
 * again, and leaving the children's output in their pipes meanwhile. */
#include <errno.h>
#include <sys/epoll.h>

#include "os/real.h"

/* Kept until the host is freed and used again: an event of this turn may still point at one that was given back. */
struct host_watch {
	struct source source; /* first; fd is not ours */
	struct host_watch *next;
	void (*ready)(void *cookie);
	void *cookie;
};

static struct host_watch *unused(struct real *r)
{
	struct host_watch *w = r->watches;
	while (w && w->source.fd >= 0)
		w = w->next;
	if (w)
		return w;
	w = xcalloc(1, sizeof(*w));
	w->next = r->watches;
	r->watches = w;
	return w;
}

struct host_watch *watch_open(struct host *h, int fd, void (*ready)(void *cookie), void *cookie)
{
	struct real *r = real_of(h);
	struct host_watch *w = unused(r);
	struct epoll_event ev = { .events = EPOLLOUT, .data.ptr = &w->source };
	w->source = (struct source) { SOURCE_WATCH, fd, NULL };
	w->ready = ready;
	w->cookie = cookie;
	if (epoll_ctl(r->epfd, EPOLL_CTL_ADD, fd, &ev) == 0)
		return w;
	w->source.fd = -1;
	return NULL;
}

void watch_close(struct host *h, struct host_watch *w)
{
	epoll_ctl(real_of(h)->epfd, EPOLL_CTL_DEL, w->source.fd, NULL);
	w->source.fd = -1;
}

void watch_ready(struct real *r, struct source *s)
{
	struct host_watch *w = (struct host_watch *)s;
	r->delivered++;
	w->ready(w->cookie);
}

void watch_free(struct real *r)
{
	while (r->watches) {
		struct host_watch *w = r->watches;
		r->watches = w->next;
		if (w->source.fd >= 0)
			watch_close(&r->host, w);
		free(w);
	}
}

/* ---- holding output back ---- */

static void listen_to(struct real *r, struct proc *p)
{
	for (int i = 0; i < 2; i++)
		if (p->pipe[i].fd >= 0)
			loop_add(r, &p->pipe[i]); /* EEXIST: it is there */
}

/* A child that has ended adds no more than what its pipes hold, and its end is not to be put off; what a detached
 * one says goes nowhere. */
static bool may_wait(const struct proc *p)
{
	return !p->exited && !p->detached;
}

void watch_hold_output(struct host *h, bool hold)
{
	struct real *r = real_of(h);
	if (r->holding == hold)
		return;
	r->holding = hold;
	for (struct proc *p = r->procs; p; p = p->next) {
		if (!hold)
			listen_to(r, p);
		for (int i = 0; hold && may_wait(p) && i < 2; i++)
			if (p->pipe[i].fd >= 0)
				epoll_ctl(r->epfd, EPOLL_CTL_DEL, p->pipe[i].fd, NULL);
	}
}

void watch_let_go(struct real *r, struct proc *p)
{
	if (r->holding)
		listen_to(r, p);
}
