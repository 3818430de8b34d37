/* The pipes of a child: large ones, read in bounded bites; what a detached child says is thrown away. */
#include <errno.h>
#include <fcntl.h>

#include "os/real.h"

/* A host whose own 0, 1 or 2 are closed would get them here, where the child's dup2 destroys them. */
static int above_two(int fd)
{
	if (fd > 2)
		return fd;
	int up = fcntl(fd, F_DUPFD_CLOEXEC, 3), saved = errno;
	close(fd);
	errno = saved;
	return up;
}

int pipe_open(int *read_end, int *write_end, int size)
{
	int fd[2];
	if (pipe2(fd, O_CLOEXEC) < 0)
		return -1;
	fd[0] = above_two(fd[0]);
	fd[1] = above_two(fd[1]);
	if (fd[0] < 0 || fd[1] < 0 || fcntl(fd[0], F_SETFL, O_NONBLOCK) < 0) {
		int saved = errno;
		for (int i = 0; i < 2; i++)
			if (fd[i] >= 0)
				close(fd[i]);
		errno = saved;
		return -1;
	}
	fcntl(fd[1], F_SETPIPE_SZ, size); /* refused beyond the user's share: then the default must do */
	*read_end = fd[0];
	*write_end = fd[1];
	return 0;
}

static void ended(struct real *r, struct source *s)
{
	struct proc *p = s->p;
	loop_close(r, s);
	if (p->pipe[0].fd >= 0 || p->pipe[1].fd >= 0)
		return;
	if (!p->detached && p->on->eof) {
		r->delivered++;
		p->on->eof(p->cookie);
	}
	proc_settle(r, p);
}

void pipe_ready(struct real *r, struct source *s, bool hangup)
{
	struct proc *p = s->p;
	ssize_t n = read(s->fd, r->buf, READ_MAX);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && !p->detached && p->on->output) {
		r->delivered++;
		p->on->output(p->cookie, s->kind == SOURCE_STDERR ? HOST_STDERR : HOST_STDOUT, str_n(r->buf, (size_t)n));
	}
	/* Without writers a short read was the rest. The callback may have closed it. */
	if (s->fd >= 0 && (n <= 0 || (hangup && n < READ_MAX)))
		ended(r, s);
}
