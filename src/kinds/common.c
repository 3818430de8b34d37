/* What several kinds of steps do alike; see common.h. */
#include "kinds/common.h"

#include <assert.h>

#include "checkout/checkout.h"
#include "model/schema.h"
#include "plan/lacks.h"

void kind_add_env(struct step_run *s, struct buf *text)
{
	if (s->env.o->n)
		buf_adds(text, "env:\n");
	for (size_t i = 0; i < s->env.o->n; i++)
		buf_addf(text, "  %.*s: %.*s\n", STRF(s->env.o->keys[i]), STRF(val_to_str(&s->arena, s->env.o->vals[i])));
}

void kind_say_block(struct step_run *s, struct str title, struct buf *text)
{
	step_say(s, LOG_GROUP, "Run %.*s", STRF(title));
	if (text->n)
		step_say(s, LOG_INFO, "%.*s", (int)text->n - 1, text->p);
	step_say(s, LOG_ENDGROUP, "%s", "");
}

void kind_say_inputs(struct step_run *s, struct val with)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (with.o->n)
		buf_adds(&text, "with:\n");
	for (size_t i = 0; i < with.o->n; i++)
		if (with.o->vals[i].kind == VAL_STRING && with.o->vals[i].s.n)
			buf_addf(&text, "  %.*s: %.*s\n", STRF(with.o->keys[i]), STRF(with.o->vals[i].s));
	kind_add_env(s, &text);
	kind_say_block(s, s->node->step->uses, &text);
}

enum eval_result kind_eval_with(struct step_run *s, struct val *with)
{
	const struct step *step = s->node->step;
	struct scope scope = step_scope(s);
	struct str why;
	*with = val_object(&s->arena);
	if (!step->with)
		return EVAL_OK;
	enum eval_result rc = scope_map(with, step->with, &scope, false, &why);
	if (rc == EVAL_ERROR)
		step_fail_template(s, why);
	return rc;
}

enum step_begun kind_unevaluated(enum eval_result rc)
{
	return rc == EVAL_PENDING ? STEP_LATER : STEP_OVER;
}

enum step_begun kind_dry(struct step_run *s, const char *what, const struct step_plan *plan)
{
	step_emit_start(s);
	step_plan(s, plan);
	step_plan_unknown(s, plan ? plan->command : STR_EMPTY);
	if (step_is_inner(s))
		step_say(s, LOG_INFO, "dry run: '%.*s' was not started", STRF(s->name));
	else
		step_say(s, LOG_INFO, "dry run: %s was not started", what);
	s->outcome = RESULT_SUCCESS;
	s->reason = STR("dry run");
	return STEP_OVER;
}

enum step_begun kind_dry_fail(struct step_run *s, const char *why, const struct step_plan *plan)
{
	struct step_plan said = plan ? *plan : (struct step_plan) { .command = STR_EMPTY };
	said.cannot = why;
	step_emit_start(s);
	step_say(s, LOG_WARNING, "%s", why);
	step_plan(s, &said);
	step_plan_refuse(s, str_of(why));
	return STEP_OVER;
}

enum step_begun kind_dry_refuse(struct step_run *s, const char *why, const struct step_plan *plan)
{
	s->job->speaker.journal->unsupported = true;
	return kind_dry_fail(s, why, plan);
}

enum step_begun kind_stubbed(struct step_run *s)
{
	step_emit_start(s);
	step_plan(s, &(struct step_plan) { .command = STR("(nothing: stubbed)") });
	step_say(s, LOG_NOTICE, "stubbed: '%.*s' was not run, as --stub says", STRF(s->node->step->uses));
	s->outcome = RESULT_SUCCESS;
	s->reason = STR("stubbed: nothing was run");
	return STEP_OVER;
}

enum step_begun kind_refuse(struct step_run *s, const char *why)
{
	step_fail_setup(s, "%s", why);
	s->job->speaker.journal->unsupported = true;
	return STEP_OVER;
}

const char *kind_cannot(struct arena *a, const struct step *step, const struct action *inside, const char *why)
{
	struct str where = inside ? arena_printf(a, " of %.*s", STRF(inside->path)) : STR_EMPTY;
	return arena_printf(a, "the action '%.*s' on line %u%.*s cannot run: %s", STRF(step->uses), step->line, STRF(where), why)
	        .p;
}

const char *kind_missing(struct arena *a, const struct step *step, const struct action *inside, const char *what)
{
	return kind_cannot(a, step, inside, lacks_sentence(a, what).p);
}

bool kind_is_served(const struct job_base *j, struct str uses)
{
	return !j->session->opt.real_checkout && checkout_is(uses);
}

struct stage kind_stage(struct arena *a, const struct step_ops *ops, struct str condition)
{
	struct expr *e = NULL;
	struct expr_error error;
	struct stage stage = { .ops = ops, .condition_text = arena_str(a, condition) };
	int rc = expr_parse(&e, a, stage.condition_text, schema_hook_condition_scope(), &error);
	assert(rc == 0);
	(void)rc;
	stage.condition = e;
	return stage;
}
