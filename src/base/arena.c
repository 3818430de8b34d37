/* Bump allocation; see arena.h. Blocks double up to 1 MiB; big requests get a block of their own size. */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

enum { FIRST_BLOCK = 4096, LARGEST_STEP = 1 << 20 };

struct arena_block {
	struct arena_block *next; /* older */
	size_t size, used;
	alignas(max_align_t) char data[];
};

static void out_of_memory(size_t n)
{
	fprintf(stderr, "sidestep: out of memory (%zu bytes wanted)\n", n);
	_exit(4);
}

void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);
	if (!p)
		out_of_memory(n);
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);
	if (!p)
		out_of_memory(n * size);
	return p;
}

void *xrealloc(void *old, size_t n)
{
	void *p = realloc(old, n ? n : 1);
	if (!p)
		out_of_memory(n);
	return p;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;
	return memcpy(xmalloc(n), s, n);
}

void arena_done(struct arena *a)
{
	while (a->head) {
		struct arena_block *b = a->head;
		a->head = b->next;
		free(b);
	}
	a->used = 0;
}

void arena_clear(struct arena *a)
{
#ifdef ARENA_ASAN
	arena_done(a);
#else
	if (!a->head)
		return;
	struct arena_block *keep = a->head;
	a->head = keep->next;
	keep->next = NULL;
	arena_done(a);
	if (keep->size > LARGEST_STEP) {
		free(keep);
		return;
	}
	keep->used = 0;
	a->head = keep;
#endif
}

static struct arena_block *add_block(struct arena *a, size_t size)
{
	struct arena_block *b = xmalloc(sizeof(*b) + size);
	b->next = a->head;
	b->size = size;
	b->used = 0;
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	if (n > SIZE_MAX / 2)
		out_of_memory(n);
	size_t room = (n + align - 1) & ~(align - 1);
	a->used += room;
#ifdef ARENA_ASAN
	struct arena_block *own = add_block(a, n);
	own->used = n;
	return own->data;
#else
	struct arena_block *b = a->head;
	if (!b || b->size - b->used < room) {
		size_t size = b ? b->size * 2 : FIRST_BLOCK;
		if (size > LARGEST_STEP)
			size = LARGEST_STEP;
		b = add_block(a, room > size ? room : size);
	}
	void *p = b->data + b->used;
	b->used += room;
	return p;
#endif
}

void *arena_zalloc(struct arena *a, size_t n)
{
	return memset(arena_alloc(a, n), 0, n);
}

void *arena_grow(struct arena *a, void *p, size_t old, size_t n)
{
#ifndef ARENA_ASAN
	const size_t align = alignof(max_align_t);
	size_t was = (old + align - 1) & ~(align - 1), room = (n + align - 1) & ~(align - 1);
	struct arena_block *b = a->head;
	if (p && b && (char *)p + was == b->data + b->used && b->size - (b->used - was) >= room) {
		b->used += room - was;
		a->used += room - was;
		return p;
	}
#endif
	void *q = arena_alloc(a, n);
	if (old)
		memcpy(q, p, old < n ? old : n);
	return q;
}

struct str arena_str(struct arena *a, struct str s)
{
	return (struct str) { arena_cstr(a, s), s.n };
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_cstr(a, str_of(s));
}

struct str arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	assert(n >= 0);
	char *p = arena_alloc(a, (size_t)n + 1);
	vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return (struct str) { p, (size_t)n };
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}
