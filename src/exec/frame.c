/* Walking a list of steps: foreground steps one after another, background steps handed to the job's queue,
 * control steps until what they wait for has ended. */
#include "exec/internal.h"

struct frame *frame_new(struct job_run *j, struct step_run *outer, struct gnode *nodes, size_t n)
{
	struct frame *f = arena_make(outer ? &outer->arena : &j->arena, struct frame);
	f->job = j;
	f->outer = outer;
	f->mem = outer ? &f->own : &j->arena;
	f->depth = outer ? outer->frame->depth + 1 : 0;
	f->nodes = nodes;
	f->n = n;
	f->steps = arena_array(f->mem, struct step_run *, n + 1);
	f->steps_ctx = val_object(f->mem);
	f->status = RESULT_SUCCESS;
	return f;
}

void frame_release(struct frame *f)
{
	for (size_t i = 0; i < f->n; i++) {
		struct step_run *s = f->steps[i];
		if (!s)
			continue;
		if (s->inner)
			frame_release(s->inner);
		log_step_free(s->log);
		if (s->file)
			steplog_close(s->file, NULL);
		arena_done(&s->arena);
	}
	arena_done(&f->own);
}

struct step_run *step_top(struct step_run *s)
{
	while (s->frame->outer)
		s = s->frame->outer;
	return s;
}

static void add_all(struct arena *a, struct val to, struct val from)
{
	for (size_t i = 0; from.kind == VAL_OBJECT && i < from.o->n; i++)
		val_set(a, to, from.o->keys[i], from.o->vals[i]);
}

/* Inside an action that runs in the background also what its steps have changed so far, which nobody else sees yet. */
struct val step_base_env(struct step_run *s)
{
	struct step_run *top = step_top(s);
	if (top == s || (!top->queued_at && s->frame->explicit_env.o->n == 0))
		return s->job->env;
	struct val env = val_object_copy(&s->arena, top->queued_at ? top->env : s->job->env);
	for (size_t i = 0; top->queued_at && i < top->effects.env.n; i++)
		val_set(&s->arena, env, top->effects.env.v[i].name, val_str(top->effects.env.v[i].value));
	add_all(&s->arena, env, s->frame->explicit_env);
	return env;
}

bool frame_over(const struct frame *f)
{
	return f->cursor >= f->n;
}

static struct step_run *reach(struct frame *f, size_t i)
{
	struct step_run *s = arena_make(f->mem, struct step_run);
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
	s->env = step_base_env(s);
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
		step_fail_setup(s, "The template is not valid. %.*s", STRF(step_error_text(s, &error, at)));
		return -1;
	}
	s->own_env = map;
	s->env = val_object_copy(&s->arena, s->env);
	add_all(&s->arena, s->env, map);
	return 0;
}

/* First line, without leading blanks, masked: in the frame's arena because events of its join name it. */
static struct str shown_name(struct step_run *s, struct str text)
{
	while (text.n && (text.p[0] == ' ' || text.p[0] == '\t' || text.p[0] == '\n' || text.p[0] == '\r'))
		text = str_from(text, 1);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n' || text.p[i] == '\r')
			text = str_to(text, i);
	_cleanup_buf_ struct buf masked = BUF_INIT;
	masker_apply(s->job->masker, text, &masked);
	return arena_str(s->frame->mem, buf_str(&masked));
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
		step_fail_setup(s, "The template is not valid. %.*s", STRF(step_error_text(s, &error, at)));
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
		return arena_printf(s->frame->mem, "its condition is false: %.*s", STRF(condition));
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
		s->frame->closed |= s->frame->outer != NULL; /* of an action nothing more runs */
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
		if (!s && f->closed) {
			f->cursor = f->n;
			break;
		}
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
