/* Source texts and positions in them; see source.h. */
#include "source/source.h"

#include "base/file.h"
#include "base/utf8.h"
#include "base/vec.h"

struct source *source_add(struct source_set *set, struct str path, struct str text)
{
	struct source *s = arena_make(set->arena, struct source);
	s->path = arena_str(set->arena, path);
	s->text = arena_str(set->arena, text);
	s->id = (uint32_t)set->n;
	*vec_add(set->arena, set) = s;
	/* the line table: one entry a line, made in two passes so that it has its exact size */
	size_t n = 1;
	for (size_t at = 0; (at = str_find_c(s->text, '\n', at)) != SIZE_MAX; at++)
		n++;
	s->lines = arena_alloc(set->arena, n * sizeof(*s->lines));
	s->lines[s->nlines++] = 0;
	for (size_t at = 0; (at = str_find_c(s->text, '\n', at)) != SIZE_MAX; at++)
		s->lines[s->nlines++] = (uint32_t)at + 1;
	return s;
}

int source_load(struct source **out, struct source_set *set, const char *path, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int (*read_it)(struct buf * out, const char *p, size_t max, struct err *e) =
		file_is_inherited(path) ? file_read_given : file_read;
	if (read_it(&text, path, SOURCE_MAX, err) < 0)
		return -1;
	*out = source_add(set, str_of(path), buf_str(&text));
	return 0;
}

const struct source *source_get(const struct source_set *set, uint32_t id)
{
	return set && id < set->n ? set->v[id] : NULL;
}

uint32_t source_begin(const struct source *s)
{
	return str_starts(s->text, STR("\xEF\xBB\xBF")) ? 3 : 0;
}

uint32_t source_line_at(const struct source *s, uint32_t offset)
{
	size_t lo = 0, hi = s->nlines;
	while (hi - lo > 1) {
		size_t mid = lo + (hi - lo) / 2;
		if (s->lines[mid] <= offset)
			lo = mid;
		else
			hi = mid;
	}
	return (uint32_t)lo + 1;
}

struct pos source_pos(const struct source *s, uint32_t offset)
{
	if (offset > s->text.n)
		offset = (uint32_t)s->text.n;
	uint32_t line = source_line_at(s, offset), start = s->lines[line - 1];
	if (line == 1 && offset >= 3 && str_starts(s->text, STR("\xEF\xBB\xBF")))
		start = 3; /* a byte order mark is no column */
	return (struct pos) { line, (uint32_t)utf8_count(str_n(s->text.p + start, offset - start)) + 1 };
}

struct str source_line(const struct source *s, uint32_t line)
{
	if (line == 0 || line > s->nlines)
		return STR_EMPTY;
	uint32_t from = s->lines[line - 1];
	size_t to = line < s->nlines ? s->lines[line] - 1 : s->text.n;
	struct str text = str_n(s->text.p + from, to - from);
	if (line == 1 && str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_from(text, 3);
	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	return text;
}
