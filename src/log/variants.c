/* Derived forms of a secret, the ones GitHub's runner masks. A row of the table is one form; forms are not
 * encoded again. */
#include "log/variants.h"

#include "base/base64.h"
#include "base/utf8.h"

enum { QUOTES_MIN = 8, AMPERSAND_MIN = 6 };

static void base64_shift1(struct buf *out, struct str s)
{
	base64_append(out, s.n > 1 ? str_from(s, 1) : s);
}

static void base64_shift2(struct buf *out, struct str s)
{
	base64_append(out, s.n > 2 ? str_from(s, 2) : s);
}

static void replace_char(struct buf *out, struct str s, char what, const char *with)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == what)
			buf_adds(out, with);
		else
			buf_addc(out, s.p[i]);
	}
}

static void command_line(struct buf *out, struct str s)
{
	replace_char(out, s, '"', "\\\"");
}

static void expression(struct buf *out, struct str s)
{
	replace_char(out, s, '\'', "''");
}

static bool json_escape(struct buf *out, uint32_t cp)
{
	static const char names[] = "\"\"\\\\\bb\tt\nn\ff\rr";
	for (size_t i = 0; i + 1 < sizeof(names); i += 2) {
		if (cp == (unsigned char)names[i]) {
			buf_addc(out, '\\');
			buf_addc(out, names[i + 1]);
			return true;
		}
	}
	if (cp >= 0x20 && cp != 0x85 && cp != 0x2028 && cp != 0x2029)
		return false;
	buf_addf(out, "\\u%04x", cp);
	return true;
}

static void json(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		unsigned n = utf8_decode(s, i, &cp);
		if (!json_escape(out, cp))
			buf_add(out, s.p + i, n);
		i += n;
	}
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

static void uri(struct buf *out, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (is_unreserved(c)) {
			buf_addc(out, (char)c);
			continue;
		}
		buf_addc(out, '%');
		buf_addc(out, hex[c >> 4]);
		buf_addc(out, hex[c & 15]);
	}
}

static void xml(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		case '\'':
			buf_adds(out, "&apos;");
			break;
		default:
			buf_addc(out, s.p[i]);
		}
	}
}

static void trimmed_quotes(struct buf *out, struct str s)
{
	if (s.n > 2 && s.p[0] == '"' && s.p[s.n - 1] == '"' && utf8_utf16_units(s) > QUOTES_MIN)
		buf_add(out, s.p + 1, s.n - 2);
}

static size_t last_ampersand(struct str s)
{
	const char *p = s.n ? memrchr(s.p, '&', s.n) : NULL;
	return p ? (size_t)(p - s.p) : SIZE_MAX;
}

static void add_part(struct buf *out, struct str part)
{
	if (utf8_utf16_units(part) >= AMPERSAND_MIN)
		buf_addstr(out, part);
}

/* PowerShell's error messages print a value with '&' in two parts. */
static void ampersand_before(struct buf *out, struct str s)
{
	size_t at = str_find(s, STR("&+"), 0);
	if (at != SIZE_MAX)
		add_part(out, str_to(s, at + 2));
	else if ((at = last_ampersand(s)) != SIZE_MAX)
		add_part(out, str_to(s, at + 1));
}

static void ampersand_after(struct buf *out, struct str s)
{
	size_t at = str_find(s, STR("&+"), 0);
	if (at != SIZE_MAX) {
		struct str rest = str_from(s, at + 2);
		uint32_t cp;
		if (rest.n)
			add_part(out, str_from(rest, utf8_decode(rest, 0, &cp)));
	} else if ((at = last_ampersand(s)) != SIZE_MAX) {
		add_part(out, str_from(s, at + 1));
	}
}

static void (*const forms[])(struct buf *out, struct str s) = {
	base64_append, base64_shift1, base64_shift2,  command_line,     expression,      json,
	uri,           xml,           trimmed_quotes, ampersand_before, ampersand_after,
};

void variants_each(struct str value, void (*each)(void *cookie, struct str form), void *cookie)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	each(cookie, value);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		buf_clear(&b);
		forms[i](&b, value);
		each(cookie, buf_str(&b));
	}
}
