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

/* Columns in all units, and back; from 1, as everywhere here. */
Test(source, columns_by_unit)
{
	static const struct {
		const char *text;
		uint32_t offset, line, points, utf16, bytes;
	} rows[] = {
		{ "ab", 1, 1, 2, 2, 2 },
		{ "\tx", 1, 1, 2, 2, 2 },               /* a tab is one, however wide it is shown */
		{ "\xC3\xA4x", 2, 1, 2, 2, 3 },         /* two bytes, one unit */
		{ "\xF0\x9F\x98\x80x", 4, 1, 2, 3, 5 }, /* beyond the first plane: two units */
		{ "a\n\xF0\x9F\x98\x80\xF0\x9F\x98\x80x", 10, 2, 3, 5, 9 },
		{ "\xEF\xBB\xBFon", 4, 1, 2, 2, 2 }, /* a byte order mark is no column */
		{ "ab\r\ncd", 2, 1, 3, 3, 3 },       /* the end of a line, in front of its CR LF */
		{ "ab\r\ncd", 5, 2, 2, 2, 2 },
		{ "a\xFF\xFEx", 3, 1, 4, 4, 4 }, /* no UTF-8: each would be shown as U+FFFD */
		{ "\xE2\x82x", 2, 1, 2, 2, 3 },  /* a cut-off sequence is shown as one */
		{ "", 0, 1, 1, 1, 1 },
		{ "a\n", 2, 2, 1, 1, 1 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct bench b;
		bench_init(&b, str_of(rows[i].text));
		const uint32_t want[] = { rows[i].points, rows[i].utf16, rows[i].bytes };
		for (enum column_unit u = COLUMN_CODE_POINTS; u <= COLUMN_BYTES; u++) {
			struct pos p = source_pos_in(b.src, rows[i].offset, u);
			cr_expect(p.line == rows[i].line && p.col == want[u], "row %zu, unit %d: %u:%u", i, (int)u, p.line,
			          p.col);
			cr_expect_eq(source_offset(b.src, p, u), rows[i].offset, "row %zu, unit %d", i, (int)u);
		}
		arena_done(&b.a);
	}
}

/* Any bytes: every place that begins a character is found again, other places move to the front of their character. */
Test(source, positions_lead_back)
{
	static const char *const parts[] = { "a",    "\n",       "\r\n",         "\t",          "\xC3\xA4", "\xF0\x9F\x98\x80",
		                             "\xFF", "\xE2\x82", "\xEF\xBB\xBF", "\xED\xA0\x80" };
	uint32_t seed = 3;
	for (int round = 0; round < 2000; round++) {
		struct bench b;
		_cleanup_buf_ struct buf text = BUF_INIT;
		for (int i = 0; i < 12; i++) {
			seed = seed * 1103515245 + 12345;
			buf_adds(&text, parts[(seed >> 16) % ARRAY_LEN(parts)]);
		}
		bench_init(&b, buf_str(&text));
		for (enum column_unit u = COLUMN_CODE_POINTS; u <= COLUMN_BYTES; u++) {
			uint32_t last = 0;
			for (uint32_t at = source_begin(b.src); at <= text.n; at++) {
				struct pos p = source_pos_in(b.src, at, u);
				uint32_t back = source_offset(b.src, p, u);
				struct pos again = source_pos_in(b.src, back, u);
				cr_assert(back <= at && back >= last, "round %d, unit %d: %u leads to %u", round, (int)u, at,
				          back);
				bool at_cr = at > 0 && text.p[at - 1] == '\r' &&
				             text.p[at] == '\n'; /* between CR and LF is the line's end */
				cr_assert(at_cr || (again.line == p.line && again.col == p.col));
				last = back;
			}
		}
		arena_done(&b.a);
	}
}

Test(source, positions_that_are_none)
{
	struct bench b;
	bench_init(&b, STR("\xEF\xBB\xBF"
	                   "ab\r\ncd"));
	cr_expect_eq(source_offset(b.src, (struct pos) { 0, 0 }, COLUMN_UTF16), 3);
	cr_expect_eq(source_offset(b.src, (struct pos) { 1, 0 }, COLUMN_UTF16), 3);
	cr_expect_eq(source_offset(b.src, (struct pos) { 1, 99 }, COLUMN_UTF16), 5);
	cr_expect_eq(source_offset(b.src, (struct pos) { 2, UINT32_MAX }, COLUMN_BYTES), 9);
	cr_expect_eq(source_offset(b.src, (struct pos) { 3, 1 }, COLUMN_BYTES), 9);
	struct pos p = source_pos_in(b.src, UINT32_MAX, COLUMN_UTF16);
	cr_expect(p.line == 2 && p.col == 3);
	p = source_pos_in(b.src, 1, COLUMN_UTF16);
	cr_expect(p.line == 1 && p.col == 1, "inside of the byte order mark");
	arena_done(&b.a);
}

/* A newer unsaved text takes the place of an older one; what points into the older one still shows it. */
Test(source, unsaved_texts_have_versions)
{
	struct bench b;
	struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	const struct source *loaded;
	bench_init(&b, STR("x"));
	const struct source *first = source_put(&b.set, STR("/r/a.yml"), STR("a.yml"), STR("old: 1\n"), 4);
	diag_add(&b.diags, RULE_YAML_SYNTAX, (struct span) { first->id, 0, 3 }, "wrong");
	const struct source *second = source_put(&b.set, STR("/r/a.yml"), STR("a.yml"), STR("\n\nnew\n"), 5);
	cr_expect(first != second && first->id != second->id && second->version == 5);
	cr_expect_eq(source_put(&b.set, STR("/r/a.yml"), STR("a.yml"), STR("late"), 5), second);
	cr_expect_eq(source_put(&b.set, STR("/r/a.yml"), STR("a.yml"), STR("late"), 3), second);
	cr_expect_eq(source_unsaved(&b.set, STR("/r/a.yml")), second);
	cr_expect_null(source_unsaved(&b.set, STR("a.yml")), "the name for people finds nothing");
	cr_assert_eq(source_load(&loaded, &b.set, STR("/r/a.yml"), STR("a.yml"), &err), 0);
	cr_expect_eq(loaded, second);
	cr_expect_eq(source_load(&loaded, &b.set, STR("/no/such/file.yml"), STR("no-such-file.yml"), &err), -1);
	cr_expect(str_starts(str_of(err.text), STR("no-such-file.yml: ")), "%s", err.text);
	diag_render(&out, &b.diags, &b.diags.v[0], false, 80);
	cr_expect_str_eq(buf_cstr(&out), "a.yml:1:1: error: wrong [yaml-syntax]\n    1 | old: 1\n      | ^~~\n");
	buf_done(&out);
	arena_done(&b.a);
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
		{ "\xE2\x80\xAE: x", 5, 6, "w.yml:1:4: error: wrong [yaml-syntax]\n    1 | <U+202E>: x\n      |           ^\n" },
		{ "k\xC2\x9B: x", 5, 6, "w.yml:1:5: error: wrong [yaml-syntax]\n    1 | k\xEF\xBF\xBD: x\n      |     ^\n" },
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

Test(diag, texts_are_cleaned)
{
	struct bench b;
	struct buf out = BUF_INIT;
	bench_init(&b, STR("a: 1\n"));
	struct diag *d = diag_add(&b.diags, RULE_YAML_SYNTAX, (struct span) { 0, 0, 1 }, "no \033]0;t\a\xC2\x9B\xE2\x80\xAE");
	diag_note(&b.diags, d, SPAN_NONE, "an \033[31m");
	diag_help(&b.diags, d, "a\nb\177");
	diag_render(&out, &b.diags, d, false, 80);
	cr_expect_str_eq(buf_cstr(&out),
	                 "w.yml:1:1: error: no ^[]0;t^G\xEF\xBF\xBD<U+202E> [yaml-syntax]\n    1 | a: 1\n      | ^\n"
	                 "note: an ^[[31m\n      = help: a b^?\n");
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
