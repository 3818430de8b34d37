/* Collecting diagnostics; see diag.h. Showing them is in render.c. */
#include "source/diag.h"

#include <assert.h>
#include <stdarg.h>

#include "base/vec.h"

/* An error counts on the side of who says it. */
static size_t *counter_of(struct diag_list *l, const struct diag *d)
{
	return diag_is_lint(d) ? &l->lint_errors : &l->errors;
}

static struct diag *add(struct diag_list *l, enum rule rule, enum severity sev, struct span at, const char *fmt, va_list ap)
	PRINTF_LIKE(5, 0);

static struct diag *add(struct diag_list *l, enum rule rule, enum severity sev, struct span at, const char *fmt, va_list ap)
{
	struct diag *d = vec_add(l->arena, l);
	d->rule = rule;
	d->severity = sev;
	d->at = at;
	d->text = arena_vprintf(l->arena, fmt, ap);
	*counter_of(l, d) += sev == SEVERITY_ERROR;
	return d;
}

struct diag *diag_add(struct diag_list *l, enum rule rule, struct span at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct diag *d = add(l, rule, rule_info(rule)->severity, at, fmt, ap);
	va_end(ap);
	return d;
}

struct diag *diag_add_as(struct diag_list *l, enum rule rule, enum severity sev, struct span at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct diag *d = add(l, rule, sev, at, fmt, ap);
	va_end(ap);
	return d;
}

void diag_help(struct diag_list *l, struct diag *d, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	d->help = arena_vprintf(l->arena, fmt, ap);
	va_end(ap);
}

void diag_note(struct diag_list *l, struct diag *d, struct span at, const char *fmt, ...)
{
	struct diag_note *note = arena_make(l->arena, struct diag_note);
	va_list ap;
	va_start(ap, fmt);
	note->text = arena_vprintf(l->arena, fmt, ap);
	va_end(ap);
	note->at = at;
	struct diag_note **end = &d->notes;
	while (*end)
		end = &(*end)->next;
	*end = note;
}

void diag_fix(struct diag_list *l, struct diag *d, struct str replacement)
{
	enum rule_fix kind = rule_info(d->rule)->fix;
	assert(kind != RULE_FIX_NONE && !d->fix);
	struct str title = arena_printf(l->arena, "write %.*s", STRF(replacement));
	struct fix *f = fix_new(l->arena, kind == RULE_FIX_SAFE ? FIX_SAFE : FIX_SUGGESTION, title);
	fix_edit(l->arena, f, d->at, replacement);
	d->fix = f;
}

void diag_append(struct diag_list *l, const struct diag_list *more)
{
	for (size_t i = 0; i < more->n; i++) {
		const struct diag *d = &more->v[i];
		if (d->audience == DIAG_FOR_READER)
			continue;
		*vec_add(l->arena, l) = *d;
		*counter_of(l, d) += d->severity == SEVERITY_ERROR;
	}
}

bool diag_is_official(const struct diag *d)
{
	return rule_info(d->rule)->origin == RULE_BY_READER && d->audience != DIAG_FOR_PEOPLE;
}

bool diag_is_lint(const struct diag *d)
{
	return rule_info(d->rule)->origin == RULE_BY_LINT;
}

/* By place, then severity, then text: equal ones stand together and are dropped. */
static int order(const void *pa, const void *pb)
{
	const struct diag *a = pa, *b = pb;
	if (a->at.file != b->at.file)
		return a->at.file < b->at.file ? -1 : 1;
	if (a->at.from != b->at.from)
		return a->at.from < b->at.from ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	return str_cmp(a->text, b->text);
}

void diag_sort(struct diag_list *l)
{
	if (l->n == 0)
		return;
	qsort(l->v, l->n, sizeof(*l->v), order);
	size_t kept = 1;
	for (size_t i = 1; i < l->n; i++) {
		if (order(&l->v[kept - 1], &l->v[i]) == 0) {
			*counter_of(l, &l->v[i]) -= l->v[i].severity == SEVERITY_ERROR;
			if (!l->v[kept - 1].notes)
				l->v[kept - 1].notes = l->v[i].notes;
			continue;
		}
		l->v[kept++] = l->v[i];
	}
	l->n = kept;
}
