/* Options from configuration files: the rows say what may stand there, the library reads and checks. */
#ifndef SIDESTEP_CLI_CONFIGURED_H
#define SIDESTEP_CLI_CONFIGURED_H

#include "cli/options.h"

/* A verb that heeds configuration. */
struct configured {
	const char *section; /* the mapping its options stand in, or NULL: at the top */
	void *args;          /* its struct, all zeroes at first */
	size_t size;
	const char *const *directory; /* where a call starts; in args */
	const int *off;               /* set: no files are to be read; in args, or NULL */
	const int *verbosity;         /* 1: say which files were read, -1: no notes; in args, or NULL */
	bool act_files;               /* those of act count, too */
};

/* As options_parse, with what configuration says below what the command line says. */
int options_parse_configured(struct cli *c, int argc, char **argv, const struct configured *how);

#endif
