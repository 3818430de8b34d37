/* The options of act on the command line of run. */
#ifndef SIDESTEP_CLI_ACT_H
#define SIDESTEP_CLI_ACT_H

#include "cli/run.h"

/* Rows of kind OPT_ACT for the options of act that run has no row of the same name for. They are understood and not offered. */
const struct opt *act_rows(struct cli *c);
/* Whether act has a switch of this name: its long form takes "=true" and "=false". */
bool act_is_switch(const char *name);
/* Does what such a row stands for: sets the option of ours, remembers what is different, or which command was meant. text: its
 * value, or NULL. Answers as option_set. */
int act_set(struct cli *c, const struct opt *row, struct run_args *args, const char *text);
/* One line for each option that does here something else than in act. */
void act_say(const struct run_args *args);
/* The call was for another command, in act's words (--list, --validate): *code is its exit code. */
bool act_command(struct cli *c, const struct run_args *args, int *code);
/* The table act → sidestep, as Markdown. */
void act_table(struct buf *out);

#endif
