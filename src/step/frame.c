/* Walking a list of steps: foreground steps one after another, background steps handed to the job's queue,
 * control steps until what they wait for has ended. */
#include "step/frame.h"

#include "step/effects.h"
#include "step/stages.h"
#include "tools/offer.h"

struct frame *frame_new(struct job_base *j, struct step_run *outer)
{
	struct frame *f = xcalloc(1, sizeof(*f));
	f->job = j;
	f->outer = outer;
	f->mem = outer ? &f->own : &j->arena;
	f->depth = outer ? outer->frame->depth + 1 : 0;
	f->steps_ctx = val_object(f->mem);
	f->stage = STAGE_MAIN;
	f->own_status = RESULT_SUCCESS;
	f->status = outer ? &f->own_status : &j->status;
	f->doubtful = outer ? &f->own_doubtful : &j->plan_doubtful;
	return f;
}

void frame_set_nodes(struct frame *f, struct gnode *nodes, size_t n)
{
	f->nodes = nodes;
	f->n = n;
	f->steps = arena_array(f->mem, struct step_run *, n + 1);
}

/* Lists of actions that wait for their post stages. */
static void release_kept(struct frame *f)
{
	for (size_t i = 0; f->uses && i < f->n; i++) {
		struct step_use *u = f->uses[i];
		if (u && u->list == f && u->kept)
			frame_release(u->kept);
	}
}

void frame_release(struct frame *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct step_run *s = f->steps[i];
		if (!s)
			continue;
		if (s->inner)
			frame_release(s->inner);
		if (s->state != ST_DONE)
			s->job->hash_forget(s);
		tool_offer_free(s->offer);
		log_step_free(s->log);
		if (s->file)
			steplog_close(s->file, NULL);
		arena_done(&s->arena);
	}
	release_kept(f);
	arena_done(&f->given);
	arena_done(&f->own);
	free(f);
}

/* ---- reading a step at its place ---- */

static struct step_run *reach_step(struct frame *f, size_t i)
{
	struct step_run *s = arena_make(f->mem, struct step_run);
	s->job = f->job;
	s->frame = f;
	s->node = &f->nodes[i];
	s->stage = f->stage;
	s->use = f->uses ? f->uses[i] : NULL;
	s->ops = f->stage == STAGE_MAIN ? f->job->kind_of(s->node) : stages_own(s)->ops;
	s->name = f->nodes[i].default_name;
	s->deadline = s->timeout_at = NEVER;
	f->steps[i] = s;
	return s;
}

/* The step's env context: what holds at its place, with its own env on top. */
static enum eval_result eval_step_env(struct step_run *s)
{
	const struct token *own = s->node->step->env;
	struct str why;
	struct val map;
	s->env = effects_base_env(s);
	if (s->node->background)
		s->job->env_shared = true;
	if (!own)
		return EVAL_OK;
	struct scope scope = step_scope(s);
	enum eval_result rc = scope_map(&map, own, &scope, true, &why);
	if (rc == EVAL_ERROR)
		step_fail_template(s, why);
	if (rc != EVAL_OK)
		return rc;
	s->own_env = map;
	s->env = val_object_copy(&s->arena, s->env);
	for (size_t i = 0; i < map.o->n; i++)
		val_set(&s->arena, s->env, map.o->keys[i], map.o->vals[i]);
	return EVAL_OK;
}

/* The first line, without leading blanks. */
static struct str name_line(struct str text)
{
	while (text.n && (text.p[0] == ' ' || text.p[0] == '\t' || text.p[0] == '\n' || text.p[0] == '\r'))
		text = str_from(text, 1);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n' || text.p[i] == '\r')
			text = str_to(text, i);
	return text;
}

/* Masked: in the frame's arena because events of its join name it. */
static struct str shown_name(struct step_run *s, struct str text)
{
	_cleanup_buf_ struct buf masked = BUF_INIT;
	masker_apply(s->job->masker, name_line(text), &masked);
	return arena_str(s->frame->mem, buf_str(&masked));
}

/* Its post stage is called like it. */
static struct str name_of_pre(struct step_run *s, struct str text)
{
	s->use->name = arena_str(s->use->list->mem, shown_name(s, text));
	return arena_printf(&s->arena, "Pre %.*s", STRF(s->use->name));
}

/* What is wrong in it does not fail the step. */
static struct str name_of_error(struct step_run *s, struct str written, struct str why)
{
	step_say(s, LOG_WARNING, "Encountered an error when evaluating display name %.*s. %.*s", STRF(written), STRF(why));
	return STR("run");
}

/* No name is worth reading files for that nobody has asked to be called so. */
static enum eval_result leave_hash(void *owner, struct arena *a, const struct str *patterns, size_t n, struct str *out,
                                   struct err *err)
{
	(void)owner, (void)a, (void)patterns, (void)n, (void)out, (void)err;
	return EVAL_UNKNOWN;
}

/* A script without a name is called by its first line, with its expressions evaluated; hashFiles stays as it is written. */
static struct str name_of_script(struct step_run *s, const struct token *script)
{
	struct scope scope = step_scope(s);
	struct scope_ops ops = *scope.ops;
	struct str text, why;
	ops.hash_files = leave_hash;
	scope.ops = &ops;
	scope.plans = true; /* what is not known is shown as it stands */
	scope.sources = NULL;
	if (scope_text(&text, script, &scope, &why) != EVAL_OK)
		return name_of_error(s, name_line(script->raw), why);
	return arena_printf(&s->arena, "Run %.*s", STRF(name_line(text)));
}

static struct str default_step_name(struct step_run *s)
{
	const struct step *step = s->node->step;
	bool script = step && step->kind == STEP_RUN && step->run && token_has_expr(step->run);
	return script ? name_of_script(s, step->run) : s->node->default_name;
}

static enum eval_result eval_step_name(struct step_run *s)
{
	const struct step *step = s->node->step;
	struct str text, why;
	if (s->named)
		return EVAL_OK;
	if (step && step->name && s->stage != STAGE_POST) { /* that one is called as the stage that has asked for it */
		struct scope scope = step_scope(s);
		scope.sources = NULL;
		enum eval_result rc = scope_text(&text, step->name, &scope, &why);
		if (rc == EVAL_PENDING)
			return rc;
		if (rc == EVAL_ERROR)
			text = name_of_error(s, step->name->raw, why);
		if (!name_line(text).n)
			text = default_step_name(s); /* an empty name is none */
		else if (s->stage == STAGE_PRE)
			text = name_of_pre(s, text);
	} else {
		text = default_step_name(s);
	}
	s->named = true;
	s->name = shown_name(s, text);
	return EVAL_OK;
}

static enum eval_result eval_step_condition(struct step_run *s, bool *run)
{
	struct scope scope = step_scope(s);
	struct str why = STR_EMPTY;
	if (scope.plans) {
		enum eval_result planned = scope_outlook(&s->outlook, step_condition(s, NULL), &scope, SPAN_NONE, &why);
		*run = s->outlook == OUTLOOK_YES || s->outlook == OUTLOOK_MAYBE;
		s->depends = s->outlook == OUTLOOK_MAYBE ? arena_str(s->frame->mem, why) : STR_EMPTY;
		if (planned != EVAL_ERROR)
			return planned;
		step_fail_setup(s, "The step condition is not valid. %.*s", STRF(why));
		return planned;
	}
	enum eval_result rc = scope_holds(run, step_condition(s, NULL), &scope, SPAN_NONE, &why);
	if (rc == EVAL_ERROR)
		step_fail_setup(s, "The step condition is not valid. %.*s", STRF(why));
	return rc;
}

/* An error in it does not fail the step either: there is no limit then. */
static enum eval_result eval_step_timeout(struct step_run *s)
{
	const struct token *t = s->node->step->timeout_minutes;
	struct str why;
	double minutes;
	if (!t)
		return EVAL_OK;
	struct scope scope = step_scope(s);
	enum eval_result rc = scope_number(&minutes, t, &scope, &why);
	if (rc == EVAL_ERROR) {
		s->no_timeout = arena_str(s->frame->mem, why);
		return EVAL_OK;
	}
	if (rc == EVAL_UNKNOWN)
		return EVAL_OK;
	if (rc == EVAL_OK && minutes >= 1) {
		s->timeout_minutes = minutes > 5e6 ? 5000000 : (int)minutes;
		s->timeout_ns = (uint64_t)s->timeout_minutes * 60 * SECOND;
	}
	return rc;
}

/* In a plan: the step that a failure comes from which this machine alone is to blame for, or NULL. */
static const struct step_run *refused_before(const struct step_run *s)
{
	for (size_t i = 0; i < s->frame->n && s->frame->steps[i] != s; i++) {
		const struct step_run *before = s->frame->steps[i];
		if (before && before->refused && before->conclusion == RESULT_FAILURE)
			return before;
	}
	return NULL;
}

static struct str skip_reason(struct step_run *s)
{
	struct str condition;
	bool implicit;
	step_condition(s, &condition);
	struct str written = template_condition_written(condition, &implicit);
	if (s->outlook == OUTLOOK_AFTER_FAILURE || s->outlook == OUTLOOK_AFTER_CANCELLATION)
		return arena_printf(s->frame->mem, "it runs only after a %s: %.*s",
		                    s->outlook == OUTLOOK_AFTER_FAILURE ? "failure" : "cancellation", STRF(written));
	if (!implicit || *s->frame->status == RESULT_SUCCESS)
		return arena_printf(s->frame->mem, "its condition is false: %.*s", STRF(written));
	if (*s->frame->status == RESULT_CANCELLED)
		return STR("the job was cancelled");
	const struct step_run *refused = refused_before(s);
	return refused ? arena_printf(s->frame->mem, "step '%.*s' cannot run here", STRF(refused->name))
	               : STR("an earlier step failed");
}

/* Control steps have no condition, and begin whatever has happened. */
static void visit_control(struct step_run *s)
{
	s->env = s->job->env;
	s->job->env_shared = true; /* it holds until the step has ended, whatever it joins */
	if (eval_step_name(s) != EVAL_PENDING)
		s->ops->begin(s);
}

static void skip_step(struct step_run *s)
{
	s->skipped_at_place = true;
	step_end_skipped(s, skip_reason(s));
}

/* Whatever is still pending, it will not run: its job was cancelled meanwhile. */
static bool is_beyond_hope(const struct step_run *s)
{
	struct str text;
	step_condition(s, &text);
	return str_is(text, "success()") && *s->frame->status != RESULT_SUCCESS;
}

/* Reads the step at its place: env, name, if, timeout; then it is queued, started or skipped. While an evaluation is
 * pending it stays as it is, to be visited again. */
static void visit_step(struct step_run *s)
{
	bool run = false;
	enum eval_result rc = eval_step_env(s);
	if (rc == EVAL_ERROR) {
		step_finish(s);
		return;
	}
	if (rc == EVAL_PENDING || eval_step_name(s) == EVAL_PENDING) {
		if (is_beyond_hope(s))
			skip_step(s);
		return;
	}
	rc = eval_step_condition(s, &run);
	if (rc == EVAL_OK && !run) {
		skip_step(s);
		return;
	}
	if (rc == EVAL_OK)
		rc = eval_step_timeout(s);
	if (rc == EVAL_PENDING)
		return;
	if (rc == EVAL_ERROR) {
		s->frame->closed |= step_is_inner(s); /* of an action nothing more runs */
		step_finish(s);
	} else if (s->node->background && !step_is_inner(s)) {
		step_queue(s);
	} else {
		step_event(s, SE_SLOT);
	}
}

/* Whether the walk may go past a step that was reached. */
static bool step_passed(const struct step_run *s)
{
	if (s->state == ST_DONE)
		return true;
	return s->state != ST_PENDING && s->node->background && !s->job->session->opt.sequential;
}

void frame_advance(struct frame *f)
{
	if (f->advancing)
		return;
	f->advancing = true;
	while (f->cursor < f->n) {
		struct step_run *s = f->steps[f->cursor];
		if (f->closed && (!s || s->state == ST_PENDING)) {
			f->cursor = f->n;
			break;
		}
		if (!s)
			s = reach_step(f, f->cursor);
		if (s->state == ST_PENDING && s->ops->control)
			visit_control(s);
		else if (s->state == ST_PENDING)
			visit_step(s);
		if (!step_passed(s))
			break;
		f->cursor++;
	}
	f->advancing = false;
}
