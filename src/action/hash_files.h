/* hashFiles(): which files of the workspace match, in which order, and the hash over them. */
#ifndef SIDESTEP_ACTION_HASH_FILES_H
#define SIDESTEP_ACTION_HASH_FILES_H

#include "base/arena.h"
#include "base/err.h"

/* patterns: the arguments of the call, as they are ("--follow-symbolic-links" may be the first). *out is the lower-case
 * hexadecimal hash, or empty when no file matches. On error the official message. home may be empty. */
int hash_files(struct str *out, struct arena *a, struct str workspace, struct str home, const struct str *patterns, size_t n,
               struct err *err);

#endif
