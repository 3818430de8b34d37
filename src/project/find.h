/* Finding files of actions, for who is not told where they are. */
#ifndef SIDESTEP_PROJECT_FIND_H
#define SIDESTEP_PROJECT_FIND_H

#include "base/vec.h"

struct paths {
	VEC(struct str);
};

enum { FIND_DEPTH = 16, FIND_ENTRIES = 200000 };

/* Appends the path of every action.yml and action.yaml down to `depth` folders beneath folder (0: those directly in it), sorted.
 * No link is followed; .git, node_modules and other repositories (folders with a .git) are not entered, folders that cannot be
 * opened are passed over, and after FIND_ENTRIES entries it ends. No program is started. */
void find_actions(struct paths *out, struct arena *a, struct str folder, unsigned depth);

#endif
