/* Steps that use an action: it is found and its file is read when the step begins; then the step is one of the kind that
 * `runs.using` names. Source: actions/runner, ActionRunner and ActionManager. */
#include "kinds/action_source.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "step/frame.h"

static void say_action_errors(struct step_run *s, const struct action *action)
{
	if (action->root && !token_get(action->root, "runs")) {
		step_fail_setup(s, "%.*s", STRF(action->errors[action->nerrors - 1].text));
		return;
	}
	for (size_t i = 0; i < action->nerrors; i++) {
		const struct reader_error *e = &action->errors[i];
		struct pos p = source_pos(action->source, e->at.from);
		if (e->place == READER_PLACED)
			step_say(s, LOG_ERROR, "%.*s (Line: %u, Col: %u): %.*s", STRF(action->path), p.line, p.col,
			         STRF(e->text));
		else if (e->place == READER_FILE)
			step_say(s, LOG_ERROR, "%.*s: %.*s", STRF(action->path), STRF(e->text));
		else
			step_say(s, LOG_ERROR, "%.*s", STRF(e->text));
	}
	step_fail_setup(s, "Failed to load %.*s", STRF(action->path));
}

/* The kinds that run an action whose file was read; NULL: there is none in this version. */
static const struct step_ops *runner_of(const struct action *action)
{
	static const struct step_ops *const runners[] = {
		[ACTION_COMPOSITE] = &composite_ops,
		[ACTION_NODE] = NULL,
		[ACTION_DOCKER] = NULL,
	};
	return runners[action->kind];
}

static enum step_begun refuse_kind(struct step_run *s)
{
	if (s->job->session->opt.dry_run)
		return kind_dry(s, "the action");
	return kind_refuse(s, action_missing(&s->arena, s->node->step, s->frame->action, s->source->action));
}

static enum step_begun action_begin(struct step_run *s)
{
	step_emit_start(s);
	step_open_log(s);
	enum action_found found = action_source_find(&s->source, &s->arena, s);
	if (found == ACTION_PENDING)
		return STEP_LATER;
	if (found == ACTION_NOT_FOUND)
		return STEP_OVER;
	const struct action *action = s->source->action;
	if (action->nerrors) {
		say_action_errors(s, action);
		return STEP_OVER;
	}
	const struct step_ops *runner = runner_of(action);
	if (!runner)
		return refuse_kind(s);
	s->ops = runner; /* from here on, also when it begins again */
	return s->ops->begin(s);
}

const struct step_ops action_ops = { .begin = action_begin };
