/* UTF-8; see utf8.h. */
#include "base/utf8.h"

enum { REPLACEMENT = 0xFFFD };

static unsigned need(unsigned char c, unsigned char *lo, unsigned char *hi, uint32_t *cp)
{
	*lo = 0x80;
	*hi = 0xBF;
	if (c >= 0xC2 && c <= 0xDF) {
		*cp = c & 0x1Fu;
		return 1;
	}
	if (c >= 0xE0 && c <= 0xEF) {
		if (c == 0xE0)
			*lo = 0xA0;
		if (c == 0xED)
			*hi = 0x9F;
		*cp = c & 0x0Fu;
		return 2;
	}
	if (c >= 0xF0 && c <= 0xF4) {
		if (c == 0xF0)
			*lo = 0x90;
		if (c == 0xF4)
			*hi = 0x8F;
		*cp = c & 0x07u;
		return 3;
	}
	return 0;
}

/* Length of the sequence at i; *bad tells whether it is one. */
static unsigned decode(struct str s, size_t i, uint32_t *cp, bool *bad)
{
	unsigned char c = (unsigned char)s.p[i], lo, hi;
	*bad = false;
	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	unsigned more = need(c, &lo, &hi, cp);
	unsigned n = 1;
	for (; n <= more && i + n < s.n; n++) {
		unsigned char d = (unsigned char)s.p[i + n];
		if (d < lo || d > hi)
			break;
		lo = 0x80;
		hi = 0xBF;
		*cp = (*cp << 6) | (d & 0x3Fu);
	}
	if (more == 0 || n <= more) {
		*cp = REPLACEMENT;
		*bad = true;
	}
	return n;
}

unsigned utf8_decode(struct str s, size_t i, uint32_t *cp)
{
	bool bad;
	return decode(s, i, cp, &bad);
}

void utf8_append(struct buf *b, uint32_t cp)
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = REPLACEMENT;
	if (cp < 0x80) {
		buf_addc(b, (char)cp);
		return;
	}
	char out[4];
	size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (cp & 0x3F));
		cp >>= 6;
	}
	out[0] = (char)((n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0) | cp);
	buf_add(b, out, n);
}

size_t utf8_valid_prefix(struct str s)
{
	size_t i = 0;
	while (i < s.n) {
		uint32_t cp;
		bool bad;
		unsigned n = decode(s, i, &cp, &bad);
		if (bad)
			return i;
		i += n;
	}
	return i;
}

bool utf8_valid(struct str s)
{
	return utf8_valid_prefix(s) == s.n;
}

void utf8_append_clean(struct buf *b, struct str s)
{
	while (s.n) {
		size_t good = utf8_valid_prefix(s);
		buf_add(b, s.p, good);
		s = str_from(s, good);
		if (!s.n)
			return;
		uint32_t cp;
		unsigned n = utf8_decode(s, 0, &cp);
		utf8_append(b, REPLACEMENT);
		s = str_from(s, n);
	}
}

size_t utf8_count(struct str s)
{
	size_t count = 0;
	for (size_t i = 0; i < s.n; count++) {
		uint32_t cp;
		i += utf8_decode(s, i, &cp);
	}
	return count;
}

size_t utf8_utf16_units(struct str s)
{
	size_t count = 0;
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		i += utf8_decode(s, i, &cp);
		count += cp >= 0x10000 ? 2 : 1;
	}
	return count;
}

/* Ranges from Unicode's East Asian Width (W, F) and general categories Mn, Me, Cf: coarse, kept short. */
int utf8_width(uint32_t cp)
{
	static const uint32_t zero[][2] = { { 0x300, 0x36F },    { 0x483, 0x489 },   { 0x591, 0x5BD },   { 0x610, 0x61A },
		                            { 0x64B, 0x65F },    { 0x200B, 0x200F }, { 0x202A, 0x202E }, { 0x2060, 0x2064 },
		                            { 0x20D0, 0x20F0 },  { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F }, { 0xFEFF, 0xFEFF },
		                            { 0xE0100, 0xE01EF } };
	static const uint32_t wide[][2] = { { 0x1100, 0x115F },   { 0x231A, 0x231B },  { 0x23E9, 0x23EC },   { 0x25FD, 0x25FE },
		                            { 0x2614, 0x2615 },   { 0x2648, 0x2653 },  { 0x26AA, 0x26AB },   { 0x26BD, 0x26BE },
		                            { 0x2705, 0x2705 },   { 0x270A, 0x270B },  { 0x2728, 0x2728 },   { 0x274C, 0x274C },
		                            { 0x2753, 0x2755 },   { 0x2795, 0x2797 },  { 0x2B1B, 0x2B1C },   { 0x2B50, 0x2B50 },
		                            { 0x2E80, 0x303E },   { 0x3041, 0x33FF },  { 0x3400, 0x4DBF },   { 0x4E00, 0x9FFF },
		                            { 0xA000, 0xA4CF },   { 0xAC00, 0xD7A3 },  { 0xF900, 0xFAFF },   { 0xFE30, 0xFE6F },
		                            { 0xFF00, 0xFF60 },   { 0xFFE0, 0xFFE6 },  { 0x1F300, 0x1F64F }, { 0x1F680, 0x1F6FF },
		                            { 0x1F900, 0x1F9FF }, { 0x20000, 0x3FFFD } };
	if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0))
		return 0;
	if (cp < 0x300)
		return 1;
	for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		if (cp >= zero[i][0] && cp <= zero[i][1])
			return 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (cp >= wide[i][0] && cp <= wide[i][1])
			return 2;
	return 1;
}
