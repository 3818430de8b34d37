/* Scalars by the YAML 1.2 core schema as GitHub applies it: plain ones only, quoted and block scalars are
 * strings (workflow files: `on`, `yes` and 12_345 are strings, 010 is ten). */
#include <math.h>

#include "yaml/internal.h"

static bool one_of(struct str s, const char *const *words)
{
	for (; *words; words++)
		if (str_is(s, *words))
			return true;
	return false;
}

static size_t digits(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
		n++;
	return n;
}

/* [-+]? ( . D+ | D+ ( . D* )? ) ( [eE] [-+]? D+ )? */
static bool is_decimal(struct str s)
{
	size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+');
	size_t whole = digits(s, at), fraction = 0;
	at += whole;
	if (at < s.n && s.p[at] == '.') {
		fraction = digits(s, at + 1);
		at += 1 + fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
		at++;
		at += at < s.n && (s.p[at] == '-' || s.p[at] == '+');
		size_t exponent = digits(s, at);
		if (exponent == 0)
			return false;
		at += exponent;
	}
	return at == s.n;
}

/* 0x and 0o: 32 bits, the upper half wraps to negative numbers as on the server. */
static bool is_based(struct str s, double *out, bool *range)
{
	int base = s.n > 2 && s.p[0] == '0' ? (s.p[1] == 'x' ? 16 : s.p[1] == 'o' ? 8 : 0) : 0;
	if (!base)
		return false;
	uint64_t v = 0;
	for (size_t i = 2; i < s.n; i++) {
		char c = s.p[i];
		int d = c >= '0' && c <= '9'   ? c - '0'
		        : c >= 'a' && c <= 'f' ? c - 'a' + 10
		        : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                               : 99;
		if (d >= base)
			return false;
		if (v <= UINT32_MAX)
			v = v * (unsigned)base + (unsigned)d;
	}
	*range = v <= UINT32_MAX;
	*out = (double)(int32_t)(uint32_t)v;
	return true;
}

static bool number(struct ynode *n, bool *range)
{
	static const char *const infinities[] = { ".inf", ".Inf", ".INF", NULL }, *const nans[] = { ".nan", ".NaN", ".NAN",
		                                                                                    NULL };
	struct str s = n->text;
	size_t sign = s.n && (s.p[0] == '-' || s.p[0] == '+');
	*range = true;
	n->kind = YNODE_NUMBER;
	if (one_of(str_from(s, sign), infinities)) {
		n->num = s.p[0] == '-' ? -INFINITY : INFINITY;
		return true;
	}
	if (one_of(s, nans)) {
		n->num = NAN;
		return true;
	}
	if (is_based(s, &n->num, range))
		return true;
	if (is_decimal(s)) {
		n->num = strtod(s.p, NULL); /* texts in arenas end with NUL, the C locale is in force, too large is infinity */
		return true;
	}
	n->kind = YNODE_STRING;
	return false;
}

static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
static const char *const trues[] = { "true", "True", "TRUE", NULL }, *const falses[] = { "false", "False", "FALSE", NULL };

static bool boolean(struct ynode *n)
{
	bool yes = one_of(n->text, trues);
	if (!yes && !one_of(n->text, falses))
		return false;
	n->kind = YNODE_BOOL;
	n->b = yes;
	return true;
}

bool ytype_plain(struct ynode *n)
{
	bool range = true;
	n->kind = YNODE_STRING;
	if (one_of(n->text, nulls))
		n->kind = YNODE_NULL;
	else if (!boolean(n))
		number(n, &range);
	return range;
}

/* [-+]? D+ */
static bool is_whole(struct str s)
{
	size_t sign = s.n && (s.p[0] == '-' || s.p[0] == '+');
	return s.n > sign && digits(s, sign) == s.n - sign;
}

enum ytag ytype_tagged(struct ynode *n, const char *tag)
{
	static const char core[] = "tag:yaml.org,2002:";
	n->kind = YNODE_STRING;
	if (strcmp(tag, "!") == 0)
		return YTAG_OK;
	if (strncmp(tag, core, sizeof(core) - 1) != 0)
		return YTAG_UNKNOWN;
	const char *type = tag + sizeof(core) - 1;
	bool plain = n->style == YSTYLE_PLAIN, range = true;
	if (strcmp(type, "str") == 0)
		return YTAG_OK;
	if (strcmp(type, "null") == 0) {
		bool fits = plain && one_of(n->text, nulls);
		n->kind = fits ? YNODE_NULL : YNODE_STRING;
		return fits ? YTAG_OK : YTAG_MISMATCH;
	}
	if (strcmp(type, "bool") == 0)
		return plain && boolean(n) ? YTAG_OK : YTAG_MISMATCH;
	bool based = n->text.n > 1 && n->text.p[0] == '0' && (n->text.p[1] == 'x' || n->text.p[1] == 'o');
	if (strcmp(type, "int") == 0)
		return plain && (based || is_whole(n->text)) && number(n, &range) && range ? YTAG_OK : YTAG_MISMATCH;
	if (strcmp(type, "float") == 0)
		return plain && !based && number(n, &range) ? YTAG_OK : YTAG_MISMATCH;
	return YTAG_UNKNOWN;
}
