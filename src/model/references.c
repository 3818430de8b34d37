/* Collects references; see references.h. Expressions in braces are found in the file's tokens; an `if` without braces is a
 * text there, its expression stands with its job or step. */
#include "model/references.h"

struct search {
	struct references *out;
	struct arena *a;
	const struct source *src;
	const struct token *token; /* the scalar being looked at */
	struct expr_places places;
};

static void add_reference(void *cookie, const struct expr_ref *ref)
{
	struct search *s = cookie;
	struct str *path = arena_array(s->a, struct str, ref->n);
	memcpy(path, ref->path, ref->n * sizeof(*path));
	*vec_add(s->a, s->out) = (struct reference) { path, ref->n, expr_span(&s->places, ref->node), s->token };
}

static void look_into(struct search *s, const struct token *t, const struct expr *e)
{
	s->token = t;
	expr_places(&s->places, s->a, s->src, t, e);
	expr_references(e, add_reference, s);
}

static void look_into_token(void *cookie, const struct token *t)
{
	look_into(cookie, t, t->expr);
}

static void look_into_condition(struct search *s, const struct token *body, const struct expr *condition)
{
	const struct token *t = token_get(body, "if");
	if (t && t->kind == TOKEN_STRING)
		look_into(s, t, condition);
}

static void look_into_steps(struct search *s, struct step *const *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		look_into_condition(s, steps[i]->body, steps[i]->condition);
		look_into_steps(s, steps[i]->members, steps[i]->nmembers);
	}
}

static int by_place(const void *pa, const void *pb)
{
	const struct reference *a = pa, *b = pb;
	if (a->at.from != b->at.from)
		return a->at.from < b->at.from ? -1 : 1;
	return a->at.to < b->at.to ? -1 : a->at.to > b->at.to;
}

void references_find(struct references *out, struct arena *a, const struct workflow *w)
{
	struct search s = { .out = out, .a = a, .src = w->source };
	token_each_expr(w->root, look_into_token, &s);
	for (size_t i = 0; i < w->njobs; i++) {
		look_into_condition(&s, w->jobs[i]->body, w->jobs[i]->condition);
		look_into_steps(&s, w->jobs[i]->steps, w->jobs[i]->nsteps);
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_place);
}
