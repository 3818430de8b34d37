/* The template form of workflows, jobs and steps, and of errors; see template_form.h. */
#include "dump/template_form.h"

#include "base/utf8.h"
#include "dump/template_internal.h"
#include "value/val.h"

enum { MESSAGE_MAX = 500 };

/* ---- errors ---- */

/* The message with file and place, cut as GitHub cuts it. */
static void put_message(struct form_writer *f, const struct workflow *w, const struct reader_error *e)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	const struct source *src = e->place == READER_BARE ? NULL : source_get(f->sources, e->at.file);
	if (e->place != READER_BARE) {
		buf_adds(&b, e->place == READER_CALL ? "In " : "");
		buf_addstr(&b, src ? src->path : w->path);
	}
	if ((e->place == READER_PLACED || e->place == READER_CALL) && src) {
		struct pos p = form_pos(f, src, e->at.from);
		buf_addf(&b, " (Line: %u, Col: %u)", p.line, p.col);
	}
	buf_adds(&b, e->place == READER_BARE ? "" : ": ");
	buf_addstr(&b, e->text);
	struct str s = buf_str(&b);
	size_t at = 0, units = 0;
	uint32_t cp;
	while (at < s.n && units < MESSAGE_MAX) {
		at += utf8_decode(s, at, &cp);
		units += cp > 0xFFFF ? 2 : 1;
	}
	struct str cut = at < s.n ? arena_printf(&f->arena, "%.*s[...]", STRF(str_to(s, at))) : s;
	buf_adds(f->out, "{\"Message\":");
	json_string(f->out, cut);
	buf_addc(f->out, '}');
}

static void put_errors(struct form_writer *f, const struct workflow *w)
{
	buf_adds(f->out, "{\"errors\":[");
	for (size_t i = 0; i < w->nerrors; i++) {
		if (i)
			buf_addc(f->out, ',');
		put_message(f, w, &w->errors[i]);
	}
	buf_adds(f->out, "]}");
}

/* ---- permissions ---- */

static void put_permission(struct form_writer *f, const char *name, struct str level)
{
	form_key(f, name);
	json_string(f->out, level);
}

/* A word stands for all that there were when the form was made. */
static void put_permissions(struct form_writer *f, const struct token *t)
{
	static const char *const all[] = {
		"actions",  "checks", "contents",      "deployments",         "discussions",     "id-token", "issues",
		"packages", "pages",  "pull-requests", "repository-projects", "security-events", "statuses"
	};
	if (!t)
		return;
	form_key(f, "permissions");
	buf_addc(f->out, '{');
	for (size_t i = 0; t->kind == TOKEN_STRING && i < ARRAY_LEN(all); i++)
		put_permission(f, all[i], str_to(t->s, str_find_c(t->s, '-', 0)));
	for (size_t i = 0; t->kind == TOKEN_MAPPING && i < t->map.n; i++)
		if (!str_is(t->map.pairs[i].value->s, "none"))
			put_permission(f, arena_cstr(&f->arena, t->map.pairs[i].key->s), t->map.pairs[i].value->s);
	buf_addc(f->out, '}');
}

/* ---- steps ---- */

static void put_condition(struct form_writer *f, const struct token *body, struct str text)
{
	const struct token *given = form_get(body, "if");
	form_key(f, "if");
	form_expression(f, text, given ? given->at : SPAN_NONE);
}

static void put_targets(struct form_writer *f, const struct step *s)
{
	const struct token *targets = form_get(s->body, step_kind_name(s->kind));
	form_key(f, step_kind_name(s->kind));
	if (s->kind == STEP_CANCEL) {
		form_token(f, targets);
		return;
	}
	buf_addc(f->out, '[');
	for (size_t i = 0; i < s->ntargets; i++) {
		if (i)
			buf_addc(f->out, ',');
		form_text(f, s->targets[i].name, s->targets[i].at);
	}
	buf_addc(f->out, ']');
}

static void put_steps(struct form_writer *f, const char *key, struct step *const *steps, size_t n);

static void put_control(struct form_writer *f, const struct step *s)
{
	if (s->kind == STEP_WAIT || s->kind == STEP_CANCEL) {
		put_targets(f, s);
	} else if (s->kind == STEP_WAIT_ALL) {
		form_key(f, "wait-all");
		buf_adds(f->out, "true");
	} else {
		put_steps(f, "parallel", s->members, s->nmembers);
	}
}

static void put_step(struct form_writer *f, const struct step *s)
{
	static const char *const members[] = {
		"continue-on-error", "timeout-minutes", "env", "working-directory", "shell", "run", "uses", "with"
	};
	bool works = s->kind == STEP_RUN || s->kind == STEP_USES;
	buf_addc(f->out, '{');
	form_key(f, "id");
	json_string(f->out, s->id);
	if (s->name || !works) {
		form_key(f, "name");
		if (s->name)
			form_token(f, s->name);
		else
			json_string(f->out, s->default_name);
	}
	if (works)
		put_condition(f, s->body, s->condition_text);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		form_member(f, members[i], form_get(s->body, members[i]));
	if (s->background) {
		form_key(f, "background");
		buf_adds(f->out, "true");
	}
	if (!works)
		put_control(f, s);
	buf_addc(f->out, '}');
}

static void put_steps(struct form_writer *f, const char *key, struct step *const *steps, size_t n)
{
	form_key(f, key);
	buf_addc(f->out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_addc(f->out, ',');
		put_step(f, steps[i]);
	}
	buf_addc(f->out, ']');
}

/* ---- jobs ---- */

static void put_needs(struct form_writer *f, const struct job *j)
{
	if (j->nneeds == 0 && !j->is_call)
		return;
	form_key(f, "needs");
	buf_addc(f->out, '[');
	for (size_t i = 0; i < j->nneeds; i++) {
		if (i)
			buf_addc(f->out, ',');
		form_text(f, j->needs[i].name, j->needs[i].at);
	}
	buf_addc(f->out, ']');
}

static void put_job_head(struct form_writer *f, const struct job *j, const char *type)
{
	bool named = j->name && !(j->name->kind == TOKEN_STRING && j->name->s.n == 0);
	buf_addf(f->out, "{\"type\":\"%s\"", type);
	form_member(f, "id", j->key);
	form_member(f, "name", named ? j->name : j->key);
	put_needs(f, j);
	put_condition(f, j->body, j->condition_text);
}

static void put_plain_job(struct form_writer *f, const struct job *j, const struct token *permissions)
{
	static const char *const members[] = { "strategy",          "timeout-minutes", "cancel-timeout-minutes",
		                               "continue-on-error", "concurrency",     "env",
		                               "environment",       "defaults",        "runs-on",
		                               "container",         "services",        "outputs" };
	put_job_head(f, j, "job");
	put_permissions(f, permissions);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		form_member(f, members[i], form_get(j->body, members[i]));
	if (j->nsteps)
		put_steps(f, "steps", j->steps, j->nsteps);
	form_member(f, "snapshot", j->snapshot);
	buf_addc(f->out, '}');
}

static void put_jobs(struct form_writer *f, const struct workflow *w, const struct token *permissions);

/* What the called file says about itself. */
static void put_called(struct form_writer *f, const struct workflow *called)
{
	const struct token *call = form_get(form_get(called->root, "on"), "workflow_call");
	form_member(f, "input-definitions", form_get(call, "inputs"));
	form_member(f, "secret-definitions", form_get(call, "secrets"));
	form_member(f, "outputs", form_get(call, "outputs"));
	form_member(f, "defaults", form_get(called->root, "defaults"));
	form_member(f, "env", called->env);
	form_member(f, "embedded-concurrency", called->concurrency);
}

static void put_call(struct form_writer *f, const struct job *j, const struct token *permissions)
{
	if (j->called && j->called->permissions)
		permissions = j->called->permissions;
	put_job_head(f, j, "reusableWorkflowJob");
	form_member(f, "ref", form_get(j->body, "uses"));
	put_permissions(f, permissions);
	form_member(f, "input-values", j->with);
	if (j->secrets_inherit) {
		form_key(f, "inherit-secrets");
		buf_adds(f->out, "true");
	} else {
		form_member(f, "secret-values", j->secrets);
	}
	form_member(f, "concurrency", j->concurrency);
	form_member(f, "strategy", j->strategy);
	if (j->called)
		put_called(f, j->called);
	form_key(f, "jobs");
	put_jobs(f, j->called, permissions);
	buf_addc(f->out, '}');
}

/* permissions: what a job without its own has; w NULL: no jobs. */
static void put_jobs(struct form_writer *f, const struct workflow *w, const struct token *permissions)
{
	buf_addc(f->out, '[');
	for (size_t i = 0; w && i < w->njobs; i++) {
		const struct job *j = w->jobs[i];
		const struct token *own = j->permissions ? j->permissions : permissions;
		if (i)
			buf_addc(f->out, ',');
		if (j->is_call)
			put_call(f, j, own);
		else
			put_plain_job(f, j, own);
	}
	buf_addc(f->out, ']');
}

/* ---- the whole ---- */

static void collect_files(struct form_writer *f, const struct workflow *w)
{
	bool known = false;
	for (size_t i = 0; i < f->nfiles; i++)
		known |= str_eq(f->files[i], w->path);
	if (!known) {
		f->files = arena_grow(&f->arena, f->files, f->nfiles * sizeof(*f->files), (f->nfiles + 1) * sizeof(*f->files));
		f->files[f->nfiles++] = w->path;
	}
	for (size_t i = 0; i < w->njobs; i++)
		if (w->jobs[i]->called)
			collect_files(f, w->jobs[i]->called);
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void put_files(struct form_writer *f)
{
	if (!f->form->places)
		return;
	if (f->form->sorted_files)
		qsort(f->files, f->nfiles, sizeof(*f->files), by_text);
	form_key(f, "file-table");
	buf_addc(f->out, '[');
	for (size_t i = 0; i < f->nfiles; i++) {
		if (i)
			buf_addc(f->out, ',');
		json_string(f->out, f->files[i]);
	}
	buf_addc(f->out, ']');
}

static void put_input_types(struct form_writer *f, const struct workflow *w)
{
	const struct token *inputs = form_get(form_get(form_get(w->root, "on"), "workflow_dispatch"), "inputs");
	if (!f->form->input_types || !inputs || inputs->kind != TOKEN_MAPPING || inputs->map.n == 0)
		return;
	form_key(f, "input-types");
	buf_addc(f->out, '{');
	for (size_t i = 0; i < inputs->map.n; i++) {
		const struct token *type = form_get(inputs->map.pairs[i].value, "type");
		if (i)
			buf_addc(f->out, ',');
		json_string(f->out, inputs->map.pairs[i].key->s);
		buf_addc(f->out, ':');
		json_string(f->out, type && type->kind == TOKEN_STRING ? type->s : STR("string"));
	}
	buf_addc(f->out, '}');
}

static void put_template(struct form_writer *f, const struct workflow *w)
{
	buf_addc(f->out, '{');
	put_input_types(f, w);
	put_permissions(f, w->permissions);
	form_member(f, "env", w->env);
	form_member(f, "defaults", form_get(w->root, "defaults"));
	form_member(f, "concurrency", w->concurrency);
	form_key(f, "jobs");
	put_jobs(f, w, w->permissions);
	if (f->form->events)
		form_events(f, w);
	put_files(f);
	buf_addc(f->out, '}');
}

void template_form(struct buf *out, const struct workflow *w, const struct source_set *sources, const struct template_form *form)
{
	struct form_writer f = { .out = out, .form = form, .sources = sources };
	collect_files(&f, w);
	if (w->nerrors)
		put_errors(&f, w);
	else
		put_template(&f, w);
	arena_done(&f.arena);
}
