/* The graph for a terminal, in the manner of `git log --graph`: the job's steps go down the first line, each
 * background step has a lane of its own beside it until the step that joins it.
 *
 *	● 1  Check out
 *	├─○ 2  Build            background
 *	├─│─○ 3  Lint           background
 *	● │ │ 4  Look around
 *	◆─┴─╯ 5  Wait           joins build, lint */
#include "graph/internal.h"
#include "graph/lanes.h"
#include "graph/show.h"
#include "graph/stages.h"

enum { WIDTH_MIN = 40, LANES_MIN = 4, LANES_MAX = 24, NAME_MAX_CELLS = 60, NAME_MIN_CELLS = 16, ROOM_FOR_NAMES = 48 };

struct drawing {
	struct buf *out;
	struct arena *a;
	size_t width; /* SIZE_MAX: no end */
	bool color;
	const struct job_graph *g;
	struct lanes lanes;
	uint32_t *open;            /* per lane: steps in it */
	size_t digits, name_cells; /* columns of this job */
};

static void paint(const struct drawing *d, const char *code)
{
	if (d->color)
		buf_addf(d->out, "\033[%sm", code);
}

static void paint_lane(const struct drawing *d, uint32_t lane)
{
	static const char *const codes[] = { "36", "33", "35", "32", "34", "31" };
	if (lane)
		paint(d, codes[(lane - 1) % ARRAY_LEN(codes)]);
}

static void painted(const struct drawing *d, uint32_t lane, const char *glyph)
{
	paint_lane(d, lane);
	buf_adds(d->out, glyph);
	if (lane)
		paint(d, "0");
}

/* One lane's glyph and the stroke to its right; reach is the lane up to which a stroke goes. */
static void lane_cell(const struct drawing *d, uint32_t lane, const char *glyph, uint32_t reach)
{
	painted(d, lane, glyph);
	if (lane + 1 < d->lanes.n)
		painted(d, lane < reach ? reach : 0, lane < reach ? "─" : " ");
}

static void background_row(struct drawing *d, uint32_t i)
{
	uint32_t mine = d->lanes.lane[i];
	lane_cell(d, 0, i == 0 ? "╭" : "├", mine);
	for (uint32_t k = 1; k < d->lanes.n; k++) {
		const char *other = d->open[k] ? "│" : k < mine ? "─" : " ";
		lane_cell(d, k, k == mine ? "○" : other, mine);
	}
	d->open[mine]++;
}

/* A lane where it meets the step that joins it. */
static const char *join_glyph(const struct drawing *d, uint32_t lane, const uint32_t *ended, uint32_t reach)
{
	if (!ended[lane])
		return d->open[lane] ? "│" : lane < reach ? "─" : " ";
	if (d->open[lane] > ended[lane])
		return "┤";
	return lane == reach ? "╯" : "┴";
}

static void line_row(struct drawing *d, const struct gnode *n)
{
	uint32_t reach = 0, ended[LANES_MAX] = { 0 };
	for (size_t i = 0; i < n->njoins; i++) {
		uint32_t lane = d->lanes.lane[n->joins[i]];
		ended[lane]++;
		reach = MAX(reach, lane);
	}
	bool control = n->kind == STEP_WAIT || n->kind == STEP_WAIT_ALL;
	lane_cell(d, 0, n->kind == STEP_CANCEL ? "×" : control ? "◆" : "●", reach);
	for (uint32_t k = 1; k < d->lanes.n; k++)
		lane_cell(d, k, join_glyph(d, k, ended, reach), reach);
	for (uint32_t k = 1; k < d->lanes.n; k++)
		d->open[k] -= ended[k];
}

static void words(struct drawing *d, const struct gnode *n)
{
	struct str note = show_step_note(d->a, d->g, n), name = show_step_name(d->a, n);
	buf_addf(d->out, " %*u  ", (int)d->digits, n->index);
	size_t used = 2 + 2 * d->lanes.n + d->digits + 3;
	if (note.n == 0) {
		buf_addstr(d->out, d->width == SIZE_MAX ? name : show_fit(d->a, name, d->width > used ? d->width - used : 0));
	} else {
		size_t left = used + d->name_cells + 2;
		if (d->width == SIZE_MAX && show_cells(name) > d->name_cells)
			buf_addstr(d->out, name);
		else
			show_padded(d->out, d->a, name, d->name_cells);
		paint(d, "2");
		buf_adds(d->out, "  ");
		buf_addstr(d->out, d->width == SIZE_MAX ? note : show_fit(d->a, note, d->width > left ? d->width - left : 0));
		paint(d, "0");
	}
	buf_addc(d->out, '\n');
}

static void measure(struct drawing *d)
{
	size_t widest = 0, n = d->g->n;
	for (d->digits = 1; n >= 10; n /= 10)
		d->digits++;
	struct arena scratch = { 0 };
	for (size_t i = 0; i < d->g->n; i++) {
		widest = MAX(widest, show_cells(show_step_name(&scratch, &d->g->nodes[i])));
		arena_clear(&scratch);
	}
	arena_done(&scratch);
	size_t left = 2 + 2 * d->lanes.n + d->digits + 3, half = NAME_MAX_CELLS;
	if (d->width != SIZE_MAX)
		half = d->width > left ? (d->width - left) * 3 / 5 : 0;
	d->name_cells = MIN(widest, MIN((size_t)NAME_MAX_CELLS, MAX(half, (size_t)NAME_MIN_CELLS)));
}

static void steps(struct drawing *d)
{
	uint32_t max = LANES_MAX;
	if (d->width != SIZE_MAX)
		max = (uint32_t)MIN((size_t)LANES_MAX, d->width > ROOM_FOR_NAMES ? (d->width - ROOM_FOR_NAMES) / 2 : 0);
	lanes_make(&d->lanes, d->a, d->g, MAX(max, (uint32_t)LANES_MIN));
	d->open = arena_array(d->a, uint32_t, d->lanes.n);
	measure(d);
	struct arena *job_arena = d->a, scratch = { 0 };
	d->a = &scratch;
	for (uint32_t i = 0; i < d->g->n; i++) {
		buf_adds(d->out, "  ");
		if (d->g->nodes[i].background)
			background_row(d, i);
		else
			line_row(d, &d->g->nodes[i]);
		words(d, &d->g->nodes[i]);
		arena_clear(&scratch);
	}
	arena_done(&scratch);
	d->a = job_arena;
}

static void detail(struct drawing *d, struct buf *line, const char *what, struct str text)
{
	if (text.n == 0)
		return;
	buf_addf(line, "%s%s", line->n ? " · " : "", what);
	buf_addstr(line, show_clean(d->a, text));
}

static void job_head(struct drawing *d, const struct job *j)
{
	_cleanup_buf_ struct buf needs = BUF_INIT, line = BUF_INIT;
	for (size_t i = 0; i < j->nneeds; i++)
		buf_addf(&needs, "%s%.*s", i ? ", " : "", STRF(j->needs[i].name));
	struct str name = show_job_name(d->a, j), id = show_clean(d->a, j->id);
	detail(d, &line, "", str_eq(name, id) ? STR_EMPTY : name);
	detail(d, &line, "needs ", buf_str(&needs));
	detail(d, &line, "matrix ", show_matrix(d->a, j));
	detail(d, &line, "calls ", j->is_call ? j->uses : STR_EMPTY);
	detail(d, &line, "on ", show_runs_on(d->a, j));
	paint(d, "1");
	buf_addstr(d->out, id);
	paint(d, "0");
	paint(d, "2");
	size_t used = show_cells(id) + 2;
	buf_adds(d->out, line.n ? "  " : "");
	buf_addstr(d->out,
	           d->width == SIZE_MAX ? buf_str(&line) : show_fit(d->a, buf_str(&line), d->width > used ? d->width - used : 0));
	paint(d, "0");
	buf_addc(d->out, '\n');
}

static void workflow_text(struct drawing *d, const struct workflow_graph *w)
{
	struct stages st;
	struct arena *whole = d->a;
	stages_make(&st, whole, w->workflow);
	paint(d, "1");
	buf_addstr(d->out, show_clean(d->a, w->workflow->name));
	paint(d, "0");
	if (!str_eq(w->workflow->name, w->workflow->path)) {
		buf_adds(d->out, "  ");
		buf_addstr(d->out, show_clean(d->a, w->workflow->path));
	}
	buf_addc(d->out, '\n');
	for (size_t i = 0; i < st.njobs; i++) {
		struct arena job_arena = { 0 };
		uint32_t j = st.order[i];
		d->a = &job_arena;
		d->g = w->jobs[j];
		if (st.n > 1 && (i == 0 || st.stage[st.order[i - 1]] != st.stage[j]))
			buf_addf(d->out, "\n── stage %u ──\n", st.stage[j] + 1);
		buf_addc(d->out, '\n');
		job_head(d, d->g->job);
		steps(d);
		arena_done(&job_arena);
	}
	d->a = whole;
}

void render_text(struct buf *out, struct workflow_graph *const *graphs, size_t n, int width, bool color)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = { 0 };
		struct drawing d = {
			.out = out, .a = &a, .color = color, .width = width > 0 ? (size_t)MAX(width, (int)WIDTH_MIN) : SIZE_MAX
		};
		buf_adds(out, i ? "\n" : "");
		workflow_text(&d, graphs[i]);
		arena_done(&a);
	}
}
