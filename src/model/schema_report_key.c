/* What the schema reader says about keys: unknown, misplaced, missing, too few to decide. */
#include "model/schema_reader.h"

/* Names of keys, each once. */
struct names {
	const char *v[SCHEMA_NAMES_MAX];
	size_t n;
};

static void add_name(struct names *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i], name) == 0)
			return;
	if (l->n < SCHEMA_NAMES_MAX)
		l->v[l->n++] = name;
}

static void add_keys(struct names *l, const struct schema_map *m)
{
	for (size_t i = 0; i < m->nkeys; i++)
		if (!m->keys[i].forbidden)
			add_name(l, m->keys[i].name.p);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void write_names(struct buf *out, struct names *l)
{
	qsort(l->v, l->n, sizeof(*l->v), by_name);
	for (size_t i = 0; i < l->n; i++)
		buf_addf(out, "%s%s", i ? ", " : "", l->v[i]);
}

/* The key in any of the place's maps, those already ruled out included. */
static const struct schema_key *known_somewhere(const struct schema_choice *c, struct str name)
{
	const struct schema_def *d = c->place.def;
	const struct schema_key *forbidden = NULL;
	for (size_t i = 0; i < d->nmaps; i++) {
		const struct schema_key *k = schema_map_key(d->maps[i], name);
		if (k && !k->forbidden)
			return k;
		forbidden = k ? k : forbidden;
	}
	return forbidden;
}

static enum rule rule_of(const struct schema_choice *c, const struct schema_key *known)
{
	const struct schema_map *m = c->left[0];
	enum rule fallback = m->unknown ? m->unknown : RULE_KEY_UNKNOWN_NESTED;
	if (!known)
		return fallback;
	if (known->forbidden)
		return known->rule ? known->rule : fallback;
	if (c->nleft > 1 && known->early)
		return known->early;
	if (known->misplaced)
		return known->misplaced;
	return m->misplaced ? m->misplaced : fallback;
}

/* The first key of the mapping that the known key's maps do not have: what it does not go together with. */
static const struct ynode *opponent(const struct schema_choice *c, const struct schema_key *known, const struct ynode *key)
{
	const struct schema_def *d = c->place.def;
	for (size_t i = 0; i < c->node->map.n && c->node->map.pairs[i].key != key; i++) {
		struct str name = c->node->map.pairs[i].key->text;
		bool together = false, anywhere = false;
		for (size_t m = 0; m < d->nmaps; m++) {
			const struct schema_key *other = schema_map_key(d->maps[m], name),
						*self = schema_map_key(d->maps[m], known->name);
			anywhere |= other != NULL;
			together |= other && self;
		}
		if (anywhere && !together)
			return c->node->map.pairs[i].key;
	}
	return NULL;
}

static void help_misplaced(struct schema_reader *r, struct diag *d, const struct schema_choice *c, const struct schema_key *known,
                           const struct ynode *key)
{
	const struct ynode *other = known->forbidden ? NULL : c->decider ? c->decider : opponent(c, known, key);
	if (known->forbidden)
		diag_help(r->diags, d, "%s", known->help ? known->help : "this key cannot stand here");
	else if (other)
		diag_help(r->diags, d, "'%.*s' does not go together with '%.*s'", STRF(known->name), STRF(other->text));
	else
		diag_help(r->diags, d, "'%.*s' does not go together with the other keys here", STRF(known->name));
	if (other)
		diag_note(r->diags, d, other->at, "'%.*s' is here", STRF(other->text));
}

static void help_unknown(struct schema_reader *r, struct diag *d, const struct schema_choice *c, struct str name)
{
	struct names all = { .n = 0 };
	for (size_t i = 0; i < c->nleft; i++)
		add_keys(&all, c->left[i]);
	const char *nearest = name.n ? str_nearest(name, all.v, all.n) : NULL;
	if (nearest) {
		diag_help(r->diags, d, "did you mean '%s'?", nearest);
		diag_fix(r->diags, d, str_of(nearest));
		return;
	}
	_cleanup_buf_ struct buf list = BUF_INIT;
	write_names(&list, &all);
	if (list.n > 0 && list.n <= 240)
		diag_help(r->diags, d, "the keys here are: %s", buf_cstr(&list));
}

static bool only_case_apart(const struct schema_choice *c, struct str name)
{
	for (size_t i = 0; i < c->nleft; i++)
		for (size_t k = 0; k < c->left[i]->nkeys; k++)
			if (str_eq_nocase(c->left[i]->keys[k].name, name))
				return true;
	return false;
}

static struct diag *unexpected_key(struct schema_reader *r, const struct schema_choice *c, enum rule rule,
                                   const struct ynode *key, struct str name, bool known)
{
	const struct schema_map *m = c->left[0];
	if (known && c->selector && m->named)
		return diag_add(r->diags, rule, key->at, "'%.*s' is not valid for %s (%s: %.*s)", STRF(name), m->named,
		                c->place.def->select, STRF(c->selector->text));
	return diag_add(r->diags, rule, key->at, "Unexpected value '%.*s'", STRF(name));
}

static const char no_merge[] = "GitHub does not merge mappings: repeat the keys, or alias whole values";

void schema_bad_merge(struct schema_reader *r, const struct ypair *pair, bool value_fits)
{
	struct diag *d;
	if (value_fits)
		d = diag_add(r->diags, RULE_YAML_MERGE_KEY, pair->key->at, "Unexpected value '<<'");
	else
		d = diag_add(r->diags, RULE_YAML_MERGE_KEY, schema_span(pair->value), "A %s was not expected",
		             pair->value->kind == YNODE_SEQ ? "sequence" : "mapping");
	diag_help(r->diags, d, "%s", no_merge);
}

void schema_bad_key(struct schema_reader *r, const struct schema_choice *c, const struct ynode *key, struct str name)
{
	const struct schema_key *known = known_somewhere(c, name);
	enum rule rule = rule_of(c, known);
	if (str_is(name, "<<"))
		rule = RULE_YAML_MERGE_KEY;
	else if (name.n == 0)
		rule = RULE_STRING_EMPTY;
	else if (!known && only_case_apart(c, name))
		rule = RULE_KEY_WRONG_CASE;
	struct diag *d = unexpected_key(r, c, rule, key, name, known != NULL);
	if (str_is(name, "<<"))
		diag_help(r->diags, d, "%s", no_merge);
	else if (known)
		help_misplaced(r, d, c, known, key);
	else
		help_unknown(r, d, c, name);
}

void schema_missing_key(struct schema_reader *r, const struct schema_choice *c, const struct schema_key *key)
{
	const struct schema_map *m = c->left[0];
	enum rule rule = key->missing ? key->missing : RULE_KEY_UNKNOWN_NESTED;
	struct span at = schema_span(c->node);
	struct diag *d;
	if (c->selector && m->named)
		d = diag_add(r->diags, rule, at, "'%.*s' is required for %s (%s: %.*s)", STRF(key->name), m->named,
		             c->place.def->select, STRF(c->selector->text));
	else
		d = diag_add(r->diags, rule, at, "Required property is missing: %.*s", STRF(key->name));
	if (key->help)
		diag_help(r->diags, d, "%.*s: %s", STRF(key->name), key->help);
}

/* The keys that just one of the maps left has. */
static void deciding_keys(struct names *out, const struct schema_choice *c)
{
	for (size_t i = 0; i < c->nleft; i++) {
		for (size_t k = 0; k < c->left[i]->nkeys; k++) {
			const struct schema_key *key = &c->left[i]->keys[k];
			size_t maps = 0;
			for (size_t m = 0; m < c->nleft; m++) {
				const struct schema_key *other = schema_map_key(c->left[m], key->name);
				maps += other && !other->forbidden;
			}
			if (maps == 1 && !key->forbidden)
				add_name(out, key->name.p);
		}
	}
}

void schema_undecided(struct schema_reader *r, const struct schema_choice *c)
{
	struct names keys = { .n = 0 };
	_cleanup_buf_ struct buf list = BUF_INIT;
	deciding_keys(&keys, c);
	write_names(&list, &keys);
	const struct schema_def *def = c->place.def;
	struct diag *d =
		diag_add(r->diags, def->undecided ? def->undecided : RULE_KEY_UNKNOWN_NESTED, schema_span(c->node),
	                 "There's not enough info to determine what you meant. Add one of these properties: %s", buf_cstr(&list));
	if (def->help)
		diag_help(r->diags, d, "%s", def->help);
}
