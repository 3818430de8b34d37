/* The filters of an event: patterns that are none, and lists that cannot select anything. */
#include "model/filter_pattern.h"
#include "model/internal.h"

/* The place of the fault in the file. */
static struct span within(const struct loader *l, const struct token *t, const struct filter_fault *f)
{
	struct scalar_map map;
	scalar_map(&map, l->a, l->src, t->at, t->style, t->raw);
	return scalar_span(&map, f->from, f->to);
}

static void report(struct loader *l, const char *filter, const struct token *t, const struct filter_fault *f)
{
	struct diag *d = diag_add(l->diags, RULE_GLOB_SYNTAX, within(l, t, f), "Invalid pattern in `%s`: %s", filter, f->why);
	char c = f->from < t->raw.n ? t->raw.p[f->from] : 0;
	if (c && strchr("?+[", c))
		diag_help(l->diags, d, "write \\%c for the character itself; patterns are no regular expressions", c);
}

/* t: one pattern or a list of them. Empty ones are the schema's business. */
static void check_list(struct loader *l, const char *filter, const struct token *t, bool ignores)
{
	struct arena scratch = { 0 };
	size_t n = !t ? 0 : t->kind == TOKEN_SEQUENCE ? t->seq.n : 1, positive = 0;
	for (size_t i = 0; i < n; i++) {
		const struct token *item = t->kind == TOKEN_SEQUENCE ? t->seq.items[i] : t;
		struct filter_pattern p;
		struct filter_fault fault;
		positive += item->raw.n == 0 || item->raw.p[0] != '!';
		if (item->raw.n && filter_pattern_compile(&p, &scratch, item->raw, &fault) < 0)
			report(l, filter, item, &fault);
		arena_clear(&scratch);
	}
	arena_done(&scratch);
	if (n == 0 || positive || ignores)
		return;
	const struct token *first = t->kind == TOKEN_SEQUENCE ? t->seq.items[0] : t;
	struct diag *d = diag_add(l->diags, RULE_GLOB_ONLY_NEGATIVE, first->at,
	                          "`%s` has only patterns with `!`: nothing is selected that "
	                          "they could take away from",
	                          filter);
	diag_help(l->diags, d, "put '**' in front of them, or list them without the `!` under `%s-ignore`", filter);
}

/* x and x-ignore exclude each other. */
static void check_pair(struct loader *l, const struct token *config, const char *filter, const char *ignoring)
{
	const struct token *ignored = token_get(config, ignoring);
	if (ignored && token_get(config, filter))
		diag_add(l->diags, RULE_EVENT_FILTER_CONFLICT, ignored->at,
		         "you may only define one of `%s` and `%s` for a single event", filter, ignoring);
}

void filters_check(struct loader *l, const struct token *config)
{
	static const char *const pairs[][2] = { { "branches", "branches-ignore" },
		                                { "tags", "tags-ignore" },
		                                { "paths", "paths-ignore" } };
	static const char *const others[] = { "names", "versions" };
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		check_pair(l, config, pairs[i][0], pairs[i][1]);
		check_list(l, pairs[i][0], token_get(config, pairs[i][0]), false);
		check_list(l, pairs[i][1], token_get(config, pairs[i][1]), true);
	}
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		check_list(l, others[i], token_get(config, others[i]), true);
}
