/* The end of a child: reaped by its pidfd, so never somebody else's; and the end of our memory of it. */
#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "os/real.h"

static int64_t us(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

static void fill(struct proc_status *st, const struct proc *p, const siginfo_t *si, const struct rusage *ru)
{
	bool died = si->si_code != CLD_EXITED;
	st->signal = died ? si->si_status : 0;
	st->exit_code = died ? 128 + si->si_status : si->si_status & 0xff;
	st->cpu_us = us(ru->ru_utime) + us(ru->ru_stime);
	/* Until its exec the child used our memory and the kernel counts that as its own peak. */
	st->max_rss_kb = ru->ru_maxrss > p->spawn_rss_kb ? ru->ru_maxrss : -1;
}

/* Lets go of the tree: what is left in it belongs to the group now. */
static void let_go(struct real *r, struct proc *p)
{
	orphan_note(r, p);
	cgroup_give(r, p->group, p->cg);
	p->cg = NULL;
}

void reap_ready(struct real *r, struct proc *p)
{
	siginfo_t si = { 0 };
	struct rusage ru = { 0 };
	struct proc_status st = { .exit_code = 255, .max_rss_kb = -1, .cpu_us = -1 };
	long rc = syscall(SYS_waitid, P_PIDFD, p->exit.fd, &si, WEXITED | WNOHANG, &ru);
	if (rc == 0 && si.si_pid == 0)
		return; /* not yet */
	if (rc < 0 && errno == EINTR)
		return;
	if (rc == 0)
		fill(&st, p, &si, &ru); /* else: SIGCHLD is ignored or someone reaped it; its status is lost */
	loop_close(r, &p->exit);
	p->exited = true;
	guard_session(r, p, false);
	r->some_exited = true;
	watch_let_go(r, p);
	if (!p->released) {
		r->delivered++;
		p->on->exit(p->cookie, &st);
		return;
	}
	let_go(r, p);
	proc_settle(r, p);
}

void proc_detach(struct host *h, struct proc *p)
{
	p->detached = true;
	watch_let_go(real_of(h), p);
}

void proc_release(struct host *h, struct proc *p)
{
	struct real *r = real_of(h);
	if (p->released)
		return;
	p->released = p->detached = true;
	watch_let_go(r, p);
	if (p->exited)
		let_go(r, p);
	proc_settle(r, p);
}

void proc_settle(struct real *r, struct proc *p)
{
	if (p->settled || !p->released || !p->exited || p->pipe[0].fd >= 0 || p->pipe[1].fd >= 0)
		return;
	p->settled = true;
	if (p->prev)
		p->prev->next = p->next;
	else
		r->procs = p->next;
	if (p->next)
		p->next->prev = p->prev;
	p->prev = NULL;
	p->next = r->dead;
	r->dead = p;
}

void proc_bury(struct real *r)
{
	while (r->dead) {
		struct proc *p = r->dead;
		r->dead = p->next;
		free(p->mark);
		free(p);
	}
}
