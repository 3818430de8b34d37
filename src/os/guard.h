/* The program that a dead host's guardian executes; guard.c says how. */
#ifndef SIDESTEP_OS_GUARD_H
#define SIDESTEP_OS_GUARD_H

/* `sidestep __guard FD`: kills what is left of the host that wrote to that file in memory, then hands on the folder that was to
 * stay, if any. Returns an exit code. */
int guard_main(const char *fd, void (*see_to)(const char *kept));

#endif
