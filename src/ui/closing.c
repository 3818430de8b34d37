/* The end of a run, in the order of reading: table, failures, annotations, logs, last line. */
#include "ui/closing.h"

#include "ui/text.h"

enum { FAR_AWAY = 24, REPEATED_MAX = 3, ERRORS_SHOWN = 20, OTHERS_SHOWN = 10 };

/* ---- failures ----------------------------------------------------------------------------------- */

static void add_tail(struct buf *out, const struct tail *t, const struct look *look)
{
	const char *bar = look->marks ? "  │ " : "  | ";
	size_t room = !look->marks ? SIZE_MAX : look->width > 12 ? look->width - 5 : 8; /* files keep the whole line */
	for (size_t i = 0; i < tail_count(t); i++) {
		enum log_level level;
		struct str raw = tail_line(t, i, &level);
		_cleanup_buf_ struct buf line = BUF_INIT;
		text_clean(&line, raw, TEXT_TABS | (look->color ? TEXT_SGR : 0));
		paint_text(out, look, PAINT_DIM, str_of(bar));
		if (level == LOG_ERROR)
			paint(out, look, PAINT_RED);
		text_fit(out, buf_str(&line), room);
		if (level == LOG_ERROR)
			paint(out, look, PAINT_RESET);
		buf_addc(out, '\n');
	}
}

/* Behind the title when it is short, else below. */
static void add_reason(struct buf *out, struct str reason, bool below, const struct look *look)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	paint_text(&text, look, PAINT_RED, reason);
	if (!reason.n) {
		buf_addc(out, '\n');
	} else if (below) {
		buf_addc(out, '\n');
		text_wrap(out, buf_str(&text), 2, look->width > 12 ? look->width - 3 : 10);
	} else {
		buf_addf(out, ": %.*s\n", STRF(buf_str(&text)));
	}
}

void failure_render(struct buf *out, const struct ui_step *s, const struct look *look)
{
	_cleanup_buf_ struct buf title = BUF_INIT, reason = BUF_INIT;
	step_reason(&reason, s);
	size_t cells = text_cells(buf_str(&reason)), mark = 2;
	bool below = look->marks && cells > look->width / 2;
	size_t rest = mark + (below ? 1 : cells + 3);
	size_t room = !look->marks ? SIZE_MAX : look->width > rest + 4 ? look->width - rest : 4;
	buf_addf(&title, "%.*s%s%.*s", STRF(s->job->name), look->marks ? " › " : " / ", STRF(s->name));
	paint_text(out, look, PAINT_RED, look->marks ? STR("✗ ") : STR("failed: "));
	paint(out, look, PAINT_BOLD);
	text_fit(out, buf_str(&title), room);
	paint(out, look, PAINT_RESET);
	add_reason(out, buf_str(&reason), below, look);
	if (s->tail)
		add_tail(out, s->tail, look);
}

/* Those whose lines have scrolled away: by what was written since, and by the table just above. */
static void add_failures(struct buf *out, const struct ui_run *r, const struct look *look, size_t lines)
{
	size_t shown = 0, more = r->nfailed - r->failed.n;
	for (size_t i = 0; i < r->failed.n; i++) {
		const struct ui_step *s = r->failed.v[i];
		bool empty = !s->tail || !tail_count(s->tail);
		if (empty || (s->shown_at && lines - MIN(lines, s->shown_at) < FAR_AWAY))
			continue;
		if (shown == REPEATED_MAX) {
			more++;
			continue;
		}
		buf_addc(out, '\n');
		failure_render(out, s, look);
		shown++;
	}
	if (!shown || !more)
		return;
	buf_adds(out, "\nand ");
	add_count(out, more, "more failed step");
	buf_addc(out, '\n');
}

/* ---- annotations -------------------------------------------------------------------------------- */

static void add_note(struct buf *out, const struct ui_note *n, const struct look *look)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	if (n->file.n) {
		paint(&b, look, PAINT_CYAN);
		buf_addstr(&b, n->file);
		if (n->line)
			buf_addf(&b, ":%u", n->line);
		if (n->line && n->col)
			buf_addf(&b, ":%u", n->col);
		paint(&b, look, PAINT_RESET);
		buf_adds(&b, ": ");
	}
	if (n->title.n)
		buf_addf(&b, "%.*s: ", STRF(n->title));
	buf_addstr(&b, n->message);
	if (n->job) {
		paint(&b, look, PAINT_DIM);
		buf_addf(&b, " (%.*s", STRF(n->job->name));
		if (n->step)
			buf_addf(&b, "%s%.*s", look->marks ? " › " : " / ", STRF(n->step->name));
		buf_addc(&b, ')');
		paint(&b, look, PAINT_RESET);
	}
	text_wrap(out, buf_str(&b), 2, look->width > 20 ? look->width - 3 : 18);
}

static void add_notes(struct buf *out, const struct ui_run *r, const struct look *look, enum log_level level, size_t all,
                      const char *title, size_t max)
{
	static const enum paint colors[] = { [LOG_ERROR] = PAINT_RED, [LOG_WARNING] = PAINT_YELLOW, [LOG_NOTICE] = PAINT_CYAN };
	size_t shown = 0, repeats = 0;
	for (size_t i = 0; i < r->notes.n; i++) {
		const struct ui_note *n = &r->notes.v[i];
		if (n->level != level)
			continue;
		if (note_is_exit_code(n)) {
			repeats++;
			continue;
		}
		if (shown == max)
			continue;
		if (shown++ == 0) {
			buf_addc(out, '\n');
			paint_text(out, look, colors[level], str_of(title));
			buf_addc(out, '\n');
		}
		add_note(out, n, look);
	}
	if (shown && all > shown + repeats)
		buf_addf(out, "  %s %zu more\n", look->marks ? "…" : "...", all - shown - repeats);
}

/* ---- what was uploaded -------------------------------------------------------------------------- */

static void add_size(struct buf *out, int64_t bytes)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
	double v = (double)bytes;
	size_t unit = 0;
	while (v >= 999.5 && unit + 1 < ARRAY_LEN(units)) {
		v /= 1000;
		unit++;
	}
	buf_addf(out, unit && v < 9.95 ? "%.1f %s" : "%.0f %s", v, bytes == 1 ? "byte" : units[unit]);
}

/* Name and size, then the whole path: a line that may be long, as it is for copying. */
static void add_artifacts(struct buf *out, const struct ui_run *r, const struct look *look)
{
	if (!r->artifacts.n)
		return;
	buf_addc(out, '\n');
	paint_text(out, look, PAINT_CYAN, STR("Artifacts"));
	buf_addc(out, '\n');
	for (size_t i = 0; i < r->artifacts.n; i++) {
		const struct ui_artifact *f = &r->artifacts.v[i];
		buf_addf(out, "  %.*s, ", STRF(f->name));
		add_size(out, f->size);
		buf_addf(out, ": %.*s\n", STRF(f->path));
	}
	if (r->nartifacts > r->artifacts.n)
		buf_addf(out, "  %s %zu more\n", look->marks ? "…" : "...", r->nartifacts - r->artifacts.n);
}

/* ---- the whole ---------------------------------------------------------------------------------- */

static size_t count_line_ends(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static void add_title(struct buf *out, const struct ui_run *r, const struct look *look)
{
	buf_addc(out, '\n');
	paint(out, look, PAINT_BOLD);
	buf_addstr(out, run_title(r));
	paint(out, look, PAINT_RESET);
	if (r->name.n && !str_eq(r->name, run_title(r)) && !str_eq(r->name, r->workflow))
		buf_addf(out, ": %.*s", STRF(r->name));
	buf_addc(out, '\n');
}

void closing_render(struct buf *out, const struct ui_run *r, const struct look *look, size_t lines, struct str log_dir)
{
	size_t start = out->n;
	add_title(out, r, look);
	table_render(out, r, look);
	lines += count_line_ends(str_n(out->p + start, out->n - start));
	add_failures(out, r, look, lines);
	add_notes(out, r, look, LOG_ERROR, r->nnotes[0], "Errors", ERRORS_SHOWN);
	add_notes(out, r, look, LOG_WARNING, r->nnotes[1], "Warnings", OTHERS_SHOWN);
	add_notes(out, r, look, LOG_NOTICE, r->nnotes[2], "Notices", OTHERS_SHOWN);
	add_artifacts(out, r, look);
	buf_addc(out, '\n');
	if (log_dir.n) {
		_cleanup_buf_ struct buf dir = BUF_INIT;
		text_clean(&dir, log_dir, TEXT_TABS);
		buf_addf(out, "Logs: %.*s\n", STRF(buf_str(&dir)));
	}
	summary_line(out, r, look);
}
