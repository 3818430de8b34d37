/* The end of a job: whatever still carries its tracking id is killed; whoever changed the variable
 * meant to outlive the job and is let go. */
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include "os/procfs.h"
#include "os/real.h"

enum { WAIT_MS = 2000, ROUNDS = 16 };

struct sweep {
	struct real *r;
	struct str id;
	void (*killed)(void *cookie, pid_t pid, const char *name);
	void *cookie;
	struct pids victims;
	struct buf env;
};

struct host_group *sweep_group_open(struct host *h, const char *name)
{
	struct real *r = real_of(h);
	struct host_group *g = xcalloc(1, sizeof(*g));
	(void)name;
	g->next = r->groups;
	r->groups = g;
	return g;
}

static bool tracked(struct sweep *s, pid_t pid)
{
	return procfs_environ(s->r->proc_fd, pid, &s->env) && procfs_env_has(&s->env, STR("RUNNER_TRACKING_ID"), s->id, true);
}

/* Looked at again behind the pidfd, so that the number cannot have changed hands. */
static void kill_one(struct sweep *s, pid_t pid)
{
	char name[32];
	int fd = pidfd_open(pid, 0);
	procfs_comm(s->r->proc_fd, pid, name);
	if (fd < 0 || !tracked(s, pid) || pidfd_send_signal(fd, SIGKILL, NULL, 0) < 0) {
		if (fd >= 0)
			close(fd);
		return;
	}
	pids_add(&s->victims, pid);
	s->victims.v[s->victims.n - 1].fd = fd;
	if (s->killed)
		s->killed(s->cookie, pid, name);
}

/* Kills what is there now; how many that were not known before. */
static size_t sweep_round(struct sweep *s)
{
	struct pids all = { 0 };
	size_t before = s->victims.n;
	struct pids known = { 0 };
	for (size_t i = 0; i < before; i++)
		pids_add(&known, s->victims.v[i].pid);
	pids_sort(&known);
	procfs_list(s->r->proc_fd, &all);
	for (size_t i = 0; i < all.n; i++)
		if (all.v[i].pid != getpid() && !pids_has(&known, all.v[i].pid) && tracked(s, all.v[i].pid))
			kill_one(s, all.v[i].pid);
	pids_done(&all);
	pids_done(&known);
	return s->victims.n - before;
}

static void sweep(struct sweep *s)
{
	uint64_t end = loop_now(&s->r->host) + WAIT_MS * 1000000u;
	for (int round = 0; round < ROUNDS && sweep_round(s) > 0; round++) {
		uint64_t now = loop_now(&s->r->host);
		if (now >= end || !pids_wait(&s->victims, (int)((end - now) / 1000000u)))
			break;
	}
	orphan_killed(s->r, &s->victims); /* those whose parent has yet to reap them */
	pids_done(&s->victims);
	buf_done(&s->env);
}

/* Its directories are used again; what was allowed to live moves out. */
static void take_back(struct real *r, struct host_group *g)
{
	while (g->left) {
		struct cgroup *c = g->left;
		g->left = c->next;
		if (cgroup_populated(c))
			cgroup_evict(r, c);
		cgroup_give(r, &r->own, c);
	}
}

static void unlink_group(struct real *r, struct host_group *g)
{
	struct host_group **link = &r->groups;
	while (*link && *link != g)
		link = &(*link)->next;
	if (*link)
		*link = g->next;
	for (struct proc *p = r->procs; p; p = p->next)
		if (p->group == g)
			p->group = &r->own;
}

void sweep_group_close(struct host *h, struct host_group *g, const char *tracking_id,
                       void (*killed)(void *cookie, pid_t pid, const char *name), void *cookie)
{
	struct real *r = real_of(h);
	struct sweep s = { .r = r, .id = str_of(tracking_id), .killed = killed, .cookie = cookie };
	if (!g)
		return;
	if (s.id.n && !orphan_none_left(r, g))
		sweep(&s);
	orphan_settle(r);
	take_back(r, g);
	unlink_group(r, g);
	free(g);
}

void sweep_running(struct real *r)
{
	uint64_t end = loop_now(&r->host) + WAIT_MS * 1000000u;
	for (struct proc *p = r->procs; p; p = p->next)
		if (!p->exited)
			tree_signal(&r->host, p, SIGKILL);
	for (struct proc *p = r->procs; p; p = p->next) {
		struct pids one = { 0 };
		siginfo_t si;
		uint64_t now = loop_now(&r->host);
		if (p->exited)
			continue;
		one.v = &(struct pid_entry) { p->pid, p->exit.fd };
		one.n = 1;
		pids_wait(&one, now < end ? (int)((end - now) / 1000000u) : 0);
		p->exited = waitid(P_PIDFD, (id_t)p->exit.fd, &si, WEXITED | WNOHANG) == 0;
	}
}
