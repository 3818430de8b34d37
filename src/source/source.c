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
	s->version = SOURCE_SAVED;
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

const struct source *source_put(struct source_set *set, struct str file, struct str path, struct str text, int64_t version)
{
	struct source *held = map_get(&set->unsaved, file);
	if (held && held->version >= version)
		return held;
	struct source *s = source_add(set, path, text);
	s->file = arena_str(set->arena, file);
	s->version = version;
	map_put(set->arena, &set->unsaved, s->file, s);
	return s;
}

const struct source *source_unsaved(const struct source_set *set, struct str file)
{
	return map_get(&set->unsaved, file);
}

int source_load(const struct source **out, struct source_set *set, struct str file, struct str path, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *name = arena_cstr(set->arena, path);
	int (*read_it)(struct buf * out, const char *p, size_t max, struct err *e) =
		file_is_inherited(name) ? file_read_given : file_read;
	*out = source_unsaved(set, file);
	if (*out)
		return 0;
	if (read_it(&text, name, SOURCE_MAX, err) < 0)
		return -1;
	struct source *s = source_add(set, path, buf_str(&text));
	s->file = arena_str(set->arena, file);
	*out = s;
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

/* Where a line's text begins; a byte order mark is no column. */
static uint32_t line_begin(const struct source *s, uint32_t line)
{
	return line == 1 ? source_begin(s) : s->lines[line - 1];
}

static uint32_t units_of(enum column_unit unit, unsigned len, uint32_t cp)
{
	return unit == COLUMN_BYTES ? len : unit == COLUMN_UTF16 && cp > 0xFFFF ? 2 : 1;
}

/* Columns in [at, to), whole characters only: a place inside of one counts as in front of it. */
static uint32_t columns_between(const struct source *s, size_t at, size_t to, enum column_unit unit)
{
	uint32_t columns = 0, cp;
	while (at < to) {
		unsigned len = utf8_decode(s->text, at, &cp);
		if (at + len > to)
			break;
		columns += units_of(unit, len, cp);
		at += len;
	}
	return columns;
}

struct pos source_pos_in(const struct source *s, uint32_t offset, enum column_unit unit)
{
	offset = MIN(offset, (uint32_t)s->text.n);
	uint32_t line = source_line_at(s, offset);
	return (struct pos) { line, columns_between(s, line_begin(s, line), offset, unit) + 1 };
}

struct pos source_pos(const struct source *s, uint32_t offset)
{
	return source_pos_in(s, offset, COLUMN_CODE_POINTS);
}

uint32_t source_offset(const struct source *s, struct pos p, enum column_unit unit)
{
	if (p.line == 0)
		return source_begin(s);
	if (p.line > s->nlines)
		return (uint32_t)s->text.n;
	struct str line = source_line(s, p.line);
	uint32_t begin = line_begin(s, p.line), columns = 1, cp;
	size_t at = 0;
	while (at < line.n) {
		unsigned len = utf8_decode(line, at, &cp);
		columns += units_of(unit, len, cp);
		if (columns > p.col)
			break;
		at += len;
	}
	return begin + (uint32_t)at;
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
