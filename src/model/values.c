/* Values that are wrong by themselves, though of the right kind: matrices without combinations, images without a
 * name, groups that wait for themselves. */
#include "base/utf8.h"
#include "model/internal.h"

enum { GROUP_MAX = 400 };

/* ---- matrix ---- */

static bool is_row_key(struct str key)
{
	return str_is(key, "include") || str_is(key, "exclude");
}

/* Names of the vectors, without case. */
static struct map vectors_of(struct loader *l, const struct token *matrix)
{
	struct map vectors = { 0 };
	for (size_t i = 0; i < matrix->map.n; i++)
		if (!is_row_key(matrix->map.pairs[i].key->s))
			map_put(l->a, &vectors, fold_ascii(l->a, matrix->map.pairs[i].key->s), matrix->map.pairs[i].value);
	return vectors;
}

static void check_exclude_keys(struct loader *l, const struct map *vectors, const struct token *row)
{
	for (size_t k = 0; k < row->map.n; k++) {
		const struct token *key = row->map.pairs[k].key;
		if (!map_has(vectors, fold_ascii(l->a, key->s)))
			diag_add(l->diags, RULE_MATRIX_EXCLUDE_UNKNOWN_KEY, key->at,
			         "Matrix exclude key '%.*s' does not match any key within the matrix", STRF(key->s));
	}
}

static void check_rows(struct loader *l, const struct token *matrix, const struct token *rows, bool exclude)
{
	struct map vectors = exclude ? vectors_of(l, matrix) : (struct map) { 0 };
	for (size_t i = 0; rows->kind == TOKEN_SEQUENCE && i < rows->seq.n; i++) {
		const struct token *row = rows->seq.items[i];
		if (row->kind != TOKEN_MAPPING)
			continue;
		if (row->map.n == 0)
			diag_add(l->diags, RULE_MATRIX_EMPTY_ENTRY, row->at,
			         exclude ? "Matrix exclude filter must not be empty"
			                 : "Matrix include mapping does not contain any values");
		if (exclude)
			check_exclude_keys(l, &vectors, row);
	}
}

static void check_matrix(struct loader *l, const struct job *j)
{
	const struct token *m = j->matrix;
	if (!m || m->kind != TOKEN_MAPPING)
		return;
	bool dynamic = token_has_expr(j->strategy), combinations = false;
	for (size_t i = 0; i < m->map.n; i++) {
		struct str key = m->map.pairs[i].key->s;
		const struct token *value = m->map.pairs[i].value;
		bool empty = value->kind == TOKEN_SEQUENCE && value->seq.n == 0;
		if (!is_row_key(key) && empty)
			diag_add(l->diags, RULE_MATRIX_EMPTY_VECTOR, value->at,
			         "Matrix vector '%.*s' does not contain any values", STRF(key));
		if (is_row_key(key) && !dynamic)
			check_rows(l, m, value, str_is(key, "exclude"));
		combinations |= !str_is(key, "exclude") && !(str_is(key, "include") && empty);
	}
	if (!combinations)
		diag_add(l->diags, token_get(m, "exclude") ? RULE_MATRIX_EXCLUDE_ALONE : RULE_MATRIX_NO_VECTOR, m->at,
		         "Matrix must define at least one vector");
}

/* ---- containers ---- */

static void check_image(struct loader *l, const struct token *container, bool service)
{
	bool mapping = container && container->kind == TOKEN_MAPPING;
	const struct token *image = mapping ? token_get(container, "image") : container;
	if (mapping && !image && !token_has_expr(container))
		diag_add(l->diags, RULE_CONTAINER_IMAGE_MISSING, container->at, "Container image cannot be empty");
	if (!image || image->kind != TOKEN_STRING)
		return;
	if (!str_is(image->s, "docker://") && !(service && image->s.n == 0))
		return;
	struct diag *d = diag_add(l->diags, RULE_CONTAINER_IMAGE_EMPTY, container->at, "Container image cannot be empty");
	if (mapping)
		diag_note(l->diags, d, image->at, "the image is here");
}

/* ---- concurrency ---- */

static const struct token *group_of(const struct token *concurrency)
{
	const struct token *group =
		concurrency && concurrency->kind == TOKEN_MAPPING ? token_get(concurrency, "group") : concurrency;
	return group && group->kind == TOKEN_STRING ? group : NULL;
}

static void check_concurrency(struct loader *l, const struct token *c)
{
	const struct token *group = group_of(c);
	if (group && utf8_utf16_units(group->s) > GROUP_MAX) {
		struct diag *d = diag_add(l->diags, RULE_CONCURRENCY_GROUP_LENGTH, c->at,
		                          "Concurrency group name must be less than 400 characters");
		if (group != c)
			diag_note(l->diags, d, group->at, "the group is here");
	}
	if (!c || c->kind != TOKEN_MAPPING)
		return;
	const struct token *queue = token_get(c, "queue"), *cancel = token_get(c, "cancel-in-progress");
	if (queue && str_is(queue->raw, "max") && cancel && cancel->kind == TOKEN_BOOL && cancel->b)
		diag_add(l->diags, RULE_CONCURRENCY_QUEUE_CANCEL, queue->at,
		         "'queue: max' cannot be combined with 'cancel-in-progress: true'.");
}

static void check_deadlock(struct loader *l, const struct workflow *w, const struct job *j)
{
	const struct token *outer = group_of(w->concurrency), *inner = group_of(j->concurrency);
	if (!outer || !inner || !str_eq(outer->s, inner->s))
		return;
	diag_add(l->diags, RULE_CONCURRENCY_DEADLOCK, outer->at,
	         "Concurrency group '%.*s' is also used by job '%.*s'. This will cause a deadlock.", STRF(outer->s), STRF(j->id));
	diag_add(l->diags, RULE_CONCURRENCY_DEADLOCK, inner->at,
	         "Concurrency group '%.*s' is also defined at the workflow level. This will cause a deadlock.", STRF(inner->s));
}

/* A runner group is NAME, organization/NAME or enterprise/NAME. */
static void check_runner_group(struct loader *l, const struct token *runs_on)
{
	const struct token *group = token_get(runs_on, "group");
	size_t slash = group && group->kind == TOKEN_STRING ? str_find_c(group->s, '/', 0) : SIZE_MAX;
	if (slash == SIZE_MAX)
		return;
	static const char *const prefixes[] = { "org", "organization", "ent", "enterprise" };
	bool known = false, two = str_find_c(group->s, '/', slash + 1) == SIZE_MAX;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		known |= str_is(str_to(group->s, slash), prefixes[i]);
	if (two && slash + 1 == group->s.n)
		diag_add(l->diags, RULE_RUNS_ON_GROUP_FORMAT, group->at, "Invalid runs-on group name '%.*s'.", STRF(group->s));
	else if (!known || !two)
		diag_add(l->diags, RULE_RUNS_ON_GROUP_FORMAT, group->at,
		         "Invalid runs-on group name '%.*s'. Please use 'organization/' or 'enterprise/' prefix to target a "
		         "single runner group.",
		         STRF(group->s));
}

/* A major version: digits that fit into 31 bits. */
static bool is_major(struct str s)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v > INT32_MAX ? v : v * 10 + (uint64_t)(s.p[i] - '0');
	}
	return s.n > 0 && v <= INT32_MAX;
}

static void check_snapshot(struct loader *l, const struct token *snapshot)
{
	const struct token *version = token_get(snapshot, "version"), *image = token_get(snapshot, "image-name");
	if (!version || version->kind != TOKEN_STRING || (image && image->kind == TOKEN_EXPR))
		return;
	size_t dot = str_find_c(version->s, '.', 0);
	if (dot != SIZE_MAX && str_is(str_from(version->s, dot), ".*") && is_major(str_to(version->s, dot)))
		return;
	struct diag *d = diag_add(l->diags, RULE_SNAPSHOT_VERSION_FORMAT, snapshot->at,
	                          "Expected format '{major-version}.*' Actual '%.*s'", STRF(version->s));
	diag_note(l->diags, d, version->at, "the version is here");
}

void values_check(struct loader *l, const struct workflow *w)
{
	check_concurrency(l, w->concurrency);
	for (size_t i = 0; i < w->njobs; i++) {
		const struct job *j = w->jobs[i];
		check_matrix(l, j);
		check_runner_group(l, j->runs_on);
		check_image(l, j->container, false);
		for (size_t s = 0; j->services && j->services->kind == TOKEN_MAPPING && s < j->services->map.n; s++)
			check_image(l, j->services->map.pairs[s].value, true);
		check_snapshot(l, j->snapshot);
		check_concurrency(l, j->concurrency);
		check_deadlock(l, w, j);
	}
}
