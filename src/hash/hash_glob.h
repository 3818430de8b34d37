/* The patterns of hashFiles(), read together, as an automaton over the segments of a path: the search carries its states from a
 * directory to its entries, so that nothing is matched twice. */
#ifndef SIDESTEP_HASH_HASH_GLOB_H
#define SIDESTEP_HASH_HASH_GLOB_H

#include "base/err.h"
#include "base/vec.h"

struct glob_pattern;

/* Sorted by pattern; which positions of the patterns a path has come to. */
struct glob_states {
	VEC(uint32_t);
};

struct glob {
	struct arena *a;
	struct {
		VEC(struct glob_pattern *);
	} patterns;
	struct {
		VEC(struct str);
	} roots; /* where to search, absolute, in this order */
	size_t nstates;
	uint64_t *seen; /* per state: in which call it was added */
	uint64_t round;
	uint32_t *pattern_of; /* per state */
};

/* Reads lines of patterns; workspace absolute and without links. An error is what makes the official one refuse. */
int glob_read(struct glob *g, struct arena *a, struct str lines, struct str workspace, struct str home, struct err *err);
/* The states at "/". */
void glob_start(struct glob *g, struct arena *a, struct glob_states *out);
/* The states of the entry `name` of a directory with the states `from`; out is replaced. */
void glob_step(struct glob *g, struct arena *a, struct glob_states *out, const struct glob_states *from, struct str name);
/* Whether a file with these states is wanted, and whether anything below a directory with them can be. */
bool glob_wants(const struct glob *g, const struct glob_states *s);
bool glob_descends(const struct glob *g, const struct glob_states *s);

#endif
