/* Plain lines for pipes and CI logs. Each line stands alone and says where it is from:
 *
 *	[build/test] > Run tests          a step starts
 *	[build/test] | ok 1 - reads       a line of its output
 *	[build/test] = failure in 1.2 s: exit code 2
 *	[build] = failure in 3.4 s        a job has ended
 *
 * so that grep finds one step ('^\[build/test\]'), all results ('\] = ') or all failures ('\] = failure'). */
#include "ui/result.h"
#include "ui/sink.h"
#include "ui/text.h"

enum { FLUSH_AT = 1 << 16 };

static void add_sign(struct text_sink *t, struct ui_at at, enum paint color, const char *sign)
{
	add_prefix(t, at);
	paint_text(&t->out.buf, &t->look, color, str_of(sign));
	buf_addc(&t->out.buf, ' ');
}

static void log_lines(struct text_sink *t, struct ui_at at, const struct event *e)
{
	if (t->verbosity < 0 || output_hidden(e->log.level, t->verbosity) || !e->log.n)
		return;
	struct buf *b = &t->out.buf;
	size_t start = b->n;
	add_sign(t, at, PAINT_DIM, "|");
	_cleanup_buf_ struct buf prefix = BUF_INIT; /* of every line of the batch */
	buf_add(&prefix, b->p + start, b->n - start);
	for (size_t i = 0; i < e->log.n; i++) {
		if (i)
			buf_addstr(b, buf_str(&prefix));
		add_output(b, &t->look, e->log.level, e->log.lines[i]);
		buf_addc(b, '\n');
		if (b->n > FLUSH_AT)
			out_flush(&t->out);
	}
}

/* "= failure in 1.2 s: exit code 2" */
static void add_result(struct text_sink *t, struct ui_at at, int64_t duration_ms, struct str reason)
{
	struct buf *b = &t->out.buf;
	enum result result = at.step ? at.step->conclusion : at.job->conclusion;
	bool tolerated = at.step ? step_tolerated(at.step) : at.job->forgiven;
	add_sign(t, at, PAINT_DIM, "=");
	paint_text(b, &t->look, result_paint(result, tolerated), str_of(at.step ? step_word(at.step) : job_word(at.job)));
	if (duration_ms >= 0) {
		buf_adds(b, " in ");
		text_duration(b, duration_ms);
	}
	if (reason.n)
		buf_addf(b, ": %.*s", STRF(reason));
	buf_addc(b, '\n');
}

static void step_start(struct text_sink *t, struct ui_at at)
{
	struct buf *b = &t->out.buf;
	add_sign(t, at, PAINT_CYAN, ">");
	buf_addstr(b, at.step->name);
	buf_adds(b, at.step->background ? " (in the background)\n" : "\n");
}

static void step_end(struct text_sink *t, struct ui_at at)
{
	_cleanup_buf_ struct buf reason = BUF_INIT;
	if (!at.step->started) {
		add_sign(t, at, PAINT_DIM, ">");
		buf_addf(&t->out.buf, "%.*s\n", STRF(at.step->name));
	}
	step_reason(&reason, at.step);
	add_result(t, at, at.step->duration_ms, buf_str(&reason));
	at.step->shown_at = t->out.lines + 1;
}

static void add_word(struct buf *b, const char *what, struct str word)
{
	if (!word.n)
		return;
	buf_adds(b, what);
	clean_line(b, word, CLEAN_TABS);
}

static void job_start(struct text_sink *t, struct ui_at at, const struct event *e)
{
	struct buf *b = &t->out.buf;
	add_sign(t, at, PAINT_CYAN, ">");
	buf_addstr(b, at.job->name);
	for (size_t i = 0; i < e->job_start.nruns_on; i++) {
		buf_adds(b, i ? ", " : " (on ");
		clean_line(b, e->job_start.runs_on[i], CLEAN_TABS);
	}
	buf_adds(b, e->job_start.nruns_on ? ")" : "");
	add_word(b, ", calls ", e->job_start.uses);
	add_word(b, ", environment ", e->job_start.environment);
	buf_addc(b, '\n');
}

static void job_waits(struct text_sink *t, struct ui_at at, const struct event *e)
{
	add_sign(t, at, PAINT_DIM, ".");
	add_word(&t->out.buf, "waiting for ", e->job_queue.reason);
	buf_addc(&t->out.buf, '\n');
}

static void about_job(struct text_sink *t, struct ui_at at, const struct event *e)
{
	if (e->type == EVENT_JOB_START)
		job_start(t, at, e);
	else if (e->type == EVENT_JOB_SKIP)
		add_result(t, at, -1, at.job->reason);
	else if (e->type == EVENT_JOB_END)
		add_result(t, at, at.job->duration_ms, at.job->forgiven ? job_reason(at.job) : at.job->reason);
	else if (e->type == EVENT_JOB_QUEUE && t->verbosity > 0)
		job_waits(t, at, e);
	else if (e->type == EVENT_LOG)
		log_lines(t, at, e);
}

static void about_step(struct text_sink *t, struct ui_at at, const struct event *e)
{
	if (e->type == EVENT_STEP_START) {
		step_start(t, at);
	} else if (e->type == EVENT_STEP_END) {
		step_end(t, at);
	} else if (e->type == EVENT_STEP_QUEUE && t->verbosity > 0) {
		add_sign(t, at, PAINT_DIM, ".");
		buf_addf(&t->out.buf, "waiting for a place: %.*s\n", STRF(at.step->name));
	} else if (e->type == EVENT_LOG && (t->verbosity > 0 || !at.step->folded || e->log.stream != LOG_RUNNER)) {
		log_lines(t, at, e);
	}
}

static void plain_event(struct sink *s, const struct event *e)
{
	struct text_sink *t = (struct text_sink *)s;
	struct ui_at at = model_apply(&t->model, e, 0);
	if (e->type == EVENT_RUN_START) {
		add_run_title(&t->out.buf, at.run, &t->look);
		buf_addc(&t->out.buf, '\n');
	} else if (e->type == EVENT_RUN_END) {
		text_sink_run_end(t, &t->out.buf, at.run, t->out.lines);
	} else if (at.step) {
		about_step(t, at, e);
	} else if (at.job) {
		about_job(t, at, e);
	} else if (e->type == EVENT_LOG) {
		log_lines(t, at, e);
	}
	screen_flush((struct screen *)s);
}

static void plain_stopping(struct sink *s, int level, int signal, uint64_t grace_ns)
{
	struct text_sink *t = (struct text_sink *)s;
	struct buf *b = &t->out.buf;
	note_stopping(t, level, signal, grace_ns);
	paint(b, &t->look, PAINT_YELLOW);
	stopping_text(b, &t->model, t->now());
	paint(b, &t->look, PAINT_RESET);
	buf_addc(b, '\n');
	screen_flush((struct screen *)s);
}

static void plain_end(struct sink *s)
{
	struct text_sink *t = (struct text_sink *)s;
	text_sink_end(t, &t->out.buf, t->out.lines);
	screen_flush((struct screen *)s);
}

static int plain_close(struct sink *s, struct err *err)
{
	plain_end(s);
	return text_sink_close((struct text_sink *)s, err);
}

struct sink *sink_plain(const struct ui_options *o)
{
	static const struct sink_ops ops = {
		.name = "plain", .event = plain_event, .tick = screen_tick, .end = plain_end, .close = plain_close
	};
	struct text_sink *t = xcalloc(1, sizeof(*t));
	text_sink_init(t, o, &ops, false);
	t->stopping = plain_stopping;
	return &t->sink;
}
