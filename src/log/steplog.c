/* A step's log file, written in large pieces; see steplog.h. */
#include "log/steplog.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "base/arena.h"
#include "base/file.h"

enum { BUFFER_SIZE = 1 << 18, STAMP_SIZE = 32, STAMP_LENGTH = 29, HEAD_MAX = 64 };

struct steplog {
	int fd;
	int errnum; /* of the first failed write; nothing is written after it */
	char *path;
	char *buffer;
	size_t n;
	int64_t second; /* that the stamp shows */
	char stamp[STAMP_SIZE];
};

static const char *const prefixes[] = {
	[LOG_INFO] = "",
	[LOG_DEBUG] = "##[debug]",
	[LOG_GROUP] = "##[group]",
	[LOG_ENDGROUP] = "##[endgroup]",
	[LOG_COMMAND] = "##[command]",
	[LOG_ERROR] = "##[error]",
	[LOG_WARNING] = "##[warning]",
	[LOG_NOTICE] = "##[notice]",
};

int steplog_open(struct steplog **out, const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(err, "%s", path);
	struct steplog *l = xcalloc(1, sizeof(*l));
	l->fd = fd;
	l->path = xstrdup(path);
	l->buffer = xmalloc(BUFFER_SIZE);
	l->second = INT64_MIN;
	*out = l;
	return 0;
}

static void put_digits(char *p, unsigned n, int64_t v)
{
	while (n-- > 0) {
		p[n] = (char)('0' + v % 10);
		v /= 10;
	}
}

/* "2026-11-21T08:00:00.1230000Z "; date and time of day are made once a second. */
static void set_stamp(struct steplog *l, int64_t time_ms)
{
	int64_t second = time_ms / 1000, ms = time_ms % 1000;
	if (ms < 0) {
		ms += 1000;
		second--;
	}
	if (second != l->second) {
		struct tm tm = { 0 };
		time_t t = (time_t)second;
		gmtime_r(&t, &tm);
		memcpy(l->stamp, "0000-00-00T00:00:00.0000000Z ", STAMP_LENGTH);
		put_digits(l->stamp, 4, tm.tm_year + 1900 > 0 ? tm.tm_year + 1900 : 0);
		put_digits(l->stamp + 5, 2, tm.tm_mon + 1);
		put_digits(l->stamp + 8, 2, tm.tm_mday);
		put_digits(l->stamp + 11, 2, tm.tm_hour);
		put_digits(l->stamp + 14, 2, tm.tm_min);
		put_digits(l->stamp + 17, 2, tm.tm_sec);
		l->second = second;
	}
	put_digits(l->stamp + 20, 3, ms);
}

static void write_out(struct steplog *l, const void *p, size_t n)
{
	if (!l->errnum && n && file_write_all(l->fd, p, n) < 0)
		l->errnum = errno;
}

static void flush(struct steplog *l)
{
	write_out(l, l->buffer, l->n);
	l->n = 0;
}

/* A line that does not fit into the buffer. */
static void put_huge(struct steplog *l, struct str line)
{
	flush(l);
	write_out(l, line.p, line.n);
	l->buffer[l->n++] = '\n';
}

void steplog_lines(struct steplog *l, int64_t time_ms, enum log_level level, const struct str *lines, size_t n)
{
	const char *prefix = prefixes[level];
	size_t prefix_length = strlen(prefix);
	if (l->errnum)
		return;
	set_stamp(l, time_ms);
	for (size_t i = 0; i < n; i++) {
		struct str line = lines[i];
		if (BUFFER_SIZE - l->n < HEAD_MAX || BUFFER_SIZE - l->n - HEAD_MAX < line.n)
			flush(l);
		char *at = l->buffer + l->n;
		memcpy(at, l->stamp, STAMP_SIZE);
		at += STAMP_LENGTH;
		memcpy(at, prefix, prefix_length);
		at += prefix_length;
		l->n = (size_t)(at - l->buffer);
		if (line.n > BUFFER_SIZE - HEAD_MAX) {
			put_huge(l, line);
			continue;
		}
		memcpy(at, line.p, line.n);
		at[line.n] = '\n';
		l->n += line.n + 1;
	}
}

static int tell(const struct steplog *l, struct err *err)
{
	if (!l->errnum)
		return 0;
	errno = l->errnum;
	return err_errno(err, "%s", l->path);
}

int steplog_flush(struct steplog *l, struct err *err)
{
	flush(l);
	return tell(l, err);
}

int steplog_close(struct steplog *l, struct err *err)
{
	if (!l)
		return 0;
	flush(l);
	if (close(l->fd) < 0 && !l->errnum && errno != EINTR)
		l->errnum = errno;
	int rc = tell(l, err);
	free(l->path);
	free(l->buffer);
	free(l);
	return rc;
}
