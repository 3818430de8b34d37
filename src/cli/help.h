/* Texts made from the rows: --help and the manual page. */
#ifndef SIDESTEP_CLI_HELP_H
#define SIDESTEP_CLI_HELP_H

#include "cli/verbs.h"

/* Help of one verb, or of the program when v is NULL; returns the exit code. */
int help_print(const struct cli *c, const struct verb *v);
/* The manual page sidestep(1), as troff. */
void help_man(struct buf *out);
/* The version, and the commit it was built from. */
void help_version(struct buf *out);
/* The options of run, as a JSON array of objects with name, default, type and description. */
void help_options_json(struct buf *out);

#endif
