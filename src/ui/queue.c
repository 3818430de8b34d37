/* Output that never blocks; see queue.h.
 *
 * O_NONBLOCK is a property of the open file description, which standard output shares with the shell and everyone
 * it started: set there, it breaks their writes, and outlives us. So pipes and terminals are opened once more
 * through /proc/self/fd, which makes a description that is only ours; a terminal that we may not open by its
 * file (after su) may be had as /dev/tty. Never a file: it would have an offset of its own and write over what
 * others wrote; nor a terminal's master, which would give a new terminal.
 *
 * What cannot be opened again (a pipe of another user) is asked with poll before each write of at most PIPE_BUF
 * bytes: a pipe is writable when it has room for those, and only another writer that is faster can make us wait. A terminal
 * is writable when it has room for one. */
#include "ui/queue.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>

enum {
	HEAD_MAX = 2 << 20,   /* waits in memory before the file is used */
	PACE_HIGH = 1 << 19,  /* waits: the reader is given a moment … */
	PACE_LOW = 1 << 17,   /* … to get down to this … */
	PACE_NS = 200000000,  /* … as long as that */
	TAIL_MAX = 256 << 10, /* collected for the file */
	REFILL = 256 << 10,   /* read back at once */
	HELD_MAX = 2 << 20,   /* the tail's size at which steps have to wait, when the file cannot be written */
	TURN_MAX = 1 << 20,   /* written in one turn, others are to have theirs */
};

/* ---- the descriptor ----------------------------------------------------------------------------- */

static int open_again(int fd)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int open_terminal_again(int fd)
{
	unsigned number;
	if (ioctl(fd, TIOCGPTN, &number) == 0)
		return -1; /* the master's end */
	int own = open_again(fd);
	if (own < 0 && tcgetsid(fd) >= 0) /* answered for our controlling terminal only */
		own = open("/dev/tty", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return own;
}

static void find_way(struct queue *q)
{
	struct stat st;
	int own = -1;
	q->way = QUEUE_PLAIN;
	if (fstat(q->fd, &st) < 0)
		return; /* the first write tells */
	if (S_ISSOCK(st.st_mode)) {
		q->way = QUEUE_SOCKET;
		return;
	}
	q->terminal = S_ISCHR(st.st_mode) && isatty(q->fd);
	if (S_ISFIFO(st.st_mode))
		own = open_again(q->fd);
	else if (q->terminal)
		own = open_terminal_again(q->fd);
	q->own_fd = own >= 0;
	if (own >= 0)
		q->fd = own;
	else if (S_ISFIFO(st.st_mode) || q->terminal)
		q->way = QUEUE_POLLED;
}

static ssize_t write_once(const struct queue *q, const char *p, size_t n)
{
	struct pollfd ask = { .fd = q->fd, .events = POLLOUT };
	if (q->way == QUEUE_SOCKET)
		return send(q->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (q->way == QUEUE_PLAIN)
		return write(q->fd, p, n);
	if (poll(&ask, 1, 0) > 0)
		return write(q->fd, p, MIN(n, q->terminal ? (size_t)1 : (size_t)PIPE_BUF));
	errno = EAGAIN;
	return -1;
}

/* As much as goes now; returns how many, and sets errnum. */
static size_t write_some(struct queue *q, const char *p, size_t n)
{
	size_t done = 0;
	while (done < n && !q->errnum) {
		ssize_t w = write_once(q, p + done, n - done);
		if (w > 0)
			done += (size_t)w;
		else if (w == 0)
			q->errnum = EIO;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			break;
		else if (errno != EINTR)
			q->errnum = errno;
	}
	return done;
}

/* ---- the file ----------------------------------------------------------------------------------- */

static int open_spool(const struct queue *q)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	buf_addstr(&path, q->spool_dir.n ? q->spool_dir : STR("/tmp"));
	int fd = open(buf_cstr(&path), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return fd;
	buf_adds(&path, "/.output-XXXXXX");
	buf_cstr(&path);
	fd = mkostemp(path.p, O_CLOEXEC);
	if (fd >= 0)
		unlink(path.p);
	return fd;
}

/* The tail goes to the end of the file; what cannot stays. 0 or an errno. */
static int spool_tail(struct queue *q)
{
	size_t done = 0;
	int errnum = 0;
	if (q->spool < 0)
		q->spool = open_spool(q);
	errnum = q->spool < 0 ? errno : 0;
	while (done < q->tail.n && !errnum) {
		ssize_t w = pwrite(q->spool, q->tail.p + done, q->tail.n - done, (off_t)(q->to + done));
		if (w > 0)
			done += (size_t)w;
		else if (w == 0 || errno != EINTR)
			errnum = w < 0 ? errno : EIO;
	}
	q->to += done;
	buf_shift(&q->tail, done);
	return errnum;
}

/* The head is empty: takes what comes next from the file. */
static void read_back(struct queue *q)
{
	size_t n = (size_t)MIN(q->to - q->from, (uint64_t)REFILL);
	buf_reserve(&q->head, n);
	ssize_t r;
	do
		r = pread(q->spool, q->head.p, n, (off_t)q->from);
	while (r < 0 && errno == EINTR);
	if (r <= 0) {
		q->errnum = r < 0 ? errno : EIO;
		return;
	}
	q->head.n = (size_t)r;
	q->from += (size_t)r;
	if (q->from < q->to)
		return;
	q->from = q->to = 0;
	(void)!ftruncate(q->spool, 0); /* else it keeps its room, nothing worse */
}

/* ---- the queue ---------------------------------------------------------------------------------- */

static void drop_all(struct queue *q)
{
	buf_done(&q->head);
	buf_done(&q->tail);
	q->at = 0;
	if (q->spool >= 0)
		close(q->spool);
	q->spool = -1;
	q->from = q->to = 0;
}

/* The head has something to write, if anything waits at all. */
static void refill(struct queue *q)
{
	if (q->at < q->head.n)
		return;
	q->at = 0;
	buf_clear(&q->head);
	if (q->from < q->to) {
		read_back(q);
	} else if (q->tail.n) {
		struct buf was = q->head;
		q->head = q->tail;
		q->tail = was;
	}
}

static void keep(struct queue *q, const char *p, size_t n)
{
	if (q->from == q->to && !q->tail.n && q->head.n - q->at + n <= HEAD_MAX) {
		if (q->at > q->head.n / 2) { /* so every byte is moved once at most */
			buf_shift(&q->head, q->at);
			q->at = 0;
		}
		buf_add(&q->head, p, n);
		return;
	}
	buf_add(&q->tail, p, n);
	int errnum = q->tail.n >= TAIL_MAX ? spool_tail(q) : 0;
	if (q->tail.n >= HELD_MAX)
		q->held_errnum = errnum;
}

/* Without anybody who tells us when, or on what cannot be waited for. */
static void write_to_the_end(struct queue *q)
{
	while (queue_pending(q) && !q->errnum) {
		struct pollfd p = { .fd = q->fd, .events = POLLOUT };
		refill(q);
		q->at += write_some(q, q->head.p + q->at, q->head.n - q->at);
		if (q->at < q->head.n && !q->errnum && poll(&p, 1, -1) < 0 && errno != EINTR)
			q->errnum = errno;
	}
}

/* Whether steps have to wait with their output. */
static bool has_to_hold(struct queue *q)
{
	uint64_t n = queue_pending(q);
	if (n <= PACE_LOW)
		q->pace_until = 0;
	else if (n >= PACE_HIGH && q->paced && !q->slow && !q->pace_until)
		q->pace_until = q->now() + PACE_NS;
	q->slow = q->slow && n;
	return q->pace_until || q->tail.n >= (q->holding ? HELD_MAX / 2 : HELD_MAX);
}

/* What has to hold after every change. */
static void settle(struct queue *q)
{
	if (q->errnum)
		drop_all(q);
	bool wait = queue_pending(q) > 0;
	if (wait != q->waiting && !q->waiter.wait(q->waiter.cookie, q->fd, wait) && wait) {
		write_to_the_end(q);
		wait = false;
		if (q->errnum)
			drop_all(q);
	}
	q->waiting = wait;
	bool hold = has_to_hold(q);
	if (hold != q->holding)
		q->waiter.hold(q->waiter.cookie, hold);
	q->holding = hold;
}

void queue_tick(struct queue *q, uint64_t now)
{
	if (!q->pace_until || now < q->pace_until)
		return;
	q->pace_until = 0;
	q->slow = true;
	settle(q);
}

uint64_t queue_pending(const struct queue *q)
{
	return q->head.n - q->at + (q->to - q->from) + q->tail.n;
}

void queue_put(struct queue *q, const char *p, size_t n)
{
	size_t done = 0;
	if (q->errnum)
		return;
	if (!queue_pending(q))
		done = write_some(q, p, n);
	if (q->errnum || done < n) {
		keep(q, p + done, n - done);
		settle(q);
	}
}

void queue_ready(struct queue *q)
{
	for (size_t written = 0; queue_pending(q) && !q->errnum && written < TURN_MAX;) {
		refill(q);
		size_t n = q->head.n - q->at, done = q->errnum ? 0 : write_some(q, q->head.p + q->at, n);
		q->at += done;
		written += done;
		if (done < n)
			break;
	}
	settle(q);
}

void queue_init(struct queue *q, const struct ui_options *o, bool paced)
{
	assert(o->waiter->wait && o->waiter->hold && o->now);
	*q = (struct queue) { .fd = o->fd, .spool = -1, .waiter = *o->waiter, .paced = paced, .now = o->now };
	if (o->spool_dir.n) {
		char *dir = xmalloc(o->spool_dir.n);
		memcpy(dir, o->spool_dir.p, o->spool_dir.n);
		q->spool_dir = str_n(dir, o->spool_dir.n);
	}
	find_way(q);
}

void queue_done(struct queue *q)
{
	drop_all(q);
	settle(q);
	if (q->own_fd)
		close(q->fd);
	free((char *)q->spool_dir.p);
}
