/* The drawings: escaping of hostile names, JSON that reads back, widths, and size with very many steps. */
#include <criterion/criterion.h>

#include "base/utf8.h"
#include "graph/graph.h"
#include "graph/show.h"
#include "graph/stages.h"
#include "unit/graph/sketch.h"

static void draw(struct buf *out, const char *sketch, enum graph_format format, int width, bool color)
{
	struct arena a = { 0 };
	struct workflow_graph *g = graph_of(&a, sketch_workflow(&a, sketch));
	graph_render(out, &g, 1, format, width, color);
	arena_done(&a);
}

static void expect_text(const char *sketch, int width, const char *want)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	draw(&b, sketch, GRAPH_TEXT, width, false);
	cr_expect_str_eq(buf_cstr(&b), want, "got:\n%s\nwant:\n%s", buf_cstr(&b), want);
}

Test(render, text_lanes)
{
	expect_text("job j\n run a\n bg b\n bg c\n run d\n wait w: b\n run e\n wait-all x\n", 0,
	            "t  .github/workflows/t.yml\n\nj\n"
	            "  ●     1  Run a\n"
	            "  ├─○   2  Run b         background, id b\n"
	            "  ├─│─○ 3  Run c         background, id c\n"
	            "  ● │ │ 4  Run d\n"
	            "  ◆─╯ │ 5  Wait          joins b\n"
	            "  ●   │ 6  Run e\n"
	            "  ◆───╯ 7  Wait for all  joins c\n");
	expect_text("job j\n parallel\n  run -\n  run -\njob k needs j\n bg s\n cancel c: s\n wait w: s\n wait-all x\n", 80,
	            "t  .github/workflows/t.yml\n\n── stage 1 ──\n\nj\n"
	            "  ╭─○   1  Run -           parallel\n"
	            "  ├─│─○ 2  Run -           parallel\n"
	            "  ◆─┴─╯ 3  Parallel group  joins Run -, Run -\n"
	            "\n── stage 2 ──\n\nk  needs j\n"
	            "  ╭─○ 1  Run s         background, id s\n"
	            "  ×─╯ 2  Cancel        cancels s\n"
	            "  ◆   3  Wait          again s\n"
	            "  ◆   4  Wait for all  nothing to join\n");
	/* more background steps than lanes: the last one is shared and ends with its last step */
	expect_text("job j\n bg a\n bg b\n bg c\n bg d\n bg e\n wait w: a d\n wait-all x\n", 40,
	            "t  .github/workflows/t.yml\n\nj\n"
	            "  ╭─○     1  Run a         background,…\n"
	            "  ├─│─○   2  Run b         background,…\n"
	            "  ├─│─│─○ 3  Run c         background,…\n"
	            "  ├─│─│─○ 4  Run d         background,…\n"
	            "  ├─│─│─○ 5  Run e         background,…\n"
	            "  ◆─┴─│─┤ 6  Wait          joins a, d\n"
	            "  ◆───┴─╯ 7  Wait for all  joins b, c,…\n");
}

static struct workflow *hostile(struct arena *a)
{
	static const char *const names[] = {
		"a \"quoted\" [name] {x} <b>&amp;</b> #1; `c` \\n \\",
		"two\nlines",
		"\033[31mred\033[0m \x07 \xe2\x80\xae rtl",
		"bad \xff\xfe bytes \xc3",
		"漢字 ünïcode 🙂 end",
		"--> x %% --- end",
		"]]> <!-- x --> <script>alert(1)</script>",
		"${{ github.ref }} %s %n %d",
	};
	struct workflow *w = sketch_workflow(a, "job j\n run a\n bg b\n bg c\n run d\n run e\n run f\n run g\n run h\n");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct token *t = arena_make(a, struct token);
		t->kind = TOKEN_STRING;
		t->raw = t->s = str_of(names[i]);
		w->jobs[0]->steps[i]->name = t;
	}
	w->path = STR("a\"b<c>&\n\\.yml");
	w->name = STR("]] \"w\" <n>");
	w->jobs[0]->id = STR("j\"]<&>\n");
	return w;
}

static void render_hostile(struct buf *out, enum graph_format format)
{
	struct arena a = { 0 };
	struct workflow *w = hostile(&a);
	struct workflow_graph *g[] = { graph_of(&a, w), graph_of(&a, w) };
	graph_render(out, g, 2, format, 100, false);
	arena_done(&a);
}

Test(render, hostile_names_stay_text)
{
	for (enum graph_format f = GRAPH_TEXT; f <= GRAPH_JSON; f++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		render_hostile(&b, f);
		struct str s = buf_str(&b);
		cr_expect(utf8_valid(s), "format %d", f);
		for (size_t i = 0; i < s.n; i++)
			cr_assert((unsigned char)s.p[i] >= 0x20 || s.p[i] == '\n' || s.p[i] == '\t',
			          "format %d: control character", f);
		cr_expect_eq(str_find(s, STR("\xe2\x80\xae"), 0) == SIZE_MAX, f != GRAPH_JSON, "format %d", f);
		if (f == GRAPH_SVG) {
			cr_expect_eq(str_find(s, STR("<script"), 0), SIZE_MAX);
			cr_expect_eq(str_find(s, STR("<b>"), 0), SIZE_MAX);
			cr_expect_neq(str_find(s, STR("&lt;script&gt;alert(1)&lt;/script&gt;"), 0), SIZE_MAX);
		}
		if (f == GRAPH_DOT)
			cr_expect_neq(str_find(s,
			                       STR("[label=\"1. a \\\"quoted\\\" [name] {x} <b>&amp;</b> #1; `c` \\\\n "
			                           "\\\\\",shape=box]"),
			                       0),
			              SIZE_MAX);
		if (f == GRAPH_MERMAID)
			cr_expect_neq(str_find(s, STR("\"6: --#62; x #37;#37; --- end\""), 0), SIZE_MAX);
	}
}

Test(render, json_reads_back)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct val v;
	render_hostile(&b, GRAPH_JSON);
	cr_assert_eq(val_from_json(&v, &a, buf_str(&b), &err), 0, "%s", err.text);
	struct val w = val_at(v, "workflows");
	cr_assert_eq(w.a->n, 2);
	struct val job = val_at(w.a->v[0], "jobs").a->v[0];
	cr_expect_eq(val_at(job, "matrix").kind, VAL_NULL);
	struct val steps = val_at(job, "steps");
	cr_assert_eq(steps.a->n, 9);
	struct val last = steps.a->v[8];
	static const char *const fields[] = { "id", "index", "kind", "name", "background", "group", "joins", "line" };
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		struct val f;
		cr_expect(val_get(last, str_of(fields[i]), &f), "%s", fields[i]);
	}
	cr_expect(str_is(val_at(last, "kind").s, "wait-all"));
	cr_expect_eq(val_at(last, "joins").a->n, 2);
	cr_expect_eq(val_at(last, "group").kind, VAL_NULL);
	struct val edge = val_at(job, "edges").a->v[0];
	cr_expect(str_is(val_at(edge, "from").s, "a") && str_is(val_at(edge, "to").s, "b"));
	cr_expect(str_is(val_at(edge, "why").s, "sequence"));
	arena_done(&a);
}

Test(render, show_fit_counts_cells)
{
	static const struct {
		const char *text;
		size_t cells;
		const char *want;
	} cases[] = {
		{ "abc", 3, "abc" },   { "abcd", 3, "ab…" }, { "漢字", 4, "漢字" }, { "漢字", 3, "漢…" },
		{ "漢字x", 4, "漢…" }, { "abc", 0, "" },     { "abc", 1, "…" },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str got = show_fit(&a, str_of(cases[i].text), cases[i].cells);
		cr_expect(str_is(got, cases[i].want), "%s at %zu: %.*s", cases[i].text, cases[i].cells, STRF(got));
	}
	arena_done(&a);
}

Test(render, lines_keep_the_width)
{
	for (int width = 40; width <= 120; width += 20) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		struct arena a = { 0 };
		struct workflow_graph *g = graph_of(&a, hostile(&a));
		graph_render(&b, &g, 1, GRAPH_TEXT, width, false);
		struct str rest = buf_str(&b), line;
		while (str_next_line(&rest, &line))
			cr_expect_leq(show_cells(line), (size_t)width, "%d: %.*s", width, STRF(line));
		arena_done(&a);
	}
}

Test(render, size_is_linear)
{
	static const char *const lines[] = { " bg -\n", " run -\n bg -\n wait-all -\n",
		                             " parallel\n  run -\n  run -\n  run -\n" };
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		_cleanup_buf_ struct buf sketch = BUF_INIT;
		buf_adds(&sketch, "job j\n");
		for (size_t k = 0; k < 10000; k++)
			buf_adds(&sketch, lines[i]);
		for (enum graph_format f = GRAPH_TEXT; f <= GRAPH_JSON; f++) {
			_cleanup_buf_ struct buf b = BUF_INIT;
			draw(&b, buf_cstr(&sketch), f, 100, true);
			cr_expect_lt(b.n, (size_t)40 << 20, "format %d: %zu bytes", f, b.n);
		}
	}
}

Test(stages, longest_path_and_circles)
{
	static const struct {
		const char *sketch;
		const char *want; /* stage of each job */
	} cases[] = {
		{ "job a\njob b\n", "00" },
		{ "job a needs b\njob b needs c\njob c\njob d needs a c\n", "2103" },
		{ "job a needs A b nobody b\njob B\n", "10" },
		{ "job a needs b\njob b needs a\n", "00" },
		{ "job a\njob b needs a c\njob c needs b\njob d needs c\n", "0111" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = { 0 };
		struct stages st;
		_cleanup_buf_ struct buf b = BUF_INIT;
		stages_make(&st, &a, sketch_workflow(&a, cases[i].sketch));
		for (size_t k = 0; k < st.njobs; k++)
			buf_addf(&b, "%u", st.stage[k]);
		cr_expect_str_eq(buf_cstr(&b), cases[i].want, "%s", cases[i].sketch);
		for (enum graph_format f = GRAPH_TEXT; f <= GRAPH_JSON; f++)
			draw(&b, cases[i].sketch, f, 80, false);
		arena_done(&a);
	}
}
