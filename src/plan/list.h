/* The table of `sidestep list`. */
#ifndef SIDESTEP_PLAN_LIST_H
#define SIDESTEP_PLAN_LIST_H

#include "model/workflow.h"
#include "plan/select.h"

/* What an event does to each of the workflows. */
struct list_answers {
	struct str event;
	const struct selection *v;
};

/* Workflows with their events and jobs: stage, id, name, needs, runs-on, steps and background steps. answers (may be NULL):
 * whether an event starts them. width and color concern the table; width 0 or less means no limit. */
void list_render(struct buf *out, const struct workflow *const *workflows, size_t n, const struct list_answers *answers,
                 bool json, int width, bool color);

#endif
