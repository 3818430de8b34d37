/* What GitHub's own reader says about a file. It goes in stages: the shape of the file, then what the values mean, then
 * how jobs depend on each other; a stage that found something is the last one. Where the YAML itself is at fault reading
 * ends there, and the message has no place. Diagnostics that are ours alone are left out. */
#include "base/utf8.h"
#include "model/calls_check.h"
#include "model/internal.h"

enum { TOKEN_SIZE = 24, STRING_SIZE = 26, RESULT_MAX = 10 << 20, ERRORS_MAX = 10 };

/* Reading ends with it. */
static bool ends_reading(const struct diag *d)
{
	switch (d->rule) {
	case RULE_YAML_SIZE_LIMITS:
	case RULE_CALL_SIZE:
	case RULE_YAML_ANCHOR_ACTION:
	case RULE_YAML_ALIAS_UNDEFINED:
	case RULE_YAML_ALIAS_RECURSIVE:
	case RULE_YAML_NUMBER_RANGE:
	case RULE_YAML_TAG_UNSUPPORTED:
	case RULE_YAML_TAG_MISMATCH:
		return true;
	default:
		return false;
	}
}

/* Where a message says it is. */
static enum reader_place place_of(const struct diag *d)
{
	static const char *const bare[] = { "Nested reusable workflow depth", "The maximum file count",
		                            "The workflow may not contain more than" };
	for (size_t i = 0; i < ARRAY_LEN(bare); i++)
		if (str_starts(d->text, str_of(bare[i])))
			return READER_BARE;
	return ends_reading(d) ? READER_FILE : READER_PLACED;
}

/* Rules about events that are not looked into when a run starts. */
static bool is_about_events(const struct diag *d)
{
	return d->rule == RULE_DISPATCH_DEFAULT_TYPE || d->rule == RULE_DISPATCH_CHOICE_OPTIONS ||
	       d->rule == RULE_CRON_NICKNAME || d->rule == RULE_CRON_SYNTAX;
}

/* Whether GitHub's reader says it; the rest is said by other parts of the service, or by nobody but us. */
static bool is_by_reader(const struct diag *d, const struct read_limits *limits)
{
	return diag_is_official(d) && !(limits && limits->relaxed_events && is_about_events(d));
}

/* The note of an error in a called file, or NULL. */
static const struct diag_note *call_of(const struct diag *d)
{
	const struct diag_note *n = d->notes;
	while (n && !str_is(n->text, CALLED_FROM_HERE))
		n = n->next;
	return n;
}

/* placed: with the place in the called file. */
static struct str called_text(struct arena *a, const struct source *src, struct span at, bool placed, struct str text)
{
	struct pos p = placed ? source_pos(src, at.from) : (struct pos) { 0, 0 };
	if (placed)
		return arena_printf(a, "Error from called workflow %.*s (Line: %u, Col: %u): %.*s", STRF(src->path), p.line,
		                    p.col, STRF(text));
	return arena_printf(a, "Error from called workflow %.*s: %.*s", STRF(src->path), STRF(text));
}

/* The first ones, in the order in which they were found or in that of the file. */
struct reader_errors {
	struct reader_error v[ERRORS_MAX];
	size_t n;
	bool sorted;
};

static void add_error(struct reader_errors *out, struct reader_error e)
{
	size_t at = out->n;
	while (out->sorted && at > 0 && out->v[at - 1].at.from > e.at.from)
		at--;
	if (at == ERRORS_MAX)
		return;
	size_t after = MIN(out->n, ERRORS_MAX - 1) - at;
	memmove(&out->v[at + 1], &out->v[at], after * sizeof(*out->v));
	out->v[at] = e;
	out->n += out->n < ERRORS_MAX;
}

/* Adds the errors of a range; false: reading ended in it. */
static bool add_range(const struct diag_list *diags, struct reader_errors *out, const struct read_limits *limits, size_t from,
                      size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct diag *d = &diags->v[i];
		bool error = d->severity == SEVERITY_ERROR || ends_reading(d); /* we only warn of very long files */
		if (!error || !is_by_reader(d, limits))
			continue;
		enum reader_place place = place_of(d);
		if (call_of(d)) {
			struct str text = called_text(diags->arena, source_get(diags->sources, d->at.file), d->at,
			                              !ends_reading(d), d->text);
			add_error(out, (struct reader_error) { text, call_of(d)->at, READER_CALL });
			continue;
		}
		add_error(out, (struct reader_error) { d->text, d->at, place });
		if (place != READER_PLACED)
			return false;
	}
	return true;
}

size_t official_size(const struct token *t)
{
	size_t n = TOKEN_SIZE;
	if (!t)
		return 0;
	if (t->kind == TOKEN_STRING || t->kind == TOKEN_EXPR)
		n += STRING_SIZE + 2 * utf8_utf16_units(t->s);
	for (size_t i = 0; t->kind == TOKEN_SEQUENCE && i < t->seq.n; i++)
		n += official_size(t->seq.items[i]);
	for (size_t i = 0; t->kind == TOKEN_MAPPING && i < t->map.n; i++)
		n += official_size(t->map.pairs[i].key) + official_size(t->map.pairs[i].value);
	return n;
}

size_t official_file_size(const struct workflow *w)
{
	return w->size + STRING_SIZE + 2 * utf8_utf16_units(w->path);
}

static bool too_large(const struct workflow *w, const struct read_limits *limits)
{
	size_t most = limits && limits->result_size ? limits->result_size : RESULT_MAX;
	return official_file_size(w) > most;
}

static void take(struct arena *a, struct workflow *w, const struct reader_errors *errors)
{
	w->errors = arena_array(a, struct reader_error, errors->n + 1);
	w->nerrors = errors->n;
	memcpy(w->errors, errors->v, errors->n * sizeof(*w->errors));
}

void official_add(struct loader *l, struct workflow *w, const struct read_limits *limits, size_t from)
{
	struct reader_errors errors = { .n = 0 };
	add_range(l->diags, &errors, limits, from, l->diags->n);
	take(l->a, w, &errors);
}

void official_errors(struct loader *l, struct workflow *w, const struct read_limits *limits, size_t nshape, bool ok)
{
	struct reader_errors errors = { .n = 0 };
	bool ended = !add_range(l->diags, &errors, limits, 0, nshape);
	if (ok && !ended && too_large(w, limits))
		add_error(&errors, (struct reader_error) {
					   .text = STR("Maximum object size exceeded"), .at = SPAN_NONE, .place = READER_FILE });
	errors.sorted = errors.n == 0;
	if (errors.sorted)
		add_range(l->diags, &errors, limits, nshape, l->diags->n);
	take(l->a, w, &errors);
}

void official_call(struct workflow *top, struct arena *a, const struct read_limits *limits, const struct diag_list *diags,
                   size_t from, const struct workflow *called, const struct job *call)
{
	struct reader_errors errors = { .n = 0 };
	if (top->nerrors)
		return;
	for (size_t i = 0; called && i < called->nerrors; i++) {
		const struct reader_error *e = &called->errors[i];
		struct str text = called_text(a, called->source, e->at, e->place == READER_PLACED, e->text);
		add_error(&errors, (struct reader_error) { text, call->uses_at, READER_CALL });
	}
	if (errors.n == 0)
		add_range(diags, &errors, limits, from, diags->n);
	take(a, top, &errors);
}

void official_endless(struct workflow *top, struct arena *a, unsigned depth)
{
	struct reader_errors errors = { .n = 0 };
	if (top->nerrors)
		return;
	struct str text = arena_printf(a, "Nested reusable workflow depth exceeded %u.", depth);
	add_error(&errors, (struct reader_error) { text, SPAN_NONE, READER_BARE });
	take(a, top, &errors);
}
