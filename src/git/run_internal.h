/* What a call of git is made of: its environment and, for a foreign repository, the one that stands for it. */
#ifndef SIDESTEP_GIT_RUN_INTERNAL_H
#define SIDESTEP_GIT_RUN_INTERNAL_H

#include "git/run.h"

/* A repository of our own that reaches the objects of another one. Lives in the directory for temporary files, or in
 * git_run_place; one whose program was killed is removed by the next. */
struct git_shadow {
	struct str dir; /* what GIT_DIR is for git */
	int lock;       /* held as long as it is used; -1 */
};
/* index: with a copy of the other one's. ERR_INVALID when the other one holds what no repository has: a pipe in place of a file,
 * alternates in a circle. */
int git_shadow_make(struct git_shadow *out, struct arena *a, struct git_repo *of, bool index, struct err *err);
void git_shadow_remove(struct git_shadow *s);

/* The variables that git is started with, NULL-terminated. shadow: NULL unless the call is foreign. Texts are not copied. */
char **git_call_environment(struct arena *a, const struct git_call *call, const struct git_shadow *shadow);
/* `git` and its arguments, NULL-terminated. */
char **git_call_argv(struct arena *a, const struct git_call *call);

#endif
