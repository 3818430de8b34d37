/* Completion scripts made from the rows, one function a shell. */
#ifndef SIDESTEP_CLI_COMPLETION_H
#define SIDESTEP_CLI_COMPLETION_H

#include "cli/verbs.h"

void completion_bash(struct buf *out);
void completion_zsh(struct buf *out);
void completion_fish(struct buf *out);

#endif
