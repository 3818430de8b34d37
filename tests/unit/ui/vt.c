/* Cursor, erase, wrap and scroll; see vt.h. */
#include "unit/ui/vt.h"

#include "base/arena.h"
#include "base/utf8.h"

void vt_init(struct vt *v, size_t rows, size_t cols)
{
	*v = (struct vt) { .rows = rows, .cols = cols, .wrap = true, .cursor_shown = true };
	v->cells = xcalloc(rows * cols, sizeof(*v->cells));
}

void vt_done(struct vt *v)
{
	free(v->cells);
	buf_done(&v->scrolled);
}

static struct vt_cell *cell(const struct vt *v, size_t row, size_t col)
{
	return &v->cells[row * v->cols + col];
}

static void put_row(struct buf *out, const struct vt *v, size_t row)
{
	size_t end = v->cols;
	while (end && !cell(v, row, end - 1)->text[0] && !cell(v, row, end - 1)->right_half)
		end--;
	size_t start = out->n;
	for (size_t i = 0; i < end; i++)
		if (!cell(v, row, i)->right_half)
			buf_adds(out, cell(v, row, i)->text[0] ? cell(v, row, i)->text : " ");
	while (out->n > start && out->p[out->n - 1] == ' ')
		out->n--;
	buf_addc(out, '\n');
}

static void line_feed(struct vt *v)
{
	if (v->row + 1 < v->rows) {
		v->row++;
		return;
	}
	put_row(&v->scrolled, v, 0);
	memmove(v->cells, v->cells + v->cols, (v->rows - 1) * v->cols * sizeof(*v->cells));
	memset(cell(v, v->rows - 1, 0), 0, v->cols * sizeof(*v->cells));
}

static void put_char(struct vt *v, uint32_t cp)
{
	size_t width = (size_t)utf8_width(cp);
	struct buf text = BUF_INIT;
	utf8_append(&text, cp);
	const char *bytes = buf_cstr(&text);
	if (width == 0) {
		char *at = cell(v, v->row, v->col ? v->col - 1 : 0)->text;
		size_t n = strlen(at);
		if (n + text.n < sizeof(v->cells->text))
			memcpy(at + n, bytes, text.n + 1);
		buf_done(&text);
		return;
	}
	if ((v->wrap_pending || v->col + width > v->cols) && v->wrap) {
		v->col = 0;
		line_feed(v);
	}
	if (v->col + width > v->cols)
		v->col = v->cols - width;
	v->wrap_pending = false;
	memset(cell(v, v->row, v->col), 0, width * sizeof(*v->cells));
	memcpy(cell(v, v->row, v->col)->text, bytes, text.n + 1);
	if (width == 2)
		cell(v, v->row, v->col + 1)->right_half = true;
	v->col += width;
	if (v->col >= v->cols) {
		v->col = v->cols - 1;
		v->wrap_pending = true;
	}
	buf_done(&text);
}

static void erase(struct vt *v, bool below)
{
	memset(cell(v, v->row, v->col), 0, (v->cols - v->col) * sizeof(*v->cells));
	if (below && v->row + 1 < v->rows)
		memset(cell(v, v->row + 1, 0), 0, (v->rows - v->row - 1) * v->cols * sizeof(*v->cells));
}

/* From the upper left corner it is "clear" to some terminals, which keep what was there. */
static void erase_below(struct vt *v)
{
	for (size_t r = 0; r < v->rows && !v->row && !v->col; r++)
		put_row(&v->scrolled, v, r);
	erase(v, true);
}

static void control(struct vt *v, struct str args, char final)
{
	size_t n = 0;
	for (size_t i = 0; i < args.n && args.p[i] >= '0' && args.p[i] <= '9'; i++)
		n = n * 10 + (size_t)(args.p[i] - '0');
	if (final == 'A')
		v->row -= MIN(v->row, n ? n : 1);
	else if (final == 'B')
		v->row = MIN(v->row + (n ? n : 1), v->rows - 1);
	else if (final == 'C')
		v->col = MIN(v->col + (n ? n : 1), v->cols - 1);
	else if (final == 'K' && !args.n)
		erase(v, false);
	else if (final == 'J' && !args.n)
		erase_below(v);
	else if (str_is(args, "?25"))
		v->cursor_shown = final == 'h';
	else if (str_is(args, "?7"))
		v->wrap = final == 'h';
	else if (final != 'm')
		v->unknown++;
	if (final != 'm')
		v->wrap_pending = false;
}

static size_t escape(struct vt *v, struct str s, size_t i)
{
	if (i + 1 < s.n && s.p[i + 1] == '7') {
		v->saved_row = v->row;
		v->saved_col = v->col;
		return 2;
	}
	if (i + 1 < s.n && s.p[i + 1] == '8') {
		v->row = v->saved_row;
		v->col = v->saved_col;
		v->wrap_pending = false;
		return 2;
	}
	if (i + 1 >= s.n || s.p[i + 1] != '[') {
		v->unknown++;
		return 1;
	}
	size_t end = i + 2;
	while (end < s.n && s.p[end] < 0x40)
		end++;
	if (end < s.n)
		control(v, str_n(s.p + i + 2, end - i - 2), s.p[end]);
	return end + 1 - i;
}

void vt_feed(struct vt *v, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		uint32_t cp;
		unsigned n = utf8_decode(s, i, &cp);
		if (cp == 0x1B) {
			i += escape(v, s, i);
			continue;
		}
		i += n;
		if (cp == '\n') { /* the line discipline makes it CR LF */
			v->col = 0;
			v->wrap_pending = false;
			line_feed(v);
		} else if (cp == '\r') {
			v->col = 0;
			v->wrap_pending = false;
		} else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) {
			v->unknown++;
		} else {
			put_char(v, cp);
		}
	}
}

void vt_screen(struct buf *out, const struct vt *v)
{
	size_t end = out->n;
	for (size_t r = 0; r < v->rows; r++) {
		size_t start = out->n;
		put_row(out, v, r);
		if (out->n > start + 1)
			end = out->n;
	}
	out->n = end;
}
