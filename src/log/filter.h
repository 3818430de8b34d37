/* The first look at a text: where could one of many patterns begin? Answers with false alarms but never
 * misses. Two bit tables over the first bytes of all patterns; with AVX2 in front of them a nibble filter on
 * the first four bytes that looks at 32 places at a time. */
#ifndef SIDESTEP_LOG_FILTER_H
#define SIDESTEP_LOG_FILTER_H

#include "base/str.h"

enum { FILTER_GROUPS = 4, FILTER_DEPTH = 4, FILTER_TRIPLES = 1 << 18, FILTER_GROUPED_MAX = 512 };

struct filter {
	uint64_t triples[FILTER_TRIPLES / 64]; /* hash of the first three bytes; patterns of three bytes and more */
	uint64_t pairs[1024];                  /* first two bytes; patterns of one or two bytes */
	uint64_t singles[4];                   /* patterns of one byte */
	bool shorts;                           /* pairs or singles has a bit */
	bool nibbles;                          /* lo and hi are made and the processor can use them */
	unsigned groups;                       /* of eight buckets each: 1, 2 or 4 */
	uint8_t lo[FILTER_GROUPS][FILTER_DEPTH][16], hi[FILTER_GROUPS][FILTER_DEPTH][16]; /* buckets by nibble */
};

/* Enters a pattern of at least one byte into the bit tables. */
void filter_add(struct filter *f, struct str pattern);
/* Makes the nibble tables from all patterns entered, sorted by their bytes; without them (too many patterns, or a
 * processor that lacks AVX2) the bit tables do the work alone. */
void filter_group(struct filter *f, const struct str *sorted, size_t n);
/* The first place at or after from where a pattern may begin, or text.n. */
size_t filter_next(const struct filter *f, struct str text, size_t from);

#endif
