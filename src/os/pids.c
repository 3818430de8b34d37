/* Lists of processes with their pidfds; see pids.h. */
#include "os/pids.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <time.h>

#include "base/arena.h"

void pids_done(struct pids *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].fd >= 0)
			close(p->v[i].fd);
	free(p->v);
	*p = (struct pids) { 0 };
}

void pids_add(struct pids *p, pid_t pid)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 16;
		p->v = xrealloc(p->v, p->cap * sizeof(*p->v));
	}
	p->v[p->n++] = (struct pid_entry) { pid, -1 };
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct pid_entry *)a)->pid, y = ((const struct pid_entry *)b)->pid;
	return (x > y) - (x < y);
}

void pids_sort(struct pids *p)
{
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_pid);
}

bool pids_has(const struct pids *p, pid_t pid)
{
	struct pid_entry key = { .pid = pid };
	return p->n && bsearch(&key, p->v, p->n, sizeof(*p->v), by_pid);
}

void pids_open(struct pids *p)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->n; i++) {
		struct pid_entry e = p->v[i];
		if (e.fd < 0)
			e.fd = pidfd_open(e.pid, 0);
		if (e.fd >= 0 || errno == EMFILE || errno == ENFILE)
			p->v[kept++] = e;
	}
	p->n = kept;
}

void pids_signal(const struct pids *p, const struct pids *still, int sig)
{
	for (size_t i = 0; i < p->n; i++) {
		if (still && !pids_has(still, p->v[i].pid))
			continue;
		if (p->v[i].fd >= 0)
			pidfd_send_signal(p->v[i].fd, sig, NULL, 0);
		else
			kill(p->v[i].pid, sig);
	}
}

static long now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool pids_wait(const struct pids *p, int ms)
{
	long end = now_ms() + ms;
	for (size_t i = 0; i < p->n; i++) {
		struct pollfd pfd = { .fd = p->v[i].fd, .events = POLLIN };
		while (pfd.fd >= 0) {
			long left = end - now_ms();
			int n = poll(&pfd, 1, left > 0 ? (int)left : 0);
			if (n > 0)
				break;
			if (n == 0 || errno != EINTR)
				return false;
		}
	}
	return true;
}
