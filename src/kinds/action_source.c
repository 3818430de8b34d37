/* Finding the action that a step names; see action_source.h. */
#include "kinds/action_source.h"

#include "kinds/common.h"
#include "kinds/local_action.h"
#include "kinds/remote.h"
#include "plan/lacks.h"
#include "step/frame.h"

const char *action_missing(struct arena *a, const struct step *step, const struct action *inside, const struct action *action)
{
	const char *what = lacks_of_action(action);
	return what ? kind_missing(a, step, inside, what) : NULL;
}

/* In a dry run: an action that is not here yet, with what it would be given. */
static enum action_found plan_without(struct step_run *s, const char *what, const char *note)
{
	struct step_plan plan = { .with = val_null(), .note = note };
	enum eval_result rc = kind_eval_with(s, &plan.with);
	if (rc == EVAL_PENDING)
		return ACTION_PENDING;
	if (rc == EVAL_OK)
		kind_dry(s, what, &plan);
	return ACTION_NOT_FOUND;
}

static enum action_found not_there(struct step_run *s, struct str dir, int rc, const struct err *err)
{
	if (s->job->session->opt.dry_run)
		return plan_without(s, "the action", "it is not in the repository: a step may still make it");
	if (rc < 0)
		step_fail_setup(s, "%s", err->text);
	else
		step_fail_setup(s,
		                "Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '%.*s'. Did you forget to run "
		                "actions/checkout before running your local action?",
		                STRF(dir));
	return ACTION_NOT_FOUND;
}

/* It was asked for before the step began, with all that its job or the action around it uses; its files may still be on their
 * way. */
static enum action_found find_remote(const struct action_source **out, struct step_run *s)
{
	const struct step *step = s->node->step;
	const struct action_source *found = remote_find(s->job, s->frame->source, step->uses);
	struct str why;
	switch (found ? remote_is_placed(s->job, s->frame->source, step->uses, &why) : REMOTE_FAILED) {
	case REMOTE_READY:
		*out = found;
		return ACTION_FOUND;
	case REMOTE_PENDING:
		return ACTION_PENDING;
	case REMOTE_FAILED:
		break;
	}
	if (found) {
		step_fail_setup(s, "%.*s", STRF(why));
		s->job->speaker.journal->unsupported = true;
		return ACTION_NOT_FOUND;
	}
	if (s->job->session->opt.dry_run && s->job->session->opt.offline) {
		kind_dry_refuse(s, "the action is not stored here, and --offline fetches nothing", NULL);
		return ACTION_NOT_FOUND;
	}
	if (s->job->session->opt.dry_run)
		return plan_without(s, "the action, which is not stored here and so not known,",
		                    "not stored here: the run fetches it");
	kind_refuse(s, kind_missing(&s->arena, step, s->frame->action, "actions of other repositories"));
	return ACTION_NOT_FOUND;
}

enum action_found action_source_find(const struct action_source **out, struct arena *a, struct step_run *s)
{
	struct job_base *j = s->job;
	const struct step *step = s->node->step;
	struct local_action found;
	struct err err = ERR_INIT;
	if (remote_is(j, s->frame->source, step->uses))
		return find_remote(out, s);
	struct str root = j->session->opt.dry_run ? j->session->opt.source_dir : j->workspace;
	struct str dir = local_action_folder(a, j, step->uses, root);
	int rc = local_action_load(&found, a, j, dir, &err);
	if (rc != 0)
		return not_there(s, dir, rc, &err);
	struct action_source *source = arena_make(a, struct action_source);
	*source = (struct action_source) {
		.action = found.action, .sources = found.sources, .repository = STR_EMPTY, .ref = STR_EMPTY, .sha = STR_EMPTY
	};
	*out = source;
	return ACTION_FOUND;
}
