/* The explanation of a selection: the event, what it changed, and for every workflow whether it starts, why, and with what. */
#include "api/select.h"
#include "graph/show.h"

enum { SHOWN_FILES = 20 };

static bool runs(const struct sidestep_session *s, size_t i)
{
	return s->answers[i].kind == SELECTION_RUNS && s->project.workflows[i]->valid;
}

static struct session_run *run_of(const struct sidestep_session *s, const struct workflow *w)
{
	for (size_t i = 0; i < s->runs.n; i++)
		if (s->runs.v[i]->plan->workflow == w)
			return s->runs.v[i];
	return NULL;
}

/* "the file is invalid: line 3, column 5: …": its first error. */
static struct str invalid_reason(struct sidestep_session *s, const struct workflow *w)
{
	const struct diag_list *l = &s->project.diags;
	for (size_t i = 0; i < l->n; i++) {
		const struct diag *d = &l->v[i];
		const struct source *src = source_get(l->sources, d->at.file);
		if (d->severity != SEVERITY_ERROR || diag_is_lint(d) || !src || src != w->source)
			continue;
		struct pos p = source_pos(src, d->at.from);
		return arena_printf(&s->arena, "the file is invalid: line %u, column %u: %.*s", p.line, p.col,
		                    STRF(show_clean(&s->arena, d->text)));
	}
	return STR("the file is invalid");
}

/* Of an invalid file it is known what starts it only where it could be read. */
static struct str reason_of(struct sidestep_session *s, size_t i)
{
	const struct workflow *w = s->project.workflows[i];
	if (!w->valid && (s->answers[i].kind == SELECTION_RUNS || w->ntriggers == 0))
		return invalid_reason(s, w);
	if (s->answers[i].reason.n == 0)
		return STR("it has none of the jobs asked for");
	return s->answers[i].reason;
}

/* ---- text ---- */

static void text_event(const struct sidestep_session *s, struct arena *a, struct buf *out)
{
	const struct trigger_event *e = &s->event;
	buf_addf(out, "event   %.*s%s%.*s\n", STRF(show_clean(a, e->name)), e->action.n ? ", " : "",
	         STRF(show_clean(a, e->action)));
	if (e->ref.n)
		buf_addf(out, "ref     %.*s\n", STRF(show_clean(a, e->ref)));
	if (e->sha.n)
		buf_addf(out, "commit  %.*s\n", STRF(e->sha));
	if (e->base_ref.n)
		buf_addf(out, "into    %.*s\n", STRF(show_clean(a, e->base_ref)));
	if (e->changed_from.n)
		buf_addf(out, "since   %.*s%s\n", STRF(e->changed_from), e->since_fork ? ", where they part" : "");
}

static void text_changes(const struct sidestep_session *s, struct arena *a, struct buf *out)
{
	const struct git_changes *c = s->event.changes;
	if (!c)
		return;
	if (c->unknown) {
		buf_adds(out, "changed files cannot be said\n");
		return;
	}
	buf_addf(out, "%s%zu changed file%s\n", c->cut ? "first " : "", c->n, c->n == 1 ? "" : "s");
	for (size_t i = 0; i < MIN(c->n, (size_t)SHOWN_FILES); i++)
		buf_addf(out, "  %.*s\n", STRF(show_clean(a, c->paths[i])));
	if (c->n > SHOWN_FILES)
		buf_addf(out, "  and %zu more\n", c->n - SHOWN_FILES);
}

static void text_inputs(const struct run_inputs *inputs, struct arena *a, struct buf *out)
{
	for (size_t i = 0; i < inputs->values.o->n; i++) {
		struct val v = inputs->values.o->vals[i];
		buf_addf(out, "    input %.*s = ", STRF(show_clean(a, inputs->values.o->keys[i])));
		if (v.kind == VAL_STRING)
			json_string(out, v.s);
		else
			buf_addstr(out, val_to_str(a, v));
		buf_addc(out, '\n');
	}
}

static void text_workflow(struct sidestep_session *s, size_t i, struct arena *a, struct buf *out)
{
	const struct workflow *w = s->project.workflows[i];
	const struct session_run *r = run_of(s, w);
	buf_addf(out, "%s %.*s\n    %.*s\n", runs(s, i) ? "runs   " : "not run", STRF(show_clean(a, w->path)),
	         STRF(show_clean(a, reason_of(s, i))));
	if (r)
		text_inputs(&r->inputs, a, out);
}

static void text_all(struct sidestep_session *s, struct arena *a, struct buf *out)
{
	text_event(s, a, out);
	text_changes(s, a, out);
	for (size_t i = 0; i < s->project.n; i++) {
		buf_addc(out, '\n');
		text_workflow(s, i, a, out);
	}
}

/* ---- JSON ---- */

static struct val text_or_null(struct str s)
{
	return s.n ? val_str(s) : val_null();
}

static struct val json_changes(const struct sidestep_session *s, struct arena *a)
{
	const struct git_changes *c = s->event.changes;
	if (!c || c->unknown)
		return val_null();
	struct val list = val_array(a);
	for (size_t i = 0; i < c->n; i++)
		val_push(a, list, val_str(c->paths[i]));
	return list;
}

static struct val json_workflow(struct sidestep_session *s, size_t i, struct arena *a)
{
	const struct workflow *w = s->project.workflows[i];
	const struct session_run *r = run_of(s, w);
	struct val v = val_object(a);
	val_set_str(a, v, "path", w->path);
	val_set_str(a, v, "name", w->name);
	val_set(a, v, STR("runs"), val_bool(runs(s, i)));
	val_set_str(a, v, "reason", reason_of(s, i));
	val_set(a, v, STR("inputs"), r ? r->inputs.values : val_null());
	return v;
}

static void json_all(struct sidestep_session *s, struct arena *a, struct buf *out)
{
	const struct trigger_event *e = &s->event;
	struct val v = val_object(a), list = val_array(a);
	const struct {
		const char *key;
		struct str text;
	} rows[] = { { "action", e->action },
		     { "ref", e->ref },
		     { "sha", e->sha },
		     { "base_ref", e->base_ref },
		     { "since", e->changed_from } };
	val_set_str(a, v, "event", e->name);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		val_set(a, v, str_of(rows[i].key), text_or_null(rows[i].text));
	val_set(a, v, STR("changed_files"), json_changes(s, a));
	val_set(a, v, STR("more_files"), val_bool(e->changes && e->changes->cut));
	for (size_t i = 0; i < s->project.n; i++)
		val_push(a, list, json_workflow(s, i, a));
	val_set(a, v, STR("workflows"), list);
	val_to_json(out, v, JSON_COMPACT);
	buf_addc(out, '\n');
}

int session_explain(struct sidestep_session *s, struct buf *out, struct err *err)
{
	struct arena scratch = { 0 };
	struct val github;
	for (size_t i = 0; i < s->runs.n; i++) {
		s->runs.v[i]->number = STR_EMPTY;
		if (session_give(s, s->runs.v[i], STR_EMPTY, &github, err) < 0)
			return -1;
	}
	if (s->opt.output == SIDESTEP_OUTPUT_JSON)
		json_all(s, &scratch, out);
	else
		text_all(s, &scratch, out);
	arena_done(&scratch);
	s->runs.n = 0;
	s->broken_files = false;
	return 0;
}
