/* Applying fixes: whole or not at all, the first wins, and what is not touched stays byte for byte. */
#include <criterion/criterion.h>

#include "source/diag.h"

/* One text and the fixes for it. */
struct desk {
	struct arena a;
	struct source_set set;
	const struct source *src;
	const struct fix *fixes[64];
	enum fix_result results[64];
	size_t n;
};

static void desk_init(struct desk *d, struct str text)
{
	*d = (struct desk) { 0 };
	d->set.arena = &d->a;
	source_add(&d->set, STR("other.yml"), STR("elsewhere"));
	d->src = source_add(&d->set, STR("w.yml"), text);
}

/* One more fix with one edit. */
static struct fix *put(struct desk *d, uint32_t from, uint32_t to, const char *text)
{
	struct fix *f = fix_new(&d->a, FIX_SAFE, STR("title"));
	fix_edit(&d->a, f, (struct span) { d->src->id, from, to }, str_of(text));
	d->fixes[d->n++] = f;
	return f;
}

static void expect(struct desk *d, size_t applied, const char *text, size_t len)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	size_t n = fixes_apply(&out, d->src, d->fixes, d->n, d->results);
	cr_expect_eq(n, applied, "%zu applied", n);
	cr_expect(out.n == len && memcmp(buf_cstr(&out), text, len) == 0, "'%s'", out.p);
	arena_done(&d->a);
}

#define EXPECT(d, applied, text) expect(d, applied, text, sizeof(text) - 1)

Test(fix, order_of_the_list_does_not_matter)
{
	struct desk d;
	desk_init(&d, STR("one two three"));
	put(&d, 8, 13, "3");
	put(&d, 0, 3, "1");
	put(&d, 4, 7, "zwei und noch mehr");
	put(&d, 13, 13, "!");
	EXPECT(&d, 4, "1 zwei und noch mehr 3!");
}

Test(fix, nothing_to_do_is_a_copy)
{
	struct desk d;
	desk_init(&d, STR("\xEF\xBB\xBFo\xFFn\0e\r\n\n\r"));
	expect(&d, 0, "\xEF\xBB\xBFo\xFFn\0e\r\n\n\r", 12);
}

Test(fix, the_first_of_two_that_overlap_wins)
{
	static const struct {
		uint32_t first[2], second[2];
		bool both;
	} rows[] = {
		{ { 2, 5 }, { 4, 6 }, false }, { { 4, 6 }, { 2, 5 }, false }, { { 2, 5 }, { 2, 5 }, false },
		{ { 2, 8 }, { 4, 5 }, false }, { { 4, 5 }, { 2, 8 }, false }, { { 2, 5 }, { 5, 8 }, true },
		{ { 5, 8 }, { 2, 5 }, true },  { { 3, 3 }, { 3, 3 }, false }, { { 3, 3 }, { 2, 5 }, false },
		{ { 2, 5 }, { 3, 3 }, false }, { { 2, 5 }, { 2, 2 }, true },  { { 2, 2 }, { 2, 5 }, true },
		{ { 2, 5 }, { 5, 5 }, true },  { { 5, 5 }, { 2, 5 }, true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct desk d;
		_cleanup_buf_ struct buf out = BUF_INIT;
		desk_init(&d, STR("0123456789"));
		put(&d, rows[i].first[0], rows[i].first[1], "A");
		put(&d, rows[i].second[0], rows[i].second[1], "B");
		size_t n = fixes_apply(&out, d.src, d.fixes, d.n, d.results);
		cr_expect_eq(n, rows[i].both ? 2 : 1, "row %zu: %zu applied", i, n);
		cr_expect_eq(d.results[0], FIX_APPLIED);
		cr_expect_eq(d.results[1], rows[i].both ? FIX_APPLIED : FIX_OVERLAPS, "row %zu", i);
		cr_expect_eq(str_find_c(buf_str(&out), 'B', 0) != SIZE_MAX, rows[i].both, "row %zu: %s", i, buf_cstr(&out));
		arena_done(&d.a);
	}
}

Test(fix, an_insertion_goes_in_front_of_what_is_replaced_there)
{
	struct desk d;
	desk_init(&d, STR("abc"));
	put(&d, 1, 2, "B");
	put(&d, 1, 1, "+");
	EXPECT(&d, 2, "a+Bc");
}

Test(fix, all_edits_or_none)
{
	struct desk d;
	desk_init(&d, STR("0123456789"));
	put(&d, 8, 9, "x");
	struct fix *f = put(&d, 0, 1, "y");
	fix_edit(&d.a, f, (struct span) { d.src->id, 8, 10 }, STR("z"));
	struct fix *g = put(&d, 1, 2, "a");
	fix_edit(&d.a, g, (struct span) { d.src->id, 5, 5 }, STR("b"));
	fix_edit(&d.a, g, (struct span) { d.src->id, 5, 5 }, STR("c"));
	fix_edit(&d.a, g, (struct span) { d.src->id, 3, 4 }, STR_EMPTY);
	struct fix *torn = put(&d, 6, 8, "p");
	fix_edit(&d.a, torn, (struct span) { d.src->id, 7, 7 }, STR("q"));
	EXPECT(&d, 2, "0a24bc567x9");
}

Test(fix, places_that_are_none)
{
	struct desk d;
	desk_init(&d, STR("\xEF\xBB\xBF\xC3\xA4x"));
	const uint32_t bad[][2] = { { 0, 0 }, { 0, 3 }, { 2, 4 }, { 4, 5 },
		                    { 3, 4 }, { 5, 7 }, { 6, 5 }, { UINT32_MAX, UINT32_MAX } };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		put(&d, bad[i][0], bad[i][1], "!");
	struct fix *elsewhere = fix_new(&d.a, FIX_SAFE, STR("title"));
	fix_edit(&d.a, elsewhere, (struct span) { 0, 3, 4 }, STR("!"));
	d.fixes[d.n++] = elsewhere;
	put(&d, 3, 5, "a");
	_cleanup_buf_ struct buf out = BUF_INIT;
	cr_expect_eq(fixes_apply(&out, d.src, d.fixes, d.n, d.results), 1);
	for (size_t i = 0; i + 1 < d.n; i++)
		cr_expect_eq(d.results[i], FIX_OUTSIDE, "%zu", i);
	cr_expect_str_eq(buf_cstr(&out), "\xEF\xBB\xBF"
	                                 "ax");
	arena_done(&d.a);
}

Test(fix, line_ends_are_the_texts_own)
{
	struct desk d;
	desk_init(&d, STR("a\r\nb\r\nc\n"));
	put(&d, 3, 4, "x\ny\r\nz");
	EXPECT(&d, 1, "a\r\nx\r\ny\r\nz\r\nc\n");
	desk_init(&d, STR("a\nb\nc\r\n"));
	put(&d, 2, 3, "x\ny");
	EXPECT(&d, 1, "a\nx\ny\nc\r\n");
}

/* The correction that a finding brings replaces its span, quotes and all. */
Test(fix, of_a_finding)
{
	struct desk d;
	desk_init(&d, STR("k: \"true\" # keep\n"));
	struct diag_list l = { .arena = &d.a, .sources = &d.set };
	struct diag *found = diag_add(&l, RULE_QUOTED_BOOLEAN, (struct span) { d.src->id, 3, 9 }, "wrong");
	diag_fix(&l, found, STR("true"));
	cr_expect(found->fix->safety == FIX_SAFE && str_is(found->fix->title, "write true"));
	found = diag_add(&l, RULE_KEY_UNKNOWN_JOB, (struct span) { d.src->id, 0, 1 }, "wrong");
	diag_fix(&l, found, STR("key"));
	cr_expect_eq(found->fix->safety, FIX_SUGGESTION);
	d.fixes[d.n++] = l.v[0].fix;
	d.fixes[d.n++] = l.v[1].fix;
	EXPECT(&d, 2, "key: true # keep\n");
}

/* Random fixes against a plain model: characters of the old text that were replaced, one after the other. */
Test(fix, agrees_with_a_slow_model)
{
	uint32_t seed = 1;
	for (int round = 0; round < 3000; round++) {
		struct desk d;
		_cleanup_buf_ struct buf out = BUF_INIT, model = BUF_INIT;
		desk_init(&d, STR("abcdefghijklmnopqrst"));
		bool gone[21] = { 0 }, inserted[21] = { 0 }; /* bytes replaced; an insertion or a replacement begins there */
		const char *at[21] = { 0 }, *before[21] = { 0 };
		size_t want = 0;
		for (int i = 0; i < 8; i++) {
			static const char *const texts[] = { "", "1", "22", "333" };
			seed = seed * 1103515245 + 12345;
			uint32_t from = (seed >> 16) % 20, len = (seed >> 8) % 5, to = MIN(from + len, 20u);
			const char *text = texts[(seed >> 24) % 4];
			put(&d, from, to, text);
			bool free = len > 0 || (!inserted[from] && !(from > 0 && gone[from] && gone[from - 1] && !at[from]));
			for (uint32_t k = from; k < to; k++)
				free &= !gone[k] && !(k > from && inserted[k]);
			if (!free)
				continue;
			want++;
			for (uint32_t k = from; k < to; k++)
				gone[k] = true;
			if (len > 0)
				at[from] = text;
			else {
				before[from] = text;
				inserted[from] = true;
			}
		}
		for (size_t k = 0; k <= 20; k++) {
			buf_adds(&model, before[k] ? before[k] : "");
			buf_adds(&model, at[k] ? at[k] : "");
			if (k < 20 && !gone[k])
				buf_addc(&model, (char)('a' + k));
		}
		size_t n = fixes_apply(&out, d.src, d.fixes, d.n, d.results);
		cr_assert(n == want && strcmp(buf_cstr(&out), buf_cstr(&model)) == 0, "round %d: %zu of %zu\n%s\n%s", round, n,
		          want, buf_cstr(&out), buf_cstr(&model));
		arena_done(&d.a);
	}
}
