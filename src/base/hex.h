/* Bytes as hexadecimal digits. */
#ifndef SIDESTEP_BASE_HEX_H
#define SIDESTEP_BASE_HEX_H

#include <stddef.h>

/* Writes 2n digits in small letters, and a NUL. */
void hex_text(char *out, const void *bytes, size_t n);

#endif
