/* Where a step stands: in which list, in which action, at which stage. */
#include "step/stages.h"

bool frame_over(const struct frame *f)
{
	return f->cursor >= f->n;
}

struct step_run *frame_current(const struct frame *f)
{
	return f && f->cursor < f->n ? f->steps[f->cursor] : NULL;
}

bool step_is_inner(const struct step_run *s)
{
	return s->frame->outer != NULL;
}

struct step_run *step_top(struct step_run *s)
{
	while (step_is_inner(s))
		s = s->frame->outer;
	return s;
}

struct str step_action_id(struct step_run *s)
{
	const struct step_run *top = step_top(s);
	return top->stage == STAGE_MAIN ? top->node->id : top->use->node->id;
}

const struct stage *stages_own(const struct step_run *s)
{
	return s->stage == STAGE_PRE ? &s->use->pre : &s->use->post;
}

bool step_is_certain(const struct step_run *s)
{
	return s->outlook != OUTLOOK_MAYBE && !s->may_fail;
}

const struct expr *step_condition(const struct step_run *s, struct str *text)
{
	const struct stage *stage = s->stage == STAGE_MAIN ? NULL : stages_own(s);
	if (text)
		*text = stage ? stage->condition_text : s->node->step->condition_text;
	return stage ? stage->condition : s->node->step->condition;
}
