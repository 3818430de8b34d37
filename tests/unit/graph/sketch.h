/* Workflows for tests written as a few words a line, without YAML:
 *
 *	run build          a run step with id "build"; "-" instead of an id: a generated one
 *	bg lint            the same in the background
 *	uses -             a uses step (bg-uses: in the background)
 *	wait w: a b        targets after the colon; also cancel
 *	wait-all -
 *	parallel           the following lines that start with a blank are its members
 *
 * A name may follow a bar: "run build | Build it". Workflows: "job a", "job b needs a c", then steps indented by one blank
 *(members by two). */
#ifndef TESTS_UNIT_GRAPH_SKETCH_H
#define TESTS_UNIT_GRAPH_SKETCH_H

#include "model/workflow.h"

struct job *sketch_job(struct arena *a, const char *text);
struct workflow *sketch_workflow(struct arena *a, const char *text);

#endif
