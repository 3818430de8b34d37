/* Source files as texts that a message can point at: spans are byte offsets; line and column are
 * computed when somebody must read them. */
#ifndef SIDESTEP_SOURCE_SOURCE_H
#define SIDESTEP_SOURCE_SOURCE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

/* One text, held for as long as its set: nothing is read a second time to show it. */
struct source {
	struct str path; /* what the user would type (relative to where the program was started): for people; nothing is looked up
	                    by it later */
	struct str file; /* the absolute path of the file that it is or will be; empty: none (standard input, a commit's file) */
	struct str text;
	int64_t version; /* of an editor's unsaved text; SOURCE_SAVED: what the file held */
	uint32_t id;     /* its number in the set */
	uint32_t *lines; /* byte offset of each line's start */
	size_t nlines;
};

#define SOURCE_SAVED INT64_C(-1)

/* All texts of one load; the arena owns everything. All zeroes is empty. Texts are never changed: a newer version is a source
 * of its own, so that spans into the older one still mean what they meant. */
struct source_set {
	struct arena *arena;
	struct source **v;
	size_t n, cap;
	struct map unsaved; /* the newest unsaved text, by file */
};

struct span {
	uint32_t file;     /* source id */
	uint32_t from, to; /* bytes, to is exclusive */
};

#define SPAN_NONE ((struct span) { UINT32_MAX, 0, 0 })

struct pos {
	uint32_t line, col; /* from 1; col in code points where nothing else is said */
};

/* What columns count. Bytes that are no UTF-8 count as one each time they would be shown as one U+FFFD. */
enum column_unit { COLUMN_CODE_POINTS, COLUMN_UTF16, COLUMN_BYTES };

enum { SOURCE_MAX = 8 << 20 }; /* bytes; what is larger is refused when read */

/* Adds a text that is already in memory (copied) and belongs to no file. */
struct source *source_add(struct source_set *set, struct str path, struct str text);
/* Adds the unsaved text of a file, as an editor holds it: from now on it is what source_load finds there. A version that is
 * not newer than the one that is there changes nothing. Returns the newest. */
const struct source *source_put(struct source_set *set, struct str file, struct str path, struct str text, int64_t version);
/* The newest unsaved text of a file, or NULL. */
const struct source *source_unsaved(const struct source_set *set, struct str file);
/* The text of a file: unsaved, if there is one, else read. */
int source_load(const struct source **out, struct source_set *set, struct str file, struct str path, struct err *err);
const struct source *source_get(const struct source_set *set, uint32_t id);

/* Where the text begins: behind a byte order mark. */
uint32_t source_begin(const struct source *s);
/* The line alone: a column is counted from the beginning of its line, which may be long. */
uint32_t source_line_at(const struct source *s, uint32_t offset);
struct pos source_pos(const struct source *s, uint32_t offset);
/* The same with columns in another unit. A place inside of a character is that of the character. */
struct pos source_pos_in(const struct source *s, uint32_t offset, enum column_unit unit);
/* The offset of a position: columns behind the line's end are its end, lines behind the last one the text's end. */
uint32_t source_offset(const struct source *s, struct pos p, enum column_unit unit);
/* The text of a line (from 1) without its line end. */
struct str source_line(const struct source *s, uint32_t line);

#endif
