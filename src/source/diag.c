/* Collecting diagnostics; see diag.h. Showing them is in render.c. */
#include "source/diag.h"

#include <stdarg.h>

#include "base/vec.h"

static struct diag *add(struct diag_list *l, const char *rule, enum severity sev, struct span at, const char *fmt, va_list ap)
	PRINTF_LIKE(5, 0);

static struct diag *add(struct diag_list *l, const char *rule, enum severity sev, struct span at, const char *fmt, va_list ap)
{
	struct diag *d = vec_add(l->arena, l);
	d->rule = rule;
	d->severity = sev;
	d->at = at;
	d->text = arena_vprintf(l->arena, fmt, ap);
	l->errors += sev == SEVERITY_ERROR;
	return d;
}

struct diag *diag_add(struct diag_list *l, const char *rule, enum severity sev, struct span at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct diag *d = add(l, rule, sev, at, fmt, ap);
	va_end(ap);
	return d;
}

struct diag *diag_error(struct diag_list *l, const char *rule, struct span at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct diag *d = add(l, rule, SEVERITY_ERROR, at, fmt, ap);
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
			l->errors -= l->v[i].severity == SEVERITY_ERROR;
			if (!l->v[kept - 1].notes)
				l->v[kept - 1].notes = l->v[i].notes;
			continue;
		}
		l->v[kept++] = l->v[i];
	}
	l->n = kept;
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = { "error", "warning", "info" };
	return names[s];
}
