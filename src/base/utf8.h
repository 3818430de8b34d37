/* UTF-8: decoding, validation, column counting. */
#ifndef SIDESTEP_BASE_UTF8_H
#define SIDESTEP_BASE_UTF8_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Decodes one code point at s.p + i; returns its length in bytes (1..4). Bad bytes give U+FFFD and
 * the length of the maximal bad prefix (WHATWG: at least 1). i < s.n. */
unsigned utf8_decode(struct str s, size_t i, uint32_t *cp);
/* Appends cp as UTF-8 (surrogates and values out of range as U+FFFD). */
void utf8_append(struct buf *b, uint32_t cp);
bool utf8_valid(struct str s);
/* Length of the longest valid prefix. */
size_t utf8_valid_prefix(struct str s);
/* Appends s with every bad sequence as U+FFFD. */
void utf8_append_clean(struct buf *b, struct str s);
size_t utf8_count(struct str s);       /* code points */
size_t utf8_utf16_units(struct str s); /* as .NET counts length */
/* Terminal cells a code point takes: 0 for combining marks and controls, 2 for wide ones, else 1. */
int utf8_width(uint32_t cp);

#endif
