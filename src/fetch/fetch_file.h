/* One file of a repository at a commit: of one that is on this machine, or of one that git fetches and keeps. Blocks; a waiting
 * signal (git/run.h) ends it with errnum EINTR. What is not there is ERR_INVALID, a repository that cannot be
 * reached ERR_MISSING. */
#ifndef SIDESTEP_FETCH_FETCH_FILE_H
#define SIDESTEP_FETCH_FETCH_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "git/git.h"

/* ref: a tag, a branch (a tag goes first) or a commit. *sha: the commit it stands for. 1: there is no such ref here. Nothing is
 * asked of a network, and nothing of the repository's configuration is followed (GIT_FOREIGN), whoever it belongs to. */
int local_file(struct buf *out, struct str *sha, struct git_repo *repo, struct str ref, struct str path, struct err *err);

/* Where files are fetched from and kept. */
struct fetch_store {
	struct str url;           /* of the repository */
	struct str server, token; /* its server's URL, and what was given for that; may be empty */
	struct str dir;           /* a folder for what is fetched: bare repositories, one an url */
	bool offline;             /* only what is stored, else ERR_MISSING */
	unsigned seconds;         /* for each git; 0: as git/run.h says */
	/* As in git/remote.h; the first also while another program holds the store. May be NULL. */
	void (*tick)(void *cookie);
	void (*again)(void *cookie, const struct err *why, double seconds);
	void *cookie;
};
int fetch_file(struct buf *out, struct str *sha, struct arena *a, const struct fetch_store *store, struct str ref,
               struct str path, struct err *err);

#endif
