/* Steps that use an action: it is found and its file is read when the step begins; then the step is one of the kind that
 * `runs.using` names. Source: actions/runner, ActionRunner and ActionManager. */
#include "kinds/action_source.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "kinds/pre.h"
#include "kinds/remote.h"

static void say(void *cookie, enum log_level level, struct str text)
{
	step_say(cookie, level, "%.*s", STRF(text));
}

/* The kinds that run an action whose file was read; NULL: there is none in this version. */
static const struct step_ops *runner_of(const struct action *action)
{
	static const struct step_ops *const runners[] = {
		[ACTION_COMPOSITE] = &composite_ops,
		[ACTION_NODE] = &node_ops,
		[ACTION_DOCKER] = NULL,
	};
	return runners[action->kind];
}

static enum step_begun refuse_kind(struct step_run *s)
{
	const char *why = action_missing(&s->arena, s->node->step, s->frame->action, s->source->action);
	struct step_plan plan = { .with = val_null() };
	if (!s->job->session->opt.dry_run)
		return kind_refuse(s, why);
	enum eval_result rc = kind_action_inputs(s, s->source, &plan.with);
	return rc == EVAL_OK ? kind_dry_refuse(s, why, &plan) : kind_unevaluated(rc);
}

/* What an action of the workspace uses of other repositories is fetched when its step begins. */
static enum remote_state bring_what_it_uses(struct step_run *s, const struct action_voice *voice)
{
	struct str reason;
	bool no_way;
	if (!s->needs)
		s->needs = remote_ask_action(s, voice);
	enum remote_state state = s->needs ? remote_turn(s->needs, &reason, &no_way) : REMOTE_READY;
	if (state != REMOTE_FAILED)
		return state;
	step_fail_setup(s, "%.*s", STRF(reason));
	s->job->speaker.journal->unsupported |= no_way;
	return state;
}

static enum action_found find_source(struct step_run *s)
{
	if (s->source)
		return ACTION_FOUND; /* it begins again */
	enum action_found found = action_source_find(&s->source, &s->arena, s);
	if (found == ACTION_FOUND) {
		s->action_repository = s->source->repository;
		s->action_ref = s->source->ref;
	}
	return found;
}

/* Its post stage runs whatever becomes of this one. It reads the file again, as the hosted runner does: by then it may be gone.
 */
static void ask_for_post(struct step_run *s, const struct action_hook *post)
{
	struct step_use *u = stages_use(s);
	if (s->stage == STAGE_POST || !post->script.n)
		return;
	if (!u->post.ops)
		u->post = kind_stage(u->list->mem, &action_ops, post->condition_text);
	stages_register_post(s);
}

static void warn_of_pre(struct step_run *s)
{
	if (!s->source->repository.n && !s->job->session->opt.dry_run && pre_is_in(s->job, s->source))
		step_say(s, LOG_WARNING, "`pre` execution is not supported for local action from '%.*s'",
		         STRF(s->node->step->uses));
}

static enum step_begun action_begin(struct step_run *s)
{
	const struct action_voice voice = { say, s };
	step_emit_start(s);
	step_open_log(s);
	if (remote_is_stubbed(s->job, s->frame->source, s->node->step->uses))
		return kind_stubbed(s);
	enum action_found found = find_source(s);
	if (found != ACTION_FOUND)
		return found == ACTION_PENDING ? STEP_LATER : STEP_OVER;
	const struct action *action = s->source->action;
	if (action->nerrors) {
		struct str last = action_say_errors(&voice, &s->arena, action);
		if (s->job->session->opt.dry_run)
			last = action_first_error(&s->arena, action);
		step_fail_setup(s, "%.*s", STRF(last));
		return STEP_OVER;
	}
	const struct step_ops *runner = runner_of(action);
	if (!runner)
		return refuse_kind(s);
	enum remote_state needs = bring_what_it_uses(s, &voice);
	if (needs != REMOTE_READY)
		return needs == REMOTE_PENDING ? STEP_LATER : STEP_OVER;
	warn_of_pre(s);
	ask_for_post(s, &action->post);
	s->ops = runner; /* from here on, also when it begins again */
	return s->ops->begin(s);
}

const struct step_ops action_ops = { .begin = action_begin };
