/* What the steps of a job need and the program lacks, looked for before its first step runs, in what is known then: the actions
 * of other repositories have come, those of the workspace are looked for in the source tree. */
#include "base/map.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "kinds/local_action.h"
#include "kinds/remote.h"
#include "node/programs.h"
#include "plan/lacks.h"

/* Every action is looked at once. */
struct search {
	struct job_base *job;
	struct arena arena;
	struct map seen; /* folders */
};

static const char *survey_step(struct search *l, const struct step *step, const struct action_source *around, unsigned depth);

static const char *survey_action(struct search *l, const struct step *step, const struct action *inside,
                                 const struct action_source *found, unsigned depth)
{
	const struct action *action = found->action;
	if (map_has(&l->seen, action->dir))
		return NULL;
	map_put(&l->arena, &l->seen, action->dir, l);
	if (action->nerrors)
		return NULL; /* a step may still put it right */
	if (action->kind == ACTION_NODE)
		node_programs_expect(l->job->session); /* which takes a moment */
	const char *why = action_missing(&l->job->arena, step, inside, action);
	for (size_t i = 0; !why && action->body && i < action->body->nsteps; i++)
		if (action->body->steps[i]->kind == STEP_USES)
			why = survey_step(l, action->body->steps[i], found, depth + 1);
	return why;
}

static const char *survey_step(struct search *l, const struct step *step, const struct action_source *around, unsigned depth)
{
	struct job_base *j = l->job;
	const struct action *inside = around ? around->action : NULL;
	if (kind_is_served(j, step->uses) || depth > ACTION_DEPTH_MAX + 1 || remote_is_stubbed(j, around, step->uses))
		return NULL;
	if (lacks_is_image(step))
		return kind_missing(&j->arena, step, inside, lacks_container_actions);
	if (remote_is(j, around, step->uses)) {
		const struct action_source *found = remote_find(j, around, step->uses);
		if (!found && !j->session->opt.actions)
			return kind_missing(&j->arena, step, inside, "actions of other repositories");
		return found ? survey_action(l, step, inside, found, depth) : NULL;
	}
	struct local_action found;
	struct err err = ERR_INIT;
	struct str dir = local_action_folder(&l->arena, j, step->uses, j->session->opt.source_dir);
	if (map_has(&l->seen, dir) || local_action_load(&found, &l->arena, j, dir, &err) != 0)
		return NULL; /* a step may still make it */
	struct action_source *source = arena_make(&l->arena, struct action_source);
	source->action = found.action;
	return survey_action(l, step, inside, source, depth);
}

const char *kinds_unsupported(struct job_base *j, const struct step *step)
{
	struct search l = { .job = j };
	const char *why = survey_step(&l, step, NULL, 1);
	arena_done(&l.arena);
	return why;
}
