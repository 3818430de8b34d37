/* Places in the template form. A file may be one very long line with very many tokens: columns are counted from marks on
 * the line, not from its beginning. */
#include "base/utf8.h"
#include "dump/template_internal.h"

enum { MARK_EVERY = 1024 };

static bool is_inside(struct str s, size_t at)
{
	return at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80;
}

/* Marks of a line: units in front of every 1024th byte, or of the first one after it that begins a character. */
static void mark_line(struct form_writer *f, const struct source *src, uint32_t line, struct str text)
{
	size_t n = text.n / MARK_EVERY + 1, at = 0;
	f->marks.src = src;
	f->marks.line = line;
	f->marks.v = arena_array(&f->arena, struct form_mark, n);
	for (size_t i = 1; i < n; i++) {
		size_t to = i * MARK_EVERY;
		while (is_inside(text, to))
			to++;
		f->marks.v[i] =
			(struct form_mark) { to, f->marks.v[i - 1].units + utf8_utf16_units(str_n(text.p + at, to - at)) };
		at = to;
	}
}

static size_t units_before(struct form_writer *f, const struct source *src, uint32_t line, struct str text, size_t n)
{
	if (text.n <= MARK_EVERY)
		return utf8_utf16_units(str_to(text, n));
	if (f->marks.src != src || f->marks.line != line)
		mark_line(f, src, line, text);
	const struct form_mark *m = &f->marks.v[MIN(n, text.n) / MARK_EVERY];
	if (m->at > n)
		m--;
	return m->units + utf8_utf16_units(str_n(text.p + m->at, MIN(n, text.n) - m->at));
}

struct pos form_pos(struct form_writer *f, const struct source *src, uint32_t offset)
{
	uint32_t line = source_line_at(src, offset);
	struct str text = source_line(src, line);
	size_t begin = (size_t)(text.p - src->text.p), n = offset > begin ? offset - begin : 0;
	return (struct pos) { line, 1 + (uint32_t)units_before(f, src, line, text, n) };
}
