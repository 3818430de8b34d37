/* The closing table; see closing.h. Linear in the number of steps, apart from one sort of each job's. */
#include "ui/closing.h"
#include "ui/result.h"
#include "ui/text.h"

enum {
	NARROW = 60,     /* columns: marks do instead of words */
	LONG_TABLE = 60, /* rows */
	ODD_STEPS = 40,  /* of a job in a long table */
	SLOWEST = 10,    /* of a long table */
	RESULT_CELLS = 12,
	TIME_CELLS = 8,
	PIPE_NAME_CELLS = 60, /* names up to here stand in a column where nothing is cut */
	REASON_CELLS = 34
};

enum { TOLERATED = RESULT_SKIPPED + 1, CLASSES };

struct table {
	struct buf *out;
	const struct look *look;
	size_t name_cells, word_cells;
	bool is_long;                        /* only what is odd or slow is listed */
	const struct ui_step *slow[SLOWEST]; /* longest first */
	size_t nslow;
	size_t left_out[CLASSES];
	int64_t longest_left_ms; /* of those left out that succeeded */
};

/* One row before it is laid out. */
struct row {
	size_t indent;
	bool background;
	struct str name;
	enum result result; /* for the mark */
	bool forgiven;
	const char *word;
	int64_t duration_ms; /* -1: none */
	struct str reason;
};

static void add_mark(struct table *t, const struct row *r)
{
	if (!t->look->marks)
		return;
	paint_text(t->out, t->look, result_paint(r->result, r->forgiven), str_of(result_mark(r->result, r->forgiven)));
	buf_addc(t->out, ' ');
}

static void add_time(struct table *t, int64_t ms)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	if (ms >= 0)
		text_duration(&b, ms);
	else
		buf_addc(&b, '-');
	text_blanks(t->out, TIME_CELLS > b.n ? TIME_CELLS - b.n : 0);
	paint_text(t->out, t->look, PAINT_DIM, buf_str(&b));
}

/* Behind the row when there is room, else below it. */
static void add_reason(struct table *t, const struct row *r, size_t used)
{
	size_t width = t->look->width, below = r->indent + 4;
	if (!r->reason.n) {
		buf_addc(t->out, '\n');
	} else if (used + 2 + text_cells(r->reason) <= width) {
		buf_adds(t->out, "  ");
		buf_addstr(t->out, r->reason);
		buf_addc(t->out, '\n');
	} else {
		buf_addc(t->out, '\n');
		text_wrap(t->out, r->reason, below, width > below + 10 ? width - below : 10);
	}
}

static void add_row(struct table *t, const struct row *r)
{
	size_t left = r->indent + (t->look->marks ? 2 : 0);
	struct buf *out = t->out;
	text_blanks(out, r->indent);
	add_mark(t, r);
	_cleanup_buf_ struct buf name = BUF_INIT;
	if (r->background)
		buf_adds(&name, t->look->marks ? "┃ " : "| ");
	buf_addstr(&name, r->name);
	size_t room = t->name_cells > left ? t->name_cells - left : 8;
	if (r->indent <= 2)
		paint(out, t->look, PAINT_BOLD);
	if (t->look->marks)
		text_column(out, buf_str(&name), room);
	else
		text_pad(out, buf_str(&name), room);
	paint(out, t->look, PAINT_RESET);
	buf_adds(out, "  ");
	struct str word = str_of(t->word_cells ? r->word : "");
	paint_text(out, t->look, result_paint(r->result, r->forgiven), word);
	text_blanks(out, t->word_cells > word.n ? t->word_cells - word.n : 0);
	add_time(t, r->duration_ms);
	add_reason(t, r, left + room + 2 + t->word_cells + TIME_CELLS);
}

static void add_step(struct table *t, const struct ui_step *s)
{
	_cleanup_buf_ struct buf reason = BUF_INIT;
	step_reason(&reason, s);
	bool idle = s->control && s->conclusion == RESULT_SUCCESS && reason.n; /* it had nothing to do */
	struct row r = { .indent = 4,
		         .background = s->background,
		         .name = s->name,
		         .result = idle ? RESULT_SKIPPED : s->conclusion,
		         .forgiven = step_tolerated(s),
		         .word = step_word(s),
		         .duration_ms = s->duration_ms,
		         .reason = buf_str(&reason) };
	add_row(t, &r);
}

static int by_index(const void *a, const void *b)
{
	const struct ui_step *x = ((const struct map_entry *)a)->value, *y = ((const struct map_entry *)b)->value;
	return (x->index > y->index) - (x->index < y->index);
}

/* ---- long tables -------------------------------------------------------------------------------- */

static int class_of(const struct ui_step *s)
{
	return step_tolerated(s) ? TOLERATED : (int)s->conclusion;
}

/* It could be left out, unless it is slow. */
static bool is_ordinary(const struct ui_step *s)
{
	return s->conclusion == RESULT_SUCCESS && s->outcome == RESULT_SUCCESS;
}

static void note_slow(struct table *t, const struct ui_step *s)
{
	size_t at = t->nslow;
	while (at && t->slow[at - 1]->duration_ms < s->duration_ms)
		at--;
	if (at == SLOWEST || s->control)
		return;
	if (t->nslow < SLOWEST)
		t->nslow++;
	memmove(&t->slow[at + 1], &t->slow[at], (t->nslow - at - 1) * sizeof(t->slow[0]));
	t->slow[at] = s;
}

static bool is_slow(const struct table *t, const struct ui_step *s)
{
	for (size_t i = 0; i < t->nslow; i++)
		if (t->slow[i] == s)
			return true;
	return false;
}

/* How many of each class are listed of a job: failures first, then what was tolerated, cancelled, has no end, was skipped. */
static void share_rows(size_t room[static CLASSES], const struct map_entry *steps, size_t n)
{
	static const int order[] = { RESULT_FAILURE, TOLERATED, RESULT_CANCELLED, RESULT_NONE, RESULT_SKIPPED };
	size_t count[CLASSES] = { 0 }, left = ODD_STEPS;
	for (size_t i = 0; i < n; i++)
		count[class_of(steps[i].value)]++;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		room[order[i]] = MIN(left, count[order[i]]);
		left -= room[order[i]];
	}
}

static void leave_out(struct table *t, const struct ui_step *s)
{
	t->left_out[class_of(s)]++;
	if (is_ordinary(s))
		t->longest_left_ms = MAX(t->longest_left_ms, s->duration_ms);
}

static void add_odd_steps(struct table *t, const struct map_entry *steps, size_t n)
{
	size_t room[CLASSES] = { 0 };
	share_rows(room, steps, n);
	for (size_t i = 0; i < n; i++) {
		const struct ui_step *s = steps[i].value;
		if (is_ordinary(s) ? is_slow(t, s) : room[class_of(s)] > 0)
			add_step(t, s);
		else
			leave_out(t, s);
		if (!is_ordinary(s) && room[class_of(s)])
			room[class_of(s)]--;
	}
}

static const char *class_name(int c)
{
	return c == RESULT_NONE ? "unfinished" : c == TOLERATED ? "tolerated" : result_name((enum result)c);
}

/* "… 52 steps are not listed: 50 success, each in at most 0.2 s; 2 skipped" */
static void add_left_out(struct table *t)
{
	size_t total = 0, kinds = 0;
	for (int i = 0; i < CLASSES; i++)
		total += t->left_out[i];
	if (!total)
		return;
	_cleanup_buf_ struct buf line = BUF_INIT;
	buf_adds(&line, t->look->marks ? "… " : "... ");
	add_count(&line, total, "step");
	buf_adds(&line, total == 1 ? " is not listed" : " are not listed");
	for (int i = 0; i < CLASSES; i++) {
		if (!t->left_out[i])
			continue;
		buf_addf(&line, "%s%zu %s", kinds++ ? "; " : ": ", t->left_out[i], class_name(i));
		if (i != RESULT_SUCCESS)
			continue;
		buf_adds(&line, t->left_out[i] == 1 ? " in " : ", each in at most ");
		text_duration(&line, t->longest_left_ms);
	}
	paint(t->out, t->look, PAINT_DIM);
	text_wrap(t->out, buf_str(&line), 2, t->look->width > 12 ? t->look->width - 3 : 10);
	paint(t->out, t->look, PAINT_RESET);
}

/* ---- the whole ---------------------------------------------------------------------------------- */

static void add_job(struct table *t, const struct ui_job *j)
{
	struct row r = { .indent = 2,
		         .name = j->name,
		         .result = j->conclusion,
		         .forgiven = j->forgiven,
		         .word = job_word(j),
		         .duration_ms = j->duration_ms,
		         .reason = job_reason(j) };
	add_row(t, &r);
	size_t n = j->steps.n;
	if (!n)
		return;
	struct map_entry *steps = xmalloc(n * sizeof(*steps));
	memcpy(steps, j->steps.v, n * sizeof(*steps));
	qsort(steps, n, sizeof(*steps), by_index);
	if (t->is_long)
		add_odd_steps(t, steps, n);
	else
		for (size_t i = 0; i < n; i++)
			add_step(t, steps[i].value);
	free(steps);
}

/* The widest of what stands in the columns of names and reasons. */
static void measure_job(const struct ui_job *j, size_t marks, size_t *names, size_t *reasons)
{
	*names = MAX(*names, text_cells(j->name) + 2 + marks);
	*reasons = MAX(*reasons, text_cells(job_reason(j)));
	_cleanup_buf_ struct buf reason = BUF_INIT;
	for (size_t k = 0; k < j->steps.n; k++) {
		const struct ui_step *s = j->steps.v[k].value;
		*names = MAX(*names, text_cells(s->name) + 4 + marks + (s->background ? 2 : 0));
		buf_clear(&reason);
		step_reason(&reason, s);
		*reasons = MAX(*reasons, text_cells(buf_str(&reason)));
	}
}

/* Cells up to the end of the names: the longest, but what follows must have its place, and reasons some. */
static size_t name_column(const struct ui_run *r, const struct look *look, size_t word_cells)
{
	size_t names = 12, reasons = 0, rest = 2 + word_cells + TIME_CELLS;
	for (size_t i = 0; i < r->jobs.n; i++)
		measure_job(r->jobs.v[i].value, look->marks ? 2 : 0, &names, &reasons);
	if (!look->marks)
		return MIN(names, (size_t)PIPE_NAME_CELLS);
	size_t limit = look->width > rest + 20 ? look->width - rest : 20;
	if (reasons && word_cells) { /* on a narrow screen they stand below */
		size_t for_reasons = MIN(reasons, (size_t)REASON_CELLS) + 2;
		limit = MAX(limit > for_reasons ? limit - for_reasons : 0, look->width * 2 / 5);
	}
	return MIN(names, MAX(limit, (size_t)12));
}

/* Whether it is a long one, and then which steps are the slowest. */
static void look_through(struct table *t, const struct ui_run *r)
{
	size_t rows = r->jobs.n;
	for (size_t i = 0; i < r->jobs.n; i++)
		rows += ((const struct ui_job *)r->jobs.v[i].value)->steps.n;
	t->is_long = rows > LONG_TABLE;
	for (size_t i = 0; t->is_long && i < r->jobs.n; i++) {
		const struct ui_job *j = r->jobs.v[i].value;
		for (size_t k = 0; k < j->steps.n; k++)
			if (is_ordinary(j->steps.v[k].value))
				note_slow(t, j->steps.v[k].value);
	}
}

void table_render(struct buf *out, const struct ui_run *r, const struct look *look)
{
	struct table t = { .out = out, .look = look, .word_cells = look->marks && look->width < NARROW ? 0 : RESULT_CELLS };
	t.name_cells = name_column(r, look, t.word_cells);
	look_through(&t, r);
	for (size_t i = 0; i < r->jobs.n; i++)
		add_job(&t, r->jobs.v[i].value);
	add_left_out(&t);
}
