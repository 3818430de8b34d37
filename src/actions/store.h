/* Where actions of other repositories are kept: below DIR/<server>/<owner>/, for each repository
 *
 *	<repo>.git            bare, fetched by the git program
 *	<repo>/<commit>       the tree of a commit, unpacked once
 *	<repo>/<commit>.ok    it is whole: made last. Who uses the tree holds a shared lock on it
 *	<repo>/refs/<ref>     what a tag or branch stood for, and when that was asked
 *	<repo>/lock           who changes any of it holds it
 *
 * Trees come by rename, and never change. Nothing here blocks but actions_lock. */
#ifndef SIDESTEP_ACTIONS_STORE_H
#define SIDESTEP_ACTIONS_STORE_H

#include "base/arena.h"
#include "base/err.h"

struct action_place {
	struct str url; /* of the repository, for git */
	struct str git; /* the bare repository */
	struct str dir; /* its trees */
};

/* The place of "owner/repo" of a server (its URL) in a store. */
struct action_place action_place_of(struct arena *a, struct str store, struct str server, struct str repository);

/* Holds a tree: nobody removes it meanwhile. The descriptor; -1: it is not there whole. */
int action_tree_hold(struct arena *a, const struct action_place *p, struct str sha);
/* Its path. */
struct str action_tree(struct arena *a, const struct action_place *p, struct str sha);

/* What a ref stood for when it was last asked for; empty: that was never done. *when: seconds since 1970. */
struct str action_ref_stored(struct arena *a, const struct action_place *p, struct str ref, int64_t *when);
int action_ref_store(struct arena *a, const struct action_place *p, struct str ref, struct str sha, struct err *err);

/* It is asked for again. */
void action_ref_forget(struct arena *a, const struct action_place *p, struct str ref);

/* Waits for its turn, at most some minutes. The descriptor, or -1. */
int action_place_lock(struct arena *a, const struct action_place *p, struct err *err);

#endif
