/* Giving a job its own copies of trees of other repositories: copy on write where that can be, else by a helper that copies one
 * after the other while the job goes on. Who brings the trees to this machine, and who needs them, is remote.c. */
#ifndef SIDESTEP_KINDS_TREES_H
#define SIDESTEP_KINDS_TREES_H

#include "base/err.h"
#include "base/vec.h"
#include "step/job_base.h"

enum tree_state {
	TREE_AWAY, /* nobody has asked for it */
	TREE_SOON, /* it is being copied */
	TREE_THERE,
	TREE_NEVER, /* it cannot be copied */
};

struct action_tree {
	struct str name; /* "owner/repo@ref" */
	struct str from; /* its files */
	struct str dir;  /* where the steps see them */
	bool stored;     /* `from` lies in the store, with the other stored ones; false: a folder of this machine */
	enum tree_state state;
	struct str trouble; /* TREE_NEVER: why */
};

struct tree_copier;

/* Of a job. */
struct trees {
	struct job_base *j;
	bool shelf; /* the folder for all was made */
	struct {
		VEC(struct tree_copier *);
	} copiers;
};

/* Gives trees to the job, in this order; all of them are TREE_AWAY. Afterwards each is TREE_THERE, or TREE_SOON until the session
 * changes. -1: those that must be copied cannot be. */
int trees_give(struct trees *t, struct action_tree *const *trees, size_t n, struct err *err);
/* Stops what still copies. False: it has not ended yet. */
bool trees_end(struct trees *t);
/* Nobody waits any more. */
void trees_free(struct trees *t);

#endif
