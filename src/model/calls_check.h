/* What a call passes against what the called file declares. */
#ifndef SIDESTEP_MODEL_CALLS_CHECK_H
#define SIDESTEP_MODEL_CALLS_CHECK_H

#include "model/permissions.h"
#include "model/workflow.h"

/* The note of an error in a called file, at the call's `uses`. */
#define CALLED_FROM_HERE "called from here"

/* Whether the called file may be called, and its inputs and secrets. */
void calls_check_interface(struct diag_list *diags, const struct job *call);
/* Compares what the called file and its jobs ask for with what the caller has. *most: what the call may do at most; true
 * when that was listed somewhere, not just the repository's default. handed: the list of the callers further up, or NULL. */
bool calls_check_permissions(struct diag_list *diags, struct permissions *most, const struct workflow *caller,
                             const struct job *call, const struct permissions *handed, bool write_policy);

/* The same of caches: what the call may do with them at most (model/cache_mode.h). handed: what the callers further up may; 0:
 * they say nothing. */
unsigned calls_check_cache(struct diag_list *diags, const struct workflow *caller, const struct job *call, unsigned handed);

#endif
