/* Concurrency groups across all processes of this machine that run the same repository. */
#ifndef SIDESTEP_STORE_GATE_FILE_H
#define SIDESTEP_STORE_GATE_FILE_H

#include "schedule/gate.h"

/* dir: the folder of such files, made when needed; repository: groups of different ones have nothing to do with each
 * other. Tickets of processes that are gone do not count. */
struct gate *gate_files_new(const char *dir, struct str repository);

#endif
