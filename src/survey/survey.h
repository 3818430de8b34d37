/* What of a workflow will not run on this machine, seen before anything runs and without starting a program or asking anybody:
 * from the files of the repository, the store of actions, and what lies along PATH. Findings of severity info: GitHub runs it
 * all. */
#ifndef SIDESTEP_SURVEY_SURVEY_H
#define SIDESTEP_SURVEY_SURVEY_H

#include "model/workflow.h"

struct host;

/* Texts live as long as the survey. */
struct survey_options {
	struct host *host;     /* looks for programs and folders; nothing is started */
	struct str root;       /* the repository that `./` actions are in */
	struct str store;      /* of actions of other repositories */
	struct str server;     /* they are from */
	struct str tool_cache; /* where tools are kept */
	char **environ;
};

/* Looks at workflows that are valid; adds to diags. */
void survey_workflows(const struct survey_options *o, struct workflow *const *workflows, size_t n, struct diag_list *diags);

#endif
