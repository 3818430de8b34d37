/* Walking expressions, and where their parts stand in the file. */
#include <criterion/criterion.h>

#include "expr/visit.h"
#include "harness.h"

static const struct expr_scope anything = { .any_context = true, .fns = EXPR_FN_HASHFILES | EXPR_FN_STATUS };

static struct expr *parse_any(struct arena *a, const char *text)
{
	struct expr_error error = { 0 };
	struct expr *e;
	cr_assert(expr_parse(&e, a, str_of(text), &anything, &error) == 0, "%s", text);
	return e;
}

/* What the hooks note, and what they answer. */
struct notes {
	struct buf b;
	const struct expr *e;
	enum expr_walk at_call;
};

static enum expr_walk enter_any(void *cookie, const struct expr_node *n, const struct expr_node *parent)
{
	struct notes *t = cookie;
	buf_addf(&t->b, "%s%.*s", parent ? "(" : "<", STRF(str_n(t->e->text.p + n->from, n->to - n->from)));
	return EXPR_WALK_ON;
}

static void leave_any(void *cookie, const struct expr_node *n, const struct expr_node *parent)
{
	struct notes *t = cookie;
	(void)n;
	buf_addc(&t->b, parent ? ')' : '>');
}

static enum expr_walk enter_call(void *cookie, const struct expr_node *n, const struct expr_node *parent)
{
	struct notes *t = cookie;
	enter_any(cookie, n, parent);
	return t->at_call;
}

static const struct expr_visitor noting = {
	.on = { [EXPR_LITERAL] = { enter_any, leave_any },
	        [EXPR_NAME] = { enter_any, leave_any },
	        [EXPR_INDEX] = { enter_any, leave_any },
	        [EXPR_NOT] = { enter_any, leave_any },
	        [EXPR_AND] = { enter_any, leave_any },
	        [EXPR_OR] = { enter_any, leave_any },
	        [EXPR_EQ] = { enter_any, leave_any },
	        [EXPR_CALL] = { enter_call, leave_any } },
};

Test(visit, order_and_ranges)
{
	static const struct {
		const char *text, *expect;
		enum expr_walk at_call;
	} rows[] = {
		{ "a", "<a>", EXPR_WALK_ON },
		{ " a.b ", "<a.b(a)(b)>", EXPR_WALK_ON },
		{ "a['b'].c", "<a['b'].c(a['b'](a)('b'))(c)>", EXPR_WALK_ON },
		{ "(a || b).c", "<(a || b).c((a || b)(a)(b))(c)>", EXPR_WALK_ON },
		{ "!( a )", "<!( a )(( a ))>", EXPR_WALK_ON },
		{ "a && (b && c) && d", "<a && (b && c) && d(a)(b)(c)(d)>", EXPR_WALK_ON },
		{ "(a && b) && c == 1", "<(a && b) && c == 1(a)(b)(c == 1(c)(1))>", EXPR_WALK_ON },
		{ "join( a.* , 'x' )", "<join( a.* , 'x' )(a.*(a))('x')>", EXPR_WALK_ON },
		{ "always()", "<always()>", EXPR_WALK_ON },
		{ "join(a) && b", "<join(a) && b(join(a))(b)>", EXPR_WALK_OVER },
		{ "b && join(a) && c", "<b && join(a) && c(b)(join(a)", EXPR_WALK_END },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena a = { 0 };
		struct notes t = { .b = BUF_INIT, .e = parse_any(&a, rows[i].text), .at_call = rows[i].at_call };
		cr_expect_eq(expr_visit(t.e, &noting, &t), rows[i].at_call != EXPR_WALK_END);
		cr_expect_str_eq(buf_cstr(&t.b), rows[i].expect);
		buf_done(&t.b);
		arena_done(&a);
	}
	cr_expect(expr_visit(NULL, &noting, NULL));
}

/* ---- places ---- */

struct placing {
	struct arena a;
	struct source_set set;
	const struct source *src;
	struct expr_places places;
	struct buf out;
};

static void note_place(void *cookie, const struct expr_ref *ref)
{
	struct placing *p = cookie;
	struct span s = expr_span(&p->places, ref->node), last = expr_span(&p->places, ref->nodes[ref->n - 1]);
	buf_addf(&p->out, "[%.*s|%.*s]", STRF(str_n(p->src->text.p + s.from, s.to - s.from)),
	         STRF(str_n(p->src->text.p + last.from, last.to - last.from)));
}

/* The scalar begins at the text's first byte and ends at its last. */
static void place_all(struct placing *p, const char *text, enum scalar_style style, const char *value, bool condition)
{
	struct template_scan scan;
	*p = (struct placing) { .out = BUF_INIT };
	p->set.arena = &p->a;
	p->src = source_add(&p->set, STR("w.yml"), str_of(text));
	struct token t = { .kind = TOKEN_EXPR, .style = style, .at = { 0, 0, (uint32_t)p->src->text.n }, .raw = str_of(value) };
	if (condition)
		template_scan_condition(&scan, &p->a, t.raw, &anything);
	else
		template_scan(&scan, &p->a, t.raw, &anything);
	cr_assert(scan.result == TEMPLATE_EXPR, "%s", text);
	expr_places(&p->places, &p->a, p->src, &t, scan.expr);
	expr_references(scan.expr, note_place, p);
}

Test(visit, places_in_the_file)
{
	static const struct {
		const char *text;
		enum scalar_style style;
		const char *value;
		bool condition;
		const char *expect;
	} rows[] = {
		{ "${{ a.b }}", SCALAR_PLAIN, "${{ a.b }}", false, "[a.b|b]" },
		{ "x ${{ a.b }} y ${{c['d']}}{", SCALAR_PLAIN, "x ${{ a.b }} y ${{c['d']}}{", false, "[a.b|b][c['d']|'d']" },
		{ "'x ''${{ c[''d''] }}'", SCALAR_SINGLE, "x '${{ c['d'] }}", false, "[c[''d'']|''d'']" },
		{ "\"\\u00e4\\t${{ a[\\x62] }}\"", SCALAR_DOUBLE, "\xC3\xA4\t${{ a[b] }}", false,
		  "[\\x62|\\x62][a[\\x62]|\\x62]" },
		{ "|\r\n  echo\r\n  ${{ a.b }}\r\n", SCALAR_LITERAL, "echo\n${{ a.b }}\n", false, "[a.b|b]" },
		{ ">-\n  ${{ a &&\n  b.c }}\n", SCALAR_FOLDED, "${{ a && b.c }}", false, "[a|a][b.c|c]" },
		{ "a.b == 1", SCALAR_PLAIN, "a.b == 1", true, "[a.b|b]" },
		{ "a.b && always()", SCALAR_PLAIN, "a.b && always()", true, "[a.b|b]" },
		{ "${{ a.b == 1 }}", SCALAR_PLAIN, "${{ a.b == 1 }}", true, "[a.b|b]" },
		{ "${{ a }} && ${{ b }}", SCALAR_PLAIN, "${{ a }} && ${{ b }}", true, "[a|a][b|b]" },
		{ "|\n  a.b ||\n  c\n", SCALAR_LITERAL, "a.b ||\nc\n", true, "[a.b|b][c|c]" },
		{ "*alias", SCALAR_DOUBLE, "${{ a.b }}", false, "[*alias|*alias]" },
		{ "&x !!str '${{ a.b }}'", SCALAR_SINGLE, "${{ a.b }}", false, "[a.b|b]" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct placing p;
		place_all(&p, rows[i].text, rows[i].style, rows[i].value, rows[i].condition);
		cr_expect_str_eq(buf_cstr(&p.out), rows[i].expect, "row %zu: %s", i, buf_cstr(&p.out));
		buf_done(&p.out);
		arena_done(&p.a);
	}
}

/* What stands nowhere in the file has the place of all that does, or of the whole scalar. */
Test(visit, places_of_what_is_not_written)
{
	struct placing p;
	place_all(&p, "'${{ a }}-${{ b }}!'", SCALAR_SINGLE, "${{ a }}-${{ b }}!", false);
	const struct expr_node *call = p.places.expr->root, *format = call->first;
	struct span s = expr_span(&p.places, call);
	cr_expect(call->kind == EXPR_CALL && s.from == 5 && s.to == 15, "%u..%u", s.from, s.to);
	s = expr_span(&p.places, format);
	cr_expect(format->kind == EXPR_LITERAL && s.from == 0 && s.to == p.src->text.n, "%u..%u", s.from, s.to);
	buf_done(&p.out);
	arena_done(&p.a);
	place_all(&p, "  a", SCALAR_PLAIN, "  a", true);
	s = expr_span(&p.places, p.places.expr->root);
	cr_expect(p.places.expr->root->kind == EXPR_AND && s.from == 0 && s.to == 3);
	s = expr_span(&p.places, p.places.expr->root->first);
	cr_expect(s.from == 0 && s.to == 3);
	buf_done(&p.out);
	arena_done(&p.a);
}
