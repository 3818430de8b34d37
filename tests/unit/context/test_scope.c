/* Scopes answer from the inside outwards; an evaluation is done, wrong with its place, or pending. */
#include <criterion/criterion.h>

#include "context/scope.h"
#include "model/workflow.h"

static struct arena arena;
static struct source_set sources = { .arena = &arena };
static enum eval_result hash_answer;

static bool outer_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	(void)owner;
	*out = val_object(a);
	val_set_str(a, *out, "from", STR("outside"));
	return str_is(name, "github") || str_is(name, "vars");
}

static bool inner_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	*out = val_object(a);
	val_set_str(a, *out, "from", str_of(owner));
	return str_is(name, "github");
}

static enum expr_status always_true(void *owner, struct str fn, const struct str *ids, size_t n)
{
	(void)owner;
	(void)ids;
	(void)n;
	return str_is(fn, "always") ? EXPR_STATUS_YES : EXPR_STATUS_NO;
}

static enum eval_result hash(void *owner, struct arena *a, const struct str *patterns, size_t n, struct str *out, struct err *err)
{
	(void)owner;
	*out = arena_printf(a, "%zu:%.*s", n, STRF(patterns[0]));
	if (hash_answer == EVAL_ERROR)
		err_set(err, ERR_INVALID, "it cannot be hashed");
	return hash_answer;
}

static const struct scope_ops outer_ops = { .context = outer_context };
static const struct scope_ops inner_ops = { .context = inner_context, .status = always_true, .hash_files = hash };
static char inside[] = "inside";
static const struct scope outer = { .ops = &outer_ops, .arena = &arena, .results = &arena, .sources = &sources };
static const struct scope inner = {
	.ops = &inner_ops, .owner = inside, .around = &outer, .arena = &arena, .results = &arena, .sources = &sources
};

/* The name of a step with that text, as a token. */
static const struct token *token(const char *text)
{
	struct diag_list diags = { .arena = &arena, .sources = &sources };
	struct str yaml =
		arena_printf(&arena, "on: push\njobs:\n  j:\n    runs-on: x\n    steps:\n      - run: |\n          %s\n", text);
	const struct source *src = source_add(&sources, STR("t.yml"), yaml);
	const struct workflow *w = workflow_read(&arena, src, STR("t.yml"), &diags);
	cr_assert_eq(diags.n, 0);
	return w->jobs[0]->steps[0]->run;
}

static const char *text_of(const char *text, const struct scope *c)
{
	struct str out, why = STR_EMPTY;
	switch (scope_text(&out, token(text), c, &why)) {
	case EVAL_OK:
		return arena_cstr(&arena, str_trim(out));
	case EVAL_PENDING:
		return why.n ? "pending, but it says something" : "pending";
	default:
		return arena_cstr(&arena, why);
	}
}

static void empty(void)
{
	arena_done(&arena);
	sources = (struct source_set) { .arena = &arena };
}

TestSuite(scope, .fini = empty);

Test(scope, asks_from_the_inside_outwards)
{
	cr_assert_str_eq(text_of("${{ github.from }}", &inner), "inside");
	cr_assert_str_eq(text_of("${{ github.from }}", &outer), "outside");
	cr_assert_str_eq(text_of("${{ vars.from }}", &inner), "outside");
	cr_assert_str_eq(text_of("a${{ matrix.x }}b", &inner), "ab");
	cr_assert_eq(scope_context(&inner, STR("matrix")).kind, VAL_NULL);
}

Test(scope, says_where_something_is_wrong)
{
	const char *why = text_of("${{ fromJSON('[') }}", &inner);
	cr_assert(strstr(why, "t.yml (Line: 6, Col: "), "%s", why);
	struct scope nowhere = inner;
	nowhere.sources = NULL;
	why = text_of("${{ fromJSON('[') }}", &nowhere);
	cr_assert_not(strstr(why, "Line"), "%s", why);
}

Test(scope, pending_is_neither_done_nor_wrong)
{
	hash_answer = EVAL_PENDING;
	cr_assert_str_eq(text_of("${{ hashFiles('f') }}", &inner), "pending");
	cr_assert_str_eq(text_of("${{ github.from == 'x' && hashFiles('f') }}", &inner), "false",
	                 "what is not asked for is not waited for");
	hash_answer = EVAL_OK;
	cr_assert_str_eq(text_of("${{ hashFiles('f', 'g') }}", &inner), "2:f");
	hash_answer = EVAL_ERROR;
	cr_assert(strstr(text_of("${{ hashFiles('f') }}", &inner), "it cannot be hashed"));
}

Test(scope, functions_are_those_of_the_innermost)
{
	hash_answer = EVAL_OK;
	const char *why = text_of("${{ hashFiles('f') }}", &outer);
	cr_assert(strstr(why, "t.yml (Line: "), "%s", why);
}

Test(scope, converts_and_refuses)
{
	struct str why = STR_EMPTY;
	double number = 7;
	bool yes = true;
	cr_assert_eq(scope_number(&number, token("${{ github.from }}"), &inner, &why), EVAL_ERROR);
	cr_assert(str_find(why, STR("Unexpected value 'inside"), 0) != SIZE_MAX, "%.*s", STRF(why));
	cr_assert_eq(scope_bool(&yes, token("${{ github.from }}"), &inner, &why), EVAL_ERROR);
	struct val v = val_bool(true);
	cr_assert_eq(scope_value(&v, NULL, &inner, &why), EVAL_OK);
	cr_assert_eq(v.kind, VAL_NULL, "nothing evaluates to null");
}

Test(scope, conditions_hold_or_not)
{
	static const char *const names[] = { "github" };
	const struct expr_scope allowed = { .contexts = names, .ncontexts = 1, .fns = EXPR_FN_STATUS };
	struct expr_error error;
	struct expr *e;
	struct str why;
	bool holds = false;
	cr_assert_eq(expr_parse(&e, &arena, STR("always()"), &allowed, &error), 0);
	cr_assert_eq(scope_holds(&holds, e, &inner, SPAN_NONE, &why), EVAL_OK);
	cr_assert(holds);
	cr_assert_eq(expr_parse(&e, &arena, STR("failure()"), &allowed, &error), 0);
	cr_assert_eq(scope_holds(&holds, e, &inner, SPAN_NONE, &why), EVAL_OK);
	cr_assert_not(holds);
	cr_assert_eq(expr_parse(&e, &arena, STR("github.from.x[0]"), &allowed, &error), 0);
	cr_assert_eq(scope_holds(&holds, e, &inner, SPAN_NONE, NULL), EVAL_OK);
	cr_assert_not(holds);
}
