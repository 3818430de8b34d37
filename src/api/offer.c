/* What a shell may offer for an argument: the names that the repository's workflows have. */
#include <sidestep/workflow.h>

#include "answer/text.h"
#include "base/clean.h"
#include "base/map.h"
#include "base/utf8.h"
#include "plan/matrix_filter.h"
#include "plan/payload.h"
#include "project/project.h"

/* The words, each once. What would not stand on one line as it is, is nothing that somebody types. */
struct offer {
	struct arena *a;
	struct map seen;
	struct buf *out;
};

static void add(struct offer *o, struct str word)
{
	bool plain = word.n > 0;
	uint32_t cp;
	for (size_t i = 0; i < word.n; i += utf8_decode(word, i, &cp))
		plain &= utf8_decode(word, i, &cp) && !clean_is_control(cp) && !clean_is_deceiving(cp);
	if (!plain || !utf8_valid(word) || map_has(&o->seen, word))
		return;
	map_put(o->a, &o->seen, word, o);
	buf_addf(o->out, "%.*s\n", STRF(word));
}

static void add_matrix(struct offer *o, const struct job *j)
{
	struct matrix_names names = { 0 };
	struct matrix_legs legs = { 0 };
	struct val matrix = val_null();
	if (!j->matrix || token_has_expr(j->matrix) ||
	    token_eval(&matrix, j->matrix, o->a, NULL, &(struct expr_error) { 0 }, NULL) < 0 ||
	    matrix_expand(&legs, o->a, matrix, NULL) < 0)
		return;
	matrix_names_add(&names, o->a, &legs);
	for (size_t i = 0; i < names.n; i++)
		for (size_t k = 0; k < names.v[i].n; k++)
			add(o, arena_printf(o->a, "%.*s:%.*s", STRF(names.v[i].key), STRF(names.v[i].v[k])));
}

static void add_workflow(struct offer *o, enum sidestep_offer what, const struct workflow *w)
{
	if (what == SIDESTEP_OFFER_WORKFLOWS)
		add(o, w->path);
	for (size_t i = 0; i < w->ntriggers && what == SIDESTEP_OFFER_EVENTS; i++)
		add(o, w->triggers[i].event);
	for (size_t i = 0; i < w->njobs; i++)
		if (what == SIDESTEP_OFFER_JOBS)
			add(o, w->jobs[i]->id);
		else if (what == SIDESTEP_OFFER_MATRIX)
			add_matrix(o, w->jobs[i]);
}

const char *sidestep_event_name(size_t i)
{
	return event_name_at(i);
}

enum sidestep_status sidestep_offer(enum sidestep_offer what, const struct sidestep_files *files, struct sidestep_text *result)
{
	struct buf out = BUF_INIT;
	struct project p;
	struct err err = ERR_INIT; /* whoever presses a key wants no messages */
	if (project_open(&p, files->directory, &err) == 0 && project_load(&p, files->paths, files->npaths, false, &err) == 0) {
		struct offer o = { .a = &p.arena, .out = &out };
		for (size_t i = 0; i < p.n; i++)
			add_workflow(&o, what, p.workflows[i]);
	}
	project_done(&p);
	text_take(result, &out, NULL);
	return SIDESTEP_OK;
}
