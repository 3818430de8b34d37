/* Comments, which libyaml does not report: every # at a line's start or behind a blank, outside of scalars. */
#include "base/vec.h"
#include "yaml/internal.h"

struct found {
	VEC(struct ycomment);
};

static void scan(struct found *out, struct arena *a, const struct source *src, size_t from, size_t to)
{
	for (size_t at = from; (at = str_find_c(str_to(src->text, to), '#', at)) != SIZE_MAX;) {
		char before = at ? src->text.p[at - 1] : '\n';
		size_t end = str_find_c(src->text, '\n', at);
		if (end == SIZE_MAX)
			end = src->text.n;
		if (before != '\n' && before != ' ' && before != '\t') {
			at++;
			continue;
		}
		if (end > at && src->text.p[end - 1] == '\r')
			end--;
		vec_add(a, out)->at = (struct span) { src->id, (uint32_t)at, (uint32_t)end };
		at = end;
	}
}

void ycomments_find(struct ytree *out, struct arena *a, const struct source *src, const struct span *scalars, size_t n)
{
	struct found found = { 0 };
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		if (scalars[i].from > at)
			scan(&found, a, src, at, scalars[i].from);
		if (scalars[i].to > at)
			at = scalars[i].to;
	}
	scan(&found, a, src, at, src->text.n);
	out->comments = found.v;
	out->ncomments = found.n;
}
