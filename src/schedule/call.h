/* A leg that calls a workflow. */
#ifndef SIDESTEP_SCHEDULE_CALL_H
#define SIDESTEP_SCHEDULE_CALL_H

#include "schedule/leg.h"

/* Evaluates inputs and secrets and makes the flow of the called workflow; the leg ends when that is done. */
void call_start(struct leg *l);

#endif
