/* The table of `sidestep list`: workflows, their events, their jobs in the order in which they can run. */
#include "plan/list.h"

#include "graph/graph.h"
#include "graph/show.h"
#include "graph/stages.h"

enum { COLUMNS = 6, GAP = 2, SHRUNK_MIN = 8 };

/* Which columns may be cut when the table is too wide, in that order. */
static const int shrinks[] = { 3, 4, 2, 1 };
static const char *const heads[COLUMNS] = { "STAGE", "JOB", "NAME", "NEEDS", "RUNS ON", "STEPS" };

struct row {
	struct str cell[COLUMNS];
};

struct table {
	struct buf *out;
	struct arena *a;
	struct row *rows;
	size_t n, width; /* SIZE_MAX: no end */
	size_t cells[COLUMNS];
	bool color;
};

static void paint(const struct table *t, const char *code)
{
	if (t->color)
		buf_addf(t->out, "\033[%sm", code);
}

static struct str needs_text(struct arena *a, const struct job *j)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	for (size_t i = 0; i < j->nneeds; i++) {
		buf_adds(&b, i ? ", " : "");
		buf_addstr(&b, j->needs[i].name);
	}
	return show_clean(a, buf_str(&b));
}

static size_t count_background(const struct job *j)
{
	size_t n = 0;
	for (size_t i = 0; i < j->nsteps; i++)
		n += j->steps[i]->kind == STEP_PARALLEL ? j->steps[i]->nmembers : j->steps[i]->background;
	return n;
}

static size_t count_steps(const struct job *j)
{
	size_t n = 0;
	for (size_t i = 0; i < j->nsteps; i++)
		n += j->steps[i]->kind == STEP_PARALLEL ? j->steps[i]->nmembers : 1;
	return n;
}

static struct str steps_text(struct arena *a, const struct job *j)
{
	size_t background = count_background(j);
	if (j->is_call)
		return show_clean(a, j->uses);
	if (background)
		return arena_printf(a, "%zu (%zu background)", count_steps(j), background);
	return arena_printf(a, "%zu", count_steps(j));
}

static void fill_row(struct row *r, struct arena *a, const struct job *j, uint32_t stage)
{
	struct str name = show_job_name(a, j), id = show_clean(a, j->id), matrix = show_matrix(a, j);
	if (matrix.n)
		name = arena_printf(a, "%.*s (%.*s)", STRF(name), STRF(matrix));
	r->cell[0] = arena_printf(a, "%u", stage + 1);
	r->cell[1] = id;
	r->cell[2] = str_eq(name, id) ? STR_EMPTY : name;
	r->cell[3] = needs_text(a, j);
	r->cell[4] = show_runs_on(a, j);
	r->cell[5] = steps_text(a, j);
}

static size_t total(const struct table *t)
{
	size_t sum = 2;
	for (int c = 0; c < COLUMNS; c++)
		sum += t->cells[c] ? t->cells[c] + GAP : 0;
	return sum - GAP;
}

/* A column is as wide as its widest cell; empty ones go; then the widest flexible ones give way. */
static void fit_columns(struct table *t)
{
	for (int c = 0; c < COLUMNS; c++) {
		t->cells[c] = 0;
		for (size_t i = 0; i < t->n; i++)
			t->cells[c] = MAX(t->cells[c], show_cells(t->rows[i].cell[c]));
		if (t->cells[c])
			t->cells[c] = MAX(t->cells[c], strlen(heads[c]));
	}
	for (size_t s = 0; t->width != SIZE_MAX && s < ARRAY_LEN(shrinks) && total(t) > t->width; s++) {
		size_t *cells = &t->cells[shrinks[s]], over = total(t) - t->width;
		if (*cells > SHRUNK_MIN)
			*cells = MAX(*cells > over ? *cells - over : 0, (size_t)SHRUNK_MIN);
	}
}

static void add_line(const struct table *t, const struct row *r)
{
	int last = COLUMNS - 1;
	while (last > 0 && (t->cells[last] == 0 || r->cell[last].n == 0))
		last--;
	buf_adds(t->out, "  ");
	for (int c = 0; c <= last; c++) {
		if (t->cells[c] == 0)
			continue;
		if (c == last)
			buf_addstr(t->out, show_fit(t->a, r->cell[c], t->cells[c]));
		else
			show_padded(t->out, t->a, r->cell[c], t->cells[c]);
		buf_adds(t->out, c == last ? "" : "  ");
	}
}

static void add_head(const struct table *t)
{
	struct row r;
	for (int c = 0; c < COLUMNS; c++)
		r.cell[c] = str_of(heads[c]);
	paint(t, "2");
	add_line(t, &r);
	paint(t, "0");
	buf_addc(t->out, '\n');
}

static void add_title(const struct table *t, const struct workflow *w)
{
	_cleanup_buf_ struct buf events = BUF_INIT;
	for (size_t i = 0; i < w->ntriggers; i++) {
		buf_adds(&events, i ? ", " : "  on ");
		buf_addstr(&events, show_clean(t->a, w->triggers[i].event));
	}
	struct str path = show_clean(t->a, w->path), name = show_clean(t->a, w->name);
	size_t used = show_cells(path);
	paint(t, "1");
	buf_addstr(t->out, path);
	paint(t, "0");
	if (!str_eq(path, name) && name.n) {
		buf_adds(t->out, "  ");
		buf_addstr(t->out, name);
		used += 2 + show_cells(name);
	}
	paint(t, "2");
	size_t room = t->width == SIZE_MAX ? SIZE_MAX : t->width > used ? t->width - used : 0;
	buf_addstr(t->out, show_fit(t->a, buf_str(&events), room));
	buf_adds(t->out, w->valid ? "" : "  (invalid)");
	paint(t, "0");
	buf_addc(t->out, '\n');
}

/* Why it does not run, or which filters let it. */
static void add_answer(const struct table *t, const struct workflow *w, const struct list_answers *answers, size_t i)
{
	const struct selection *s = &answers->v[i];
	if (!w->valid || (s->kind == SELECTION_RUNS && !s->filters))
		return;
	struct str text = arena_printf(t->a, "  %sstarted: %.*s", s->kind == SELECTION_RUNS ? "" : "not ",
	                               STRF(show_clean(t->a, s->reason)));
	if (s->kind == SELECTION_NO_EVENT)
		text = arena_printf(t->a, "  not started by %.*s", STRF(show_clean(t->a, answers->event)));
	paint(t, "2");
	buf_addstr(t->out, show_fit(t->a, text, t->width));
	paint(t, "0");
	buf_addc(t->out, '\n');
}

static void list_workflow(struct table *t, const struct workflow *w, const struct list_answers *answers, size_t at)
{
	struct stages st;
	stages_make(&st, t->a, w);
	t->n = w->njobs;
	t->rows = arena_array(t->a, struct row, w->njobs);
	for (size_t i = 0; i < w->njobs; i++)
		fill_row(&t->rows[i], t->a, w->jobs[st.order[i]], st.stage[st.order[i]]);
	fit_columns(t);
	add_title(t, w);
	if (answers)
		add_answer(t, w, answers, at);
	if (t->n)
		add_head(t);
	for (size_t i = 0; i < t->n; i++) {
		add_line(t, &t->rows[i]);
		buf_addc(t->out, '\n');
	}
}

static void job_json(struct buf *out, struct arena *a, const struct job *j, uint32_t stage)
{
	buf_adds(out, "{\"id\":");
	json_string(out, j->id);
	buf_adds(out, ",\"name\":");
	json_string(out, show_job_name(a, j));
	buf_addf(out, ",\"stage\":%u,\"needs\":[", stage + 1);
	for (size_t i = 0; i < j->nneeds; i++) {
		buf_adds(out, i ? "," : "");
		json_string(out, j->needs[i].name);
	}
	buf_adds(out, "],\"runs_on\":");
	val_to_json(out, show_value(a, j->runs_on), JSON_COMPACT);
	buf_addf(out, ",\"steps\":%zu,\"background_steps\":%zu,\"uses\":", count_steps(j), count_background(j));
	if (j->is_call)
		json_string(out, j->uses);
	else
		buf_adds(out, "null");
	buf_addc(out, '}');
}

static void answer_json(struct buf *out, const struct workflow *w, const struct selection *s)
{
	bool runs = s->kind == SELECTION_RUNS && w->valid;
	buf_addf(out, ",\"runs\":%s,\"reason\":", runs ? "true" : "false");
	json_string(out, w->valid ? s->reason : STR("the file has errors"));
}

static void workflow_json(struct buf *out, struct arena *a, const struct workflow *w, const struct selection *answer)
{
	struct stages st;
	stages_make(&st, a, w);
	buf_adds(out, "{\"path\":");
	json_string(out, w->path);
	buf_adds(out, ",\"name\":");
	json_string(out, w->name);
	buf_adds(out, ",\"events\":[");
	for (size_t i = 0; i < w->ntriggers; i++) {
		buf_adds(out, i ? "," : "");
		json_string(out, w->triggers[i].event);
	}
	buf_addc(out, ']');
	if (answer)
		answer_json(out, w, answer);
	buf_adds(out, ",\"jobs\":[");
	for (size_t i = 0; i < w->njobs; i++) {
		buf_adds(out, i ? "," : "");
		job_json(out, a, w->jobs[i], st.stage[i]);
	}
	buf_adds(out, "]}");
}

void list_render(struct buf *out, const struct workflow *const *workflows, size_t n, const struct list_answers *answers,
                 bool json, int width, bool color)
{
	buf_adds(out, json ? "{\"workflows\":[" : "");
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		if (json) {
			buf_adds(out, i ? "," : "");
			workflow_json(out, &a, workflows[i], answers ? &answers->v[i] : NULL);
		} else {
			struct table t = { .out = out, .a = &a, .width = width > 0 ? (size_t)width : SIZE_MAX, .color = color };
			buf_adds(out, i ? "\n" : "");
			list_workflow(&t, workflows[i], answers, i);
		}
		arena_done(&a);
	}
	buf_adds(out, json ? "]}\n" : "");
}
