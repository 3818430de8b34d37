/* The services of the run (service/service.h) as a step finds them in its environment. */
#ifndef SIDESTEP_STEP_SERVICES_H
#define SIDESTEP_STEP_SERVICES_H

#include "context/procenv.h"
#include "step/step.h"

/* Adds the variables that s->services asks for. The first step of a session that needs any starts the helper; when it cannot be
 * started the job is told so, and the variables are left out. */
void step_add_services(struct procenv *p, struct step_run *s);
/* The job has ended: its tokens are worth nothing any more. */
void job_base_end_services(struct job_base *j);

#endif
