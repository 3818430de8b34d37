/* What this machine is, as a label of runs-on would name it. */
#ifndef SIDESTEP_API_MACHINE_H
#define SIDESTEP_API_MACHINE_H

#include "base/arena.h"

/* "ubuntu-24.04", from os-release; empty for systems that no label names. */
struct str machine_label(struct arena *a);

#endif
