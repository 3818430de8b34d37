/* The host that really starts processes: its table of operations, how it is made and freed. */
#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/timerfd.h>
#include <time.h>

#include "os/real.h"

enum { GUARD = 64 << 10 }; /* a whole page on every machine */

static int64_t real_wall_ms(struct host *h)
{
	struct timespec t;
	(void)h;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static pid_t real_pid(struct proc *p)
{
	return p->pid;
}

static void free_procs(struct real *r)
{
	while (r->procs) {
		struct proc *p = r->procs;
		r->procs = p->next;
		loop_close(r, &p->pipe[0]);
		loop_close(r, &p->pipe[1]);
		loop_close(r, &p->exit);
		cgroup_give(r, &r->own, p->cg);
		free(p->mark);
		free(p);
	}
	proc_bury(r);
}

static void real_free(struct host *h)
{
	struct real *r = real_of(h);
	sweep_running(r);
	guard_dismiss(r);
	sweep_forget(r);
	free_procs(r);
	orphan_settle(r);
	cgroup_done(r);
	watch_free(r);
	guard_close(r);
	loop_close(r, &r->timer);
	int fds[] = { r->epfd, r->null_fd, r->proc_fd, r->oom_fd };
	for (size_t i = 0; i < ARRAY_LEN(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	if (r->stack)
		munmap(r->stack - GUARD, CHILD_STACK + GUARD);
	free(r->orphans);
	free(r->buf);
	free(r);
}

static const struct host_ops real_ops = {
	.now = loop_now,
	.wall_ms = real_wall_ms,
	.spawn = spawn_op,
	.pid = real_pid,
	.signal = tree_signal,
	.detach = proc_detach,
	.holder = holder_op,
	.release = proc_release,
	.group_open = sweep_group_open,
	.group_close = sweep_group_close,
	.wait = loop_wait,
	.poll_fd = loop_poll_fd,
	.arm = loop_arm,
	.watch = watch_open,
	.unwatch = watch_close,
	.hold_output = watch_hold_output,
	.put_file = files_put,
	.take_file = files_take,
	.read_file = files_read,
	.make_dir = files_make_dir,
	.list_dir = files_list_dir,
	.remove_tree = files_remove_tree,
	.which = which_find,
	.free = real_free,
};

/* Descriptors that become the child's 0, 1, 2 must not be one of these themselves. */
static int open_above_two(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	if (fd < 0 || fd > 2)
		return fd;
	int up = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	close(fd);
	return up;
}

static void open_oom(struct real *r)
{
	char text[16] = "";
	r->oom_fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
	if (r->oom_fd >= 0 && read(r->oom_fd, text, sizeof(text) - 1) > 0)
		r->oom_own = (int)strtol(text, NULL, 10);
}

static int make_stack(struct real *r)
{
	char *p = mmap(NULL, CHILD_STACK + GUARD, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (p == MAP_FAILED)
		return -1;
	r->stack = p + GUARD;
	return mprotect(p, GUARD, PROT_NONE);
}

/* Everything before this kernel lacks something; epoll_pwait2 (5.11) is the youngest call we need. */
static int check_kernel(struct err *err)
{
	struct timespec none = { 0 };
	struct epoll_event ev;
	int fd = pidfd_open(getpid(), 0);
	if (fd < 0)
		return err_errno(err, "pidfd_open, which needs Linux 5.11 or newer");
	close(fd);
	if (epoll_pwait2(-1, &ev, 1, &none, NULL) < 0 && errno == ENOSYS)
		return err_errno(err, "epoll_pwait2, which needs Linux 5.11 or newer");
	return 0;
}

static int open_all(struct real *r, struct err *err)
{
	if ((r->null_fd = open_above_two("/dev/null", O_RDONLY)) < 0)
		return err_errno(err, "/dev/null");
	if ((r->epfd = epoll_create1(EPOLL_CLOEXEC)) < 0)
		return err_errno(err, "epoll_create1");
	if ((r->timer.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) < 0 || loop_add(r, &r->timer) < 0)
		return err_errno(err, "timerfd_create");
	if (make_stack(r) < 0)
		return err_errno(err, "cannot map a stack");
	r->proc_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* without it scans find nothing */
	open_oom(r);
	return 0;
}

struct host *host_real_new(const struct host_options *options, struct err *err)
{
	if (check_kernel(err) < 0)
		return NULL;
	struct real *r = xcalloc(1, sizeof(*r));
	r->host.ops = &real_ops;
	r->flags = options->flags;
	if (options->files && getrlimit(RLIMIT_NOFILE, &r->files) == 0)
		r->files.rlim_cur = MIN((rlim_t)options->files, r->files.rlim_max);
	r->epfd = r->null_fd = r->proc_fd = r->oom_fd = -1;
	r->cg.own_fd = r->cg.base_fd = -1;
	r->timer = (struct source) { SOURCE_TIMER, -1, NULL };
	r->armed = UINT64_MAX;
	r->buf = xmalloc(READ_MAX);
	guard_open(r, options->self, options->kept);
	if (open_all(r, err) < 0) {
		real_free(&r->host);
		return NULL;
	}
	return &r->host;
}
