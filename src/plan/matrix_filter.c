/* --matrix KEY:VALUE: which legs it keeps, and what there is to name; see matrix_filter.h. */
#include "plan/matrix_filter.h"

void matrix_filter_split(struct str filter, struct str *key, struct str *value)
{
	size_t colon = str_find_c(filter, ':', 0);
	*key = str_trim(str_to(filter, colon));
	*value = colon == SIZE_MAX ? STR_EMPTY : str_trim(str_from(filter, colon + 1));
}

static bool has_value(struct val matrix, struct str key, struct str wanted)
{
	struct val v;
	struct arena a = { 0 };
	bool found = val_get(matrix, key, &v) && val_is_primitive(v) &&
	             (fold_equal(val_to_str(&a, v), wanted) || (v.kind == VAL_NUMBER && val_equal(v, val_str(wanted))));
	arena_done(&a);
	return found;
}

/* The filters that name this key give its allowed values. */
static bool is_allowed(struct val matrix, struct str key, const struct str *filters, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str other, value;
		matrix_filter_split(filters[i], &other, &value);
		if (fold_equal(other, key) && has_value(matrix, key, value))
			return true;
	}
	return false;
}

/* A key that this job's matrix does not have at all is about another job. */
static bool is_used(const struct matrix_legs *legs, struct str key)
{
	struct val v;
	for (size_t i = 0; i < legs->n; i++)
		if (val_get(legs->v[i].matrix, key, &v))
			return true;
	return false;
}

void matrix_filter(struct matrix_legs *legs, const struct str *filters, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str key, value;
		matrix_filter_split(filters[i], &key, &value);
		if (!is_used(legs, key))
			continue;
		size_t kept = 0;
		for (size_t k = 0; k < legs->n; k++)
			if (is_allowed(legs->v[k].matrix, key, filters, n))
				legs->v[kept++] = legs->v[k];
		legs->n = kept;
	}
}

bool matrix_filter_is_about(const struct matrix_legs *legs, const struct str *filters, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str key, value;
		matrix_filter_split(filters[i], &key, &value);
		if (is_used(legs, key))
			return true;
	}
	return false;
}

bool matrix_filter_meets(const struct matrix_legs *legs, struct str filter)
{
	struct str key, value;
	matrix_filter_split(filter, &key, &value);
	for (size_t i = 0; i < legs->n; i++)
		if (has_value(legs->v[i].matrix, key, value))
			return true;
	return false;
}

/* ---- names ---- */

static struct matrix_name *name_of(struct matrix_names *names, struct arena *a, struct str key)
{
	for (size_t i = 0; i < names->n; i++)
		if (fold_equal(names->v[i].key, key))
			return &names->v[i];
	struct matrix_name *name = vec_add(a, names);
	*name = (struct matrix_name) { .key = key };
	return name;
}

static void add_value(struct matrix_name *name, struct arena *a, struct str value)
{
	for (size_t i = 0; i < name->n; i++)
		if (str_eq(name->v[i], value))
			return;
	*vec_add(a, name) = value;
}

void matrix_names_add(struct matrix_names *names, struct arena *a, const struct matrix_legs *legs)
{
	for (size_t i = 0; i < legs->n; i++) {
		struct val m = legs->v[i].matrix;
		for (size_t k = 0; m.kind == VAL_OBJECT && k < m.o->n; k++) {
			struct matrix_name *name = name_of(names, a, m.o->keys[k]);
			if (val_is_primitive(m.o->vals[k]))
				add_value(name, a, val_to_str(a, m.o->vals[k]));
		}
	}
}

const struct matrix_name *matrix_names_find(const struct matrix_names *names, struct str key)
{
	for (size_t i = 0; i < names->n; i++)
		if (fold_equal(names->v[i].key, key))
			return &names->v[i];
	return NULL;
}
