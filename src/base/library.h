/* A shared library that is loaded when it is first needed, for what few runs use: its functions go into a table of pointers. */
#ifndef SIDESTEP_BASE_LIBRARY_H
#define SIDESTEP_BASE_LIBRARY_H

#include "base/err.h"

struct library_symbol {
	const char *name;
	size_t offset; /* of its pointer in the table */
};

/* Loads the library of that file name ("libz.so.1") and writes the address of each symbol into the table. It stays until the
 * process ends; loading it again costs a look-up. ERR_MISSING: it is not installed; ERR_UNSUPPORTED: it lacks a symbol. */
int library_load(void *table, const char *file, const struct library_symbol *symbols, size_t n, struct err *err);

#endif
