/* A unified diff, where no line comes or goes: three lines around what has changed, as diff -u shows it. */
#include "base/vec.h"
#include "pin/pin.h"

enum { AROUND = 3 };

struct text_lines {
	VEC(struct str); /* with their line ends */
};

static void cut_lines(struct text_lines *out, struct arena *a, struct str text)
{
	while (text.n) {
		size_t end = MIN(str_find_c(text, '\n', 0), text.n - 1) + 1;
		*vec_add(a, out) = str_to(text, end);
		text = str_from(text, end);
	}
}

static void put_line(struct buf *out, char sign, struct str line)
{
	buf_addc(out, sign);
	buf_addstr(out, line);
	if (!str_ends(line, STR("\n")))
		buf_adds(out, "\n\\ No newline at end of file\n");
}

/* The next line from `from` on that differs; n when there is none. */
static size_t next_change(const struct text_lines *x, const struct text_lines *y, size_t from)
{
	while (from < x->n && str_eq(x->v[from], y->v[from]))
		from++;
	return from;
}

static void put_hunk(struct buf *out, const struct text_lines *x, const struct text_lines *y, size_t from, size_t to)
{
	buf_addf(out, "@@ -%zu,%zu +%zu,%zu @@\n", from + 1, to - from, from + 1, to - from);
	for (size_t i = from; i < to;) {
		size_t end = i;
		while (end < to && !str_eq(x->v[end], y->v[end]))
			end++;
		for (size_t k = i; k < end; k++)
			put_line(out, '-', x->v[k]);
		for (size_t k = i; k < end; k++)
			put_line(out, '+', y->v[k]);
		if (end < to)
			put_line(out, ' ', x->v[end]);
		i = end + 1;
	}
}

void pin_diff(struct buf *out, struct str path, struct str before, struct str after)
{
	struct arena a = { 0 };
	struct text_lines x = { 0 }, y = { 0 };
	cut_lines(&x, &a, before);
	cut_lines(&y, &a, after);
	size_t at = x.n == y.n ? next_change(&x, &y, 0) : x.n;
	if (at < x.n)
		buf_addf(out, "--- a/%.*s\n+++ b/%.*s\n", STRF(path), STRF(path));
	while (at < x.n) {
		size_t from = at > AROUND ? at - AROUND : 0, last = at;
		for (size_t next = next_change(&x, &y, at + 1); next < x.n && next <= last + 2 * AROUND;
		     next = next_change(&x, &y, next + 1))
			last = next;
		size_t to = MIN(last + AROUND + 1, x.n);
		put_hunk(out, &x, &y, from, to);
		at = next_change(&x, &y, to);
	}
	arena_done(&a);
}
