/* What a step that has failed may have lacked: it names the token of the run, and nobody has given one. Said once in a session,
 * it is a notice, which the closing lines repeat. */
#include "expr/visit.h"
#include "kinds/action_source.h"
#include "kinds/common.h"

static void note_token(void *cookie, const struct expr_ref *ref)
{
	bool *found = cookie;
	if (ref->n >= 2 && ((str_is(ref->path[0], "github") && str_is_nocase(ref->path[1], "token")) ||
	                    (str_is(ref->path[0], "secrets") && str_is_nocase(ref->path[1], "GITHUB_TOKEN"))))
		*found = true;
}

static void look_for_token(void *cookie, const struct token *t)
{
	expr_references(t->expr, note_token, cookie);
}

static bool is_given(const struct token *with, struct str name)
{
	for (size_t i = 0; with && with->kind == TOKEN_MAPPING && i < with->map.n; i++)
		if (str_eq_nocase(with->map.pairs[i].key->raw, name))
			return true;
	return false;
}

static bool names_token(const struct step_run *s)
{
	const struct step *step = s->node->step;
	const struct action *action = s->source ? s->source->action : NULL;
	bool found = false;
	token_each_expr(step->env, look_for_token, &found);
	token_each_expr(step->with, look_for_token, &found);
	token_each_expr(step->run, look_for_token, &found);
	for (size_t i = 0; action && i < action->ninputs; i++)
		if (!is_given(step->with, action->inputs[i].name))
			token_each_expr(action->inputs[i].fallback, look_for_token, &found);
	return found;
}

void kind_hint_token(struct step_run *s)
{
	struct session *e = s->job->session;
	if (s->outcome != RESULT_FAILURE || e->opt.token.n || !names_token(s))
		return;
	step_say(s, e->token_hinted ? LOG_INFO : LOG_NOTICE,
	         "github.token is empty here; if the step needs one, give it with -s GITHUB_TOKEN "
	         "(for instance GITHUB_TOKEN=$(gh auth token) sidestep run -s GITHUB_TOKEN)");
	e->token_hinted = true;
}
