/* Growing buffers; see buf.h. */
#include "base/buf.h"

#include <assert.h>

#include "base/arena.h"

void buf_done(struct buf *b)
{
	free(b->p);
	*b = (struct buf) { .max = b->max };
}

bool buf_reserve(struct buf *b, size_t n)
{
	if (b->max && (n > b->max || b->n > b->max - n)) {
		b->overflow = true;
		return false;
	}
	if (b->cap - b->n > n)
		return true; /* one byte to spare for the NUL */
	size_t cap = b->cap ? b->cap : 64;
	while (cap - b->n <= n)
		cap *= 2;
	b->p = xrealloc(b->p, cap);
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (n == 0 || !buf_reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	if (buf_reserve(b, 1))
		b->p[b->n++] = c;
}

void buf_addstr(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_addvf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	assert(n >= 0);
	if (buf_reserve(b, (size_t)n + 1)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_addvf(b, fmt, ap);
	va_end(ap);
}

void buf_shift(struct buf *b, size_t n)
{
	assert(n <= b->n);
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

const char *buf_cstr(struct buf *b)
{
	if (!b->p)
		return "";
	b->p[b->n] = '\0'; /* buf_reserve keeps the room */
	return b->p;
}
