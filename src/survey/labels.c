/* Where jobs are to run, as far as the file says it: labels as they are written, or for each combination of a matrix that is
 * written out. */
#include "base/vec.h"
#include "plan/plan.h"
#include "survey/internal.h"

/* The labels of one job that are not served here, each once. */
struct elsewhere {
	struct survey *s;
	VEC(struct placement);
	size_t legs, away;
	struct str retired; /* the first such label */
};

static struct val matrix_context(void *cookie, struct str name)
{
	return str_is(name, "matrix") ? *(const struct val *)cookie : val_unknown(STR_EMPTY);
}

static void take_labels(struct elsewhere *e, struct val v)
{
	struct arena *a = &e->s->arena;
	struct {
		VEC(struct str);
	} labels = { 0 };
	struct str group = STR_EMPTY;
	if (v.kind == VAL_OBJECT) {
		group = val_to_str(a, val_at(v, "group"));
		v = val_at(v, "labels");
	}
	if (v.kind != VAL_ARRAY && v.kind != VAL_OBJECT && v.kind != VAL_NULL)
		*vec_add(a, &labels) = val_to_str(a, v);
	for (size_t i = 0; v.kind == VAL_ARRAY && i < v.a->n; i++)
		if (val_is_primitive(v.a->v[i]))
			*vec_add(a, &labels) = val_to_str(a, v.a->v[i]);
	struct placement place = plan_place(labels.v, labels.n, group, NULL, 0);
	if (place.kind == PLACE_HOST && !e->retired.n)
		plan_wants_retired(&e->retired, labels.v, labels.n, NULL, 0);
	if ((!labels.n && !group.n) || place.kind != PLACE_NOT_HERE)
		return;
	e->away++;
	for (size_t i = 0; i < e->n; i++)
		if (str_eq(e->v[i].label, place.label))
			return;
	*vec_add(a, e) = place;
}

static void take_leg(struct elsewhere *e, const struct job *job, struct val matrix)
{
	struct expr_env env = { .cookie = &matrix, .context = matrix_context, .unknowns = true };
	struct expr_error error;
	struct val v;
	e->legs++;
	if (token_eval(&v, job->runs_on, &e->s->arena, &env, &error, NULL) == 0 && !val_has_unknown(v))
		take_labels(e, v);
}

static void take_legs(struct elsewhere *e, const struct job *job)
{
	struct expr_error error;
	struct matrix_legs legs = { 0 };
	struct val matrix = val_null();
	bool written = !job->strategy || job->strategy->kind != TOKEN_EXPR;
	if (written && job->matrix && !token_has_expr(job->matrix) &&
	    token_eval(&matrix, job->matrix, &e->s->arena, NULL, &error, NULL) == 0 &&
	    matrix_expand(&legs, &e->s->arena, matrix, NULL) == 0)
		for (size_t i = 0; i < legs.n; i++)
			take_leg(e, job, legs.v[i].matrix);
	else
		take_leg(e, job, job->matrix || !written ? val_unknown(STR_EMPTY) : val_null());
}

/* A label that is not like that of any machine here, in the words of a run. */
static void report_one(struct survey *s, const struct placement *place, struct span at)
{
	struct label_words words = plan_label_words(&s->arena, place);
	bool slip = !place->by_group && plan_label_meant(place->label);
	struct diag *d = diag_add(s->diags, slip ? RULE_HERE_LABEL : RULE_HERE_PLATFORM, at, "the job is not run here: %.*s",
	                          STRF(words.wants));
	diag_help(s->diags, d, "%.*s", STRF(words.help));
}

static void report_systems(struct survey *s, const struct elsewhere *e, struct str labels, struct str first, struct span at)
{
	struct diag *d;
	if (e->legs > 1)
		d = diag_add(s->diags, RULE_HERE_PLATFORM, at,
		             "%zu of the %zu jobs of this matrix are for another system and not run here: %.*s", e->away, e->legs,
		             STRF(labels));
	else
		d = diag_add(s->diags, RULE_HERE_PLATFORM, at, "the job is for another system and not run here: %.*s",
		             STRF(labels));
	diag_help(s->diags, d, "-P %.*s=host runs it here all the same", STRF(first));
}

static void report_retired(struct survey *s, struct str label, struct span at)
{
	struct diag *d = diag_add(s->diags, RULE_HERE_LABEL, at,
	                          "GitHub has retired %.*s: there the job would wait for a runner for ever", STRF(label));
	diag_help(s->diags, d, "it runs here; 'ubuntu-latest' runs at both");
}

bool survey_labels(struct survey *s, const struct job *job)
{
	struct elsewhere e = { .s = s };
	_cleanup_buf_ struct buf others = BUF_INIT;
	struct str first = STR_EMPTY;
	if (!job->runs_on)
		return false;
	take_legs(&e, job);
	for (size_t i = 0; i < e.n; i++) {
		if (plan_label_words(&s->arena, &e.v[i]).help.n) {
			report_one(s, &e.v[i], job->runs_on->at);
		} else {
			first = first.n ? first : e.v[i].label;
			buf_addf(&others, "%s%.*s", others.n ? ", " : "", STRF(e.v[i].label));
		}
	}
	if (others.n)
		report_systems(s, &e, buf_str(&others), first, job->runs_on->at);
	if (e.retired.n)
		report_retired(s, e.retired, job->runs_on->at);
	return e.legs > 0 && e.away == e.legs;
}
