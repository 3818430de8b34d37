/* What people are told about the keys of a mapping. GitHub's reader takes keys as they come: the first one decides what a step
 * is, what follows has to fit, and a slip of the pen is both an unknown key and a missing one. People are told one thing for one
 * mistake, whatever the order: the key that says what the mapping is (`run`, `uses`, `runs-on`) decides, wherever it stands. */
#include "base/vec.h"
#include "model/schema_reader.h"

/* ---- the keys ---- */

/* The text of a key that is one; empty for others, about which the reader has said what there is to say. */
static struct str key_name(struct schema_reader *r, const struct ynode *key)
{
	bool scalar = key->kind != YNODE_SEQ && key->kind != YNODE_MAP;
	return scalar && str_find(key->text, STR("${{"), 0) == SIZE_MAX ? schema_scalar_text(r, key) : STR_EMPTY;
}

static bool in_any(const struct schema_reader *r, const struct schema_choice *c, struct str name)
{
	for (size_t i = 0; i < c->nleft; i++)
		if (schema_allowed_key(r, c->left[i], name))
			return true;
	return c->nleft == 1 && c->left[0]->loose;
}

/* ---- which map it is ---- */

/* How many keys of the mapping a map does not have. */
static size_t strangers(struct schema_reader *r, const struct ynode *n, const struct schema_map *m)
{
	size_t count = 0;
	for (size_t i = 0; i < n->map.n; i++)
		count += !schema_allowed_key(r, m, key_name(r, n->map.pairs[i].key));
	return count;
}

/* Which map's required key is that name; SIZE_MAX: none's. */
static size_t decided_by(const struct schema_reader *r, const struct schema_choice *all, struct str name)
{
	for (size_t i = 0; i < all->nleft; i++) {
		const struct schema_key *k = schema_allowed_key(r, all->left[i], name);
		if (k && k->required)
			return i;
	}
	return SIZE_MAX;
}

/* The known name that a key was probably meant to be; empty when it is known, or like none. */
static struct str meant_name(struct schema_reader *r, const struct schema_def *d, struct str name)
{
	const char *names[SCHEMA_NAMES_MAX];
	size_t n = 0;
	for (size_t i = 0; i < d->nmaps; i++)
		for (size_t k = 0; k < d->maps[i]->nkeys && n < SCHEMA_NAMES_MAX; k++)
			if (schema_allowed_key(r, d->maps[i], d->maps[i]->keys[k].name))
				names[n++] = d->maps[i]->keys[k].name.p;
	const char *near = name.n ? str_nearest(name, names, n) : NULL;
	return near && !str_is(name, near) ? str_of(near) : STR_EMPTY;
}

/* By the key that decides, or was meant to: of several the one with which the others go best, else the first. */
static bool choose_decided(struct schema_reader *r, struct schema_choice *c, bool meant)
{
	struct schema_choice all = *c;
	const struct ynode *deciders[ARRAY_LEN(all.left)] = { NULL }; /* of each map, the first in the file */
	size_t fewest = SIZE_MAX;
	schema_all_maps(r, &all);
	for (size_t i = 0; i < c->node->map.n; i++) {
		const struct ynode *key = c->node->map.pairs[i].key;
		struct str name = key_name(r, key);
		size_t m = decided_by(r, &all, meant ? meant_name(r, c->place.def, name) : name);
		if (m == SIZE_MAX || deciders[m])
			continue;
		deciders[m] = key;
		size_t count = strangers(r, c->node, all.left[m]);
		if (count >= fewest)
			continue;
		fewest = count;
		c->decider = key;
		c->left[0] = all.left[m];
		c->nleft = 1;
	}
	return fewest != SIZE_MAX;
}

/* Those that have all the known keys; when none has, all. */
static void choose_by_all(struct schema_reader *r, struct schema_choice *c)
{
	struct schema_choice all = *c;
	schema_all_maps(r, &all);
	c->nleft = 0;
	for (size_t i = 0; i < all.nleft; i++) {
		bool fits = true;
		for (size_t k = 0; fits && k < c->node->map.n; k++) {
			struct str name = key_name(r, c->node->map.pairs[k].key);
			fits = !in_any(r, &all, name) || schema_allowed_key(r, all.left[i], name);
		}
		if (fits)
			c->left[c->nleft++] = all.left[i];
	}
	if (c->nleft == 0)
		*c = all;
}

/* ---- what is said ---- */

static bool was_meant(struct schema_reader *r, const struct schema_choice *c, struct str name)
{
	for (size_t i = 0; i < c->node->map.n; i++)
		if (str_eq(meant_name(r, c->place.def, key_name(r, c->node->map.pairs[i].key)), name))
			return true;
	return false;
}

static void tell_missing(struct schema_reader *r, const struct schema_choice *c)
{
	const struct schema_map *m = c->left[0];
	for (size_t i = 0; i < m->nkeys; i++)
		if (m->keys[i].required && !schema_has_key(c->node, m->keys[i].name) && !was_meant(r, c, m->keys[i].name))
			schema_missing_key(r, c, &m->keys[i]);
}

static void tell(struct schema_reader *r, const struct schema_choice *c, bool missing)
{
	for (size_t i = 0; i < c->node->map.n; i++) {
		const struct ynode *key = c->node->map.pairs[i].key;
		struct str name = key_name(r, key);
		if (name.n && !in_any(r, c, name))
			schema_bad_key(r, c, key, name);
	}
	if (missing && c->nleft > 1)
		schema_undecided(r, c);
	else if (missing)
		tell_missing(r, c);
}

void schema_tell(struct schema_reader *r, const struct schema_choice *read, bool missing)
{
	struct schema_choice c = *read;
	const struct schema_def *d = c.place.def;
	for (size_t i = 0; i < read->said.n; i++)
		r->diags->v[read->said.v[i]].audience = DIAG_FOR_READER;
	if (!c.selector && d->nmaps > 1 && !choose_decided(r, &c, false) && !choose_decided(r, &c, true))
		choose_by_all(r, &c);
	size_t from = r->diags->n;
	tell(r, &c, missing);
	for (size_t i = from; i < r->diags->n; i++)
		r->diags->v[i].audience = DIAG_FOR_PEOPLE;
}
