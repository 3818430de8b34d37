/* What the store of actions holds, for people; and taking out of it what nobody uses. */
#ifndef SIDESTEP_ACTIONS_INVENTORY_H
#define SIDESTEP_ACTIONS_INVENTORY_H

#include "actions/store.h"

/* One unpacked commit. */
struct stored_tree {
	struct str server; /* the folder's name: the host, for https:// */
	struct str repository, sha;
	struct action_place place; /* without url */
	int64_t used_at;           /* seconds since 1970 */
};

struct inventory {
	struct stored_tree *v; /* by server, repository, then the newest first */
	size_t n, cap;
};

/* A store that is not there is empty. */
void inventory_read(struct inventory *out, struct arena *a, struct str store);
/* Bytes of its files; reads the whole folder. */
uint64_t inventory_weigh(struct arena *a, const struct stored_tree *t);

/* A tag or branch, what it stood for, and when that was asked. */
struct stored_ref {
	struct str name, sha;
	int64_t asked_at;
};

struct stored_refs {
	struct stored_ref *v; /* by name */
	size_t n, cap;
};

/* Of a repository. */
void inventory_refs(struct stored_refs *out, struct arena *a, const struct action_place *p);

/* Takes a tree out, with the refs that stood for it, and with the last one the bare repository. 0; 1: it is in use; -1: it could
 * not be removed. dry: only says whether it would. */
int inventory_remove(struct arena *a, const struct stored_tree *t, bool dry, struct err *err);

#endif
