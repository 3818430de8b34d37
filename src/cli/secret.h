/* Secrets given by name only: from the environment, or asked for. */
#ifndef SIDESTEP_CLI_SECRET_H
#define SIDESTEP_CLI_SECRET_H

#include "cli/options.h"

/* Turns every NAME of the list into NAME=VALUE; entries that have a value stay. signal_fd is watched while
 * the terminal is asked. OPTIONS_GO_ON, or an exit code when one cannot be had. */
int secrets_resolve(struct cli *c, struct opt_list *secrets, int signal_fd);

#endif
