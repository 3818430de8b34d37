/* The template layer: a workflow's values as tokens (literals, containers, expressions), made once when
 * the file is read, evaluated when the time comes. Rules: expressions.md section 11. */
#ifndef SIDESTEP_EXPR_TEMPLATE_H
#define SIDESTEP_EXPR_TEMPLATE_H

#include "expr/expr.h"
#include "source/scalar.h"

/* The numbers are those of the official template form. */
enum token_kind {
	TOKEN_STRING = 0,
	TOKEN_SEQUENCE = 1,
	TOKEN_MAPPING = 2,
	TOKEN_EXPR = 3,
	TOKEN_INSERT = 4, /* the key ${{ insert }} */
	TOKEN_BOOL = 5,
	TOKEN_NUMBER = 6,
	TOKEN_NULL = 7,
};

struct expr_piece;
struct token;
struct token_pair {
	struct token *key, *value;
};

struct token {
	enum token_kind kind : 8;
	enum scalar_style style : 8; /* of a scalar that is written here */
	struct span at;
	struct str raw; /* scalars: the value as text ("3.10" stays), for messages */
	union {
		struct str s; /* TOKEN_STRING: value; TOKEN_EXPR: text without ${{ }}, mixed text already a format(...) */
		bool b;
		double num;
		struct {
			struct token **items;
			size_t n;
		} seq;
		struct {
			struct token_pair *pairs;
			size_t n;
		} map;
	};
	const struct expr *expr; /* TOKEN_EXPR, parsed; NULL if it did not parse (already reported) */
};

/* What became of one string scalar. */
enum template_result { TEMPLATE_LITERAL, TEMPLATE_EXPR, TEMPLATE_INSERT, TEMPLATE_ERROR };

struct template_scan {
	enum template_result result;
	struct str text; /* literal text (after folding a lone string literal), or expression text */
	const struct expr *expr;
	bool mixed;                /* text beside ${{ }}: a format(...) was made */
	struct expr_piece *pieces; /* what of the text stands in the value just so, in order */
	size_t npieces;
	struct expr_error error; /* TEMPLATE_ERROR: complete message; .at is relative to the scalar's decoded value */
};

/* Looks for ${{ }} in the decoded value of a string scalar. scope NULL or empty: expressions are not
 * allowed here ("A template expression is not allowed in this context", after "Unrecognized
 * named-value"). */
void template_scan(struct template_scan *out, struct arena *a, struct str value, const struct expr_scope *scope);
/* The same for an `if` key: a string without braces is an expression; the implicit success() is applied;
 * text is the stored form ("success() && (…)"). */
void template_scan_condition(struct template_scan *out, struct arena *a, struct str value, const struct expr_scope *scope);
/* What was written of a stored condition, without the implicit success(), if it has that: *implicit. Empty: nothing was. */
struct str template_condition_written(struct str stored, bool *implicit);

/* Evaluation. error->text is the bare message; error_at (may be NULL) the span of the token at fault.
 * token NULL evaluates to null. Sequences splice arrays, `insert` merges mappings. */
int token_eval(struct val *out, const struct token *t, struct arena *a, const struct expr_env *env, struct expr_error *error,
               struct span *error_at);
/* Where contexts may hold what is not known yet (expr_env.unknowns), that is no error: such a value, alone or within a container,
 * is VAL_UNKNOWN with the text as far as it is known, the rest as it is written. As a boolean or a number it is an error with
 * `unknown`. */
/* Typed results: the value must have, or convert to, the kind (section 11.5): "Unexpected value 'x'". */
int token_eval_string(struct str *out, const struct token *t, struct arena *a, const struct expr_env *env,
                      struct expr_error *error, struct span *error_at);
int token_eval_bool(bool *out, const struct token *t, struct arena *a, const struct expr_env *env, struct expr_error *error,
                    struct span *error_at);
int token_eval_number(double *out, const struct token *t, struct arena *a, const struct expr_env *env, struct expr_error *error,
                      struct span *error_at);
/* A mapping of strings (env, with, outputs): an object of String values in file order. */
int token_eval_string_map(struct val *out, const struct token *t, struct arena *a, const struct expr_env *env,
                          bool case_sensitive, struct expr_error *error, struct span *error_at);
/* Whether anything below it is an expression. */
bool token_has_expr(const struct token *t);
/* Calls fn for every parsed expression below it. */
void token_each_expr(const struct token *t, void (*fn)(void *cookie, const struct token *t), void *cookie);

#endif
