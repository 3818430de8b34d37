/* GitHub's limits, and that reading takes time in proportion to the text. */
#include <time.h>

#include "base/buf.h"
#include "harness.h"

static void repeat(struct buf *b, const char *s, int n)
{
	for (int i = 0; i < n; i++)
		buf_adds(b, s);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

Test(limits, depth)
{
	for (int depth = 50; depth <= 51; depth++) {
		struct parsed p;
		struct buf b = BUF_INIT;
		repeat(&b, "[", depth);
		repeat(&b, "]", depth);
		parse(&p, buf_str(&b), false);
		cr_expect_eq(p.ok, depth == 50, "depth %d", depth);
		if (!p.ok)
			cr_expect(str_is(p.diags.v[0].text, "Maximum object depth exceeded"));
		buf_done(&b);
		arena_done(&p.a);
	}
}

Test(limits, depth_through_aliases)
{
	struct parsed p;
	struct buf b = BUF_INIT;
	buf_adds(&b, "a: &x ");
	repeat(&b, "[", 30);
	repeat(&b, "]", 30);
	buf_adds(&b, "\nb: ");
	repeat(&b, "[", 30);
	buf_adds(&b, "*x");
	repeat(&b, "]", 30);
	parse(&p, buf_str(&b), false);
	cr_expect(!p.ok && has_rule(&p, "yaml-size-limits"));
	buf_done(&b);
	arena_done(&p.a);
}

Test(limits, alias_bomb)
{
	struct parsed p;
	struct buf b = BUF_INIT;
	buf_adds(&b, "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n");
	for (int i = 1; i < 20; i++)
		buf_addf(&b, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1,
		         i - 1, i - 1, i - 1, i - 1);
	double began = seconds();
	parse(&p, buf_str(&b), false);
	cr_expect(!p.ok && has_rule(&p, "yaml-size-limits"));
	cr_expect(seconds() - began < 1, "%.3f s", seconds() - began);
	cr_expect(p.a.used < 10 << 20, "%zu bytes", p.a.used);
	buf_done(&b);
	arena_done(&p.a);
}

Test(limits, characters)
{
	struct parsed p;
	struct buf b = BUF_INIT;
	buf_adds(&b, "a: ");
	repeat(&b, "\xC3\xA4", (1 << 20) - 3);
	parse(&p, buf_str(&b), false);
	cr_expect(p.ok, "1 Mi characters in 2 MiB");
	arena_done(&p.a);
	buf_addc(&b, 'x');
	parse(&p, buf_str(&b), false);
	cr_expect(!p.ok && has_rule(&p, "yaml-size-limits"));
	buf_done(&b);
	arena_done(&p.a);
}

/* Texts that a careless reader takes quadratic time for; each is about 1 MB. */
Test(limits, hostile_texts_are_linear)
{
	static const struct {
		const char *head, *body;
		int n;
	} rows[] = {
		{ "", "[", 1000000 },    { "", "{", 1000000 },         { "", "- ", 500000 },
		{ "", "? ", 500000 },    { "k: '", "''", 500000 },     { "k: |\n", "  x\n", 250000 },
		{ "", "# c\n", 250000 }, { "k: \"", "\\\n ", 300000 }, { "k: >\n", "  ${{ x }}\n\n", 80000 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct parsed p;
		struct buf b = BUF_INIT;
		buf_adds(&b, rows[i].head);
		repeat(&b, rows[i].body, rows[i].n);
		double began = seconds();
		parse(&p, buf_str(&b), false);
		cr_expect(seconds() - began < 5, "row %zu: %.3f s", i, seconds() - began);
		buf_done(&b);
		arena_done(&p.a);
	}
}

static void steps(struct buf *b, int n)
{
	buf_adds(b, "on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n");
	for (int i = 0; i < n; i++)
		buf_adds(b, "      - run: 'true'\n");
}

Test(limits, ten_thousand_steps)
{
	double took[2];
	for (int round = 0; round < 2; round++) {
		struct parsed p;
		struct buf b = BUF_INIT;
		steps(&b, round ? 10000 : 1000);
		double began = seconds();
		parse(&p, buf_str(&b), false);
		took[round] = seconds() - began;
		cr_expect(p.ok && p.diags.n == 0);
		cr_expect(p.a.used < 50 << 20, "%zu bytes", p.a.used);
		buf_done(&b);
		arena_done(&p.a);
	}
	cr_expect(took[1] < 2, "%.3f s for 10,000 steps", took[1]); /* far above what it takes, for slow sanitizers */
	cr_expect(took[1] < 40 * took[0] + 0.05, "%.4f s, then %.4f s", took[0], took[1]);
}
