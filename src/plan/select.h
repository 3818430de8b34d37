/* Which workflows an event starts, and why (not): types, branches, tags, paths. Source: GitHub's workflow syntax, `on`. */
#ifndef SIDESTEP_PLAN_SELECT_H
#define SIDESTEP_PLAN_SELECT_H

#include "model/workflow.h"
#include "plan/payload.h"

enum selection_kind {
	SELECTION_RUNS,
	SELECTION_FILTERED, /* the event is listed, but a filter leaves it out */
	SELECTION_NO_EVENT, /* the event is not listed */
};

/* The answer for one workflow. */
struct selection {
	enum selection_kind kind;
	bool filters;      /* some filter was asked */
	struct str reason; /* one clean line: what decided, e.g. "on.push.branches [main] does not match 'feature/x'" */
};

/* Says whether the event starts the workflow. The repository (may be NULL) is asked for changed files only when a path filter
 * decides; -1 when it is damaged or the patterns ask for unreasonable work. `cron`: which time of a schedule fires; empty: any.
 */
int select_workflow(struct selection *out, struct arena *a, const struct workflow *w, struct trigger_event *e, struct str cron,
                    struct git_repo *repo, struct err *err);

/* The time of the workflow's schedule that fires: `cron` when it is not empty, else the first; empty when there is none. */
struct str select_cron(const struct workflow *w, struct str cron);

#endif
