/* Filter patterns: GitHub's cheat sheet, the corners of the grammar, and what hostile ones cost. */
#include <criterion/criterion.h>

#include "base/buf.h"
#include "model/filter_pattern.h"

enum { PATTERNS = 4, TEXTS = 6 };

/* A list as the token of a filter. */
static struct token *token_of(struct arena *a, const char *const *patterns)
{
	struct token *t = arena_make(a, struct token);
	t->kind = TOKEN_SEQUENCE;
	t->seq.items = arena_array(a, struct token *, PATTERNS);
	for (size_t i = 0; i < PATTERNS && patterns[i]; i++) {
		struct token *item = arena_make(a, struct token);
		item->s = item->raw = str_of(patterns[i]);
		t->seq.items[t->seq.n++] = item;
	}
	return t;
}

static const struct {
	const char *patterns[PATTERNS], *yes[TEXTS], *no[TEXTS];
} lists[] = {
	{ { "feature/*" }, { "feature/x", "feature/your-branch", "feature/" }, { "feature/x/y", "feature", "Feature/x" } },
	{ { "feature/**" }, { "feature/x", "feature/a/b", "feature/beta-a/my-branch" }, { "feature", "xfeature/a" } },
	{ { "main" }, { "main" }, { "Main", "mai", "mainx", "" } },
	{ { "releases/mona-the-octocat" }, { "releases/mona-the-octocat" }, { "releases/mona" } },
	{ { "*" }, { "main", "releases", "" }, { "all/the/branches", "a/" } },
	{ { "**" }, { "all/the/branches", "every/tag", "main", "" }, { NULL } },
	{ { "*feature" }, { "feature", "mona-feature", "ver-10-feature" }, { "a/feature", "features" } },
	{ { "v2*" }, { "v2", "v2.0", "v2.9" }, { "v1", "xv2", "v2/a" } },
	{ { "v[12].[0-9]+.[0-9]+" }, { "v1.10.1", "v2.0.0", "v1.0.0" }, { "v3.0.0", "v1.x.1", "v1..1", "v1.1." } },
	{ { "*.jsx?" }, { "page.js", "page.jsx" }, { "src/page.js", "page.jsxx", "page.j" } },
	{ { "**.js" }, { "index.js", "js/index.js", "src/js/app.js", ".js" }, { "index.jsx" } },
	{ { "docs/*" }, { "docs/README.md", "docs/file.txt" }, { "docs/a/b.md", "docs" } },
	{ { "docs/**" }, { "docs/README.md", "docs/mona/octocat.txt" }, { "docs", "mydocs/a" } },
	{ { "docs/**/*.md" }, { "docs/README.md", "docs/mona/hello-world.md", "docs/a/b/c.md" }, { "README.md", "docs.md" } },
	{ { "**/docs/**" },
	  { "docs/hello.md", "dir/docs/my-file.txt", "space/docs/plan/space.doc" },
	  { "mydocs/f.txt", "docs" } },
	{ { "**/README.md" }, { "README.md", "js/README.md", "a/b/c/README.md" }, { "XREADME.md", "a/XREADME.md" } },
	{ { "**/*src/**" }, { "a/src/app.js", "my-src/code/js/app.js", "src/a" }, { "src", "srcs/a" } },
	{ { "**/*-post.md" }, { "my-post.md", "path/their-post.md", "-post.md" }, { "post.md", "post-md" } },
	{ { "**/migrate-*.sql" }, { "migrate-10909.sql", "db/migrate-v1.0.sql", "db/sept/migrate-v1.sql" }, { "migrate.sql" } },
	{ { "*.md", "!README.md" }, { "hello.md" }, { "README.md", "docs/hello.md" } },
	{ { "*.md", "!README.md", "README*" }, { "hello.md", "README.md", "README.doc" }, { "x.doc" } },
	{ { "!a", "**" }, { "a", "b" }, { NULL } },
	{ { "!a", "!b" }, { NULL }, { "a", "b", "c" } },
	{ { NULL }, { NULL }, { "a", "" } },
	/* corners */
	{ { "a/**/b" }, { "a/b", "a/x/b", "a/x/y/b" }, { "ab", "axb", "a/xb", "a/b/" } },
	{ { "**/**/b" }, { "b", "x/b", "x/y/b" }, { "xb" } },
	{ { "a**/b" }, { "a/b", "ax/b", "a/x/b" }, { "ab", "b" } },
	{ { "a/***/b" }, { "a//b", "a/x/b", "a/x/y/b" }, { "a/b" } },
	{ { "**/" }, { "", "a/", "a/b/" }, { "a" } },
	{ { "**/?b" }, { "b", "x/b", "xb", "/b" }, { "x" } },
	{ { "a?" }, { "a", "" }, { "aa", "b" } },
	{ { "a+" }, { "a", "aaaa" }, { "", "ab" } },
	{ { "a+a" }, { "aa", "aaa" }, { "a" } },
	{ { "[ab]?c" }, { "c", "ac", "bc" }, { "abc", "cc" } },
	{ { "[a-c0-2_]" }, { "a", "b", "c", "1", "_" }, { "d", "3", "-", "B", "" } },
	{ { "[a-]x" }, { "ax", "-x" }, { "bx" } },
	{ { "[-a]x" }, { "ax", "-x" }, { "bx" } },
	{ { "[^a]" }, { "^", "a" }, { "b" } },
	{ { "[\\]a]" }, { "]", "a" }, { "\\" } },
	{ { "a]b" }, { "a]b" }, { "ab" } },
	{ { "\\*" }, { "*" }, { "a", "\\*", "\\" } },
	{ { "\\!a" }, { "!a" }, { "a", "b" } },
	{ { "a\\?" }, { "a?" }, { "a", "" } },
	{ { "\\++" }, { "+", "++" }, { "\\", "" } },
	{ { "a\\b" }, { "a\\b" }, { "ab" } },
	{ { "a\\" }, { "a\\" }, { "a" } },
	{ { "a!b" }, { "a!b" }, { "ab" } },
	{ { "**", "!!a" }, { "a", "b" }, { "!a" } },
	{ { "a.b" }, { "a.b" }, { "axb" } },
	{ { "release/.*" }, { "release/.", "release/.x" }, { "release/1", "release/1/2" } },
	{ { "\xc3\xa9?x" }, { "x", "\xc3\xa9x" }, { "\xc3x", "\xa9x" } },
	{ { "*.\xc3\xa9+" }, { "a.\xc3\xa9\xc3\xa9", "\xff.\xc3\xa9" }, { "a.\xc3\xa9\xa9" } },
	{ { "[\xc3\xa9\xc3\xa8]" }, { "\xc3\xa9", "\xc3\xa8" }, { "\xc3", "\xa9" } },
	{ { "\xef\xbf\xbd" }, { "\xef\xbf\xbd" }, { "\xff", "\x80" } },
	{ { "a b" }, { "a b" }, { "ab" } },
};

Test(pattern, lists)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct arena a = { 0 };
		struct filter_list l;
		filter_list_compile(&l, &a, token_of(&a, lists[i].patterns));
		for (size_t t = 0; t < TEXTS && lists[i].yes[t]; t++)
			cr_expect(filter_list_selects(&l, str_of(lists[i].yes[t])), "%s: %s", lists[i].patterns[0],
			          lists[i].yes[t]);
		for (size_t t = 0; t < TEXTS && lists[i].no[t]; t++)
			cr_expect(!filter_list_selects(&l, str_of(lists[i].no[t])), "%s: not %s", lists[i].patterns[0],
			          lists[i].no[t]);
		arena_done(&a);
	}
}

Test(pattern, faults)
{
	static const struct {
		const char *pattern;
		size_t from, to;
		const char *why;
	} cases[] = {
		{ "", 0, 0, "there is no pattern" },
		{ "!", 0, 1, "there is no pattern" },
		{ "?", 0, 1, "'?' has no character in front of it to leave out" },
		{ "!+a", 1, 2, "'+' has no character in front of it to repeat" },
		{ "v*+", 2, 3, "'+' has no character in front of it to repeat" },
		{ "a??", 2, 3, "'?' has no character in front of it to leave out" },
		{ "**/**?", 5, 6, "'?' has no character in front of it to leave out" },
		{ "a+?", 2, 3, "'?' has no character in front of it to leave out" },
		{ "x[", 1, 2, "'[' has no ']'" },
		{ "x[a\\]", 1, 5, "'[' has no ']'" },
		{ "[]", 0, 2, "a set needs at least one character" },
		{ "[9-1]", 1, 4, "the range ends before it begins" },
		{ "x[b_c-a]", 4, 7, "the range ends before it begins" },
		{ "[a-Z]", 1, 4, "a range goes from letter to letter of the same case, or from digit to digit" },
		{ "[!-~]", 1, 4, "a range goes from letter to letter of the same case, or from digit to digit" },
		{ "[0-z]", 1, 4, "a range goes from letter to letter of the same case, or from digit to digit" },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct filter_pattern p;
		struct filter_fault f = { 0 };
		cr_assert(filter_pattern_compile(&p, &a, str_of(cases[i].pattern), &f) < 0, "%s", cases[i].pattern);
		cr_expect_str_eq(f.why, cases[i].why, "%s", cases[i].pattern);
		cr_expect(f.from == cases[i].from && f.to == cases[i].to, "%s: %zu-%zu", cases[i].pattern, f.from, f.to);
	}
	char longest[FILTER_PATTERN_MAX + 1];
	memset(longest, 'a', sizeof(longest));
	struct filter_pattern p;
	struct filter_fault f;
	cr_expect(filter_pattern_compile(&p, &a, str_n(longest, FILTER_PATTERN_MAX), &f) == 0);
	cr_expect(filter_pattern_matches(&p, str_n(longest, FILTER_PATTERN_MAX), NULL));
	cr_expect(filter_pattern_compile(&p, &a, str_n(longest, sizeof(longest)), &f) < 0);
	cr_expect_str_eq(f.why, "it is longer than 4096 bytes");
	arena_done(&a);
}

static void fill(struct buf *b, const char *piece, size_t most)
{
	size_t n = strlen(piece);
	while (b->n + n <= most)
		buf_add(b, piece, n);
}

/* Never more than the bytes of the pattern times those of the text, twice over. */
Test(pattern, hostile_ones_are_cheap)
{
	static const struct {
		const char *piece, *end;
	} patterns[] = { { "**a", "b" }, { "*a", "b" },     { "a?", "b" },       { "a+", "b" },   { "**/", "b" },
		         { "*/", "b" },  { "[a-z]+", "0" }, { "**/a", "b" },     { "**/*", "b" }, { "[a-z]?a?", "b" },
		         { "**", "b" },  { "a/", "b" },     { "[aaaaaaa]", "b" } };
	static const char *const texts[] = { "a", "a/", "aa/", "/", "\xff" };
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++)
		for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
			struct arena a = { 0 };
			_cleanup_buf_ struct buf pattern = BUF_INIT, text = BUF_INIT;
			struct filter_pattern p;
			struct filter_fault f;
			uint64_t steps = 0;
			fill(&pattern, patterns[i].piece, FILTER_PATTERN_MAX - 1);
			buf_adds(&pattern, patterns[i].end);
			fill(&text, texts[t], 4000);
			buf_addc(&text, 'c');
			cr_assert(filter_pattern_compile(&p, &a, buf_str(&pattern), &f) == 0, "%s", patterns[i].piece);
			cr_expect(!filter_pattern_matches(&p, buf_str(&text), &steps), "%s", patterns[i].piece);
			cr_expect_leq(steps, 2 * (uint64_t)pattern.n * text.n, "%s: %llu", patterns[i].piece,
			              (unsigned long long)steps);
			arena_done(&a);
		}
}

/* Every text of one byte, and of two, against patterns that use everything: it must only not crash. */
Test(pattern, any_bytes)
{
	static const char alphabet[] = "*?+[]!\\-/a9\xc3";
	struct arena a = { 0 };
	char text[4];
	size_t n = sizeof(alphabet) - 1;
	for (size_t i = 0; i < n * n * n * n; i++) {
		struct filter_pattern p;
		struct filter_fault f = { 0 };
		size_t rest = i;
		for (size_t k = 0; k < sizeof(text); k++, rest /= n)
			text[k] = alphabet[rest % n];
		struct str s = str_n(text, sizeof(text));
		if (filter_pattern_compile(&p, &a, s, &f) == 0)
			filter_pattern_matches(&p, s, NULL);
		else
			cr_assert(f.why && f.from <= f.to && f.to <= s.n);
		if (a.used > 1 << 20)
			arena_clear(&a);
	}
	arena_done(&a);
}
