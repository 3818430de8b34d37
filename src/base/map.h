/* String-keyed hash map in an arena; keeps insertion order; keys compare byte for byte. */
#ifndef SIDESTEP_BASE_MAP_H
#define SIDESTEP_BASE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct map_entry {
	struct str key;
	void *value;
	uint64_t hash;
};

/* All zeroes is empty. Entries stand in order of first insertion. */
struct map {
	struct map_entry *v;
	size_t n, cap;
	uint32_t *slots; /* index + 1 into v, 0 = free */
	size_t nslots;
};

/* NULL when absent. */
void *map_get(const struct map *m, struct str key);
bool map_has(const struct map *m, struct str key);
/* Sets or replaces (the first spelling of the key stays). The key's bytes are not copied. */
void map_put(struct arena *a, struct map *m, struct str key, void *value);
/* Removes; order of the rest is kept; O(n). */
bool map_remove(struct map *m, struct str key);

#endif
