/* What names mean to a job's own keys, and to its steps where they say nothing else. */
#include "context/runner.h"
#include "job/internal.h"

static struct val job_status_context(struct job_run *j, struct arena *a)
{
	if (j->identity.kind == VAL_NULL)
		j->identity = scope_context(j->spec.around, STR("job"));
	struct val identity = j->identity, out = val_object(a);
	bool plans = j->base.session->opt.dry_run;
	val_set(a, out, STR("status"), plans ? val_unknown(STR_EMPTY) : val_cstr(result_name(j->base.status)));
	for (size_t i = 0; identity.kind == VAL_OBJECT && i < identity.o->n; i++)
		val_set(a, out, identity.o->keys[i], identity.o->vals[i]);
	return out;
}

/* Its folders are named when they are made: a plan does not know them. */
static struct val job_runner_context(const struct job_base *b, struct arena *a)
{
	struct val out = runner_context(a, &b->session->opt, b->temp, b->workspace);
	if (b->session->opt.dry_run) {
		val_set(a, out, STR("temp"), val_unknown(STR_EMPTY));
		val_set(a, out, STR("workspace"), val_unknown(STR_EMPTY));
	}
	return out;
}

static bool job_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	struct job_run *j = owner;
	const struct job_base *b = &j->base;
	if (str_is(name, "env"))
		*out = b->env;
	else if (str_is(name, "steps"))
		*out = b->frame ? b->frame->steps_ctx : val_null();
	else if (str_is(name, "job"))
		*out = job_status_context(j, a);
	else if (str_is(name, "runner"))
		*out = job_runner_context(b, a);
	else if (str_is(name, "github"))
		*out = b->github;
	else
		return false;
	return true;
}

struct scope job_scope(struct job_run *j)
{
	static const struct scope_ops ops = { .context = job_context };
	return (struct scope) { .plans = j->spec.around->plans,
		                .ops = &ops,
		                .owner = j,
		                .around = j->spec.around,
		                .arena = &j->base.arena,
		                .results = &j->base.arena,
		                .sources = j->spec.around->sources };
}
