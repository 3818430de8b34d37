/* How the value of a YAML scalar stands in its file: from bytes of the value to bytes of the text, through quotes, escapes,
 * folding and indentation. Computed when somebody asks, from what every node and token keeps: span, style and value. */
#ifndef SIDESTEP_SOURCE_SCALAR_H
#define SIDESTEP_SOURCE_SCALAR_H

#include "source/source.h"

enum scalar_style { SCALAR_PLAIN, SCALAR_SINGLE, SCALAR_DOUBLE, SCALAR_LITERAL, SCALAR_FOLDED };

/* One byte of the value in the file; the bytes of an escaped character all have the whole escape. */
struct scalar_byte {
	uint32_t from, to;
};

/* The map of one scalar. */
struct scalar_map {
	struct span at;                  /* the whole scalar */
	size_t n;                        /* bytes of the value */
	const struct scalar_byte *bytes; /* n of them; NULL: the value stands in the file just so */
	uint32_t first;                  /* from here on; SCALAR_UNKNOWN: nothing is known about the inside (an alias) */
};

#define SCALAR_UNKNOWN UINT32_MAX

/* Fills the map; at is the scalar with its quotes and whatever tag or anchor stands in front of it. The arena gets the table
 * when one is needed. */
void scalar_map(struct scalar_map *out, struct arena *a, const struct source *src, struct span at, enum scalar_style style,
                struct str value);
/* The place of value bytes [from, to) in the file; of all of the scalar where nothing better is known. Empty ranges are
 * empty places. */
struct span scalar_span(const struct scalar_map *m, size_t from, size_t to);

#endif
