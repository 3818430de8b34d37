/* Matrix expansion as tables: matrix as JSON in, legs as JSON with their name suffixes out. */
#include <criterion/criterion.h>

#include "plan/plan.h"

static struct val json(struct arena *a, const char *text)
{
	struct err err = ERR_INIT;
	struct val v = val_null();
	cr_assert_eq(val_from_json(&v, a, str_of(text), &err), 0, "%s: %s", text, err.text);
	return v;
}

static void dump(struct buf *b, const struct matrix_legs *legs)
{
	for (size_t i = 0; i < legs->n; i++) {
		val_to_json(b, legs->v[i].matrix, JSON_COMPACT);
		buf_addf(b, "%.*s\n", STRF(legs->v[i].suffix));
	}
}

static void expect(const char *matrix, const char *want)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct matrix_legs legs = { 0 };
	_cleanup_buf_ struct buf b = BUF_INIT;
	if (matrix_expand(&legs, &a, json(&a, matrix), &err) < 0)
		buf_addf(&b, "error: %s\n", err.text);
	dump(&b, &legs);
	cr_expect_str_eq(buf_cstr(&b), want, "%s\n got:\n%swant:\n%s", matrix, buf_cstr(&b), want);
	arena_done(&a);
}

Test(matrix, product)
{
	expect("null", "null\n");
	expect("{\"a\":[1,2],\"b\":[\"x\",\"y\"]}", "{\"a\":1,\"b\":\"x\"} (1, x)\n{\"a\":1,\"b\":\"y\"} (1, y)\n"
	                                            "{\"a\":2,\"b\":\"x\"} (2, x)\n{\"a\":2,\"b\":\"y\"} (2, y)\n");
	expect("{\"Include\":[1]}", "{\"Include\":1} (1)\n");
	expect("{\"a\":[1],\"include\":[],\"exclude\":[]}", "{\"a\":1} (1)\n");
}

Test(matrix, worked_example)
{
	expect("{\"fruit\":[\"apple\",\"pear\"],\"animal\":[\"cat\",\"dog\"],\"include\":[{\"color\":\"green\"},{\"color\":"
	       "\"pink\",\"animal\":"
	       "\"cat\"},{\"fruit\":\"apple\",\"shape\":\"circle\"},{\"fruit\":\"banana\"},{\"fruit\":\"banana\",\"animal\":"
	       "\"cat\"}]}",
	       "{\"fruit\":\"apple\",\"animal\":\"cat\",\"color\":\"pink\",\"shape\":\"circle\"} (apple, cat)\n"
	       "{\"fruit\":\"apple\",\"animal\":\"dog\",\"color\":\"green\",\"shape\":\"circle\"} (apple, dog)\n"
	       "{\"fruit\":\"pear\",\"animal\":\"cat\",\"color\":\"pink\"} (pear, cat)\n"
	       "{\"fruit\":\"pear\",\"animal\":\"dog\",\"color\":\"green\"} (pear, dog)\n"
	       "{\"fruit\":\"banana\"} (banana)\n{\"fruit\":\"banana\",\"animal\":\"cat\"} (banana, cat)\n");
}

Test(matrix, include)
{
	expect("{\"include\":[{\"a\":1},{\"b\":2}]}", "{\"a\":1} (1)\n{\"b\":2} (2)\n");
	/* filter members come first in an appended leg, and its name has all of them */
	expect("{\"a\":[1],\"include\":[{\"x\":\"y\",\"a\":2}]}", "{\"a\":1} (1)\n{\"a\":2,\"x\":\"y\"} (2, y)\n");
	/* appended legs are no targets of later items */
	expect("{\"a\":[1],\"include\":[{\"a\":2},{\"a\":2,\"x\":3}]}",
	       "{\"a\":1} (1)\n{\"a\":2} (2)\n{\"a\":2,\"x\":3} (2, 3)\n");
	/* an overwritten extra keeps its place; names of vectors compare without case */
	expect("{\"os\":[\"l\"],\"include\":[{\"x\":1,\"y\":2},{\"OS\":\"L\",\"x\":3}]}", "{\"os\":\"l\",\"x\":3,\"y\":2} (l)\n");
	/* numbers and texts compare as in expressions; a leaf of null matches what is missing */
	expect("{\"v\":[\"12\"],\"include\":[{\"v\":12,\"x\":1}]}", "{\"v\":\"12\",\"x\":1} (12)\n");
	expect("{\"c\":[{\"a\":1,\"b\":2}],\"include\":[{\"c\":{\"b\":2,\"z\":null},\"x\":1},{\"c\":{},\"y\":2},{\"c\":{\"b\":3}}"
	       "]}",
	       "{\"c\":{\"a\":1,\"b\":2},\"x\":1,\"y\":2} (1, 2)\n{\"c\":{\"b\":3}} (3)\n");
}

Test(matrix, exclude)
{
	expect("{\"a\":[1,2],\"b\":[1,2],\"exclude\":[{\"a\":1,\"b\":2},{\"b\":1}]}", "{\"a\":2,\"b\":2} (2, 2)\n");
	/* include brings back what exclude took */
	expect("{\"a\":[1,2],\"exclude\":[{\"a\":1}],\"include\":[{\"a\":1,\"x\":3}]}",
	       "{\"a\":2} (2)\n{\"a\":1,\"x\":3} (1, 3)\n");
	expect("{\"a\":[1,2],\"exclude\":[{\"a\":1},{\"a\":2}]}", "null\n");
	expect("{\"a\":[1],\"exclude\":[{\"a\":1}],\"include\":[{\"x\":1}]}", "{\"x\":1} (1)\n");
	/* mappings as subsets, sequences as prefixes */
	expect("{\"c\":[{\"os\":{\"n\":\"L\",\"v\":1}},{\"os\":{\"n\":\"W\"}}],\"exclude\":[{\"c\":{\"os\":{\"n\":\"l\"}}}]}",
	       "{\"c\":{\"os\":{\"n\":\"W\"}}} (W)\n");
	expect("{\"c\":[[1,2],[1],[2]],\"exclude\":[{\"c\":[1,2]}]}", "{\"c\":[1]} (1)\n{\"c\":[2]} (2)\n");
	expect("{\"c\":[[1,2],[1]],\"exclude\":[{\"c\":[]}]}", "null\n");
	expect("{\"A\":[1,2],\"exclude\":[{\"a\":1}]}", "{\"A\":2} (2)\n");
}

Test(matrix, suffixes)
{
	expect("{\"a\":[null],\"b\":[\"\"],\"c\":[{}]}", "{\"a\":null,\"b\":\"\",\"c\":{}}\n");
	expect("{\"a\":[true],\"b\":[1.50],\"c\":[{\"x\":[\"p\",{\"q\":\"r\"}],\"y\":null}]}",
	       "{\"a\":true,\"b\":1.5,\"c\":{\"x\":[\"p\",{\"q\":\"r\"}],\"y\":null}} (true, 1.5, p, r)\n");
}

Test(matrix, errors)
{
	expect("{}", "error: Matrix must define at least one vector\n");
	expect("{\"include\":[]}", "error: Matrix must define at least one vector\n");
	expect("{\"exclude\":[{\"a\":1}]}", "error: Matrix must define at least one vector\n");
	expect("{\"os\":[]}", "error: Matrix vector 'os' does not contain any values\n");
	expect("{\"a\":[1],\"exclude\":[{}]}", "error: Matrix exclude filter must not be empty\n");
	expect("{\"a\":[1],\"exclude\":[{\"b\":1}]}", "error: Matrix exclude key 'b' does not match any key within the matrix\n");
	expect("{\"a\":[1],\"include\":[{}]}", "error: Matrix include mapping does not contain any values\n");
	expect("{\"a\":\"x\"}", "error: Unexpected value 'x'\n");
	expect("{\"a\":null}", "error: Unexpected value ''\n");
	expect("{\"a\":{\"b\":1}}", "error: A mapping was not expected\n");
	expect("[1]", "error: A sequence was not expected\n");
	expect("\"x\"", "error: Unexpected value 'x'\n");
	expect("{\"a\":[1],\"include\":[[1]]}", "error: A sequence was not expected\n");
	expect("{\"a\":[1],\"exclude\":[7]}", "error: Unexpected value '7'\n");
}

static struct val numbers(struct arena *a, size_t n)
{
	struct val v = val_array(a);
	for (size_t i = 0; i < n; i++)
		val_push(a, v, val_num((double)i));
	return v;
}

/* vectors of n values each, with one exclude row that drops what has 0 in the first. */
static int expand_square(struct arena *a, size_t vectors, size_t n, bool exclude, struct matrix_legs *legs, struct err *err)
{
	struct val m = val_object(a), row = val_object(a), rows = val_array(a);
	for (size_t i = 0; i < vectors; i++)
		val_set(a, m, arena_printf(a, "v%zu", i), numbers(a, n));
	val_set(a, row, STR("v0"), val_array(a));
	val_push(a, rows, row);
	if (exclude)
		val_set(a, m, STR("exclude"), rows);
	return matrix_expand(legs, a, m, err);
}

Test(matrix, limits)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct matrix_legs legs = { 0 };
	cr_expect_eq(expand_square(&a, 2, 16, false, &legs, &err), 0);
	cr_expect_eq(legs.n, 256);
	cr_expect_eq(expand_square(&a, 2, 17, false, &legs, &err), -1);
	cr_expect_eq(err.kind, ERR_INVALID);
	cr_expect(str_find(str_of(err.text), STR("256"), 0) != SIZE_MAX);
	/* a product of 10^12 that the exclude row empties: refused, not walked to its end */
	cr_expect_eq(expand_square(&a, 4, 1000, true, &legs, &err), -1);
	cr_expect_eq(expand_square(&a, 2, 100, true, &legs, &err), 0);
	cr_expect_eq(legs.n, 1);
	arena_done(&a);
}

static void expect_filter(const char *filters, const char *want)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct matrix_legs legs = { 0 };
	struct str list[8], rest = str_of(filters);
	size_t n = 0;
	_cleanup_buf_ struct buf b = BUF_INIT;
	while (n < ARRAY_LEN(list) && str_next_line(&rest, &list[n]))
		n++;
	matrix_expand(&legs, &a, json(&a, "{\"os\":[\"linux\",\"mac\"],\"v\":[1,2],\"include\":[{\"x\":true}, {\"v\":3}]}"),
	              &err);
	matrix_filter(&legs, list, n);
	for (size_t i = 0; i < legs.n; i++)
		buf_addf(&b, "%.*s", STRF(legs.v[i].suffix));
	cr_expect_str_eq(buf_cstr(&b), want, "%s: %s", filters, buf_cstr(&b));
	arena_done(&a);
}

Test(matrix, filter)
{
	expect_filter("", " (linux, 1) (linux, 2) (mac, 1) (mac, 2) (3)");
	expect_filter("os:linux", " (linux, 1) (linux, 2)");
	expect_filter("OS: Linux\nv:2", " (linux, 2)");
	expect_filter("v:2\nv:3", " (linux, 2) (mac, 2) (3)");
	expect_filter("v:1.0", " (linux, 1) (mac, 1)");
	expect_filter("x:true\nv:1", " (linux, 1) (mac, 1)");
	expect_filter("os:windows", "");
	expect_filter("os", "");
	/* a key of another job's matrix does not concern this one */
	expect_filter("arch:arm", " (linux, 1) (linux, 2) (mac, 1) (mac, 2) (3)");
}
