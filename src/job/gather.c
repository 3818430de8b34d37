/* The first part of a job, "Set up job" on GitHub: what its steps use of other repositories is brought here before any of them
 * runs. The job waits in a state of its own meanwhile, others go on. */
#include "job/internal.h"
#include "kinds/kinds.h"
#include "kinds/remote.h"

static void say_in_job(void *cookie, enum log_level level, struct str text)
{
	struct job_run *j = cookie;
	speaker_line(&j->base.speaker, level, text);
}

bool gather_begin(struct job_run *j)
{
	const struct action_voice voice = { say_in_job, j };
	j->needs = remote_ask_job(&j->base, j->spec.graph, &voice);
	return j->needs != NULL;
}

bool gather_go_on(struct job_run *j)
{
	struct str reason;
	bool no_way;
	enum remote_state state = remote_turn(j->needs, &reason, &no_way);
	if (state == REMOTE_PENDING)
		return false;
	if (state == REMOTE_FAILED) {
		if (!j->reason.n)
			j->reason = arena_str(j->spec.results, reason);
		job_base_fail(&j->base);
		j->base.speaker.journal->unsupported |= no_way;
	}
	return true;
}

void gather_survey(struct job_run *j)
{
	const struct job_graph *g = j->spec.graph;
	if (j->base.session->opt.dry_run)
		return; /* the steps say it themselves */
	for (size_t i = 0; i < g->n; i++) {
		const char *why = g->nodes[i].kind == STEP_USES ? kinds_unsupported(&j->base, g->nodes[i].step) : NULL;
		if (why)
			speaker_line(&j->base.speaker, LOG_WARNING,
			             arena_printf(&j->base.arena, "%s; the step fails if it is reached", why));
	}
}
