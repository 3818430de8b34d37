/* The longest chain of a flow's jobs along their needs. */
#ifndef SIDESTEP_SCHEDULE_CRITICAL_H
#define SIDESTEP_SCHEDULE_CRITICAL_H

#include "schedule/flow.h"

/* names: "build → test", in the run's arena; of a single job, its steps. */
void critical_flow(struct flow *f, uint64_t *ns, struct str *names);

#endif
