/* The git program as a reader of objects: for what libgit2 cannot read or reads slowly, and for the one commit that is read while
 * other work goes on. It is run as for a foreign repository (see run.h), whosever it is: no setting of it counts. */
#ifndef SIDESTEP_GIT_PROGRAM_H
#define SIDESTEP_GIT_PROGRAM_H

#include "git/reader.h"

struct program; /* a git that runs */

/* Starts reading what one commit says. ERR_UNSUPPORTED: git is not installed. */
int program_facts_start(struct program **out, const struct object_places *at, struct str name, struct err *err);
/* Waits for that; frees it. */
int program_facts_finish(struct arena *a, struct commit_facts *out, struct program *p, struct err *err);
/* Ends it, frees it. NULL is fine. */
void program_stop(struct program *p);

#endif
