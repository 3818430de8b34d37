/* References, canonical literals and the other questions about a parsed expression. */
#include <criterion/criterion.h>

#include "expr/visit.h"
#include "harness.h"

static struct expr *parse_any(struct arena *a, const char *text)
{
	struct expr_scope any = { .any_context = true, .fns = EXPR_FN_HASHFILES | EXPR_FN_STATUS };
	struct expr_error error = { 0 };
	struct expr *e;
	cr_assert(expr_parse(&e, a, str_of(text), &any, &error) == 0, "%s", text);
	return e;
}

static void note_reference(void *cookie, const struct expr_ref *ref)
{
	struct buf *b = cookie;
	for (size_t i = 0; i < ref->n; i++)
		buf_addf(b, "%s%.*s", i ? "/" : b->n ? " " : "", STRF(ref->path[i]));
}

Test(walk, references)
{
	static const char *const cases[][2] = {
		{ "github", "github" },
		{ "steps.build.outputs.v", "steps/build/outputs/v" },
		{ "Steps['Build'].outputs['a b']", "steps/Build/outputs/a b" },
		{ "needs.*.result", "needs/*/result" },
		{ "matrix[env.X].y", "env/X matrix/*/y" },
		{ "a.b && contains(c.d, e) || !f", "a/b c/d e f" },
		{ "fromJSON(vars.X).y[inputs.z]", "vars/X inputs/z" },
		{ "(a || b).c", "a b" },
		{ "x[0]", "x/0" },
		{ "'x.y' == 1", "" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = { 0 };
		_cleanup_buf_ struct buf b = BUF_INIT;
		expr_references(parse_any(&a, cases[i][0]), note_reference, &b);
		cr_expect_str_eq(buf_cstr(&b), cases[i][1]);
		arena_done(&a);
	}
	expr_references(NULL, note_reference, NULL);
}

Test(walk, questions)
{
	struct arena a = { 0 };
	struct val v;
	cr_expect(expr_calls_status(parse_any(&a, "false && (1 == Success())")));
	cr_expect(!expr_calls_status(parse_any(&a, "'success()' == x.always")));
	cr_expect(!expr_calls_status(NULL));
	cr_expect(expr_is_literal(parse_any(&a, " 'it''s' "), &v) && str_is(v.s, "it's"));
	cr_expect(!expr_is_literal(parse_any(&a, "!true"), &v));
	cr_expect(!expr_is_literal(NULL, &v));
	cr_expect(str_is(expr_text(parse_any(&a, " x.y ")), " x.y "));
	cr_expect(expr_text(NULL).n == 0);
	cr_expect_null(parse_any(&a, " \t "));
	arena_done(&a);
}

/* A condition may be evaluated again and again, and its text does not change. */
Test(walk, evaluating_leaves_the_tree_alone)
{
	struct arena a = { 0 }, scratch = { 0 };
	struct world w;
	struct expr *e = parse_any(&a, "a.b == 'x' && join(a.*, '-')");
	world_init(&w, &a, json_val(&a, "{\"a\":{\"b\":\"X\",\"c\":1}}"), 0);
	for (int i = 0; i < 3; i++) {
		struct val v;
		struct expr_error error = { 0 };
		cr_assert(expr_eval(&v, e, &scratch, &w.env, &error) == 0);
		cr_expect(v.kind == VAL_STRING && str_is(v.s, "X-1"));
		arena_clear(&scratch);
	}
	arena_done(&scratch);
	arena_done(&a);
}

static void count_token(void *cookie, const struct token *t)
{
	(void)t;
	++*(int *)cookie;
}

Test(walk, token_questions)
{
	struct arena a = { 0 };
	struct token text = { .kind = TOKEN_STRING, .s = STR("x") };
	struct token e = { .kind = TOKEN_EXPR, .expr = parse_any(&a, "a") }, broken = { .kind = TOKEN_EXPR };
	struct token *items[] = { &text, &e, &broken };
	struct token list = { .kind = TOKEN_SEQUENCE, .seq = { items, 3 } };
	struct token_pair pairs[] = { { &text, &list }, { &e, &text } };
	struct token map = { .kind = TOKEN_MAPPING, .map = { pairs, 2 } };
	int n = 0;
	token_each_expr(&map, count_token, &n);
	cr_expect_eq(n, 2);
	cr_expect(token_has_expr(&map) && token_has_expr(&broken) && !token_has_expr(&text) && !token_has_expr(NULL));
	token_each_expr(NULL, count_token, &n);
	arena_done(&a);
}
