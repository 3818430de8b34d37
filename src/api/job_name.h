/* A job that is asked for by the name under which a run shows it, instead of its id. */
#ifndef SIDESTEP_API_JOB_NAME_H
#define SIDESTEP_API_JOB_NAME_H

#include "model/workflow.h"

/* How the job of that name is asked for, "-j build --matrix os:linux"; empty: no job of the workflow is shown so. *job: that one.
 */
struct str job_name_options(struct arena *a, const struct workflow *w, struct str name, const struct job **job);

#endif
