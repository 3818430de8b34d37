/* From an action.yml's tokens to struct action, and what the runner has against the file: less than the strict reading
 * finds, since the runner ignores what it does not know and needs neither a name nor a description. Sources: GitHub's
 * metadata syntax; actions/runner, ActionManifestManager. */
#include "model/action.h"

#include "model/internal.h"

enum { ERRORS_MAX = 10 };

static const char not_supported[] =
	"'using: %.*s' is not supported, use 'docker', 'node12', 'node16', 'node20' or 'node24' instead.";

/* ---- members ---- */

static void read_inputs(struct loader *l, struct action *out, const struct token *inputs)
{
	if (!inputs || inputs->kind != TOKEN_MAPPING)
		return;
	out->inputs = arena_array(l->a, struct action_input, inputs->map.n + 1);
	for (size_t i = 0; i < inputs->map.n; i++) {
		const struct token *key = inputs->map.pairs[i].key, *body = inputs->map.pairs[i].value;
		if (key->kind != TOKEN_STRING)
			continue;
		out->inputs[out->ninputs++] = (struct action_input) { .name = key->s,
			                                              .at = key->at,
			                                              .fallback = token_get(body, "default"),
			                                              .deprecated = token_text(body, "deprecationMessage") };
	}
}

static void read_outputs(struct loader *l, struct action *out, const struct token *outputs)
{
	if (!outputs || outputs->kind != TOKEN_MAPPING)
		return;
	out->outputs = arena_array(l->a, struct output_def, outputs->map.n + 1);
	for (size_t i = 0; i < outputs->map.n; i++) {
		const struct token *key = outputs->map.pairs[i].key;
		if (key->kind == TOKEN_STRING)
			out->outputs[out->noutputs++] =
				(struct output_def) { key->s, key->at, token_get(outputs->map.pairs[i].value, "value") };
	}
}

static void parse_hook(struct loader *l, struct action_hook *hook, const struct token *t, const char *key)
{
	struct expr *e = NULL;
	struct expr_error error;
	struct str text = t ? str_trim(t->raw) : STR_EMPTY;
	if (str_find(text, STR("${{"), 0) != SIZE_MAX) {
		struct diag *d = diag_add(l->diags, RULE_META_IF_BRACES, t->at,
		                          "Explicit expression syntax ${{ }} is not supported for '%s'", key);
		diag_help(l->diags, d, "write the expression alone, without ${{ }}");
		text = STR_EMPTY;
	}
	if (text.n && expr_parse(&e, l->a, text, schema_hook_condition_scope(), &error) < 0) {
		condition_report(l->diags, t->at, schema_hook_condition_scope(), error.text);
		e = NULL;
	}
	if (!e) {
		text = STR("always()");
		expr_parse(&e, l->a, text, schema_hook_condition_scope(), &error);
	}
	hook->condition = e;
	hook->condition_text = text;
}

/* pre or post of either kind of action. */
static void read_hook(struct loader *l, struct action_hook *hook, const struct token *runs, const char *script, const char *key)
{
	const struct token *t = token_get(runs, key);
	hook->script = token_text(runs, script);
	if (hook->script.n || t)
		parse_hook(l, hook, t, key);
	if (t && !hook->script.n)
		diag_add(l->diags, RULE_META_IF_WITHOUT_HOOK, t->at, "'%s' has no effect without '%s'", key, script);
	if (!hook->script.n)
		hook->condition = NULL;
}

static void read_composite(struct loader *l, struct action *out, const struct token *runs)
{
	out->kind = ACTION_COMPOSITE;
	out->body = arena_make(l->a, struct job);
	out->body->at = runs->at;
	out->body->body = runs;
	l->step_conditions = schema_action_step_condition_scope();
	steps_read(l, out->body, token_get(runs, "steps"));
}

static void read_docker(struct loader *l, struct action *out, const struct token *runs)
{
	out->kind = ACTION_DOCKER;
	out->main = token_text(runs, "image");
	out->entrypoint = token_text(runs, "entrypoint");
	out->args = token_get(runs, "args");
	out->env = token_get(runs, "env");
	read_hook(l, &out->pre, runs, "pre-entrypoint", "pre-if");
	read_hook(l, &out->post, runs, "post-entrypoint", "post-if");
}

static void read_runs(struct loader *l, struct action *out, const struct token *runs)
{
	out->using = token_text(runs, "using");
	if (!runs || runs->kind != TOKEN_MAPPING)
		return;
	if (str_is_nocase(out->using, "composite")) {
		read_composite(l, out, runs);
	} else if (str_is_nocase(out->using, "docker")) {
		read_docker(l, out, runs);
	} else {
		out->kind = ACTION_NODE;
		out->main = token_text(runs, "main");
		read_hook(l, &out->pre, runs, "pre", "pre-if");
		read_hook(l, &out->post, runs, "post", "post-if");
	}
}

/* ---- what the runner says ---- */

/* Whether a place is in a part of the file that the runner looks at. */
static bool is_looked_at(const struct action *action, struct span at)
{
	static const char *const keys[] = { "name", "description", "inputs", "outputs", "runs" };
	const struct token *root = action->root, *around = NULL;
	for (size_t i = 0; root && i < root->map.n; i++)
		if (root->map.pairs[i].key->at.from <= at.from)
			around = root->map.pairs[i].key;
	for (size_t i = 0; around && i < ARRAY_LEN(keys); i++)
		if (str_is(around->raw, keys[i]))
			return true;
	return !around;
}

static struct str source_text(const struct source *src, struct span at)
{
	return str_to(str_from(src->text, at.from), at.to - at.from);
}

static struct reader_error runner_error(struct arena *a, const struct source *src, const struct diag *d)
{
	struct reader_error e = { d->text, d->at, READER_PLACED };
	if (d->rule == RULE_META_USING) {
		e.text = arena_printf(a, not_supported, STRF(source_text(src, d->at)));
		e.place = READER_BARE;
	} else if (d->rule == RULE_META_RUNS_KEY) {
		e.text = arena_printf(a, "Unexpected value '%.*s'", STRF(source_text(src, d->at)));
	} else if (rule_info(d->rule)->tags & RULE_TAG_YAML) {
		e.place = d->rule == RULE_YAML_ANCHOR_ACTION ? READER_FILE : READER_PLACED;
	}
	return e;
}

static void add_error(struct arena *a, struct action *action, struct reader_error e)
{
	if (!action->errors)
		action->errors = arena_array(a, struct reader_error, ERRORS_MAX);
	if (action->nerrors < ERRORS_MAX)
		action->errors[action->nerrors++] = e;
}

static void take_errors(struct loader *l, struct action *action)
{
	for (size_t i = 0; i < l->diags->n; i++) {
		const struct diag *d = &l->diags->v[i];
		bool by_runner = d->severity == SEVERITY_ERROR && diag_is_official(d);
		if (by_runner && is_looked_at(action, d->at))
			add_error(l->a, action, runner_error(l->a, l->src, d));
	}
	if (action->nerrors == 0 && !token_get(action->root, "runs"))
		add_error(l->a, action,
		          (struct reader_error) {
				  arena_printf(l->a, "Top level 'runs:' section is required for %.*s", STRF(l->src->path)),
				  { l->src->id, 0, 0 },
				  READER_BARE });
}

/* ---- the whole ---- */

/* The kind may be written in any case. */
static void fold_using(struct arena *a, const struct ynode *root)
{
	const struct ynode *runs = root && root->kind == YNODE_MAP ? ynode_get(root, "runs") : NULL;
	struct ynode *using = runs && runs->kind == YNODE_MAP ? ynode_get(runs, "using") : NULL;
	if (using && using->kind == YNODE_STRING)
		using->text = fold_ascii(a, using->text);
}

struct action *action_read(struct arena *a, const struct source *src, struct diag_list *diags)
{
	/* a list of its own: what another file has wrong says nothing about this one */
	struct diag_list own = { .arena = diags->arena, .sources = diags->sources };
	struct loader l = { .a = a, .src = src, .diags = &own };
	struct action *out = arena_make(a, struct action);
	struct ytree tree;
	struct ytree_options options = { .no_anchors = true };
	out->source = src;
	out->path = src->path;
	bool ok = ytree_parse(&tree, a, src, &options, &own);
	fold_using(a, tree.root);
	if (ok)
		out->root = schema_read(a, tree.root, src, SCHEMA_ACTION, &own);
	out->name = token_text(out->root, "name");
	read_inputs(&l, out, token_get(out->root, "inputs"));
	read_outputs(&l, out, token_get(out->root, "outputs"));
	read_runs(&l, out, token_get(out->root, "runs"));
	out->valid = out->root && own.errors == 0;
	take_errors(&l, out);
	diag_append(diags, &own);
	return out;
}

const struct action_input *action_input(const struct action *action, struct str name)
{
	for (size_t i = 0; i < action->ninputs; i++)
		if (str_eq_nocase(action->inputs[i].name, name))
			return &action->inputs[i];
	return NULL;
}

const char *action_kind_name(enum action_kind k)
{
	static const char *const names[] = { "composite", "JavaScript", "container" };
	return names[k];
}
