/* One workflow read from a text, for the tests of the model. */
#ifndef SIDESTEP_TESTS_MODEL_LOADING_H
#define SIDESTEP_TESTS_MODEL_LOADING_H

#include <stdio.h>

#include "base/file.h"
#include "model/workflow.h"

/* Everything lives in the arena. */
struct loading {
	struct arena a;
	struct source_set set;
	struct diag_list diags;
	const struct source *src;
	struct workflow *w;
};

/* name: the path that messages show. */
static inline void load_text(struct loading *l, struct str name, struct str text)
{
	*l = (struct loading) { 0 };
	l->set.arena = &l->a;
	l->diags = (struct diag_list) { .arena = &l->a, .sources = &l->set };
	l->src = source_add(&l->set, name, text);
	l->w = workflow_read(&l->a, l->src, STR(".github/workflows/t.yml"), &l->diags);
	diag_sort(&l->diags);
}

static inline void load_done(struct loading *l)
{
	arena_done(&l->a);
}

/* "line:col text [rule]" of every message, one a line; warnings begin with "warning: ". */
static inline void load_messages(struct buf *out, const struct loading *l)
{
	for (size_t i = 0; i < l->diags.n; i++) {
		const struct diag *d = &l->diags.v[i];
		struct pos p = source_pos(l->src, d->at.from);
		buf_addf(out, "%s%u:%u %.*s [%s]\n", d->severity == SEVERITY_ERROR ? "" : "warning: ", p.line, p.col,
		         STRF(d->text), rule_id(d->rule));
	}
}

#endif
