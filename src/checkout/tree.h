/* What a working tree consists of, as git sees it. */
#ifndef SIDESTEP_CHECKOUT_TREE_H
#define SIDESTEP_CHECKOUT_TREE_H

#include "base/arena.h"
#include "base/err.h"
#include "git/git.h"

struct paths {
	struct str *v;
	size_t n, cap;
};

/* Paths relative to the root, with a NUL behind them, any bytes. */
struct tree {
	struct paths tracked;   /* what the index names, submodules apart, whether or not it is still there */
	struct paths untracked; /* not ignored; one that ends in '/' is a repository of its own, to be taken whole */
	struct paths ignored;   /* one that ends in '/' is a directory, ignored as a whole */
	struct paths links;     /* submodules */
	struct str unread;      /* what git said about a directory that it could not look into; empty: it saw all */
	size_t deleted;         /* tracked but gone */
	size_t changes;         /* what `git status` counts: modified, staged, deleted, untracked */
};

/* own: the repository's own configuration holds (filters decide what counts as changed), else none of it. */
int tree_read(struct tree *out, struct arena *a, struct git_repo *repo, bool own, struct err *err);

#endif
