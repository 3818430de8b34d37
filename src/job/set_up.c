/* Setting a job up: its folders, what it lacks, its environment, defaults and limits. */
#include "base/path.h"
#include "job/internal.h"
#include "model/cache_mode.h"
#include "service/service.h"

void job_set_up_error(struct job_run *j, struct str text)
{
	speaker_line(&j->base.speaker, LOG_ERROR, text);
	if (!j->reason.n)
		j->reason = arena_str(j->spec.results, text);
	job_base_fail(&j->base);
}

/* ---- folders ---- */

static int make_job_dirs(struct job_run *j, struct err *err)
{
	struct session *e = j->base.session;
	struct arena *a = &j->base.arena;
	if (j->base.log_dir.n && e->host->ops->make_dir(e->host, j->base.log_dir.p, err) < 0)
		return -1;
	/* the work folder's name holds no blanks: tools trip over them, and the hosted runner has none */
	j->base.dir = arena_printf(a, "%.*s/%zu-%.*s", STRF(e->opt.work_dir), ++e->job_dirs,
	                           STRF(path_safe_name(a, j->base.speaker.key, 40)));
	struct str repo = path_base(val_at(j->spec.github, "repository").s);
	repo = path_safe_name(a, repo, 100);
	j->base.workspace = e->opt.in_place ? e->opt.source_dir
	                                    : arena_printf(a, "%.*s/%.*s/%.*s", STRF(j->base.dir), STRF(repo), STRF(repo));
	j->base.temp = path_join(a, j->base.dir, STR("_temp"));
	if (e->opt.dry_run)
		return 0;
	struct str dirs[] = { j->base.workspace, path_join(a, j->base.temp, STR("_runner_file_commands")),
		              path_join(a, j->base.temp, STR("_github_workflow")) };
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (e->host->ops->make_dir(e->host, dirs[i].p, err) < 0)
			return -1;
	struct str event = path_join(a, dirs[2], STR("event.json"));
	_cleanup_buf_ struct buf json = BUF_INIT;
	val_to_json(&json, j->spec.payload, JSON_PRETTY);
	return e->host->ops->put_file(e->host, event.p, buf_str(&json), 0600, err);
}

static void make_job_github(struct job_run *j)
{
	struct arena *a = &j->base.arena;
	j->base.github = val_object_copy(a, j->spec.github);
	val_set_str(a, j->base.github, "job", j->spec.job->id);
	val_set_str(a, j->base.github, "workspace", j->base.workspace);
	if (j->base.session->opt.dry_run) {
		struct val there = val_unknown(STR_EMPTY);
		if (!j->base.session->opt.in_place)
			val_set(a, j->base.github, STR("workspace"), there);
		val_set(a, j->base.github, STR("event_path"), there);
		return;
	}
	val_set_str(a, j->base.github, "event_path", path_join(a, j->base.temp, STR("_github_workflow/event.json")));
}

/* ---- what it lacks ---- */

/* A step that --sequential cannot run: who would end it comes after it. Empty: there is none. */
static struct str endless_step(struct job_run *j)
{
	const struct job_graph *g = j->spec.graph;
	for (size_t i = 0; i < g->n && j->base.session->opt.sequential; i++)
		if (g->nodes[i].kind == STEP_CANCEL && g->nodes[i].ntargets)
			return arena_printf(&j->base.arena,
			                    "the background step '%.*s' is ended by the cancel step on line %u, so it cannot run "
			                    "at its place: --sequential needs steps that end by themselves",
			                    STRF(g->nodes[g->nodes[i].targets[0]].id), g->nodes[i].line);
	return STR_EMPTY;
}

/* Everything a job asks for that is not there, said before anything of it runs. A dry run goes on all the same, so that it shows
 * the rest. */
static bool all_there(struct job_run *j)
{
	struct str missing[] = { j->spec.missing, endless_step(j) };
	bool ok = true, plans = j->base.session->opt.dry_run;
	for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
		if (!missing[i].n)
			continue;
		ok = false;
		if (!plans)
			job_set_up_error(j, missing[i]);
		else if (!j->base.plan_refused.n)
			j->base.plan_refused = missing[i];
	}
	if (!ok)
		j->base.speaker.journal->unsupported = true;
	return ok || plans;
}

/* ---- evaluated ---- */

static bool add_job_env(struct job_run *j, const struct token *t)
{
	struct str why;
	struct val map;
	if (!t)
		return true;
	if (scope_map(&map, t, &j->base.scope, true, &why) != EVAL_OK) {
		job_set_up_error(j, why);
		return false;
	}
	struct val merged = val_object_copy(&j->base.arena, j->base.env);
	for (size_t i = 0; i < map.o->n; i++)
		val_set(&j->base.arena, merged, map.o->keys[i], map.o->vals[i]);
	j->base.env = merged;
	return true;
}

/* A job's defaults.run replaces the workflow's as a whole, as the hosted runner does it. */
static bool eval_defaults(struct job_run *j)
{
	const struct token *t = j->spec.job->defaults_run ? j->spec.job->defaults_run : j->spec.workflow->defaults_run;
	struct str why;
	struct val map;
	if (!t)
		return true;
	if (scope_map(&map, t, &j->base.scope, false, &why) != EVAL_OK) {
		job_set_up_error(j, why);
		return false;
	}
	struct val v = val_at(map, "shell");
	j->base.default_shell = v.kind == VAL_STRING ? v.s : STR_EMPTY;
	v = val_at(map, "working-directory");
	j->base.default_wd = v.kind == VAL_STRING ? v.s : STR_EMPTY;
	return true;
}

bool job_eval_minutes(struct job_run *j, const struct token *t, int fallback, int *out)
{
	struct str why;
	double minutes;
	*out = fallback;
	if (!t)
		return true;
	enum eval_result rc = scope_number(&minutes, t, &j->base.scope, &why);
	if (rc == EVAL_UNKNOWN)
		return true;
	if (rc != EVAL_OK) {
		job_set_up_error(j, why);
		return false;
	}
	if (minutes >= 1)
		*out = minutes > 5e6 ? 5000000 : (int)minutes;
	return true;
}

static bool eval_job_keys(struct job_run *j)
{
	const struct job *job = j->spec.job;
	int minutes;
	j->base.env = val_object_copy(&j->base.arena, j->base.session->opt.env);
	return all_there(j) && add_job_env(j, j->spec.workflow->env) && add_job_env(j, job->env) && eval_defaults(j) &&
	       job_eval_minutes(j, job->timeout_minutes, DEFAULT_JOB_MINUTES, &j->base.timeout_minutes) &&
	       job_eval_minutes(j, job->cancel_timeout_minutes, DEFAULT_CANCEL_MINUTES, &minutes);
}

static void say_cache_mode(const struct job_base *b)
{
	if (!b->cache_mode)
		return;
	speaker_line(&b->speaker, LOG_INFO,
	             arena_printf((struct arena *)&b->arena, "Cache mode: %s", cache_mode_word(b->cache_mode)));
	if ((b->cache_mode & CACHE_MODE_WRITE) && !service_may_save(b->github))
		speaker_line(
			&b->speaker, LOG_WARNING,
			STR("cache-mode lets this job save caches of the default branch, though strangers can cause its event"));
}

bool job_set_up(struct job_run *j)
{
	struct job_base *b = &j->base;
	struct err err = ERR_INIT;
	int made = make_job_dirs(j, &err);
	b->place = b->here = place_here(b->session->host, b->tracking_id.p);
	make_job_github(j);
	b->log = log_job_new(b->masker, b->workspace, b->session->opt.step_debug);
	struct str server = b->session->opt.git_server;
	log_job_set_repository(b->log, server.n ? server : val_at(b->github, "server_url").s, val_at(b->github, "repository").s);
	j->spec.ops->begun(j->spec.owner, j);
	if (made == 0)
		job_note_folders(j);
	say_cache_mode(b);
	if (made == 0 && !j->spec.error.n)
		return eval_job_keys(j);
	job_set_up_error(j, made < 0 ? str_of(err.text) : j->spec.error);
	if (made < 0)
		journal_trouble(b->speaker.journal, err.text);
	return false;
}
