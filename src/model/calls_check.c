/* Inputs, secrets and permissions of a call, with GitHub's messages. */
#include "model/calls_check.h"

#include "model/internal.h"
#include "value/val.h"

/* The pairs of a mapping with literal keys; the others are known when the run is. */
static bool has_open_keys(const struct token *map)
{
	if (map && map->kind != TOKEN_MAPPING)
		return true;
	for (size_t i = 0; map && i < map->map.n; i++)
		if (map->map.pairs[i].key->kind != TOKEN_STRING)
			return true;
	return false;
}

static void suggest(struct diag_list *diags, struct diag *d, struct str word, const char *const *names, size_t n)
{
	const char *near = str_nearest(word, names, n);
	if (near)
		diag_help(diags, d, "did you mean '%s'?", near);
}

/* ---- inputs ---- */

static const struct input_def *input_of(const struct interface *takes, struct str name)
{
	for (size_t i = 0; i < takes->ninputs; i++)
		if (str_eq_nocase(takes->inputs[i].name, name))
			return &takes->inputs[i];
	return NULL;
}

static void unknown_input(struct diag_list *diags, const struct interface *takes, struct str name, struct span at)
{
	struct arena a = { 0 };
	const char **names = arena_array(&a, const char *, takes->ninputs + 1);
	for (size_t i = 0; i < takes->ninputs; i++)
		names[i] = arena_cstr(&a, takes->inputs[i].name);
	struct diag *d = diag_error(diags, "call-input-undefined", at,
	                            "Invalid input, %.*s is not defined in the referenced workflow.", STRF(name));
	suggest(diags, d, name, names, takes->ninputs);
	arena_done(&a);
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

static struct diag *wrong_type(struct diag_list *diags, const char *rule, const struct input_def *def, const struct token *value)
{
	struct diag *d = diag_error(diags, rule, value->at, "Unexpected value '%.*s'", STRF(literal_text(diags->arena, value)));
	diag_help(diags, d, "the input '%.*s' takes a %s, without quotes", STRF(def->name),
	          def->type == INPUT_BOOLEAN ? "boolean" : "number");
	return d;
}

static const struct token *given_value(const struct token *map, struct str name)
{
	for (size_t i = 0; map && map->kind == TOKEN_MAPPING && i < map->map.n; i++)
		if (map->map.pairs[i].key->kind == TOKEN_STRING && str_eq_nocase(map->map.pairs[i].key->s, name))
			return map->map.pairs[i].value;
	return NULL;
}

/* An input that is declared: its default, and what is given for it. */
static void check_input(struct diag_list *diags, const struct job *call, const struct input_def *def)
{
	const struct token *value = given_value(call->with, def->name);
	if (def->fallback && !may_be(def->fallback, def->type)) {
		struct diag *d = wrong_type(diags, "call-input-default-type", def, def->fallback);
		diag_note(diags, d, call->uses_at, CALLED_FROM_HERE);
	}
	if (value && !may_be(value, def->type))
		wrong_type(diags, "call-input-type", def, value);
	if (!value && def->required && !has_open_keys(call->with))
		diag_error(diags, "call-input-missing", call->uses_at, "Input %.*s is required, but not provided while calling.",
		           STRF(def->name));
}

static void check_inputs(struct diag_list *diags, const struct job *call, const struct interface *takes)
{
	const struct token *with = call->with;
	for (size_t i = 0; i < takes->ninputs; i++)
		check_input(diags, call, &takes->inputs[i]);
	for (size_t i = 0; with && with->kind == TOKEN_MAPPING && i < with->map.n; i++) {
		const struct token_pair *pair = &with->map.pairs[i];
		if (pair->key->kind == TOKEN_STRING && !input_of(takes, pair->key->s))
			unknown_input(diags, takes, pair->key->s, pair->value->at);
	}
}

/* ---- secrets ---- */

static void check_secrets(struct diag_list *diags, const struct job *call, const struct interface *takes)
{
	const struct token *given = call->secrets;
	for (size_t i = 0; !has_open_keys(given) && i < takes->nsecrets; i++)
		if (takes->secrets[i].required && !given_value(given, takes->secrets[i].name))
			diag_error(diags, "call-secret-missing", call->uses_at,
			           "Secret %.*s is required, but not provided while calling.", STRF(takes->secrets[i].name));
	for (size_t i = 0; given && given->kind == TOKEN_MAPPING && i < given->map.n; i++) {
		const struct token *key = given->map.pairs[i].key;
		bool known = key->kind != TOKEN_STRING;
		for (size_t k = 0; !known && k < takes->nsecrets; k++)
			known = str_eq_nocase(takes->secrets[k].name, key->s);
		if (!known)
			diag_error(diags, "call-secret-undefined", given->map.pairs[i].value->at,
			           "Invalid secret, %.*s is not defined in the referenced workflow.", STRF(key->s));
	}
}

void calls_check_interface(struct diag_list *diags, const struct job *call)
{
	const struct workflow *called = call->called;
	const struct token *on = token_get(called->root, "on");
	if (called->call.present) {
		check_inputs(diags, call, &called->call);
		if (!call->secrets_inherit)
			check_secrets(diags, call, &called->call);
		return;
	}
	struct diag *d = diag_error(diags, "call-not-callable", on ? on->at : call->uses_at,
	                            "workflow_call key is not defined in the referenced workflow.");
	if (on)
		diag_note(diags, d, call->uses_at, CALLED_FROM_HERE);
}

/* ---- permissions ---- */

/* "contents: write, issues: read" of those that are asked for beyond what is allowed; false: there are none. */
static bool excess(struct buf *asked, struct buf *allowed, const struct permissions *ask, const struct permissions *most)
{
	for (int i = 0; i < PERMISSIONS; i++) {
		if (ask->level[i] <= most->level[i])
			continue;
		buf_addf(asked, "%s%s: %s", asked->n ? ", " : "", permission_name(i), permission_level_name(ask->level[i]));
		buf_addf(allowed, "%s%s: %s", allowed->n ? ", " : "", permission_name(i), permission_level_name(most->level[i]));
	}
	return asked->n > 0;
}

/* name empty: the workflow itself asks. */
static void check_one(struct diag_list *diags, const struct job *call, const struct token *list, const struct permissions *most,
                      struct str name)
{
	struct permissions ask;
	_cleanup_buf_ struct buf asked = BUF_INIT, allowed = BUF_INIT;
	if (!permissions_read(&ask, list) || !excess(&asked, &allowed, &ask, most))
		return;
	struct diag *d =
		diag_error(diags, "call-permissions", call->at,
	                   "Error calling workflow '%.*s'. The %s '%.*s' is requesting '%.*s', but is only allowed '%.*s'.",
	                   STRF(call->uses), name.n ? "nested job" : "workflow", STRF(name.n ? name : call->uses),
	                   STRF(buf_str(&asked)), STRF(buf_str(&allowed)));
	diag_help(diags, d, "give the calling job these permissions, or ask for less in the called file");
}

bool calls_check_permissions(struct diag_list *diags, struct permissions *most, const struct workflow *caller,
                             const struct job *call, const struct permissions *handed, bool write_policy)
{
	const struct workflow *called = call->called;
	bool given = permissions_read(most, call->permissions) || permissions_read(most, caller->permissions);
	if (!given)
		*most = handed ? *handed : permissions_default(write_policy);
	check_one(diags, call, called->permissions, most, STR_EMPTY);
	for (size_t i = 0; i < called->njobs; i++) {
		const struct job *j = called->jobs[i];
		bool literal = j->name && j->name->kind == TOKEN_STRING && j->name->s.n;
		check_one(diags, call, j->permissions, most, literal ? j->name->s : j->id);
	}
	return given || handed;
}
