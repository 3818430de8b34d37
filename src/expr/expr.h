/* The expression language: parse and evaluate one expression (without ${{ }}). */
#ifndef SIDESTEP_EXPR_EXPR_H
#define SIDESTEP_EXPR_EXPR_H

#include "base/arena.h"
#include "base/err.h"
#include "value/val.h"

struct expr; /* immutable, in the arena it was parsed into */

enum expr_fn_set {
	EXPR_FN_HASHFILES = 1,  /* hashFiles(1..255) */
	EXPR_FN_STATUS = 2,     /* always() cancelled() success() failure(), no arguments */
	EXPR_FN_STATUS_IDS = 4, /* the same, success/failure take any number of job ids */
};

/* What may be named at one place of the file. */
struct expr_scope {
	const char *const *contexts; /* names; matched without case */
	size_t ncontexts;
	bool any_context; /* every name is allowed (for tools) */
	unsigned fns;     /* set of enum expr_fn_set */
};

/* text is complete and in GitHub's wording ("Unexpected symbol: '+'. Located at position 3 within
 * expression: ..."); summary is the part before " Located"; at is the byte offset in the text. */
struct expr_error {
	bool evaluation; /* else parsing */
	bool unknown;    /* nothing is wrong: it depends on what only a run can know, which text names */
	struct str text, summary;
	size_t at, len;
};

enum { EXPR_MAX_LENGTH = 21000, EXPR_MAX_DEPTH = 50 };

/* 0 and *out (NULL for blank text, which evaluates to null), or -1 and *error. Both live in a. */
int expr_parse(struct expr **out, struct arena *a, struct str text, const struct expr_scope *scope, struct expr_error *error);

/* What a status function answers; of a plan only a run may know. */
enum expr_status { EXPR_STATUS_NO, EXPR_STATUS_YES, EXPR_STATUS_UNKNOWN };

/* Where names and the environment's functions come from. All callbacks get the cookie. */
struct expr_env {
	void *cookie;
	/* The context of that (lower-case) name; null value when there is none. Called at most when needed. */
	struct val (*context)(void *cookie, struct str name);
	/* success, failure, always, cancelled: ids as given (job level). May be NULL. */
	enum expr_status (*status)(void *cookie, struct str fn, const struct str *ids, size_t n);
	/* hashFiles. May be NULL. On failure err holds the official text; 1: it is not known yet. */
	int (*hash_files)(void *cookie, struct arena *a, const struct str *patterns, size_t n, struct str *out, struct err *err);
	bool unknowns;     /* contexts may hold what is not known yet (VAL_UNKNOWN, open objects) */
	size_t max_memory; /* bytes an evaluation may take; 0 = 10 MiB, the template limit */
};

/* Result lives in a (containers may be shared with the contexts). */
int expr_eval(struct val *out, const struct expr *e, struct arena *a, const struct expr_env *env, struct expr_error *error);

/* Whether the result is true; of && and || one operand that decides is enough, whatever is not known of the others. */
int expr_holds(bool *out, const struct expr *e, struct arena *a, const struct expr_env *env, struct expr_error *error);

/* Whether the tree calls success, failure, always or cancelled anywhere (the implicit-success rule). */
bool expr_calls_status(const struct expr *e);
/* The function of these and of those that are always there that is nearest to a misspelt name, or NULL. */
const char *expr_nearest_function(struct str name, unsigned fns);
/* The source text it was parsed from. */
struct str expr_text(const struct expr *e);
/* The literal's value when the whole expression is one literal. */
bool expr_is_literal(const struct expr *e, struct val *out);

#endif
