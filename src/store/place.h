/* The folders that are written to outside of a work folder: logs, concurrency groups, the cache. */
#ifndef SIDESTEP_STORE_PLACE_H
#define SIDESTEP_STORE_PLACE_H

#include "base/err.h"
#include "base/str.h"

/* Makes a folder (0700) and what is missing above it. Refuses one through which somebody else could lead us elsewhere: it belongs
 * to another user, others may write to it, or it lies in `tree` (absolute, may be empty) and a link leads out of there. */
int place_make(struct str dir, struct str tree, struct err *err);
/* The same checks of one that need not be there yet. */
int place_check(struct str dir, struct str tree, struct err *err);

#endif
