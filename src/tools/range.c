/* Ranges of versions; see range.h. Each comparator becomes a half-open interval; those of one alternative are cut with each
 * other. Source: the grammar in the README of npm's semver. */
#include "tools/range.h"

#include "base/macros.h"

enum { NUMBER_MAX = 999999999 };

/* A version of which parts may be missing or "x". */
struct partial {
	struct version v; /* missing parts are 0 */
	unsigned given;   /* so many parts */
	bool prerelease;
};

/* from <= version < to */
struct interval {
	struct version from, to;
};

static const struct version lowest = { { 0, 0, 0 } }, beyond = { { UINT32_MAX, UINT32_MAX, UINT32_MAX } };

int version_compare(const struct version *a, const struct version *b)
{
	for (size_t i = 0; i < 3; i++)
		if (a->part[i] != b->part[i])
			return a->part[i] < b->part[i] ? -1 : 1;
	return 0;
}

/* ---- reading ---- */

static bool take_char(struct str *rest, char c)
{
	if (rest->n == 0 || rest->p[0] != c)
		return false;
	*rest = str_from(*rest, 1);
	return true;
}

static bool take_number(struct str *rest, uint32_t *out)
{
	size_t n = 0;
	uint64_t value = 0;
	while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9' && value <= NUMBER_MAX)
		value = value * 10 + (uint64_t)(rest->p[n++] - '0');
	*rest = str_from(*rest, n);
	*out = (uint32_t)value;
	return n > 0 && value <= NUMBER_MAX;
}

static bool take_wildcard(struct str *rest)
{
	return take_char(rest, 'x') || take_char(rest, 'X') || take_char(rest, '*');
}

static bool is_word(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '.' && c != '-')
			return false;
	}
	return text.n > 0;
}

/* What stands behind the numbers: "-pre", "+build", both. */
static bool read_qualifier(struct partial *p, struct str rest)
{
	size_t plus = str_find_c(rest, '+', 0);
	if (plus < rest.n && !is_word(str_from(rest, plus + 1)))
		return false;
	rest = str_to(rest, plus);
	if (!rest.n)
		return true;
	p->prerelease = take_char(&rest, '-');
	return p->prerelease && is_word(rest);
}

static bool read_partial(struct partial *p, struct str text)
{
	bool open = false; /* a wildcard has come: what follows does not count */
	*p = (struct partial) { 0 };
	while (take_char(&text, 'v') || take_char(&text, '='))
		;
	if (!text.n)
		return true;
	for (size_t i = 0; i < 3; i++) {
		uint32_t number = 0;
		bool wild = take_wildcard(&text);
		if (!wild && !take_number(&text, &number))
			return false;
		open |= wild;
		if (!open) {
			p->v.part[i] = number;
			p->given++;
		}
		if (i == 2 || !take_char(&text, '.'))
			break;
	}
	return read_qualifier(p, text);
}

bool version_read(struct version *out, struct str text)
{
	struct partial p;
	if (!read_partial(&p, str_trim(text)) || p.given == 0 || p.prerelease)
		return false;
	*out = p.v;
	return true;
}

/* ---- comparators ---- */

/* The first version behind those that share so many parts; none when there are no parts. */
static struct version version_behind(const struct version *v, unsigned parts)
{
	struct version next = lowest;
	if (parts == 0)
		return beyond;
	for (unsigned i = 0; i < parts; i++)
		next.part[i] = v->part[i];
	next.part[parts - 1]++;
	return next;
}

/* ^: what does not change the leftmost part that is not 0. */
static unsigned caret_parts(const struct partial *p)
{
	for (unsigned i = 0; i < p->given; i++)
		if (p->v.part[i])
			return i + 1;
	return p->given;
}

static struct interval interval_of(struct str op, const struct partial *p)
{
	struct version behind = version_behind(&p->v, p->given);
	bool pre = p->prerelease; /* it lies before its release */
	if (str_is(op, ">="))
		return (struct interval) { p->v, beyond };
	if (str_is(op, ">"))
		return (struct interval) { pre ? p->v : behind, beyond };
	if (str_is(op, "<"))
		return (struct interval) { lowest, p->v };
	if (str_is(op, "<="))
		return (struct interval) { lowest, pre ? p->v : behind };
	if (str_is(op, "^"))
		return (struct interval) { p->v, version_behind(&p->v, caret_parts(p)) };
	if (str_is(op, "~"))
		return (struct interval) { p->v, version_behind(&p->v, MIN(p->given, 2)) };
	return (struct interval) { p->v, pre ? p->v : behind };
}

static void cut_interval(struct interval *i, const struct interval *by)
{
	if (version_compare(&by->from, &i->from) > 0)
		i->from = by->from;
	if (version_compare(&by->to, &i->to) < 0)
		i->to = by->to;
}

/* ---- a list of them ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str take_word(struct str *rest)
{
	size_t n = 0;
	*rest = str_trim(*rest);
	while (n < rest->n && !is_blank(rest->p[n]))
		n++;
	struct str word = str_to(*rest, n);
	*rest = str_trim(str_from(*rest, n));
	return word;
}

static struct str take_operator(struct str *word)
{
	static const char *const operators[] = { ">=", "<=", "~>", ">", "<", "=", "^", "~" };
	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		struct str op = str_of(operators[i]);
		if (str_starts(*word, op)) {
			*word = str_from(*word, op.n);
			return str_is(op, "~>") ? STR("~") : op;
		}
	}
	return STR_EMPTY;
}

/* "A - B"; false: it is none. */
static bool take_hyphen(struct interval *out, struct str text, bool *ok)
{
	struct partial from, to;
	size_t at = str_find(text, STR(" - "), 0);
	if (at == SIZE_MAX)
		return false;
	*ok = read_partial(&from, str_trim(str_to(text, at))) && read_partial(&to, str_trim(str_from(text, at + 3)));
	if (*ok) {
		struct interval low = interval_of(STR(">="), &from), high = interval_of(STR("<="), &to);
		*out = low;
		cut_interval(out, &high);
	}
	return true;
}

static bool read_comparators(struct interval *out, struct str text)
{
	bool ok = true;
	*out = (struct interval) { lowest, beyond };
	if (take_hyphen(out, text, &ok))
		return ok;
	for (text = str_trim(text); text.n;) {
		struct partial p;
		struct str word = take_word(&text), op = take_operator(&word);
		if (!word.n && op.n)
			word = take_word(&text); /* "> 1.2" */
		if (!read_partial(&p, word))
			return false;
		struct interval i = interval_of(op, &p);
		cut_interval(out, &i);
	}
	return true;
}

enum range_answer range_has(struct str range, const struct version *v)
{
	enum range_answer answer = RANGE_OUTSIDE;
	for (struct str rest = range;;) {
		struct interval i;
		size_t bar = str_find(rest, STR("||"), 0);
		if (!read_comparators(&i, str_trim(str_to(rest, bar))))
			return RANGE_UNKNOWN;
		if (version_compare(v, &i.from) >= 0 && version_compare(v, &i.to) < 0)
			answer = RANGE_INSIDE;
		if (bar == SIZE_MAX)
			return answer;
		rest = str_from(rest, bar + 2);
	}
}
