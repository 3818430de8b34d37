/* Children we never started: what steps leave behind becomes ours when this process is a subreaper (or
 * pid 1). They are reaped by identity, because a program around us may have children of its own. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "os/procfs.h"
#include "os/real.h"

static bool adopts(void)
{
	int on = 0;
	return getpid() == 1 || (prctl(PR_GET_CHILD_SUBREAPER, &on) == 0 && on);
}

/* The processes we started that were not reaped yet, sorted; but: not those of this group. */
static void roots(const struct real *r, const struct host_group *but, struct pids *out)
{
	for (const struct proc *p = r->procs; p; p = p->next)
		if (!p->exited && p->group != but)
			pids_add(out, p->pid);
	pids_sort(out);
}

static int by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct orphan *)a)->pid, y = ((const struct orphan *)b)->pid;
	return (x > y) - (x < y);
}

static const struct orphan *known(const struct real *r, pid_t pid)
{
	struct orphan key = { .pid = pid };
	return r->norphans ? bsearch(&key, r->orphans, r->norphans, sizeof(key), by_pid) : NULL;
}

/* The list is made anew, so that those gone meanwhile drop out. */
void orphan_note(struct real *r, struct proc *p)
{
	struct pids mine = { 0 }, kids = { 0 };
	if (p->cg || !adopts() || !procfs_children(r->proc_fd, &kids)) {
		pids_done(&kids);
		return;
	}
	roots(r, NULL, &mine);
	pids_sort(&kids);
	_cleanup_buf_ struct buf scratch = BUF_INIT;
	struct orphan *list = xcalloc(kids.n + 1, sizeof(*list));
	size_t n = 0;
	for (size_t i = 0; i < kids.n; i++) {
		pid_t pid = kids.v[i].pid;
		const struct orphan *old = known(r, pid);
		struct proc_stat st;
		if (pids_has(&mine, pid))
			continue;
		if (old)
			list[n++] = *old;
		else if (procfs_stat(r->proc_fd, pid, &st) && tree_owns(r, p, pid, st.sid, &scratch))
			list[n++] = (struct orphan){ pid, st.sid };
	}
	free(r->orphans);
	r->orphans = list;
	r->norphans = n;
	pids_done(&mine);
	pids_done(&kids);
}

static bool left_by_a_step(struct real *r, pid_t pid)
{
	struct proc_stat st;
	if (known(r, pid) || cgroup_holds(r, pid))
		return true;
	if (!procfs_stat(r->proc_fd, pid, &st))
		return false;
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
