/* Paths as text: joining and normalising, no file system access. */
#ifndef SIDESTEP_BASE_PATH_H
#define SIDESTEP_BASE_PATH_H

#include "base/arena.h"

/* b when b is absolute, else a/b; an empty part leaves the other. */
struct str path_join(struct arena *a, struct str base, struct str rest);
/* Removes "." segments, doubled slashes and resolvable ".."; keeps leading ".." of relative paths. */
struct str path_normal(struct arena *a, struct str p);
struct str path_base(struct str p);
/* Whether it ends in .yml or .yaml. */
bool path_is_yaml(struct str p);
struct str path_dir(struct str p);
/* The part of p below dir, or p itself when it is not below. Both normal. */
struct str path_below(struct str p, struct str dir);
/* A text made safe as one file name: bytes outside [A-Za-z0-9._-] become '_', at most max bytes, never
 * empty, never "." or "..". */
struct str path_safe_name(struct arena *a, struct str s, size_t max);

#endif
