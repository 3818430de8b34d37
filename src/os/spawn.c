/* Starting a step's process: pipes, a cgroup slot, the launch itself, and the words for what went wrong. */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "os/real.h"

enum { STDOUT_PIPE = 1 << 20, STDERR_PIPE = 256 << 10 };

struct pipes {
	int read[2], write[2];
};

static void close_all(int fd[2])
{
	for (int i = 0; i < 2; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

static int open_pipes(struct pipes *p)
{
	*p = (struct pipes) { { -1, -1 }, { -1, -1 } };
	if (pipe_open(&p->read[0], &p->write[0], STDOUT_PIPE) == 0 && pipe_open(&p->read[1], &p->write[1], STDERR_PIPE) == 0)
		return 0;
	int saved = errno;
	close_all(p->read);
	close_all(p->write);
	errno = saved;
	return -1;
}

static const char *env_find(char *const *envp, const char *name)
{
	size_t n = strlen(name);
	for (; envp && *envp; envp++)
		if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
			return *envp;
	return NULL;
}

/* Steps are the kernel's first choice when memory runs out: 500, or what the user says. The child
 * inherits our value, so ours is raised around the launch; doing it in the child costs ten times more. */
static void oom_raise(struct real *r, char *const *envp)
{
	char text[16];
	long score = 500;
	const char *user = env_find(envp, "PIPELINE_JOB_OOMSCOREADJ");
	if (r->oom_fd < 0)
		return;
	if (user) {
		char *end;
		const char *from = strchr(user, '=') + 1;
		long v = strtol(from, &end, 10);
		if (end != from && *end == '\0' && v >= -1000 && v <= 1000)
			score = v;
	}
	int n = snprintf(text, sizeof(text), "%ld", score);
	if (pwrite(r->oom_fd, text, (size_t)n, 0) < 0)
		errno = 0; /* best effort */
}

static void oom_restore(struct real *r)
{
	char text[16];
	int saved = errno, n = snprintf(text, sizeof(text), "%d", r->oom_own);
	if (r->oom_fd >= 0 && pwrite(r->oom_fd, text, (size_t)n, 0) < 0) {
		close(r->oom_fd); /* cannot go back: leave it alone from now on */
		r->oom_fd = -1;
	}
	errno = saved;
}

/* A kernel or container that refuses cgroups refuses them every time. */
static bool cgroup_refused(int errnum)
{
	return errnum != EAGAIN && errnum != ENOMEM && errnum != EMFILE && errnum != ENFILE;
}

static pid_t launch_somehow(struct real *r, struct proc *p, struct launch *l, int *pidfd, char *const *envp)
{
	oom_raise(r, envp);
	pid_t pid = launch(l, r->stack, pidfd);
	if (pid < 0 && l->cgroup >= 0 && cgroup_refused(errno)) {
		cgroup_give(r, p->group, p->cg);
		cgroup_disable(r);
		p->cg = NULL;
		l->cgroup = -1;
		guard_scan(r);
		pid = launch(l, r->stack, pidfd);
	}
	oom_restore(r);
	return pid;
}

static int explain(const struct launch *l, struct err *err)
{
	errno = l->errnum;
	switch (l->stage) {
	case LAUNCH_CWD:
		return err_errno(err, "cannot change to directory %s", l->cwd);
	case LAUNCH_EXEC:
		if (errno == ENOENT && access(l->path, F_OK) == 0)
			return err_set(err, ERR_SYSTEM, "%s: its interpreter was not found", l->path);
		errno = l->errnum;
		return err_errno(err, "%s", l->path);
	case LAUNCH_ORPHANED:
		return err_set(err, ERR_SYSTEM, "cannot start %s: its parent is not who started it", l->path);
	default:
		return err_errno(err, "cannot prepare a process for %s", l->path);
	}
}

/* Watches a child that runs. */
static int watch(struct real *r, struct proc *p, const struct pipes *io, int pidfd)
{
	p->exit = (struct source) { SOURCE_EXIT, pidfd, p };
	for (int i = 0; i < 2; i++)
		p->pipe[i] = (struct source) { i ? SOURCE_STDERR : SOURCE_STDOUT, io->read[i], p };
	if (loop_add(r, &p->exit) < 0)
		return -1;
	return !r->holding && (loop_add(r, &p->pipe[0]) < 0 || loop_add(r, &p->pipe[1]) < 0) ? -1 : 0;
}

static void link_proc(struct real *r, struct proc *p)
{
	p->next = r->procs;
	if (r->procs)
		r->procs->prev = p;
	r->procs = p;
}

static void abandon(struct real *r, struct proc *p, struct pipes *io)
{
	close_all(io->read);
	cgroup_give(r, p->group, p->cg);
	free(p->mark);
	free(p);
}

/* Every step is given files of its own, so this variable tells steps apart; unless it is merely
 * inherited from a runner around us, whose processes carry it too. */
static char *own_mark(char *const *envp)
{
	const char *mark = env_find(envp, "GITHUB_OUTPUT"), *around = getenv("GITHUB_OUTPUT");
	if (!mark || (around && strcmp(strchr(mark, '=') + 1, around) == 0))
		return NULL;
	return xstrdup(mark);
}

static struct proc *proc_new(struct real *r, const struct spawn_spec *spec)
{
	struct proc *p = xcalloc(1, sizeof(*p));
	struct rusage own;
	p->host = r;
	p->group = spec->group ? spec->group : &r->own;
	p->on = spec->on;
	p->cookie = spec->cookie;
	p->outlives = spec->outlives;
	p->cg = cgroup_take(r, p->group);
	p->mark = own_mark(spec->envp);
	if (getrusage(RUSAGE_SELF, &own) == 0)
		p->spawn_rss_kb = own.ru_maxrss;
	return p;
}

int spawn_op(struct host *h, const struct spawn_spec *spec, struct proc **out, struct err *err)
{
	struct real *r = real_of(h);
	struct pipes io;
	int pidfd = -1;
	guard_start(r);
	if (open_pipes(&io) < 0)
		return err_errno(err, "cannot make a pipe for %s", spec->path);
	struct proc *p = proc_new(r, spec);
	if (!p->cg)
		guard_scan(r);
	struct launch l = { .path = spec->path,
		            .cwd = spec->cwd,
		            .argv = spec->argv,
		            .envp = spec->envp,
		            .in = spec->input ? *spec->input : r->null_fd,
		            .out = io.write[0],
		            .err = io.write[1],
		            .cgroup = p->cg ? p->cg->fd : -1,
		            .outlives = spec->outlives,
		            .files = r->files.rlim_max ? &r->files : NULL };
	p->pid = launch_somehow(r, p, &l, &pidfd, spec->envp);
	int saved = errno;
	close_all(io.write);
	if (p->pid < 0) {
		abandon(r, p, &io);
		errno = saved;
		return err_errno(err, "cannot start %s", spec->path);
	}
	if (l.stage != LAUNCH_OK || watch(r, p, &io, pidfd) < 0) {
		bool started = l.stage == LAUNCH_OK;
		saved = errno;
		siginfo_t si;
		if (started)
			kill(p->pid, SIGKILL); /* ours and not reaped: the number is its own */
		waitid(P_PIDFD, (id_t)pidfd, &si, WEXITED);
		close(pidfd);
		abandon(r, p, &io);
		errno = saved;
		return started ? err_errno(err, "cannot watch %s", spec->path) : explain(&l, err);
	}
	link_proc(r, p);
	if (!p->outlives)
		guard_session(r, p, true);
	*out = p;
	return 0;
}
