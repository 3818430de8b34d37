/* The .git of a workspace: a repository of its own, as the real action leaves it, that borrows the objects of
 * another one. Nothing done in it reaches the other one's refs, index or config. */
#ifndef SIDESTEP_CHECKOUT_GITDIR_H
#define SIDESTEP_CHECKOUT_GITDIR_H

#include "base/buf.h"
#include "base/map.h"
#include "git/git.h"

struct gitdir_spec {
	struct str path;       /* the directory to make */
	struct git_repo *from; /* whose objects are borrowed */
	bool own;           /* the other one belongs to who runs this: filters and the like of its configuration hold here too */
	struct str objects; /* where they are reached */
	struct str url;     /* of the remote "origin" */
	struct str ref;     /* full; a branch: HEAD is on it, anything else: HEAD is detached */
	struct str commit;  /* empty: nothing was ever committed */
	long depth;         /* 0: all history and all refs */
	bool tags;          /* all tags whatever the depth */
	bool follow;        /* with those: only tags of commits that come */
	bool plain;         /* the ref is a tag, and stands for the commit itself, without its annotation */
	struct str begins;  /* branches and tags that begin so come along whatever the depth; empty: none */
	bool index;         /* with the other one's index, so that `git status` shows what differs there */
};

/* The commits of objects, those of tags seen through; sha empty: it is none, or is not here. */
struct git_commit *shallow_commits(struct arena *a, struct git_repo *from, const struct str *objects, size_t n);
/* All commits that the histories of `tips` hold, as the keys of out. */
int shallow_reached(struct map *out, struct arena *a, struct git_repo *from, const struct str *tips, size_t n, long depth,
                    struct err *err);

/* A setting "section.sub.section.name" in the form of a configuration file. */
void gitdir_add_setting(struct buf *out, struct str key, struct str value);

int gitdir_make(const struct gitdir_spec *s, struct arena *a, struct err *err);

/* The commits at which the histories of `tips` (commits, or tags of such) are cut off at `depth`, one a line, added to out. Those
 * of a shallow `from` count too. */
int shallow_boundary(struct buf *out, struct arena *a, struct git_repo *from, const struct str *tips, size_t n, long depth,
                     struct err *err);

#endif
