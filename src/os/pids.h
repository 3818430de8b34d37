/* Lists of processes, and signalling without ever hitting a recycled number. */
#ifndef SIDESTEP_OS_PIDS_H
#define SIDESTEP_OS_PIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pid_entry {
	pid_t pid;
	int fd; /* pidfd, or -1: not opened (yet) */
};

/* On the heap; all zeroes is empty. */
struct pids {
	struct pid_entry *v;
	size_t n, cap;
};

void pids_done(struct pids *p); /* closes the pidfds too */
void pids_add(struct pids *p, pid_t pid);
void pids_sort(struct pids *p);
/* p sorted. */
bool pids_has(const struct pids *p, pid_t pid);
/* Opens a pidfd for each entry that has none; those already gone are dropped. */
void pids_open(struct pids *p);
/* Signals every entry that is also in `still`, a sorted list made after pids_open: only then is the
 * identity sure. NULL: all of them. */
void pids_signal(const struct pids *p, const struct pids *still, int sig);
/* Waits until all have ended or ms have passed; true when all have. */
bool pids_wait(const struct pids *p, int ms);

#endif
