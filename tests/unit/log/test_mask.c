/* Masking: the derived forms, merging, and that the fast search finds exactly what a simple one finds. */
#include <criterion/criterion.h>

#include "log/patterns.h"

static const struct {
	const char *secret, *text, *want;
} vectors[] = {
	{ "Password123!", "123Password123!123", "123***123" },
	{ "Password123!", "OlBhc3N3b3JkMTIzIQ==", "OlBh***" },
	{ "Password123!", "YTpQYXNzd29yZDEyMyE=", "YTpQ***" },
	{ "Password123!", "UGFzc3dvcmQxMjMh", "***" },
	{ "\"short\"", "short \"short\"", "short ***" },
	{ "\"longer\"", "longer \"longer\"", "longer ***" },
	{ "\"longer7\"", "longer7 \"longer7\"", "*** ***" },
	{ "a\"b", "a\\\"b a\"b", "*** ***" },
	{ "it's", "it''s it's it&apos;s", "*** *** ***" },
	{ "<a&b>", "&lt;a&amp;b&gt; %3Ca%26b%3E", "*** ***" },
	{ "a b/\xC3\xA4", "a%20b%2F%C3%A4", "***" },
	{ "tab\there", "tab\\there tab\there", "*** ***" },
	{ "c\x01\xC2\x85z", "c\\u0001\\u0085z", "***" },
	{ "back\\slash", "back\\\\slash", "***" },
	{ "secret1&secret2&secret3", "secret1&secret2& secret3", "*** ***" },
	{ "secretpart1&+secretpart2&secretpart3", "secretpart1&+ s ecretpart2&secretpart3", "*** s ***" },
	{ "abc&defghij", "abc& defghij", "abc& ***" },
	{ "abc&+", "abc&+ abc", "*** abc" },
	{ "x", "axbxxc", "a***b***c" },
	{ "aba", "xabababax", "x***x" },
	{ "ab", "ababab", "***" },
	{ "  trimmed\t", "x trimmed y", "x *** y" },
	{ "one\r\ntwo \n three", "one two three one\r\ntwo \n three", "*** *** *** ***" },
	{ "", "text", "text" },
	{ " \n ", "a \n b", "a \n b" },
	{ "SECRET", "secret", "secret" },
	{ "a\n", "a\nb", "***\nb" },
};

Test(log_mask, vectors)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		struct masker *m = masker_new();
		_cleanup_buf_ struct buf out = BUF_INIT;
		struct arena a = { 0 };
		struct str text = str_of(vectors[i].text);
		masker_add_secret(m, str_of(vectors[i].secret));
		masker_apply(m, text, &out);
		cr_expect_str_eq(buf_cstr(&out), vectors[i].want, "%zu: %s", i, vectors[i].secret);
		cr_expect_eq(masker_hits(m, text), strcmp(vectors[i].text, vectors[i].want) != 0, "%zu", i);
		cr_expect(str_is(masker_str(m, &a, text), vectors[i].want));
		arena_done(&a);
		masker_free(m);
	}
}

Test(log_mask, masks_are_not_trimmed_as_a_whole)
{
	struct masker *m = masker_new();
	_cleanup_buf_ struct buf out = BUF_INIT;
	masker_add_mask(m, STR(" a \n\nb"));
	masker_apply(m, STR("a b  a \n\nb"), &out);
	cr_expect_str_eq(buf_cstr(&out), "*** *** ***");
	masker_free(m);
	cr_expect(str_is(masker_str(NULL, NULL, STR("x")), "x"));
}

Test(log_mask, clones_go_their_own_ways)
{
	struct masker *m = masker_new(), *clones[256];
	masker_add_secret(m, STR("base-secret"));
	for (size_t i = 0; i < ARRAY_LEN(clones); i++)
		clones[i] = masker_clone(m);
	cr_expect_eq(masker_patterns(clones[7]), masker_patterns(m), "shared until somebody adds");
	masker_add_mask(clones[7], STR("own"));
	cr_expect(masker_hits(clones[7], STR("own")) && masker_hits(clones[7], STR("base-secret")));
	cr_expect(!masker_hits(m, STR("own")) && !masker_hits(clones[8], STR("own")));
	masker_add_mask(m, STR("later"));
	cr_expect(!masker_hits(clones[8], STR("later")) && masker_hits(clones[8], STR("base-secret")));
	cr_expect_geq(masker_longest(m), 11);
	masker_free(m);
	for (size_t i = 0; i < ARRAY_LEN(clones); i++)
		masker_free(clones[i]);
	m = masker_new();
	cr_expect(masker_empty(m) && masker_longest(m) == 0);
	masker_free(m);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static void random_text(struct buf *b, uint64_t *seed, size_t n, unsigned letters)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(b, (char)("abcdefghijklmnop\n\xC3"[next_random(seed) % letters]));
}

/* The textbook way: every pattern at every place. */
static void mask_simply(const struct str *patterns, size_t n, struct str text, bool lines_only, struct buf *out)
{
	bool *hit = xcalloc(text.n + 1, 1), *joined = xcalloc(text.n + 1, 1);
	for (size_t p = 0; p < n; p++) {
		struct str s = patterns[p];
		if (lines_only && memchr(s.p, '\n', s.n))
			continue;
		for (size_t i = 0; i + s.n <= text.n; i++)
			if (memcmp(text.p + i, s.p, s.n) == 0)
				memset(hit + i, 1, s.n);
	}
	for (size_t i = 0; i < text.n; i++) {
		if (!hit[i])
			buf_addc(out, text.p[i]);
		else if (i == 0 || !hit[i - 1])
			buf_adds(out, "***");
	}
	free(hit);
	free(joined);
}

static void apply_ranges(struct pattern_set *set, struct str text, bool lines_only, struct buf *out)
{
	struct ranges r = { 0 };
	size_t at = 0;
	bool found = patterns_find(set, text, lines_only, &r);
	cr_expect_eq(found, r.n > 0);
	for (size_t i = 0; i < r.n; i++) {
		buf_add(out, text.p + at, r.v[i].from - at);
		buf_adds(out, "***");
		at = r.v[i].to;
	}
	buf_addstr(out, str_from(text, at));
	ranges_done(&r);
}

Test(log_mask, finds_what_a_simple_search_finds)
{
	uint64_t seed = 1;
	for (int round = 0; round < 400; round++) {
		_cleanup_buf_ struct buf store = BUF_INIT, text = BUF_INIT, want = BUF_INIT, got = BUF_INIT, plain = BUF_INIT;
		struct str patterns[700];
		struct pattern_set *set = patterns_new(), *slow = patterns_new();
		unsigned letters = 2 + next_random(&seed) % 17;
		size_t n = round % 7 == 0 ? 600 : 1 + next_random(&seed) % 60, longest = 1 + next_random(&seed) % 24;
		bool lines_only = next_random(&seed) % 2;
		buf_reserve(&store, n * 32);
		for (size_t i = 0; i < n; i++) {
			size_t at = store.n;
			random_text(&store, &seed, 1 + next_random(&seed) % longest + (longest > 8 ? 3 : 0), letters);
			patterns[i] = str_n(store.p + at, store.n - at);
			patterns_add(set, patterns[i]);
			patterns_add(slow, patterns[i]);
		}
		patterns_plain(slow);
		random_text(&text, &seed, next_random(&seed) % 300, letters);
		mask_simply(patterns, n, buf_str(&text), lines_only, &want);
		apply_ranges(set, buf_str(&text), lines_only, &got);
		apply_ranges(slow, buf_str(&text), lines_only, &plain);
		cr_assert(str_eq(buf_str(&want), buf_str(&got)), "round %d: %s / %s", round, buf_cstr(&want), buf_cstr(&got));
		cr_assert(str_eq(buf_str(&want), buf_str(&plain)), "round %d, scalar", round);
		patterns_unref(set);
		patterns_unref(slow);
	}
}

/* Patterns that nearly match everywhere make the automaton take over; the result stays the same. */
Test(log_mask, hostile_patterns_stay_linear)
{
	enum { LENGTH = 20000, TEXT = 4 << 20 };
	struct masker *m = masker_new();
	_cleanup_buf_ struct buf pattern = BUF_INIT, text = BUF_INIT, out = BUF_INIT;
	for (int i = 0; i < LENGTH; i++)
		buf_addc(&pattern, 'a');
	buf_addc(&pattern, 'b');
	for (int i = 0; i < TEXT; i++)
		buf_addc(&text, 'a');
	buf_addc(&text, 'b');
	masker_add_mask(m, buf_str(&pattern));
	masker_apply(m, buf_str(&text), &out);
	cr_expect_eq(out.n, TEXT - LENGTH + 3);
	cr_expect(str_ends(buf_str(&out), STR("a***")));
	buf_clear(&out);
	masker_apply(m, STR("xaaab"), &out);
	cr_expect_str_eq(buf_cstr(&out), "xaaab");
	masker_add_mask(m, STR("x"));
	buf_clear(&out);
	masker_apply(m, STR("xaaab"), &out);
	cr_expect_str_eq(buf_cstr(&out), "***aaab");
	masker_free(m);
}

Test(log_mask, automaton_agrees_after_it_took_over)
{
	uint64_t seed = 7;
	struct pattern_set *set = patterns_new();
	_cleanup_buf_ struct buf big = BUF_INIT, store = BUF_INIT, text = BUF_INIT;
	struct str patterns[40];
	buf_reserve(&store, 4096);
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		size_t at = store.n;
		for (size_t k = 1 + next_random(&seed) % 9; k > 0; k--)
			buf_addc(&store, "ab\n"[next_random(&seed) % 16 ? next_random(&seed) % 2 : 2]);
		patterns[i] = str_n(store.p + at, store.n - at);
		patterns_add(set, patterns[i]);
	}
	for (int i = 0; i < 3000; i++)
		buf_addc(&big, 'a');
	buf_addc(&big, 'b');
	buf_addc(&big, 'b');
	patterns_add(set, buf_str(&big));
	for (int i = 0; i < 1 << 20; i++)
		buf_addc(&text, 'a');
	patterns_find(set, buf_str(&text), false, NULL);
	for (int round = 0; round < 50; round++) {
		struct ranges r = { 0 };
		patterns_find(set, buf_str(&text), false, &r);
		ranges_done(&r);
		_cleanup_buf_ struct buf line = BUF_INIT, want = BUF_INIT, got = BUF_INIT;
		random_text(&line, &seed, next_random(&seed) % 100, 3);
		mask_simply(patterns, ARRAY_LEN(patterns), buf_str(&line), round % 2, &want);
		apply_ranges(set, buf_str(&line), round % 2, &got);
		cr_assert(str_eq(buf_str(&want), buf_str(&got)), "%s / %s", buf_cstr(&want), buf_cstr(&got));
	}
	patterns_unref(set);
}
