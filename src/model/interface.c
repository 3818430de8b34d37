/* What a workflow takes and gives: the inputs of workflow_dispatch; inputs, secrets and outputs of workflow_call. */
#include "model/internal.h"

static enum input_type type_of(const struct token *body)
{
	static const char *const names[] = { [INPUT_STRING] = "string",
		                             [INPUT_BOOLEAN] = "boolean",
		                             [INPUT_NUMBER] = "number",
		                             [INPUT_CHOICE] = "choice",
		                             [INPUT_ENVIRONMENT] = "environment" };
	struct str type = token_text(body, "type");
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_is(type, names[i]))
			return (enum input_type)i;
	return INPUT_STRING;
}

static bool is_required(const struct token *body)
{
	const struct token *t = token_get(body, "required");
	return t && t->kind == TOKEN_BOOL && t->b;
}

static void read_options(struct loader *l, struct input_def *def, const struct token *options)
{
	if (!options || options->kind != TOKEN_SEQUENCE)
		return;
	def->options = arena_array(l->a, struct str, options->seq.n + 1);
	for (size_t i = 0; i < options->seq.n; i++)
		def->options[def->noptions++] = options->seq.items[i]->raw;
}

static size_t members(const struct token *map)
{
	return map && map->kind == TOKEN_MAPPING ? map->map.n : 0;
}

static void read_inputs(struct loader *l, struct interface *out, const struct token *inputs)
{
	out->inputs = arena_array(l->a, struct input_def, members(inputs) + 1);
	for (size_t i = 0; i < members(inputs); i++) {
		const struct token *name = inputs->map.pairs[i].key, *body = inputs->map.pairs[i].value;
		if (name->kind != TOKEN_STRING)
			continue;
		struct input_def *def = &out->inputs[out->ninputs++];
		*def = (struct input_def) { .name = name->s,
			                    .at = name->at,
			                    .type = type_of(body),
			                    .required = is_required(body),
			                    .fallback = token_get(body, "default"),
			                    .description = token_text(body, "description") };
		if (def->fallback && def->fallback->kind == TOKEN_NULL)
			def->fallback = NULL;
		read_options(l, def, token_get(body, "options"));
	}
}

static void read_secrets(struct loader *l, struct interface *out, const struct token *secrets)
{
	out->secrets = arena_array(l->a, struct secret_def, members(secrets) + 1);
	for (size_t i = 0; i < members(secrets); i++) {
		const struct token *name = secrets->map.pairs[i].key;
		if (name->kind == TOKEN_STRING)
			out->secrets[out->nsecrets++] =
				(struct secret_def) { name->s, name->at, is_required(secrets->map.pairs[i].value) };
	}
}

static void read_outputs(struct loader *l, struct interface *out, const struct token *outputs)
{
	out->outputs = arena_array(l->a, struct output_def, members(outputs) + 1);
	for (size_t i = 0; i < members(outputs); i++) {
		const struct token *name = outputs->map.pairs[i].key, *value = token_get(outputs->map.pairs[i].value, "value");
		if (name->kind == TOKEN_STRING && value)
			out->outputs[out->noutputs++] = (struct output_def) { name->s, name->at, value };
	}
}

void interface_read(struct loader *l, struct interface *out, const struct token *config)
{
	out->present = true;
	read_inputs(l, out, token_get(config, "inputs"));
	read_secrets(l, out, token_get(config, "secrets"));
	read_outputs(l, out, token_get(config, "outputs"));
}
