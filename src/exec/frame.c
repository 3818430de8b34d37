/* Walking a list of steps: foreground steps one after another, background steps handed to the job's queue,
 * control steps until what they wait for has ended. */
#include "exec/internal.h"

struct frame *frame_new(struct job_run *j, struct step_run *outer, struct gnode *nodes, size_t n)
{
	struct frame *f = arena_make(&j->arena, struct frame);
	f->job = j;
	f->outer = outer;
	f->nodes = nodes;
	f->n = n;
	f->steps = arena_array(&j->arena, struct step_run *, n + 1);
	f->steps_ctx = val_object(&j->arena);
	f->status = RESULT_SUCCESS;
	return f;
}

bool frame_over(const struct frame *f)
{
	return f->cursor >= f->n;
}

static struct step_run *reach(struct frame *f, size_t i)
{
	struct step_run *s = arena_make(&f->job->arena, struct step_run);
	s->job = f->job;
	s->frame = f;
	s->node = &f->nodes[i];
	s->name = f->nodes[i].default_name;
	s->deadline = s->timeout_at = NEVER;
	f->steps[i] = s;
	return s;
}

/* The step's env context: what holds at its place, with its own env on top. */
static int eval_env(struct step_run *s)
{
	struct job_run *j = s->job;
	s->env = j->env;
	if (s->node->background)
		j->env_shared = true;
	const struct token *own = s->node->step->env;
	if (!own)
		return 0;
	struct expr_env env = step_expr_env(s);
	struct expr_error error;
	struct span at = own->at;
	struct val map;
	if (token_eval_string_map(&map, own, &s->arena, &env, true, &error, &at) < 0) {
		step_fail_setup(s, "The template is not valid. %.*s", STRF(eval_error_text(&s->arena, j->run, &error, at)));
		return -1;
	}
	s->env = val_object_copy(&s->arena, j->env);
	for (size_t i = 0; i < map.o->n; i++)
		val_set(&s->arena, s->env, map.o->keys[i], map.o->vals[i]);
	return 0;
}

/* First line, without leading blanks, masked: in the job's arena because events of its join name it. */
static struct str shown_name(struct step_run *s, struct str text)
{
	while (text.n && (text.p[0] == ' ' || text.p[0] == '\t' || text.p[0] == '\n' || text.p[0] == '\r'))
		text = str_from(text, 1);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n' || text.p[i] == '\r')
			text = str_to(text, i);
	_cleanup_buf_ struct buf masked = BUF_INIT;
	masker_apply(s->job->masker, text, &masked);
	return arena_str(&s->job->arena, buf_str(&masked));
}

static void eval_name(struct step_run *s)
{
	const struct step *step = s->node->step;
	struct str text = s->node->default_name;
	if (step && step->name) {
		struct expr_env env = step_expr_env(s);
		struct expr_error error;
		struct span at = step->name->at;
		if (token_eval_string(&text, step->name, &s->arena, &env, &error, &at) < 0) {
			step_say(s, LOG_WARNING, "Encountered an error when evaluating display name %.*s. %.*s",
			         STRF(step->name->raw), STRF(error.text));
			text = STR("run");
		}
	}
	s->name = shown_name(s, text);
}

/* 1: run it, 0: skip it, -1: it has failed. */
static int eval_condition(struct step_run *s)
{
	struct expr_env env = step_expr_env(s);
	struct expr_error error;
	struct val v;
	if (expr_eval(&v, s->node->step->condition, &s->arena, &env, &error) < 0) {
		step_fail_setup(s, "The step condition is not valid. %.*s", STRF(error.text));
		return -1;
	}
	return val_truthy(v);
}

static int eval_timeout(struct step_run *s)
{
	const struct token *t = s->node->step->timeout_minutes;
	if (!t)
		return 0;
	struct expr_env env = step_expr_env(s);
	struct expr_error error;
	struct span at = t->at;
	double minutes;
	if (token_eval_number(&minutes, t, &s->arena, &env, &error, &at) < 0) {
		step_fail_setup(s, "The template is not valid. %.*s", STRF(eval_error_text(&s->arena, s->job->run, &error, at)));
		return -1;
	}
	if (minutes >= 1) {
		s->timeout_minutes = minutes > 5e6 ? 5000000 : (int)minutes;
		s->timeout_ns = (uint64_t)s->timeout_minutes * 60 * SECOND;
	}
	return 0;
}

static struct str skip_reason(struct step_run *s)
{
	struct job_run *j = s->job;
	struct str condition = s->node->step->condition_text;
	if (!str_is(condition, "success()"))
		return arena_printf(&j->arena, "its condition is false: %.*s", STRF(condition));
	if (s->frame->outer ? s->frame->status == RESULT_CANCELLED : j->status == RESULT_CANCELLED)
		return STR("the job was cancelled");
	return STR("an earlier step failed");
}

/* Reads the step at its place: env, name, if, timeout; then it is queued, started or skipped. */
static void visit(struct step_run *s)
{
	if (s->node->kind != STEP_RUN && s->node->kind != STEP_USES) {
		s->env = s->job->env;
		s->job->env_shared = true; /* it holds until the step has ended, whatever it joins */
		eval_name(s);
		control_start(s);
		return;
	}
	if (eval_env(s) < 0) {
		step_finish(s);
		return;
	}
	eval_name(s);
	int run = eval_condition(s);
	if (run == 0) {
		s->skipped_at_place = true;
		step_end_skipped(s, skip_reason(s).p);
	} else if (run < 0 || eval_timeout(s) < 0) {
		step_finish(s);
	} else if (s->node->background && !s->frame->outer) {
		step_queue(s);
	} else {
		step_event(s, SE_SLOT);
	}
}

/* Whether the walk may go past a step that was reached. */
static bool passed(const struct step_run *s)
{
	if (s->state == ST_DONE)
		return true;
	return s->node->background && !s->job->run->engine->opt.sequential;
}

void frame_advance(struct frame *f)
{
	if (f->advancing)
		return;
	f->advancing = true;
	while (f->cursor < f->n) {
		struct step_run *s = f->steps[f->cursor];
		if (!s) {
			s = reach(f, f->cursor);
			visit(s);
		}
		if (!passed(s))
			break;
		f->cursor++;
	}
	f->advancing = false;
}
