/* A job's own view of stored commits: what it writes there stays in the job. Needs the run's own mount namespace. */
#ifndef SIDESTEP_ACTIONS_MOUNT_H
#define SIDESTEP_ACTIONS_MOUNT_H

#include "base/arena.h"

/* A tree, and where the job is to see it. */
struct action_view {
	struct str tree, at;
};

/* Puts trees at their places, copy on write, with what is written below scratch. `around` holds them all: making an overlay takes
 * milliseconds, so there is one of it, and its parts are shown where they belong. False: the kernel or a file system will not;
 * nothing is mounted then, copy them. */
bool actions_mount(struct arena *a, struct str around, const struct action_view *views, size_t n, struct str scratch);

/* Makes the folder for the places, once for a job: in memory where that can be, since directories on a disk may cost a
 * millisecond each. */
void actions_shelf(struct arena *a, struct str dir);

#endif
