/* Changing a file of somebody's: wholly or not at all, and never what they have written meanwhile. */
#ifndef SIDESTEP_BASE_REPLACE_H
#define SIDESTEP_BASE_REPLACE_H

#include "base/err.h"
#include "base/str.h"

/* Whether a path below root stays below it, also by links; others may lie anywhere. -1 with ERR_INVALID: it leads out. */
int file_stays(const char *path, const char *root, struct err *err);
/* Puts `now` in the place of the file at path (absolute), if its text is still `was`; mode and owner are kept, a link is followed
 * and stays. root: a path below it stays below it, also by links. ERR_INVALID: it leads out, is no regular file, or holds
 * something else by now; nothing is written then. */
int file_replace(const char *path, const char *root, struct str was, struct str now, struct err *err);

#endif
