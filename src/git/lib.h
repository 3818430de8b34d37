/* The door to libgit2. Its names clash with ours, so nothing of git.h is here and only lib.c sees its headers. */
#ifndef SIDESTEP_GIT_LIB_H
#define SIDESTEP_GIT_LIB_H

#include "base/arena.h"
#include "base/err.h"

struct lib_commit {
	struct str sha, message, author_name, author_email, committer_name, committer_email, tree;
	int64_t time; /* the committer's, seconds since 1970 */
	int zone;     /* minutes east of UTC */
	struct str *parents;
	size_t nparents;
};

/* Reads one commit of the repository at git_dir; everything in the arena. Loads the library at the first call and
 * keeps it until the process ends. */
int lib_commit_read(struct lib_commit *out, struct arena *a, const char *git_dir, const char *sha, struct err *err);

#endif
