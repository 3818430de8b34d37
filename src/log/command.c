/* Parsing of workflow commands; see command.h. What they do is commands.c. */
#include "log/command.h"

static const struct {
	char code[4], byte;
} data_escapes[] = { { "%0D", '\r' }, { "%0A", '\n' }, { "%25", '%' } },
  prop_escapes[] = { { "%0D", '\r' }, { "%0A", '\n' }, { "%3A", ':' }, { "%2C", ',' }, { "%25", '%' } },
  legacy_escapes[] = { { "%3B", ';' }, { "%0D", '\r' }, { "%0A", '\n' }, { "%5D", ']' }, { "%25", '%' } };

/* One pass is as good as replacing one escape after the other with "%25" last: no replacement makes a new escape. */
#define UNESCAPE(a, s, table) unescape((a), (s), (table)->code, ARRAY_LEN(table))

static struct str unescape(struct arena *a, struct str s, const char *table, size_t n)
{
	if (str_find_c(s, '%', 0) == SIZE_MAX)
		return arena_str(a, s);
	char *out = arena_alloc(a, s.n + 1);
	size_t at = 0;
	for (size_t i = 0; i < s.n;) {
		size_t row = n;
		if (s.p[i] == '%' && s.n - i >= 3)
			for (row = 0; row < n && memcmp(s.p + i, table + row * 5, 3) != 0;)
				row++;
		out[at++] = row < n ? table[row * 5 + 4] : s.p[i];
		i += row < n ? 3 : 1;
	}
	out[at] = '\0';
	return str_n(out, at);
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str trim_start(struct str s)
{
	size_t i = 0;
	while (i < s.n && is_blank(s.p[i]))
		i++;
	return str_from(s, i);
}

bool command_possible(struct str line)
{
	return str_starts(trim_start(line), STR("::")) || str_find(line, STR("##["), 0) != SIZE_MAX;
}

/* "key=value": extra '=' around the key are skipped; nothing comes of it when either side is empty. */
static bool split_pair(struct str piece, struct str *key, struct str *value)
{
	while (piece.n && piece.p[0] == '=')
		piece = str_from(piece, 1);
	size_t eq = str_find_c(piece, '=', 0);
	if (eq == SIZE_MAX)
		return false;
	*key = str_to(piece, eq);
	piece = str_from(piece, eq + 1);
	while (piece.n && piece.p[0] == '=')
		piece = str_from(piece, 1);
	*value = piece;
	return piece.n > 0;
}

static void parse_props(struct command *out, struct arena *a, struct str text, bool legacy)
{
	text = str_trim(text);
	while (text.n) {
		size_t end = MIN(str_find_c(text, legacy ? ';' : ',', 0), text.n);
		struct str key, value;
		if (split_pair(str_to(text, end), &key, &value)) {
			struct command_prop *p = vec_add(a, &out->props);
			p->key = arena_str(a, key);
			p->value = legacy ? UNESCAPE(a, value, legacy_escapes) : UNESCAPE(a, value, prop_escapes);
		}
		text = str_from(text, end + 1);
	}
}

static bool parse_header(struct command *out, struct arena *a, struct str header, bool legacy,
                         bool (*known)(void *cookie, struct str name), void *cookie)
{
	size_t blank = MIN(str_find_c(header, ' ', 0), header.n);
	struct str name = str_to(header, blank);
	if (!name.n || !known(cookie, name))
		return false;
	out->name = arena_str(a, name);
	parse_props(out, a, str_from(header, blank), legacy);
	return true;
}

static bool parse_colons(struct command *out, struct arena *a, bool (*known)(void *cookie, struct str name), void *cookie)
{
	struct str s = trim_start(out->line);
	if (!str_starts(s, STR("::")))
		return false;
	size_t end = str_find(s, STR("::"), 2);
	if (end == SIZE_MAX || !parse_header(out, a, str_n(s.p + 2, end - 2), false, known, cookie))
		return false;
	out->data = UNESCAPE(a, str_from(s, end + 2), data_escapes);
	return true;
}

static bool parse_legacy(struct command *out, struct arena *a, bool (*known)(void *cookie, struct str name), void *cookie)
{
	size_t at = str_find(out->line, STR("##["), 0);
	if (at == SIZE_MAX)
		return false;
	struct str s = str_from(out->line, at + 3);
	size_t end = str_find_c(s, ']', 0);
	if (end == SIZE_MAX || !parse_header(out, a, str_to(s, end), true, known, cookie))
		return false;
	out->data = UNESCAPE(a, str_from(s, end + 1), legacy_escapes);
	return true;
}

bool command_parse(struct command *out, struct arena *a, struct str line, bool (*known)(void *cookie, struct str name),
                   void *cookie)
{
	*out = (struct command) { .line = line };
	return parse_colons(out, a, known, cookie) || parse_legacy(out, a, known, cookie);
}

struct str command_prop(const struct command *c, const char *key)
{
	for (size_t i = c->props.n; i > 0; i--)
		if (str_is_nocase(c->props.v[i - 1].key, key))
			return c->props.v[i - 1].value;
	return STR_EMPTY;
}
