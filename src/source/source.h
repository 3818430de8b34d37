/* Source files as texts that a message can point at: spans are byte offsets; line and column are
 * computed when somebody must read them. */
#ifndef SIDESTEP_SOURCE_SOURCE_H
#define SIDESTEP_SOURCE_SOURCE_H

#include "base/arena.h"
#include "base/err.h"

/* One loaded text. Path is what the user would type (relative to where the program was started). */
struct source {
	struct str path;
	struct str text;
	uint32_t id;     /* its number in the set */
	uint32_t *lines; /* byte offset of each line's start */
	size_t nlines;
};

/* All texts of one load; the arena owns everything. All zeroes is empty. */
struct source_set {
	struct arena *arena;
	struct source **v;
	size_t n, cap;
};

struct span {
	uint32_t file;     /* source id */
	uint32_t from, to; /* bytes, to is exclusive */
};

#define SPAN_NONE ((struct span) { UINT32_MAX, 0, 0 })

struct pos {
	uint32_t line, col; /* from 1; col in Unicode code points */
};

enum { SOURCE_MAX = 8 << 20 }; /* bytes; what is larger is refused when read */

/* Adds a text that is already in memory (copied) or reads a file. */
struct source *source_add(struct source_set *set, struct str path, struct str text);
int source_load(struct source **out, struct source_set *set, const char *path, struct err *err);
const struct source *source_get(const struct source_set *set, uint32_t id);

/* Where the text begins: behind a byte order mark. */
uint32_t source_begin(const struct source *s);
/* The line alone: a column is counted from the beginning of its line, which may be long. */
uint32_t source_line_at(const struct source *s, uint32_t offset);
struct pos source_pos(const struct source *s, uint32_t offset);
/* The text of a line (from 1) without its line end. */
struct str source_line(const struct source *s, uint32_t line);

#endif
