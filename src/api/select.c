/* Which workflows of a session run. */
#include "api/select.h"

#include "api/called.h"
#include "api/text.h"
#include "base/path.h"

static bool has_job(const struct workflow *w, const struct sidestep_strings *jobs)
{
	for (size_t i = 0; i < jobs->n; i++)
		if (workflow_job(w, str_of(jobs->v[i])))
			return true;
	return jobs->n == 0;
}

/* Every -j must be a job of some workflow. */
static int check_jobs(struct sidestep_session *s, struct err *err)
{
	for (size_t i = 0; i < s->opt.jobs.n; i++) {
		bool found = false;
		struct {
			VEC(const char *);
		} names = { 0 };
		for (size_t w = 0; w < s->project.n; w++) {
			const struct workflow *wf = s->project.workflows[w];
			found |= workflow_job(wf, str_of(s->opt.jobs.v[i])) != NULL;
			for (size_t j = 0; j < wf->njobs; j++)
				*vec_add(&s->arena, &names) = arena_cstr(&s->arena, wf->jobs[j]->id);
		}
		const char *near = names.n ? str_nearest(str_of(s->opt.jobs.v[i]), names.v, names.n) : NULL;
		if (!found)
			return err_set(err, ERR_USAGE, "no workflow has a job '%s'%s%s%s", s->opt.jobs.v[i],
			               near ? ": did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
	return 0;
}

static int plan_one(struct sidestep_session *s, const struct workflow *w, struct err *err)
{
	struct {
		VEC(struct str);
	} here = { 0 };
	for (size_t i = 0; i < s->opt.jobs.n; i++)
		if (workflow_job(w, str_of(s->opt.jobs.v[i])))
			*vec_add(&s->arena, &here) = str_of(s->opt.jobs.v[i]);
	struct plan_options po = { .jobs = here.v, .njobs = here.n, .no_needs = s->opt.no_needs };
	struct plan *plan;
	if (plan_make(&plan, &s->arena, w, &po, err) < 0)
		return -1;
	struct session_run *r = arena_make(&s->arena, struct session_run);
	r->plan = plan;
	*vec_add(&s->arena, &s->runs) = r;
	return 0;
}

static void say_events(struct sidestep_session *s, struct buf *messages)
{
	buf_addf(messages, "sidestep: nothing to run: no workflow is started by '%.*s'\n", STRF(s->event.name));
	for (size_t i = 0; i < s->project.n; i++) {
		const struct workflow *w = s->project.workflows[i];
		buf_addf(messages, "  %.*s is started by:", STRF(w->path));
		for (size_t t = 0; t < w->ntriggers; t++)
			buf_addf(messages, "%s %.*s", t ? "," : "", STRF(w->triggers[t].event));
		buf_addc(messages, '\n');
	}
}

static int load_calls(struct sidestep_session *s, struct workflow *w, struct err *err)
{
	struct call_places places = { .local_repositories = s->exec.local_repositories,
		                      .github_url = s->opt.github_url,
		                      .store = path_join(&s->arena, s->state.cache, STR("workflows")),
		                      .offline = s->opt.offline };
	return project_load_calls(&s->project, w, &places, err);
}

/* The workflows that the event starts; a broken one among them stops only itself. */
enum sidestep_status session_select(struct sidestep_session *s, const struct sidestep_render *render, struct buf *messages)
{
	struct err err = ERR_INIT;
	size_t broken = 0, started = 0;
	for (size_t i = 0; i < s->project.n; i++) {
		struct workflow *w = s->project.workflows[i];
		if (!has_job(w, &s->opt.jobs))
			continue;
		bool starts = plan_has_event(w, s->event.name);
		if (starts && load_calls(s, w, &err) < 0) {
			text_diags(messages, &s->project.diags, render);
			text_error(messages, &err);
			return status_of_error(&err);
		}
		if (!w->valid && (starts || w->ntriggers == 0)) {
			broken++;
			continue;
		}
		if (!w->valid || !starts)
			continue;
		started++;
		if (plan_one(s, w, &err) < 0) {
			text_error(messages, &err);
			return status_of_error(&err);
		}
	}
	text_diags(messages, &s->project.diags, render);
	s->broken_files = broken > 0;
	if (started == 0 && broken)
		return SIDESTEP_INVALID;
	if (check_jobs(s, &err) < 0) {
		text_error(messages, &err);
		return SIDESTEP_USAGE;
	}
	if (started == 0)
		say_events(s, messages);
	return SIDESTEP_OK;
}
