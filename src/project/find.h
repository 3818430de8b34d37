/* Finding files of workflows and actions, for who is not told where they are. */
#ifndef SIDESTEP_PROJECT_FIND_H
#define SIDESTEP_PROJECT_FIND_H

#include "base/err.h"
#include "base/vec.h"

struct paths {
	VEC(struct str);
};

/* Sorts the paths from `first` on. */
void find_sort(struct paths *l, size_t first);
/* Appends the yaml files directly in a folder, sorted; a folder that is not there has none. */
int find_yaml(struct paths *out, struct arena *a, struct str folder, struct err *err);

enum { FIND_DEPTH = 16, FIND_ENTRIES = 200000 };

/* Appends the path of every action.yml and action.yaml down to `depth` folders beneath folder (0: those directly in it), sorted.
 * No link is followed; .git, node_modules and other repositories (folders with a .git) are not entered, folders that cannot be
 * opened are passed over, and after FIND_ENTRIES entries it ends. No program is started. */
void find_actions(struct paths *out, struct arena *a, struct str folder, unsigned depth);

#endif
