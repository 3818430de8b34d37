/* A matrix whose shape has been checked; internal to plan/. */
#ifndef SIDESTEP_PLAN_MATRIX_H
#define SIDESTEP_PLAN_MATRIX_H

#include "value/val.h"

struct matrix_vector {
	struct str name;
	const struct val_array *values; /* at least one */
};

struct matrix_shape {
	struct matrix_vector *vectors;
	size_t nvectors;
	const struct val_array *include, *exclude; /* of non-empty objects; NULL when there is none */
};

/* Sorts the members of a matrix object into vectors, include and exclude. On error -1 and GitHub's message. */
int matrix_shape_of(struct matrix_shape *out, struct arena *a, struct val matrix, struct err *err);
/* Whether a name is one of the vectors'; case does not count. */
bool matrix_has_vector(const struct matrix_shape *m, struct str name);
/* Whether every leaf of the filter equals the value at the same path; missing ones count as null. Each comparison
 * takes one from *work; at 0 the answer is false and no more is compared. */
bool matrix_matches(struct val filter, struct val value, size_t *work);

#endif
