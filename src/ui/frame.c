/* Rows of the live area; see frame.h.
 *
 * First everything that could be shown is listed in the order of the screen, each with a rank; then the ranks
 * share out the rows: status lines before jobs before running steps before queued ones before ended ones before output lines. */
#include "ui/frame.h"

#include "ui/result.h"
#include "ui/text.h"

enum { COLUMN_MIN = 24, OUTPUT_CELLS_MAX = 100, TIME_CELLS = 9, QUEUED_SHOWN = 3, SPIN_NS = 100000000 };

enum rank { RANK_STATUS, RANK_JOB, RANK_RUNNING, RANK_QUEUED, RANK_ENDED, RANK_OUTPUT, RANKS };

struct item {
	enum rank rank;
	const struct ui_run *run; /* its status line */
	const struct ui_job *job; /* its line, or "n more" of a rank */
	const struct ui_step *step;
	const struct ui_model *stop; /* that it is being stopped */
	size_t more;
	bool shown;
};

struct builder {
	struct frame *frame;
	const struct look *look;
	uint64_t now;
	size_t max_rows;
	struct arena arena;
	struct {
		VEC(struct item);
	} items;
	size_t count[RANKS];
	size_t running; /* steps, shown or not */
};

/* ---- what could be shown ------------------------------------------------------------------------ */

static void add_item(struct builder *b, struct item item)
{
	*vec_add(&b->arena, &b->items) = item;
	b->count[item.rank]++;
}

static int by_index(const void *a, const void *b)
{
	const struct ui_step *x = *(const struct ui_step *const *)a, *y = *(const struct ui_step *const *)b;
	return (x->index > y->index) - (x->index < y->index);
}

static void list_step(struct builder *b, const struct ui_step *s)
{
	static const enum rank ranks[] = { [UI_QUEUED] = RANK_QUEUED, [UI_RUNNING] = RANK_RUNNING, [UI_DONE] = RANK_ENDED };
	add_item(b, (struct item) { .rank = ranks[s->state], .step = s });
	if (s->state == UI_RUNNING && s->tail && tail_count(s->tail))
		add_item(b, (struct item) { .rank = RANK_OUTPUT, .step = s });
}

/* The first of a list, as many as `max`. */
static size_t take_first(const struct ui_step **to, const struct ui_steps *list, size_t max)
{
	size_t n = 0;
	for (const struct ui_step *s = list->first; s && n < max; s = s->next)
		to[n++] = s;
	return n;
}

/* The last to end, all that run, the first of those that wait; in the order of the file. */
static void list_job(struct builder *b, const struct ui_job *j)
{
	size_t n = 0, ended = MIN(j->ndone, (size_t)RECENT_STEPS), running = MIN(j->running.n, b->max_rows);
	const struct ui_step **steps = arena_array(&b->arena, const struct ui_step *, ended + running + QUEUED_SHOWN);
	for (size_t i = 0; i < ended; i++)
		if (j->recent[i]->state == UI_DONE)
			steps[n++] = j->recent[i];
	n += take_first(steps + n, &j->running, running);
	size_t queued = take_first(steps + n, &j->queued, QUEUED_SHOWN);
	n += queued;
	qsort(steps, n, sizeof(*steps), by_index);
	add_item(b, (struct item) { .rank = RANK_JOB, .job = j });
	if (j->ndone > ended)
		add_item(b, (struct item) { .rank = RANK_ENDED, .job = j, .more = j->ndone - ended });
	for (size_t i = 0; i < n; i++)
		list_step(b, steps[i]);
	if (j->queued.n > queued)
		add_item(b, (struct item) { .rank = RANK_QUEUED, .job = j, .more = j->queued.n - queued });
	b->running += j->running.n;
}

static void list_all(struct builder *b, const struct ui_model *m)
{
	for (const struct ui_run *r = m->first; r; r = r->next) {
		if (r->ended)
			continue;
		for (const struct ui_job *j = r->live.first; j; j = j->next)
			list_job(b, j);
		size_t waiting = 0;
		for (const struct ui_job *j = r->waiting.first; j && waiting < QUEUED_SHOWN; j = j->next, waiting++)
			add_item(b, (struct item) { .rank = RANK_QUEUED, .job = j });
		if (r->waiting.n > waiting)
			add_item(b, (struct item) { .rank = RANK_QUEUED, .run = r, .more = r->waiting.n - waiting });
		add_item(b, (struct item) { .rank = RANK_STATUS, .run = r });
	}
	if (m->stop.level && b->items.n)
		add_item(b, (struct item) { .rank = RANK_STATUS, .stop = m });
}

/* ---- rows --------------------------------------------------------------------------------------- */

static size_t row_width(const struct look *look)
{
	return look->width > 1 ? look->width - 1 : 1;
}

size_t frame_column(const struct frame *f, const struct look *look)
{
	size_t width = row_width(look);
	return MIN(MAX(f->column, (size_t)COLUMN_MIN), width > TIME_CELLS ? width - TIME_CELLS : 0);
}

/* Takes the row that was written. */
static void end_row(struct builder *b)
{
	b->frame->n++;
	buf_addc(&b->frame->text, '\n');
}

static const char *spinner(uint64_t now)
{
	static const char *const frames[] = { "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏" };
	return frames[now / SPIN_NS % ARRAY_LEN(frames)];
}

static int64_t elapsed_ms(uint64_t since, uint64_t now)
{
	return now > since ? (int64_t)((now - since) / 1000000) : 0;
}

/* "indent mark name ......... time" */
static void named_row(struct builder *b, size_t indent, enum paint mark_paint, const char *mark, enum paint name_paint,
                      struct str name, struct str time)
{
	struct buf *out = &b->frame->text;
	size_t width = row_width(b->look), used = indent + 2, column = frame_column(b->frame, b->look);
	text_blanks(out, MIN(indent, width));
	if (width < used + 4) { /* hardly a screen */
		text_fit(out, name, width > indent ? width - indent : 0);
		end_row(b);
		return;
	}
	paint_text(out, b->look, mark_paint, str_of(mark));
	buf_addc(out, ' ');
	if (name_paint != PAINT_RESET)
		paint(out, b->look, name_paint);
	bool timed = time.n && column >= used + 4;
	if (timed)
		text_column(out, name, column - used);
	else
		text_fit(out, name, width - used);
	paint(out, b->look, PAINT_RESET);
	size_t cells = text_cells(time);
	if (timed && TIME_CELLS >= cells) {
		text_blanks(out, TIME_CELLS - cells);
		paint_text(out, b->look, PAINT_DIM, time);
	}
	end_row(b);
}

static void step_row(struct builder *b, const struct ui_step *s)
{
	_cleanup_buf_ struct buf name = BUF_INIT, time = BUF_INIT;
	if (s->background)
		buf_adds(&name, "┃ ");
	buf_addstr(&name, s->name);
	if (s->state == UI_RUNNING) {
		text_duration(&time, elapsed_ms(s->since, b->now));
		named_row(b, 2, PAINT_CYAN, spinner(b->now), PAINT_RESET, buf_str(&name), buf_str(&time));
	} else if (s->state == UI_QUEUED) {
		named_row(b, 2, PAINT_DIM, "·", PAINT_DIM, buf_str(&name), STR("waiting"));
	} else {
		if (s->duration_ms >= 0)
			text_duration(&time, s->duration_ms);
		else
			buf_adds(&time, step_word(s));
		named_row(b, 2, result_paint(s->conclusion, step_tolerated(s)), result_mark(s->conclusion, step_tolerated(s)),
		          PAINT_DIM, buf_str(&name), buf_str(&time));
	}
}

static void output_row(struct builder *b, const struct ui_step *s)
{
	struct buf *out = &b->frame->text;
	size_t width = MIN(row_width(b->look), (size_t)OUTPUT_CELLS_MAX), indent = s->background ? 6 : 4;
	enum log_level level;
	_cleanup_buf_ struct buf line = BUF_INIT;
	clean_line(&line, tail_line(s->tail, tail_count(s->tail) - 1, &level), CLEAN_TABS);
	buf_adds(out, s->background ? "    ┃ " : "    ");
	paint(out, b->look, PAINT_DIM);
	text_fit(out, buf_str(&line), width > indent ? width - indent : 0);
	paint(out, b->look, PAINT_RESET);
	end_row(b);
}

/* Not for a turn in a concurrency group, nor for other legs of their matrix. */
static bool all_for_a_place(const struct ui_run *r)
{
	for (const struct ui_job *j = r->waiting.first; j; j = j->next)
		if (j->reason.n && !str_is(j->reason, "a place"))
			return false;
	return true;
}

/* "ci.yml 12.3 s: 2 jobs running, 3 waiting for a place, 4 done, 1 failed step" */
static void status_row(struct builder *b, const struct ui_run *r)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	buf_addf(&text, "%.*s ", STRF(run_title(r)));
	text_duration(&text, elapsed_ms(r->since, b->now));
	buf_adds(&text, ": ");
	add_count(&text, r->live.n, "job");
	buf_adds(&text, " running");
	if (r->waiting.n)
		buf_addf(&text, ", %zu waiting%s", r->waiting.n, all_for_a_place(r) ? " for a place" : "");
	buf_addf(&text, ", %zu done", r->njobs_done - r->njobs_not_here);
	if (r->nfailed) {
		buf_adds(&text, ", ");
		add_count(&text, r->nfailed, "failed step");
	}
	named_row(b, 0, PAINT_DIM, "─", PAINT_DIM, buf_str(&text), STR_EMPTY);
}

static void more_row(struct builder *b, size_t indent, size_t n, const char *what)
{
	char text[64];
	snprintf(text, sizeof(text), "%zu more %s", n, what);
	named_row(b, indent, PAINT_DIM, "…", PAINT_DIM, str_of(text), STR_EMPTY);
}

static void job_row(struct builder *b, const struct ui_job *j)
{
	_cleanup_buf_ struct buf name = BUF_INIT, time = BUF_INIT;
	job_title(&name, j);
	if (j->waiting && j->reason.n && !str_is(j->reason, "a place"))
		buf_addf(&name, " (for %.*s)", STRF(j->reason));
	if (j->waiting) {
		named_row(b, 0, PAINT_DIM, "·", PAINT_DIM, buf_str(&name), STR("waiting"));
		return;
	}
	text_duration(&time, elapsed_ms(j->since, b->now));
	named_row(b, 0, PAINT_CYAN, "●", PAINT_BOLD, buf_str(&name), buf_str(&time));
}

static void stop_row(struct builder *b, const struct ui_model *m)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	stopping_text(&text, m, b->now);
	named_row(b, 0, PAINT_YELLOW, "■", PAINT_YELLOW, buf_str(&text), STR_EMPTY);
}

static void item_row(struct builder *b, const struct item *i)
{
	if (i->stop)
		stop_row(b, i->stop);
	else if (i->more && i->run)
		more_row(b, 0, i->more, all_for_a_place(i->run) ? "waiting for a place" : "waiting");
	else if (i->run)
		status_row(b, i->run);
	else if (i->more)
		more_row(b, 2, i->more, i->rank == RANK_QUEUED ? "waiting for a place" : "ended");
	else if (i->job)
		job_row(b, i->job);
	else if (i->rank == RANK_OUTPUT)
		output_row(b, i->step);
	else
		step_row(b, i->step);
}

/* ---- the whole ---------------------------------------------------------------------------------- */

/* Rows for each rank; false when jobs or running steps had to be left out. */
static bool share(const struct builder *b, size_t rows, size_t take[static RANKS])
{
	for (int r = 0; r < RANKS; r++) {
		take[r] = MIN(b->count[r], rows);
		rows -= take[r];
	}
	return take[RANK_JOB] == b->count[RANK_JOB] && take[RANK_RUNNING] == b->count[RANK_RUNNING];
}

/* Where the name of a row with a time ends. */
static size_t name_end(const struct item *i)
{
	if (i->step && i->rank != RANK_OUTPUT)
		return 4 + (i->step->background ? 2 : 0) + text_cells(i->step->name);
	_cleanup_buf_ struct buf name = BUF_INIT;
	if (i->job && !i->more)
		job_title(&name, i->job);
	return 2 + text_cells(buf_str(&name));
}

/* Decides what is shown; how many running steps are not. */
static size_t choose_rows(struct builder *b, size_t take[static RANKS])
{
	size_t left = b->running;
	for (size_t i = 0; i < b->items.n; i++) {
		struct item *item = &b->items.v[i];
		if (!take[item->rank])
			continue;
		take[item->rank]--;
		item->shown = true;
		b->frame->column = MAX(b->frame->column, name_end(item) + 1);
		left -= item->rank == RANK_RUNNING;
	}
	return left;
}

void frame_build(struct frame *f, const struct ui_model *m, const struct look *look, size_t max_rows, uint64_t now)
{
	struct builder b = { .frame = f, .look = look, .now = now, .max_rows = max_rows };
	buf_clear(&f->text);
	f->n = 0;
	list_all(&b, m);
	size_t take[RANKS];
	bool all = share(&b, max_rows, take);
	if (!all && max_rows)
		share(&b, max_rows - 1, take);
	size_t left = choose_rows(&b, take);
	for (size_t i = 0; i < b.items.n; i++)
		if (b.items.v[i].shown)
			item_row(&b, &b.items.v[i]);
	if (!all && max_rows)
		more_row(&b, 2, left, "running");
	arena_done(&b.arena);
}

void frame_done(struct frame *f)
{
	buf_done(&f->text);
	*f = (struct frame) { 0 };
}
