/* Matrix expansion: product, then exclude, then include. The first vector varies slowest. Work and size are
 * bounded, whatever an expression returned: a product of millions that excludes would thin out is refused. */
#include "plan/matrix.h"
#include "plan/plan.h"

#include "base/vec.h"

enum {
	WORK_MAX = 20 << 20,   /* comparisons and combinations looked at */
	MEMBERS_MAX = 1 << 20, /* members of all legs together */
	SUFFIX_MAX = 4096,     /* bytes; names are cut far below this */
	DEPTH_MAX = 100,
};

struct expansion {
	struct arena *a;
	struct matrix_shape shape;
	struct matrix_legs *legs;
	size_t nproduct; /* legs of the product; appended ones come after */
	size_t work, members;
	struct err *err;
};

static int too_many(struct expansion *x)
{
	return err_set(x->err, ERR_INVALID, "The matrix makes more than %d jobs, which is the limit", MATRIX_MAX);
}

static int too_large(struct expansion *x)
{
	return err_set(x->err, ERR_INVALID, "The matrix is too large to expand");
}

/* The scalar leaves that have a text, depth first, comma-joined. */
static void add_leaves(struct buf *b, struct arena *a, struct val v, unsigned depth)
{
	if (depth > DEPTH_MAX || b->n > SUFFIX_MAX)
		return;
	if (v.kind == VAL_ARRAY) {
		for (size_t i = 0; i < v.a->n; i++)
			add_leaves(b, a, v.a->v[i], depth + 1);
	} else if (v.kind == VAL_OBJECT) {
		for (size_t i = 0; i < v.o->n; i++)
			add_leaves(b, a, v.o->vals[i], depth + 1);
	} else {
		struct str text = val_to_str(a, v);
		if (text.n == 0)
			return;
		buf_adds(b, b->n ? ", " : "");
		buf_addstr(b, str_to(text, SUFFIX_MAX));
	}
}

static struct str suffix_of(struct arena *a, struct val matrix)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct arena scratch = { 0 };
	add_leaves(&b, &scratch, matrix, 0);
	arena_done(&scratch);
	return b.n ? arena_printf(a, " (%.*s)", STRF(buf_str(&b))) : STR_EMPTY;
}

static int add_leg(struct expansion *x, struct val matrix)
{
	if (x->legs->n == MATRIX_MAX)
		return too_many(x);
	x->members += matrix.o->n;
	*vec_add(x->a, x->legs) = (struct matrix_leg) { matrix, suffix_of(x->a, matrix) };
	return x->members > MEMBERS_MAX ? too_large(x) : 0;
}

/* at[i] is the position in vector i. */
static struct val combination(struct expansion *x, const size_t *at)
{
	struct val matrix = val_object(x->a);
	for (size_t i = 0; i < x->shape.nvectors; i++)
		val_set(x->a, matrix, x->shape.vectors[i].name, x->shape.vectors[i].values->v[at[i]]);
	return matrix;
}

/* The filter compares with the vectors' values in place, so that nothing is built for what is excluded. */
static bool row_excludes(struct expansion *x, const struct val_object *row, const size_t *at)
{
	for (size_t k = 0; k < row->n; k++)
		for (size_t i = 0; i < x->shape.nvectors; i++) {
			const struct matrix_vector *v = &x->shape.vectors[i];
			if (fold_equal(v->name, row->keys[k]) && !matrix_matches(row->vals[k], v->values->v[at[i]], &x->work))
				return false;
		}
	return true;
}

static bool is_excluded(struct expansion *x, const size_t *at)
{
	const struct val_array *rows = x->shape.exclude;
	for (size_t i = 0; rows && i < rows->n && x->work; i++)
		if (row_excludes(x, rows->v[i].o, at))
			return true;
	return false;
}

/* Steps to the next combination, last vector fastest; false after the last one. */
static bool advance(const struct matrix_shape *m, size_t *at)
{
	for (size_t i = m->nvectors; i-- > 0;) {
		if (++at[i] < m->vectors[i].values->n)
			return true;
		at[i] = 0;
	}
	return false;
}

static int add_product(struct expansion *x)
{
	if (x->shape.nvectors == 0)
		return 0;
	size_t *at = arena_array(x->a, size_t, x->shape.nvectors);
	do {
		bool excluded = is_excluded(x, at);
		if (x->work == 0)
			return too_large(x);
		x->work--;
		if (!excluded && add_leg(x, combination(x, at)) < 0)
			return -1;
	} while (advance(&x->shape, at));
	x->nproduct = x->legs->n;
	return 0;
}

/* Splits an include item; is_filter[i] says that member i names a vector. */
static bool *split_item(struct expansion *x, const struct val_object *item)
{
	bool *is_filter = arena_array(x->a, bool, item->n);
	for (size_t i = 0; i < item->n; i++)
		is_filter[i] = matrix_has_vector(&x->shape, item->keys[i]);
	return is_filter;
}

static bool item_matches(struct expansion *x, const struct val_object *item, const bool *is_filter, struct val matrix)
{
	for (size_t i = 0; i < item->n; i++) {
		struct val value = val_null();
		if (!is_filter[i])
			continue;
		val_get(matrix, item->keys[i], &value);
		if (!matrix_matches(item->vals[i], value, &x->work))
			return false;
	}
	return true;
}

static void add_members(struct expansion *x, struct val to, const struct val_object *item, const bool *is_filter, bool filters)
{
	for (size_t i = 0; i < item->n; i++)
		if (is_filter[i] == filters)
			val_set(x->a, to, item->keys[i], item->vals[i]);
}

/* An item that matches nothing becomes a leg of its own: filter members first, all of them in its name. */
static int append_item(struct expansion *x, const struct val_object *item, const bool *is_filter)
{
	struct val matrix = val_object(x->a);
	add_members(x, matrix, item, is_filter, true);
	add_members(x, matrix, item, is_filter, false);
	return add_leg(x, matrix);
}

static int include_item(struct expansion *x, const struct val_object *item)
{
	bool *is_filter = split_item(x, item);
	bool matched = false;
	for (size_t i = 0; i < x->nproduct; i++) {
		struct val matrix = x->legs->v[i].matrix;
		if (!item_matches(x, item, is_filter, matrix))
			continue;
		matched = true;
		size_t before = matrix.o->n;
		add_members(x, matrix, item, is_filter, false);
		x->members += matrix.o->n - before;
	}
	if (x->work == 0 || x->members > MEMBERS_MAX)
		return too_large(x);
	return matched ? 0 : append_item(x, item, is_filter);
}

int matrix_expand(struct matrix_legs *out, struct arena *a, struct val matrix, struct err *err)
{
	struct matrix_legs legs = { 0 };
	struct expansion x = { .a = a, .legs = &legs, .work = WORK_MAX, .err = err };
	if (matrix.kind != VAL_NULL) {
		if (matrix_shape_of(&x.shape, a, matrix, err) < 0 || add_product(&x) < 0)
			return -1;
		for (size_t i = 0; x.shape.include && i < x.shape.include->n; i++)
			if (include_item(&x, x.shape.include->v[i].o) < 0)
				return -1;
	}
	if (legs.n == 0) /* no matrix, or all of it excluded: the job runs once */
		*vec_add(a, &legs) = (struct matrix_leg) { val_null(), STR_EMPTY };
	*out = legs;
	return 0;
}
