/* What a call passes against what the called file declares. */
#ifndef SIDESTEP_MODEL_CALLS_CHECK_H
#define SIDESTEP_MODEL_CALLS_CHECK_H

#include "model/permissions.h"
#include "model/workflow.h"

/* The note of an error in a called file, at the call's `uses`. */
#define CALLED_FROM_HERE "called from here"

void calls_check_inputs(struct diag_list *diags, const struct job *call, const struct interface *takes);
void calls_check_secrets(struct diag_list *diags, const struct job *call, const struct interface *takes);
/* Compares what the called file and its jobs ask for with what the caller has. *most: what the call may do at most; true
 * when that was listed somewhere, not just the repository's default. handed: the list of the callers further up, or NULL. */
bool calls_check_permissions(struct diag_list *diags, struct permissions *most, const struct workflow *caller,
                             const struct job *call, const struct permissions *handed, bool write_policy);

#endif
