/* Which paths through contexts a workflow names, and where: `steps.build.outputs.v` in the file. */
#ifndef SIDESTEP_MODEL_REFERENCES_H
#define SIDESTEP_MODEL_REFERENCES_H

#include "base/vec.h"
#include "expr/visit.h"
#include "model/workflow.h"

struct reference {
	const struct str *path; /* the context, then names; "*" for what is computed or a wildcard */
	size_t n;
	struct span at;            /* of the whole path */
	const struct token *token; /* the scalar in which it stands */
};

/* In the order in which the places stand in the file. */
struct references {
	VEC(struct reference);
};

/* Everything that is named in the expressions of a workflow, conditions without braces included. Arena and source set are
 * those of the workflow's load. */
void references_find(struct references *out, struct arena *a, const struct workflow *w);

#endif
