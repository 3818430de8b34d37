/* Unicode's White_Space property, which the expression language uses for its blanks. */
#ifndef SIDESTEP_VALUE_BLANK_H
#define SIDESTEP_VALUE_BLANK_H

#include "base/str.h"

/* Length in bytes of the blank at s.p + i, or 0 when there is none. i < s.n. */
unsigned blank_at(struct str s, size_t i);
/* Without the blanks at both ends. */
struct str blank_trim(struct str s);

#endif
