/* Where jobs are to run, as far as the file says it: labels as they are written, or for each combination of a matrix that is
 * written out. */
#include "base/vec.h"
#include "plan/plan.h"
#include "survey/internal.h"

/* The labels of one job that are not served here, each once. */
struct elsewhere {
	struct survey *s;
	VEC(struct str);
	size_t legs, away;
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
	if ((!labels.n && !group.n) || place.kind != PLACE_NOT_HERE)
		return;
	e->away++;
	for (size_t i = 0; i < e->n; i++)
		if (str_eq(e->v[i], place.label))
			return;
	*vec_add(a, e) = place.label;
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

static void report_label(struct survey *s, const struct elsewhere *e, struct str label, struct span at)
{
	const char *meant = plan_label_meant(label);
	struct diag *d;
	if (meant) {
		d = diag_add(s->diags, RULE_HERE_LABEL, at,
		             "GitHub has no runner with the label '%.*s': the job would wait for one for ever", STRF(label));
		diag_help(s->diags, d, "did you mean '%s'?", meant);
		return;
	}
	if (e->legs > 1)
		d = diag_add(s->diags, RULE_HERE_PLATFORM, at,
		             "%zu of the %zu jobs of this matrix are for another system and not run here: %.*s", e->away, e->legs,
		             STRF(label));
	else
		d = diag_add(s->diags, RULE_HERE_PLATFORM, at, "the job is for another system and not run here: %.*s",
		             STRF(label));
	diag_help(s->diags, d, "-P %.*s=host runs it here all the same", STRF(e->v[0]));
}

bool survey_labels(struct survey *s, const struct job *job)
{
	struct elsewhere e = { .s = s };
	_cleanup_buf_ struct buf others = BUF_INIT;
	if (!job->runs_on)
		return false;
	take_legs(&e, job);
	for (size_t i = 0; i < e.n; i++) {
		if (plan_label_meant(e.v[i]))
			report_label(s, &e, e.v[i], job->runs_on->at);
		else
			buf_addf(&others, "%s%.*s", others.n ? ", " : "", STRF(e.v[i]));
	}
	if (others.n)
		report_label(s, &e, buf_str(&others), job->runs_on->at);
	return e.legs > 0 && e.away == e.legs;
}
