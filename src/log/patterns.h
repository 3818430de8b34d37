/* A set of byte strings and where they occur in a text: what a masker is made of. Shared by reference between the
 * maskers of a run's jobs; whoever wants to add to a shared set takes a copy first. */
#ifndef SIDESTEP_LOG_PATTERNS_H
#define SIDESTEP_LOG_PATTERNS_H

#include "log/mask.h"

struct pattern_set;

/* Bytes [from, to) of a text. */
struct range {
	size_t from, to;
};

/* Ascending, neither overlapping nor touching; v is heap. */
struct ranges {
	struct range *v;
	size_t n, cap;
};

struct pattern_set *patterns_new(void);
struct pattern_set *patterns_ref(struct pattern_set *set);
void patterns_unref(struct pattern_set *set);
/* The set itself when the caller is its only holder, else a copy; the caller's reference passes over to it. */
struct pattern_set *patterns_own(struct pattern_set *set);
/* Copies the bytes; empty and known texts are ignored. */
void patterns_add(struct pattern_set *set, struct str text);
size_t patterns_count(const struct pattern_set *set);
size_t patterns_longest(const struct pattern_set *set);
/* Appends the places where patterns are, merged; lines_only leaves out patterns with a line break. With out == NULL
 * stops at the first. True when there is one. */
bool patterns_find(struct pattern_set *set, struct str text, bool lines_only, struct ranges *out);
/* Appends a range whose end (or start) is not below those of the ranges before it, merging what overlaps or touches. */
void ranges_add(struct ranges *r, size_t from, size_t to);
void ranges_done(struct ranges *r);
/* For tests: forgoes the processor's special instructions. */
void patterns_plain(struct pattern_set *set);

/* The set of a masker, and the same masking for text that consists of whole lines: patterns with a line break do not
 * count there. masker_lines appends to out and returns true only if something was hit. */
struct pattern_set *masker_patterns(const struct masker *m);
bool masker_lines(const struct masker *m, struct str text, struct buf *out);

#endif
