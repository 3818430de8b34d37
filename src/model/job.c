/* Jobs: those with steps and those that call a workflow. */
#include "model/internal.h"

const struct token *token_get(const struct token *map, const char *key)
{
	for (size_t i = 0; map && map->kind == TOKEN_MAPPING && i < map->map.n; i++)
		if (map->map.pairs[i].key->kind == TOKEN_STRING && str_is(map->map.pairs[i].key->s, key))
			return map->map.pairs[i].value;
	return NULL;
}

struct str token_text(const struct token *map, const char *key)
{
	const struct token *t = token_get(map, key);
	return t && t->kind == TOKEN_STRING ? t->s : STR_EMPTY;
}

void token_refs(struct loader *l, const struct token *t, struct ref **out, size_t *n)
{
	*n = 0;
	if (!t)
		return;
	size_t most = t->kind == TOKEN_SEQUENCE ? t->seq.n : 1;
	*out = arena_array(l->a, struct ref, most + 1);
	for (size_t i = 0; i < most; i++) {
		const struct token *item = t->kind == TOKEN_SEQUENCE ? t->seq.items[i] : t;
		if (item->kind == TOKEN_STRING)
			(*out)[(*n)++] = (struct ref) { item->s, item->at };
	}
}

uint32_t line_of(const struct loader *l, struct span at)
{
	return source_line_at(l->src, at.from);
}

static void read_call(struct loader *l, struct job *j, const struct token *body)
{
	const struct token *uses = token_get(body, "uses");
	j->is_call = true;
	j->uses = uses->kind == TOKEN_STRING ? uses->s : STR_EMPTY;
	j->uses_at = uses->at;
	uses_check_call(l, j->uses, j->uses_at);
	j->with = token_get(body, "with");
	j->secrets = token_get(body, "secrets");
	j->secrets_inherit = j->secrets && j->secrets->kind == TOKEN_STRING && str_is(j->secrets->s, "inherit");
}

static void read_strategy(struct job *j)
{
	if (!j->strategy || j->strategy->kind != TOKEN_MAPPING)
		return;
	j->fail_fast = token_get(j->strategy, "fail-fast");
	j->max_parallel = token_get(j->strategy, "max-parallel");
	j->matrix = token_get(j->strategy, "matrix");
}

struct job *job_read(struct loader *l, const struct token *id, const struct token *body)
{
	struct job *j = arena_make(l->a, struct job);
	j->key = id;
	j->body = body;
	j->id = id->s;
	j->at = id->at;
	j->line = line_of(l, id->at);
	id_check(l, j->id, j->at, RULE_JOB_ID_INVALID);
	j->name = token_get(body, "name");
	token_refs(l, token_get(body, "needs"), &j->needs, &j->nneeds);
	j->condition = condition_read(l, token_get(body, "if"), schema_job_condition_scope(), &j->condition_text);
	j->runs_on = token_get(body, "runs-on");
	j->env = token_get(body, "env");
	j->outputs = token_get(body, "outputs");
	j->timeout_minutes = token_get(body, "timeout-minutes");
	j->cancel_timeout_minutes = token_get(body, "cancel-timeout-minutes");
	j->continue_on_error = token_get(body, "continue-on-error");
	j->strategy = token_get(body, "strategy");
	read_strategy(j);
	const struct token *defaults = token_get(body, "defaults");
	j->defaults_run = token_get(defaults, "run");
	j->container = token_get(body, "container");
	j->services = token_get(body, "services");
	j->environment = token_get(body, "environment");
	j->concurrency = token_get(body, "concurrency");
	j->permissions = token_get(body, "permissions");
	j->cache_mode = token_get(body, "cache-mode");
	j->snapshot = token_get(body, "snapshot");
	if (token_get(body, "uses"))
		read_call(l, j, body);
	steps_read(l, j, token_get(body, "steps"));
	return j;
}
