/* Inputs and secrets of a call against what the called file declares, with GitHub's messages. */
#include "model/calls_check.h"

#include "model/internal.h"
#include "value/val.h"

enum { SUGGESTIONS_MAX = 20000 }; /* names looked at for the suggestions of one call */

/* One call that is checked. The maps know names without case. */
struct check {
	struct diag_list *diags;
	const struct job *call;
	const struct interface *takes;
	struct arena a;                         /* for the time of the check */
	struct map given_inputs, given_secrets; /* of struct token: the values */
	struct map inputs, secrets;             /* that are declared */
	const char **names;                     /* of the inputs */
	size_t compared;
	bool open; /* not all names of inputs are known yet */
};

/* Whether some names are known only when the run is. */
static bool has_open_keys(const struct token *map)
{
	if (map && map->kind != TOKEN_MAPPING)
		return true;
	for (size_t i = 0; map && i < map->map.n; i++)
		if (map->map.pairs[i].key->kind != TOKEN_STRING)
			return true;
	return false;
}

static void index_given(struct check *c, struct map *out, const struct token *map)
{
	for (size_t i = 0; map && map->kind == TOKEN_MAPPING && i < map->map.n; i++)
		if (map->map.pairs[i].key->kind == TOKEN_STRING)
			map_put(&c->a, out, fold_ascii(&c->a, map->map.pairs[i].key->s), map->map.pairs[i].value);
}

static void index_declared(struct check *c)
{
	const struct interface *t = c->takes;
	for (size_t i = 0; i < t->ninputs; i++)
		map_put(&c->a, &c->inputs, fold_ascii(&c->a, t->inputs[i].name), &t->inputs[i]);
	for (size_t i = 0; i < t->nsecrets; i++)
		map_put(&c->a, &c->secrets, fold_ascii(&c->a, t->secrets[i].name), &t->secrets[i]);
}

static bool knows(struct check *c, const struct map *names, struct str name)
{
	return map_has(names, fold_ascii(&c->a, name));
}

static const struct token *value_of(struct check *c, const struct map *given, struct str name)
{
	return map_get(given, fold_ascii(&c->a, name));
}

/* ---- inputs ---- */

static void suggest_input(struct check *c, struct diag *d, struct str word)
{
	const struct interface *t = c->takes;
	c->compared += t->ninputs;
	if (c->compared > SUGGESTIONS_MAX)
		return;
	if (!c->names) {
		c->names = arena_array(&c->a, const char *, t->ninputs + 1);
		for (size_t i = 0; i < t->ninputs; i++)
			c->names[i] = arena_cstr(&c->a, t->inputs[i].name);
	}
	const char *near = str_nearest(word, c->names, t->ninputs);
	if (near)
		diag_help(c->diags, d, "did you mean '%s'?", near);
}

static bool may_be(const struct token *value, enum input_type type)
{
	if (value->kind == TOKEN_EXPR)
		return true;
	if (type == INPUT_BOOLEAN)
		return value->kind == TOKEN_BOOL;
	if (type == INPUT_NUMBER)
		return value->kind == TOKEN_NUMBER;
	return value->kind != TOKEN_MAPPING && value->kind != TOKEN_SEQUENCE;
}

/* A literal as GitHub prints it. */
static struct str literal_text(struct arena *a, const struct token *t)
{
	switch (t->kind) {
	case TOKEN_BOOL:
		return t->b ? STR("true") : STR("false");
	case TOKEN_NUMBER:
		return val_number_text(a, t->num);
	case TOKEN_STRING:
		return t->s;
	default:
		return STR_EMPTY;
	}
}

static struct diag *wrong_type(struct diag_list *diags, enum rule rule, const struct input_def *def, const struct token *value)
{
	struct diag *d = diag_add(diags, rule, value->at, "Unexpected value '%.*s'", STRF(literal_text(diags->arena, value)));
	diag_help(diags, d, "the input '%.*s' takes a %s, without quotes", STRF(def->name),
	          def->type == INPUT_BOOLEAN ? "boolean" : "number");
	return d;
}

/* An input that is declared: its default, and what is given for it. */
static void check_input(struct check *c, const struct input_def *def)
{
	struct span uses = c->call->uses_at;
	const struct token *value = value_of(c, &c->given_inputs, def->name);
	if (def->fallback && !may_be(def->fallback, def->type)) {
		struct diag *d = wrong_type(c->diags, RULE_CALL_INPUT_DEFAULT_TYPE, def, def->fallback);
		diag_note(c->diags, d, uses, CALLED_FROM_HERE);
	}
	if (value && !may_be(value, def->type))
		wrong_type(c->diags, RULE_CALL_INPUT_TYPE, def, value);
	if (!value && def->required && !c->open)
		diag_add(c->diags, RULE_CALL_INPUT_MISSING, uses, "Input %.*s is required, but not provided while calling.",
		         STRF(def->name));
}

static void check_inputs(struct check *c)
{
	const struct token *with = c->call->with;
	for (size_t i = 0; i < c->takes->ninputs; i++)
		check_input(c, &c->takes->inputs[i]);
	for (size_t i = 0; with && with->kind == TOKEN_MAPPING && i < with->map.n; i++) {
		const struct token *key = with->map.pairs[i].key;
		if (key->kind != TOKEN_STRING || knows(c, &c->inputs, key->s))
			continue;
		struct diag *d = diag_add(c->diags, RULE_CALL_INPUT_UNDEFINED, with->map.pairs[i].value->at,
		                          "Invalid input, %.*s is not defined in the referenced workflow.", STRF(key->s));
		suggest_input(c, d, key->s);
	}
}

/* ---- secrets ---- */

static void check_secrets(struct check *c)
{
	const struct token *given = c->call->secrets;
	bool open = has_open_keys(given);
	for (size_t i = 0; !open && i < c->takes->nsecrets; i++) {
		const struct secret_def *def = &c->takes->secrets[i];
		if (def->required && !value_of(c, &c->given_secrets, def->name))
			diag_add(c->diags, RULE_CALL_SECRET_MISSING, c->call->uses_at,
			         "Secret %.*s is required, but not provided while calling.", STRF(def->name));
	}
	for (size_t i = 0; given && given->kind == TOKEN_MAPPING && i < given->map.n; i++) {
		const struct token *key = given->map.pairs[i].key;
		if (key->kind == TOKEN_STRING && !knows(c, &c->secrets, key->s))
			diag_add(c->diags, RULE_CALL_SECRET_UNDEFINED, given->map.pairs[i].value->at,
			         "Invalid secret, %.*s is not defined in the referenced workflow.", STRF(key->s));
	}
}

/* ---- both ---- */

static void not_callable(struct diag_list *diags, const struct job *call)
{
	const struct token *on = token_get(call->called->root, "on");
	struct diag *d = diag_add(diags, RULE_CALL_NOT_CALLABLE, on ? on->at : call->uses_at,
	                          "workflow_call key is not defined in the referenced workflow.");
	if (on)
		diag_note(diags, d, call->uses_at, CALLED_FROM_HERE);
}

void calls_check_interface(struct diag_list *diags, const struct job *call)
{
	struct check c = { .diags = diags, .call = call, .takes = &call->called->call, .open = has_open_keys(call->with) };
	if (!c.takes->present) {
		not_callable(diags, call);
		return;
	}
	index_declared(&c);
	index_given(&c, &c.given_inputs, call->with);
	check_inputs(&c);
	if (!call->secrets_inherit) {
		index_given(&c, &c.given_secrets, call->secrets);
		check_secrets(&c);
	}
	arena_done(&c.a);
}
