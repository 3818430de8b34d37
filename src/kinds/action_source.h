/* An action that a step uses, found: its folder, its file, where it is from. The seam between what finds actions (in the
 * workspace, in a repository) and the kinds that run them, one for each way `runs.using` names. */
#ifndef SIDESTEP_KINDS_ACTION_SOURCE_H
#define SIDESTEP_KINDS_ACTION_SOURCE_H

#include "model/action.h"
#include "step/step.h"

enum { ACTION_DEPTH_MAX = 9 };

struct action_source {
	struct action *action;            /* ->dir: where its files lie for the steps of this job */
	const struct source_set *sources; /* that hold its file */
	struct str repository, ref, sha; /* of another repository ("owner/repo"); empty: of the workspace, or of the workflow's */
	bool stubbed;                    /* --stub has put it in the place of another one */
};

enum action_found {
	ACTION_NOT_FOUND = -1, /* the step has said why, and failed */
	ACTION_FOUND,
	ACTION_PENDING, /* it is still being copied: nothing was said, ask again */
};

/* The action that a step names. What the runner has against its file is not looked at. a: what *out lives in. */
enum action_found action_source_find(const struct action_source **out, struct arena *a, struct step_run *s);
/* Why an action that was found cannot run here, or NULL; inside: the action that holds the step, or NULL. */
const char *action_missing(struct arena *a, const struct step *step, const struct action *inside, const struct action *action);
/* What the step gives it, then the defaults of its other inputs; unexpected ones are warned of. After EVAL_ERROR the step has
 * failed. */
enum eval_result kind_action_inputs(struct step_run *s, const struct action_source *source, struct val *inputs);

#endif
