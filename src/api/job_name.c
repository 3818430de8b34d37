/* From "build (gcc, 12)" to "-j build --matrix cc:gcc --matrix version:12"; see job_name.h. Only what is written out is known
 * here: matrices and names that need a run have none. */
#include "api/job_name.h"

#include "plan/plan.h"

static struct val leg_context(void *cookie, struct str name)
{
	const struct matrix_leg *leg = cookie;
	return str_is(name, "matrix") ? leg->matrix : val_null();
}

/* Whether a run would show this leg so. */
static bool is_shown_as(struct arena *a, const struct job *j, struct matrix_leg *leg, struct str name)
{
	const struct expr_env env = { .cookie = leg, .context = leg_context };
	struct str text = j->id;
	if (j->name && token_eval_string(&text, j->name, a, &env, &(struct expr_error) { 0 }, NULL) < 0)
		return false;
	bool evaluated = token_has_expr(j->name);
	return str_eq(plan_job_name(a, text.n ? text : j->id, evaluated ? STR_EMPTY : leg->suffix, evaluated), name);
}

/* As a shell takes it for one word. */
static void add_shell_word(struct buf *out, struct str word)
{
	bool plain = word.n > 0;
	for (size_t i = 0; i < word.n; i++)
		plain &= str_find_c(STR("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=.,:/@%"), word.p[i],
		                    0) != SIZE_MAX;
	if (!plain)
		buf_addc(out, '\'');
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, word.p[i]);
	if (!plain)
		buf_addc(out, '\'');
}

static struct str options_of(struct arena *a, const struct job *j, struct val matrix)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	buf_addf(&b, "-j %.*s", STRF(j->id));
	for (size_t i = 0; matrix.kind == VAL_OBJECT && i < matrix.o->n; i++) {
		if (!val_is_primitive(matrix.o->vals[i]))
			continue;
		struct str value = val_to_str(a, matrix.o->vals[i]);
		buf_adds(&b, " --matrix ");
		add_shell_word(&b, arena_printf(a, "%.*s:%.*s", STRF(matrix.o->keys[i]), STRF(value)));
	}
	return arena_str(a, buf_str(&b));
}

static bool legs_of(struct matrix_legs *legs, struct arena *a, const struct job *j)
{
	struct val matrix = val_null();
	if ((j->strategy && j->strategy->kind == TOKEN_EXPR) || token_has_expr(j->matrix))
		return false;
	return (!j->matrix || token_eval(&matrix, j->matrix, a, NULL, &(struct expr_error) { 0 }, NULL) == 0) &&
	       matrix_expand(legs, a, matrix, NULL) == 0;
}

struct str job_name_options(struct arena *a, const struct workflow *w, struct str name, const struct job **job)
{
	for (size_t i = 0; i < w->njobs; i++) {
		struct matrix_legs legs = { 0 };
		*job = w->jobs[i];
		if (!legs_of(&legs, a, *job))
			continue;
		for (size_t k = 0; k < legs.n; k++)
			if (is_shown_as(a, *job, &legs.v[k], name))
				return options_of(a, *job, legs.v[k].matrix);
	}
	return STR_EMPTY;
}
