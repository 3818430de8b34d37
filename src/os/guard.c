/* The guardian: a child that waits for us to die and, when we could not tidy up (SIGKILL, a crash), kills what our steps have
 * left. Direct children have a death signal; this is for their descendants, in whatever session.
 *
 * It comes to be with the first step and must cost next to nothing, for it is hardly ever needed: it shares our memory
 * on a stack of its own and sleeps in one system call. When that returns we are dead, in the middle of whatever, so it trusts
 * nothing of that memory and executes the program anew (`sidestep __guard FD`), which reads from a file in memory what we have
 * written there: where our cgroups are and, for steps without, which sessions run and which jobs are open; and which folder
 * stays, for whoever knows what must not stay in it (store/work.c).
 *
 * It has a session of its own, blocks all signals and holds no descriptor of ours but the three it needs, so neither the
 * interrupt key nor an end of file depends on it. What starts with sharing memory ends with us when memory runs out. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "os/guard.h"
#include "os/procfs.h"
#include "os/real.h"

enum {
	PIDS_MAX = 1 << 22, /* the kernel's own limit */
	JOBS_MAX = 4096,
	ID_MAX = 64,
	LOOKS_MAX = 16,
	LOOK_AGAIN_US = 20000,
	STACK = 16 << 10,
};

/* Written by us, read when we are dead. Untouched pages cost nothing. */
struct guarded {
	volatile bool scan;               /* some step has no cgroup */
	volatile unsigned njobs;          /* so many places were used */
	char own_cgroup[4096];            /* empty: none of our making */
	char kept[4096];                  /* the folder of workspaces that stay; empty: none */
	char base[64];                    /* in it */
	char jobs[JOBS_MAX][ID_MAX];      /* tracking ids; empty: free */
	uint64_t sessions[PIDS_MAX / 64]; /* of steps that run */
};

/* What the guardian needs while we live; its own, and never touched again. */
struct vigil {
	int us, mem, self, null;
	char fd[16];
	char *argv[4], *envp[1];
	char stack[STACK] __attribute__((aligned(64)));
};

void guard_open(struct real *r, const char *self, const char *kept)
{
	struct guard *g = &r->guard;
	*g = (struct guard) { .pidfd = -1, .mem = -1, .self = self };
	if (!self)
		return;
	g->mem = memfd_create("sidestep-guard", MFD_CLOEXEC);
	if (g->mem < 0 || ftruncate(g->mem, sizeof(struct guarded)) < 0)
		return;
	void *p = mmap(NULL, sizeof(struct guarded), PROT_READ | PROT_WRITE, MAP_SHARED, g->mem, 0);
	g->shared = p == MAP_FAILED ? NULL : p;
	if (g->shared && kept && strlen(kept) < sizeof(g->shared->kept))
		memcpy(g->shared->kept, kept, strlen(kept) + 1);
}

/* ---- what we tell ---- */

static char *find_job(struct guarded *g, const char *id)
{
	for (unsigned i = 0; i < g->njobs; i++)
		if (strcmp(g->jobs[i], id) == 0)
			return g->jobs[i];
	return NULL;
}

void guard_job(struct real *r, const char *tracking_id, bool open)
{
	struct guarded *g = r->guard.shared;
	size_t n = strlen(tracking_id);
	if (!g || n == 0 || n >= ID_MAX)
		return;
	char *place = find_job(g, open ? "" : tracking_id);
	if (!open && place) {
		place[0] = '\0';
	} else if (open && (place || g->njobs < JOBS_MAX)) {
		memcpy(place ? place : g->jobs[g->njobs], tracking_id, n + 1);
		g->njobs += !place;
	}
}

void guard_cgroups(struct real *r, const char *own, const char *base)
{
	struct guarded *g = r->guard.shared;
	if (!g || strlen(own) >= sizeof(g->own_cgroup) || strlen(base) >= sizeof(g->base))
		return;
	memcpy(g->base, base, strlen(base) + 1);
	memcpy(g->own_cgroup, own, strlen(own) + 1);
}

void guard_session(struct real *r, const struct proc *p, bool runs)
{
	struct guarded *g = r->guard.shared;
	if (!g || p->pid >= PIDS_MAX)
		return;
	uint64_t bit = UINT64_C(1) << (p->pid % 64), *word = &g->sessions[p->pid / 64];
	*word = runs ? *word | bit : *word & ~bit;
}

void guard_scan(struct real *r)
{
	if (r->guard.shared)
		r->guard.shared->scan = true;
}

/* ---- when we are dead ---- */

static bool in_open_job(const struct guarded *g, const struct buf *env)
{
	for (unsigned i = 0; i < g->njobs; i++)
		if (g->jobs[i][0] && procfs_env_has(env, STR("RUNNER_TRACKING_ID"), str_of(g->jobs[i]), true))
			return true;
	return false;
}

/* A session's number cannot be somebody else's as long as one process is in it; that it is given away between our death and
 * this look would take a whole round through all numbers. */
static bool owned(struct real *r, const void *who, const struct proc_stat *st, struct buf *scratch)
{
	const struct guarded *g = who;
	bool runs = st->sid > 0 && st->sid < PIDS_MAX && (g->sessions[st->sid / 64] >> (st->sid % 64) & 1);
	return runs || (procfs_environ(r->proc_fd, st->pid, scratch) && in_open_job(g, scratch));
}

/* Of a process that is just executing a program the environment cannot be read: one look that finds nothing is no proof. */
static void scan_away(struct real *r)
{
	const struct kin kin = { owned, r->guard.shared };
	for (int looks = 0, empty = 0; looks < LOOKS_MAX && empty < 2; looks++) {
		if (tree_kill(r, &kin) > 0)
			empty = 0;
		else if (++empty < 2)
			usleep(LOOK_AGAIN_US);
	}
}

static void clear_away(struct real *r)
{
	const struct guarded *g = r->guard.shared;
	snprintf(r->cg.base, sizeof(r->cg.base), "%s", g->base);
	r->cg.own_fd = g->own_cgroup[0] ? open(g->own_cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	r->cg.base_fd = r->cg.own_fd < 0 ? -1 : openat(r->cg.own_fd, g->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cgroup_kill_all(r);
	if (g->scan)
		scan_away(r);
	cgroup_remove_all(r);
}

/* Whoever died may have written anywhere: no number leads outside, every text ends. */
static void be_wary(struct guarded *g)
{
	g->njobs = MIN(g->njobs, (unsigned)JOBS_MAX);
	g->own_cgroup[sizeof(g->own_cgroup) - 1] = g->base[sizeof(g->base) - 1] = g->kept[sizeof(g->kept) - 1] = '\0';
	for (unsigned i = 0; i < g->njobs; i++)
		g->jobs[i][ID_MAX - 1] = '\0';
}

int guard_main(const char *fd, void (*see_to)(const char *kept))
{
	struct real r = { .epfd = -1, .cg = { .own_fd = -1, .base_fd = -1 } };
	struct stat st;
	int mem = (int)strtol(fd, NULL, 10);
	if (fstat(mem, &st) < 0 || st.st_size != sizeof(struct guarded))
		return 1;
	struct guarded *p = mmap(NULL, sizeof(struct guarded), PROT_READ | PROT_WRITE, MAP_PRIVATE, mem, 0);
	r.proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (p == MAP_FAILED)
		return 1;
	prctl(PR_SET_NAME, "sidestep-guard");
	be_wary(p);
	r.guard.shared = p;
	clear_away(&r);
	if (p->kept[0] == '/')
		see_to(p->kept);
	return 0;
}

/* ---- while we live ---- */

/* Closes all descriptors but three. */
BORROWED static void close_others(const struct vigil *w)
{
	const int keep[] = { w->us, w->mem, w->self };
	for (unsigned from = 3; from != 0;) {
		unsigned next = ~0u;
		for (size_t i = 0; i < ARRAY_LEN(keep); i++)
			if ((unsigned)keep[i] >= from)
				next = MIN(next, (unsigned)keep[i]);
		if (next > from)
			syscall(SYS_close_range, from, next == ~0u ? next : next - 1, 0);
		from = next == ~0u ? 0 : next + 1;
	}
}

/* Only system calls, and none that can fail: errno is ours, too. */
BORROWED static int guardian(void *arg)
{
	struct vigil *w = arg;
	struct pollfd p = { .fd = w->us, .events = POLLIN };
	syscall(SYS_setsid);
	syscall(SYS_prctl, PR_SET_NAME, "sidestep-guard", 0, 0, 0);
	syscall(SYS_chdir, "/"); /* no folder is held */
	for (int i = 0; i <= 2; i++)
		syscall(SYS_dup3, w->null, i, 0);
	close_others(w);
	syscall(SYS_fcntl, w->mem, F_SETFD, 0);
	while (syscall(SYS_ppoll, &p, 1, NULL, NULL, 0) <= 0)
		;
	syscall(SYS_execveat, w->self, "", w->argv, w->envp, AT_EMPTY_PATH);
	syscall(SYS_exit_group, 1);
	return 1;
}

static void launch_guardian(struct real *r, struct vigil *w)
{
	struct guard *g = &r->guard;
	uint64_t all = UINT64_MAX, before = 0;
	snprintf(w->fd, sizeof(w->fd), "%d", w->mem);
	w->argv[0] = (char *)"sidestep";
	w->argv[1] = (char *)"__guard";
	w->argv[2] = w->fd;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof(all));
	/* no signal at its end: nobody who waits for just any child gets it */
	pid_t pid = clone(guardian, w->stack + STACK, CLONE_VM | CLONE_PIDFD, w, &g->pidfd);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof(before));
	if (pid > 0)
		g->pid = pid;
	else
		g->pidfd = -1;
}

void guard_start(struct real *r)
{
	struct guard *g = &r->guard;
	if (g->started || !g->shared)
		return;
	g->started = true;
	_cleanup_close_ int us = pidfd_open(getpid(), 0), self = open(g->self, O_PATH | O_CLOEXEC);
	void *p = mmap(NULL, sizeof(struct vigil), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return;
	g->vigil = p;
	*g->vigil = (struct vigil) { .us = us, .mem = g->mem, .self = self, .null = r->null_fd };
	if (us >= 0 && self >= 0)
		launch_guardian(r, g->vigil); /* what it lacks the steps will lack, too, and say so */
}

void guard_dismiss(struct real *r)
{
	if (r->guard.pidfd >= 0)
		pidfd_send_signal(r->guard.pidfd, SIGKILL, NULL, 0);
}

void guard_close(struct real *r)
{
	struct guard *g = &r->guard;
	siginfo_t si;
	if (g->pidfd >= 0) {
		guard_dismiss(r);
		while (waitid(P_PIDFD, (id_t)g->pidfd, &si, WEXITED | __WALL) < 0 && errno == EINTR)
			; /* it stands on a stack of ours */
		close(g->pidfd);
	}
	if (g->vigil)
		munmap(g->vigil, sizeof(*g->vigil));
	if (g->shared)
		munmap(g->shared, sizeof(*g->shared));
	if (g->mem >= 0)
		close(g->mem);
	*g = (struct guard) { .pidfd = -1, .mem = -1 };
}
