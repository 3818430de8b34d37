/* The five fields of a schedule. Source: GitHub's workflow syntax, on.schedule. */
#include "model/internal.h"

struct field {
	int low, high;
	const char *const *names; /* for low, low + 1, … */
	size_t nnames;
};

static const char *const months[] = { "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC" };
static const char *const days[] = { "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT" };
static const struct field fields[] = {
	{ 0, 59, NULL, 0 },
	{ 0, 23, NULL, 0 },
	{ 1, 31, NULL, 0 },
	{ 1, 12, months, ARRAY_LEN(months) },
	{ 0, 6, days, ARRAY_LEN(days) },
};

static bool value(struct str s, const struct field *f, int *out)
{
	for (size_t i = 0; i < f->nnames; i++)
		if (str_is_nocase(s, f->names[i])) {
			*out = f->low + (int)i;
			return true;
		}
	if (s.n == 0 || s.n > 3)
		return false;
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return *out >= f->low && *out <= f->high;
}

/* `*`, a value or a range, with a step or without. */
static bool part(struct str s, const struct field *f)
{
	size_t slash = str_find_c(s, '/', 0);
	int step, from, to;
	if (slash != SIZE_MAX) {
		struct field steps = { 1, f->high, NULL, 0 };
		if (!value(str_from(s, slash + 1), &steps, &step))
			return false;
		s = str_to(s, slash);
	}
	if (str_is(s, "*"))
		return true;
	size_t dash = str_find_c(s, '-', 0);
	if (dash == SIZE_MAX)
		return value(s, f, &from);
	return value(str_to(s, dash), f, &from) && value(str_from(s, dash + 1), f, &to) && to >= from;
}

static bool list(struct str s, const struct field *f)
{
	for (;;) {
		size_t comma = str_find_c(s, ',', 0);
		if (!part(str_to(s, comma), f))
			return false;
		if (comma == SIZE_MAX)
			return true;
		s = str_from(s, comma + 1);
	}
}

static bool valid(struct str s)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		size_t blank = str_find_c(s, ' ', 0);
		bool last = i + 1 == ARRAY_LEN(fields);
		if ((blank == SIZE_MAX) != last || !list(str_to(s, blank), &fields[i]))
			return false;
		s = str_from(s, blank == SIZE_MAX ? s.n : blank + 1);
	}
	return true;
}

void schedule_check(struct loader *l, const struct token *config)
{
	for (size_t i = 0; config && config->kind == TOKEN_SEQUENCE && i < config->seq.n; i++) {
		const struct token *cron = token_get(config->seq.items[i], "cron");
		if (!cron || cron->kind != TOKEN_STRING || valid(cron->s))
			continue;
		bool nickname = cron->s.n && cron->s.p[0] == '@';
		struct diag *d =
			diag_add(l->diags, nickname ? RULE_CRON_NICKNAME : RULE_CRON_SYNTAX, cron->at,
		                 "Invalid cron expression. Expected format: '* * * * *' (minute hour day month weekday)");
		if (nickname)
			diag_help(l->diags, d, "nicknames like @daily are not known: write '0 0 * * *'");
	}
}
