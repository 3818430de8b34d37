/* All functions, one row each. To add one: a row here, a function in an fn_ file, cases in fixtures/expr. */
#include "expr/functions.h"

#include <limits.h>

static const struct function functions[] = {
	{ .name = "contains", .min = 2, .max = 2, .eval = fn_contains },
	{ .name = "startsWith", .min = 2, .max = 2, .eval = fn_starts_with },
	{ .name = "endsWith", .min = 2, .max = 2, .eval = fn_ends_with },
	{ .name = "format", .min = 1, .max = FUNCTION_MAX_PARAMETERS, .eval = fn_format },
	{ .name = "join", .min = 1, .max = 2, .eval = fn_join },
	{ .name = "toJSON", .min = 1, .max = 1, .eval = fn_to_json },
	{ .name = "fromJSON", .min = 1, .max = 1, .eval = fn_from_json },
	{ .name = "case", .min = 3, .max = FUNCTION_MAX_PARAMETERS, .odd = true, .eval = fn_case },
	{ .name = "hashFiles", .min = 1, .max = FUNCTION_MAX_PARAMETERS, .set = EXPR_FN_HASHFILES, .eval = fn_hash_files },
	{ .name = "success", .max = UINT_MAX, .set = EXPR_FN_STATUS_IDS, .eval = fn_status },
	{ .name = "failure", .max = UINT_MAX, .set = EXPR_FN_STATUS_IDS, .eval = fn_status },
	{ .name = "success", .set = EXPR_FN_STATUS, .eval = fn_status },
	{ .name = "failure", .set = EXPR_FN_STATUS, .eval = fn_status },
	{ .name = "always", .set = EXPR_FN_STATUS | EXPR_FN_STATUS_IDS, .eval = fn_status },
	{ .name = "cancelled", .set = EXPR_FN_STATUS | EXPR_FN_STATUS_IDS, .eval = fn_status },
};

const struct function *function_find(struct str name, unsigned fns)
{
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if ((functions[i].set == 0 || functions[i].set & fns) && str_is_nocase(name, functions[i].name))
			return &functions[i];
	return NULL;
}

const char *expr_nearest_function(struct str name, unsigned fns)
{
	const char *names[ARRAY_LEN(functions)];
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(functions); i++)
		if (functions[i].set == 0 || functions[i].set & fns)
			names[n++] = functions[i].name;
	return str_nearest(name, names, n);
}

bool function_is_status(const struct function *f)
{
	return f->eval == fn_status;
}
