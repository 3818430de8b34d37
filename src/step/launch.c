/* Starting a step's process in a place, and what it does afterwards. */
#include "base/path.h"
#include "context/procenv.h"
#include "step/effects.h"
#include "step/services.h"
#include "step/stages.h"

/* ---- what the process does ---- */

static void process_output(void *cookie, enum host_stream stream, struct str bytes)
{
	struct step_run *s = cookie;
	log_step_feed(s->log, stream == HOST_STDOUT ? LOG_STDOUT : LOG_STDERR, bytes);
}

static void process_eof(void *cookie)
{
	step_event(cookie, SE_EOF);
}

static void process_exit(void *cookie, const struct proc_status *st)
{
	struct step_run *s = cookie;
	s->status = *st;
	step_event(s, SE_EXIT);
}

static const struct proc_events process_events = { process_output, process_eof, process_exit };

/* ---- its environment ---- */

/* What earlier stages of the action have kept. */
static void add_saved_state(struct procenv *p, const struct step_run *s)
{
	struct val state = s->use ? s->use->state : val_null();
	for (size_t i = 0; state.kind == VAL_OBJECT && i < state.o->n; i++)
		procenv_set(p, arena_printf(p->a, "STATE_%.*s", STRF(state.o->keys[i])).p, state.o->vals[i].s);
}

static void add_helper_variable(struct procenv *p, const char *variable)
{
	struct str all = str_of(variable);
	size_t equals = MIN(str_find_c(all, '=', 0), all.n);
	if (equals < all.n)
		procenv_set(p, arena_cstr(p->a, str_to(all, equals)), str_from(all, equals + 1));
}

/* In memory that is not the step's: it is no longer needed when the process is there, and thousands may run. */
static char **make_environment(struct step_run *s, struct arena *a)
{
	static const char *const files[FILE_COUNT] = { "GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE",
		                                       "GITHUB_STEP_SUMMARY" };
	const struct job_base *j = s->job;
	struct procenv p = { .a = a };
	size_t npaths;
	const struct str *paths = effects_paths(s, &npaths);
	struct scope scope = step_scope(s);
	scope.arena = a;
	procenv_inherited(&p, j->session->opt.environ);
	procenv_set(&p, "RUNNER_TRACKING_ID", j->tracking_id);
	procenv_set(&p, "AGENT_TOOLSDIRECTORY", j->session->opt.tool_cache); /* actions look for either */
	procenv_object(&p, s->env);
	add_saved_state(&p, s);
	procenv_inputs(&p, s->inputs);
	if (s->inputs.kind == VAL_OBJECT)
		procenv_remove(&p, "NODE_ICU_DATA"); /* it would be read as the runner's own */
	procenv_path(&p, paths, npaths);
	procenv_github(&p, j->github);
	for (size_t i = 0; i < FILE_COUNT; i++)
		procenv_set(&p, files[i], s->files[i]);
	procenv_set(&p, "GITHUB_ARTIFACTS", j->no_artifacts[0]);
	procenv_set(&p, "GITHUB_ARTIFACTS_LIST", j->no_artifacts[1]);
	procenv_set(&p, "GITHUB_ACTION", step_action_id(s));
	if (s->frame->action)
		procenv_set(&p, "GITHUB_ACTION_PATH", s->frame->action->dir);
	procenv_set(&p, "GITHUB_ACTION_REPOSITORY", s->action_repository);
	procenv_set(&p, "GITHUB_ACTION_REF", s->action_ref);
	procenv_prefixed(&p, "RUNNER_", scope_context(&scope, STR("runner")));
	if (s->tool_cache.n) {
		procenv_set(&p, "RUNNER_TOOL_CACHE", s->tool_cache);
		procenv_set(&p, "AGENT_TOOLSDIRECTORY", s->tool_cache);
	}
	procenv_set(&p, "GITHUB_ACTIONS", STR("true"));
	step_add_services(&p, s);
	add_helper_variable(&p, s->helper_variable);
	return procenv_finish(&p);
}

/* Where programs are looked up: GITHUB_PATH's additions, newest first, then the program's own PATH. */
static const char *path_dirs(struct step_run *s)
{
	struct job_base *j = s->job;
	size_t n;
	const struct str *paths = effects_paths(s, &n);
	bool shared = paths == j->paths.v;
	if (shared && j->path_dirs.n)
		return j->path_dirs.p;
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = n; i > 0; i--)
		buf_addf(&out, "%.*s:", STRF(paths[i - 1]));
	const char *own = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	for (char **e = j->session->opt.environ; e && *e; e++)
		if (strncmp(*e, "PATH=", 5) == 0)
			own = *e + 5;
	buf_adds(&out, own);
	if (!shared)
		return arena_cstr(&s->arena, buf_str(&out));
	j->path_dirs = arena_str(&j->arena, buf_str(&out));
	return j->path_dirs.p;
}

const char *step_look_up(struct step_run *s, const char *name)
{
	char found[4096];
	struct place *p = s->job->place;
	const char *path = p->ops->which(p, name, path_dirs(s), found, sizeof(found));
	return path ? arena_strdup(&s->arena, path) : NULL;
}

/* ---- starting ---- */

bool step_spawn(struct step_run *s, struct place *place, const char *path, char **argv, const char *cwd)
{
	struct arena scratch = { 0 };
	struct spawn_spec spec = { .path = path,
		                   .argv = argv,
		                   .envp = make_environment(s, &scratch),
		                   .cwd = cwd,
		                   .label = s->node->id.p,
		                   .on = &process_events,
		                   .cookie = s };
	struct err err = ERR_INIT;
	int rc = place->ops->spawn(place, &spec, &s->proc, &err);
	arena_done(&scratch);
	if (rc < 0) {
		s->proc = NULL;
		step_fail_setup(s, "%s", err.text);
		return false;
	}
	s->place = place;
	step_open_log(s);
	step_emit_start(s);
	return true;
}
