/* Random identifiers in the form of a version 4 UUID. */
#ifndef SIDESTEP_BASE_UUID_H
#define SIDESTEP_BASE_UUID_H

/* Thirty-six characters and a NUL, never the same twice. */
void uuid_make(char out[static 37]);

#endif
