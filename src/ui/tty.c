/* The live tree. What has ended is written once, as ordinary lines that scroll away; below it stands the live
 * area, redrawn in place every tenth of a second. Each drawing is one write: cursor up, the new lines, the
 * area again. Nothing else on the screen is touched.
 *
 * A terminal that takes nothing (Ctrl-S, a slow line) gets no frames meanwhile: what belongs above waits its turn,
 * and the area is drawn anew when all of that is out. */
#include "ui/frame.h"
#include "ui/sink.h"
#include "ui/text.h"

enum { TICK_NS = 100000000, SOON_NS = 30000000, ABOVE_MAX = 1 << 16 };

struct tty_sink {
	struct text_sink t; /* first */
	bool fixed_width;
	bool cursor_hidden;
	size_t rows;
	struct frame frame; /* what is on the screen */
	struct buf above;   /* lines for above the area, not written yet */
	size_t lines;       /* that went above, since the start */
	uint64_t drawn_at;
};

/* ---- drawing ------------------------------------------------------------------------------------ */

/* Rows the drawn area takes now: a screen that became narrower has wrapped it. */
static size_t drawn_rows(const struct tty_sink *y)
{
	size_t rows = 0, width = MAX(y->t.look.width, (size_t)1);
	for (size_t i = 0; i < y->frame.n; i++)
		rows += y->frame.cells[i] ? (y->frame.cells[i] + width - 1) / width : 1;
	return MIN(rows, y->rows - 1);
}

static void go_to_top(struct tty_sink *y)
{
	size_t rows = drawn_rows(y);
	if (rows)
		buf_addf(&y->t.out.buf, "\r\x1b[%zuA", rows);
}

/* Line wrapping is off meanwhile: a character wider than we think must not cost a row. */
static void add_frame(struct tty_sink *y)
{
	struct buf *out = &y->t.out.buf;
	struct str rest = buf_str(&y->frame.text), row;
	if (!y->cursor_hidden) {
		buf_adds(out, "\x1b[?25l");
		y->cursor_hidden = true;
	}
	buf_adds(out, "\x1b[?7l");
	while (str_next_line(&rest, &row)) {
		buf_addstr(out, row);
		buf_adds(out, "\x1b[K\n");
	}
	buf_adds(out, "\x1b[?7h");
}

/* Everything for above the area, in the area's place. */
static void add_above(struct tty_sink *y)
{
	struct buf *out = &y->t.out.buf;
	go_to_top(y);
	if (y->above.n && y->frame.n)
		buf_adds(out, "\x1b[J");
	buf_addstr(out, buf_str(&y->above));
	buf_clear(&y->above);
}

static void draw(struct tty_sink *y, uint64_t now)
{
	bool was_drawn = y->frame.n > 0, takes_more = out_pending(&y->t.out) == 0;
	add_above(y);
	if (takes_more)
		frame_build(&y->frame, &y->t.model, &y->t.look, y->rows - 1, now);
	else
		y->frame.n = 0;
	if (y->frame.n)
		add_frame(y);
	if (was_drawn)
		buf_adds(&y->t.out.buf, "\x1b[J");
	y->drawn_at = now;
	y->t.sink.next_tick = y->frame.n ? now + TICK_NS : 0;
	out_flush(&y->t.out);
}

/* Something is new: draw it soon, but not for every event. */
static void draw_soon(struct tty_sink *y, uint64_t now)
{
	uint64_t at = MAX(now, y->drawn_at + SOON_NS);
	if (!y->t.sink.next_tick || y->t.sink.next_tick > at)
		y->t.sink.next_tick = at;
	if (y->above.n > ABOVE_MAX)
		draw(y, now);
}

/* ---- what goes above ---------------------------------------------------------------------------- */

static void add_log(struct tty_sink *y, struct ui_at at, const struct event *e)
{
	const struct look *look = &y->t.look;
	bool wanted = y->t.verbosity > 0 || (!at.step && e->log.level >= LOG_ERROR);
	if (!wanted || output_hidden(e->log.level, y->t.verbosity))
		return;
	_cleanup_buf_ struct buf prefix = BUF_INIT;
	paint(&prefix, look, PAINT_DIM);
	if (at.job)
		buf_addf(&prefix, "%.*s ", STRF(at.job->name));
	if (at.step)
		buf_addf(&prefix, "› %.*s ", STRF(at.step->name));
	buf_adds(&prefix, "│ ");
	paint(&prefix, look, PAINT_RESET);
	for (size_t i = 0; i < e->log.n; i++) {
		buf_addstr(&y->above, buf_str(&prefix));
		add_output(&y->above, look, e->log.level, e->log.lines[i]);
		buf_addc(&y->above, '\n');
	}
	y->lines += e->log.n;
}

/* "✓ build                    3.4 s" */
static void add_job(struct tty_sink *y, const struct ui_job *j)
{
	const struct look *look = &y->t.look;
	size_t width = frame_width(look), room = width > 13 ? width - 11 : 2;
	_cleanup_buf_ struct buf name = BUF_INIT, time = BUF_INIT;
	struct buf *out = &y->above;
	bool ran = j->duration_ms >= 0;
	if (ran)
		text_duration(&time, j->duration_ms);
	paint_text(&name, look, j->conclusion == RESULT_SKIPPED ? PAINT_DIM : PAINT_BOLD, j->name);
	if (!ran)
		buf_adds(&name, j->not_here ? ": not run here" : ": ");
	if (!ran && !j->not_here)
		buf_adds(&name, result_name(j->conclusion));
	if (j->reason.n)
		buf_addf(&name, "%s%.*s", ran ? ": " : ", ", STRF(j->reason));
	paint_text(out, look, result_paint(j->conclusion, false), str_of(result_mark(j->conclusion, false)));
	buf_addc(out, ' ');
	if (ran)
		text_column(out, buf_str(&name), room);
	else
		text_fit(out, buf_str(&name), width > 4 ? width - 2 : 2);
	text_blanks(out, ran && time.n < 9 ? 9 - time.n : 0);
	paint_text(out, look, PAINT_DIM, buf_str(&time));
	buf_addc(out, '\n');
	y->lines++;
}

static void add_failure(struct tty_sink *y, struct ui_step *s)
{
	failure_render(&y->above, s, &y->t.look);
	s->shown_at = y->lines + 1;
	y->lines += 1 + (s->tail ? tail_count(s->tail) : 0);
}

static void add_closing(struct tty_sink *y, const struct ui_run *r)
{
	closing_render(&y->above, r, &y->t.look, y->lines, y->t.log_dir);
}

/* ---- the sink ----------------------------------------------------------------------------------- */

static void tty_event(struct sink *s, const struct event *e)
{
	struct tty_sink *y = (struct tty_sink *)s;
	uint64_t now = y->t.now();
	struct ui_at at = model_apply(&y->t.model, e, now);
	if (e->type == EVENT_RUN_START) {
		add_run_title(&y->above, at.run, &y->t.look);
		buf_addc(&y->above, '\n');
	} else if (e->type == EVENT_LOG) {
		add_log(y, at, e);
	} else if (e->type == EVENT_STEP_END && at.step && at.step->conclusion == RESULT_FAILURE) {
		add_failure(y, at.step);
	} else if ((e->type == EVENT_JOB_END || e->type == EVENT_JOB_SKIP) && at.job) {
		add_job(y, at.job);
	} else if (e->type == EVENT_RUN_END) {
		add_closing(y, at.run);
		draw(y, now);
		return;
	}
	draw_soon(y, now);
}

static void tty_tick(struct sink *s, uint64_t now_ns)
{
	struct tty_sink *y = (struct tty_sink *)s;
	if (out_pending(&y->t.out))
		s->next_tick = 0; /* ui_ready sets it again */
	else
		draw(y, now_ns);
}

static void tty_end(struct sink *s)
{
	struct tty_sink *y = (struct tty_sink *)s;
	for (struct ui_run *r = y->t.model.first; r; r = r->next) {
		if (r->ended)
			continue;
		add_closing(y, r);
		r->ended = true; /* the live area goes with it */
	}
	draw(y, y->t.now());
	if (y->cursor_hidden)
		buf_adds(&y->t.out.buf, "\x1b[?25h");
	y->cursor_hidden = false;
	out_flush(&y->t.out);
}

static int tty_close(struct sink *s, struct err *err)
{
	struct tty_sink *y = (struct tty_sink *)s;
	tty_end(s);
	buf_done(&y->above);
	frame_done(&y->frame);
	return text_sink_close(&y->t, err);
}

static const struct sink_ops tty_ops = {
	.name = "tty", .event = tty_event, .tick = tty_tick, .end = tty_end, .close = tty_close
};

static void measure(struct tty_sink *y)
{
	size_t width, rows;
	terminal_size(y->t.out.fd, &width, &rows);
	if (!y->fixed_width)
		y->t.look.width = width;
	y->rows = MAX(rows, (size_t)2);
}

struct sink *sink_tty(const struct ui_options *o)
{
	struct tty_sink *y = xcalloc(1, sizeof(*y));
	text_sink_init(&y->t, o, &tty_ops, true);
	y->fixed_width = o->width > 0;
	measure(y);
	return &y->t.sink;
}

void ui_resized(struct sink *s)
{
	if (s->ops != &tty_ops)
		return;
	struct tty_sink *y = (struct tty_sink *)s;
	measure(y);
	y->t.sink.next_tick = y->t.now();
}
