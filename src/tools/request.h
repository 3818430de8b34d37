/* Which tools a step asks for: the setup actions whose tools may stand on this machine, and what their inputs say. Pure. */
#ifndef SIDESTEP_TOOLS_REQUEST_H
#define SIDESTEP_TOOLS_REQUEST_H

#include "base/vec.h"
#include "value/val.h"

enum tool_kind { TOOL_NODE, TOOL_PYTHON, TOOL_GO, TOOL_JAVA, TOOL_COUNT };

extern const char *const tool_names[TOOL_COUNT]; /* "node", "python", "go", "java" */

struct tool_request {
	enum tool_kind kind;
	struct {
		VEC(struct str);
	} specs;                 /* ranges, as range.h reads them; empty: `file` says them */
	struct str file;         /* as the input names it; empty: none */
	struct str distribution; /* of Java, in lower case */
};

/* What the tool cache calls this machine's processor; NULL: nothing that these actions know. */
const char *tool_arch(void);

/* Whether a repository ("actions/setup-node") is one of those. */
bool tool_request_is_of(struct str repository);
/* False: the action is none of those, or asks for something that this machine cannot know or have: the newest one elsewhere
 * (check-latest), an alias, PyPy, another processor's.
 * with: the inputs that the step gives, an object. */
bool tool_request_read(struct tool_request *out, struct arena *a, struct str repository, struct val with);
/* Adds what a file of versions names: nothing when it is not understood here. */
void tool_request_add_file(struct tool_request *r, struct arena *a, struct str text);
/* Whether it asks for something, and all of that are ranges. An alias ("lts/jod", "latest") is none: what it means only the
 * action learns, from the network. */
bool tool_request_is_of_ranges(const struct tool_request *r);

#endif
