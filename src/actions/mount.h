/* A job's own view of a stored commit: what it writes there stays in the job. */
#ifndef SIDESTEP_ACTIONS_MOUNT_H
#define SIDESTEP_ACTIONS_MOUNT_H

#include "base/arena.h"

/* Puts the tree at `at`, copy on write, with what is written below scratch; needs the run's own mount namespace. False: the
 * kernel or a file system will not; copy it then. */
bool action_mount(struct arena *a, struct str tree, struct str at, struct str scratch);

#endif
