/* The end of a run, in the order of reading: what decided that it failed, other failures, table, annotations, logs. Each thing
 * is said once: what happened several times is counted. */
#include "ui/closing.h"

#include "ui/result.h"
#include "ui/text.h"

enum { TAIL_ROWS = 4, FAR_AWAY = 24, FAILURES_SHOWN = 3, JOBS_NAMED = 4, ERRORS_SHOWN = 20, OTHERS_SHOWN = 10 };

/* ---- failures ----------------------------------------------------------------------------------- */

static void add_tail(struct buf *out, const struct tail *t, const struct look *look)
{
	const char *bar = look->marks ? "  │ " : "  | ";
	/* Files keep the whole line; a terminal wraps it: shells put the script's long path before what was wrong. */
	size_t room = !look->marks ? SIZE_MAX : look->width > 12 ? TAIL_ROWS * look->width - 5 : 8;
	for (size_t i = 0; i < tail_count(t); i++) {
		enum log_level level;
		struct str raw = tail_line(t, i, &level);
		_cleanup_buf_ struct buf line = BUF_INIT;
		clean_line(&line, raw, CLEAN_TABS | (look->color ? CLEAN_SGR : 0));
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

static void add_failure_title(struct buf *out, const struct ui_step *s, const struct look *look)
{
	_cleanup_buf_ struct buf title = BUF_INIT, reason = BUF_INIT;
	step_reason(&reason, s);
	size_t cells = text_cells(buf_str(&reason)), mark = 2;
	bool below = look->marks && cells > look->width / 2;
	size_t rest = mark + (below ? 1 : cells + 3);
	size_t room = !look->marks ? SIZE_MAX : look->width > rest + 4 ? look->width - rest : 4;
	if (look->tags && run_tagged(s->job->run))
		buf_addf(&title, "%.*s / ", STRF(run_title(s->job->run)));
	step_title(&title, s, look->marks);
	if (step_tolerated(s))
		paint_text(out, look, PAINT_YELLOW, look->marks ? STR("! ") : STR("tolerated: "));
	else
		paint_text(out, look, PAINT_RED, look->marks ? STR("✗ ") : STR("failed: "));
	paint(out, look, PAINT_BOLD);
	text_fit(out, buf_str(&title), room);
	paint(out, look, PAINT_RESET);
	add_reason(out, buf_str(&reason), below, look);
}

void failure_render(struct buf *out, const struct ui_step *s, const struct look *look)
{
	add_failure_title(out, s, look);
	if (s->tail && !step_tolerated(s))
		add_tail(out, s->tail, look);
}

static bool same_failure(const struct ui_step *a, const struct ui_step *b)
{
	return str_eq(a->name, b->name) && str_eq(a->reason, b->reason) && a->exit_code == b->exit_code && a->signal == b->signal;
}

/* Whether one like it comes before it in the list. */
static bool is_counted_failure(const struct ui_run *r, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!step_tolerated(r->failed.v[i]) && same_failure(r->failed.v[i], r->failed.v[at]))
			return true;
	return false;
}

/* "the same in test (2), test (3) and 4 more" */
static void add_same_failures(struct buf *out, const struct ui_run *r, size_t at, const struct look *look)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	size_t n = 0;
	for (size_t i = at + 1; i < r->failed.n; i++) {
		const struct ui_step *s = r->failed.v[i];
		if (step_tolerated(s) || !same_failure(s, r->failed.v[at]))
			continue;
		if (n++ < JOBS_NAMED)
			buf_addf(&line, "%s%.*s", n == 1 ? "the same in " : ", ", STRF(s->job->name));
	}
	if (n > JOBS_NAMED)
		buf_addf(&line, " and %zu more", n - JOBS_NAMED);
	if (n)
		text_wrap(out, buf_str(&line), 2, look->width > 12 ? look->width - 3 : 10);
}

/* "also failed: test / Lint, build / Pack and 3 more failed steps": each has its name, however many there are before it. */
static void add_others_failed(struct buf *out, const struct buf *names, size_t more, const char *what, const struct look *look)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	if (!names->n && !more)
		return;
	if (names->n)
		buf_addf(&line, "also failed: %.*s", STRF(buf_str(names)));
	if (more) {
		buf_adds(&line, names->n ? " and " : "and ");
		add_count(&line, more, what);
	}
	text_wrap(out, buf_str(&line), 0, look->marks && look->width > 10 ? look->width - 1 : SIZE_MAX);
}

/* The one that decided is the first. */
static void add_failed_steps(struct buf *out, const struct ui_run *r, const struct look *look, size_t lines)
{
	_cleanup_buf_ struct buf others = BUF_INIT;
	size_t shown = 0, named = 0, more = r->nfailed - r->failed.n;
	for (size_t i = 0; i < r->failed.n; i++) {
		const struct ui_step *s = r->failed.v[i];
		if (step_tolerated(s) || is_counted_failure(r, i))
			continue;
		if (shown == FAILURES_SHOWN && named == OTHERS_SHOWN) {
			more++;
			continue;
		}
		if (shown == FAILURES_SHOWN) {
			buf_adds(&others, named++ ? ", " : "");
			step_title(&others, s, look->marks);
			continue;
		}
		bool near = s->shown_at && lines - MIN(lines, s->shown_at) < FAR_AWAY;
		if (near)
			add_failure_title(out, s, look);
		else
			failure_render(out, s, look);
		add_same_failures(out, r, i, look);
		shown++;
	}
	if (shown)
		add_others_failed(out, &others, more, "more failed step", look);
}

/* Those of which no step has failed: they could not even start, or took too long. */
static void add_failed_jobs(struct buf *out, const struct ui_run *r, const struct look *look)
{
	_cleanup_buf_ struct buf others = BUF_INIT;
	size_t at = 0, shown = 0, named = 0, more = 0;
	for (const struct ui_job *j; (j = run_failed_job(r, &at)) != NULL;) {
		if (shown == FAILURES_SHOWN && named == OTHERS_SHOWN) {
			more++;
			continue;
		}
		if (shown == FAILURES_SHOWN) {
			buf_addf(&others, "%s%.*s", named++ ? ", " : "", STRF(j->name));
			continue;
		}
		shown++;
		paint_text(out, look, PAINT_RED, look->marks ? STR("✗ ") : STR("failed: "));
		paint_text(out, look, PAINT_BOLD, j->name);
		add_reason(out, j->reason, look->marks && text_cells(j->reason) > look->width / 2, look);
	}
	add_others_failed(out, &others, more, "more failed job", look);
}

static void add_failures(struct buf *out, const struct ui_run *r, const struct look *look, size_t lines)
{
	size_t start = out->n;
	if (r->conclusion == RESULT_SUCCESS)
		return; /* all of them were tolerated */
	add_failed_steps(out, r, look, lines);
	add_failed_jobs(out, r, look);
	if (out->n > start)
		buf_addc(out, '\n');
}

/* ---- annotations -------------------------------------------------------------------------------- */

static void add_note(struct buf *out, const struct ui_note *n, size_t times, const struct look *look)
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
	paint(&b, look, PAINT_DIM);
	if (n->job)
		buf_addf(&b, " (%.*s", STRF(n->job->name));
	if (n->job && n->step)
		buf_addf(&b, "%s%.*s", look->marks ? " › " : " / ", STRF(n->step->name));
	if (times > 1)
		buf_addf(&b, n->job ? ", %zu times" : " (%zu times", times);
	if (n->job || times > 1)
		buf_addc(&b, ')');
	if (note_tolerated(n))
		buf_adds(&b, " tolerated");
	paint(&b, look, PAINT_RESET);
	text_wrap(out, buf_str(&b), 2, look->width > 20 ? look->width - 3 : 18);
}

static bool same_note(const struct ui_note *a, const struct ui_note *b)
{
	return a->level == b->level && a->line == b->line && a->col == b->col && str_eq(a->message, b->message) &&
	       str_eq(a->file, b->file) && str_eq(a->title, b->title) && note_tolerated(a) == note_tolerated(b);
}

/* How often a note is there; 0: one before it is the same. */
static size_t count_note(const struct ui_run *r, size_t at)
{
	size_t n = 0;
	for (size_t i = 0; i < r->notes.n; i++) {
		if (!same_note(&r->notes.v[i], &r->notes.v[at]))
			continue;
		if (i < at)
			return 0;
		n++;
	}
	return n;
}

struct notes {
	enum log_level level;
	const char *title;
	enum paint paint;
	size_t max, shown, more;
};

static void add_notes_if(struct buf *out, const struct ui_run *r, const struct look *look, struct notes *l, bool tolerated)
{
	for (size_t i = 0; i < r->notes.n; i++) {
		const struct ui_note *n = &r->notes.v[i];
		if (n->level != l->level || note_tolerated(n) != tolerated || note_is_repeated(n))
			continue;
		size_t times = count_note(r, i);
		if (!times)
			continue;
		if (l->shown == l->max) {
			l->more += times;
			continue;
		}
		if (l->shown++ == 0) {
			buf_addc(out, '\n');
			paint_text(out, look, l->paint, str_of(l->title));
			buf_addc(out, '\n');
		}
		add_note(out, n, times, look);
	}
}

/* Those that count first. Only so many are kept of what came: `all`. */
static void add_notes(struct buf *out, const struct ui_run *r, const struct look *look, struct notes l, size_t all)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->notes.n; i++)
		kept += r->notes.v[i].level == l.level;
	add_notes_if(out, r, look, &l, false);
	add_notes_if(out, r, look, &l, true);
	l.more += all - MIN(all, kept);
	if (l.shown && l.more)
		buf_addf(out, "  %s %zu more\n", look->marks ? "…" : "...", l.more);
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

void closing_render(struct buf *out, struct ui_run *r, const struct look *look, size_t lines, struct str log_dir)
{
	add_title(out, r, look);
	add_failures(out, r, look, lines);
	table_render(out, r, look);
	add_notes(out, r, look, (struct notes) { LOG_ERROR, "Errors", PAINT_RED, .max = ERRORS_SHOWN }, r->nnotes[0]);
	add_notes(out, r, look, (struct notes) { LOG_WARNING, "Warnings", PAINT_YELLOW, .max = OTHERS_SHOWN }, r->nnotes[1]);
	add_notes(out, r, look, (struct notes) { LOG_NOTICE, "Notices", PAINT_CYAN, .max = OTHERS_SHOWN }, r->nnotes[2]);
	add_artifacts(out, r, look);
	buf_addc(out, '\n');
	if (log_dir.n) {
		_cleanup_buf_ struct buf dir = BUF_INIT;
		clean_line(&dir, log_dir, CLEAN_TABS);
		buf_addf(out, "Logs: %.*s", STRF(buf_str(&dir)));
		if (run_tagged(r)) {
			buf_addc(out, '/');
			clean_line(out, r->id, CLEAN_TABS);
		}
		buf_addc(out, '\n');
	}
	if (run_tagged(r))
		summary_line(out, r, look, NULL);
}
