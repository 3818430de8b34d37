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
	size_t compared;                          /* names looked at for suggestions so far: bounded */
	const struct expr_scope *step_conditions; /* what a step's `if` may name; NULL: as in a job */
};

/* Text of a literal scalar, empty when there is none. */
struct str token_text(const struct token *map, const char *key);
/* One text or a list of them as refs. */
void token_refs(struct loader *l, const struct token *t, struct ref **out, size_t *n);
uint32_t line_of(const struct loader *l, struct span at);

/* condition.c: an `if` (t may be NULL), with the implicit success(); errors are reported. Never NULL: what cannot
 * be read becomes success(). */
const struct expr *condition_read(struct loader *l, const struct token *t, const struct expr_scope *scope, struct str *text);

/* Reports what is wrong with an `if`. */
void condition_report(struct diag_list *diags, struct span at, const struct expr_scope *scope, struct str text);

/* ids.c */
/* Whether the id has the right form; says what is wrong with it: rule is the one about its characters. */
bool id_check(struct loader *l, struct str id, struct span at, enum rule rule);
/* An id of a job's steps. */
struct id_place {
	struct str id;
	struct span at;
	const struct step *group; /* the parallel step around it, or NULL */
};
/* Set of ids without case. */
struct id_set {
	struct map folded; /* of struct id_place */
};
/* Where the id stands already, or NULL; adds it otherwise. */
const struct id_place *id_add(struct loader *l, struct id_set *set, const struct id_place *place);
/* Where the id stands, or NULL. */
const struct id_place *id_find(struct loader *l, const struct id_set *set, struct str id);
/* Names that were generated for one list of steps. */
struct id_made {
	struct map used; /* of themselves */
	struct map next; /* the number to try next, by the front part of the name */
};
/* The next free "__base", "__base_2", …; characters no id may have become '_'. Explicit ids never begin so. */
struct str id_generate(struct loader *l, struct id_made *made, struct str base);
/* The name nearest to word, or NULL; also NULL when a file with very many mistakes has had suggestions enough. */
const char *id_suggest(struct loader *l, struct str word, const char *const *names, size_t n);

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
/* filters.c: the filters of an event. */
void filters_check(struct loader *l, const struct token *config);
/* cron.c: the times of a schedule. */
void schedule_check(struct loader *l, const struct token *schedule);
void values_check(struct loader *l, const struct workflow *w);
/* official.c: sets w->errors to what GitHub's reader says: found holds what was said here, the first nshape of it about
 * the shape of the file; ok: the file is well-formed. */
void official_errors(struct loader *l, struct workflow *w, const struct read_limits *limits, size_t nshape, bool ok);
/* Adds what was said after `from`, in its order. */
void official_add(struct loader *l, struct workflow *w, const struct read_limits *limits, size_t from);
/* The size of tokens as GitHub counts it; of a whole file, its name included. */
size_t official_size(const struct token *root);
size_t official_file_size(const struct workflow *w);
/* Adds what a call has against it, for the first call that has something: what is wrong in the called file (may be NULL),
 * else what was said after `from`. */
void official_call(struct workflow *top, struct arena *a, const struct read_limits *limits, const struct diag_list *diags,
                   size_t from, const struct workflow *called, const struct job *call);
/* A chain of calls that comes back to itself is too deep. */
void official_endless(struct workflow *top, struct arena *a, unsigned depth);
/* interface.c: what workflow_dispatch and workflow_call take and give. */
void interface_read(struct loader *l, struct interface *out, const struct token *config);
void triggers_read(struct loader *l, struct workflow *w, const struct token *on);

#endif
