/* The shape of the tables that schemas/compile.py makes: what may stand at each place of a file. */
#ifndef SIDESTEP_MODEL_SCHEMA_TABLE_H
#define SIDESTEP_MODEL_SCHEMA_TABLE_H

#include "expr/expr.h"
#include "source/rule.h"

/* Scalars a place takes. */
enum schema_scalar {
	SCHEMA_STRING = 1,
	SCHEMA_NONEMPTY = 2, /* a string that is not empty */
	SCHEMA_BOOL = 4,
	SCHEMA_NUMBER = 8,
	SCHEMA_NULL = 16,
	SCHEMA_CONDITION = 32, /* the text of an `if`, kept as it is */
	SCHEMA_CHECKED = 64,   /* with SCHEMA_CONDITION: its expression is parsed by the reader */
};

/* The contexts, as bits. */
enum schema_context {
	SCHEMA_CONTEXT_GITHUB = 1 << 0,
	SCHEMA_CONTEXT_INPUTS = 1 << 1,
	SCHEMA_CONTEXT_VARS = 1 << 2,
	SCHEMA_CONTEXT_NEEDS = 1 << 3,
	SCHEMA_CONTEXT_STRATEGY = 1 << 4,
	SCHEMA_CONTEXT_MATRIX = 1 << 5,
	SCHEMA_CONTEXT_SECRETS = 1 << 6,
	SCHEMA_CONTEXT_STEPS = 1 << 7,
	SCHEMA_CONTEXT_JOB = 1 << 8,
	SCHEMA_CONTEXT_RUNNER = 1 << 9,
	SCHEMA_CONTEXT_ENV = 1 << 10,
	SCHEMA_CONTEXT_JOBS = 1 << 11,
};
enum { SCHEMA_CONTEXTS = 12 };

/* What a server must know. */
enum schema_feature { SCHEMA_FEATURE_ANY, SCHEMA_FEATURE_BACKGROUND };

struct schema_def;

struct schema_key {
	struct str name;
	const struct schema_def *def; /* NULL when forbidden */
	bool required;
	bool forbidden; /* known, but never right here: rule and help say why */
	const char *help;
	enum rule rule, missing, misplaced, early; /* rules of messages about the key */
	enum schema_feature feature;
};

struct schema_map {
	const char *name;
	const char *named; /* "Node.js actions": for messages about a map that a value selected */
	const struct schema_key *keys;
	size_t nkeys;
	const struct schema_def *loose; /* values of all other keys, or NULL */
	enum rule unknown, misplaced;   /* rules of messages about keys; RULE_NONE: the usual ones */
	enum schema_feature feature;
};

struct schema_def {
	const char *name;
	const char *help;
	unsigned scalars; /* set of enum schema_scalar */
	const char *const *words;
	size_t nwords;
	const struct schema_def *item; /* of a list, or NULL */
	const struct schema_map *const *maps;
	size_t nmaps;
	const char *select;                          /* the key whose value picks the map */
	unsigned contexts, fns;                      /* added to those of the places around it */
	enum rule rule, kind, null, undecided, expr; /* rules of messages about the value */
};

#endif
