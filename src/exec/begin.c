/* What a step starts: the script of a run step, the helper of actions/checkout. Everything is evaluated here,
 * when the step has its slot. */
#include "exec/internal.h"

#include "base/path.h"
#include "checkout/checkout.h"
#include "exec/shell.h"

static struct host *host_of(const struct step_run *s)
{
	return s->job->run->engine->host;
}

/* ---- output of the step's process ---- */

static void on_output(void *cookie, enum host_stream stream, struct str bytes)
{
	struct step_run *s = cookie;
	log_step_feed(s->log, stream == HOST_STDOUT ? LOG_STDOUT : LOG_STDERR, bytes);
}

static void on_eof(void *cookie)
{
	step_event(cookie, SE_EOF);
}

static void on_exit_status(void *cookie, const struct proc_status *st)
{
	struct step_run *s = cookie;
	s->status = *st;
	step_event(s, SE_EXIT);
}

static const struct proc_events step_events = { on_output, on_eof, on_exit_status };

/* ---- what the output means ---- */

static void on_lines(void *cookie, enum log_stream stream, enum log_level level, const struct str *lines, size_t n)
{
	struct step_run *s = cookie;
	struct event e = emit_for_step(s, EVENT_LOG);
	e.log.stream = stream;
	e.log.level = level;
	e.log.lines = lines;
	e.log.n = n;
	struct steplog *file = step_top(s)->file;
	if (file)
		steplog_lines(file, e.time_ms, level, lines, n);
	emit(s->job->run, &e);
}

/* The steps of an action share the number that their step may have. */
static void on_annotation(void *cookie, const struct log_annotation *a)
{
	if (step_top(cookie)->annotated[a->level]++ >= LOG_ANNOTATIONS_MAX)
		return;
	struct event e = emit_for_step(cookie, EVENT_ANNOTATION);
	e.annotation.level = a->level;
	e.annotation.message = a->message;
	e.annotation.file = a->file;
	e.annotation.title = a->title;
	e.annotation.line = a->line;
	e.annotation.end_line = a->end_line;
	e.annotation.col = a->col;
	e.annotation.end_col = a->end_col;
	emit(((struct step_run *)cookie)->job->run, &e);
}

static void on_set_output(void *cookie, struct str name, struct str value)
{
	struct step_run *s = cookie;
	if (!s->node->step || s->node->step->id_generated)
		return;
	if (s->effects.outputs.kind != VAL_OBJECT)
		s->effects.outputs = val_object(&s->arena);
	val_set(&s->arena, s->effects.outputs, arena_str(&s->arena, name), val_str(arena_str(&s->arena, value)));
}

static void on_save_state(void *cookie, struct str name, struct str value)
{
	(void)cookie; /* only an action's own post step could see it; run steps have none */
	(void)name;
	(void)value;
}

static void on_set_env(void *cookie, struct str name, struct str value)
{
	struct step_run *s = cookie;
	*vec_add(&s->arena, &s->effects.env) = (struct filecmd_entry) { arena_str(&s->arena, name), arena_str(&s->arena, value) };
}

static void on_add_path(void *cookie, struct str dir)
{
	struct step_run *s = cookie;
	*vec_add(&s->arena, &s->effects.paths) = (struct filecmd_entry) { arena_str(&s->arena, dir), STR_EMPTY };
}

static void on_failed(void *cookie)
{
	((struct step_run *)cookie)->failed_command = true;
}

static struct str on_env(void *cookie, const char *name)
{
	struct step_run *s = cookie;
	struct val v;
	if (s->env.kind == VAL_OBJECT && val_get(s->env, str_of(name), &v) && v.kind == VAL_STRING)
		return v.s;
	size_t n = strlen(name);
	for (char **e = s->job->run->engine->opt.environ; e && *e; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return str_of(*e + n + 1);
	return STR_EMPTY;
}

static const struct log_ops step_log_ops = { on_lines,   on_annotation, on_set_output, on_save_state,
	                                     on_set_env, on_add_path,   on_failed,     on_env };

void step_open_log(struct step_run *s)
{
	if (s->log)
		return;
	s->log = log_step_new(s->job->log, &step_log_ops, s);
	if (s->frame->outer || s->file || s->job->log_dir.n == 0)
		return;
	struct str id = path_safe_name(&s->job->arena, s->node->id, 100);
	struct str path = arena_printf(&s->job->arena, "%.*s/%02u-%.*s.log", STRF(s->job->log_dir), s->node->index, STRF(id));
	struct err err = ERR_INIT;
	if (steplog_open(&s->file, path.p, &err) < 0)
		run_set_trouble(s->job->run, err.text);
}

/* ---- starting ---- */

static int new_file(struct step_run *s, struct str path, struct err *err)
{
	struct host *h = host_of(s);
	if (h->ops->put_file(h, path.p, STR_EMPTY, 0600, err) == 0)
		return 0;
	/* an earlier step may have cleaned up too well */
	return h->ops->make_dir(h, arena_cstr(&s->arena, path_dir(path)), err) < 0
	               ? -1
	               : h->ops->put_file(h, path.p, STR_EMPTY, 0600, err);
}

/* The files the step may write its commands to: new and empty for each step. */
int step_make_files(struct step_run *s)
{
	static const char *const names[FILE_COUNT] = { "set_env", "set_output", "add_path", "save_state", "step_summary" };
	char id[37];
	id_uuid(id);
	for (size_t i = 0; i < FILE_COUNT; i++) {
		s->files[i] = arena_printf(&s->arena, "%.*s/_runner_file_commands/%s_%s", STRF(s->job->temp), names[i], id);
		struct err err = ERR_INIT;
		if (new_file(s, s->files[i], &err) < 0) {
			s->files[0] = STR_EMPTY;
			step_fail_setup(s, "%s", err.text);
			return -1;
		}
	}
	return 0;
}

bool step_spawn(struct step_run *s, const char *path, char **argv, const char *cwd)
{
	struct spawn_spec spec = { .path = path,
		                   .argv = argv,
		                   .envp = procenv_build(s),
		                   .cwd = cwd,
		                   .group = s->job->procs,
		                   .label = s->node->id.p,
		                   .on = &step_events,
		                   .cookie = s };
	struct err err = ERR_INIT;
	if (host_of(s)->ops->spawn(host_of(s), &spec, &s->proc, &err) < 0) {
		s->proc = NULL;
		step_fail_setup(s, "%s", err.text);
		return false;
	}
	step_open_log(s);
	step_emit_start(s);
	return true;
}

struct str step_error_text(struct step_run *s, const struct expr_error *error, struct span at)
{
	const struct action *action = s->frame->action;
	return action ? action_error_text(&s->arena, action, error, at) : eval_error_text(&s->arena, s->job->run, error, at);
}

static int eval_text(struct step_run *s, const struct token *t, struct str *out)
{
	struct expr_env env = step_expr_env(s);
	struct expr_error error;
	struct span at = t->at;
	if (token_eval_string(out, t, &s->arena, &env, &error, &at) < 0) {
		step_fail_setup(s, "The template is not valid. %.*s", STRF(step_error_text(s, &error, at)));
		return -1;
	}
	return 0;
}

/* Where programs are looked up: GITHUB_PATH's additions, newest first, then the program's own PATH. */
static const char *path_dirs(struct step_run *s)
{
	struct job_run *j = s->job;
	size_t n;
	const struct str *paths = step_paths(s, &n);
	bool shared = paths == j->paths.v;
	if (shared && j->path_dirs.n)
		return j->path_dirs.p;
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = n; i > 0; i--)
		buf_addf(&out, "%.*s:", STRF(paths[i - 1]));
	const char *own = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	for (char **e = j->run->engine->opt.environ; e && *e; e++)
		if (strncmp(*e, "PATH=", 5) == 0)
			own = *e + 5;
	buf_adds(&out, own);
	if (!shared)
		return arena_cstr(&s->arena, buf_str(&out));
	j->path_dirs = arena_str(&j->arena, buf_str(&out));
	return j->path_dirs.p;
}

static const char *look_up(struct step_run *s, const char *name)
{
	char found[4096];
	struct host *h = host_of(s);
	const char *path = h->ops->which(h, name, path_dirs(s), found, sizeof(found));
	return path ? arena_strdup(&s->arena, path) : NULL;
}

/* bash where there is one, else sh; remembered until PATH changes. */
static const char *default_shell(struct step_run *s, struct shell *sh)
{
	struct job_run *j = s->job;
	if (!j->bash.n) {
		const char *found = look_up(s, "bash");
		if (!found)
			found = look_up(s, "sh");
		if (!found)
			return NULL;
		j->bash = arena_str(&j->arena, str_of(found));
	}
	*sh = shell_default(str_is(path_base(j->bash), "bash"));
	return j->bash.p;
}

static const char *choose_shell(struct step_run *s, struct shell *sh)
{
	const struct step *step = s->node->step;
	struct str value = step->shell;
	if (step->shell_token && step->shell_token->kind == TOKEN_EXPR && eval_text(s, step->shell_token, &value) < 0)
		return NULL;
	if (!value.n && !s->frame->outer)
		value = s->job->default_shell;
	struct err err = ERR_INIT;
	const char *exe;
	if (!value.n) {
		*sh = shell_default(true);
		exe = default_shell(s, sh);
	} else if (shell_resolve(sh, &s->arena, value, &err) < 0) {
		step_fail_setup(s, "%s", err.text);
		return NULL;
	} else {
		exe = look_up(s, sh->command.p);
	}
	if (!exe)
		step_fail_setup(s, "%.*s: command not found", STRF(sh->command));
	return exe;
}

/* The folded block in front of a step's own output: said in one go, since each saying is an event. */
static void add_env(struct step_run *s, struct buf *text)
{
	if (s->env.o->n)
		buf_adds(text, "env:\n");
	for (size_t i = 0; i < s->env.o->n; i++)
		buf_addf(text, "  %.*s: %.*s\n", STRF(s->env.o->keys[i]), STRF(val_to_str(&s->arena, s->env.o->vals[i])));
}

static void say_block(struct step_run *s, struct str title, struct buf *text)
{
	step_say(s, LOG_GROUP, "Run %.*s", STRF(title));
	if (text->n)
		step_say(s, LOG_INFO, "%.*s", (int)text->n - 1, text->p);
	step_say(s, LOG_ENDGROUP, "%s", "");
}

static void say_prologue(struct step_run *s, struct str script, const struct shell *sh, const char *exe)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str rest = script, line, first = STR_EMPTY;
	while (first.n == 0 && str_next_line(&rest, &line))
		first = str_trim(line);
	while (script.n && (script.p[script.n - 1] == '\n' || script.p[script.n - 1] == '\r'))
		script.n--;
	while (str_next_line(&script, &line)) {
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		buf_addf(&text, "\033[36;1m%.*s\033[0m\n", STRF(line));
	}
	buf_addf(&text, "shell: %s %.*s\n", exe, STRF(sh->template));
	add_env(s, &text);
	say_block(s, first, &text);
}

bool step_dry(struct step_run *s, const char *what)
{
	step_emit_start(s);
	if (s->frame->outer)
		step_say(s, LOG_INFO, "dry run: '%.*s' was not started", STRF(s->name));
	else
		step_say(s, LOG_INFO, "dry run: %s was not started", what);
	s->outcome = RESULT_SUCCESS;
	s->reason = STR("dry run");
	return false;
}

static bool begin_run(struct step_run *s)
{
	const struct step *step = s->node->step;
	struct str script = STR_EMPTY, wd = s->frame->outer ? STR_EMPTY : s->job->default_wd;
	struct shell sh = { .command = STR_EMPTY };
	bool is_dry = s->job->run->engine->opt.dry_run;
	if (!is_dry && step_make_files(s) < 0)
		return false;
	if (step->run && eval_text(s, step->run, &script) < 0)
		return false;
	if (step->working_directory && eval_text(s, step->working_directory, &wd) < 0)
		return false;
	if (is_dry)
		return step_dry(s, "the script");
	const char *exe = choose_shell(s, &sh);
	if (!exe)
		return false;
	char id[37], **argv;
	id_uuid(id);
	struct str path = arena_printf(&s->arena, "%.*s/%s%s", STRF(s->job->temp), id, sh.extension);
	struct err err = ERR_INIT;
	struct str text = shell_script(&s->arena, &sh, script);
	if (host_of(s)->ops->put_file(host_of(s), path.p, text, 0600, &err) < 0 ||
	    shell_argv(&argv, &s->arena, &sh, exe, path.p, &err) < 0) {
		step_fail_setup(s, "%s", err.text);
		return false;
	}
	if (!step_spawn(s, exe, argv, path_join(&s->arena, s->job->workspace, wd).p))
		return false;
	say_prologue(s, script, &sh, exe);
	return true;
}

void step_say_inputs(struct step_run *s, struct val with)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (with.o->n)
		buf_adds(&text, "with:\n");
	for (size_t i = 0; i < with.o->n; i++)
		if (with.o->vals[i].kind == VAL_STRING && with.o->vals[i].s.n)
			buf_addf(&text, "  %.*s: %.*s\n", STRF(with.o->keys[i]), STRF(with.o->vals[i].s));
	add_env(s, &text);
	say_block(s, s->node->step->uses, &text);
}

static bool begin_checkout(struct step_run *s, struct val with)
{
	struct job_run *j = s->job;
	const struct exec_options *opt = &j->run->engine->opt;
	struct val gh = j->github;
	struct checkout_request request = {
		.source = opt->source_dir,
		.workspace = j->workspace,
		.scratch = path_join(&s->arena, j->dir, STR("_checkout")),
		.repository = val_at(gh, "repository").s,
		.server_url = val_at(gh, "server_url").s,
		.ref = val_at(gh, "ref").s,
		.sha = val_at(gh, "sha").s,
		.with = with,
		.overlay = opt->overlay && !opt->keep,
		.keep = opt->keep,
		.in_place = opt->in_place,
		.local = opt->local_repositories,
	};
	char **argv = checkout_argv(&s->arena, opt->self.p, &request);
	if (step_make_files(s) < 0 || !step_spawn(s, opt->self.p, argv, j->workspace.p))
		return false;
	step_say_inputs(s, with);
	return true;
}

bool step_eval_with(struct step_run *s, struct val *with)
{
	const struct step *step = s->node->step;
	*with = val_object(&s->arena);
	struct expr_env env = step_expr_env(s);
	struct expr_error error;
	struct span at = step->uses_at;
	if (step->with && token_eval_string_map(with, step->with, &s->arena, &env, false, &error, &at) < 0) {
		step_fail_setup(s, "The template is not valid. %.*s", STRF(step_error_text(s, &error, at)));
		return false;
	}
	return true;
}

static bool begin_uses(struct step_run *s)
{
	const struct step *step = s->node->step;
	struct val with;
	if (composite_is_local(step->uses))
		return composite_begin(s);
	if (!step_eval_with(s, &with))
		return false;
	if (s->job->run->engine->opt.dry_run)
		return step_dry(s, "the action");
	if (checkout_is(step->uses))
		return begin_checkout(s, with);
	step_fail_setup(s, "%s", uses_unsupported(&s->arena, step, s->frame->action));
	s->job->run->unsupported = true;
	return false;
}

bool step_begin(struct step_run *s)
{
	return s->node->kind == STEP_RUN ? begin_run(s) : begin_uses(s);
}

const char *uses_unsupported(struct arena *a, const struct step *step, const struct action *inside)
{
	if (checkout_is(step->uses) || composite_is_local(step->uses))
		return NULL;
	const char *what = str_starts(step->uses, STR("docker://")) ? "container actions" : "actions of other repositories";
	struct str where = inside ? arena_printf(a, " of %.*s", STRF(inside->path)) : STR_EMPTY;
	return arena_printf(a, "the action '%.*s' on line %u%.*s cannot run: %s are not available in this version of sidestep",
	                    STRF(step->uses), step->line, STRF(where), what)
	        .p;
}
