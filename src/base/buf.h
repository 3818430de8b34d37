/* A growing byte buffer on the heap that knows its largest allowed size. */
#ifndef SIDESTEP_BASE_BUF_H
#define SIDESTEP_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"
#include "base/str.h"

struct buf {
	char *p;
	size_t n, cap;
	size_t max;    /* 0: no limit of its own (callers bound what they add) */
	bool overflow; /* something was dropped because of max */
};

#define BUF_INIT        ((struct buf) { 0 })
#define BUF_INIT_MAX(m) ((struct buf) { .max = (m) })
#define _cleanup_buf_   __attribute__((cleanup(buf_done)))

void buf_done(struct buf *b);
static inline void buf_clear(struct buf *b)
{
	b->n = 0;
	b->overflow = false;
}
/* Makes room for n more bytes; false (and .overflow) when max forbids. */
bool buf_reserve(struct buf *b, size_t n);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addstr(struct buf *b, struct str s);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_addvf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
/* Drops the first n bytes. */
void buf_shift(struct buf *b, size_t n);
/* Text with a NUL behind it (not counted); never NULL. */
const char *buf_cstr(struct buf *b);
static inline struct str buf_str(const struct buf *b)
{
	return (struct str) { b->p ? b->p : "", b->n };
}

#endif
