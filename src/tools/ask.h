/* Asking a program of this machine for something short: for the helper alone, which may wait. */
#ifndef SIDESTEP_TOOLS_ASK_H
#define SIDESTEP_TOOLS_ASK_H

#include "base/arena.h"
#include "base/err.h"
#include "os/host.h"

/* What it prints, without the blanks around it. argv[0]: the program's absolute path; NULL-terminated. It fails with another exit
 * code than 0, and when it takes longer than `seconds`; err then has the last line that it said. */
int program_ask(struct str *out, struct arena *a, struct host *h, const char *const *argv, char *const *env, unsigned seconds,
                struct err *err);

#endif
