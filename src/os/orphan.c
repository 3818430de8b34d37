/* Children we never started: what steps leave behind becomes ours when this process is a subreaper (or
 * pid 1). They are reaped by identity, because a program around us may have children of its own. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "os/procfs.h"
#include "os/real.h"

enum { SETTLE_MS = 1000 };

static bool adopts(void)
{
	int on = 0;
	return getpid() == 1 || (prctl(PR_GET_CHILD_SUBREAPER, &on) == 0 && on);
}

/* The processes we started that were not reaped yet, sorted, with the guardian; but: not those of this group. */
static void roots(const struct real *r, const struct host_group *but, struct pids *out)
{
	for (const struct proc *p = r->procs; p; p = p->next)
		if (!p->exited && p->group != but)
			pids_add(out, p->pid);
	if (r->guard.pid > 0)
		pids_add(out, r->guard.pid);
	pids_sort(out);
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct orphan *)a)->pid, y = ((const struct orphan *)b)->pid;
	return (x > y) - (x < y);
}

static struct orphan *known(const struct real *r, const struct proc_stat *st)
{
	struct orphan key = { .pid = st->pid };
	struct orphan *o = r->norphans ? bsearch(&key, r->orphans, r->norphans, sizeof(key), by_pid) : NULL;
	return o && o->start == st->start ? o : NULL;
}

/* Makes room for n more and drops those that are gone. The list is unsorted until list_close. */
static void list_open(struct real *r, size_t n)
{
	size_t kept = 0;
	struct proc_stat st;
	for (size_t i = 0; i < r->norphans; i++)
		if (procfs_stat(r->proc_fd, r->orphans[i].pid, &st) && st.start == r->orphans[i].start)
			r->orphans[kept++] = r->orphans[i];
	r->norphans = kept;
	r->orphans = xrealloc(r->orphans, (kept + n + 1) * sizeof(*r->orphans));
}

static void list_add(struct real *r, const struct proc_stat *st, bool dying)
{
	r->orphans[r->norphans++] = (struct orphan) { st->pid, st->sid, st->start, dying };
}

static void list_close(struct real *r)
{
	r->norphans_dying = 0;
	for (size_t i = 0; i < r->norphans; i++)
		r->norphans_dying += r->orphans[i].dying;
	qsort(r->orphans, r->norphans, sizeof(*r->orphans), by_pid);
}

void orphan_note(struct real *r, struct proc *p)
{
	struct pids mine = { 0 }, kids = { 0 };
	if (p->cg || !adopts() || !procfs_children(r->proc_fd, &kids)) {
		pids_done(&kids);
		return;
	}
	_cleanup_buf_ struct buf scratch = BUF_INIT;
	struct proc_stat st, *found = xcalloc(kids.n + 1, sizeof(*found));
	size_t n = 0;
	roots(r, NULL, &mine);
	for (size_t i = 0; i < kids.n; i++)
		if (!pids_has(&mine, kids.v[i].pid) && procfs_stat(r->proc_fd, kids.v[i].pid, &st) && !known(r, &st) &&
		    tree_owns(r, p, st.pid, st.sid, &scratch))
			found[n++] = st;
	if (n) {
		list_open(r, n);
		for (size_t i = 0; i < n; i++)
			list_add(r, &found[i], false);
		list_close(r);
	}
	free(found);
	pids_done(&mine);
	pids_done(&kids);
}

void orphan_killed(struct real *r, const struct pids *killed)
{
	struct proc_stat st;
	if (!killed->n || !adopts())
		return;
	size_t n = 0;
	struct proc_stat *fresh = xcalloc(killed->n, sizeof(*fresh));
	for (size_t i = 0; i < killed->n; i++) {
		if (!procfs_stat(r->proc_fd, killed->v[i].pid, &st))
			continue;
		struct orphan *o = known(r, &st);
		if (o)
			o->dying = true;
		else
			fresh[n++] = st;
	}
	list_open(r, n);
	for (size_t i = 0; i < n; i++)
		list_add(r, &fresh[i], true);
	list_close(r);
	free(fresh);
}

static bool left_by_a_step(struct real *r, pid_t pid)
{
	struct proc_stat st;
	if (r->flags & HOST_REAP_ALL)
		return true;
	if (!procfs_stat(r->proc_fd, pid, &st))
		return false;
	if (known(r, &st) || cgroup_holds(r, pid))
		return true;
	for (size_t i = 0; i < r->norphans; i++)
		if (r->orphans[i].sid == st.sid)
			return true;
	for (const struct proc *p = r->procs; p; p = p->next)
		if (p->pid == st.sid)
			return true;
	return false;
}

static void reap(pid_t pid)
{
	siginfo_t si;
	waitid(P_PID, (id_t)pid, &si, WEXITED | WNOHANG);
}

/* Some other child stands first in line: go through all of them. */
static void reap_behind(struct real *r, const struct pids *mine)
{
	struct pids kids = { 0 };
	struct proc_stat st;
	procfs_children(r->proc_fd, &kids);
	for (size_t i = 0; i < kids.n; i++) {
		pid_t pid = kids.v[i].pid;
		if (!pids_has(mine, pid) && procfs_stat(r->proc_fd, pid, &st) && st.state == 'Z' && left_by_a_step(r, pid))
			reap(pid);
	}
	pids_done(&kids);
}

void orphan_reap(struct real *r)
{
	struct pids mine = { 0 };
	bool listed = false;
	for (;;) {
		siginfo_t si = { 0 };
		if (waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) < 0 || si.si_pid == 0)
			break;
		if (!listed)
			roots(r, NULL, &mine);
		listed = true;
		if (pids_has(&mine, si.si_pid) || !left_by_a_step(r, si.si_pid)) {
			reap_behind(r, &mine);
			break;
		}
		reap(si.si_pid);
	}
	pids_done(&mine);
	if (r->norphans_dying) {
		list_open(r, 0);
		list_close(r);
	}
}

void orphan_settle(struct real *r)
{
	orphan_reap(r);
	for (int ms = 0; r->norphans_dying && ms < SETTLE_MS; ms++) {
		usleep(1000);
		orphan_reap(r);
	}
}

/* As a subreaper every leftover has a top ancestor that is our child and none of our running steps. */
bool orphan_none_left(struct real *r, const struct host_group *g)
{
	struct pids others = { 0 }, kids = { 0 };
	struct proc_stat st;
	bool none = adopts() && procfs_children(r->proc_fd, &kids);
	roots(r, g, &others);
	for (size_t i = 0; none && i < kids.n; i++)
		if (!pids_has(&others, kids.v[i].pid) && procfs_stat(r->proc_fd, kids.v[i].pid, &st) && st.state != 'Z')
			none = false;
	pids_done(&others);
	pids_done(&kids);
	return none;
}
