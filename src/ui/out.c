/* Complete writes; see out.h. SIGPIPE is ignored by the program, so a closed pipe is EPIPE here. */
#include "ui/out.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

/* Waits until fd takes bytes again. False when it never will. */
static bool wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int n;
	do
		n = poll(&p, 1, -1);
	while (n < 0 && errno == EINTR);
	if (n > 0 && (p.revents & POLLNVAL))
		errno = EBADF;
	return n > 0 && !(p.revents & POLLNVAL);
}

/* 0, or the errno of what went wrong. */
static int write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);
		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else if (done < 0 && errno == EINTR) {
			continue;
		} else if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			if (!wait_writable(fd))
				return errno;
		} else {
			return done < 0 ? errno : EIO;
		}
	}
	return 0;
}

static size_t count_lines(const char *p, size_t n)
{
	size_t lines = 0;
	for (const char *end = p + n; (p = memchr(p, '\n', (size_t)(end - p))); p++)
		lines++;
	return lines;
}

void out_init(struct out *o, const struct ui_options *options, bool paced)
{
	*o = (struct out) { .fd = options->fd };
	if (!options->waiter)
		return;
	o->queue = xmalloc(sizeof(*o->queue));
	queue_init(o->queue, options, paced);
}

void out_flush(struct out *o)
{
	if (o->queue && !o->errnum)
		o->errnum = o->queue->errnum; /* of bytes that had to wait */
	if (o->buf.n && !o->errnum) {
		if (o->queue)
			queue_put(o->queue, o->buf.p, o->buf.n);
		o->errnum = o->queue ? o->queue->errnum : write_all(o->fd, o->buf.p, o->buf.n);
		o->lines += count_lines(o->buf.p, o->buf.n);
	}
	buf_clear(&o->buf);
}

uint64_t out_pending(const struct out *o)
{
	return o->queue ? queue_pending(o->queue) : 0;
}

int out_close(struct out *o, const char *what, struct err *err)
{
	out_flush(o);
	buf_done(&o->buf);
	uint64_t left = out_pending(o);
	if (o->queue) {
		queue_done(o->queue);
		free(o->queue);
	}
	if (!o->errnum && left)
		return err_set(err, ERR_SYSTEM, "%s: its reader has not taken the last %" PRIu64 " bytes", what, left);
	if (!o->errnum)
		return 0;
	errno = o->errnum;
	return err_errno(err, "%s", what);
}
