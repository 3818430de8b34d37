/* Control bytes, escape sequences and deceiving characters; see clean.h. */
#include "base/clean.h"

#include "base/utf8.h"

enum { ESC = 0x1B, BEL = 0x07, SGR_MAX = 64 };

/* Length of the escape sequence at s.p[i] (an ESC), 0 when it is none that ends on this line. */
static size_t escape_length(struct str s, size_t i, bool *sgr)
{
	*sgr = false;
	if (i + 1 >= s.n)
		return 0;
	unsigned char kind = (unsigned char)s.p[i + 1];
	size_t at = i + 2;
	if (kind == '[') {
		while (at < s.n && s.p[at] >= 0x20 && s.p[at] <= 0x3F)
			at++;
		if (at >= s.n || s.p[at] < 0x40 || s.p[at] > 0x7E)
			return 0;
		*sgr = s.p[at] == 'm' && at - i < SGR_MAX;
		for (size_t k = i + 2; k < at; k++)
			*sgr = *sgr && s.p[k] <= ';' && s.p[k] >= '0';
		return at + 1 - i;
	}
	if (kind == ']' || kind == 'P' || kind == '_' || kind == '^' || kind == 'X') { /* strings: up to BEL or ESC \ */
		for (; at < s.n; at++) {
			if (s.p[at] == BEL)
				return at + 1 - i;
			if (s.p[at] == ESC)
				return at + 1 < s.n && s.p[at + 1] == '\\' ? at + 2 - i : 0;
		}
		return 0;
	}
	while (at - 1 < s.n && s.p[at - 1] >= 0x20 && s.p[at - 1] <= 0x2F) /* ESC ( B and the like */
		at++;
	return at - 1 < s.n && s.p[at - 1] >= 0x30 && s.p[at - 1] <= 0x7E ? at - i : 0;
}

static void show_control(struct buf *out, unsigned char c)
{
	buf_addc(out, '^');
	buf_addc(out, (char)(c ^ 0x40)); /* 0x7F: ^? */
}

/* One control byte or escape sequence at s.p[i]; returns its length. */
static size_t clean_control(struct buf *out, struct str s, size_t i, unsigned flags, bool *colored)
{
	unsigned char c = (unsigned char)s.p[i];
	if (c == ESC && !(flags & CLEAN_SHOW)) {
		bool sgr;
		size_t n = escape_length(s, i, &sgr);
		if (sgr && (flags & CLEAN_SGR)) {
			buf_add(out, s.p + i, n);
			*colored = true;
		}
		if (n)
			return n;
	}
	if (c == '\n' || c == '\r')
		buf_addc(out, ' ');
	else if (c == '\t' && !(flags & CLEAN_TABS))
		buf_addc(out, '\t');
	else
		show_control(out, c);
	return 1;
}

bool clean_is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
}

bool clean_is_deceiving(uint32_t cp)
{
	return (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || (cp >= 0xE0000 && cp <= 0xE007F);
}

int clean_put_code(struct buf *out, uint32_t cp)
{
	size_t before = out->n;
	buf_addf(out, "<U+%04X>", (unsigned)cp);
	return (int)(out->n - before);
}

/* A sequence outside ASCII. C1 controls would start escape sequences on some terminals. */
static size_t clean_wide(struct buf *out, struct str s, size_t i)
{
	uint32_t cp;
	unsigned n = utf8_decode(s, i, &cp);
	if (clean_is_deceiving(cp))
		clean_put_code(out, cp);
	else
		utf8_append(out, cp < 0xA0 ? 0xFFFD : cp);
	return n;
}

size_t clean_next(struct str s, size_t i, size_t *cells)
{
	*cells = 0;
	if (s.p[i] == ESC) {
		bool sgr;
		size_t n = escape_length(s, i, &sgr);
		return n ? n : 1;
	}
	if (s.p[i] >= 0x20 && s.p[i] < 0x7F) {
		*cells = 1;
		return 1;
	}
	uint32_t cp;
	unsigned n = utf8_decode(s, i, &cp);
	*cells = (size_t)utf8_width(cp);
	return n;
}

static void expand_tab(struct buf *out, size_t start)
{
	size_t used = 0, cells;
	for (size_t i = start; i < out->n; used += cells)
		i += clean_next(buf_str(out), i, &cells);
	for (size_t i = used % 8; i < 8; i++)
		buf_addc(out, ' ');
}

void clean_line(struct buf *out, struct str s, unsigned flags)
{
	size_t segment = out->n; /* after the last tab: at a multiple of 8 */
	bool colored = false;
	for (size_t i = 0; i < s.n;) {
		size_t from = i;
		while (i < s.n && s.p[i] >= 0x20 && s.p[i] < 0x7F)
			i++;
		buf_add(out, s.p + from, i - from);
		if (i == s.n)
			break;
		if (s.p[i] == '\t' && (flags & CLEAN_TABS)) {
			expand_tab(out, segment);
			segment = out->n;
			i++;
		} else if ((unsigned char)s.p[i] >= 0x80) {
			i += clean_wide(out, s, i);
		} else {
			i += clean_control(out, s, i, flags, &colored);
		}
	}
	if (colored)
		buf_adds(out, "\x1b[0m");
}

void clean_append(struct buf *out, struct str s)
{
	clean_line(out, s, CLEAN_SHOW);
}

void clean_lines(struct buf *out, struct str s)
{
	for (size_t end; (end = str_find_c(s, '\n', 0)) != SIZE_MAX; s = str_from(s, end + 1)) {
		clean_append(out, str_to(s, end));
		buf_addc(out, '\n');
	}
	clean_append(out, s);
}
