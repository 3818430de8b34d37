/* Mappings of the schema reader: which of several shapes a mapping has is decided by its keys, each of which
 * narrows the choice, or beforehand by the value of one key (an action's `using`). */
#include "model/schema_reader.h"

const struct schema_key *schema_map_key(const struct schema_map *m, struct str name)
{
	for (size_t i = 0; i < m->nkeys; i++)
		if (str_eq(m->keys[i].name, name))
			return &m->keys[i];
	return NULL;
}

static bool has_feature(const struct schema_reader *r, enum schema_feature f)
{
	return f != SCHEMA_FEATURE_BACKGROUND || !r->options.no_background;
}

const struct schema_key *schema_allowed_key(const struct schema_reader *r, const struct schema_map *m, struct str name)
{
	const struct schema_key *k = has_feature(r, m->feature) ? schema_map_key(m, name) : NULL;
	return k && !k->forbidden && has_feature(r, k->feature) ? k : NULL;
}

void schema_all_maps(const struct schema_reader *r, struct schema_choice *c)
{
	const struct schema_def *d = c->place.def;
	c->nleft = 0;
	for (size_t i = 0; i < d->nmaps && c->nleft < ARRAY_LEN(c->left); i++)
		if (has_feature(r, d->maps[i]->feature))
			c->left[c->nleft++] = d->maps[i];
}

static bool value_fits(const struct schema_key *k, struct str value)
{
	for (size_t i = 0; k && k->def && i < k->def->nwords; i++)
		if (str_is(value, k->def->words[i]))
			return true;
	return false;
}

/* Leaves only the map that the value of the selecting key names; all of them when it names none. */
static void select_map(struct schema_choice *c)
{
	const char *select = c->place.def->select;
	const struct ynode *value = select ? ynode_get(c->node, select) : NULL;
	if (!value || value->kind != YNODE_STRING)
		return;
	for (size_t i = 0; i < c->nleft; i++) {
		if (!value_fits(schema_map_key(c->left[i], str_of(select)), value->text))
			continue;
		c->selector = value;
		c->left[0] = c->left[i];
		c->nleft = 1;
		return;
	}
}

/* What the maps left say about a key; NULL when none knows it. Those that do not know it are left out. */
static const struct schema_key *match(const struct schema_reader *r, struct schema_choice *c, struct str name)
{
	const struct schema_key *found = NULL;
	size_t kept = 0;
	for (size_t i = 0; i < c->nleft; i++) {
		const struct schema_key *k = schema_allowed_key(r, c->left[i], name);
		if (!k)
			continue;
		found = found ? found : k;
		c->left[kept++] = c->left[i];
	}
	if (found)
		c->nleft = kept;
	return found;
}

static bool has_keys(const struct schema_choice *c)
{
	return c->nleft > 1 || c->left[0]->nkeys > 0;
}

static void add_pair(struct token *map, struct token *key, struct token *value)
{
	if (value)
		map->map.pairs[map->map.n++] = (struct token_pair) { key, value };
}

/* Whatever an expression stands for is checked when it has been evaluated. */
static const struct schema_def any;
static const struct schema_map any_map = { .name = "any", .loose = &any };
static const struct schema_map *const any_maps[] = { &any_map };
static const struct schema_def any = {
	.name = "any",
	.scalars = SCHEMA_STRING | SCHEMA_BOOL | SCHEMA_NUMBER | SCHEMA_NULL,
	.item = &any,
	.maps = any_maps,
	.nmaps = 1,
};

/* The value under ${{ insert }} or an expression: among known keys anything, else an ordinary member. */
static struct token *computed_value(struct schema_reader *r, const struct schema_choice *c, const struct ynode *n)
{
	const struct schema_def *def = has_keys(c) ? &any : c->left[0]->loose;
	return schema_value(r, n, schema_below(c->place, def));
}

static void loose_pair(struct schema_reader *r, const struct schema_choice *c, const struct ypair *pair, struct token *key,
                       struct token *map)
{
	if (key->s.n == 0) {
		schema_bad_key(r, c, pair->key, key->s);
		return;
	}
	const struct schema_def *def = c->left[0]->loose;
	if (str_is(key->s, "<<") && (pair->value->kind == YNODE_MAP || pair->value->kind == YNODE_SEQ))
		schema_bad_merge(r, pair, def->nmaps > 0);
	else
		add_pair(map, key, schema_value(r, pair->value, schema_below(c->place, def)));
}

/* The last finding is about the mapping's keys. */
static void said(struct schema_reader *r, struct schema_choice *c)
{
	*vec_add(r->a, &c->said) = r->diags->n - 1;
}

/* One pair with a literal key. */
static void literal_pair(struct schema_reader *r, struct schema_choice *c, const struct ypair *pair, struct token *key,
                         struct token *map)
{
	const struct schema_key *k = match(r, c, key->s);
	if (k) {
		add_pair(map, key, schema_value(r, pair->value, schema_below(c->place, k->def)));
	} else if (c->nleft == 1 && c->left[0]->loose) {
		loose_pair(r, c, pair, key, map);
	} else {
		schema_bad_key(r, c, pair->key, key->s);
		said(r, c);
	}
}

/* A key in another case has been reported as unexpected; it need not be reported as missing, too. */
bool schema_has_key(const struct ynode *n, struct str name)
{
	for (size_t i = 0; i < n->map.n; i++)
		if (str_eq_nocase(n->map.pairs[i].key->text, name))
			return true;
	return false;
}

/* With a select key whose value is wrong, that has been said, and more would only confuse. */
static bool badly_selected(const struct schema_choice *c)
{
	const char *select = c->place.def->select;
	return select && !c->selector && ynode_get(c->node, select);
}

static void conclude(struct schema_reader *r, struct schema_choice *c, bool computed)
{
	if (c->nleft > 1) {
		schema_undecided(r, c);
		said(r, c);
		return;
	}
	const struct schema_map *m = c->left[0];
	for (size_t i = 0; i < m->nkeys && !computed; i++)
		if (m->keys[i].required && !schema_has_key(c->node, m->keys[i].name)) {
			schema_missing_key(r, c, &m->keys[i]);
			said(r, c);
		}
}

struct token *schema_mapping(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	struct schema_choice c = { .node = n, .place = p };
	struct token *map = schema_token(r, TOKEN_MAPPING, n);
	bool computed = false;
	schema_all_maps(r, &c);
	select_map(&c);
	map->map.pairs = arena_array(r->a, struct token_pair, n->map.n + 1);
	for (size_t i = 0; i < n->map.n; i++) {
		const struct ypair *pair = &n->map.pairs[i];
		schema_catch_up(r, pair->key->at.from);
		struct token *key = schema_key_token(r, pair->key, p);
		if (!key)
			continue;
		if (key->kind == TOKEN_STRING) {
			literal_pair(r, &c, pair, key, map);
			continue;
		}
		computed = true;
		add_pair(map, key, computed_value(r, &c, pair->value));
	}
	if (!n->alias_of)
		schema_catch_up(r, n->at.to);
	bool complete = n->events > 0 && !badly_selected(&c); /* without events the YAML layer gave up in it */
	if (complete)
		conclude(r, &c, computed);
	if (c.said.n)
		schema_tell(r, &c, complete && !computed);
	return map;
}
