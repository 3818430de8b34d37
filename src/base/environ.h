/* Lists of NAME=VALUE, as a process is given them. */
#ifndef SIDESTEP_BASE_ENVIRON_H
#define SIDESTEP_BASE_ENVIRON_H

#include "base/str.h"

/* The value of a variable (with a NUL behind it), the first one of that name; empty: it is not there. list: ends with NULL, and
 * may be NULL itself. */
struct str environ_value(char *const *list, struct str name);

#endif
