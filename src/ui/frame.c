/* Rows of the live area; see frame.h.
 *
 * First everything that could be shown is listed in the order of the screen, each with a rank; then the ranks
 * share out the rows: jobs before running steps before queued ones before ended ones before output lines. */
#include "ui/frame.h"

#include "ui/text.h"

enum { ROW_CELLS_MAX = 88, TIME_CELLS = 9, QUEUED_SHOWN = 3, SPIN_NS = 100000000 };

enum rank { RANK_JOB, RANK_RUNNING, RANK_QUEUED, RANK_ENDED, RANK_OUTPUT, RANKS };

struct item {
	enum rank rank;
	const struct ui_run *run; /* its status line */
	const struct ui_job *job; /* its line, or "n more" of a rank */
	const struct ui_step *step;
	size_t more;
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
		for (const struct ui_job *j = r->live_first; j; j = j->next)
			list_job(b, j);
		add_item(b, (struct item) { .rank = RANK_JOB, .run = r });
	}
}

/* ---- rows --------------------------------------------------------------------------------------- */

size_t frame_width(const struct look *look)
{
	return MIN(look->width > 1 ? look->width - 1 : 1, (size_t)ROW_CELLS_MAX);
}

/* Takes the row that was written since `start`. */
static void end_row(struct builder *b, size_t start)
{
	struct frame *f = b->frame;
	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 32;
		f->cells = xrealloc(f->cells, f->cap * sizeof(*f->cells));
	}
	f->cells[f->n++] = text_cells(str_n(f->text.p + start, f->text.n - start));
	buf_addc(&f->text, '\n');
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
	size_t start = out->n, width = frame_width(b->look), used = indent + 2;
	text_blanks(out, MIN(indent, width));
	if (width < used + 4) { /* hardly a screen */
		text_fit(out, name, width > indent ? width - indent : 0);
		end_row(b, start);
		return;
	}
	paint_text(out, b->look, mark_paint, str_of(mark));
	buf_addc(out, ' ');
	if (name_paint != PAINT_RESET)
		paint(out, b->look, name_paint);
	size_t time_cells = width > used + TIME_CELLS + 4 ? TIME_CELLS : 0;
	if (time_cells)
		text_column(out, name, width - used - time_cells);
	else
		text_fit(out, name, width - used);
	paint(out, b->look, PAINT_RESET);
	size_t cells = text_cells(time);
	if (time_cells > cells) {
		text_blanks(out, time_cells - cells);
		paint_text(out, b->look, PAINT_DIM, time);
	}
	end_row(b, start);
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
		named_row(b, 2, PAINT_DIM, "·", PAINT_DIM, buf_str(&name), STR("queued"));
	} else {
		if (s->duration_ms >= 0)
			text_duration(&time, s->duration_ms);
		else
			buf_adds(&time, result_name(s->conclusion));
		named_row(b, 2, result_paint(s->conclusion, step_forgiven(s)), result_mark(s->conclusion, step_forgiven(s)),
		          PAINT_DIM, buf_str(&name), buf_str(&time));
	}
}

static void output_row(struct builder *b, const struct ui_step *s)
{
	struct buf *out = &b->frame->text;
	size_t start = out->n, width = frame_width(b->look), indent = s->background ? 6 : 4;
	enum log_level level;
	_cleanup_buf_ struct buf line = BUF_INIT;
	text_clean(&line, tail_line(s->tail, tail_count(s->tail) - 1, &level), TEXT_TABS);
	buf_adds(out, s->background ? "    ┃ " : "    ");
	paint(out, b->look, PAINT_DIM);
	text_fit(out, buf_str(&line), width > indent ? width - indent : 0);
	paint(out, b->look, PAINT_RESET);
	end_row(b, start);
}

static void status_row(struct builder *b, const struct ui_run *r)
{
	_cleanup_buf_ struct buf text = BUF_INIT, time = BUF_INIT;
	buf_addstr(&text, run_title(r));
	buf_adds(&text, ": ");
	add_count(&text, r->njobs_running, "job");
	buf_addf(&text, " running, %zu done", r->njobs_done - r->njobs_not_here);
	if (r->nfailed) {
		buf_adds(&text, ", ");
		add_count(&text, r->nfailed, "failed step");
	}
	text_duration(&time, elapsed_ms(r->since, b->now));
	named_row(b, 0, PAINT_DIM, "─", PAINT_DIM, buf_str(&text), buf_str(&time));
}

static void more_row(struct builder *b, size_t n, const char *what)
{
	char text[64];
	snprintf(text, sizeof(text), "%zu more %s", n, what);
	named_row(b, 2, PAINT_DIM, "…", PAINT_DIM, str_of(text), STR_EMPTY);
}

static void item_row(struct builder *b, const struct item *i)
{
	if (i->run) {
		status_row(b, i->run);
	} else if (i->more) {
		more_row(b, i->more, i->rank == RANK_QUEUED ? "queued" : "ended");
	} else if (i->job) {
		_cleanup_buf_ struct buf time = BUF_INIT;
		text_duration(&time, elapsed_ms(i->job->since, b->now));
		named_row(b, 0, PAINT_CYAN, "●", PAINT_BOLD, i->job->name, buf_str(&time));
	} else if (i->rank == RANK_OUTPUT) {
		output_row(b, i->step);
	} else {
		step_row(b, i->step);
	}
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

void frame_build(struct frame *f, const struct ui_model *m, const struct look *look, size_t max_rows, uint64_t now)
{
	struct builder b = { .frame = f, .look = look, .now = now, .max_rows = max_rows };
	buf_clear(&f->text);
	f->n = 0;
	list_all(&b, m);
	size_t take[RANKS], shown = 0;
	bool all = share(&b, max_rows, take);
	if (!all && max_rows)
		share(&b, max_rows - 1, take);
	for (size_t i = 0; i < b.items.n; i++) {
		const struct item *item = &b.items.v[i];
		if (!take[item->rank])
			continue;
		take[item->rank]--;
		shown += item->rank == RANK_RUNNING;
		item_row(&b, item);
	}
	if (!all && max_rows)
		more_row(&b, b.running - MIN(shown, b.running), "running");
	arena_done(&b.arena);
}

void frame_done(struct frame *f)
{
	buf_done(&f->text);
	free(f->cells);
	*f = (struct frame) { 0 };
}
