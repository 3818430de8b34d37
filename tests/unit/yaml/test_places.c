/* Every byte of every scalar has its place in the file, whatever the style: over random scalars and all workflow fixtures. */
#include <criterion/criterion.h>
#include <dirent.h>

#include "base/file.h"
#include "harness.h"

/* The places of a scalar follow each other, stand inside of it, and hold the byte itself where nothing was escaped or
 * folded. Returns whether its inside is known. */
static bool check_scalar(struct parsed *p, const struct ynode *n)
{
	struct scalar_map map;
	struct str file = p->src->text;
	uint32_t last = n->at.from;
	scalar_map(&map, &p->a, p->src, n->at, ynode_scalar_style(n), n->text);
	if (!map.bytes && map.first == SCALAR_UNKNOWN)
		return false;
	for (size_t i = 0; i < n->text.n; i++) {
		struct span s = scalar_span(&map, i, i + 1);
		char c = n->text.p[i], f = file.p[s.from];
		cr_assert(s.from >= last && s.to > s.from && s.to <= n->at.to, "byte %zu: %u..%u", i, s.from, s.to);
		last = s.from;
		bool folded = c == ' ' || c == '\n', escaped = n->style == YSTYLE_DOUBLE && f == '\\';
		cr_assert(c == f || folded || escaped, "byte %zu: '%c' is not '%c'", i, c, f);
	}
	struct span all = scalar_span(&map, 0, n->text.n);
	cr_assert(all.from >= n->at.from && all.to <= n->at.to);
	return true;
}

static void check_tree(struct parsed *p, const struct ynode *n)
{
	if (!n || n->alias_of)
		return;
	if (n->kind == YNODE_SEQ) {
		for (size_t i = 0; i < n->seq.n; i++)
			check_tree(p, n->seq.items[i]);
	} else if (n->kind == YNODE_MAP) {
		for (size_t i = 0; i < n->map.n; i++) {
			check_tree(p, n->map.pairs[i].key);
			check_tree(p, n->map.pairs[i].value);
		}
	} else {
		bool blank = str_trim(n->text).n == 0; /* a block of empty lines: where its content begins nobody knows */
		cr_assert(check_scalar(p, n) || blank, "%.*s", STRF(str_to(str_from(p->src->text, n->at.from), 200)));
	}
}

static unsigned random_below(uint32_t *seed, unsigned n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

/* A scalar of a style, with lines, blanks, escapes and characters of several bytes. */
static void put_scalar(struct buf *out, uint32_t *seed)
{
	static const char *const heads[] = { "", "'", "\"", "|\n", ">\n", "|-\n", ">+\n", "&a 'x", "!!str \"", ">2-\n" };
	static const char *const parts[] = { "a",        "b c", "  ", " ", "\n", "\n\n", "\xC3\xA4", "\xF0\x9F\x98\x80",
		                             "${{ x }}", "d",   "\t" };
	static const char *const escapes[] = { "\\n", "\\u00e4", "\\x41", "\\U0001F600", "\\\n", "\\t", "\\\"", "\\\\" };
	const char *head = heads[random_below(seed, ARRAY_LEN(heads))];
	char quote = strchr(head, '\'') ? '\'' : strchr(head, '"') ? '"' : 0;
	bool block = strchr(head, '\n') != NULL;
	buf_adds(out, "k: ");
	buf_adds(out, head);
	buf_adds(out, block ? "  x" : "x");
	for (unsigned i = random_below(seed, 14); i > 0; i--) {
		const char *part = quote == '"' && random_below(seed, 3) == 0    ? escapes[random_below(seed, ARRAY_LEN(escapes))]
		                   : quote == '\'' && random_below(seed, 5) == 0 ? "''"
		                                                                 : parts[random_below(seed, ARRAY_LEN(parts))];
		for (; *part; part++) {
			if (*part == '\n' && random_below(seed, 4) == 0)
				buf_addc(out, '\r');
			buf_addc(out, *part);
			if (*part == '\n')
				buf_adds(out, random_below(seed, 3) ? "  " : "   ");
		}
	}
	if (quote)
		buf_addc(out, quote);
	buf_adds(out, "\nlast: 1\n");
}

Test(places, of_random_scalars)
{
	uint32_t seed = 7;
	size_t known = 0;
	for (int i = 0; i < 20000; i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		struct parsed p;
		put_scalar(&b, &seed);
		parse(&p, buf_str(&b), false);
		known += p.ok;
		if (p.ok)
			check_tree(&p, p.tree.root);
		arena_done(&p.a);
	}
	cr_expect_gt(known, 15000, "%zu were YAML", known);
}

Test(places, of_the_fixtures)
{
	DIR *d = opendir(FIXTURES "/workflows");
	size_t files = 0;
	cr_assert_not_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		_cleanup_buf_ struct buf path = BUF_INIT, text = BUF_INIT;
		struct err err = ERR_INIT;
		struct parsed p;
		buf_addf(&path, "%s/%s", FIXTURES "/workflows", e->d_name);
		if (!str_ends(str_of(e->d_name), STR(".yml")) || file_read(&text, buf_cstr(&path), SOURCE_MAX, &err) < 0)
			continue;
		parse(&p, buf_str(&text), false);
		check_tree(&p, p.tree.root);
		arena_done(&p.a);
		files++;
	}
	closedir(d);
	cr_expect_gt(files, 3);
}
