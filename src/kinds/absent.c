/* Actions that cannot run: their inputs are evaluated all the same, so that what is wrong with them is said first. */
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "plan/lacks.h"
#include "step/frame.h"

static enum step_begun absent_begin(struct step_run *s)
{
	struct val with;
	enum eval_result rc = kind_eval_with(s, &with);
	if (rc != EVAL_OK)
		return kind_unevaluated(rc);
	const char *why = kind_missing(&s->arena, s->node->step, s->frame->action, lacks_container_actions);
	const struct step_plan plan = { .with = with };
	return s->job->session->opt.dry_run ? kind_dry_refuse(s, why, &plan) : kind_refuse(s, why);
}

const struct step_ops absent_ops = { .begin = absent_begin };
