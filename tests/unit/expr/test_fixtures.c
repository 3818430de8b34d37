/* Runs fixtures/expr/(name).test; the format is described in the README there. */
#include <criterion/criterion.h>
#include <dirent.h>

#include "base/file.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "harness.h"

struct block {
	struct str directive; /* "" for a plain case */
	struct str lines[3];
	size_t n;
	unsigned at; /* line number */
};

struct suite {
	const char *file;
	struct arena a; /* of one case */
	unsigned fns;
	size_t run, failed;
};

/* Replaces ⟦hex⟧ by the character. */
static struct str unescape(struct arena *a, struct str s)
{
	const struct str open = STR("⟦"), close = STR("⟧");
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < s.n;) {
		size_t from = str_find(s, open, i), to = from == SIZE_MAX ? from : str_find(s, close, from);
		if (to == SIZE_MAX) {
			buf_addstr(&b, str_from(s, i));
			break;
		}
		buf_add(&b, s.p + i, from - i);
		utf8_append(&b, (uint32_t)strtoul(s.p + from + open.n, NULL, 16));
		i = to + close.n;
	}
	return arena_str(a, buf_str(&b));
}

static struct str prefixed(struct arena *a, const char *prefix, struct str s)
{
	return arena_printf(a, "%s: %.*s", prefix, STRF(s));
}

static struct str error_line(struct arena *a, const struct expr_error *error)
{
	return prefixed(a, error->evaluation ? "eval" : "parse", error->text);
}

static struct str do_expr(struct suite *s, struct world *w, struct str text)
{
	struct val v;
	struct expr_error error = { 0 };
	return run_text(&v, w, &s->a, text, &error) < 0 ? error_line(&s->a, &error) : compact(&s->a, v);
}

static struct str do_scan(struct suite *s, struct world *w, struct str text, bool condition)
{
	static const char *const words[] = { "literal", "expr", "insert", "error" };
	struct template_scan scan;
	if (condition)
		template_scan_condition(&scan, &s->a, text, &w->scope);
	else
		template_scan(&scan, &s->a, text, &w->scope);
	const char *word = scan.mixed && scan.result == TEMPLATE_EXPR ? "mixed" : words[scan.result];
	return prefixed(&s->a, word, scan.result == TEMPLATE_ERROR ? scan.error.text : scan.text);
}

static struct token *make_token(struct suite *s, struct world *w, struct val v);

static struct token *scan_token(struct suite *s, struct world *w, struct str text)
{
	struct token *t = arena_make(&s->a, struct token);
	struct template_scan scan;
	template_scan(&scan, &s->a, text, &w->scope);
	static const enum token_kind kinds[] = { TOKEN_STRING, TOKEN_EXPR, TOKEN_INSERT, TOKEN_EXPR };
	t->kind = kinds[scan.result];
	t->raw = text;
	t->s = scan.text;
	t->expr = scan.expr;
	return t;
}

static void add_items(struct suite *s, struct world *w, struct token *t, struct val v)
{
	if (v.kind == VAL_ARRAY) {
		t->kind = TOKEN_SEQUENCE;
		t->seq.n = v.a->n;
		t->seq.items = arena_array(&s->a, struct token *, v.a->n);
		for (size_t i = 0; i < v.a->n; i++)
			t->seq.items[i] = make_token(s, w, v.a->v[i]);
		return;
	}
	t->kind = TOKEN_MAPPING;
	t->map.n = v.o->n;
	t->map.pairs = arena_array(&s->a, struct token_pair, v.o->n);
	for (size_t i = 0; i < v.o->n; i++)
		t->map.pairs[i] = (struct token_pair) { scan_token(s, w, v.o->keys[i]), make_token(s, w, v.o->vals[i]) };
}

/* What a reader would make of the YAML that this JSON is. */
static struct token *make_token(struct suite *s, struct world *w, struct val v)
{
	static const enum token_kind kinds[] = { [VAL_NULL] = TOKEN_NULL, [VAL_BOOL] = TOKEN_BOOL, [VAL_NUMBER] = TOKEN_NUMBER };
	static uint32_t serial;
	if (v.kind == VAL_STRING)
		return scan_token(s, w, v.s);
	struct token *t = arena_make(&s->a, struct token);
	t->at = (struct span) { 1, serial, serial + 1 };
	serial++;
	if (!val_is_primitive(v)) {
		add_items(s, w, t, v);
		return t;
	}
	t->kind = kinds[v.kind];
	t->raw = val_to_str(&s->a, v);
	if (v.kind == VAL_BOOL)
		t->b = v.b;
	else if (v.kind == VAL_NUMBER)
		t->num = v.num;
	return t;
}

static int eval_token(struct suite *s, struct world *w, struct str kind, const struct token *t, struct val *out,
                      struct expr_error *error)
{
	struct span at = { 7, 7, 7 };
	int r;
	*out = val_null();
	if (str_is(kind, "%%STRING")) {
		out->kind = VAL_STRING;
		r = token_eval_string(&out->s, t, &s->a, &w->env, error, &at);
	} else if (str_is(kind, "%%BOOL")) {
		out->kind = VAL_BOOL;
		r = token_eval_bool(&out->b, t, &s->a, &w->env, error, &at);
	} else if (str_is(kind, "%%NUMBER")) {
		out->kind = VAL_NUMBER;
		r = token_eval_number(&out->num, t, &s->a, &w->env, error, &at);
	} else if (str_is(kind, "%%MAP") || str_is(kind, "%%ENV")) {
		r = token_eval_string_map(out, t, &s->a, &w->env, str_is(kind, "%%ENV"), error, &at);
	} else {
		r = token_eval(out, t, &s->a, &w->env, error, &at);
	}
	cr_assert((r < 0) == (at.file != 7), "the span at fault is set exactly on failure");
	return r;
}

static struct str do_token(struct suite *s, struct world *w, const struct block *b)
{
	struct val v;
	struct expr_error error = { 0 };
	w->env.max_memory = 0;
	struct token *t = make_token(s, w, json_val(&s->a, arena_cstr(&s->a, b->lines[0])));
	return eval_token(s, w, b->directive, t, &v, &error) < 0 ? prefixed(&s->a, "error", error.text) : compact(&s->a, v);
}

static void run_block(struct suite *s, const struct block *b)
{
	struct world w;
	struct val contexts = b->n == 3 ? json_val(&s->a, arena_cstr(&s->a, b->lines[1])) : val_null();
	world_init(&w, &s->a, contexts, s->fns);
	struct str text = unescape(&s->a, b->lines[0]), want = unescape(&s->a, b->lines[b->n - 1]), got;
	if (b->directive.n == 0 || str_is(b->directive, "%%FAIL"))
		got = do_expr(s, &w, text);
	else if (str_is(b->directive, "%%SCAN") || str_is(b->directive, "%%IF"))
		got = do_scan(s, &w, text, str_is(b->directive, "%%IF"));
	else
		got = do_token(s, &w, b);
	s->run++;
	if (!str_eq(got, want)) {
		s->failed++;
		fprintf(stderr, "%s:%u: %.*s\n  want %.*s\n  got  %.*s\n", s->file, b->at, STRF(text), STRF(want), STRF(got));
	}
}

static void end_block(struct suite *s, struct block *b)
{
	if (str_starts(b->directive, STR("%%FNS"))) {
		s->fns = (unsigned)strtoul(b->directive.p + 5, NULL, 10);
	} else if (b->n > 0) {
		cr_assert(b->n >= 2, "%s:%u: a case has two or three lines", s->file, b->at);
		run_block(s, b);
	}
	arena_done(&s->a);
	*b = (struct block) { .directive = STR_EMPTY };
}

static void run_text_file(struct suite *s, struct str text)
{
	struct block b = { .directive = STR_EMPTY };
	struct str line;
	for (unsigned at = 1; str_next_line(&text, &line); at++) {
		if (line.n == 0) {
			end_block(s, &b);
		} else if (str_starts(line, STR("%%"))) {
			b.directive = line;
		} else if (line.p[0] != '#' || b.n > 0) {
			cr_assert(b.n < 3, "%s:%u: too many lines", s->file, at);
			if (b.n == 0)
				b.at = at;
			b.lines[b.n++] = line;
		}
	}
	end_block(s, &b);
}

static void run_fixture(const char *name)
{
	char path[512];
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct suite s = { .file = name };
	snprintf(path, sizeof(path), FIXTURES "/expr/%s", name);
	cr_assert(file_read(&text, path, 1 << 20, &err) == 0, "%s", err.text);
	run_text_file(&s, buf_str(&text));
	cr_expect(s.failed == 0 && s.run > 0, "%s: %zu of %zu cases failed", name, s.failed, s.run);
}

Test(fixtures, all_expression_fixtures)
{
	DIR *d = opendir(FIXTURES "/expr");
	cr_assert_not_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (str_ends(str_of(e->d_name), STR(".test")))
			run_fixture(e->d_name);
	closedir(d);
}
