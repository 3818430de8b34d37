/* Bump allocation for everything that shares one lifetime (a loaded file, a plan, a job, a step).
 *
 * Nothing is freed singly. Running out of memory ends the process here, with a message, and nowhere
 * else in the code base. Under AddressSanitizer every allocation is a malloc of its own, so that
 * overruns inside an arena are seen. */
#ifndef SIDESTEP_BASE_ARENA_H
#define SIDESTEP_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/macros.h"
#include "base/str.h"

struct arena_block;

/* In place; all zeroes is an empty arena. */
struct arena {
	struct arena_block *head; /* newest block */
	size_t used;              /* bytes handed out, for limits and reports */
};

/* Frees everything; the arena is then empty and may be used again. */
void arena_done(struct arena *a);
/* Forgets everything but keeps one block for the next use: for scratch arenas in loops. */
void arena_clear(struct arena *a);

/* Never NULL; aligned for any type; arena_alloc leaves the bytes undefined, arena_zalloc zeroes them. */
void *arena_alloc(struct arena *a, size_t n);
void *arena_zalloc(struct arena *a, size_t n);
/* Grows the array at p from old to n bytes: in place when it was the last allocation, else by copy. */
void *arena_grow(struct arena *a, void *p, size_t old, size_t n);

#define arena_make(a, type)     ((type *)arena_zalloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_zalloc((a), sizeof(type) * (n)))

/* Copies; the copy always has a NUL behind it that n does not count. */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
char *arena_strdup(struct arena *a, const char *s);
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct str arena_vprintf(struct arena *a, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/* malloc, calloc and realloc that end the process instead of returning NULL: for heap objects with an
 * owner of their own. */
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);

#endif
