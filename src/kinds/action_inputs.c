/* The inputs of an action: what the step gives, and the defaults of the rest. */
#include "kinds/action_source.h"
#include "kinds/common.h"

static void warn_unexpected(struct step_run *s, const struct action *action, struct val with)
{
	_cleanup_buf_ struct buf bad = BUF_INIT, good = BUF_INIT;
	for (size_t i = 0; i < with.o->n; i++)
		if (!action_input(action, with.o->keys[i]))
			buf_addf(&bad, "%s'%.*s'", bad.n ? ", " : "", STRF(with.o->keys[i]));
	for (size_t i = 0; bad.n && i < action->ninputs; i++)
		buf_addf(&good, "%s'%.*s'", i ? ", " : "", STRF(action->inputs[i].name));
	if (bad.n)
		step_say(s, LOG_WARNING, "Unexpected input(s) %s, valid inputs are [%s]", buf_cstr(&bad),
		         good.n ? buf_cstr(&good) : "''");
	for (size_t i = 0; i < with.o->n; i++) {
		const struct action_input *input = action_input(action, with.o->keys[i]);
		if (input && input->deprecated.n)
			step_say(s, LOG_WARNING, "Input '%.*s' has been deprecated with message: %.*s", STRF(input->name),
			         STRF(input->deprecated));
	}
}

/* Defaults are evaluated where the step stands; what is wrong with one is wrong in the action's file. */
static enum eval_result add_input_defaults(struct step_run *s, const struct action_source *source, struct val with,
                                           struct str *why)
{
	const struct action *action = source->action;
	enum eval_result rc = EVAL_OK;
	struct scope scope = step_scope(s);
	struct val given;
	scope.sources = source->sources;
	for (size_t i = 0; rc == EVAL_OK && i < action->ninputs; i++) {
		const struct action_input *input = &action->inputs[i];
		struct val v = val_str(STR_EMPTY);
		if (val_get(with, input->name, &given))
			continue;
		if (input->fallback)
			rc = scope_known_text(&v, input->fallback, &scope, why);
		if (rc == EVAL_OK)
			val_set(&s->arena, with, arena_str(&s->arena, input->name), v);
	}
	return rc;
}

enum eval_result kind_action_inputs(struct step_run *s, const struct action_source *source, struct val *inputs)
{
	struct val with;
	struct str why;
	enum eval_result rc = kind_eval_with(s, &with);
	if (rc != EVAL_OK)
		return rc;
	struct val given = val_object_copy(&s->arena, with);
	rc = add_input_defaults(s, source, with, &why);
	if (rc == EVAL_PENDING)
		return rc;
	warn_unexpected(s, source->action, given);
	if (rc == EVAL_ERROR)
		step_fail_template(s, why);
	*inputs = with;
	return rc;
}
