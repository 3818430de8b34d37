/* The last line of a run; see closing.h. */
#include <inttypes.h>

#include "ui/closing.h"
#include "ui/text.h"

/* "4 steps ran side by side: 12.4 s of work in 4.1 s (3.0×), critical path build → test" */
static void add_saving(struct buf *out, const struct ui_run *r)
{
	add_count(out, r->side_by_side, "step");
	buf_adds(out, " ran side by side: ");
	text_duration(out, r->work_ms);
	buf_adds(out, " of work in ");
	text_duration(out, r->wall_ms);
	int64_t tenths = r->wall_ms > 0 && r->work_ms < INT64_MAX / 20 ? (r->work_ms * 20 + r->wall_ms) / (2 * r->wall_ms) : 0;
	if (tenths > 10)
		buf_addf(out, " (%" PRId64 ".%" PRId64 "×)", tenths / 10, tenths % 10);
	if (r->critical_path.n) {
		buf_adds(out, ", critical path ");
		buf_addstr(out, r->critical_path);
	}
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

static void add_summary(struct buf *out, const struct ui_run *r, const struct look *look)
{
	const char *word = r->conclusion == RESULT_NONE ? "unfinished" : result_name(r->conclusion);
	paint(out, look, result_paint(r->conclusion, false));
	paint(out, look, PAINT_BOLD);
	if (look->marks)
		buf_addf(out, "%s ", result_mark(r->conclusion, false));
	buf_addf(out, "%.*s: %s", STRF(run_title(r)), word);
	paint(out, look, PAINT_RESET);
	if (r->side_by_side > 1) {
		buf_adds(out, "; ");
		add_saving(out, r);
	} else if (r->ended) {
		buf_adds(out, " in ");
		text_duration(out, r->wall_ms);
	}
	add_not_here(out, r);
}

/* A terminal narrower than the line gets it broken at blanks. */
void summary_line(struct buf *out, const struct ui_run *r, const struct look *look)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	add_summary(&line, r, look);
	if (look->marks) {
		text_wrap(out, buf_str(&line), 0, MAX(look->width, (size_t)1));
		return;
	}
	buf_addstr(out, buf_str(&line));
	buf_addc(out, '\n');
}
