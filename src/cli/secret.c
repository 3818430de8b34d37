/* Asking for a secret: on the controlling terminal, never on standard input, without echo. The terminal is in
 * byte mode meanwhile, so that Ctrl-C arrives as a byte and its old state is always put back. */
#include "cli/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <termios.h>

#include "base/file.h"
#include "cli/signals.h"

#define SECRET_MAX 65536

/* One byte from the terminal; -1 on its end, -2 when a signal asks us to stop. */
static int next_byte(int tty, int signal_fd, int *out_signal)
{
	struct pollfd p[] = { { .fd = tty, .events = POLLIN }, { .fd = signal_fd, .events = POLLIN } };
	unsigned char byte;

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return -1;
		int sig = p[1].revents ? signals_next(signal_fd) : 0;
		if (sig && sig != SIGWINCH) {
			*out_signal = sig;
			return -2;
		}
		if (p[0].revents)
			return read(tty, &byte, 1) == 1 ? byte : -1;
	}
}

static void erase(struct buf *line)
{
	while (line->n && ((unsigned char)line->p[line->n - 1] & 0xc0) == 0x80)
		line->n--;
	if (line->n)
		line->n--;
}

enum { NOTHING_TYPED = -1 };

/* Reads up to Enter, or to Ctrl-D behind something. 0, NOTHING_TYPED when the end comes first (Ctrl-D, a terminal that is gone),
 * or the signal that ended it. */
static int read_line(struct buf *line, int tty, int signal_fd)
{
	int sig = 0;

	for (;;) {
		int byte = next_byte(tty, signal_fd, &sig);
		if (byte == -2)
			return sig;
		if (byte == 3)
			return SIGINT;
		if (byte == -1 || (byte == 4 && line->n == 0))
			return NOTHING_TYPED;
		if (byte == '\n' || byte == '\r' || byte == 4)
			return 0;
		if (byte == 8 || byte == 127)
			erase(line);
		else if (byte == 21)
			buf_clear(line);
		else if (line->n < SECRET_MAX)
			buf_addc(line, (char)byte);
	}
}

static int ask(struct buf *line, int tty, const char *name, int signal_fd)
{
	struct termios before, quiet;
	_cleanup_buf_ struct buf prompt = BUF_INIT;
	int sig;

	if (tcgetattr(tty, &before) < 0)
		return NOTHING_TYPED;
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
	quiet.c_cc[VMIN] = 1;
	quiet.c_cc[VTIME] = 0;
	buf_addf(&prompt, "Value of secret %s: ", name);
	file_write_all(tty, prompt.p, prompt.n);
	tcsetattr(tty, TCSAFLUSH, &quiet);
	sig = read_line(line, tty, signal_fd);
	tcsetattr(tty, TCSAFLUSH, &before);
	file_write_all(tty, "\n", 1);
	return sig;
}

static int resolve(struct cli *c, const char **entry, int signal_fd)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	const char *value = getenv(*entry);
	int sig;

	if (value) {
		*entry = arena_printf(&c->arena, "%s=%s", *entry, value).p;
		return OPTIONS_GO_ON;
	}
	_cleanup_close_ int tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	if (tty < 0 || !isatty(STDIN_FILENO))
		return cli_usage(c, "secret %s has no value: it is not in the environment, and there is no terminal to ask on",
		                 *entry);
	buf_reserve(&line, SECRET_MAX + 1); /* it never moves: what is wiped at the end is all there was */
	sig = ask(&line, tty, *entry, signal_fd);
	if (sig == NOTHING_TYPED) {
		cli_say("secret %s was not given: nothing is run", *entry);
		return SIDESTEP_USAGE;
	}
	if (sig)
		return sig == SIGINT ? SIDESTEP_INTERRUPTED : SIDESTEP_TERMINATED;
	*entry = arena_printf(&c->arena, "%s=%s", *entry, buf_cstr(&line)).p;
	explicit_bzero(line.p, line.cap);
	return OPTIONS_GO_ON;
}

int secrets_resolve(struct cli *c, struct opt_list *secrets, int signal_fd)
{
	for (size_t i = 0; i < secrets->n; i++) {
		const char *eq = strchr(secrets->v[i], '=');
		if (eq == secrets->v[i] || !*secrets->v[i])
			return cli_usage(c, "--secret needs NAME or NAME=VALUE, not '%s'", secrets->v[i]);
		if (eq)
			continue;
		int code = resolve(c, &secrets->v[i], signal_fd);
		if (code != OPTIONS_GO_ON)
			return code;
	}
	return OPTIONS_GO_ON;
}
