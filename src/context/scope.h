/* What names mean to an expression at one place of a run, and evaluating there.
 *
 * A scope answers what it knows itself and leaves the rest to the scope around it: a step's stands in its job's, that in its
 * leg's, its group's, its workflow's. Who owns an object makes the object's scope, so that nobody has to know them all.
 *
 * In a plan (`plans`) contexts hold what is not known yet. Values, texts and maps are EVAL_OK all the same, unknown parts as they
 * are written (VAL_UNKNOWN); what must be true, false or a number is EVAL_UNKNOWN, and *why names what it depends on.
 *
 * An evaluation may also come back as EVAL_PENDING: something it needs is still being made in the background. Nothing was
 * said, nothing was kept; the same evaluation is asked for again when it is there. */
#ifndef SIDESTEP_CONTEXT_SCOPE_H
#define SIDESTEP_CONTEXT_SCOPE_H

#include "event/event.h"
#include "expr/template.h"
#include "source/source.h"

enum eval_result {
	EVAL_ERROR = -1,
	EVAL_OK,
	EVAL_PENDING,
	EVAL_UNKNOWN, /* of a plan: only a run can know */
};

/* How a run is taken to go where a plan asks for its status. */
enum scope_course { COURSE_GIVEN, COURSE_FAILED, COURSE_CANCELLED };

struct scope_ops {
	/* The context of that (lower-case) name, as the owner knows it; false: ask the scope around. */
	bool (*context)(void *owner, struct arena *a, struct str name, struct val *out);
	/* success, failure, always, cancelled; unknown only for a plan. NULL: there are none here. */
	enum expr_status (*status)(void *owner, struct str fn, const struct str *ids, size_t n);
	/* hashFiles. NULL: there is none here. EVAL_ERROR with the official text in err, or EVAL_PENDING. */
	enum eval_result (*hash_files)(void *owner, struct arena *a, const struct str *patterns, size_t n, struct str *out,
	                               struct err *err);
};

struct scope {
	const struct scope_ops *ops;
	void *owner;
	const struct scope *around; /* NULL: nothing */
	struct arena *arena;        /* what contexts are made in */
	struct arena *results;      /* what values and messages are made in */
	/* The files that places in messages are looked up in; NULL: messages without places. */
	const struct source_set *sources;
	bool plans;               /* for a plan: nothing runs */
	enum scope_course course; /* COURSE_GIVEN: status functions are answered by the owner */
};

/* The context of that name, null when there is none. */
struct val scope_context(const struct scope *c, struct str name);

/* Evaluating a token (NULL: null), converted to what the name says. *why: after EVAL_ERROR, what is wrong, with its place:
 * "ci.yml (Line: 3, Col: 5): …". Outputs are only written after EVAL_OK. */
enum eval_result scope_value(struct val *out, const struct token *t, const struct scope *c, struct str *why);
enum eval_result scope_text(struct str *out, const struct token *t, const struct scope *c, struct str *why);
enum eval_result scope_bool(bool *out, const struct token *t, const struct scope *c, struct str *why);
enum eval_result scope_number(double *out, const struct token *t, const struct scope *c, struct str *why);
/* As text, or as VAL_UNKNOWN. */
enum eval_result scope_known_text(struct val *out, const struct token *t, const struct scope *c, struct str *why);
/* Of a mapping of strings: an object in the order of the file. */
enum eval_result scope_map(struct val *out, const struct token *t, const struct scope *c, bool case_sensitive, struct str *why);
/* Whether a condition holds. at: its place, or SPAN_NONE. */
enum eval_result scope_holds(bool *out, const struct expr *condition, const struct scope *c, struct span at, struct str *why);
/* In a plan: whether a condition will hold. OUTLOOK_MAYBE: *why names what it depends on. */
enum eval_result scope_outlook(enum outlook *out, const struct expr *condition, const struct scope *c, struct span at,
                               struct str *why);
/* The message for something that is wrong at a place. */
struct str scope_complaint(const struct scope *c, struct str text, struct span at);

#endif
