/* The closing table; see closing.h. Linear in the number of steps, apart from one sort of each job's. */
#include "ui/closing.h"
#include "ui/text.h"

enum { BIG_JOB = 40, SLOWEST = 5, RESULT_CELLS = 12, TIME_CELLS = 8, NAME_CELLS_MAX = 48, REASON_CELLS = 34 };

struct table {
	struct buf *out;
	const struct look *look;
	size_t name_cells;
};

/* One row before it is laid out. */
struct row {
	size_t indent;
	bool background;
	struct str name;
	enum result result;
	bool forgiven;
	const char *word;    /* instead of the result's */
	int64_t duration_ms; /* -1: none */
	struct str reason;
};

static struct str row_word(const struct row *r)
{
	return r->word ? str_of(r->word) : str_of(result_name(r->result));
}

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
	text_column(out, buf_str(&name), room);
	paint(out, t->look, PAINT_RESET);
	buf_adds(out, "  ");
	struct str word = row_word(r);
	paint_text(out, t->look, result_paint(r->result, r->forgiven), word);
	text_blanks(out, RESULT_CELLS > word.n ? RESULT_CELLS - word.n : 0);
	add_time(t, r->duration_ms);
	add_reason(t, r, left + room + 2 + RESULT_CELLS + TIME_CELLS);
}

static const char *unfinished_word(enum ui_state state, enum result result)
{
	if (result != RESULT_NONE)
		return NULL;
	return state == UI_QUEUED ? "not started" : "unfinished";
}

static void add_step(struct table *t, const struct ui_step *s)
{
	_cleanup_buf_ struct buf reason = BUF_INIT;
	step_reason(&reason, s);
	struct row r = { .indent = 4,
		         .background = s->background,
		         .name = s->name,
		         .result = s->conclusion,
		         .forgiven = step_forgiven(s),
		         .word = unfinished_word(s->state, s->conclusion),
		         .duration_ms = s->duration_ms,
		         .reason = buf_str(&reason) };
	add_row(t, &r);
}

static int by_index(const void *a, const void *b)
{
	const struct ui_step *x = ((const struct map_entry *)a)->value, *y = ((const struct map_entry *)b)->value;
	return (x->index > y->index) - (x->index < y->index);
}

/* ---- big jobs ----------------------------------------------------------------------------------- */

enum { FORGIVEN = RESULT_SKIPPED + 1, CLASSES };

struct choice {
	const struct ui_step *slow[SLOWEST]; /* longest first */
	size_t nslow;
	size_t room[CLASSES]; /* how many of each result may still be listed */
	size_t left_out[CLASSES];
};

static int class_of(const struct ui_step *s)
{
	return step_forgiven(s) ? FORGIVEN : (int)s->conclusion;
}

static void note_slow(struct choice *c, const struct ui_step *s)
{
	size_t at = c->nslow;
	while (at && c->slow[at - 1]->duration_ms < s->duration_ms)
		at--;
	if (at == SLOWEST)
		return;
	if (c->nslow < SLOWEST)
		c->nslow++;
	memmove(&c->slow[at + 1], &c->slow[at], (c->nslow - at - 1) * sizeof(c->slow[0]));
	c->slow[at] = s;
}

/* Failures first, then what was cancelled, what has no end, what was skipped: BIG_JOB rows in all. */
static void choose(struct choice *c, const struct map_entry *steps, size_t n)
{
	static const int order[] = { RESULT_FAILURE, FORGIVEN, RESULT_CANCELLED, RESULT_NONE, RESULT_SKIPPED };
	size_t count[CLASSES] = { 0 }, room = BIG_JOB;
	for (size_t i = 0; i < n; i++) {
		const struct ui_step *s = steps[i].value;
		count[class_of(s)]++;
		if (s->conclusion == RESULT_SUCCESS)
			note_slow(c, s);
	}
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		c->room[order[i]] = MIN(room, count[order[i]]);
		room -= c->room[order[i]];
	}
}

static bool chosen(struct choice *c, const struct ui_step *s)
{
	bool slow = false;
	for (size_t i = 0; i < c->nslow; i++)
		slow = slow || c->slow[i] == s;
	if (slow)
		return true;
	if (!c->room[class_of(s)]) {
		c->left_out[class_of(s)]++;
		return false;
	}
	c->room[class_of(s)]--;
	return true;
}

static const char *class_name(int c)
{
	return c == RESULT_NONE ? "unfinished" : c == FORGIVEN ? "failed with continue-on-error" : result_name((enum result)c);
}

static void add_left_out(struct table *t, const struct choice *c)
{
	size_t total = 0, kinds = 0;
	for (int i = 0; i < CLASSES; i++)
		total += c->left_out[i];
	if (!total)
		return;
	text_blanks(t->out, 4);
	paint(t->out, t->look, PAINT_DIM);
	buf_adds(t->out, t->look->marks ? "… " : "... ");
	add_count(t->out, total, "more step");
	for (int i = 0; i < CLASSES; i++)
		if (c->left_out[i])
			buf_addf(t->out, "%s%zu %s", kinds++ ? ", " : ": ", c->left_out[i], class_name(i));
	paint(t->out, t->look, PAINT_RESET);
	buf_addc(t->out, '\n');
}

static void add_big_job(struct table *t, const struct map_entry *steps, size_t n)
{
	struct choice c = { 0 };
	choose(&c, steps, n);
	for (size_t i = 0; i < n; i++)
		if (chosen(&c, steps[i].value))
			add_step(t, steps[i].value);
	add_left_out(t, &c);
}

/* ---- the whole ---------------------------------------------------------------------------------- */

static void add_job(struct table *t, const struct ui_job *j)
{
	struct row r = { .indent = 2,
		         .name = j->name,
		         .result = j->conclusion,
		         .word = j->not_here ? "not run here" : unfinished_word(j->state, j->conclusion),
		         .duration_ms = j->duration_ms,
		         .reason = j->reason };
	add_row(t, &r);
	size_t n = j->steps.n;
	if (!n)
		return;
	struct map_entry *steps = xmalloc(n * sizeof(*steps));
	memcpy(steps, j->steps.v, n * sizeof(*steps));
	qsort(steps, n, sizeof(*steps), by_index);
	if (n > BIG_JOB)
		add_big_job(t, steps, n);
	else
		for (size_t i = 0; i < n; i++)
			add_step(t, steps[i].value);
	free(steps);
}

/* The widest of what stands in the columns of names and reasons. */
static void measure_job(const struct ui_job *j, size_t marks, size_t *names, size_t *reasons)
{
	*names = MAX(*names, text_cells(j->name) + 2 + marks);
	*reasons = MAX(*reasons, text_cells(j->reason));
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
static size_t name_column(const struct ui_run *r, const struct look *look)
{
	size_t names = 12, reasons = 0, rest = 2 + RESULT_CELLS + TIME_CELLS;
	for (size_t i = 0; i < r->jobs.n; i++)
		measure_job(r->jobs.v[i].value, look->marks ? 2 : 0, &names, &reasons);
	size_t limit = look->width > rest + 20 ? look->width - rest : 20;
	if (reasons) {
		size_t for_reasons = MIN(reasons, (size_t)REASON_CELLS) + 2;
		limit = MAX(limit > for_reasons ? limit - for_reasons : 0, look->width * 2 / 5);
	}
	return MIN(names, MIN(MAX(limit, (size_t)12), (size_t)NAME_CELLS_MAX));
}

void table_render(struct buf *out, const struct ui_run *r, const struct look *look)
{
	struct table t = { out, look, name_column(r, look) };
	for (size_t i = 0; i < r->jobs.n; i++)
		add_job(&t, r->jobs.v[i].value);
}
