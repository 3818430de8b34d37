/* A leg that calls a workflow. */
#ifndef SIDESTEP_SCHEDULE_CALL_H
#define SIDESTEP_SCHEDULE_CALL_H

#include "schedule/run.h"

/* start evaluates inputs and secrets and makes the flow of the called workflow; the leg ends when that is done. */
extern const struct call_ops call_ops;

#endif
