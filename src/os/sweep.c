/* The end of a job: whatever still carries its tracking id is killed; whoever changed the variable meant to outlive the job
 * and is let go.
 *
 * There may be thousands of processes to look at, and killed ones take their time to go, while other jobs go on. So it is
 * done in slices between the events of the loop, by a small machine: look at all processes, wait for those that were
 * killed, look again until nothing new is found; then wait until what became our children is reaped. */
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>

#include "os/procfs.h"
#include "os/real.h"

enum { WAIT_MS = 2000, SETTLE_MS = 1000, ROUNDS = 16, UNSURE_ROUNDS = 3, SLICE = 128, SLICES_AT_ONCE = 4 };
#define NS_PER_MS UINT64_C(1000000)

enum sweep_state { LOOKING, DYING, SETTLING };

struct sweep {
	struct sweep *next;
	struct real *r;
	struct host_group *g;
	const struct group_events *on; /* or NULL */
	void *cookie;
	enum sweep_state state;
	unsigned rounds;
	uint64_t due, end; /* when it goes on; when it gives up on its state */
	struct pids all;   /* LOOKING: all processes, and how far it is */
	size_t at;
	bool unsure;         /* LOOKING: something could not be told */
	struct pids known;   /* killed in earlier rounds, sorted */
	struct pids victims; /* all that were killed */
	struct buf env;
};

struct host_group *sweep_group_open(struct host *h, const char *tracking_id)
{
	struct real *r = real_of(h);
	struct host_group *g = xcalloc(1, sizeof(*g));
	g->tracking_id = xstrdup(tracking_id);
	guard_job(r, tracking_id, true);
	g->next = r->groups;
	r->groups = g;
	return g;
}

/* ---- looking ---- */

static bool tracked(struct sweep *s, pid_t pid)
{
	return procfs_environ(s->r->proc_fd, pid, &s->env) &&
	       procfs_env_has(&s->env, STR("RUNNER_TRACKING_ID"), str_of(s->g->tracking_id), true);
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
	s->r->delivered++;
	if (s->on && s->on->killed)
		s->on->killed(s->cookie, pid, name);
}

static void look_again(struct sweep *s, uint64_t when)
{
	s->state = LOOKING;
	s->due = when;
	s->unsure = false;
	s->rounds++;
	s->at = 0;
	pids_done(&s->all);
	pids_done(&s->known);
	for (size_t i = 0; i < s->victims.n; i++)
		pids_add(&s->known, s->victims.v[i].pid);
	pids_sort(&s->known);
	procfs_list(s->r->proc_fd, &s->all);
}

static void settle(struct sweep *s)
{
	s->state = SETTLING;
	s->due = 0;
	s->end = loop_now(&s->r->host) + SETTLE_MS * NS_PER_MS;
	orphan_killed(s->r, &s->victims); /* those whose parent has yet to reap them */
}

/* Looks at some more processes. */
static void look_on(struct sweep *s)
{
	for (size_t end = MIN(s->at + SLICE, s->all.n); s->at < end; s->at++) {
		pid_t pid = s->all.v[s->at].pid;
		if (pid == getpid() || pids_has(&s->known, pid))
			continue;
		if (tracked(s, pid))
			kill_one(s, pid);
		else
			s->unsure |= s->env.n == 0 && procfs_environ_hidden(s->r->proc_fd, pid);
	}
	if (s->at < s->all.n)
		return;
	if (s->victims.n > s->known.n && s->rounds < ROUNDS)
		s->state = DYING;
	else if (s->unsure && s->rounds < UNSURE_ROUNDS)
		look_again(s, loop_now(&s->r->host) + 2 * NS_PER_MS);
	else
		settle(s);
}

/* ---- waiting ---- */

static void wait_for_victims(struct sweep *s, uint64_t now)
{
	if (now >= s->end)
		settle(s);
	else if (pids_wait(&s->victims, 0))
		look_again(s, 0);
	else
		s->due = now + NS_PER_MS;
}

/* True when all is over. */
static bool wait_for_orphans(struct sweep *s, uint64_t now)
{
	orphan_reap(s->r);
	s->due = now + NS_PER_MS;
	return !s->r->norphans_dying || now >= s->end;
}

/* One slice; true when the sweep is over. */
static bool slice(struct sweep *s)
{
	uint64_t now = loop_now(&s->r->host);
	switch (s->state) {
	case LOOKING:
		look_on(s);
		return false;
	case DYING:
		wait_for_victims(s, now);
		return false;
	case SETTLING:
		return wait_for_orphans(s, now);
	}
	return true;
}

/* ---- the end of a group ---- */

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

static void forget_group(struct real *r, struct host_group *g)
{
	take_back(r, g);
	unlink_group(r, g);
	guard_job(r, g->tracking_id, false);
	free(g->tracking_id);
	free(g);
}

static void sweep_free(struct sweep *s)
{
	pids_done(&s->all);
	pids_done(&s->known);
	pids_done(&s->victims);
	buf_done(&s->env);
	free(s);
}

bool sweep_group_close(struct host *h, struct host_group *g, const struct group_events *on, void *cookie)
{
	struct real *r = real_of(h);
	struct sweep *s = xcalloc(1, sizeof(*s));
	s->r = r;
	s->g = g;
	s->on = on;
	s->cookie = cookie;
	s->end = loop_now(h) + WAIT_MS * NS_PER_MS;
	if (orphan_none_left(r, g))
		settle(s);
	else
		look_again(s, 0);
	/* Mostly nothing is left, and with few processes about that is seen at once. */
	for (int i = 0; i < SLICES_AT_ONCE && s->due == 0; i++) {
		if (!slice(s))
			continue;
		forget_group(r, g);
		sweep_free(s);
		return true;
	}
	s->next = r->sweeps;
	r->sweeps = s;
	return false;
}

uint64_t sweep_due(const struct real *r)
{
	uint64_t due = UINT64_MAX;
	for (const struct sweep *s = r->sweeps; s; s = s->next)
		due = MIN(due, s->due);
	return due;
}

static void end_sweep(struct sweep **link)
{
	struct sweep *s = *link;
	const struct group_events *on = s->on;
	void *cookie = s->cookie;
	*link = s->next;
	forget_group(s->r, s->g);
	s->r->delivered++;
	sweep_free(s);
	if (on && on->done)
		on->done(cookie);
}

void sweep_go_on(struct real *r)
{
	uint64_t now = r->sweeps ? loop_now(&r->host) : 0;
	for (struct sweep **link = &r->sweeps; *link;) {
		if ((*link)->due > now || !slice(*link)) {
			link = &(*link)->next;
			continue;
		}
		end_sweep(link);
		link = &r->sweeps; /* its owner may have begun another */
	}
}

void sweep_forget(struct real *r)
{
	while (r->sweeps) {
		struct sweep *s = r->sweeps;
		r->sweeps = s->next;
		sweep_free(s);
	}
	while (r->groups)
		forget_group(r, r->groups);
}

void sweep_running(struct real *r)
{
	uint64_t end = loop_now(&r->host) + WAIT_MS * NS_PER_MS;
	for (struct proc *p = r->procs; p; p = p->next)
		if (!p->exited && !p->outlives)
			tree_signal(&r->host, p, SIGKILL);
	for (struct proc *p = r->procs; p; p = p->next) {
		struct pids one = { 0 };
		siginfo_t si;
		uint64_t now = loop_now(&r->host);
		if (p->exited || p->outlives)
			continue;
		one.v = &(struct pid_entry) { p->pid, p->exit.fd };
		one.n = 1;
		pids_wait(&one, now < end ? (int)((end - now) / 1000000u) : 0);
		p->exited = waitid(P_PIDFD, (id_t)p->exit.fd, &si, WEXITED | WNOHANG) == 0;
	}
}
