/* NAME=VALUE lists: from options and from files in the form of .env files. */
#ifndef SIDESTEP_CONFIG_PAIRS_H
#define SIDESTEP_CONFIG_PAIRS_H

#include <sidestep/run.h>

#include "base/err.h"
#include "value/val.h"

/* Adds every NAME=VALUE to the object. One without '=': an error that names the option. */
int pairs_add(struct val object, struct arena *a, const struct sidestep_strings *list, const char *option, struct err *err);
/* Adds every entry of the files (relative to dir): NAME=VALUE or NAME: VALUE lines, # comments, blank lines, `export ` in
 * front, 'single' and "double" quotes around values of one or more lines. $NAME and ${NAME} outside of single quotes are
 * values from further up in the file, when it has them; between double quotes there are the escapes \n \r \t \\ \" \$. Anything
 * else: an error with file and line. */
int pairs_add_files(struct val object, struct arena *a, struct str dir, const struct sidestep_strings *files, struct err *err);
/* The entries of one text; path: how an error calls it. */
int pairs_parse(struct val object, struct arena *a, struct str text, const char *path, struct err *err);

#endif
