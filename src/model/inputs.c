/* Inputs of workflow_dispatch: what a table cannot say about their types, defaults and options. */
#include "model/internal.h"

enum { INPUTS_MAX = 25 };

static const char *type_name(enum token_kind k)
{
	static const char *const names[] = { "StringToken",           "SequenceToken", "MappingToken", "BasicExpressionToken",
		                             "InsertExpressionToken", "BooleanToken",  "NumberToken",  "NullToken" };
	return names[k];
}

static void check_default(struct loader *l, const struct token *value, struct str type)
{
	bool boolean = str_is(type, "boolean");
	if (!value || str_is(type, "number") || value->kind == (boolean ? TOKEN_BOOL : TOKEN_STRING))
		return;
	struct diag *d = diag_add(l->diags, RULE_DISPATCH_DEFAULT_TYPE, value->at,
	                          "Unexpected type '%s' encountered while reading 'input default'. The type '%s' was expected.",
	                          type_name(value->kind), boolean ? "BooleanToken" : "StringToken");
	if (boolean)
		diag_help(l->diags, d, "write true or false, without quotes");
	else
		diag_help(l->diags, d, "put the default in quotes");
}

static void check_input(struct loader *l, const struct token *body)
{
	const struct token *options = token_get(body, "options"), *type = token_get(body, "type");
	struct str kind = type && type->kind == TOKEN_STRING ? type->s : STR("string");
	if (str_is(kind, "choice") && (!options || (options->kind == TOKEN_SEQUENCE && options->seq.n == 0)))
		diag_add(l->diags, RULE_DISPATCH_CHOICE_OPTIONS, type->at, "Missing 'options' for choice input");
	else if (!str_is(kind, "choice") && options)
		diag_add(l->diags, RULE_DISPATCH_CHOICE_OPTIONS, options->at,
		         "Input type is not 'choice', but 'options' is defined");
	check_default(l, token_get(body, "default"), kind);
}

void inputs_check(struct loader *l, const struct token *config)
{
	const struct token *inputs = token_get(config, "inputs");
	if (!inputs || inputs->kind != TOKEN_MAPPING)
		return;
	for (size_t i = 0; i < inputs->map.n; i++)
		check_input(l, inputs->map.pairs[i].value);
	if (inputs->map.n > INPUTS_MAX)
		diag_add(l->diags, RULE_DISPATCH_TOO_MANY_INPUTS, inputs->map.pairs[INPUTS_MAX].key->at,
		         "A workflow can be asked for at most %d inputs", INPUTS_MAX);
}
