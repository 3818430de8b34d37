/* How the program speaks: results on standard output, everything else on standard error. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/ioctl.h>

#include "base/clean.h"
#include "base/file.h"
#include "cli/verbs.h"

enum { COLUMNS_MAX = 10000 };

static void PRINTF_LIKE(1, 0) say(const char *fmt, va_list ap)
{
	_cleanup_buf_ struct buf b = BUF_INIT, text = BUF_INIT;

	buf_addvf(&text, fmt, ap);
	buf_adds(&b, "sidestep: ");
	clean_append(&b, buf_str(&text)); /* names and values of files may be in it */
	buf_addc(&b, '\n');
	file_write_all(STDERR_FILENO, b.p, b.n); /* nobody is left to tell when this fails */
}

void cli_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

int cli_usage(const struct cli *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	if (c->verb)
		cli_say("see 'sidestep %s --help'", c->verb->name);
	else
		cli_say("see 'sidestep --help'");
	return SIDESTEP_USAGE;
}

int cli_unavailable(const char *what)
{
	cli_say("%s is not available in this build", what);
	return SIDESTEP_ENVIRONMENT;
}

int cli_out(const struct cli *c, const char *text, size_t n)
{
	if (n && c->stdout_closed) {
		cli_say("standard output is closed");
		return SIDESTEP_ENVIRONMENT;
	}
	if (n && file_write_all(STDOUT_FILENO, text, n) < 0) {
		if (errno == EPIPE)
			return SIDESTEP_UNREAD;
		cli_say("cannot write to standard output: %s", strerror(errno));
		return SIDESTEP_ENVIRONMENT;
	}
	return SIDESTEP_OK;
}

/* Small pieces: a pipe that is writable has room for one. */
void cli_tell(const char *text, size_t n, int signal_fd, int ms)
{
	while (n) {
		struct pollfd p[] = { { .fd = STDERR_FILENO, .events = POLLOUT }, { .fd = signal_fd, .events = POLLIN } };
		int ready = poll(p, ARRAY_LEN(p), ms);
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0 || !p[0].revents)
			return;
		ssize_t w = write(STDERR_FILENO, text, MIN(n, (size_t)PIPE_BUF));
		if (w < 0 && errno != EINTR && errno != EAGAIN)
			return;
		text += w > 0 ? w : 0;
		n -= w > 0 ? (size_t)w : 0;
	}
}

int cli_result(const struct cli *c, enum sidestep_status status, struct sidestep_text *t)
{
	int code = (int)status, written;

	written = t->out ? cli_out(c, t->out, t->out_size) : SIDESTEP_OK;
	if (t->messages)
		file_write_all(STDERR_FILENO, t->messages, t->messages_size);
	sidestep_text_done(t);
	return code == SIDESTEP_OK ? written : code;
}

int cli_color_on(const struct cli *c, int fd)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");

	if (c->color != COLOR_AUTO)
		return c->color == COLOR_ALWAYS;
	if (no && *no)
		return 0;
	return isatty(fd) && !(term && strcmp(term, "dumb") == 0);
}

int cli_columns(void)
{
	const char *columns = getenv("COLUMNS");
	char *end;
	long wanted = columns ? strtol(columns, &end, 10) : 0;

	return wanted > 0 && wanted <= COLUMNS_MAX && !*end ? (int)wanted : 0;
}

int cli_width(int fd)
{
	struct winsize w;
	int columns = cli_columns();

	if (columns)
		return columns;
	return isatty(fd) && ioctl(fd, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

struct sidestep_render cli_render(const struct cli *c)
{
	return (struct sidestep_render) {
		.color = cli_color_on(c, STDOUT_FILENO),
		.messages_color = cli_color_on(c, STDERR_FILENO),
		.width = cli_width(STDOUT_FILENO),
	};
}

bool cli_looks_like_path(const char *word)
{
	return strpbrk(word, "/.") != NULL;
}

bool cli_standard_streams(void)
{
	bool closed = fcntl(STDOUT_FILENO, F_GETFD) < 0 && errno == EBADF;

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", O_RDWR); /* takes the lowest free number: fd */
	return closed;
}
