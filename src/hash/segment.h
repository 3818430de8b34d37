/* One segment of a glob pattern (between slashes), as the official globber reads it: * ? [...] and \ as the escape. */
#ifndef SIDESTEP_HASH_SEGMENT_H
#define SIDESTEP_HASH_SEGMENT_H

#include "base/arena.h"

struct segment_token;

struct segment {
	struct str literal; /* the name it matches, when tokens is NULL */
	struct segment_token *tokens;
	size_t n;
	bool any; /* "**": any number of segments */
};

/* Only the name itself, whatever is in it. */
struct segment segment_name(struct str name);
struct segment segment_read(struct arena *a, struct str text);
/* name: one entry of a directory. "**" is the caller's business. */
bool segment_match(const struct segment *s, struct str name);
/* The text without its escapes when it can match one name only, else empty: what the search starts with. */
struct str segment_plain(struct arena *a, struct str text);

#endif
