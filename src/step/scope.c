/* What names mean to a step's expressions: its env, the steps of its list, the files of its commands, its action's inputs. */
#include "step/frame.h"

static struct val github_of_step(struct step_run *s, struct arena *a)
{
	struct val out = val_object_copy(a, s->job->github);
	const struct frame *f = s->frame;
	val_set_str(a, out, "action", step_action_id(s));
	if (f->action) {
		val_set_str(a, out, "action_path", f->action->dir);
		val_set_str(a, out, "action_status", str_of(result_name(*f->status)));
		val_set_str(a, out, "action_repository", STR_EMPTY);
		val_set_str(a, out, "action_ref", STR_EMPTY);
	}
	if (s->action_repository.n) {
		val_set_str(a, out, "action_repository", s->action_repository);
		val_set_str(a, out, "action_ref", s->action_ref);
	}
	static const char *const files[FILE_COUNT] = { "env", "output", "path", "state", "step_summary" };
	for (size_t i = 0; s->files[0].n && i < FILE_COUNT; i++)
		val_set_str(a, out, files[i], s->files[i]);
	if (s->files[0].n) {
		val_set_str(a, out, "artifacts", s->job->no_artifacts[0]);
		val_set_str(a, out, "artifacts_list", s->job->no_artifacts[1]);
	}
	if (!s->job->session->opt.dry_run)
		return out;
	for (size_t i = 0; i < FILE_COUNT; i++)
		val_set(a, out, str_of(files[i]), val_unknown(STR_EMPTY));
	if (f->action)
		val_set(a, out, STR("action_path"), val_unknown(STR_EMPTY));
	return out;
}

static bool step_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	struct step_run *s = owner;
	if (str_is(name, "env"))
		*out = s->env;
	else if (str_is(name, "steps"))
		*out = s->frame->steps_ctx;
	else if (str_is(name, "github"))
		*out = github_of_step(s, a);
	else if (str_is(name, "inputs") && step_is_inner(s))
		*out = s->frame->inputs;
	else
		return false;
	return true;
}

/* In an action success() and failure() look at the action's steps, cancelled() at the job. */
static enum expr_status step_status(void *owner, struct str fn, const struct str *ids, size_t n)
{
	const struct step_run *s = owner;
	enum result status = *s->frame->status;
	bool yes = true;
	(void)ids;
	(void)n;
	if (str_is(fn, "cancelled"))
		yes = s->job->status == RESULT_CANCELLED;
	else if (!str_is(fn, "always") && status == RESULT_SUCCESS && *s->frame->doubtful)
		return EXPR_STATUS_UNKNOWN;
	else if (!str_is(fn, "always"))
		yes = status == (str_is(fn, "success") ? RESULT_SUCCESS : RESULT_FAILURE);
	return yes ? EXPR_STATUS_YES : EXPR_STATUS_NO;
}

static enum eval_result step_hash_files(void *owner, struct arena *a, const struct str *patterns, size_t n, struct str *out,
                                        struct err *err)
{
	struct step_run *s = owner;
	return s->job->hash_files(s, a, patterns, n, out, err);
}

struct scope step_scope(struct step_run *s)
{
	static const struct scope_ops ops = { .context = step_context, .status = step_status, .hash_files = step_hash_files };
	const struct scope *around = &s->job->scope;
	return (struct scope) { .plans = around->plans,
		                .ops = &ops,
		                .owner = s,
		                .around = around,
		                .arena = &s->arena,
		                .results = &s->arena,
		                .sources = s->frame->sources ? s->frame->sources : around->sources };
}
