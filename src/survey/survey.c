/* The survey: each job and each step once, a finding where it stands. */
#include "node/programs.h"
#include "plan/lacks.h"
#include "survey/internal.h"

static void report(struct survey *s, const struct lack *lack, struct span at)
{
	if (lack->rule == RULE_NONE)
		return;
	struct diag *d = diag_add(s->diags, lack->rule, at, "%.*s", STRF(lack->text));
	if (lack->inside.n)
		diag_help(s->diags, d, "it stands in %.*s", STRF(lack->inside));
	else if (lack->rule == RULE_HERE_PROGRAM)
		diag_help(s->diags, d, "unless a step before brings it");
}

/* The shell that holds for a step that names none: the job's, or the workflow's. */
static const struct token *default_shell(const struct workflow *w, const struct job *job)
{
	const struct token *t = job->defaults_run ? job->defaults_run : w->defaults_run;
	return t ? token_get(t, "shell") : NULL;
}

static void survey_run(struct survey *s, const struct workflow *w, const struct job *job, const struct step *step)
{
	const struct token *shell = step->shell_token ? step->shell_token : default_shell(w, job);
	struct lack lack = survey_shell(s, shell ? shell->raw : step->shell);
	report(s, &lack, shell ? shell->at : step->run ? step->run->at : step->at);
}

static void survey_step(struct survey *s, const struct workflow *w, const struct job *job, const struct step *step)
{
	for (size_t i = 0; i < step->nmembers; i++)
		survey_step(s, w, job, step->members[i]);
	if (step->kind == STEP_USES) {
		struct lack lack = survey_action(s, step);
		report(s, &lack, step->uses_at);
	} else if (step->kind == STEP_RUN) {
		survey_run(s, w, job, step);
	}
}

static void survey_job(struct survey *s, const struct workflow *w, const struct job *job)
{
	struct span at = SPAN_NONE;
	const char *why = lacks_of_job(job, &at);
	if (why)
		diag_add(s->diags, RULE_HERE_CONTAINER, at, "%s", why);
	bool away = survey_labels(s, job);
	for (size_t i = 0; i < job->nsteps && !why && !away; i++) /* in a container other programs are there */
		survey_step(s, w, job, job->steps[i]);
}

void survey_workflows(const struct survey_options *o, struct workflow *const *workflows, size_t n, struct diag_list *diags)
{
	struct survey s = { .o = o, .diags = diags };
	s.session.host = o->host;
	s.session.opt.environ = o->environ;
	s.session.opt.tool_cache = o->tool_cache;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; workflows[i]->valid && j < workflows[i]->njobs; j++)
			survey_job(&s, workflows[i], workflows[i]->jobs[j]);
	node_programs_free(&s.session);
	arena_done(&s.arena);
}
