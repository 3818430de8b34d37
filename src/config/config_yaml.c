/* .sidestep.yml and config.yml: a mapping whose keys are the long options, one mapping deeper those of a section. All that
 * is wrong is told at once. */
#include "config/config.h"
#include "yaml/ytree.h"

struct reading {
	struct config *c;
	const struct config_file *f;
	const struct ynode *name; /* of the option being read */
};

static bool is_scalar(const struct ynode *n)
{
	return n->kind != YNODE_SEQ && n->kind != YNODE_MAP;
}

static const char *const found[] = { "nothing", "true or false", "a number", "a text", "a list", "a mapping" };

static void wrong_type(struct reading *r, const struct sidestep_config_key *key, const struct ynode *n)
{
	static const char *const wanted[] = {
		"true or false",       "a whole number",      "a text",           "a text or a list of texts",
		"a mapping or a list", "a mapping or a list", "one of its words", "a value"
	};
	diag_add(&r->c->diags, RULE_CONFIG_TYPE, n->at, "%s needs %s, not %s", key->name, wanted[key->kind], found[n->kind]);
}

static void add(struct reading *r, const struct sidestep_config_key *key, struct str text, struct span at)
{
	/* of what can never stand here, the option is shown, not its value */
	config_add(r->c, r->f, key, text, r->f->repository && (key->flags & SIDESTEP_CONFIG_PRIVATE) ? r->name->at : at);
}

static void read_scalar(struct reading *r, const struct sidestep_config_key *key, const struct ynode *n)
{
	bool fits = n->kind != YNODE_NULL && is_scalar(n);
	if (key->kind == SIDESTEP_CONFIG_FLAG)
		fits = n->kind == YNODE_BOOL;
	else if (key->kind == SIDESTEP_CONFIG_NUMBER)
		fits = n->kind == YNODE_NUMBER;
	if (!fits)
		wrong_type(r, key, n);
	else if (key->kind == SIDESTEP_CONFIG_FLAG)
		add(r, key, n->b ? STR("true") : STR("false"), n->at);
	else
		add(r, key, n->text, n->at);
}

/* NAME: VALUE; of a name only, nothing stands behind it. */
static void add_pair(struct reading *r, const struct sidestep_config_key *key, const struct ynode *name,
                     const struct ynode *value)
{
	bool empty = value->kind == YNODE_NULL;
	if (!is_scalar(value)) {
		diag_add(&r->c->diags, RULE_CONFIG_TYPE, value->at, "'%.*s' of %s needs one text, not %s", STRF(name->text),
		         key->name, found[value->kind]);
	} else if (!name->text.n || str_find_c(name->text, key->separator, 0) != SIZE_MAX) {
		diag_add(&r->c->diags, RULE_CONFIG_VALUE, name->at, "'%.*s' cannot be a name of %s", STRF(name->text), key->name);
	} else if (empty && key->kind == SIDESTEP_CONFIG_NAMES) {
		add(r, key, name->text, name->at);
	} else {
		struct str text = empty ? STR_EMPTY : value->text;
		struct arena *a = &r->c->arena;
		add(r, key, arena_printf(a, "%.*s%c%.*s", STRF(name->text), key->separator, STRF(text)), value->at);
	}
}

/* A list as value stands for the name once for each of its entries. */
static void read_map(struct reading *r, const struct sidestep_config_key *key, const struct ynode *map)
{
	for (size_t i = 0; i < map->map.n; i++) {
		const struct ypair *p = &map->map.pairs[i];
		if (key->separator != ':' || p->value->kind != YNODE_SEQ) {
			add_pair(r, key, p->key, p->value);
			continue;
		}
		for (size_t k = 0; k < p->value->seq.n; k++)
			add_pair(r, key, p->key, p->value->seq.items[k]);
	}
}

static void read_list(struct reading *r, const struct sidestep_config_key *key, const struct ynode *n)
{
	if (n->kind != YNODE_SEQ) {
		read_scalar(r, key, n);
		return;
	}
	for (size_t i = 0; i < n->seq.n; i++)
		read_scalar(r, key, n->seq.items[i]);
}

static void read_value(struct reading *r, const struct sidestep_config_key *key, const struct ynode *n)
{
	switch (key->kind) {
	case SIDESTEP_CONFIG_ANY:
		add(r, key, STR_EMPTY, n->at);
		break;
	case SIDESTEP_CONFIG_PAIRS:
	case SIDESTEP_CONFIG_NAMES:
		if (n->kind == YNODE_MAP) {
			read_map(r, key, n);
			break;
		}
		read_list(r, key, n);
		break;
	case SIDESTEP_CONFIG_LIST:
		read_list(r, key, n);
		break;
	default:
		read_scalar(r, key, n);
	}
}

static const char *section_named(const struct config *c, struct str name)
{
	for (size_t i = 0; i < c->nkeys; i++)
		if (c->keys[i].section && str_is(name, c->keys[i].section))
			return c->keys[i].section;
	return NULL;
}

static void read_mapping(struct reading *r, const struct ynode *map, const char *section);

static void read_key(struct reading *r, const struct ypair *p, const char *section)
{
	const struct sidestep_config_key *key = config_key(r->c, section, p->key->text);
	const char *inner = section ? NULL : section_named(r->c, p->key->text);
	r->name = p->key;
	if (key) {
		read_value(r, key, p->value);
	} else if (inner && p->value->kind == YNODE_MAP) {
		read_mapping(r, p->value, inner);
	} else if (inner) {
		if (p->value->kind != YNODE_NULL)
			diag_add(&r->c->diags, RULE_CONFIG_TYPE, p->value->at, "%s needs a mapping of options", inner);
	} else {
		struct diag *d = diag_add(&r->c->diags, RULE_CONFIG_KEY, p->key->at, "unknown option '%.*s'", STRF(p->key->text));
		config_suggest(r->c, d, section, p->key->text, "");
	}
}

static void read_mapping(struct reading *r, const struct ynode *map, const char *section)
{
	for (size_t i = 0; i < map->map.n; i++)
		read_key(r, &map->map.pairs[i], section);
}

void config_read_yaml(struct config *c, const struct config_file *f)
{
	struct reading r = { .c = c, .f = f };
	struct ytree_options options = { 0 };
	struct ytree tree = { 0 };
	if (!ytree_parse(&tree, &c->arena, f->src, &options, &c->diags) || !tree.root || tree.root->kind == YNODE_NULL)
		return;
	if (tree.root->kind == YNODE_MAP)
		read_mapping(&r, tree.root, NULL);
	else
		diag_add(&c->diags, RULE_CONFIG_TYPE, tree.root->at, "a mapping of options was expected");
}
