/* Which major version of Node a JavaScript action runs with. Source: actions/runner, HandlerFactory and NodeUtil, in the phase in
 * which Node 24 is the default and Node 20 may still be had. Pure. */
#ifndef SIDESTEP_NODE_RUNTIME_H
#define SIDESTEP_NODE_RUNTIME_H

#include "value/val.h"

struct node_runtime {
	unsigned major;
	struct str warning; /* to be said with it; empty: nothing */
	bool moved;         /* it asked for an older one and gets the default */
};

/* using: "node20", in lower case. env: what the workflow sets; a name that is not in it is looked up in inherited, the runner's.
 */
struct node_runtime node_runtime_of(struct arena *a, struct str using, struct val env, char *const *inherited);

/* What the hosted runner says of an action that was moved. */
extern const char node_runtime_moved[];

#endif
