/* What Sidestep does not have yet; see lacks.h. */
#include "plan/lacks.h"

const char lacks_container_actions[] = "container actions";

/* An empty text is no container: the key may come from an expression that says so. */
static bool has_container(const struct job *job)
{
	return job->container && !(job->container->kind == TOKEN_STRING && job->container->s.n == 0);
}

const char *lacks_of_job(const struct job *job, struct span *at)
{
	const struct token *t = has_container(job) ? job->container : job->services;
	if (at && t)
		*at = t->at;
	if (has_container(job))
		return "the job runs in a container: job containers are not available in this version of sidestep";
	if (job->services)
		return "the job uses services: service containers are not available in this version of sidestep";
	return NULL;
}

bool lacks_is_image(const struct step *step)
{
	return step && step->kind == STEP_USES && str_starts(step->uses, STR("docker://"));
}

const char *lacks_of_action(const struct action *action)
{
	return action->kind == ACTION_DOCKER ? lacks_container_actions : NULL;
}

struct str lacks_sentence(struct arena *a, const char *what)
{
	return arena_printf(a, "%s are not available in this version of sidestep", what);
}
