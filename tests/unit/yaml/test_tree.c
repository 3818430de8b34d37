/* Spans of every kind of scalar, types of plain ones, places inside of values, what is refused. */
#include <math.h>

#include "harness.h"

Test(yaml, spans)
{
	static const struct {
		const char *text, *span, *value;
		enum ynode_style style;
	} rows[] = {
		{ "k: plain text # c\n", "plain text", "plain text", YSTYLE_PLAIN },
		{ "k: 'it''s'\n", "'it''s'", "it's", YSTYLE_SINGLE },
		{ "k: \"a\\tb\"\n", "\"a\\tb\"", "a\tb", YSTYLE_DOUBLE },
		{ "k: \xC3\xA4\xF0\x9F\x98\x80z\n", "\xC3\xA4\xF0\x9F\x98\x80z", "\xC3\xA4\xF0\x9F\x98\x80z", YSTYLE_PLAIN },
		{ "\xC3\xA4: x\n", "x", "x", YSTYLE_PLAIN },
		{ "\xEF\xBB\xBFk: x\n", "x", "x", YSTYLE_PLAIN },
		{ "k: [a]\n", "[a]", NULL, YSTYLE_FLOW },
		{ "k: {a: b}\n", "{a: b}", NULL, YSTYLE_FLOW },
		{ "k:\n  - a\n  - b\n\n", "- a\n  - b", NULL, YSTYLE_BLOCK },
		{ "k:\n  a: b\n", "a: b", NULL, YSTYLE_BLOCK },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct parsed p;
		parse(&p, str_of(rows[i].text), false);
		cr_assert(p.ok && p.tree.root && p.tree.root->map.n == 1, "row %zu", i);
		const struct ynode *n = p.tree.root->map.pairs[0].value;
		cr_expect(str_is(text_at(&p, n->at), rows[i].span), "row %zu: %.*s", i, STRF(text_at(&p, n->at)));
		cr_expect_eq(n->style, rows[i].style, "row %zu", i);
		if (rows[i].value)
			cr_expect(str_is(n->text, rows[i].value), "row %zu: %.*s", i, STRF(n->text));
		arena_done(&p.a);
	}
}

Test(yaml, block_scalars)
{
	static const char *const texts[] = { "k: |\n  a\n  b\n", "k: >\n  a\n  b\n" };
	static const char *const values[] = { "a\nb\n", "a b\n" };
	static const enum ynode_style styles[] = { YSTYLE_LITERAL, YSTYLE_FOLDED };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct parsed p;
		parse(&p, str_of(texts[i]), false);
		const struct ynode *n = p.tree.root->map.pairs[0].value;
		cr_expect(str_is(n->text, values[i]) && n->style == styles[i] && n->at.from == 3, "row %zu", i);
		arena_done(&p.a);
	}
}

Test(yaml, types)
{
	static const struct {
		const char *text;
		enum ynode_kind kind;
		double num;
	} rows[] = {
		{ "", YNODE_NULL, 0 },
		{ "~", YNODE_NULL, 0 },
		{ "null", YNODE_NULL, 0 },
		{ "NULL", YNODE_NULL, 0 },
		{ "nUll", YNODE_STRING, 0 },
		{ "true", YNODE_BOOL, 1 },
		{ "False", YNODE_BOOL, 0 },
		{ "yes", YNODE_STRING, 0 },
		{ "on", YNODE_STRING, 0 },
		{ "010", YNODE_NUMBER, 10 },
		{ "-1", YNODE_NUMBER, -1 },
		{ "+3.5e1", YNODE_NUMBER, 35 },
		{ ".5", YNODE_NUMBER, 0.5 },
		{ "5.", YNODE_NUMBER, 5 },
		{ "0x1F", YNODE_NUMBER, 31 },
		{ "0o17", YNODE_NUMBER, 15 },
		{ "0xFFFFFFFF", YNODE_NUMBER, -1 },
		{ "-.inf", YNODE_NUMBER, -INFINITY },
		{ ".INF", YNODE_NUMBER, INFINITY },
		{ "12_345", YNODE_STRING, 0 },
		{ "0b101", YNODE_STRING, 0 },
		{ "NaN", YNODE_STRING, 0 },
		{ "Infinity", YNODE_STRING, 0 },
		{ "2022-10-26", YNODE_STRING, 0 },
		{ "1e", YNODE_STRING, 0 },
		{ ".", YNODE_STRING, 0 },
		{ "0o8", YNODE_STRING, 0 },
		{ "'1'", YNODE_STRING, 0 },
		{ "\"true\"", YNODE_STRING, 0 },
		{ "!!str 1", YNODE_STRING, 0 },
		{ "!!int 7", YNODE_NUMBER, 7 },
		{ "!!int 0x1F", YNODE_NUMBER, 31 },
		{ "!!float 1.", YNODE_NUMBER, 1 },
		{ "!!bool TRUE", YNODE_BOOL, 1 },
		{ "!!null", YNODE_NULL, 0 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct parsed p;
		struct arena a = { 0 };
		parse(&p, arena_printf(&a, "k: %s\n", rows[i].text), false);
		cr_assert(p.ok && p.diags.n == 0, "%s", rows[i].text);
		const struct ynode *n = p.tree.root->map.pairs[0].value;
		cr_expect_eq(n->kind, rows[i].kind, "%s", rows[i].text);
		if (n->kind == YNODE_NUMBER)
			cr_expect(n->num == rows[i].num, "%s: %g", rows[i].text, n->num);
		if (n->kind == YNODE_BOOL)
			cr_expect_eq(n->b, rows[i].num == 1, "%s", rows[i].text);
		arena_done(&a);
		arena_done(&p.a);
	}
}

/* The place of the expression's name in the file, whatever stands between. */
Test(yaml, places_within)
{
	static const char *const texts[] = {
		"k: ${{ name }}\n",
		"k: 'it''s ${{ name }}'\n",
		"k: \"\\u00e4\\n ${{ name }}\"\n",
		"k: |\n    first\n    ${{ name }}\n",
		"k: >-\n  first\n  ${{ name }}\n",
		"k: first\n  ${{ name }}\n",
		"k: &anchor 'it''s ${{ name }}'\n",
		"k: !!str # why\n  \"\\t${{ name }}\"\n",
		"k: |2\r\n    first\r\n\r\n  \r\n   ${{ name }}\r\n",
		"k: >\n  a\n  b\n\n    c\n  d\n\n\n  ${{ name }}\n",
		"k: \"a \\\n   b\n\n\n  \\U0001F600 ${{ name }}\"\n",
		"k: |-\n  x\xE2\x80\xA8  y\xC2\x85  ${{ name }}\n",
		"k: plain\n\n\n  text\n  ${{ name }}\n",
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct parsed p;
		parse(&p, str_of(texts[i]), false);
		const struct ynode *n = p.tree.root->map.pairs[0].value;
		size_t at = str_find(n->text, STR("name"), 0);
		struct scalar_map map;
		scalar_map(&map, &p.a, p.src, n->at, ynode_scalar_style(n), n->text);
		struct span s = scalar_span(&map, at, at + 4);
		cr_expect(str_is(text_at(&p, s), "name"), "row %zu: %.*s", i, STRF(text_at(&p, s)));
		arena_done(&p.a);
	}
}

Test(yaml, refused)
{
	static const struct {
		const char *text, *rule;
		uint32_t line, col;
		bool no_anchors;
	} rows[] = {
		{ "a: [", "yaml-syntax", 0, 0, false },
		{ "a:\n\tb: 1\n", "yaml-tab-indent", 2, 1, false },
		{ "a: \xFF\n", "yaml-syntax", 1, 4, false },
		{ "a: 1\n---\nb: 2\n", "yaml-multi-document", 2, 1, false },
		{ "a: 1\nA: 2\n", "yaml-duplicate-key", 2, 1, false },
		{ "? [a]\n: b\n", "yaml-complex-key", 1, 3, false },
		{ "a: *x\n", "yaml-alias-undefined", 1, 4, false },
		{ "a: &x {b: *x}\n", "yaml-alias-recursive", 1, 11, false },
		{ "a: !!timestamp x\n", "yaml-tag-unsupported", 1, 4, false },
		{ "a: !cancelled()\n", "yaml-tag-unsupported", 1, 4, false },
		{ "a: !!int \"5\"\n", "yaml-tag-mismatch", 1, 4, false },
		{ "a: !!int 1.0\n", "yaml-tag-mismatch", 1, 4, false },
		{ "a: !!int -0x1\n", "yaml-tag-mismatch", 1, 4, false },
		{ "a: !!float 0x1\n", "yaml-tag-mismatch", 1, 4, false },
		{ "a: 0xFFFFFFFFF\n", "yaml-number-range", 1, 4, false },
		{ "a: &x 1\n", "yaml-anchor-action", 1, 4, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct parsed p;
		parse(&p, str_of(rows[i].text), rows[i].no_anchors);
		cr_assert(p.diags.errors > 0 && has_rule(&p, rows[i].rule), "row %zu", i);
		struct pos at = source_pos(p.src, p.diags.v[0].at.from);
		if (rows[i].line)
			cr_expect(at.line == rows[i].line && at.col == rows[i].col, "row %zu: %u:%u", i, at.line, at.col);
		arena_done(&p.a);
	}
}

Test(yaml, later_pair_of_a_repeated_key_is_dropped)
{
	struct parsed p;
	parse(&p, STR("a: 1\nb: 2\nA: 3\n"), false);
	cr_assert_eq(p.tree.root->map.n, 2);
	cr_expect(str_is(ynode_get(p.tree.root, "a")->text, "1"));
	cr_expect_null(ynode_get(p.tree.root, "A"));
	arena_done(&p.a);
}

Test(yaml, aliases_share_and_count)
{
	struct parsed p;
	parse(&p, STR("a: &x {k: [1, 2]}\nb: *x\n"), false);
	cr_assert(p.ok && p.diags.n == 0);
	const struct ynode *a = ynode_get(p.tree.root, "a"), *b = ynode_get(p.tree.root, "b");
	cr_expect_eq(b->alias_of, a);
	cr_expect_eq(b->events, a->events);
	cr_expect_eq(b->map.pairs, a->map.pairs);
	cr_expect(str_is(text_at(&p, b->at), "*x"));
	arena_done(&p.a);
}

Test(yaml, comments)
{
	struct parsed p;
	parse(&p, STR("# one\na: 'no # comment' # two\nb: x#y\nc: |\n  # text\nd: 1\t# three\r\n"), false);
	static const char *const expect[] = { "# one", "# two", "# three" };
	cr_assert_eq(p.tree.ncomments, ARRAY_LEN(expect));
	for (size_t i = 0; i < ARRAY_LEN(expect); i++)
		cr_expect(str_is(text_at(&p, p.tree.comments[i].at), expect[i]), "%.*s",
		          STRF(text_at(&p, p.tree.comments[i].at)));
	arena_done(&p.a);
}

Test(yaml, empty_documents)
{
	static const char *const texts[] = { "", "\n\n", "# only a comment\n", "\xEF\xBB\xBF" };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct parsed p;
		parse(&p, str_of(texts[i]), false);
		cr_expect(p.ok && !p.tree.root, "row %zu", i);
		arena_done(&p.a);
	}
}
