/* Signals as a descriptor; see signals.h. The library never catches one. */
#include "cli/signals.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

static bool is_ignored(int sig)
{
	struct sigaction now;

	return sigaction(sig, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

static void choose(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGWINCH);
	if (!is_ignored(SIGHUP))
		sigaddset(set, SIGHUP);
}

int signals_open(struct err *err)
{
	sigset_t set;
	int fd;

	choose(&set);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return err_errno(err, "cannot block signals");
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_errno(err, "cannot receive signals");
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	return fd;
}

void signals_read_stop(int fd)
{
	sigset_t set;

	if (is_ignored(SIGTSTP))
		return;
	choose(&set);
	sigaddset(&set, SIGTSTP);
	if (signalfd(fd, &set, 0) >= 0)
		sigprocmask(SIG_BLOCK, &set, NULL);
}

void signals_stop(void)
{
	raise(SIGSTOP);
}

void signals_close(void)
{
	sigset_t set;

	choose(&set);
	sigaddset(&set, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int signals_next(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == sizeof(info) ? (int)info.ssi_signo : 0;
}
