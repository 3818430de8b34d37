/* A step's processes and how to signal them all. With a cgroup the kernel knows them; without one they
 * are found in /proc: the step's session, descendants of members, and escapees (setsid and double fork)
 * by a variable that only this step's environment carries.
 *
 * SIGINT and SIGTERM go once to those alive: what a trap handler starts in reply must be left to
 * work. SIGKILL goes on until nothing new turns up; a scanned tree is stopped first, so that it can
 * neither fork away nor lose its parents while being looked at. */
#include <signal.h>
#include <sys/pidfd.h>

#include "os/procfs.h"
#include "os/real.h"

enum { ROUNDS = 64 };

enum mark { UNKNOWN, VISITING, MEMBER, STRANGER };

struct seen {
	struct proc_stat st;
	enum mark mark;
};

/* All processes of the system, by pid. */
struct snapshot {
	struct seen *v;
	size_t n;
};

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct seen *)a)->st.pid, y = ((const struct seen *)b)->st.pid;
	return (x > y) - (x < y);
}

static struct seen *find(const struct snapshot *s, pid_t pid)
{
	struct seen key = { .st.pid = pid };
	return s->n ? bsearch(&key, s->v, s->n, sizeof(key), by_pid) : NULL;
}

static void snapshot_take(struct real *r, struct snapshot *s)
{
	struct pids all = { 0 };
	procfs_list(r->proc_fd, &all);
	s->v = xcalloc(all.n + 1, sizeof(*s->v));
	s->n = 0;
	for (size_t i = 0; i < all.n; i++)
		if (procfs_stat(r->proc_fd, all.v[i].pid, &s->v[s->n].st))
			s->n++;
	qsort(s->v, s->n, sizeof(*s->v), by_pid);
	pids_done(&all);
}

static bool carries_mark(struct real *r, const struct proc *p, pid_t pid, struct buf *scratch)
{
	struct str mark = str_of(p->mark), name = str_to(mark, str_find_c(mark, '=', 0));
	return p->mark && procfs_environ(r->proc_fd, pid, scratch) &&
	       procfs_env_has(scratch, name, str_from(mark, name.n + 1), false);
}

bool tree_owns(struct real *r, const struct proc *p, pid_t pid, pid_t sid, struct buf *scratch)
{
	return sid == p->pid || carries_mark(r, p, pid, scratch);
}

/* Settles a process and all its ancestors on the way to a settled one. */
static void settle(const struct snapshot *s, struct seen *from)
{
	struct seen *top = from;
	while (top && top->mark == UNKNOWN) {
		top->mark = VISITING;
		top = find(s, top->st.ppid);
	}
	enum mark result = top && top->mark == MEMBER ? MEMBER : STRANGER;
	for (struct seen *at = from; at && at->mark == VISITING; at = find(s, at->st.ppid))
		at->mark = result;
}

static void mark_members(struct real *r, const struct kin *kin, struct snapshot *s)
{
	_cleanup_buf_ struct buf scratch = BUF_INIT;
	for (size_t i = 0; i < s->n; i++) {
		struct seen *e = &s->v[i];
		if (e->st.pid == getpid() || e->st.pid == 1)
			e->mark = STRANGER;
		else if (kin->owns(r, kin->who, &e->st, &scratch))
			e->mark = MEMBER;
	}
	for (size_t i = 0; i < s->n; i++)
		settle(s, &s->v[i]);
}

/* The living members that are not in `but` (sorted, may be NULL), with pidfds that are surely theirs. */
static void scan(struct real *r, const struct kin *kin, const struct pids *but, struct pids *out)
{
	struct snapshot s;
	struct pids found = { 0 };
	snapshot_take(r, &s);
	mark_members(r, kin, &s);
	for (size_t i = 0; i < s.n; i++)
		if (s.v[i].mark == MEMBER && s.v[i].st.state != 'Z' && !(but && pids_has(but, s.v[i].st.pid)))
			pids_add(&found, s.v[i].st.pid);
	pids_open(&found);
	for (size_t i = 0; i < found.n; i++) {
		struct pid_entry *e = &found.v[i];
		struct proc_stat now;
		if (!procfs_stat(r->proc_fd, e->pid, &now) || now.start != find(&s, e->pid)->st.start)
			continue;
		pids_add(out, e->pid);
		out->v[out->n - 1].fd = e->fd;
		e->fd = -1;
	}
	pids_done(&found);
	free(s.v);
}

static void take_over(struct pids *all, struct pids *more)
{
	for (size_t i = 0; i < more->n; i++) {
		pids_add(all, more->v[i].pid);
		all->v[all->n - 1].fd = more->v[i].fd;
		more->v[i].fd = -1;
	}
	pids_sort(all);
}

size_t tree_kill(struct real *r, const struct kin *kin)
{
	struct pids all = { 0 };
	for (int round = 0; round < ROUNDS; round++) {
		struct pids more = { 0 };
		size_t new;
		scan(r, kin, &all, &more);
		new = more.n;
		pids_signal(&more, NULL, SIGSTOP);
		take_over(&all, &more);
		pids_done(&more);
		if (new == 0)
			break;
	}
	size_t n = all.n;
	pids_signal(&all, NULL, SIGKILL);
	orphan_killed(r, &all);
	pids_done(&all);
	return n;
}

static void scan_signal(struct real *r, const struct kin *kin, int sig)
{
	struct pids now = { 0 };
	scan(r, kin, NULL, &now);
	pids_signal(&now, NULL, sig);
	pids_done(&now);
}

/* A step's processes, for a scan. */
static bool step_owns(struct real *r, const void *who, const struct proc_stat *st, struct buf *scratch)
{
	const struct proc *p = who;
	struct proc_stat leader;
	if (st->sid != p->pid)
		return carries_mark(r, p, st->pid, scratch);
	/* Once it was reaped its number may belong to somebody else, with a session of his own. */
	bool recycled = p->exited && procfs_stat(r->proc_fd, p->pid, &leader) && leader.state != 'Z';
	return !recycled || carries_mark(r, p, st->pid, scratch);
}

static void cgroup_signal(const struct proc *p, int sig)
{
	struct pids list = { 0 }, still = { 0 };
	cgroup_pids(p->cg, &list);
	pids_open(&list);
	cgroup_pids(p->cg, &still);
	pids_sort(&still);
	pids_signal(&list, &still, sig);
	/* A step may have moved its first process elsewhere. */
	if (!p->exited && !pids_has(&still, p->pid))
		pidfd_send_signal(p->exit.fd, sig, NULL, 0);
	pids_done(&list);
	pids_done(&still);
}

static void kill_cgroup(struct real *r, struct proc *p)
{
	struct pids all = { 0 };
	cgroup_pids(p->cg, &all); /* those gone before the second look, */
	cgroup_kill(p->cg);
	cgroup_pids(p->cg, &all); /* and those born after the first */
	if (!p->exited)
		pidfd_send_signal(p->exit.fd, SIGKILL, NULL, 0);
	orphan_killed(r, &all);
	pids_done(&all);
}

void tree_signal(struct host *h, struct proc *p, int sig)
{
	struct real *r = real_of(h);
	const struct kin kin = { step_owns, p };
	if (p->cg && sig == SIGKILL)
		kill_cgroup(r, p);
	else if (p->cg)
		cgroup_signal(p, sig);
	else if (sig == SIGKILL)
		tree_kill(r, &kin);
	else
		scan_signal(r, &kin, sig);
}

void tree_members(struct real *r, const struct proc *p, struct pids *out)
{
	const struct kin kin = { step_owns, p };
	if (p->cg)
		cgroup_pids(p->cg, out);
	else
		scan(r, &kin, NULL, out);
}
