/* Taking files over from a repository that may be a stranger's: what is copied are regular files of that very place, of a size
 * that can be borne, never what a link there leads to. */
#ifndef SIDESTEP_GIT_FOREIGN_H
#define SIDESTEP_GIT_FOREIGN_H

#include "base/arena.h"
#include "base/err.h"

enum { FOREIGN_MAX = 256 << 20 };

/* dir/name to the new file to/name with its times and this mode. 1: there is none; ERR_INVALID: a link, a pipe, or too large. */
int foreign_copy(struct arena *a, struct str dir, const char *name, struct str to, mode_t mode, struct err *err);
/* The index, and of a split one the part that it names. */
int foreign_copy_index(struct arena *a, struct str dir, struct str to, mode_t mode, struct err *err);

#endif
