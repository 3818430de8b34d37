/* Only what failed, and the last line. */
#include "ui/result.h"
#include "ui/sink.h"

static void quiet_job(struct buf *out, const struct ui_job *j)
{
	buf_adds(out, "failed: ");
	if (run_tagged(j->run))
		buf_addf(out, "%.*s / ", STRF(run_title(j->run)));
	buf_addf(out, "%.*s: %.*s\n", STRF(j->name), STRF(job_reason(j)));
}

static void quiet_event(struct sink *s, const struct event *e)
{
	struct text_sink *t = (struct text_sink *)s;
	struct ui_at at = model_apply(&t->model, e, 0);
	if (e->type == EVENT_STEP_END && at.step && at.step->conclusion == RESULT_FAILURE && !at.step->control &&
	    !step_tolerated(at.step))
		failure_render(&t->out.buf, at.step, &t->look);
	else if (e->type == EVENT_JOB_END && at.job && at.job->conclusion == RESULT_FAILURE && !at.job->forgiven &&
	         job_reason(at.job).n && !at.job->calls)
		quiet_job(&t->out.buf, at.job);
	screen_flush((struct screen *)s);
}

static void quiet_end(struct sink *s)
{
	struct text_sink *t = (struct text_sink *)s;
	if (!t->ended)
		verdict_render(&t->out.buf, &t->model, &t->look, t->trouble);
	t->ended = true;
	screen_flush((struct screen *)s);
}

static int quiet_close(struct sink *s, struct err *err)
{
	quiet_end(s);
	return text_sink_close((struct text_sink *)s, err);
}

struct sink *sink_quiet(const struct ui_options *o)
{
	static const struct sink_ops ops = {
		.name = "quiet", .event = quiet_event, .tick = screen_tick, .end = quiet_end, .close = quiet_close
	};
	struct text_sink *t = xcalloc(1, sizeof(*t));
	text_sink_init(t, o, &ops, false);
	t->look.tags = true;
	return &t->sink;
}
