/* A working tree with the submodules that are to be served: each part is a tree of its own with its own repository. */
#ifndef SIDESTEP_CHECKOUT_SUBMODULE_H
#define SIDESTEP_CHECKOUT_SUBMODULE_H

#include "checkout/internal.h"
#include "checkout/tree.h"

struct part {
	struct str prefix; /* "" or "lib/sub/" */
	struct str dir;    /* where it is, absolute */
	struct git_repo *repo;
	bool own; /* belongs to who runs this: its configuration holds */
	struct tree tree;
	struct part *next;
};

struct parts {
	struct part *first, *last;
	struct paths empty; /* submodules that stay empty directories, from the root */
};

int parts_read(struct parts *out, struct checkout *c, struct str dir, struct git_repo *repo, struct err *err);

#endif
