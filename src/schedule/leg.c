/* One combination of a job's matrix before it runs: its key and name, and the keys of the job that are its own. */
#include "schedule/leg.h"

#include "plan/lacks.h"
#include "schedule/flow.h"

/* ---- what names mean ---- */

static struct val strategy_context(const struct leg *l, struct arena *a)
{
	const struct group *g = l->group;
	bool matrix = l->matrix.kind == VAL_OBJECT, unknown = l->matrix.kind == VAL_UNKNOWN;
	double most = !matrix ? 1 : g->max_parallel != UINT32_MAX ? (double)g->max_parallel : (double)g->nlegs;
	struct val out = val_object(a);
	val_set(a, out, STR("fail-fast"), val_bool(g->fail_fast));
	val_set(a, out, STR("job-index"), unknown ? l->matrix : val_num((double)l->index));
	val_set(a, out, STR("job-total"), unknown ? l->matrix : val_num((double)g->nlegs));
	val_set(a, out, STR("max-parallel"), val_num(most));
	return out;
}

/* Which file defines the job; what runs adds its status. */
static struct val identity_context(const struct leg *l, struct arena *a)
{
	const struct workflow *w = l->flow->plan->workflow;
	struct val github = l->run->github, out = val_object(a);
	struct str repository = w->repository.n ? w->repository : val_at(github, "repository").s;
	struct str ref = w->repository.n ? w->ref : val_at(github, "ref").s, path = l->flow->path;
	struct str sha = w->repository.n ? w->sha : val_at(github, "sha").s;
	val_set_str(a, out, "workflow_ref", arena_printf(a, "%.*s/%.*s@%.*s", STRF(repository), STRF(path), STRF(ref)));
	val_set_str(a, out, "workflow_sha", sha);
	val_set_str(a, out, "workflow_repository", repository);
	val_set_str(a, out, "workflow_file_path", path);
	return out;
}

static bool leg_context(void *owner, struct arena *a, struct str name, struct val *out)
{
	const struct leg *l = owner;
	if (str_is(name, "matrix"))
		*out = l->matrix;
	else if (str_is(name, "strategy"))
		*out = strategy_context(l, a);
	else if (str_is(name, "job"))
		*out = identity_context(l, a);
	else
		return false;
	return true;
}

static struct scope leg_scope(struct leg *l)
{
	static const struct scope_ops ops = { .context = leg_context };
	const struct scope *around = &l->group->scope;
	return (struct scope) { .plans = around->plans,
		                .ops = &ops,
		                .owner = l,
		                .around = around,
		                .arena = &l->arena,
		                .results = around->results,
		                .sources = around->sources };
}

/* ---- key and name ---- */

struct str leg_literal_name(const struct group *g)
{
	const struct token *name = g->plan->job->name;
	if (!name)
		return g->plan->job->id;
	return name->kind == TOKEN_STRING && name->s.n ? name->s : name->raw;
}

static void set_name(struct leg *l, struct str own)
{
	struct arena *a = &l->run->arena;
	l->name = masker_str(l->run->journal.masker, a, arena_printf(a, "%.*s%.*s", STRF(l->flow->name_prefix), STRF(own)));
}

struct leg *leg_new(struct group *g, size_t index, const struct matrix_leg *leg, void (*ended)(struct leg *l))
{
	struct run *r = g->run;
	struct leg *l = arena_make(&r->arena, struct leg);
	l->run = r;
	l->flow = g->flow;
	l->group = g;
	l->index = index;
	l->ended = ended;
	l->matrix = leg->matrix;
	l->suffix = leg->suffix;
	l->scope = leg_scope(l);
	struct str key =
		arena_printf(&r->arena, "%.*s%.*s%.*s", STRF(g->flow->prefix), STRF(g->plan->job->id), STRF(leg->suffix));
	key = masker_str(r->journal.masker, &r->arena, key); /* it names folders and events */
	l->speaker = (struct speaker) { &r->journal, key, g->plan->job->id, r->journal.masker };
	for (unsigned k = 2; val_get(r->conclusions, l->speaker.key, &(struct val) { 0 }); k++)
		l->speaker.key = arena_printf(&r->arena, "%.*s [%u]", STRF(key), k);
	val_set(&r->arena, r->conclusions, l->speaker.key, val_null());
	set_name(l, plan_job_name(&r->arena, leg_literal_name(g), leg->suffix, false));
	l->outputs = val_object(&r->arena);
	return l;
}

/* ---- one leg's own keys ---- */

static void note_text(struct leg *l, const char *key, struct str text)
{
	if (!l->early_error.n)
		l->early_error = arena_printf(&l->run->arena, "Error when evaluating '%s' for job '%.*s'. %.*s", key,
		                              STRF(l->group->plan->job->id), STRF(text));
}

static void eval_leg_name(struct leg *l)
{
	const struct token *name = l->group->plan->job->name;
	struct str text, why;
	if (!name || name->kind != TOKEN_EXPR)
		return;
	if (scope_text(&text, name, &l->scope, &why) != EVAL_OK)
		note_text(l, "name", why);
	else if (text.n)
		set_name(l, plan_job_name(&l->run->arena, text, STR_EMPTY, true));
	else
		set_name(l, plan_job_name(&l->run->arena, l->group->plan->job->id, l->suffix, false));
}

static void add_label(struct leg *l, size_t *cap, struct val v)
{
	if (v.kind == VAL_ARRAY || v.kind == VAL_OBJECT)
		return;
	if (l->nlabels == *cap) {
		size_t more = *cap ? *cap * 2 : 4;
		l->labels = arena_grow(&l->run->arena, l->labels, *cap * sizeof(*l->labels), more * sizeof(*l->labels));
		*cap = more;
	}
	l->labels[l->nlabels++] = val_to_str(&l->run->arena, v);
}

static void add_leg_labels(struct leg *l, struct val v)
{
	size_t cap = 0;
	if (v.kind != VAL_ARRAY)
		add_label(l, &cap, v);
	for (size_t i = 0; v.kind == VAL_ARRAY && i < v.a->n; i++)
		add_label(l, &cap, v.a->v[i]);
}

static struct placement eval_placement(struct leg *l)
{
	const struct token *t = l->group->plan->job->runs_on;
	struct val v;
	struct str group = STR_EMPTY, why;
	if (scope_value(&v, t, &l->scope, &why) != EVAL_OK) {
		note_text(l, "runs-on", why);
		return (struct placement) { .kind = PLACE_HOST };
	}
	if (v.kind == VAL_OBJECT) {
		group = val_to_str(&l->run->arena, val_at(v, "group"));
		struct val labels = val_at(v, "labels");
		if (labels.kind != VAL_NULL)
			add_leg_labels(l, labels);
	} else {
		add_leg_labels(l, v);
	}
	bool empty = l->nlabels == 0 || (l->nlabels == 1 && l->labels[0].n == 0);
	if (empty && !group.n) {
		note_text(l, "runs-on", STR("Unexpected value '': no label is named"));
		return (struct placement) { .kind = PLACE_HOST };
	}
	const struct exec_options *opt = &l->run->session->opt;
	l->place_unknown = val_has_unknown(v);
	if (l->place_unknown)
		return (struct placement) { .kind = PLACE_HOST };
	return plan_place(l->labels, l->nlabels, group, opt->platforms, opt->nplatforms);
}

/* Its name; the url is evaluated when the job has ended. */
static void eval_environment(struct leg *l)
{
	const struct token *t = l->group->plan->job->environment;
	const struct token *name = t && t->kind == TOKEN_MAPPING ? token_get(t, "name") : t;
	struct str why;
	struct val v;
	if (!name)
		return;
	if (scope_value(&v, name, &l->scope, &why) != EVAL_OK) {
		note_text(l, "environment", why);
		return;
	}
	if (v.kind == VAL_OBJECT)
		v = val_at(v, "name");
	if (v.kind != VAL_ARRAY && v.kind != VAL_OBJECT)
		l->environment = val_to_str(&l->run->arena, v);
}

void leg_line_up(struct leg *l)
{
	const struct token *t = l->group->plan->job->concurrency;
	struct gate_request request;
	struct str why;
	if (!t || l->state != LEG_QUEUED || l->early_error.n)
		return;
	if (concurrency_read(&request, t, &l->scope, &why))
		turn_enter(&l->turn, l->run, l->flow, l->speaker.key, &request);
	else
		note_text(l, "concurrency", why);
	if (l->turn.held && !l->turn.lost)
		speaker_line(&l->speaker, LOG_NOTICE,
		             arena_printf(&l->run->arena, "Waiting: concurrency group '%.*s' is taken", STRF(l->turn.group)));
}

static void check_supported(struct leg *l)
{
	const char *why = lacks_of_job(l->group->plan->job, NULL);
	l->unsupported = why ? str_of(why) : STR_EMPTY;
}

static void not_here(struct leg *l, const struct placement *place)
{
	struct run *r = l->run;
	struct group *g = l->group;
	bool known = place->kind == PLACE_SKIP;
	struct label_words words = plan_label_words(&r->arena, place);
	struct str reason =
		known ? arena_printf(&r->arena, "it wants %.*s, left out with -P", STRF(place->label))
		      : arena_printf(&r->arena, "%.*s%s%.*s", STRF(words.wants), words.help.n ? ": " : "", STRF(words.help));
	struct str label = masker_str(r->journal.masker, &r->arena, place->label);
	bool listed = known;
	for (size_t i = 0; i < r->not_here.n; i++)
		listed |= str_eq(r->not_here.v[i], label);
	if (!listed)
		*vec_add(&r->arena, &r->not_here) = label;
	l->state = LEG_DONE;
	l->conclusion = RESULT_SKIPPED;
	g->done_legs++;
	leg_emit_skip(&l->speaker, g, l->name, masker_str(r->journal.masker, &r->arena, reason), RESULT_SKIPPED, true);
}

/* It runs here, and would not there: said of the first job only. */
static void warn_retired(struct leg *l)
{
	const struct exec_options *opt = &l->run->session->opt;
	struct str label;
	if (l->run->warned_retired || !plan_wants_retired(&label, l->labels, l->nlabels, opt->platforms, opt->nplatforms))
		return;
	l->run->warned_retired = true;
	speaker_line(&l->speaker, LOG_WARNING,
	             arena_printf(&l->run->arena, "GitHub has retired %.*s: there the job would wait for a runner for ever",
	                          STRF(label)));
}

/* --strict-platforms: such a job fails instead of being left out, or run on a machine that only stands in. */
static bool refused_strictly(struct leg *l, const struct placement *place)
{
	const struct exec_options *opt = &l->run->session->opt;
	struct str label = place->label;
	if (!opt->strict_platforms || place->kind == PLACE_SKIP || place->kind == PLACE_CONTAINER)
		return false;
	if (place->kind == PLACE_HOST &&
	    (l->place_unknown || !plan_stands_in(&label, l->labels, l->nlabels, opt->platforms, opt->nplatforms, opt->machine)))
		return false;
	l->unsupported =
		arena_printf(&l->run->arena, "the job wants %.*s, which this machine is not (--strict-platforms)", STRF(label));
	return true;
}

void leg_eval(struct leg *l)
{
	const struct job *job = l->group->plan->job;
	struct str why;
	eval_leg_name(l);
	if (job->continue_on_error && scope_bool(&l->continue_on_error, job->continue_on_error, &l->scope, &why) == EVAL_ERROR)
		note_text(l, "continue-on-error", why);
	eval_environment(l);
	check_supported(l);
	if (job->is_call)
		return;
	struct placement place = eval_placement(l);
	if (l->early_error.n)
		return; /* it fails wherever it was to run */
	if (refused_strictly(l, &place))
		return;
	if (place.kind == PLACE_NOT_HERE || place.kind == PLACE_SKIP)
		not_here(l, &place);
	else if (place.kind == PLACE_CONTAINER)
		l->unsupported = arena_printf(
			&l->run->arena,
			"-P maps '%.*s' to the image '%.*s': containers are not available in this version of sidestep",
			STRF(place.label), STRF(place.image));
	else
		warn_retired(l);
}
