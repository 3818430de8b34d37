/* Positions in texts, and how a diagnostic looks: cut lines, tabs, wide characters, bytes that must not reach a terminal. */
#include <criterion/criterion.h>

#include "source/diag.h"

/* One text with room for diagnostics. */
struct bench {
	struct arena a;
	struct source_set set;
	struct diag_list diags;
	const struct source *src;
};

static void bench_init(struct bench *b, struct str text)
{
	*b = (struct bench) { 0 };
	b->set.arena = b->diags.arena = &b->a;
	b->diags.sources = &b->set;
	b->src = source_add(&b->set, STR("w.yml"), text);
}

static const char *shown(struct bench *b, struct span at, int width, struct buf *out)
{
	struct diag *d = diag_add(&b->diags, RULE_YAML_SYNTAX, at, "wrong");
	diag_render(out, &b->diags, d, false, width);
	return buf_cstr(out);
}

Test(source, positions)
{
	static const struct {
		const char *text;
		uint32_t offset, line, col;
	} rows[] = {
		{ "", 0, 1, 1 },
		{ "ab\ncd", 0, 1, 1 },
		{ "ab\ncd", 2, 1, 3 },
		{ "ab\ncd", 3, 2, 1 },
		{ "ab\ncd", 5, 2, 3 },
		{ "ab\ncd", 99, 2, 3 },
		{ "ab\r\ncd", 4, 2, 1 },
		{ "\xC3\xA4x", 2, 1, 2 },
		{ "\xF0\x9F\x98\x80x", 4, 1, 2 },
		{ "\xEF\xBB\xBFon", 3, 1, 1 },
		{ "\xEF\xBB\xBFon", 4, 1, 2 },
		{ "\n\n", 2, 3, 1 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bench b;
		bench_init(&b, str_of(rows[i].text));
		struct pos p = source_pos(b.src, rows[i].offset);
		cr_expect(p.line == rows[i].line && p.col == rows[i].col, "row %zu: %u:%u", i, p.line, p.col);
		arena_done(&b.a);
	}
}

Test(source, lines)
{
	struct bench b;
	bench_init(&b, STR("\xEF\xBB\xBFone\r\ntwo\n\nlast"));
	static const char *const lines[] = { "", "one", "two", "", "last", "" };
	for (uint32_t i = 0; i < ARRAY_LEN(lines); i++)
		cr_expect(str_is(source_line(b.src, i), lines[i]), "line %u", i);
	cr_expect_null(source_get(&b.set, 1));
	cr_expect_null(source_get(&b.set, SPAN_NONE.file));
	arena_done(&b.a);
}

Test(diag, rendering)
{
	static const struct {
		const char *text;
		uint32_t from, to;
		const char *expect;
	} rows[] = {
		{ "on: push\nstepz: 1\n", 9, 14, "w.yml:2:1: error: wrong [yaml-syntax]\n    2 | stepz: 1\n      | ^~~~~\n" },
		{ "a: b", 3, 4, "w.yml:1:4: error: wrong [yaml-syntax]\n    1 | a: b\n      |    ^\n" },
		{ "a:", 2, 2, "w.yml:1:3: error: wrong [yaml-syntax]\n    1 | a:\n      |   ^\n" },
		{ "\tx", 1, 2, "w.yml:1:2: error: wrong [yaml-syntax]\n    1 |     x\n      |     ^\n" },
		{ "\xE4\xB8\xAD: x", 5, 6, "w.yml:1:4: error: wrong [yaml-syntax]\n    1 | \xE4\xB8\xAD: x\n      |     ^\n" },
		{ "a\x1B[31mb", 1, 2, "w.yml:1:2: error: wrong [yaml-syntax]\n    1 | a\xE2\x90\x9B[31mb\n      |  ^\n" },
		{ "a\xFF z", 3, 4, "w.yml:1:4: error: wrong [yaml-syntax]\n    1 | a\xEF\xBF\xBD z\n      |    ^\n" },
		{ "k: |\n  x\n  y\n", 3, 13, "w.yml:1:4: error: wrong [yaml-syntax]\n    1 | k: |\n      |    ^\n" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bench b;
		struct buf out = BUF_INIT;
		bench_init(&b, str_of(rows[i].text));
		cr_expect_str_eq(shown(&b, (struct span) { 0, rows[i].from, rows[i].to }, 100, &out), rows[i].expect,
		                 "row %zu:\n%s", i, out.p);
		buf_done(&out);
		arena_done(&b.a);
	}
}

Test(diag, long_lines_are_cut_around_the_place)
{
	struct bench b;
	struct buf text = BUF_INIT, out = BUF_INIT;
	for (int i = 0; i < 100000; i++)
		buf_addc(&text, 'a');
	memcpy(text.p + 50000, "HERE", 4);
	bench_init(&b, buf_str(&text));
	const char *s = shown(&b, (struct span) { 0, 50000, 50004 }, 80, &out);
	cr_expect(out.n < 400, "%zu bytes", out.n);
	cr_expect_not_null(strstr(s, "HERE"));
	cr_expect_not_null(strstr(s, "^~~~\n"));
	buf_done(&text);
	buf_done(&out);
	arena_done(&b.a);
}

Test(diag, colours_notes_and_help)
{
	struct bench b;
	struct buf out = BUF_INIT;
	bench_init(&b, STR("a: 1\nA: 2\n"));
	struct diag *d = diag_add(&b.diags, RULE_YAML_DUPLICATE_KEY, (struct span) { 0, 5, 6 }, "'A' is already defined");
	diag_note(&b.diags, d, (struct span) { 0, 0, 1 }, "first defined here");
	diag_help(&b.diags, d, "keys compare without case");
	diag_render(&out, &b.diags, d, false, 80);
	cr_expect_str_eq(buf_cstr(&out),
	                 "w.yml:2:1: error: 'A' is already defined [yaml-duplicate-key]\n    2 | A: 2\n      | ^\n"
	                 "w.yml:1:1: note: first defined here\n    1 | a: 1\n      | ^\n"
	                 "      = help: keys compare without case\n");
	buf_clear(&out);
	diag_render(&out, &b.diags, d, true, 80);
	cr_expect_not_null(strstr(buf_cstr(&out), "\033[1;31merror:\033[0m"));
	buf_done(&out);
	arena_done(&b.a);
}

Test(diag, sorting_drops_repeats)
{
	struct bench b;
	bench_init(&b, STR("abc"));
	diag_add(&b.diags, RULE_YAML_SYNTAX, (struct span) { 0, 2, 3 }, "late");
	diag_add_as(&b.diags, RULE_YAML_SYNTAX, SEVERITY_WARNING, (struct span) { 0, 1, 2 }, "warning");
	diag_add(&b.diags, RULE_YAML_SYNTAX, (struct span) { 0, 1, 2 }, "error");
	diag_add(&b.diags, RULE_YAML_SYNTAX, (struct span) { 0, 2, 3 }, "late");
	cr_expect_eq(b.diags.errors, 3);
	diag_sort(&b.diags);
	cr_assert_eq(b.diags.n, 3);
	cr_expect_eq(b.diags.errors, 2);
	cr_expect(str_is(b.diags.v[0].text, "error") && str_is(b.diags.v[1].text, "warning") &&
	          str_is(b.diags.v[2].text, "late"));
	arena_done(&b.a);
}
