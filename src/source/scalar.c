/* From a place in a scalar's value to the place in the file; see scalar.h. The scalar is decoded once more, byte by byte
 * and with its places, and compared with the value on the way: where the two part, nothing is known about the inside. */
#include "source/scalar.h"

#include "base/utf8.h"

/* A decoding in progress. */
struct decoder {
	struct str file; /* up to the scalar's end */
	struct str value;
	struct scalar_byte *bytes;
	size_t at; /* in the file */
	size_t n;  /* bytes of the value that are placed */
	bool failed;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Length of the line break at an offset, 0 when there is none: CR LF, LF, CR, NEL, LS, PS. */
static size_t break_length(struct str s, size_t at)
{
	if (at >= s.n)
		return 0;
	const unsigned char *p = (const unsigned char *)s.p + at;
	size_t left = s.n - at;
	if (p[0] == '\r')
		return left > 1 && p[1] == '\n' ? 2 : 1;
	if (p[0] == '\n')
		return 1;
	if (p[0] == 0xC2 && left > 1 && p[1] == 0x85)
		return 2;
	return p[0] == 0xE2 && left > 2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9) ? 3 : 0;
}

/* LS and PS stay what they are, all other breaks become a newline. */
static bool is_kept_break(size_t length)
{
	return length == 3;
}

static bool is_complete(const struct decoder *d)
{
	return d->failed || d->n == d->value.n;
}

/* The next byte of the value is c and comes from [from, to). */
static void place(struct decoder *d, char c, size_t from, size_t to)
{
	if (is_complete(d) || d->value.p[d->n] != c)
		d->failed = true;
	else
		d->bytes[d->n++] = (struct scalar_byte) { (uint32_t)from, (uint32_t)to };
}

/* Bytes that stand in the file as they are in the value. */
static void place_bytes(struct decoder *d, size_t n)
{
	for (size_t end = d->at + n; d->at < end; d->at++)
		place(d, d->file.p[d->at], d->at, d->at + 1);
}

static void place_break(struct decoder *d, size_t at, size_t length)
{
	if (!is_kept_break(length)) {
		place(d, '\n', at, at + length);
		return;
	}
	for (size_t i = 0; i < length; i++)
		place(d, d->file.p[at + i], at + i, at + i + 1);
}

/* ---- plain and quoted scalars ---- */

/* Blanks, and perhaps line breaks: blanks alone stay, breaks are folded. joined: an escaped break stands in front. */
static void place_fold(struct decoder *d, bool joined)
{
	size_t start = d->at, first = SIZE_MAX, first_length = 0, more = 0, n;
	for (; d->at < d->file.n; d->at += n) {
		n = break_length(d->file, d->at);
		if (n == 0 && !is_blank(d->file.p[d->at]))
			break;
		if (n == 0) {
			n = 1;
		} else if (first == SIZE_MAX && !joined) {
			first = d->at;
			first_length = n;
		} else {
			more++;
			if (first == SIZE_MAX)
				first = d->at;
		}
	}
	size_t end = d->at;
	if (first == SIZE_MAX) { /* no break */
		d->at = joined ? end : start;
		place_bytes(d, end - d->at);
		return;
	}
	if (first_length && more == 0 && !is_kept_break(first_length))
		place(d, ' ', first, first + first_length);
	else if (first_length && is_kept_break(first_length))
		place_break(d, first, first_length);
	for (size_t at = first + first_length; at < end; at += n ? n : 1)
		if ((n = break_length(d->file, at)) != 0)
			place_break(d, at, n);
	d->at = end;
}

static size_t escape_length(char c)
{
	return c == 'x' ? 4 : c == 'u' ? 6 : c == 'U' ? 10 : 2;
}

/* What a backslash begins. */
static void place_escape(struct decoder *d)
{
	size_t broken = break_length(d->file, d->at + 1);
	if (broken) {
		d->at += 1 + broken;
		place_fold(d, true);
		return;
	}
	if (d->at + 1 >= d->file.n || is_complete(d)) {
		d->failed = true;
		return;
	}
	uint32_t cp;
	size_t length = MIN(escape_length(d->file.p[d->at + 1]), d->file.n - d->at);
	unsigned bytes = utf8_decode(d->value, d->n, &cp);
	for (unsigned i = 0; i < bytes; i++)
		place(d, d->value.p[d->n], d->at, d->at + length);
	d->at += length;
}

static void decode_flow(struct decoder *d, enum scalar_style style)
{
	while (!is_complete(d) && d->at < d->file.n) {
		char c = d->file.p[d->at];
		if (is_blank(c) || break_length(d->file, d->at)) {
			place_fold(d, false);
		} else if (style == SCALAR_DOUBLE && c == '\\') {
			place_escape(d);
		} else if (style == SCALAR_SINGLE && c == '\'') {
			place(d, c, d->at, d->at + 2);
			d->at += 2;
		} else {
			place_bytes(d, 1);
		}
	}
}

/* ---- block scalars ---- */

/* Blanks at the beginning of the first line that holds anything but blanks; SIZE_MAX: there is none. */
static size_t first_indent(struct str s, size_t at)
{
	for (size_t blanks = 0; at < s.n; blanks++, at++) {
		size_t n = break_length(s, at);
		if (n == 0 && s.p[at] != ' ')
			return blanks;
		if (n) {
			at += n - 1;
			blanks = SIZE_MAX;
		}
	}
	return SIZE_MAX;
}

static void skip_line(struct decoder *d)
{
	size_t n = 0;
	while (d->at < d->file.n && (n = break_length(d->file, d->at)) == 0)
		d->at++;
	d->at += n;
}

static void skip_indent(struct decoder *d, size_t indent)
{
	for (size_t i = 0; i < indent && d->at < d->file.n && d->file.p[d->at] == ' '; i++)
		d->at++;
}

/* Breaks in [from, to), where only indentation stands between them. */
static void place_breaks(struct decoder *d, size_t from, size_t to)
{
	for (size_t at = from, n; at < to && !is_complete(d); at += n ? n : 1)
		if ((n = break_length(d->file, at)) != 0)
			place_break(d, at, n);
}

/* The lines of a block. In a folded one a break between two lines that do not begin with a blank becomes a blank, or
 * nothing when empty lines follow. */
static void decode_block(struct decoder *d, enum scalar_style style)
{
	skip_line(d); /* the indicators */
	size_t in_file = first_indent(d->file, d->at), in_value = first_indent(d->value, 0);
	if (in_file == SIZE_MAX || in_value == SIZE_MAX || in_file < in_value) {
		d->failed = true;
		return;
	}
	size_t indent = in_file - in_value, gap = d->at, length = 0;
	bool was_blank = false, first = true;
	while (!is_complete(d) && d->at < d->file.n) {
		do
			skip_indent(d, indent);
		while ((length = break_length(d->file, d->at)) != 0 && (d->at += length) < d->file.n);
		bool blank = d->at < d->file.n && is_blank(d->file.p[d->at]);
		length = first ? 0 : break_length(d->file, gap);
		bool folds =
			style == SCALAR_FOLDED && length && !is_kept_break(length) && !was_blank && !blank && d->at < d->file.n;
		if (folds && d->value.p[d->n] == ' ')
			place(d, ' ', gap, gap + length);
		place_breaks(d, folds ? gap + length : gap, d->at);
		while (d->at < d->file.n && !break_length(d->file, d->at) && !is_complete(d))
			place_bytes(d, 1);
		gap = d->at;
		d->at += break_length(d->file, d->at);
		was_blank = blank;
		first = false;
	}
	place_breaks(d, gap, d->file.n);
}

/* ---- the whole ---- */

/* Behind tags and anchors, which stand in front of the scalar and belong to its span. */
static size_t behind_properties(struct str s, size_t at)
{
	while (at < s.n && (s.p[at] == '&' || s.p[at] == '!')) {
		while (at < s.n && !is_blank(s.p[at]) && !break_length(s, at))
			at++;
		while (at < s.n && (is_blank(s.p[at]) || break_length(s, at) || s.p[at] == '#')) {
			if (s.p[at] == '#')
				while (at < s.n && !break_length(s, at))
					at++;
			else
				at++;
		}
	}
	return at;
}

void scalar_map(struct scalar_map *out, struct arena *a, const struct source *src, struct span at, enum scalar_style style,
                struct str value)
{
	static const char opener[] = {
		[SCALAR_SINGLE] = '\'', [SCALAR_DOUBLE] = '"', [SCALAR_LITERAL] = '|', [SCALAR_FOLDED] = '>'
	};
	struct str file = str_to(src->text, at.to);
	size_t start = behind_properties(file, at.from);
	*out = (struct scalar_map) { .at = at, .n = value.n, .first = SCALAR_UNKNOWN };
	if (start >= file.n || (style == SCALAR_PLAIN ? file.p[start] == '*' : file.p[start] != opener[style]))
		return; /* an alias: the value stands elsewhere */
	bool block = style == SCALAR_LITERAL || style == SCALAR_FOLDED;
	size_t quote = style == SCALAR_SINGLE || style == SCALAR_DOUBLE;
	start += quote;
	if (!block && file.n == start + value.n + quote && str_starts(str_from(file, start), value)) {
		out->first = (uint32_t)start;
		return;
	}
	struct decoder d = { .file = file, .value = value, .at = start };
	d.bytes = arena_alloc(a, (value.n + 1) * sizeof(*d.bytes));
	if (block)
		decode_block(&d, style);
	else
		decode_flow(&d, style);
	if (!d.failed && d.n == value.n)
		out->bytes = d.bytes;
}

struct span scalar_span(const struct scalar_map *m, size_t from, size_t to)
{
	from = MIN(from, m->n);
	to = MAX(MIN(to, m->n), from);
	if (!m->bytes && m->first == SCALAR_UNKNOWN)
		return m->at;
	if (!m->bytes)
		return (struct span) { m->at.file, m->first + (uint32_t)from, m->first + (uint32_t)to };
	if (m->n == 0)
		return m->at;
	uint32_t begin = from < m->n ? m->bytes[from].from : m->bytes[m->n - 1].to;
	return (struct span) { m->at.file, begin, to > from ? m->bytes[to - 1].to : begin };
}
