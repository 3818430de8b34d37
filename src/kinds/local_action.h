/* Actions that lie in the workspace or in the repository of the workflow: finding and reading them. */
#ifndef SIDESTEP_KINDS_LOCAL_ACTION_H
#define SIDESTEP_KINDS_LOCAL_ACTION_H

#include "model/action.h"
#include "step/job_base.h"

/* An action with the sources that hold its file. */
struct local_action {
	struct action *action;
	const struct source_set *sources;
};

/* ./path, .\path or $/path */
bool local_action_is(struct str uses);
/* Its folder: ./ is in the workspace as it is now, $/ in the repository that holds the workflow. */
struct str local_action_folder(struct arena *a, const struct job_base *j, struct str uses, struct str workspace);
/* 0; 1: no action is there; -1: it cannot be read. */
int local_action_load(struct local_action *out, struct arena *a, struct job_base *j, struct str dir, struct err *err);
#endif
