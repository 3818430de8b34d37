/* The inputs of a run that somebody asks for: workflow_dispatch, or a callable workflow run by itself. Source: GitHub's workflow
 * syntax, on.workflow_dispatch.inputs and on.workflow_call.inputs. */
#ifndef SIDESTEP_PLAN_INPUTS_H
#define SIDESTEP_PLAN_INPUTS_H

#include "model/workflow.h"
#include "value/val.h"

/* What there is to take values from; objects or null. */
struct input_sources {
	struct val given;           /* NAME=VALUE of options and files, as texts */
	struct val payload;         /* the member `inputs` of a payload; `given` wins */
	struct val secrets;         /* those that are there */
	const struct expr_env *env; /* for the defaults of workflow_call, which may be expressions; may be NULL for checks */
};

struct run_inputs {
	struct val values; /* the inputs context: an object, empty for events that take none */
	struct val texts;  /* github.event.inputs: an object of strings; null when the workflow declares none, or the event has
	                      none */
};

/* The inputs that the event can pass to the workflow; NULL when the event has none. */
const struct interface *inputs_of(const struct workflow *w, struct str event);
/* Says line by line what keeps the workflow from starting: values missing, of the wrong type or no option, secrets missing; then
 * which inputs there are. True when nothing does. */
bool inputs_accepted(struct buf *problems, const struct workflow *w, struct str event, const struct input_sources *from);
/* Says which of the names of both objects (or null) none of the workflows takes, with the nearest name; true when there is none.
 */
bool inputs_known(struct buf *problems, const struct workflow *const *workflows, size_t n, struct str event, struct val given,
                  struct val payload);
/* The values after inputs_accepted: given ones, then defaults, then what the type begins with. -1: a default cannot be evaluated.
 */
int inputs_make(struct run_inputs *out, struct arena *a, const struct workflow *w, struct str event,
                const struct input_sources *from, struct err *err);

#endif
