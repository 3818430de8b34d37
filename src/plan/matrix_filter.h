/* --matrix KEY:VALUE and the matrices it is about: whether it is about any, whether it meets one, and what there is to name. */
#ifndef SIDESTEP_PLAN_MATRIX_FILTER_H
#define SIDESTEP_PLAN_MATRIX_FILTER_H

#include "base/vec.h"
#include "plan/plan.h"

/* A key of matrices with the values it has, as text. */
struct matrix_name {
	struct str key;
	VEC(struct str);
};
struct matrix_names {
	VEC(struct matrix_name);
};

/* "KEY:VALUE"; without a colon the value is empty. */
void matrix_filter_split(struct str filter, struct str *key, struct str *value);
/* Whether a filter names a key that these legs have. */
bool matrix_filter_is_about(const struct matrix_legs *legs, const struct str *filters, size_t n);
/* Whether one of these legs has the filter's value. */
bool matrix_filter_meets(const struct matrix_legs *legs, struct str filter);
/* Adds the keys and values of these legs. */
void matrix_names_add(struct matrix_names *names, struct arena *a, const struct matrix_legs *legs);
/* The key of that name, or NULL. */
const struct matrix_name *matrix_names_find(const struct matrix_names *names, struct str key);

#endif
