/* A session: from options to planned runs, sinks and an engine; turning it; its end. */
#include "api/session.h"

#include <signal.h>
#include <time.h>

#include "actions/fetcher.h"
#include "actions/helper.h"
#include "actions/listing.h"
#include "answer/text.h"
#include "api/not_given.h"
#include "api/select.h"
#include "base/clean.h"
#include "base/file.h"
#include "base/path.h"
#include "checkout/checkout.h"
#include "hash/hash_helper.h"
#include "os/guard.h"
#include "service/serve.h"
#include "service/service.h"
#include "step/step.h"
#include "store/gate_file.h"
#include "tools/helper.h"
#include "ui/ui.h"

#define CACHE_LIMIT (UINT64_C(10) << 30) /* of a repository, as on GitHub */

enum { STORED_LOG_MAX = 16 << 20 };

/* ---- getting ready ---- */

/* Whether a step may need mounts of the run: checkouts, which any action may hold, and actions of other repositories. */
static bool may_mount(const struct gnode *n)
{
	return n->kind == STEP_USES && !str_starts(n->step->uses, STR("docker://"));
}

static bool wants_mounts(const struct sidestep_session *s)
{
	for (size_t i = 0; i < s->runs.n; i++)
		for (size_t j = 0; j < s->runs.v[i]->plan->n; j++) {
			const struct plan_job *p = s->runs.v[i]->plan->jobs[j];
			if (p->job->is_call)
				return true;
			for (size_t n = 0; n < p->graph->n; n++)
				if (may_mount(&p->graph->nodes[n]))
					return true;
		}
	return false;
}

/* ---- services ---- */

static void services_trouble(void *cookie, struct str text)
{
	struct sidestep_session *s = cookie;
	s->service_trouble = arena_str(&s->arena, text);
}

/* Caches belong to a repository of a server; what has none is told apart by its place. */
static struct str caches_folder(struct sidestep_session *s)
{
	struct arena *a = &s->arena;
	const struct trigger_event *e = &s->event;
	struct str place = e->server_url.n ? e->repository : s->project.root, url = e->server_url;
	struct str host = path_safe_name(a, str_from(url, str_starts(url, STR("https://")) ? 8 : 0), 100);
	return arena_printf(a, "%.*s/caches/%.*s/%.*s~%08x", STRF(s->state.cache), STRF(url.n ? host : STR("local")),
	                    STRF(path_safe_name(a, place, 180)), (unsigned)str_hash(place));
}

static void open_services(struct sidestep_session *s)
{
	struct service_spec spec = { .host = s->host,
		                     .self = s->exec.self.p,
		                     .environ = s->exec.environ,
		                     .dir = path_join(&s->arena, s->state.work.dir, STR("_services")),
		                     .trouble = services_trouble,
		                     .cookie = s };
	if (s->exec.dry_run)
		return;
	s->exec.caches = caches_folder(s);
	s->exec.cache_limit = s->opt.cache_limit ? s->opt.cache_limit : CACHE_LIMIT;
	s->exec.cache_mode = str_of(s->opt.cache_mode);
	s->exec.service = s->service = service_new(&spec);
}

/* Below the run's own folder, or in one of its own where the user wants them. */
static struct str artifacts_folder(struct sidestep_session *s, const struct session_run *r)
{
	if (!s->opt.artifact_dir)
		return path_join(&s->arena, r->dir, STR("artifacts"));
	_cleanup_free_ char *cwd = getcwd(NULL, 0);
	struct str chosen = path_join(&s->arena, str_of(cwd), str_of(s->opt.artifact_dir));
	return path_join(&s->arena, chosen, r->id);
}

static int open_runs(struct sidestep_session *s, struct err *err)
{
	for (size_t i = 0; i < s->runs.n; i++) {
		struct session_run *r = s->runs.v[i];
		if (state_new_run(&s->state, &s->arena, &r->id, &r->dir, err) < 0)
			return -1;
		r->number =
			s->exec.dry_run ? state_coming_number(&s->state, &s->arena, i) : state_count_run(&s->state, &s->arena);
		r->sinks[1] = sink_store(path_join(&s->arena, r->dir, STR("events.ndjson")).p, STORED_LOG_MAX, err);
		if (!r->sinks[1]) {
			err->kind = ERR_MISSING;
			return -1;
		}
	}
	s->screen = screen_open(s);
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	for (size_t i = 0; i < s->runs.n; i++) {
		struct session_run *r = s->runs.v[i];
		r->sinks[0] = s->screen;
		struct str run_id =
			arena_printf(&s->arena, "%lld%03ld", (long long)ts.tv_sec, (ts.tv_nsec / 1000000 + (long)i) % 1000);
		struct val github;
		if (session_give(s, r, run_id, &github, err) < 0)
			return -1;
		struct run_spec spec = { .plan = r->plan,
			                 .sources = &s->project.sources,
			                 .id = r->id,
			                 .dir = r->dir,
			                 .artifacts = artifacts_folder(s, r),
			                 .run_id = run_id,
			                 .run_number = r->number,
			                 .version = STR(SIDESTEP_VERSION),
			                 .event = &r->event,
			                 .github = github,
			                 .inputs = r->inputs.values,
			                 .sinks = r->sinks,
			                 .nsinks = ARRAY_LEN(r->sinks) };
		r->run = engine_add(s->engine, &spec);
	}
	return 0;
}

/* One that the user has set up counts, as for the hosted runner's own. */
static struct str tool_cache_folder(struct sidestep_session *s)
{
	static const char *const names[] = { "RUNNER_TOOL_CACHE", "AGENT_TOOLSDIRECTORY" };
	for (size_t i = 0; !s->opt.tool_cache && i < ARRAY_LEN(names); i++) {
		const char *set = getenv(names[i]);
		if (set && set[0] == '/')
			return arena_str(&s->arena, str_of(set));
	}
	if (!s->opt.tool_cache)
		return path_join(&s->arena, s->state.cache, STR("tools"));
	_cleanup_free_ char *cwd = getcwd(NULL, 0);
	return path_normal(&s->arena, path_join(&s->arena, str_of(cwd), str_of(s->opt.tool_cache)));
}

static int get_ready(struct sidestep_session *s, struct err *err)
{
	s->state.tree = s->project.root;
	if (state_open(&s->state, s->exec.keep && !s->exec.dry_run, err) < 0)
		return -1;
	state_prune(&s->state, false);
	s->exec.work_dir = s->state.work.dir;
	s->exec.tool_cache = tool_cache_folder(s);
	s->exec.host_tools = !s->opt.no_host_tools && !s->exec.dry_run;
	if (s->opt.private_mounts && !s->exec.dry_run && !s->exec.keep && !s->exec.in_place && wants_mounts(s))
		s->exec.overlay = workspace_private_mounts();
	struct host_options host = { .self = getenv("SIDESTEP_NO_GUARD") ? NULL : s->exec.self.p, .files = s->opt.step_files };
	host.kept = s->exec.keep ? s->state.work.dir.p : NULL;
	host.flags = (getenv("SIDESTEP_NO_CGROUP") ? HOST_NO_CGROUP : 0) | (s->opt.owns_process ? HOST_REAP_ALL : 0);
	s->host = host_real_new(&host, err);
	if (!s->host)
		return -1;
	if (!s->exec.dry_run)
		work_prune(&s->state.work, s->host, s->exec.self.p, s->exec.environ);
	s->gate = gate_files_new(s->state.gates.p, s->event.server_url.n ? s->event.repository : s->project.root);
	s->exec.gate = s->gate;
	s->exec.git_server = s->event.server_url.n ? s->event.server_url : str_of(s->opt.github_url);
	s->actions = fetcher_new(&(struct fetcher_options) { .host = s->host,
	                                                     .store = path_join(&s->arena, s->state.cache, STR("actions")),
	                                                     .server = str_of(s->opt.github_url),
	                                                     .offline = s->opt.offline || s->exec.dry_run,
	                                                     .self = s->exec.self,
	                                                     .environ = s->exec.environ,
	                                                     .token = s->exec.token });
	s->exec.actions = s->actions;
	open_services(s);
	s->engine = engine_new(s->host, &s->exec);
	return open_runs(s, err);
}

static enum sidestep_status build(struct sidestep_session *s, const struct sidestep_render *render, struct buf *out,
                                  struct buf *messages)
{
	struct err err = ERR_INIT;
	const struct sidestep_run_options *o = &s->opt;
	struct str event = str_of(o->event && o->event[0] ? o->event : "push");
	int rc = project_open(&s->project, o->directory, &err);
	if (rc == 0 && s->project.repo && !o->event_file)
		git_read_ahead(s->project.repo); /* the payload tells what HEAD's commit says */
	if (rc < 0 || project_load(&s->project, o->workflows.v, o->workflows.n, false, &err) < 0 ||
	    state_find(&s->state, &s->arena, o->log_dir, o->cache_dir, &err) < 0 || session_read_options(s, &err) < 0) {
		text_error(messages, &err);
		return status_of_error(&err);
	}
	const char *file = o->event_file ? path_join(&s->arena, s->project.dir, str_of(o->event_file)).p : NULL;
	struct event_request q = { event, file, s->project.repo, s->project.root.p, str_of(o->actor) };
	if (trigger_event_for(&s->event, &s->arena, &q, &err) < 0) {
		text_error(messages, &err);
		return status_of_error(&err);
	}
	enum sidestep_status status = session_select(s, render, messages);
	if (status != SIDESTEP_OK || (s->runs.n == 0 && !s->opt.explain))
		return status;
	bool invalid = s->opt.explain && s->runs.n == 0 && s->broken_files;
	if ((s->opt.explain ? session_explain(s, out, &err) : get_ready(s, &err)) < 0) {
		text_error(messages, &err);
		return status_of_error(&err);
	}
	if (!o->explain && o->verbosity >= 0 && o->output != SIDESTEP_OUTPUT_QUIET) {
		session_say_options(s, messages);
		session_say_not_given(s, messages);
	}
	return invalid ? SIDESTEP_INVALID : SIDESTEP_OK;
}

enum sidestep_status sidestep_session_new(struct sidestep_session **out, const struct sidestep_run_options *options,
                                          const struct sidestep_render *render, struct sidestep_text *messages)
{
	struct buf text = BUF_INIT, said = BUF_INIT;
	struct sidestep_session *s = xcalloc(1, sizeof(*s));
	memcpy(&s->opt, options, MIN(sizeof(s->opt), (size_t)options->size));
	s->exec.github_url = s->opt.github_url ? str_of(s->opt.github_url) : STR_EMPTY;
	if (!s->opt.github_url)
		s->opt.github_url = "https://github.com";
	enum sidestep_status status = build(s, render, &text, &said);
	text_take(messages, &text, &said);
	if (status != SIDESTEP_OK) {
		sidestep_session_free(s);
		s = NULL;
	}
	*out = s;
	return status;
}

/* ---- turning ---- */

static uint64_t monotonic(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec;
}

int sidestep_session_fd(const struct sidestep_session *s)
{
	return s->host ? s->host->ops->poll_fd(s->host) : -1;
}

void sidestep_session_cancel(struct sidestep_session *s, int signal)
{
	s->signal = s->signal ? s->signal : signal;
	s->cancelled++;
	if (s->done)
		screen_cancel(s);
	else if (s->engine)
		engine_cancel(s->engine, s->cancelled);
	if (!s->done && s->screen)
		ui_stopping(s->screen, s->cancelled, s->signal, STEP_INTERRUPT_GRACE);
}

void sidestep_session_suspend(struct sidestep_session *s)
{
	if (s->screen)
		ui_suspend(s->screen);
}

void sidestep_session_resized(struct sidestep_session *s)
{
	if (s->screen)
		ui_resized(s->screen);
}

/* ---- the end ---- */

/* The records of the runs: nothing more comes for them. */
static void close_stores(struct sidestep_session *s)
{
	struct err err = ERR_INIT;
	for (size_t i = 0; i < s->runs.n; i++) {
		struct session_run *r = s->runs.v[i];
		if (r->sinks[1] && r->sinks[1]->ops->close(r->sinks[1], &err) < 0 && r->run)
			s->output_error = err;
		r->sinks[1] = NULL;
	}
}

static void close_all(struct sidestep_session *s)
{
	if (s->closed)
		return;
	s->closed = true;
	if (s->screen)
		screen_close(s);
	close_stores(s);
	work_let_go(&s->state.work);
	work_close(&s->state.work, s->exec.keep && !s->exec.dry_run);
}

/* A run in which nothing has failed, as there was nothing for it to do here. */
static enum sidestep_status nothing_done(struct sidestep_session *s, struct buf *messages)
{
	bool decided = false, elsewhere = false;
	for (size_t i = s->opt.configured_matrix; i < s->exec.nmatrix_filters; i++)
		if (s->engine && !s->matrix_met[i] && engine_matrix_missed(s->engine, i)) {
			buf_addf(messages, "sidestep: error: --matrix %.*s: no matrix has had this value\n",
			         STRF(s->exec.matrix_filters[i]));
			return SIDESTEP_USAGE;
		}
	for (size_t i = 0; i < s->runs.n; i++) {
		decided |= run_decided_here(s->runs.v[i]->run);
		elsewhere |= run_not_here(s->runs.v[i]->run);
	}
	if (decided || !elsewhere)
		return SIDESTEP_OK;
	buf_adds(messages,
	         "sidestep: error: nothing was run: no job is for a machine like this one (-P LABEL=host runs it here)\n");
	return SIDESTEP_ENVIRONMENT;
}

static enum sidestep_status judge(struct sidestep_session *s, struct buf *messages)
{
	enum sidestep_status status = s->broken_files ? SIDESTEP_FAILED : SIDESTEP_OK;
	bool unsupported = false;
	for (size_t i = 0; i < s->runs.n; i++) {
		const struct run *r = s->runs.v[i]->run;
		const char *trouble = run_trouble(r);
		unsupported |= run_unsupported(r);
		if (run_conclusion(r) != RESULT_SUCCESS && run_conclusion(r) != RESULT_SKIPPED)
			status = SIDESTEP_FAILED;
		if (trouble) {
			buf_adds(messages, "sidestep: error: ");
			clean_append(messages, str_of(trouble));
			buf_addc(messages, '\n');
			unsupported = true;
		}
	}
	if (status == SIDESTEP_OK && !s->cancelled && !unsupported)
		status = nothing_done(s, messages);
	if (s->service_trouble.n)
		buf_addf(messages, "sidestep: warning: %.*s\n", STRF(s->service_trouble));
	if (s->output.held_errnum)
		buf_addf(messages, "sidestep: warning: steps had to wait for the reader of the output: no room to keep it: %s\n",
		         strerror(s->output.held_errnum));
	if (s->output_error.kind != ERR_NONE) {
		buf_addf(messages, "sidestep: error: %s\n", s->output_error.text);
		unsupported |= status == SIDESTEP_OK;
	}
	if (s->cancelled)
		return s->signal == SIGTERM   ? SIDESTEP_TERMINATED
		       : s->signal == SIGHUP  ? (enum sidestep_status)129
		       : s->signal == SIGPIPE ? SIDESTEP_UNREAD
		                              : SIDESTEP_INTERRUPTED;
	return unsupported ? SIDESTEP_ENVIRONMENT : status;
}

/* The first error of some messages, without the program's name; empty: there is none. *ret_line: its whole line. */
static struct str first_error(struct str said, struct str *ret_line)
{
	struct str line, mark = STR("sidestep: error: ");
	*ret_line = STR_EMPTY;
	for (const char *at = said.p; str_next_line(&said, &line); at = said.p)
		if (str_starts(line, mark)) {
			*ret_line = str_n(at, (size_t)(said.p - at));
			return str_from(line, mark.n);
		}
	return STR_EMPTY;
}

/* Nothing runs any more. The last line says why the program does not end with success, also where all runs did. */
static void end_output(struct sidestep_session *s)
{
	_cleanup_buf_ struct buf said = BUF_INIT;
	struct str line;
	close_stores(s);
	enum sidestep_status status = judge(s, &said);
	struct str trouble = first_error(buf_str(&said), &line);
	if (!trouble.n && s->broken_files)
		trouble = STR("a workflow file is invalid");
	if (status != SIDESTEP_OK && trouble.n)
		s->trouble = arena_str(&s->arena, trouble);
	screen_end(s);
}

int sidestep_session_turn(struct sidestep_session *s, int timeout_ms)
{
	if (!s->engine || s->settled)
		return 0;
	uint64_t deadline = timeout_ms < 0    ? UINT64_MAX
	                    : timeout_ms == 0 ? 0
	                                      : monotonic() + (uint64_t)timeout_ms * UINT64_C(1000000);
	if (s->done) {
		screen_turn(s, deadline);
	} else {
		s->done = !engine_turn(s->engine, deadline);
		if (!s->done && !s->cancelled && screen_is_closed(s))
			sidestep_session_cancel(s, SIGPIPE);
		if (!s->done) {
			engine_arm(s->engine);
			return 1;
		}
		end_output(s);
	}
	s->settled = !screen_goes_on(s);
	return !s->settled;
}

enum sidestep_status sidestep_session_finish(struct sidestep_session *s, struct sidestep_text *messages)
{
	_cleanup_buf_ struct buf judged = BUF_INIT;
	struct buf said = BUF_INIT;
	struct str line;
	close_all(s);
	enum sidestep_status status = judge(s, &judged);
	bool shown = s->opt.output == SIDESTEP_OUTPUT_TTY && s->trouble.n &&
	             str_eq(first_error(buf_str(&judged), &line), s->trouble); /* by the last line */
	struct str all = buf_str(&judged);
	if (shown) {
		buf_add(&said, all.p, (size_t)(line.p - all.p));
		all = str_from(all, (size_t)(line.p - all.p) + line.n);
	}
	buf_addstr(&said, all);
	text_take(messages, NULL, &said);
	return status;
}

void sidestep_session_free(struct sidestep_session *s)
{
	if (!s)
		return;
	if (s->engine && !s->done)
		engine_cancel(s->engine, 3);
	while (s->engine && !s->done)
		s->done = !engine_turn(s->engine, UINT64_MAX);
	close_all(s);
	engine_free(s->engine);
	fetcher_free(s->actions);
	service_free(s->service);
	if (s->gate)
		s->gate->ops->free(s->gate);
	if (s->host)
		s->host->ops->free(s->host);
	arena_done(&s->arena);
	project_done(&s->project);
	free(s);
}

/* `sidestep __remove PATH`: what would take too long between two events. */
static int remove_main(const char *path)
{
	struct err err = ERR_INIT;
	if (file_remove_tree(path, &err) == 0)
		return SIDESTEP_OK;
	fprintf(stderr, "%s\n", err.text);
	return SIDESTEP_FAILED;
}

int sidestep_helper_main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "__checkout") == 0)
		return checkout_main(argc, argv);
	if (argc > 1 && strcmp(argv[1], "__action") == 0)
		return actions_fetch_main(argc, argv);
	if (argc > 1 && strcmp(argv[1], "__refs") == 0)
		return actions_refs_main(argc, argv);
	if (argc > 1 && strcmp(argv[1], "__place") == 0)
		return actions_place_main(argc, argv);
	if (argc == 3 && strcmp(argv[1], "__remove") == 0)
		return remove_main(argv[2]);
	if (argc > 1 && strcmp(argv[1], "__tools") == 0)
		return tools_main(argc, argv);
	if (argc == 2 && strcmp(argv[1], "__hash") == 0)
		return hash_helper_main(environ, STDOUT_FILENO, checkout_hidden);
	if (argc == 3 && strcmp(argv[1], "__forget") == 0)
		return checkout_forget_main(argv[2]);
	if (argc > 2 && strcmp(argv[1], "__prune") == 0)
		return work_prune_main(argv + 2);
	if (argc == 3 && strcmp(argv[1], "__guard") == 0)
		return guard_main(argv[2], work_forget);
	if (argc == 3 && strcmp(argv[1], "__serve") == 0)
		return serve_main(argc, argv);
	fprintf(stderr, "sidestep: error: unknown helper '%s'\n", argc > 1 ? argv[1] : "");
	return SIDESTEP_USAGE;
}
