/* What the files of this folder share. */
#ifndef SIDESTEP_VALUE_INTERNAL_H
#define SIDESTEP_VALUE_INTERNAL_H

#include "value/val.h"

/* Equal for strings that fold_equal calls equal. */
uint64_t fold_hash(struct str s);

enum { NUMBER_TEXT_MAX = 40 };
/* Writes the language's text of d ("%.15G", zero without sign) and returns its length. */
size_t number_format(char out[NUMBER_TEXT_MAX], double d);
/* The shortest of 15 to 17 digits that reads back as d, which is finite. */
size_t number_format_exact(char out[NUMBER_TEXT_MAX], double d);

#endif
