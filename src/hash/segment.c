/* Reading and matching a segment. Characters are UTF-16 units, as in the official globber's regular expressions: '?' is one unit.
 * Matching goes back only to the last star, so that no pattern takes longer than name × pattern. */
#include "hash/segment.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "base/vec.h"

enum { NAME_UNITS = 1024 };

enum token_kind { TOKEN_CHAR, TOKEN_ONE, TOKEN_STAR, TOKEN_CLASS };

struct range {
	uint16_t from, to;
};

struct segment_token {
	enum token_kind kind;
	uint16_t c;
	bool negated;
	struct range *ranges;
	size_t nranges;
};

struct units {
	const uint16_t *p;
	size_t n;
};

struct reader {
	struct arena *a;
	struct units text;
	size_t i;
	size_t literal_to; /* brackets before it are characters: an impossible class, or no end in sight */
	struct {
		VEC(struct segment_token);
	} tokens;
	bool magic;
};

static size_t to_units(uint16_t *out, size_t max, struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n && n + 2 <= max;) {
		uint32_t cp;
		i += utf8_decode(s, i, &cp);
		if (cp >= 0x10000) {
			out[n++] = (uint16_t)(0xD7C0 + (cp >> 10));
			cp = 0xDC00 + (cp & 0x3FF);
		}
		out[n++] = (uint16_t)cp;
	}
	return n;
}

static struct units make_units(struct arena *a, struct str s)
{
	uint16_t *p = arena_alloc(a, (s.n + 2) * sizeof(*p));
	return (struct units) { p, to_units(p, s.n + 2, s) };
}

static void add(struct reader *r, enum token_kind kind, uint16_t c)
{
	if (kind == TOKEN_STAR && r->tokens.n && r->tokens.v[r->tokens.n - 1].kind == TOKEN_STAR)
		return;
	*vec_add(r->a, &r->tokens) = (struct segment_token) { .kind = kind, .c = c };
	r->magic |= kind != TOKEN_CHAR;
}

/* Where the class that opens at i ends (its ']'), or n. A ']' that comes first is a member. */
static size_t class_end(struct units t, size_t i)
{
	for (size_t k = i + 1; k < t.n; k++) {
		if (t.p[k] == '\\')
			k++;
		else if (t.p[k] == ']' && k > i + 1)
			return k;
	}
	return t.n;
}

static uint16_t member(struct units t, size_t *i, size_t end)
{
	if (t.p[*i] == '\\' && *i + 1 < end)
		(*i)++;
	return t.p[(*i)++];
}

/* Units of the dash at i that makes a range, also when it is escaped; 0: none is there. */
static size_t dash_at(struct units t, size_t i, size_t end)
{
	size_t n = i + 1 < end && t.p[i] == '\\' ? 2 : 1;
	return i + n < end && t.p[i + n - 1] == '-' ? n : 0;
}

/* The members between from and end; false when a range runs backwards. With an escaped dash that makes a class without members.
 */
static bool read_ranges(struct reader *r, struct segment_token *class, size_t from, size_t end)
{
	struct {
		VEC(struct range);
	} ranges = { 0 };
	for (size_t i = from; i < end;) {
		struct range range;
		range.from = range.to = member(r->text, &i, end);
		size_t dash = dash_at(r->text, i, end);
		if (dash) {
			i += dash;
			range.to = member(r->text, &i, end);
		}
		if (range.to < range.from) {
			class->negated &= dash != 2;
			return dash == 2;
		}
		*vec_add(r->a, &ranges) = range;
	}
	class->ranges = ranges.v;
	class->nranges = ranges.n;
	return true;
}

/* At '['. What is no class is the characters it is written with. */
static void read_class(struct reader *r)
{
	size_t end = class_end(r->text, r->i), from = r->i + 1;
	struct segment_token class = { .kind = TOKEN_CLASS };
	if (end < r->text.n) {
		class.negated = r->text.p[from] == '!' || r->text.p[from] == '^';
		if (read_ranges(r, &class, from + class.negated, end)) {
			*vec_add(r->a, &r->tokens) = class;
			r->magic = true;
			r->i = end + 1;
			return;
		}
	}
	r->literal_to = end;
	add(r, TOKEN_CHAR, '[');
	r->i++;
}

static void read_token(struct reader *r)
{
	uint16_t c = r->text.p[r->i];
	if (c == '[' && r->i >= r->literal_to) {
		read_class(r);
		return;
	}
	r->i++;
	if (c == '\\' && r->i < r->text.n)
		add(r, TOKEN_CHAR, r->text.p[r->i++]);
	else
		add(r, c == '*' ? TOKEN_STAR : c == '?' ? TOKEN_ONE : TOKEN_CHAR, c);
}

static struct str unescaped(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		p[n++] = s.p[i];
	}
	p[n] = 0;
	return str_n(p, n);
}

struct segment segment_name(struct str name)
{
	return (struct segment) { .literal = name };
}

struct segment segment_read(struct arena *a, struct str text)
{
	struct reader r = { .a = a };
	if (str_is(text, "**"))
		return (struct segment) { .any = true };
	r.text = make_units(a, text);
	while (r.i < r.text.n)
		read_token(&r);
	if (!r.magic)
		return segment_name(unescaped(a, text));
	return (struct segment) { .tokens = r.tokens.v, .n = r.tokens.n };
}

static bool in_class(const struct segment_token *t, uint16_t c)
{
	for (size_t i = 0; i < t->nranges; i++)
		if (c >= t->ranges[i].from && c <= t->ranges[i].to)
			return !t->negated;
	return t->negated;
}

static bool token_match(const struct segment_token *t, uint16_t c)
{
	switch (t->kind) {
	case TOKEN_CHAR:
		return t->c == c;
	case TOKEN_CLASS:
		return in_class(t, c);
	default:
		return true;
	}
}

static bool tokens_match(const struct segment_token *t, size_t n, struct units name)
{
	size_t i = 0, k = 0, star = SIZE_MAX, back = 0;
	while (k < name.n) {
		if (i < n && t[i].kind == TOKEN_STAR) {
			star = i++;
			back = k;
		} else if (i < n && token_match(&t[i], name.p[k])) {
			i++;
			k++;
		} else if (star != SIZE_MAX) {
			i = star + 1;
			k = ++back;
		} else {
			return false;
		}
	}
	while (i < n && t[i].kind == TOKEN_STAR)
		i++;
	return i == n;
}

bool segment_match(const struct segment *s, struct str name)
{
	uint16_t units[NAME_UNITS];
	if (!s->tokens)
		return str_eq(s->literal, name);
	return tokens_match(s->tokens, s->n, (struct units) { units, to_units(units, ARRAY_LEN(units), name) });
}

/* A class of one member is that member: "[x]". *i at '['; false when it stands for more than one. *open: a class may still end.
 */
static bool plain_class(struct buf *out, struct str text, size_t *i, bool *open)
{
	size_t from = out->n, k = *i + 1;
	for (; *open && k < text.n && text.p[k] != ']'; k++) {
		if (text.p[k] == '\\' && k + 1 < text.n)
			k++;
		buf_addc(out, text.p[k]);
	}
	*open = k < text.n && *open;
	size_t n = *open ? utf8_utf16_units(str_from(buf_str(out), from)) : 0;
	if (n == 1) {
		*i = k;
		return true;
	}
	out->n = from;
	buf_addc(out, '[');
	return n == 0;
}

struct str segment_plain(struct arena *a, struct str text)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	bool open = true;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '*' || c == '?' || (c == '[' && !plain_class(&out, text, &i, &open)))
			return STR_EMPTY;
		if (c == '[')
			continue;
		if (c == '\\' && i + 1 < text.n)
			c = text.p[++i];
		buf_addc(&out, c);
	}
	return arena_str(a, buf_str(&out));
}
