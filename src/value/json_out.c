/* JSON out: toJSON's layout and one-line JSON for files and streams.
 *
 * The official layout has its own escapes and number texts, so this is a writer of our own. */
#include <math.h>

#include "base/utf8.h"
#include "value/internal.h"

/* 0: stands for itself; 1: needs an escape or, from 0x80 on, a look at the whole character. */
static const unsigned char special[256] = {
	[0 ... 0x1F] = 1,
	['"'] = 1,
	['\\'] = 1,
	[0x80 ... 0xFF] = 1,
};

static size_t clean_run(struct str s, size_t i)
{
	size_t from = i;
	while (i < s.n && !special[(unsigned char)s.p[i]])
		i++;
	return i - from;
}

static void escape(struct buf *out, uint32_t cp)
{
	static const char letters[] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'
	};
	static const char hex[] = "0123456789abcdef";
	if (cp < sizeof(letters) && letters[cp]) {
		char two[2] = { '\\', letters[cp] };
		buf_add(out, two, 2);
		return;
	}
	char six[6] = { '\\', 'u', hex[cp >> 12 & 15], hex[cp >> 8 & 15], hex[cp >> 4 & 15], hex[cp & 15] };
	buf_add(out, six, 6);
}

/* U+0085, U+2028 and U+2029 end lines for some readers and are escaped, too. */
static bool is_line_end(uint32_t cp)
{
	return cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

void json_string(struct buf *out, struct str s)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < s.n;) {
		size_t n = clean_run(s, i);
		buf_add(out, s.p + i, n);
		i += n;
		if (i == s.n)
			break;
		uint32_t cp;
		i += utf8_decode(s, i, &cp);
		if (cp < 0x80 || is_line_end(cp))
			escape(out, cp);
		else
			utf8_append(out, cp);
	}
	buf_addc(out, '"');
}

static void put_number(struct buf *out, double d, enum json_style style)
{
	char text[NUMBER_TEXT_MAX];
	bool word = isnan(d) || isinf(d);
	size_t n = style == JSON_PRETTY || word ? number_format(text, d) : number_format_exact(text, d);
	bool quoted = word && style == JSON_COMPACT;
	if (quoted)
		buf_addc(out, '"');
	buf_add(out, text, n);
	if (quoted)
		buf_addc(out, '"');
}

static void put(struct buf *out, struct val v, enum json_style style, unsigned level);

static void new_line(struct buf *out, enum json_style style, unsigned level)
{
	if (style == JSON_COMPACT)
		return;
	buf_addc(out, '\n');
	for (unsigned i = 0; i < level; i++)
		buf_add(out, "  ", 2);
}

static void put_array(struct buf *out, const struct val_array *a, enum json_style style, unsigned level)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < a->n && !out->overflow; i++) {
		if (i > 0)
			buf_addc(out, ',');
		new_line(out, style, level + 1);
		put(out, a->v[i], style, level + 1);
	}
	if (a->n)
		new_line(out, style, level);
	buf_addc(out, ']');
}

static void put_object(struct buf *out, const struct val_object *o, enum json_style style, unsigned level)
{
	buf_addc(out, '{');
	for (size_t i = 0; i < o->n && !out->overflow; i++) {
		if (i > 0)
			buf_addc(out, ',');
		new_line(out, style, level + 1);
		json_string(out, o->keys[i]);
		buf_adds(out, style == JSON_PRETTY ? ": " : ":");
		put(out, o->vals[i], style, level + 1);
	}
	if (o->n)
		new_line(out, style, level);
	buf_addc(out, '}');
}

static void put(struct buf *out, struct val v, enum json_style style, unsigned level)
{
	switch (v.kind) {
	case VAL_NULL:
		buf_add(out, "null", 4);
		break;
	case VAL_BOOL:
		buf_adds(out, v.b ? "true" : "false");
		break;
	case VAL_NUMBER:
		put_number(out, v.num, style);
		break;
	case VAL_STRING:
	case VAL_UNKNOWN:
		json_string(out, v.s);
		break;
	case VAL_ARRAY:
		put_array(out, v.a, style, level);
		break;
	case VAL_OBJECT:
		put_object(out, v.o, style, level);
		break;
	}
}

void val_to_json(struct buf *out, struct val v, enum json_style style)
{
	put(out, v, style, 0);
}
