/* What Sidestep does not have yet, in the words of all who say it: the check of files, the job that is refused, the step that
 * fails, the plan. */
#ifndef SIDESTEP_PLAN_LACKS_H
#define SIDESTEP_PLAN_LACKS_H

#include "model/action.h"
#include "model/workflow.h"

/* "container actions", "actions of other repositories": what is put into a sentence. */
extern const char lacks_container_actions[];
/* Why a job cannot run, whatever its steps are; NULL: it can. *at (may be NULL): what asks for it. */
const char *lacks_of_job(const struct job *job, struct span *at);
/* Whether a step names an image to be run. */
bool lacks_is_image(const struct step *step);
/* What the program lacks for an action that was read; NULL: nothing. */
const char *lacks_of_action(const struct action *action);
/* "container actions are not available in this version of sidestep" */
struct str lacks_sentence(struct arena *a, const char *what);

#endif
