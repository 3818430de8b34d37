/* Job hooks: scripts that the user of this machine has run around each job. */
#ifndef SIDESTEP_KINDS_HOOK_H
#define SIDESTEP_KINDS_HOOK_H

#include "step/frame.h"

/* Asks for "Set up runner" and "Complete runner" around a job's list of steps, as far as the user's environment names scripts. */
void hook_prepare(struct frame *f);

#endif
