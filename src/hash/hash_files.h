/* hashFiles(): which files of the workspace match, in which order, and the hash over them. */
#ifndef SIDESTEP_HASH_HASH_FILES_H
#define SIDESTEP_HASH_HASH_FILES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

/* patterns: the arguments of the call, as they are ("--follow-symbolic-links" may be the first). *out is the lower-case
 * hexadecimal hash, or empty when no file matches. On error the official message. home may be empty. */
int hash_files(struct str *out, struct arena *a, struct str workspace, struct str home, const struct str *patterns, size_t n,
               struct err *err);
/* The same with another limit of time than the official 120 seconds, which is what the message says all the same. */
int hash_files_within(struct str *out, struct arena *a, struct str workspace, struct str home, const struct str *patterns,
                      size_t n, unsigned limit_ms, struct err *err);

/* The same without the paths (relative, no '/' at their ends) in except, and what is below them. */
int hash_files_except(struct str *out, struct arena *a, struct str workspace, struct str home, const struct str *patterns,
                      size_t n, const struct map *except, struct err *err);

#endif
