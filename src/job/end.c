/* The end of a job: results nobody joined, outputs, the conclusion; then what it left behind goes (cleanup.c). */
#include "job/internal.h"
#include "step/services.h"

static void set_output(struct job_run *j, struct str name, struct str value, struct buf *note)
{
	struct arena *a = j->spec.results;
	val_set(a, j->outputs, name, val_str(arena_str(a, value)));
	buf_addf(note, "Set output '%.*s'\n", STRF(name));
}

static void eval_outputs(struct job_run *j)
{
	const struct token *t = j->spec.job->outputs;
	struct arena *a = j->spec.results;
	struct str why;
	struct val map;
	_cleanup_buf_ struct buf note = BUF_INIT;
	j->outputs = val_object(a);
	if (!t || !j->base.frame)
		return;
	buf_adds(&note, "Evaluate and set job outputs\n");
	job_note(j, &note);
	if (scope_map(&map, t, &j->base.scope, false, &why) != EVAL_OK) {
		speaker_line(&j->base.speaker, LOG_ERROR, STR("Fail to evaluate job outputs"));
		job_set_up_error(j, why);
		return;
	}
	for (size_t i = 0; i < map.o->n; i++) {
		struct str key = arena_str(a, map.o->keys[i]), value = map.o->vals[i].s;
		if (map.o->vals[i].kind == VAL_UNKNOWN) {
			val_set(a, j->outputs, key, val_copy(a, map.o->vals[i]));
			continue;
		}
		if (value.n == 0)
			continue;
		if (masker_hits(j->base.masker, value))
			speaker_line(&j->base.speaker, LOG_WARNING,
			             arena_printf(&j->base.arena, "Skip output '%.*s' since it may contain secret.", STRF(key)));
		else
			set_output(j, key, value, &note);
	}
	job_note(j, &note);
}

static void set_url(struct job_run *j, struct str url, struct buf *note)
{
	j->environment_url = url;
	buf_addf(note, "Evaluated environment url: %.*s\n", STRF(url));
	job_note(j, note);
}

/* The address of the environment: shown, unless a secret is in it. */
static void eval_environment_url(struct job_run *j)
{
	const struct token *t = token_get(j->spec.job->environment, "url");
	struct str url, why;
	_cleanup_buf_ struct buf note = BUF_INIT;
	if (!t || !j->base.frame)
		return;
	buf_adds(&note, "Evaluate and set environment url\n");
	job_note(j, &note);
	if (scope_text(&url, t, &j->base.scope, &why) != EVAL_OK)
		job_set_up_error(j, why);
	else if (masker_hits(j->base.masker, url))
		speaker_line(&j->base.speaker, LOG_WARNING,
		             STR("Skip setting environment url as environment 'url' may contain secret."));
	else
		set_url(j, url, &note);
}

/* The step of a list whose failure decided, or NULL. */
static const struct step_run *first_failure(const struct frame *f)
{
	for (size_t i = 0; f && i < f->n; i++) {
		const struct step_run *s = f->steps[i];
		if (s && s->conclusion == RESULT_FAILURE && !s->forgiven && !s->ops->control)
			return s;
	}
	return NULL;
}

/* For the closing table. */
static struct str failure_reason(struct job_run *j)
{
	const struct frame *lists[] = { j->before, j->base.frame, j->after };
	const struct step_run *s = NULL;
	for (size_t i = 0; !s && i < ARRAY_LEN(lists); i++)
		s = first_failure(lists[i]);
	return s ? arena_printf(j->spec.results, "step '%.*s' %s: %.*s", STRF(s->name), s->refused ? "cannot run here" : "failed",
	                        STRF(s->reason))
	         : STR_EMPTY;
}

/* In a plan: what only may happen is told as well. */
static void refuse_doubtful(struct job_run *j)
{
	if (j->conclusion == RESULT_SUCCESS && j->base.plan_doubtful && !j->base.plan_refused.n)
		j->base.plan_refused = failure_reason(j);
	else
		j->base.plan_doubtful = false;
}

void job_end(struct job_run *j)
{
	eval_outputs(j);
	eval_environment_url(j);
	job_critical(j);
	j->conclusion = j->cancelled ? RESULT_CANCELLED : j->base.status;
	if (!j->reason.n && j->conclusion == RESULT_FAILURE)
		j->reason = failure_reason(j);
	j->reason = masker_str(j->base.masker, j->spec.results, j->reason);
	refuse_doubtful(j);
	j->timeout_at = j->kill_at = NEVER;
	hashing_end(j);
	job_base_end_services(&j->base);
	j->state = JOB_ENDING;
	if (cleanup_begin(j))
		j->spec.ops->ended(j->spec.owner, j);
}
