/* The live tree. What has ended is written once, as ordinary lines that scroll away and are never touched again;
 * below them stands the live block, redrawn in place every tenth of a second.
 *
 * Between two drawings the (hidden) cursor is parked where the block begins. What changes the screen without us, above all a
 * new size that makes the terminal wrap the block's rows anew, moves the cursor with its text: wherever the block has gone,
 * it begins at the cursor, so that nothing of it has to be counted, and nothing above it is ever erased. A screen that
 * becomes lower loses rows below the cursor first: the block's, not printed lines.
 *
 * Two things are avoided with care, as both leave copies of the block in the history of terminals: erasing from the upper
 * left corner (some take that as "clear" and keep what was there), and line feeds on the last row, but where room is made
 * for lines that stay.
 *
 * A terminal that takes nothing (Ctrl-S, a slow line) gets no frames meanwhile: what belongs above waits its turn,
 * and the block is drawn anew when all of that is out. */
#include "ui/frame.h"
#include "ui/result.h"
#include "ui/sink.h"
#include "ui/text.h"

enum { TICK_NS = 100000000, SOON_NS = 30000000, ABOVE_MAX = 1 << 16, LEAST_ROWS = 3 };

struct tty_sink {
	struct text_sink t; /* first */
	size_t fixed_width; /* columns that were asked for; 0: the terminal's */
	bool cursor_hidden;
	size_t rows;
	size_t reserved;    /* rows of the screen from the cursor on that are the block's; 0: it is not there */
	bool resized;       /* since the last drawing: what is reserved is not known any more */
	struct frame frame; /* what is on the screen */
	struct buf above;   /* lines for above the block, not written yet */
	size_t lines;       /* that went above, since the start */
	uint64_t drawn_at;
};

/* ---- drawing ------------------------------------------------------------------------------------ */

static void measure(struct tty_sink *y)
{
	size_t width, rows;
	terminal_size(y->t.out.fd, &width, &rows);
	width = y->fixed_width && (y->fixed_width < width || !isatty(y->t.out.fd)) ? y->fixed_width : width;
	rows = MAX(rows, (size_t)2);
	y->resized = y->resized || width != y->t.look.width || rows != y->rows;
	y->t.look.width = width;
	y->rows = rows;
}

/* Rows that the block may have. Some printed lines stay in view, and when the block's rows wrap on a screen that has
 * become narrower it is those that make room. */
static size_t block_rows(const struct tty_sink *y)
{
	return y->rows - MAX(y->rows / 4, (size_t)1);
}

/* Rows that the block would take on a screen of half the width: what a terminal has pushed into its history when it wrapped rows
 * anew cannot be taken back, so that the block is to fit even then. */
static size_t rows_at_half(const struct tty_sink *y)
{
	struct str rest = buf_str(&y->frame.text), row;
	size_t n = 0, half = MAX(y->t.look.width / 2, (size_t)1);
	while (str_next_line(&rest, &row))
		n += text_cells(row) > half ? 2 : 1;
	return n;
}

static void build_block(struct tty_sink *y, uint64_t now)
{
	size_t max = block_rows(y), over = 0;
	do {
		max -= over;
		frame_build(&y->frame, &y->t.model, &y->t.look, max, now);
		size_t need = rows_at_half(y);
		over = need > y->rows ? (need - y->rows + 1) / 2 : 0;
	} while (over && max > over + LEAST_ROWS);
}

/* Takes the block away. One column to the right, so that it is not from the corner. */
static void wipe_block(struct tty_sink *y)
{
	if (y->reserved)
		buf_adds(&y->t.out.buf, "\r\x1b[K\x1b[C\x1b[J\r");
	y->reserved = 0;
}

/* Makes room for the block: what stands on top of the screen scrolls away when there is none. */
static void reserve_block(struct tty_sink *y)
{
	struct buf *out = &y->t.out.buf;
	size_t n = y->frame.n;
	if (n <= y->reserved)
		return;
	for (size_t i = 1; i < n; i++)
		buf_addc(out, '\n');
	if (n > 1)
		buf_addf(out, "\x1b[%zuA", n - 1);
	y->reserved = n;
}

/* Over the one that is there, without line feeds. Line wrapping is off meanwhile: a character wider than we think must not
 * cost a row. */
static void add_block(struct tty_sink *y)
{
	struct buf *out = &y->t.out.buf;
	struct str rest = buf_str(&y->frame.text), row;
	if (!y->cursor_hidden)
		buf_adds(out, "\x1b[?25l");
	y->cursor_hidden = true;
	buf_adds(out, "\x1b[?7l\x1b"
	              "7");
	for (size_t i = 1; str_next_line(&rest, &row); i++) {
		buf_adds(out, "\r");
		buf_addstr(out, row);
		buf_adds(out, i < y->frame.n ? "\x1b[K\x1b[B" : "\x1b[J");
	}
	buf_adds(out, "\x1b"
	              "8\x1b[?7h");
}

static void draw(struct tty_sink *y, uint64_t now)
{
	bool takes_more = out_pending(&y->t.out) == 0;
	measure(y);
	if (takes_more)
		build_block(y, now);
	else
		y->frame.n = 0;
	if (y->above.n || y->resized || y->frame.n == 0 || y->frame.n > y->reserved)
		wipe_block(y);
	y->resized = false;
	buf_addstr(&y->t.out.buf, buf_str(&y->above));
	buf_clear(&y->above);
	if (y->frame.n) {
		reserve_block(y);
		add_block(y);
	}
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
	if (at.job) {
		job_title(&prefix, at.job);
		buf_addc(&prefix, ' ');
	} else if (run_tagged(at.run)) {
		buf_addf(&prefix, "%.*s ", STRF(run_title(at.run)));
	}
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

/* "✓ build                    3.4 s", in the columns of the block */
static void add_job(struct tty_sink *y, const struct ui_job *j)
{
	const struct look *look = &y->t.look;
	_cleanup_buf_ struct buf title = BUF_INIT, name = BUF_INIT, time = BUF_INIT;
	struct buf *out = &y->above;
	size_t column = frame_column(&y->frame, look);
	job_title(&title, j);
	paint_text(&name, look, j->conclusion == RESULT_SKIPPED ? PAINT_DIM : PAINT_BOLD, buf_str(&title));
	paint_text(out, look, result_paint(j->conclusion, j->forgiven), str_of(result_mark(j->conclusion, j->forgiven)));
	buf_addc(out, ' ');
	buf_addstr(out, buf_str(&name));
	if (j->duration_ms >= 0) {
		size_t used = 2 + text_cells(buf_str(&name));
		text_duration(&time, j->duration_ms);
		text_blanks(out, used + time.n < column + 9 ? column + 9 - used - time.n : 2);
		paint_text(out, look, PAINT_DIM, buf_str(&time));
	} else {
		buf_addf(out, ": %s", job_word(j));
	}
	if (job_reason(j).n)
		buf_addf(out, "%s%.*s", j->duration_ms >= 0 ? "  " : ", ", STRF(job_reason(j)));
	buf_addc(out, '\n');
	y->lines++;
}

static void add_failure(struct tty_sink *y, struct ui_step *s)
{
	failure_render(&y->above, s, &y->t.look);
	s->shown_at = y->lines + 1;
	y->lines += 1 + (s->tail && !step_tolerated(s) ? tail_count(s->tail) : 0);
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
	} else if (e->type == EVENT_STEP_END && at.step && at.step->outcome == RESULT_FAILURE && !at.step->control) {
		add_failure(y, at.step);
	} else if ((e->type == EVENT_JOB_END || e->type == EVENT_JOB_SKIP) && at.job) {
		add_job(y, at.job);
	} else if (e->type == EVENT_RUN_END) {
		text_sink_run_end(&y->t, &y->above, at.run, y->lines);
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

static void tty_stopping(struct sink *s, int level, int signal, uint64_t grace_ns)
{
	struct tty_sink *y = (struct tty_sink *)s;
	note_stopping(&y->t, level, signal, grace_ns);
	draw(y, y->t.now());
}

static void tty_end(struct sink *s)
{
	struct tty_sink *y = (struct tty_sink *)s;
	text_sink_end(&y->t, &y->above, y->lines);
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

struct sink *sink_tty(const struct ui_options *o)
{
	struct tty_sink *y = xcalloc(1, sizeof(*y));
	text_sink_init(&y->t, o, &tty_ops, true);
	y->t.stopping = tty_stopping;
	y->fixed_width = o->width > 0 ? (size_t)o->width : 0;
	measure(y);
	y->resized = false;
	return &y->t.sink;
}

void ui_suspend(struct sink *s)
{
	if (s->ops != &tty_ops)
		return;
	struct tty_sink *y = (struct tty_sink *)s;
	wipe_block(y);
	if (y->cursor_hidden)
		buf_adds(&y->t.out.buf, "\x1b[?25h");
	y->cursor_hidden = false;
	out_flush(&y->t.out);
}

void ui_resized(struct sink *s)
{
	if (s->ops != &tty_ops)
		return;
	struct tty_sink *y = (struct tty_sink *)s;
	y->resized = true;
	y->t.sink.next_tick = y->t.now();
}
