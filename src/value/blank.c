/* Blanks as .NET's Char.IsWhiteSpace sees them: neither U+FEFF nor U+200B is one. */
#include "value/blank.h"

#include "base/utf8.h"

static bool is_blank(uint32_t cp)
{
	if (cp < 0x80)
		return cp == ' ' || (cp >= '\t' && cp <= '\r');
	if (cp >= 0x2000 && cp <= 0x200A)
		return true;
	switch (cp) {
	case 0x85:
	case 0xA0:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202F:
	case 0x205F:
	case 0x3000:
		return true;
	default:
		return false;
	}
}

unsigned blank_at(struct str s, size_t i)
{
	unsigned char c = (unsigned char)s.p[i];
	if (c < 0x80)
		return is_blank(c);
	uint32_t cp;
	unsigned n = utf8_decode(s, i, &cp);
	return is_blank(cp) ? n : 0;
}

/* Length of the blank that ends s, or 0. */
static unsigned blank_before_end(struct str s)
{
	for (unsigned n = 1; n <= 3 && n <= s.n; n++)
		if (blank_at(s, s.n - n) == n)
			return n;
	return 0;
}

struct str blank_trim(struct str s)
{
	unsigned n;
	while (s.n && (n = blank_at(s, 0)) != 0)
		s = str_from(s, n);
	while (s.n && (n = blank_before_end(s)) != 0)
		s.n -= n;
	return s;
}
