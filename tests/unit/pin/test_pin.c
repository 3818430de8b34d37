/* Pinning: versions among tags, and what becomes of a line. */
#include <criterion/criterion.h>

#include "pin/pin.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"

static struct arena a;

static struct listing tags_of(const char *const (*rows)[2])
{
	struct listing l = { .repository = STR("them/lib") };
	size_t n = 0;
	while (rows[n][0])
		n++;
	l.v = arena_array(&a, struct listed_ref, n + 1);
	for (; l.n < n; l.n++)
		l.v[l.n] = (struct listed_ref) { str_of(rows[l.n][0]), str_of(rows[l.n][1]) };
	return l;
}

Test(pin, versions_are_taken_apart)
{
	static const struct {
		const char *text;
		unsigned n;
		uint64_t first;
		const char *before, *suffix;
		bool word;
	} rows[] = {
		{ "v1", 1, 1, "", "", true },
		{ "V1.2", 2, 1, "", "", true },
		{ "1.2.3", 3, 1, "", "", true },
		{ "7", 1, 7, "", "", false },
		{ "v1.2.3.4", 4, 1, "", "", true },
		{ "v1.2.3.4.5", 0, 0, "", "", false },
		{ "v1.2.3-rc.1+b", 3, 1, "", "-rc.1+b", true },
		{ "tool-v2.0", 2, 2, "tool-", "", false },
		{ "a/b@3.1", 2, 3, "a/b@", "", false },
		{ "main", 0, 0, "", "", false },
		{ "v", 0, 0, "", "", false },
		{ "", 0, 0, "", "", false },
		{ "v1.", 0, 0, "", "", false },
		{ "v1x", 0, 0, "", "", false },
		{ "v2-\x01", 0, 0, "", "", false },
		{ "v99999999999999999999999", 1, UINT64_MAX / 10, "", "", true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct version v = version_parse(str_of(rows[i].text));
		cr_assert_eq(v.n, rows[i].n, "%s: %u", rows[i].text, v.n);
		cr_assert_eq(version_is_word(str_of(rows[i].text)), rows[i].word, "%s", rows[i].text);
		if (!v.n)
			continue;
		cr_assert_eq(v.number[0], rows[i].first, "%s", rows[i].text);
		cr_assert(str_is(v.before, rows[i].before) && str_is(v.suffix, rows[i].suffix), "%s", rows[i].text);
	}
}

Test(pin, the_most_exact_tag_of_a_commit)
{
	const char *const rows[][2] = { { "refs/heads/main", A },
		                        { "refs/heads/v1.9.9", A },
		                        { "refs/tags/latest", A },
		                        { "refs/tags/v1", A },
		                        { "refs/tags/v1.2", A },
		                        { "refs/tags/v1.2.3", A },
		                        { "refs/tags/v1.2.3-rc.1", A },
		                        { "refs/tags/v2.0.0", A },
		                        { "refs/tags/tool-v1.5.0", A },
		                        { "refs/tags/v1.2.4", B },
		                        { "refs/tags/v3", C },
		                        { "refs/tags/v10.0.0-beta", C },
		                        { NULL, NULL } };
	struct listing l = tags_of(rows);
	static const struct {
		const char *sha, *ref, *want;
	} cases[] = {
		{ A, "v1", "v1.2.3" },
		{ A, "v1.2", "v1.2.3" },
		{ A, "1", "v1.2.3" },
		{ A, "v1.2.3", "v1.2.3" },
		{ A, "v1.2.3-rc.1", "v1.2.3-rc.1" },
		{ A, "v2", "v2.0.0" },
		{ A, "tool-v1", "tool-v1.5.0" },
		{ A, "v9", "v9" },
		{ B, "v1", "v1.2.4" },
		{ C, "v3", "v3" },
		{ C, "v10", "v10.0.0-beta" },
		{ "0", "main", "main" },
		{ A, "main", "v2.0.0" },
		{ A, "latest", "v2.0.0" },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str got = version_of_commit(&l, str_of(cases[i].sha), str_of(cases[i].ref));
		cr_assert(str_is(got, cases[i].want), "%s: %.*s", cases[i].ref, STRF(got));
	}
}

/* A server names its tags as it likes. */
Test(pin, names_that_no_comment_may_hold)
{
	static const char *const odd[] = { "a\u2028b/v1.2.9", "a\302\205b/v9.0.0", "a,v9.0.0",  "a#v9.0.0",
		                           "\u00e4-v9.0.0",   "v9.0.0-\u2029x",    "v1.99.0\n", "" };
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		const char *const rows[][2] = { { arena_printf(&a, "refs/tags/%s", odd[i]).p, A },
			                        { "refs/tags/v1.2.3", B },
			                        { NULL, NULL } };
		struct listing l = tags_of(rows);
		cr_assert_not(version_may_be_written(str_of(odd[i])), "%zu", i);
		cr_assert(str_is(version_of_commit(&l, STR(A), STR("main")), "main"), "%zu", i);
		cr_assert_eq(version_of_commit(&l, STR(A), str_of(odd[i])).n, 0, "%zu", i);
		cr_assert_eq(version_newest(&l, str_of(odd[i])).n, 0, "%zu", i);
		cr_assert(str_is(version_newest(&l, STR("v1")), "v1.2.3"), "%zu", i);
	}
	cr_assert(version_may_be_written(STR("refs/heads/a_B-1.2+x@3")));
}

Test(pin, the_newest_of_a_line)
{
	const char *const rows[][2] = { { "refs/tags/v1.9.0", A },
		                        { "refs/tags/v1.10.0", A },
		                        { "refs/tags/v1", A },
		                        { "refs/tags/v1.11.0-rc.1", A },
		                        { "refs/tags/v2.0.0", B },
		                        { "refs/tags/v0.3.1", A },
		                        { "refs/tags/v0.3.12", A },
		                        { "refs/tags/v0.4.0", A },
		                        { "refs/heads/v1.99.0", A },
		                        { "refs/tags/x-v1.50.0", A },
		                        { NULL, NULL } };
	struct listing l = tags_of(rows);
	static const char *const cases[][2] = {
		{ "v1.2.3", "v1.10.0" }, { "v1", "v1.10.0" },      { "v1.11.0-alpha", "v1.11.0-rc.1" },
		{ "v0.3.1", "v0.3.12" }, { "v0", "v0.4.0" },       { "v3", "" },
		{ "main", "" },          { "x-v1.2", "x-v1.50.0" }
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str got = version_newest(&l, str_of(cases[i][0]));
		cr_assert(str_is(got, cases[i][1]), "%s: %.*s", cases[i][0], STRF(got));
	}
}

/* Of "uses: VALUE", once everything that is open is pinned to the commit as the version; false: it is no YAML. */
static bool pin_value(struct pin_file *f, struct buf *out, struct str text, struct str sha, struct str version)
{
	struct source_set set = { .arena = &a };
	struct diag_list diags = { .arena = &a, .sources = &set };
	if (!pin_find(f, &a, source_add(&set, STR("t.yml"), text), &diags))
		return false;
	for (size_t k = 0; k < f->uses.n; k++)
		if (f->uses.v[k]->state == PIN_OPEN) {
			f->uses.v[k]->state = PIN_CHANGE;
			f->uses.v[k]->sha = sha;
			f->uses.v[k]->version = version;
		}
	pin_edit(out, &a, f);
	return true;
}

/* Whatever comes to stand in it: a file that would mean something else is left alone. */
Test(pin, a_text_that_would_mean_something_else_is_refused)
{
	static const char text[] = "runs:\n  steps:\n    - uses: them/lib@v1\n    - uses: them/lib@v2\n";
	static const struct {
		const char *sha, *version;
		bool fine;
	} rows[] = {
		{ A, "v1", true },
		{ A, "a\u2028b/v1.2.3", false },       /* text behind the comment: no YAML */
		{ A, "v1\n      run: echo", false },   /* another key */
		{ A, "v1\n    - uses: x/y@z", false }, /* another item */
		{ A, "v1\n# v2", true },               /* more of a comment */
		{ A ": x", "v1", false },
		{ "&x", "v1", true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pin_file f;
		_cleanup_buf_ struct buf out = BUF_INIT;
		cr_assert(pin_value(&f, &out, STR(text), str_of(rows[i].sha), str_of(rows[i].version)));
		cr_assert_eq(str_is(buf_str(&out), text), !rows[i].fine, "%zu: %.*s", i, STRF(buf_str(&out)));
		for (size_t k = 0; k < f.uses.n; k++)
			cr_assert_eq(f.uses.v[k]->state, rows[i].fine ? PIN_CHANGE : PIN_UNWRITTEN, "%zu", i);
		cr_assert(rows[i].fine || f.uses.v[0]->message.n > 0);
	}
}

/* Each line is the value of one `uses`; it is pinned to A as v1.2.3. */
Test(pin, a_line_and_its_comment)
{
	static const char *const rows[][2] = {
		{ "them/lib@v1", "them/lib@" A " # v1.2.3" },
		{ "them/lib@v1#x", "them/lib@" A " # v1.2.3" }, /* a ref with a # in it */
		{ "them/lib@v1 ", "them/lib@" A " # v1.2.3 " },
		{ "them/lib@v1 #", "them/lib@" A " # v1.2.3 #" },
		{ "them/lib@v1 #v1", "them/lib@" A " #v1.2.3" },
		{ "them/lib@v1 # 4", "them/lib@" A " # v1.2.3" },
		{ "them/lib@v1 # 4 of them", "them/lib@" A " # v1.2.3 # 4 of them" },
		{ "them/lib@v1 #\tv0.1.2\tnot newer", "them/lib@" A " # v1.2.3 #\tv0.1.2\tnot newer" },
		{ "them/lib@v1 #\tv1\tnot newer", "them/lib@" A " #\tv1.2.3\tnot newer" },
		{ "them/lib@main # v9 is bad", "them/lib@" A " # v1.2.3 # v9 is bad" },
		{ "them/lib@v1 # v0.9", "them/lib@" A " # v1.2.3" }, /* the whole of it */
		{ "them/lib@" B " # v1.0.0 is good", "them/lib@" A " # v1.2.3 is good" },
		{ "them/lib@v1 # v0, v1", "them/lib@" A " # v1.2.3 # v0, v1" },
		{ "them/lib@v1 # the v1 line", "them/lib@" A " # v1.2.3 # the v1 line" },
		{ "them/lib@v1 # tag=v1", "them/lib@" A " # tag=v1.2.3" },
		{ "'them/lib@v1'# x", "'them/lib@" A "'# x # v1.2.3" },
		{ "[", NULL },
		{ "!!str them/lib@v1 # x", "!!str them/lib@" A " # v1.2.3 # x" },
		{ "&x \"them/lib@v1\"", "&x \"them/lib@" A "\" # v1.2.3" },
		{ "them\\lib\\sub@v1", "them\\lib\\sub@" A " # v1.2.3" },
		{ "{}", "{}" },
		{ "[them/lib@v1]", "[them/lib@v1]" },
		{ "", "" },
		{ "./them/lib@v1", "./them/lib@v1" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct pin_file f;
		_cleanup_buf_ struct buf out = BUF_INIT;
		const char head[] = "runs:\n  steps:\n    - uses: ";
		bool yaml = pin_value(&f, &out, arena_printf(&a, "%s%s\n", head, rows[i][0]), STR(A), STR("v1.2.3"));
		cr_assert_eq(yaml, rows[i][1] != NULL, "%s", rows[i][0]);
		if (!yaml)
			continue;
		cr_assert(str_eq(buf_str(&out), arena_printf(&a, "%s%s\n", head, rows[i][1])), "%s: %.*s", rows[i][0],
		          STRF(buf_str(&out)));
	}
}
