/* The runner context: the machine as a job sees it. */
#ifndef SIDESTEP_CONTEXT_RUNNER_H
#define SIDESTEP_CONTEXT_RUNNER_H

#include "session/session.h"

/* temp, workspace: of the job. */
struct val runner_context(struct arena *a, const struct exec_options *opt, struct str temp, struct str workspace);

#endif
