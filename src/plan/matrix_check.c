/* The shape rules of a matrix, with the wording of GitHub's own reader, and the filter of include and exclude. */
#include "plan/matrix.h"

#include "base/vec.h"

enum { DEPTH_MAX = 100 };

static int unexpected(struct val v, struct err *err)
{
	struct arena a = { 0 };
	if (v.kind == VAL_ARRAY)
		err_set(err, ERR_INVALID, "A sequence was not expected");
	else if (v.kind == VAL_OBJECT)
		err_set(err, ERR_INVALID, "A mapping was not expected");
	else
		err_set(err, ERR_INVALID, "Unexpected value '%.*s'", STRF(val_to_str(&a, v)));
	arena_done(&a);
	return -1;
}

static int check_vectors(struct matrix_shape *m, struct arena *a, const struct val_object *o, struct err *err)
{
	m->vectors = arena_array(a, struct matrix_vector, o->n);
	for (size_t i = 0; i < o->n; i++) {
		struct val v = o->vals[i];
		if (v.kind != VAL_ARRAY)
			return unexpected(v, err);
		if (str_is(o->keys[i], "include"))
			m->include = v.a;
		else if (str_is(o->keys[i], "exclude"))
			m->exclude = v.a;
		else if (v.a->n == 0)
			return err_set(err, ERR_INVALID, "Matrix vector '%.*s' does not contain any values", STRF(o->keys[i]));
		else
			m->vectors[m->nvectors++] = (struct matrix_vector) { o->keys[i], v.a };
	}
	if (m->nvectors == 0 && (!m->include || m->include->n == 0))
		return err_set(err, ERR_INVALID, "Matrix must define at least one vector");
	return 0;
}

static int check_rows(const struct val_array *rows, const char *when_empty, struct err *err)
{
	for (size_t i = 0; rows && i < rows->n; i++) {
		if (rows->v[i].kind != VAL_OBJECT)
			return unexpected(rows->v[i], err);
		if (rows->v[i].o->n == 0)
			return err_set(err, ERR_INVALID, "%s", when_empty);
	}
	return 0;
}

static int check_exclude_keys(const struct matrix_shape *m, struct err *err)
{
	for (size_t i = 0; m->exclude && i < m->exclude->n; i++) {
		const struct val_object *row = m->exclude->v[i].o;
		for (size_t k = 0; k < row->n; k++)
			if (!matrix_has_vector(m, row->keys[k]))
				return err_set(err, ERR_INVALID,
				               "Matrix exclude key '%.*s' does not match any key within the matrix",
				               STRF(row->keys[k]));
	}
	return 0;
}

int matrix_shape_of(struct matrix_shape *out, struct arena *a, struct val matrix, struct err *err)
{
	*out = (struct matrix_shape) { 0 };
	if (matrix.kind != VAL_OBJECT)
		return unexpected(matrix, err);
	if (check_vectors(out, a, matrix.o, err) < 0)
		return -1;
	if (check_rows(out->exclude, "Matrix exclude filter must not be empty", err) < 0 || check_exclude_keys(out, err) < 0)
		return -1;
	return check_rows(out->include, "Matrix include mapping does not contain any values", err);
}

bool matrix_has_vector(const struct matrix_shape *m, struct str name)
{
	for (size_t i = 0; i < m->nvectors; i++)
		if (fold_equal(m->vectors[i].name, name))
			return true;
	return false;
}

static struct val member(struct val v, struct str key)
{
	struct val found = val_null();
	return val_get(v, key, &found) ? found : val_null();
}

static struct val item(struct val v, size_t i)
{
	return v.kind == VAL_ARRAY && i < v.a->n ? v.a->v[i] : val_null();
}

static bool leaves_match(struct val filter, struct val value, size_t *work, unsigned depth)
{
	if (*work == 0 || depth > DEPTH_MAX)
		return false;
	--*work;
	if (filter.kind == VAL_OBJECT) {
		for (size_t i = 0; i < filter.o->n; i++)
			if (!leaves_match(filter.o->vals[i], member(value, filter.o->keys[i]), work, depth + 1))
				return false;
		return true;
	}
	if (filter.kind == VAL_ARRAY) {
		for (size_t i = 0; i < filter.a->n; i++)
			if (!leaves_match(filter.a->v[i], item(value, i), work, depth + 1))
				return false;
		return true;
	}
	return val_equal(filter, value);
}

bool matrix_matches(struct val filter, struct val value, size_t *work)
{
	return leaves_match(filter, value, work, 0);
}
