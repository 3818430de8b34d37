/* Local actions whose steps run as part of the job's: the file is read when the step begins, its steps are a frame with
 * inputs, a steps context and a status of their own, and its outputs become the step's. Source: actions/runner,
 * ActionRunner and CompositeActionHandler; GitHub's metadata syntax. */
#include "base/path.h"
#include "exec/internal.h"

enum { DEPTH_MAX = 9, BURST_MAX = 16 };

static bool is_dry(const struct job_run *j)
{
	return j->run->engine->opt.dry_run;
}

/* ---- finding ---- */

bool composite_is_local(struct str uses)
{
	return str_starts(uses, STR("./")) || str_starts(uses, STR(".\\")) || str_starts(uses, STR("$/"));
}

/* The folder of an action: ./ is in the workspace as it is now, $/ in the repository that holds the workflow. */
static struct str folder(struct arena *a, const struct job_run *j, struct str uses, struct str workspace)
{
	bool own = uses.p[0] == '$';
	struct str rest = uses.p[1] == '/' ? str_from(uses, 2) : uses;
	return path_normal(a, path_join(a, own ? j->run->engine->opt.source_dir : workspace, rest));
}

static int read_file(void *cookie, const char *path, struct buf *out, struct err *err)
{
	struct host *h = cookie;
	return h->ops->read_file(h, path, out, SOURCE_MAX, err);
}

/* As action_load, through the host. */
static int load(struct action **out, struct arena *a, struct job_run *j, struct str dir, struct err *err)
{
	struct source_set *sources = arena_make(a, struct source_set);
	sources->arena = a;
	struct diag_list diags = { .arena = a, .sources = sources };
	struct action_reader reader = { j->run->engine->host, read_file };
	if (memchr(dir.p, '\0', dir.n))
		return 1; /* no folder has such a name */
	return action_load(out, a, sources, dir, &reader, &diags, err);
}

/* Of a workflow of another repository $/ is in that one. */
static bool is_elsewhere(const struct job_run *j, struct str uses)
{
	return uses.p[0] == '$' && j->flow->plan->workflow->repository.n;
}

static const char *unsupported(struct arena *a, const struct step *step, const struct action *inside, const char *what)
{
	struct str where = inside ? arena_printf(a, " of %.*s", STRF(inside->path)) : STR_EMPTY;
	return arena_printf(a, "the action '%.*s' on line %u%.*s cannot run: %s are not available in this version of sidestep",
	                    STRF(step->uses), step->line, STRF(where), what)
	        .p;
}

static const char *kind_unsupported(struct arena *a, const struct step *step, const struct action *inside,
                                    const struct action *action)
{
	if (action->kind == ACTION_COMPOSITE)
		return NULL;
	return unsupported(a, step, inside, action->kind == ACTION_NODE ? "JavaScript actions" : "container actions");
}

/* ---- before the job ---- */

struct search {
	struct job_run *job;
	struct arena arena;
	struct map seen; /* folders */
};

static const char *look(struct search *l, const struct step *step, const struct action *inside, unsigned depth)
{
	struct arena *a = &l->job->arena; /* for what is returned */
	const char *why = uses_unsupported(a, step, inside);
	if (why || !composite_is_local(step->uses) || depth > DEPTH_MAX)
		return why;
	if (is_elsewhere(l->job, step->uses))
		return unsupported(a, step, inside, "actions of other repositories");
	struct str dir = folder(&l->arena, l->job, step->uses, l->job->run->engine->opt.source_dir);
	if (map_has(&l->seen, dir))
		return NULL;
	map_put(&l->arena, &l->seen, dir, l);
	struct action *action;
	struct err err = ERR_INIT;
	if (load(&action, &l->arena, l->job, dir, &err) != 0 || action->nerrors)
		return NULL; /* a step may still make it, or put it right */
	why = kind_unsupported(a, step, inside, action);
	for (size_t i = 0; !why && action->body && i < action->body->nsteps; i++)
		if (action->body->steps[i]->kind == STEP_USES)
			why = look(l, action->body->steps[i], action, depth + 1);
	return why;
}

const char *composite_unsupported(struct job_run *j, const struct step *step)
{
	struct search l = { .job = j };
	const char *why = look(&l, step, NULL, 1);
	arena_done(&l.arena);
	return why;
}

/* ---- errors ---- */

struct str action_error_text(struct arena *a, const struct action *action, const struct expr_error *error, struct span at)
{
	struct pos p = source_pos(action->source, at.from);
	return arena_printf(a, "%.*s (Line: %u, Col: %u): %.*s", STRF(action->path), p.line, p.col, STRF(error->text));
}

static void say_errors(struct step_run *s, const struct action *action)
{
	if (action->root && !token_get(action->root, "runs")) {
		step_fail_setup(s, "%.*s", STRF(action->errors[action->nerrors - 1].text));
		return;
	}
	for (size_t i = 0; i < action->nerrors; i++) {
		const struct reader_error *e = &action->errors[i];
		struct pos p = source_pos(action->source, e->at.from);
		if (e->place == READER_PLACED)
			step_say(s, LOG_ERROR, "%.*s (Line: %u, Col: %u): %.*s", STRF(action->path), p.line, p.col,
			         STRF(e->text));
		else if (e->place == READER_FILE)
			step_say(s, LOG_ERROR, "%.*s: %.*s", STRF(action->path), STRF(e->text));
		else
			step_say(s, LOG_ERROR, "%.*s", STRF(e->text));
	}
	step_fail_setup(s, "Failed to load %.*s", STRF(action->path));
}

/* The action that a step names, or NULL: the step has failed, or only goes through the motions. */
static struct action *find(struct step_run *s, struct arena *a)
{
	struct job_run *j = s->job;
	const struct step *step = s->node->step;
	struct action *action;
	struct err err = ERR_INIT;
	if (is_elsewhere(j, step->uses)) {
		j->run->unsupported = true;
		step_fail_setup(s, "%s", unsupported(&s->arena, step, s->frame->action, "actions of other repositories"));
		return NULL;
	}
	if (step->uses.n == 2 && step->uses.p[0] == '$') {
		step_fail_setup(s, "Expected format {org}/{repo}[/path]@ref. Actual '$/'");
		return NULL;
	}
	struct str dir = folder(a, j, step->uses, is_dry(j) ? j->run->engine->opt.source_dir : j->workspace);
	int rc = load(&action, a, j, dir, &err);
	if (rc == 0)
		return action;
	if (is_dry(j))
		step_dry(s, "the action");
	else if (rc < 0)
		step_fail_setup(s, "%s", err.text);
	else
		step_fail_setup(s,
		                "Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '%.*s'. Did you forget to run "
		                "actions/checkout before running your local action?",
		                STRF(dir));
	return NULL;
}

/* Whether it can run here; says why not. */
static bool check(struct step_run *s, const struct action *action)
{
	struct job_run *j = s->job;
	if (action->nerrors) {
		say_errors(s, action);
		return false;
	}
	const char *why = kind_unsupported(&s->arena, s->node->step, s->frame->action, action);
	if (why && is_dry(j))
		return step_dry(s, "the action");
	if (why) {
		j->run->unsupported = true;
		step_fail_setup(s, "%s", why);
		return false;
	}
	if (s->frame->depth + 1 > DEPTH_MAX) {
		step_fail_setup(s, "Composite action depth exceeded max depth %d", DEPTH_MAX);
		return false;
	}
	return true;
}

/* ---- inputs ---- */

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

static bool add_default(struct step_run *s, const struct action *action, const struct action_input *input, struct val with)
{
	struct str text = STR_EMPTY;
	struct expr_env env = step_expr_env(s);
	struct expr_error error;
	struct span at = input->at;
	if (input->fallback && token_eval_string(&text, input->fallback, &s->arena, &env, &error, &at) < 0) {
		step_fail_setup(s, "The template is not valid. %.*s", STRF(action_error_text(&s->arena, action, &error, at)));
		return false;
	}
	val_set(&s->arena, with, arena_str(&s->arena, input->name), val_str(text));
	return true;
}

/* What the step gives, then the defaults of the rest. */
static bool make_inputs(struct step_run *s, struct frame *f)
{
	const struct action *action = f->action;
	struct val with, v;
	if (!step_eval_with(s, &with))
		return false;
	warn_unexpected(s, action, with);
	for (size_t i = 0; i < action->ninputs; i++)
		if (!val_get(with, action->inputs[i].name, &v) && !add_default(s, action, &action->inputs[i], with))
			return false;
	f->inputs = with;
	return true;
}

/* ---- outputs ---- */

/* Names as outside, but with the inputs and steps of the action. */
static struct val lookup(void *cookie, struct str name)
{
	struct step_run *s = cookie;
	if (str_is(name, "steps"))
		return s->inner->steps_ctx;
	if (str_is(name, "inputs"))
		return s->inner->inputs;
	struct expr_env env = step_expr_env(s);
	return env.context(env.cookie, name);
}

static void set_outputs(struct step_run *s)
{
	const struct action *action = s->inner->action;
	struct expr_env env = { .cookie = s, .context = lookup };
	struct arena *a = &s->arena;
	for (size_t i = 0; i < action->noutputs; i++) {
		const struct output_def *def = &action->outputs[i];
		struct expr_error error;
		struct span at = def->at;
		struct str text;
		if (!def->value)
			continue;
		if (token_eval_string(&text, def->value, a, &env, &error, &at) < 0) {
			step_fail_setup(s, "The template is not valid. %.*s", STRF(action_error_text(a, action, &error, at)));
			return;
		}
		if (s->node->step->id_generated)
			continue;
		if (s->effects.outputs.kind != VAL_OBJECT)
			s->effects.outputs = val_object(a);
		val_set(a, s->effects.outputs, arena_str(a, def->name), val_str(arena_str(a, text)));
	}
}

/* ---- running ---- */

static void end(struct step_run *s)
{
	struct frame *f = s->inner;
	if (!is_dry(s->job))
		set_outputs(s);
	if (s->stop == STOP_NONE && !s->setup_failed) {
		s->outcome = f->status;
		s->reason = f->status == RESULT_CANCELLED ? STR("the job was cancelled") : arena_str(s->frame->mem, f->reason);
	}
	if (is_dry(s->job) && s->outcome == RESULT_SUCCESS)
		s->reason = STR("dry run");
	s->inner = NULL;
	frame_release(f);
	step_finish(s);
}

/* True: that was its end. */
static bool go_on(struct step_run *s)
{
	frame_advance(s->inner);
	if (!frame_over(s->inner))
		return false;
	end(s);
	return true;
}

void composites_advance(struct job_run *j)
{
	for (bool again = true; again;) {
		again = false;
		for (struct step_run *s = j->live; s && !again; s = s->next_live)
			again = s->inner && (!s->inner->held || s->inner->closed) && go_on(s);
	}
}

/* Actions that use each other begin very many without any process in between: the loop must get to see signals. */
static bool hold(struct step_run *s)
{
	struct engine *e = s->job->run->engine;
	if (++e->burst <= BURST_MAX)
		return false;
	s->inner->held = true;
	s->deadline = engine_now(e);
	return true;
}

void composite_resume(struct step_run *s)
{
	struct engine *e = s->job->run->engine;
	if (!s->inner)
		return;
	s->inner->held = false;
	e->burst = 0;
	e->changed = true;
}

/* What the steps around set in their env wins over the job's inside, whatever is written to GITHUB_ENV. */
static void make_env(struct step_run *s, struct frame *f)
{
	struct val around = s->frame->explicit_env;
	f->explicit_env = around.kind == VAL_OBJECT ? val_object_copy(f->mem, around) : val_object_case_sensitive(f->mem);
	for (size_t i = 0; s->own_env.kind == VAL_OBJECT && i < s->own_env.o->n; i++)
		val_set(f->mem, f->explicit_env, s->own_env.o->keys[i], s->own_env.o->vals[i]);
	if (s->env.o == s->job->env.o && !s->job->env_shared)
		s->env = val_object_copy(&s->arena, s->env); /* as it is at its place: its steps change the job's */
}

bool composite_begin(struct step_run *s)
{
	struct frame *f = frame_new(s->job, s, NULL, 0);
	step_emit_start(s);
	step_open_log(s);
	f->action = find(s, f->mem);
	if (!f->action || !check(s, f->action) || (!is_dry(s->job) && step_make_files(s) < 0) || !make_inputs(s, f)) {
		frame_release(f);
		return false;
	}
	if (!is_dry(s->job))
		step_say_inputs(s, f->inputs);
	make_env(s, f);
	const struct job_graph *g = graph_lower(f->mem, f->action->body);
	f->nodes = g->nodes;
	f->n = g->n;
	f->steps = arena_array(f->mem, struct step_run *, g->n + 1);
	s->composite = true;
	s->inner = f;
	if (!hold(s))
		go_on(s);
	return true;
}
