/* Corrections of a text as data, and the one place that applies them. */
#ifndef SIDESTEP_SOURCE_FIX_H
#define SIDESTEP_SOURCE_FIX_H

#include "base/buf.h"
#include "source/source.h"

/* Safe: the one right answer, applied unasked. A suggestion is a guess that a person must look at. */
enum fix_safety { FIX_SAFE, FIX_SUGGESTION };

/* One place and what is to stand there; an empty span is an insertion. */
struct edit {
	struct span at;
	struct str replacement; /* its line ends are \n; the text's own are written */
};

/* A correction: all of its edits or none. */
struct fix {
	struct fix *next; /* another way to correct the same */
	struct str title; /* "write 'steps'" */
	enum fix_safety safety;
	struct edit *edits;
	size_t n;
};

/* What became of a fix in fixes_apply. */
enum fix_result {
	FIX_APPLIED,
	FIX_OVERLAPS, /* an edit touches what an earlier fix of the list changes, or its edits touch each other */
	FIX_OUTSIDE,  /* an edit is in another source, behind the end, in the byte order mark or inside of a character */
};

/* A fix with no edits yet, in the arena, and one more edit of it. */
struct fix *fix_new(struct arena *a, enum fix_safety safety, struct str title);
void fix_edit(struct arena *a, struct fix *f, struct span at, struct str replacement);

/* Appends the source's text with the fixes applied that can be, each wholly or not at all; of two that touch the same place
 * the first in the list wins. results[i] tells what became of fixes[i]. Returns how many were applied. What no edit
 * touches stays byte for byte: byte order mark, line ends, bytes that are not UTF-8. */
size_t fixes_apply(struct buf *out, const struct source *src, const struct fix *const *fixes, size_t n, enum fix_result *results);

#endif
