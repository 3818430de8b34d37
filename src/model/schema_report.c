/* What the schema reader says about values: GitHub's wording, the place, the rule, and what would be right. */
#include "model/schema_reader.h"

static bool is_collection(const struct ynode *n)
{
	return n->kind == YNODE_SEQ || n->kind == YNODE_MAP;
}

struct span schema_span(const struct ynode *n)
{
	struct span at = n->at;
	if (!is_collection(n) || n->style == YSTYLE_FLOW || n->alias_of)
		return at;
	if (n->kind == YNODE_MAP && n->map.n && n->map.pairs[0].key->at.from == at.from)
		return n->map.pairs[0].key->at;
	at.to = MIN(at.to, at.from + 1);
	return at;
}

/* ---- help ---- */

static const char *wanted(const struct schema_def *d)
{
	if (d->scalars & (SCHEMA_STRING | SCHEMA_NONEMPTY | SCHEMA_CONDITION))
		return d->item    ? "a text or a list belongs here"
		       : d->nmaps ? "a text or a mapping belongs here"
		                  : "a text belongs here";
	if (d->scalars & SCHEMA_BOOL)
		return "true or false belongs here";
	if (d->scalars & SCHEMA_NUMBER)
		return "a number belongs here";
	if (d->nwords)
		return d->item ? "a word or a list of words belongs here" : "a single word belongs here";
	if (d->item)
		return d->nmaps ? "a list or a mapping belongs here" : "a list belongs here: put '- ' before each item";
	return d->nmaps ? "a mapping belongs here: lines of 'key: value'" : "nothing belongs here: leave the value out";
}

/* "did you mean", or all words while they are few. */
static void help_words(struct schema_reader *r, struct diag *d, const struct schema_def *def, struct str got)
{
	const char *nearest = got.n ? str_nearest(got, def->words, def->nwords) : NULL;
	if (nearest) {
		diag_help(r->diags, d, "did you mean '%s'?", nearest);
		return;
	}
	_cleanup_buf_ struct buf list = BUF_INIT;
	for (size_t i = 0; i < def->nwords; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", def->words[i]);
	if (list.n <= 160)
		diag_help(r->diags, d, "%s %s", def->nwords == 1 && !def->nmaps ? "it can only be" : "one of:", buf_cstr(&list));
	else if (def->help)
		diag_help(r->diags, d, "%s", def->help);
}

/* Whether the YAML layer has something against this very value: then it is not judged again. */
static bool already_reported(const struct schema_reader *r, struct span at)
{
	size_t low = 0, high = r->npending;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct span *s = &r->pending[mid].at;
		if (s->from == at.from && s->to == at.to)
			return true;
		if (s->from < at.from)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* ---- scalars ---- */

static bool is_yaml_11_boolean(struct str s)
{
	static const char *const words[] = { "yes", "no", "on", "off", "y", "n" };
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_is_nocase(s, words[i]))
			return true;
	return false;
}

static enum rule boolean_rule(const struct ynode *n)
{
	if (n->style != YSTYLE_PLAIN && (str_is_nocase(n->text, "true") || str_is_nocase(n->text, "false")))
		return RULE_QUOTED_BOOLEAN;
	bool word = is_yaml_11_boolean(n->text) && !str_is_nocase(n->text, "on") && !str_is_nocase(n->text, "off");
	return n->style == YSTYLE_PLAIN && word ? RULE_YAML_11_BOOLEAN : RULE_TYPE_BOOLEAN;
}

static bool looks_like_number(struct str s)
{
	size_t digits = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9')
			digits++;
		else if (s.p[i] != '.' && !(i == 0 && (s.p[i] == '-' || s.p[i] == '+')))
			return false;
	}
	return digits > 0;
}

static enum rule scalar_rule(const struct ynode *n, const struct schema_def *d)
{
	if (n->kind == YNODE_NULL && d->null)
		return d->null;
	if (d->rule)
		return d->rule;
	if (d->nwords)
		return RULE_ENUM_VALUE;
	if (d->scalars & SCHEMA_NONEMPTY)
		return RULE_STRING_EMPTY;
	if (d->scalars & SCHEMA_BOOL)
		return boolean_rule(n);
	if (d->scalars & SCHEMA_NUMBER)
		return n->style != YSTYLE_PLAIN && looks_like_number(n->text) ? RULE_QUOTED_NUMBER : RULE_TYPE_NUMBER;
	return n->kind == YNODE_NULL ? RULE_SECTION_EMPTY : RULE_WRONG_NODE_KIND;
}

static void help_scalar(struct schema_reader *r, struct diag *d, const struct ynode *n, const struct schema_def *def)
{
	if (d->rule == RULE_QUOTED_BOOLEAN || d->rule == RULE_QUOTED_NUMBER) {
		diag_help(r->diags, d, "write it without quotes: %.*s", STRF(n->text));
		diag_fix(r->diags, d, n->text);
	} else if ((def->scalars & SCHEMA_BOOL) && is_yaml_11_boolean(n->text)) {
		diag_help(r->diags, d, "this is a text in YAML 1.2: write true or false");
	} else if (def->nwords) {
		help_words(r, d, def, n->text);
	} else if (def->help) {
		diag_help(r->diags, d, "%s", def->help);
	} else if (def->scalars & SCHEMA_NONEMPTY) {
		diag_help(r->diags, d, "a text that is not empty belongs here");
	} else if (n->kind == YNODE_NULL && (def->nmaps || def->item)) {
		diag_help(r->diags, d, "%s; leave the key out when there is nothing to say", wanted(def));
	} else {
		diag_help(r->diags, d, "%s", wanted(def));
	}
}

void schema_bad_scalar(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	struct str text = schema_scalar_text(r, n);
	if (already_reported(r, n->at))
		return;
	struct diag *d = diag_add(r->diags, scalar_rule(n, p.def), n->at, "Unexpected value '%.*s'", STRF(text));
	help_scalar(r, d, n, p.def);
}

/* ---- lists and mappings ---- */

/* A bare {{ x }} is a mapping with a mapping as its key to YAML. */
static bool is_bare_braces(const struct schema_reader *r, const struct ynode *n)
{
	return n->kind == YNODE_MAP && n->style == YSTYLE_FLOW && str_starts(str_from(r->src->text, n->at.from), STR("{{"));
}

static enum rule kind_rule(const struct schema_reader *r, const struct ynode *n, const struct schema_def *d)
{
	if (is_bare_braces(r, n))
		return RULE_EXPR_MISSING_DOLLAR;
	if (d->kind)
		return d->kind;
	return d->item || d->nmaps ? RULE_WRONG_NODE_KIND : RULE_TYPE_STRING_GOT_COLLECTION;
}

void schema_bad_kind(struct schema_reader *r, const struct ynode *n, struct schema_place p)
{
	struct diag *d = diag_add(r->diags, kind_rule(r, n, p.def), schema_span(n), "A %s was not expected",
	                          n->kind == YNODE_SEQ ? "sequence" : "mapping");
	if (is_bare_braces(r, n))
		diag_help(r->diags, d, "an expression begins with a dollar sign: ${{ ... }}");
	else
		diag_help(r->diags, d, "%s", p.def->help && p.def->kind ? p.def->help : wanted(p.def));
}

/* ---- expressions ---- */

/* The quoted word of "Unrecognized named-value: 'x'. Located ...". */
static struct str quoted_word(struct str text)
{
	size_t from = str_find_c(text, '\'', 0);
	if (from == SIZE_MAX)
		return STR_EMPTY;
	size_t to = str_find_c(text, '\'', from + 1);
	return to == SIZE_MAX ? STR_EMPTY : str_n(text.p + from + 1, to - from - 1);
}

static bool is_one_of(struct str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is_nocase(word, list[i]))
			return true;
	return false;
}

static enum rule name_rule(struct str text)
{
	static const char *const contexts[] = { "github",  "inputs", "vars", "needs",  "strategy", "matrix",
		                                "secrets", "steps",  "job",  "runner", "env",      "jobs" };
	return is_one_of(quoted_word(text), contexts, ARRAY_LEN(contexts)) ? RULE_EXPR_CONTEXT_UNAVAILABLE
	                                                                   : RULE_EXPR_UNKNOWN_CONTEXT;
}

static enum rule function_rule(struct str text)
{
	static const char *const functions[] = { "success", "failure", "always", "cancelled", "hashFiles" };
	return is_one_of(quoted_word(text), functions, ARRAY_LEN(functions)) ? RULE_EXPR_FUNCTION_UNAVAILABLE
	                                                                     : RULE_EXPR_UNKNOWN_FUNCTION;
}

enum rule schema_expression_rule(struct str text)
{
	static const struct {
		const char *start;
		enum rule rule;
	} rows[] = {
		{ "Unexpected symbol: '\"", RULE_EXPR_DOUBLE_QUOTE },
		{ "Unexpected symbol: '0x", RULE_EXPR_NUMBER_LITERAL },
		{ "Too few parameters", RULE_EXPR_ARGUMENT_COUNT },
		{ "Too many parameters", RULE_EXPR_ARGUMENT_COUNT },
		{ "Even number of parameters", RULE_EXPR_CASE_EVEN_ARGS },
		{ "Exceeded max expression length", RULE_EXPR_TOO_LONG },
		{ "Exceeded max expression depth", RULE_EXPR_TOO_DEEP },
		{ "The expression is not closed", RULE_EXPR_UNCLOSED },
		{ "An expression was expected", RULE_EXPR_EMPTY },
		{ "The directive 'insert'", RULE_TEMPLATE_INSERT_MISUSE },
		{ "Exactly 0 parameter(s)", RULE_TEMPLATE_INSERT_MISUSE },
	};
	if (str_starts(text, STR("Unrecognized named-value")))
		return name_rule(text);
	if (str_starts(text, STR("Unrecognized function")))
		return function_rule(text);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_starts(text, str_of(rows[i].start)))
			return rows[i].rule;
	return RULE_EXPR_SYNTAX;
}

static void help_contexts(struct schema_reader *r, struct diag *d, struct schema_place p)
{
	const struct expr_scope *scope = schema_scope(r, p);
	struct str word = quoted_word(d->text);
	const char *nearest = word.n ? str_nearest(word, scope->contexts, scope->ncontexts) : NULL;
	if (nearest) {
		diag_help(r->diags, d, "did you mean '%s'?", nearest);
		return;
	}
	_cleanup_buf_ struct buf list = BUF_INIT;
	for (size_t i = 0; i < scope->ncontexts; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", scope->contexts[i]);
	diag_help(r->diags, d, "available here: %s", buf_cstr(&list));
}

static void help_functions(struct schema_reader *r, struct diag *d, struct schema_place p)
{
	const char *nearest = expr_nearest_function(quoted_word(d->text), schema_scope(r, p)->fns);
	if (nearest)
		diag_help(r->diags, d, "did you mean '%s'?", nearest);
}

static void help_expression(struct schema_reader *r, struct diag *d, struct schema_place p)
{
	if (!schema_takes_expressions(p))
		diag_help(r->diags, d, "%s", p.def->help ? p.def->help : "only a literal value may stand here");
	else if (str_starts(d->text, STR("Unrecognized named-value")))
		help_contexts(r, d, p);
	else if (d->rule == RULE_EXPR_UNKNOWN_FUNCTION)
		help_functions(r, d, p);
	else if (d->rule == RULE_EXPR_DOUBLE_QUOTE)
		diag_help(r->diags, d, "strings in expressions stand in single quotes");
}

/* The message stands at the scalar, as GitHub's does; a note leads into a text of several lines. */
static void note_place(struct schema_reader *r, struct diag *d, const struct ynode *n, const struct expr_error *error)
{
	if (n->style != YSTYLE_LITERAL && n->style != YSTYLE_FOLDED)
		return;
	size_t from = MIN(error->at, n->text.n), to = MIN(from + error->len, n->text.n);
	struct scalar_map map;
	if (to <= from)
		return;
	scalar_map(&map, r->a, r->src, n->at, ynode_scalar_style(n), n->text);
	diag_note(r->diags, d, scalar_span(&map, from, to), "here");
}

void schema_bad_expression(struct schema_reader *r, const struct ynode *n, struct schema_place p, const struct expr_error *error)
{
	enum rule rule = schema_expression_rule(error->text);
	if (!schema_takes_expressions(p) && (rule == RULE_EXPR_SYNTAX || str_starts(error->text, STR("Unrecognized"))))
		rule = p.def->expr ? p.def->expr : RULE_EXPR_WHERE_LITERAL;
	else if (p.def->expr && str_starts(error->text, STR("Unrecognized named-value")))
		rule = p.def->expr;
	struct diag *d = diag_add(r->diags, rule, n->at, "%.*s", STRF(error->text));
	help_expression(r, d, p);
	note_place(r, d, n, error);
}
