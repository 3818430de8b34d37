/* Which actions have something to run before the steps of their job: those in JavaScript that name a script for it, and composite
 * ones with such an action among their steps. Only actions of other repositories, which are known before the first step; what the
 * workspace holds is found when its step begins, and too late for this. Source: actions/runner, ActionManager. */
#include "kinds/pre.h"

#include "kinds/remote.h"

static bool search_pre(struct pre_search *l, const struct action_source *source);

/* The action of a step, if it is of another repository; NULL: it is not, or --stub has put nothing in its place. */
static const struct action_source *foreign_action(struct job_base *j, const struct action_source *around, const struct step *step)
{
	const struct action_source *found =
		step && step->kind == STEP_USES && remote_is(j, around, step->uses) ? remote_find(j, around, step->uses) : NULL;
	return found && !found->action->nerrors ? found : NULL;
}

static bool search_pre_of_steps(struct pre_search *l, const struct action_source *source)
{
	const struct job *body = source->action->body;
	for (size_t i = 0; body && i < body->nsteps; i++) {
		const struct action_source *inner = foreign_action(l->job, source, body->steps[i]);
		if (inner && search_pre(l, inner))
			return true;
	}
	return false;
}

static bool search_pre(struct pre_search *l, const struct action_source *source)
{
	static const bool answers[] = { false, true };
	const struct action *action = source->action;
	if (action->kind == ACTION_NODE)
		return action->pre.script.n > 0;
	if (action->kind != ACTION_COMPOSITE)
		return false;
	const bool *known = map_get(&l->known, action->dir);
	if (known)
		return *known;
	bool found = search_pre_of_steps(l, source);
	map_put(&l->arena, &l->known, action->dir, (void *)(uintptr_t)&answers[found]);
	return found;
}

bool pre_is_in(struct job_base *j, const struct action_source *source)
{
	struct pre_search l = { .job = j };
	bool found = search_pre(&l, source);
	pre_search_done(&l);
	return found;
}

bool pre_of_step(struct str *condition, struct pre_search *l, const struct action_source *around, const struct step *step)
{
	const struct action_source *source = foreign_action(l->job, around, step);
	if (!source || !search_pre(l, source))
		return false;
	const struct action_hook *pre = &source->action->pre;
	*condition = pre->script.n ? pre->condition_text : STR("always()");
	return true;
}

void pre_search_done(struct pre_search *l)
{
	arena_done(&l->arena);
}
