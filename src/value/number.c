/* Numbers and their texts, independent of the process's locale. */
#include <ctype.h>
#include <locale.h>
#include <math.h>

#include "value/blank.h"
#include "value/internal.h"

/* Made once and kept; a second thread could at worst make it twice. */
static locale_t c_locale(void)
{
	static locale_t loc;
	if (!loc)
		loc = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	return loc;
}

static size_t digits(struct str s, size_t i)
{
	size_t from = i;
	while (i < s.n && isdigit((unsigned char)s.p[i]))
		i++;
	return i - from;
}

/* [+-]? ( D+ [ "." D* ] | "." D+ ) ( [eE] [+-]? D+ )? and nothing else. */
static bool is_decimal(struct str s)
{
	size_t i = s.n && (s.p[0] == '+' || s.p[0] == '-');
	size_t whole = digits(s, i), fraction = 0;
	i += whole;
	if (i < s.n && s.p[i] == '.') {
		fraction = digits(s, i + 1);
		i += 1 + fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i++;
		i += i < s.n && (s.p[i] == '+' || s.p[i] == '-');
		size_t exponent = digits(s, i);
		if (exponent == 0)
			return false;
		i += exponent;
	}
	return i == s.n;
}

/* At most 15 plain digits need no rounding. */
static bool small_integer(struct str s, double *out)
{
	if (s.n > 15 || digits(s, 0) != s.n)
		return false;
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++)
		v = v * 10 + (unsigned)(s.p[i] - '0');
	*out = (double)v;
	return true;
}

static double read_decimal(struct str s)
{
	double d;
	if (small_integer(s, &d))
		return d;
	char small[64];
	_cleanup_free_ char *large = s.n < sizeof(small) ? NULL : xmalloc(s.n + 1);
	char *p = large ? large : small;
	memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return strtod_l(p, NULL, c_locale());
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* Digits of a 32-bit pattern that is read as a signed number; NaN when it has more bits. */
static double read_bits(struct str s, int base)
{
	uint64_t v = 0;
	if (s.n == 0)
		return NAN;
	for (size_t i = 0; i < s.n; i++) {
		int d = digit_value(s.p[i]);
		if (d >= base)
			return NAN;
		v = v * (unsigned)base + (unsigned)d;
		if (v > UINT32_MAX)
			return NAN;
	}
	return v > INT32_MAX ? (double)v - 4294967296.0 : (double)v;
}

double val_number_of(struct str s)
{
	s = blank_trim(s);
	if (s.n == 0)
		return 0;
	if (is_decimal(s))
		return read_decimal(s);
	if (str_starts(s, STR("0x")))
		return read_bits(str_from(s, 2), 16);
	if (str_starts(s, STR("0o")))
		return read_bits(str_from(s, 2), 8);
	bool sign = s.p[0] == '+' || s.p[0] == '-';
	if (str_is_nocase(str_from(s, sign), "infinity"))
		return s.p[0] == '-' ? -INFINITY : INFINITY;
	return NAN;
}

static size_t format_double(char out[NUMBER_TEXT_MAX], const char letter, int precision, double d)
{
	locale_t old = uselocale(c_locale());
	int n = letter == 'G' ? snprintf(out, NUMBER_TEXT_MAX, "%.*G", precision, d)
	                      : snprintf(out, NUMBER_TEXT_MAX, "%.*g", precision, d);
	uselocale(old);
	return (size_t)n;
}

static bool is_small_integer(double d)
{
	return d == floor(d) && fabs(d) < 1e15;
}

static size_t format_integer(char out[NUMBER_TEXT_MAX], double d)
{
	return (size_t)snprintf(out, NUMBER_TEXT_MAX, "%lld", (long long)d);
}

size_t number_format(char out[NUMBER_TEXT_MAX], double d)
{
	if (isnan(d) || isinf(d)) {
		const char *word = isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity";
		memcpy(out, word, strlen(word) + 1);
		return strlen(word);
	}
	return is_small_integer(d) ? format_integer(out, d) : format_double(out, 'G', 15, d);
}

size_t number_format_exact(char out[NUMBER_TEXT_MAX], double d)
{
	if (is_small_integer(d) && !(d == 0 && signbit(d)))
		return format_integer(out, d);
	size_t n = 0;
	for (int precision = 15; precision <= 17; precision++) {
		n = format_double(out, 'g', precision, d);
		if (strtod_l(out, NULL, c_locale()) == d)
			break;
	}
	return n;
}

struct str val_number_text(struct arena *a, double d)
{
	char text[NUMBER_TEXT_MAX];
	return arena_str(a, str_n(text, number_format(text, d)));
}
