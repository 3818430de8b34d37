/* From a place in a scalar's value to the place in the file: escapes, folding and indentation in between. */
#include "base/utf8.h"
#include "yaml/internal.h"

/* Length in bytes of the escape at s[at] == '\\'. */
static size_t escape_length(struct str s, size_t at)
{
	if (at + 1 >= s.n)
		return 1;
	switch (s.p[at + 1]) {
	case 'x':
		return 4;
	case 'u':
		return 6;
	case 'U':
		return 10;
	default:
		return 2;
	}
}

static bool is_break(char c)
{
	return c == '\n' || c == '\r';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Where the content of a block scalar begins, and how far it is indented. */
static size_t block_start(struct str file, size_t at, size_t to, size_t *indent)
{
	while (at < to && file.p[at] != '\n')
		at++;
	at += at < to;
	*indent = 0;
	for (size_t line = at; line < to;) {
		size_t n = 0;
		while (line + n < to && file.p[line + n] == ' ')
			n++;
		if (line + n < to && !is_break(file.p[line + n])) {
			*indent = n;
			break;
		}
		line += n;
		while (line < to && file.p[line] != '\n')
			line++;
		line++;
	}
	return at;
}

void yspan_map(struct ynode *n, struct arena *a, struct str file)
{
	size_t quote = n->style == YSTYLE_SINGLE || n->style == YSTYLE_DOUBLE;
	if (n->at.to - n->at.from == n->text.n + 2 * quote || str_find(n->text, STR("${{"), 0) == SIZE_MAX)
		return;
	bool block = n->style == YSTYLE_LITERAL || n->style == YSTYLE_FOLDED;
	size_t indent = 0, to = n->at.to, at = block ? block_start(file, n->at.from, to, &indent) : n->at.from + quote;
	uint32_t *map = arena_alloc(a, (n->text.n + 1) * sizeof(*map));
	struct str src = str_to(file, to);
	size_t i = 0;
	bool line_start = block;
	while (i < n->text.n) {
		if (line_start) {
			for (size_t k = 0; at < to && is_space(file.p[at]) && (!block || k < indent); k++)
				at++;
			line_start = false;
		}
		if (at >= to) {
			map[i++] = (uint32_t)to;
			continue;
		}
		char v = n->text.p[i], c = file.p[at];
		if (n->style == YSTYLE_DOUBLE && c == '\\') {
			size_t len = escape_length(src, at);
			if (at + 1 < to && is_break(file.p[at + 1])) { /* an escaped line break joins two lines */
				at += 2;
				line_start = true;
				continue;
			}
			uint32_t cp;
			unsigned bytes = utf8_decode(n->text, i, &cp);
			for (unsigned k = 0; k < bytes && i < n->text.n; k++)
				map[i++] = (uint32_t)at;
			at += len;
		} else if (v == c) {
			map[i++] = (uint32_t)at++;
			at += n->style == YSTYLE_SINGLE && c == '\'' && at < to && file.p[at] == '\'';
			line_start = c == '\n';
		} else if (is_break(c)) { /* folded: the break may have become a blank, or nothing */
			if (v == ' ' || v == '\n')
				map[i++] = (uint32_t)at;
			at++;
			line_start = true;
		} else {
			at++; /* blanks before a fold */
		}
	}
	map[n->text.n] = (uint32_t)(at < to ? at : to);
	n->offsets = map;
}

struct span ynode_span_within(const struct ynode *n, size_t from, size_t to)
{
	if (from > n->text.n)
		from = n->text.n;
	if (to > n->text.n)
		to = n->text.n;
	uint32_t quote = n->style == YSTYLE_SINGLE || n->style == YSTYLE_DOUBLE;
	if (n->offsets) {
		uint32_t end = to > from ? n->offsets[to - 1] + 1 : n->offsets[to];
		return (struct span) { n->at.file, n->offsets[from], MIN(end, n->at.to) };
	}
	if (n->alias_of || n->at.to - n->at.from != n->text.n + 2 * quote)
		return n->at;
	return (struct span) { n->at.file, n->at.from + quote + (uint32_t)from, n->at.from + quote + (uint32_t)to };
}
