/* Results in words, and the failures that count; see result.h. */
#include "ui/result.h"

#include "ui/text.h"

bool step_forgiven(const struct ui_step *s)
{
	return s->outcome == RESULT_FAILURE && s->conclusion == RESULT_SUCCESS;
}

bool step_tolerated(const struct ui_step *s)
{
	return step_forgiven(s) || (s->conclusion == RESULT_FAILURE && (s->tolerated || s->job->may_fail || s->job->forgiven));
}

static const char *unfinished_word(enum ui_state state)
{
	return state == UI_QUEUED ? "not started" : "unfinished";
}

const char *step_word(const struct ui_step *s)
{
	if (step_tolerated(s))
		return "tolerated";
	return s->conclusion == RESULT_NONE ? unfinished_word(s->state) : result_name(s->conclusion);
}

const char *job_word(const struct ui_job *j)
{
	if (j->not_here)
		return "not run here";
	if (j->forgiven)
		return "tolerated";
	return j->conclusion == RESULT_NONE ? unfinished_word(j->state) : result_name(j->conclusion);
}

void step_reason(struct buf *out, const struct ui_step *s)
{
	size_t start = out->n;
	if (s->reason.n)
		buf_addstr(out, s->reason);
	else if (s->outcome == RESULT_FAILURE && s->signal)
		buf_addf(out, "ended by signal %d", s->signal);
	else if (s->outcome == RESULT_FAILURE && s->exit_code > 0)
		buf_addf(out, "exit code %d", s->exit_code);
	if (step_tolerated(s))
		buf_adds(out, out->n > start ? " (continue-on-error)" : "continue-on-error");
}

struct str job_reason(const struct ui_job *j)
{
	if (j->forgiven)
		return STR("continue-on-error");
	return j->conclusion == RESULT_FAILURE && j->nfailed ? STR_EMPTY : j->reason;
}

void step_title(struct buf *out, const struct ui_step *s, bool marks)
{
	if (marks)
		job_title(out, s->job);
	else
		buf_addstr(out, s->job->name);
	buf_addf(out, "%s%.*s", marks ? " › " : " / ", STRF(s->name));
}

struct ui_step *run_decider(const struct ui_run *r)
{
	for (size_t i = 0; i < r->failed.n && r->conclusion != RESULT_SUCCESS; i++)
		if (!step_tolerated(r->failed.v[i]))
			return r->failed.v[i];
	return NULL;
}

const struct ui_job *run_failed_job(const struct ui_run *r, size_t *at)
{
	while (*at < r->jobs.n) {
		const struct ui_job *j = r->jobs.v[(*at)++].value;
		if (j->conclusion == RESULT_FAILURE && !j->forgiven && !j->nfailed && !j->calls && j->reason.n)
			return j;
	}
	return NULL;
}

bool note_is_repeated(const struct ui_note *n)
{
	if (n->file.n || n->title.n)
		return false;
	if (!n->step)
		return n->job && n->job->reason.n && str_eq(n->message, n->job->reason);
	return n->step->outcome == RESULT_FAILURE && (str_starts(n->message, STR("Process completed with exit code ")) ||
	                                              (n->step->reason.n && str_eq(n->message, n->step->reason)));
}

bool note_tolerated(const struct ui_note *n)
{
	return n->step ? step_tolerated(n->step) : n->job && n->job->forgiven;
}
