/* The table of kinds, asked from the top. */
#include "kinds/kinds.h"

#include "checkout/checkout.h"
#include "kinds/common.h"
#include "kinds/hook.h"
#include "kinds/pre.h"
#include "plan/lacks.h"

static bool is_script(const struct gnode *n)
{
	return n->kind == STEP_RUN;
}

static bool is_control(const struct gnode *n)
{
	return n->kind == STEP_WAIT || n->kind == STEP_WAIT_ALL || n->kind == STEP_CANCEL;
}

static bool is_checkout(const struct gnode *n)
{
	return checkout_is(n->step->uses);
}

static bool is_image(const struct gnode *n)
{
	return lacks_is_image(n->step);
}

static bool is_any(const struct gnode *n)
{
	(void)n;
	return true;
}

static const struct {
	bool (*is)(const struct gnode *n);
	const struct step_ops *ops;
} kinds[] = {
	{ is_script, &script_ops }, { is_control, &control_ops }, { is_checkout, &checkout_ops },
	{ is_image, &absent_ops },  { is_any, &action_ops },
};

const struct step_ops *kind_of(const struct gnode *n)
{
	size_t i = 0;
	while (!kinds[i].is(n))
		i++;
	return kinds[i].ops;
}

void kinds_prepare(struct frame *f)
{
	struct pre_search l = { .job = f->job };
	if (!f->action)
		hook_prepare(f);
	for (size_t i = 0; i < f->n; i++) {
		struct str condition;
		if (pre_of_step(&condition, &l, f->source, f->nodes[i].step))
			stages_use_of(f, &f->nodes[i])->pre = kind_stage(f->mem, &action_ops, condition);
	}
	pre_search_done(&l);
}
