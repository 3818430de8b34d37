/* What the converters of one file share: tokens in, the structs of workflow.h out. */
#ifndef SIDESTEP_MODEL_INTERNAL_H
#define SIDESTEP_MODEL_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "model/schema.h"
#include "model/workflow.h"

struct loader {
	struct arena *a;
	const struct source *src;
	struct diag_list *diags;
};

/* The value of a literal key in a mapping token, or NULL. */
const struct token *token_get(const struct token *map, const char *key);
/* Text of a literal scalar, empty when there is none. */
struct str token_text(const struct token *map, const char *key);
/* One text or a list of them as refs. */
void token_refs(struct loader *l, const struct token *t, struct ref **out, size_t *n);
uint32_t line_of(const struct loader *l, struct span at);

/* condition.c: an `if` (t may be NULL), with the implicit success(); errors are reported. Never NULL: what cannot
 * be read becomes success(). */
const struct expr *condition_read(struct loader *l, const struct token *t, const struct expr_scope *scope, struct str *text);

/* ids.c */
bool id_check(struct loader *l, struct str id, struct span at, const char *rule);
/* Set of ids without case. */
struct id_set {
	struct map folded;
};
/* The place where the id stands already, or NULL; adds it otherwise. */
const struct span *id_add(struct loader *l, struct id_set *set, struct str id, const struct span *at);
bool id_has(struct loader *l, const struct id_set *set, struct str id);
/* The next free "__base", "__base_2", …; characters no id may have become '_'. Counts are kept per base. */
struct id_counts {
	struct map next;
};
struct str id_generate(struct loader *l, const struct id_set *taken, struct id_counts *counts, struct str base);

/* The folded copy of a key, ASCII only. */
struct str fold_ascii(struct arena *a, struct str s);

/* step.c */
void steps_read(struct loader *l, struct job *job, const struct token *steps);
/* uses.c: the form of a step's and of a job's `uses`. */
void uses_check_step(struct loader *l, struct str uses, struct span at);
void uses_check_call(struct loader *l, struct str uses, struct span at);
/* job.c, needs.c, trigger.c */
struct job *job_read(struct loader *l, const struct token *id, const struct token *body);
void needs_check(struct loader *l, const struct workflow *w, struct span jobs_at);
/* inputs.c: workflow_dispatch's inputs; values.c: matrices, images, concurrency groups. */
void inputs_check(struct loader *l, const struct token *dispatch);
/* cron.c: the times of a schedule. */
void schedule_check(struct loader *l, const struct token *schedule);
void values_check(struct loader *l, const struct workflow *w);
void triggers_read(struct loader *l, struct workflow *w, const struct token *on);

#endif
