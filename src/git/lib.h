/* The door to libgit2. Its names clash with ours, so nothing of git.h is here and only lib.c sees its headers. */
#ifndef SIDESTEP_GIT_LIB_H
#define SIDESTEP_GIT_LIB_H

#include "base/buf.h"
#include "base/err.h"

/* Replaces out by the content of an object of the repository at git_dir; *kind: 1 commit, 2 tree, 3 blob, 4 tag. id: the 20 bytes
 * of its name. Loads the library at the first call and keeps it until the process ends. ERR_MISSING: it is not installed. */
int lib_object_read(struct buf *out, int *kind, const char *git_dir, const unsigned char *id, struct err *err);

#endif
