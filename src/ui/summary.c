/* The last lines: a run's result, and the verdict of all; see closing.h. */
#include <inttypes.h>

#include "ui/closing.h"
#include "ui/result.h"
#include "ui/text.h"

/* "; up to 4 steps side by side: 12.4 s of work in 4.1 s (3.0×), critical path build → test; 2 jobs side by side" */
static void add_saving(struct buf *out, const struct ui_run *r)
{
	struct saving s = run_saving(r);
	int64_t tenths = s.took_ms > 0 && s.work_ms < INT64_MAX / 20 ? (s.work_ms * 20 + s.took_ms) / (2 * s.took_ms) : 0;
	if (s.steps > 1 && tenths > 10) {
		buf_addf(out, "; up to %zu steps side by side: ", s.steps);
		text_duration(out, s.work_ms);
		buf_adds(out, " of work in ");
		text_duration(out, s.took_ms);
		buf_addf(out, " (%" PRId64 ".%" PRId64 "×)", tenths / 10, tenths % 10);
		if (r->critical_path.n)
			buf_addf(out, ", critical path %.*s", STRF(r->critical_path));
	}
	if (s.jobs > 1)
		buf_addf(out, "; %zu jobs side by side", s.jobs);
}

static void add_not_here(struct buf *out, const struct ui_run *r)
{
	size_t jobs = MAX(r->njobs_not_here, (size_t)(r->not_here.n > 0));
	if (!jobs)
		return;
	buf_adds(out, "; ");
	add_count(out, jobs, "job");
	buf_adds(out, " not run here");
	for (size_t i = 0; i < r->not_here.n; i++) {
		buf_adds(out, i ? ", " : ": ");
		buf_addstr(out, r->not_here.v[i]);
	}
}

/* A terminal narrower than the line gets it broken at blanks. */
static void add_line(struct buf *out, const struct buf *line, const struct look *look)
{
	if (look->marks) {
		text_wrap(out, buf_str(line), 0, MAX(look->width, (size_t)1));
		return;
	}
	buf_addstr(out, buf_str(line));
	buf_addc(out, '\n');
}

static const char *run_word(enum result result)
{
	return result == RESULT_NONE ? "unfinished" : result_name(result);
}

/* "✓ ci.yml: success in 1.2 s"; behind a comma what is in the way of the success. Where nothing was run that is a failure.
 * took_ms -1: not known. */
static void add_head(struct buf *out, struct str title, enum result result, int64_t took_ms, const struct look *look,
                     const char *trouble)
{
	result = trouble && result == RESULT_SKIPPED ? RESULT_FAILURE : result;
	enum result shown = trouble && result == RESULT_SUCCESS ? RESULT_FAILURE : result;
	paint(out, look, result_paint(shown, false));
	paint(out, look, PAINT_BOLD);
	if (look->marks)
		buf_addf(out, "%s ", result_mark(shown, false));
	buf_addf(out, "%.*s: %s", STRF(title), run_word(result));
	paint(out, look, PAINT_RESET);
	if (result == RESULT_SKIPPED) {
		buf_adds(out, ": nothing ran");
	} else if (took_ms >= 0) {
		buf_adds(out, " in ");
		text_duration(out, took_ms);
	}
	if (!trouble)
		return;
	_cleanup_buf_ struct buf text = BUF_INIT;
	clean_line(&text, str_of(trouble), CLEAN_TABS);
	buf_adds(out, result == RESULT_SUCCESS ? ", but " : "; ");
	paint_text(out, look, PAINT_RED, buf_str(&text));
}

void summary_line(struct buf *out, struct ui_run *r, const struct look *look, const char *trouble)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	r->summarised = true;
	add_head(&line, run_title(r), r->conclusion, r->ended ? r->wall_ms : -1, look, trouble);
	if (!trouble)
		add_saving(&line, r);
	add_not_here(&line, r);
	add_line(out, &line, look);
}

/* The worst of all runs, and when the first began and the last ended. */
static enum result all_runs(const struct ui_model *m, int64_t *wall_ms)
{
	static const int rank[] = {
		[RESULT_SKIPPED] = 0, [RESULT_SUCCESS] = 1, [RESULT_NONE] = 2, [RESULT_CANCELLED] = 3, [RESULT_FAILURE] = 4
	};
	enum result worst = RESULT_SKIPPED;
	int64_t from = INT64_MAX, to = 0;
	for (const struct ui_run *r = m->first; r; r = r->next) {
		worst = rank[r->conclusion] > rank[worst] ? r->conclusion : worst;
		from = MIN(from, r->started_ms);
		to = MAX(to, r->time_ms);
	}
	*wall_ms = to > from ? to - from : 0;
	return worst;
}

/* "; failure: lint.yml, test.yml" */
static void add_runs_of(struct buf *out, const struct ui_model *m, enum result result)
{
	size_t n = 0;
	for (const struct ui_run *r = m->first; r; r = r->next) {
		if (r->conclusion != result)
			continue;
		if (n++ == 0)
			buf_addf(out, "; %s: ", run_word(result));
		else
			buf_adds(out, ", ");
		buf_addstr(out, run_title(r));
	}
}

void verdict_render(struct buf *out, const struct ui_model *m, const struct look *look, const char *trouble)
{
	static const enum result order[] = { RESULT_FAILURE, RESULT_CANCELLED, RESULT_NONE, RESULT_SKIPPED, RESULT_SUCCESS };
	_cleanup_buf_ struct buf line = BUF_INIT, title = BUF_INIT;
	if (m->nruns < 2) {
		if (m->first)
			summary_line(out, m->first, look, trouble);
		return;
	}
	for (struct ui_run *r = m->first; r; r = r->next)
		if (!r->summarised)
			summary_line(out, r, look, NULL);
	int64_t wall_ms;
	enum result worst = all_runs(m, &wall_ms);
	add_count(&title, m->nruns, "workflow");
	if (look->marks)
		buf_addc(out, '\n');
	add_head(&line, buf_str(&title), worst, wall_ms, look, trouble);
	for (size_t i = 0; worst != RESULT_SUCCESS && i < ARRAY_LEN(order); i++)
		add_runs_of(&line, m, order[i]);
	add_line(out, &line, look);
}
