/* One file of a repository at a commit: of one that is on this machine, or of one that git fetches and keeps. Blocks; Ctrl-C ends
 * the git that runs. */
#ifndef SIDESTEP_ACTION_FETCH_FILE_H
#define SIDESTEP_ACTION_FETCH_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* ref: a tag, a branch (a tag goes first) or a commit. *sha: the commit it stands for. */
int local_file(struct buf *out, struct str *sha, struct arena *a, const char *repository, struct str ref, struct str path,
               struct err *err);
/* url: where the repository is; store: a folder for what is fetched (bare repositories, one an url). offline: only what is
 * stored, else ERR_MISSING. */
int fetch_file(struct buf *out, struct str *sha, struct arena *a, struct str url, const char *store, bool offline, struct str ref,
               struct str path, struct err *err);

#endif
