/* git's own lock files in repositories that this program has made. */
#ifndef SIDESTEP_GIT_LOCKS_H
#define SIDESTEP_GIT_LOCKS_H

#include "base/arena.h"

/* Removes those of the names (below git_dir, NULL-terminated) that a git has left which was killed. Only for who holds the lock
 * of the store, so that no git of another of us works there; one that has outlived its parent for a moment is waited for. Packs
 * that were never finished go as well, some minutes after the last byte. */
void git_locks_clear(struct arena *a, struct str git_dir, const char *const *names);

#endif
