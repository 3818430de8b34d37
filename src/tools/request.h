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
	} specs;                 /* ranges and aliases, as range.h reads them; empty: `file` says them */
	struct str file;         /* as the input names it; empty: none */
	struct str distribution; /* of Java, in lower case */
};

/* What the tool cache calls this machine's processor; NULL: nothing that these actions know. */
const char *tool_arch(void);

/* Whether a repository ("actions/setup-node") is one of those. */
bool tool_request_is_of(struct str repository);
/* False: the action is none of those, or asks for nothing that could stand on this machine (another processor, PyPy, …).
 * with: the inputs that the step gives, an object. */
bool tool_request_read(struct tool_request *out, struct arena *a, struct str repository, struct val with);
/* Adds the ranges that a file of versions names; what is not understood becomes "*": the action itself decides. */
void tool_request_add_file(struct tool_request *r, struct arena *a, struct str text);

#endif
