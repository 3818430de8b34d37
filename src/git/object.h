/* Reading a commit object straight from the repository's files, for the usual cases: loose, or whole in a pack. */
#ifndef SIDESTEP_GIT_OBJECT_H
#define SIDESTEP_GIT_OBJECT_H

#include "base/buf.h"
#include "git/git.h"

/* Appends the text of the commit and returns 1. 0: it is not here in a form that is read here (a delta, an alternate, no zlib),
 * which says nothing about whether it exists. -1: it is here, but damaged. */
int git_object_commit(struct buf *out, struct git_repo *r, struct str sha, struct err *err);

#endif
