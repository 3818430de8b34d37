/* The needs of a workflow's jobs as numbers: who needs whom, and in which stage each job can run. */
#ifndef SIDESTEP_GRAPH_STAGES_H
#define SIDESTEP_GRAPH_STAGES_H

#include "model/workflow.h"

/* Numbers are positions in workflow->jobs. */
struct job_needs {
	uint32_t *v; /* without repeats, unknown ids and the job itself, in the order written */
	size_t n;
};

struct stages {
	struct job_needs *needs; /* per job */
	uint32_t *stage;         /* per job: 0 = needs nothing; else one more than its latest need */
	uint32_t n;              /* stages */
	uint32_t *order;         /* all jobs by stage, in one stage as in the file */
	uint32_t *topological;   /* all jobs, each after what it needs */
	size_t njobs;
};

/* Ids compare without case. Jobs in a circle (an invalid file) all get the last stage, so nothing hangs. */
void stages_make(struct stages *out, struct arena *a, const struct workflow *w);

#endif
