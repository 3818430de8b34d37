/* The table of `sidestep list`. */
#ifndef SIDESTEP_PLAN_LIST_H
#define SIDESTEP_PLAN_LIST_H

#include "model/workflow.h"

/* Workflows with their events and jobs: stage, id, name, needs, runs-on, steps and background steps. width and
 * color concern the table; width 0 or less means no limit. */
void list_render(struct buf *out, const struct workflow *const *workflows, size_t n, bool json, int width, bool color);

#endif
