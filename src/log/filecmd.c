/* The grammar of the file commands: NAME=value lines, heredocs, and the list of directories. See filecmd.h. */
#include "log/filecmd.h"

#include "base/utf8.h"
#include "base/vec.h"

enum encoding { ENC_UTF8, ENC_UTF16LE, ENC_UTF16BE, ENC_UTF32LE, ENC_UTF32BE };

/* Longest mark first: UTF-32LE's begins with UTF-16LE's. */
static const struct {
	struct str mark;
	enum encoding encoding;
} marks[] = {
	{ { "\xFF\xFE\0\0", 4 }, ENC_UTF32LE }, { { "\0\0\xFE\xFF", 4 }, ENC_UTF32BE }, { { "\xEF\xBB\xBF", 3 }, ENC_UTF8 },
	{ { "\xFF\xFE", 2 }, ENC_UTF16LE },     { { "\xFE\xFF", 2 }, ENC_UTF16BE },
};

static enum encoding cut_mark(struct str *text)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (str_starts(*text, marks[i].mark)) {
			*text = str_from(*text, marks[i].mark.n);
			return marks[i].encoding;
		}
	}
	return ENC_UTF8;
}

static uint32_t unit_at(struct str s, size_t i, size_t size, bool big)
{
	uint32_t v = 0;
	for (size_t k = 0; k < size; k++)
		v |= (uint32_t)(unsigned char)s.p[i + k] << 8 * (big ? size - 1 - k : k);
	return v;
}

static void decode_utf16(struct buf *out, struct str s, bool big)
{
	size_t i = 0;
	for (; i + 2 <= s.n; i += 2) {
		uint32_t cp = unit_at(s, i, 2, big);
		if (cp >= 0xD800 && cp < 0xDC00 && i + 4 <= s.n) {
			uint32_t low = unit_at(s, i + 2, 2, big);
			if (low >= 0xDC00 && low < 0xE000) {
				cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
				i += 2;
			}
		}
		utf8_append(out, cp);
	}
	if (i < s.n)
		utf8_append(out, 0xFFFD);
}

static void decode_utf32(struct buf *out, struct str s, bool big)
{
	size_t i = 0;
	for (; i + 4 <= s.n; i += 4)
		utf8_append(out, unit_at(s, i, 4, big));
	if (i < s.n)
		utf8_append(out, 0xFFFD);
}

/* The text as UTF-8, in *b if it is not so already. */
static struct str decode(struct str text, struct buf *b)
{
	enum encoding e = cut_mark(&text);
	if (e == ENC_UTF8 && utf8_valid(text))
		return text;
	if (e == ENC_UTF8)
		utf8_append_clean(b, text);
	else if (e == ENC_UTF16LE || e == ENC_UTF16BE)
		decode_utf16(b, text, e == ENC_UTF16BE);
	else
		decode_utf32(b, text, e == ENC_UTF32BE);
	return buf_str(b);
}

static void add(struct filecmd_list *out, struct arena *a, struct str name, struct str value)
{
	struct filecmd_entry *e = vec_add(a, out);
	e->name = arena_str(a, name);
	e->value = arena_str(a, value);
}

struct parser {
	struct filecmd_list *out;
	struct arena *a;
	enum filecmd_kind kind;
	bool *blocked;
	struct err *err;
};

static int put(struct parser *p, struct str name, struct str value)
{
	if (p->kind == FILECMD_ENV && str_is_nocase(name, "NODE_OPTIONS")) {
		*p->blocked = true;
		return 0;
	}
	if (name.n == 0 && p->kind != FILECMD_STATE)
		return err_set(p->err, ERR_INVALID, "Value cannot be null. (Parameter 'name')");
	add(p->out, p->a, name, value);
	return 0;
}

/* The lines up to the one that is the delimiter and nothing else; *rest then begins behind that. */
static int heredoc(struct parser *p, struct str *rest, struct str name, struct str delimiter)
{
	struct str start = *rest;
	while (rest->n) {
		size_t end = str_find_c(*rest, '\n', 0);
		struct str line = str_to(*rest, MIN(end, rest->n));
		size_t before = (size_t)(line.p - start.p);
		*rest = end == SIZE_MAX ? str_from(*rest, rest->n) : str_from(*rest, end + 1);
		if (str_eq(line, delimiter))
			return put(p, name, str_to(start, before ? before - 1 : 0));
		if (end == SIZE_MAX)
			return err_set(p->err, ERR_INVALID, "Invalid value. EOF marker missing new line.");
	}
	return err_set(p->err, ERR_INVALID, "Invalid value. Matching delimiter not found '%.*s'", STRF(str_to(delimiter, 400)));
}

static int entry(struct parser *p, struct str *rest, struct str line)
{
	size_t eq = str_find_c(line, '=', 0), here = str_find(line, STR("<<"), 0);
	if (eq < here)
		return put(p, str_to(line, eq), str_from(line, eq + 1));
	if (here == SIZE_MAX)
		return err_set(p->err, ERR_INVALID, "Invalid format '%.*s'", STRF(str_to(line, 400)));
	struct str name = str_to(line, here), delimiter = str_from(line, here + 2);
	if (name.n == 0 || delimiter.n == 0)
		return err_set(p->err, ERR_INVALID,
		               "Invalid format '%.*s'. Name must not be empty and delimiter must not be empty",
		               STRF(str_to(line, 400)));
	return heredoc(p, rest, name, delimiter);
}

static int entries(struct parser *p, struct str text)
{
	struct str line;
	while (str_next_line(&text, &line))
		if (line.n && entry(p, &text, line) < 0)
			return -1;
	return 0;
}

static void directories(struct filecmd_list *out, struct arena *a, struct str text)
{
	for (size_t i = 0; i < text.n;) {
		size_t end = i;
		while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r')
			end++;
		if (end > i)
			add(out, a, str_n(text.p + i, end - i), STR_EMPTY);
		i = end + 1;
	}
}

int filecmd_parse(struct filecmd_list *out, struct arena *a, enum filecmd_kind kind, struct str text, bool *blocked,
                  struct err *err)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	bool ignored;
	struct parser p = { out, a, kind, blocked ? blocked : &ignored, err };
	text = decode(text, &b);
	if (kind != FILECMD_PATH)
		return entries(&p, text);
	directories(out, a, text);
	return 0;
}
