/* What the steps of a job need and the program lacks, looked for before anything of the job runs. */
#include "base/map.h"
#include "checkout/checkout.h"
#include "kinds/action_source.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "kinds/local_action.h"

/* Every folder is looked at once. */
struct search {
	struct job_base *job;
	struct arena arena;
	struct map seen; /* folders */
};

static const char *survey_step(struct search *l, const struct step *step, const struct action *inside, unsigned depth)
{
	struct arena *a = &l->job->arena; /* for what is returned */
	if (checkout_is(step->uses))
		return NULL;
	if (!local_action_is(step->uses))
		return absent_why(a, step, inside);
	if (depth > ACTION_DEPTH_MAX)
		return NULL;
	if (local_action_is_elsewhere(l->job, step->uses))
		return kind_missing(a, step, inside, "actions of other repositories");
	struct str dir = local_action_folder(&l->arena, l->job, step->uses, l->job->session->opt.source_dir);
	if (map_has(&l->seen, dir))
		return NULL;
	map_put(&l->arena, &l->seen, dir, l);
	struct local_action found;
	struct err err = ERR_INIT;
	if (local_action_load(&found, &l->arena, l->job, dir, &err) != 0 || found.action->nerrors)
		return NULL; /* a step may still make it, or put it right */
	const struct action *action = found.action;
	const char *why = action_missing(a, step, inside, action);
	for (size_t i = 0; !why && action->body && i < action->body->nsteps; i++)
		if (action->body->steps[i]->kind == STEP_USES)
			why = survey_step(l, action->body->steps[i], action, depth + 1);
	return why;
}

const char *kinds_unsupported(struct job_base *j, const struct step *step)
{
	struct search l = { .job = j };
	const char *why = survey_step(&l, step, NULL, 1);
	arena_done(&l.arena);
	return why;
}
