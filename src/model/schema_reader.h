/* What the parts of the schema reader share. */
#ifndef SIDESTEP_MODEL_SCHEMA_READER_H
#define SIDESTEP_MODEL_SCHEMA_READER_H

#include "base/vec.h"
#include "model/schema.h"
#include "model/schema_table.h"

enum { SCHEMA_SCOPES_MAX = 64, SCHEMA_DEPTH_MAX = 200, SCHEMA_NAMES_MAX = 80 };

/* One reading in progress. */
struct schema_reader {
	struct arena *a;
	const struct source *src;
	struct diag_list *diags;
	struct schema_options options;
	struct diag *pending; /* messages of the YAML layer, in the order of the file; the first nshown are in diags again */
	size_t npending, nshown;
	unsigned depth;
	struct schema_scope {
		unsigned contexts, fns;
		struct expr_scope scope;
	} * scopes[SCHEMA_SCOPES_MAX]; /* those met so far */
	size_t nscopes;
};

/* A definition at its place: with the scope inherited from around it. */
struct schema_place {
	const struct schema_def *def;
	unsigned contexts, fns;
};

/* The place below outer that def describes. */
struct schema_place schema_below(struct schema_place outer, const struct schema_def *def);
static inline bool schema_takes_expressions(struct schema_place p)
{
	return p.contexts != 0 || p.fns != 0;
}
const struct expr_scope *schema_scope(struct schema_reader *r, struct schema_place p);

/* Lets the messages of the YAML layer that stand in front of offset speak. */
void schema_catch_up(struct schema_reader *r, uint32_t offset);

/* Any value; NULL when it does not fit (reported). */
struct token *schema_value(struct schema_reader *r, const struct ynode *n, struct schema_place p);
/* A scalar at a place. */
struct token *schema_scalar(struct schema_reader *r, const struct ynode *n, struct schema_place p);
/* A mapping at a place that takes mappings. */
struct token *schema_mapping(struct schema_reader *r, const struct ynode *n, struct schema_place p);
/* A key: a string (converted when it is another scalar), an expression or the insert directive; NULL
 * when it is neither (reported). */
struct token *schema_key_token(struct schema_reader *r, const struct ynode *n, struct schema_place p);

struct token *schema_token(struct schema_reader *r, enum token_kind kind, const struct ynode *n);
/* Text of a scalar as GitHub prints it: numbers and booleans in their normal form. */
struct str schema_scalar_text(struct schema_reader *r, const struct ynode *n);

/* Where a message about a whole node points: a scalar itself, the first key or item of a block. */
struct span schema_span(const struct ynode *n);
/* Reports that a scalar does not fit. */
void schema_bad_scalar(struct schema_reader *r, const struct ynode *n, struct schema_place p);
/* Reports a list or mapping where none is taken. */
void schema_bad_kind(struct schema_reader *r, const struct ynode *n, struct schema_place p);
/* The rule of an expression's error, by its text. */
enum rule schema_expression_rule(struct str text);
/* Reports an expression that does not parse or is not allowed. */
void schema_bad_expression(struct schema_reader *r, const struct ynode *n, struct schema_place p, const struct expr_error *error);

/* A mapping being read, with the choices that are left. */
struct schema_choice {
	const struct ynode *node;
	struct schema_place place;
	const struct schema_map *left[8];
	size_t nleft;
	const struct ynode *selector; /* the value that picked the map, or NULL */
	const struct ynode *decider;  /* for people: the key that says what the mapping is, or NULL */
	struct {
		VEC(size_t); /* places in r->diags of what the reader says about its keys */
	} said;
};

/* Reports a key that no choice left knows. */
void schema_bad_key(struct schema_reader *r, const struct schema_choice *c, const struct ynode *key, struct str name);
/* Reports the merge key `<<` among free keys: at the value when no such value may stand there, else at the key. */
void schema_bad_merge(struct schema_reader *r, const struct ypair *pair, bool value_fits);
/* Reports a key of the only choice left that is not there. */
void schema_missing_key(struct schema_reader *r, const struct schema_choice *c, const struct schema_key *key);
/* Reports that several choices are left. */
void schema_undecided(struct schema_reader *r, const struct schema_choice *c);

/* Says the same for people: one finding for one mistake, whatever the order of the keys. missing: also about keys that are not
 * there. */
void schema_tell(struct schema_reader *r, const struct schema_choice *read, bool missing);

/* The key of that name in a map, when both may be used here. */
const struct schema_key *schema_allowed_key(const struct schema_reader *r, const struct schema_map *m, struct str name);
/* Leaves all maps of the place, as far as their features are known. */
void schema_all_maps(const struct schema_reader *r, struct schema_choice *c);
/* Whether a mapping has a key of that name, in whatever case. */
bool schema_has_key(const struct ynode *n, struct str name);
const struct schema_key *schema_map_key(const struct schema_map *m, struct str name);

#endif
