/* Objects, copies, folding, numbers and blanks. What expressions show of them is in fixtures/expr. */
#include <criterion/criterion.h>
#include <math.h>
#include <time.h>

#include "value/blank.h"
#include "value/val.h"

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

Test(object, order_spelling_and_replacement)
{
	struct arena a = { 0 };
	struct val o = val_object(&a), v;
	for (int i = 0; i < 100; i++)
		val_set(&a, o, arena_printf(&a, "Key%d", i), val_num(i));
	for (int i = 0; i < 100; i++)
		val_set(&a, o, arena_printf(&a, "kEY%d", i), val_num(i * 2));
	cr_expect_eq(o.o->n, 100);
	cr_expect(str_is(o.o->keys[99], "Key99") && o.o->vals[99].num == 198);
	cr_expect(val_get(o, STR("KEY42"), &v) && v.num == 84);
	cr_expect(!val_get(o, STR("KEY100"), &v));
	cr_expect(!val_get(val_num(1), STR("x"), &v) && val_at(val_null(), "x").kind == VAL_NULL);
	val_set_str(&a, o, "key0", STR("text"));
	cr_expect(str_is(val_at(o, "Key0").s, "text"));
	arena_done(&a);
}

Test(object, case_sensitive)
{
	struct arena a = { 0 };
	struct val o = val_object_case_sensitive(&a), v;
	for (int i = 0; i < 50; i++) {
		val_set(&a, o, arena_printf(&a, "path%d", i), val_num(i));
		val_set(&a, o, arena_printf(&a, "PATH%d", i), val_num(-i));
	}
	cr_expect_eq(o.o->n, 100);
	cr_expect(val_get(o, STR("PATH7"), &v) && v.num == -7);
	cr_expect(!val_get(o, STR("Path7"), &v));
	cr_expect(val_object_copy(&a, o).o->case_sensitive && val_copy(&a, o).o->case_sensitive);
	arena_done(&a);
}

Test(object, copies_do_not_disturb_the_original)
{
	struct arena a = { 0 }, b = { 0 };
	char key[] = "key", text[] = "text";
	struct val o = val_object(&a), list = val_array(&a), v;
	for (int i = 0; i < 20; i++)
		val_set(&a, o, arena_printf(&a, "k%d", i), val_num(i));
	val_push(&a, list, val_str(str_n(text, 4)));
	val_set(&a, o, str_n(key, 3), list);
	struct val shallow = val_object_copy(&a, o), deep = val_copy(&b, o);
	val_set(&a, shallow, STR("new"), val_null());
	val_set(&a, shallow, STR("k1"), val_num(-1));
	cr_expect(!val_get(o, STR("new"), &v) && val_at(o, "k1").num == 1 && val_at(shallow, "k1").num == -1);
	cr_expect(val_equal(val_at(shallow, "key"), list) && !val_equal(val_at(deep, "key"), list));
	key[0] = text[0] = '?';
	arena_done(&a);
	cr_expect(str_is(val_at(deep, "key").a->v[0].s, "text") && val_at(deep, "K19").num == 19);
	arena_done(&b);
}

/* Ten thousand steps, and more, in one context that grows while it is read. */
Test(object, growing_is_linear)
{
	struct arena a = { 0 };
	struct val o = val_object(&a);
	double start = seconds();
	for (int i = 0; i < 200000; i++) {
		struct str key = arena_printf(&a, "step-%d", i);
		val_set(&a, o, key, val_num(i));
		cr_assert_eq(val_at(o, key.p).num, i);
	}
	cr_expect_lt(seconds() - start, 3.0);
	arena_done(&a);
}

Test(fold, find_gives_offsets_in_the_text)
{
	cr_expect_eq(fold_find(STR("abcABC"), STR("CAB")), 2);
	cr_expect_eq(fold_find(STR("ɐɐb"), STR("B")), 4); /* folding makes ɐ a byte longer */
	cr_expect_eq(fold_find(STR("äÖü"), STR("öÜ")), 2);
	cr_expect_eq(fold_find(STR("abc"), STR("d")), SIZE_MAX);
	cr_expect_eq(fold_find(STR(""), STR("d")), SIZE_MAX);
	cr_expect_eq(fold_find(STR("abc"), STR("")), 0);
	cr_expect_eq(fold_find(STR("ab"), STR("abc")), SIZE_MAX);
}

Test(fold, order)
{
	static const char *const rising[] = { "", "A", "ab", "B", "[", "_", "Ä", "Σ", "\xed\x9f\xbf", "😊", "\xef\xbf\xbd" };
	for (size_t i = 0; i < ARRAY_LEN(rising); i++)
		for (size_t k = 0; k < ARRAY_LEN(rising); k++) {
			int order = fold_compare(str_of(rising[i]), str_of(rising[k]));
			cr_expect((order < 0) == (i < k) && (order > 0) == (i > k), "%s %s", rising[i], rising[k]);
			cr_expect_eq(fold_equal(str_of(rising[i]), str_of(rising[k])), i == k);
		}
}

Test(fold, bad_bytes_do_no_harm)
{
	static const char *const texts[] = { "\xff", "a\xc3", "\xe2\x80", "\x80\x80\x80\x80\x80", "\xf0\x9f", "\xed\xa0\x80" };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct str s = str_of(texts[i]);
		cr_expect(fold_equal(s, s) && fold_starts(s, s) && fold_ends(s, s) && fold_find(s, s) == 0);
	}
	cr_expect(!fold_ends(STR("\x80"), STR("a\x80\x80")));
}

Test(number, texts)
{
	static const struct {
		double d;
		const char *text;
	} cases[] = { { 0, "0" },
		      { -0.0, "0" },
		      { 2, "2" },
		      { -17, "-17" },
		      { 0.1, "0.1" },
		      { 1e14, "100000000000000" },
		      { 1e15, "1E+15" },
		      { 123456789012345680.0, "1.23456789012346E+17" },
		      { 999999999999999.9, "1E+15" },
		      { 0.0001, "0.0001" },
		      { 0.00001, "1E-05" },
		      { 0.84551240822557006, "0.84551240822557" },
		      { 5e-324, "4.94065645841247E-324" },
		      { INFINITY, "Infinity" },
		      { -INFINITY, "-Infinity" },
		      { NAN, "NaN" } };
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_expect_str_eq(val_number_text(&a, cases[i].d).p, cases[i].text);
	cr_expect(signbit(val_number_of(STR("-0"))));
	cr_expect_eq(val_number_of(STR(" 000000000000000000000000000000000000000000000000000000000000000000000000000012.50 ")),
	             12.5);
	cr_expect_eq(val_number_of(STR("9007199254740993")), 9007199254740992.0);
	cr_expect(isnan(val_number_of(str_n("1\0", 2))));
	arena_done(&a);
}

Test(blank, trim)
{
	cr_expect(str_is(blank_trim(STR(" \t\v\f\r\n\xc2\x85\xc2\xa0 x y \xe2\x80\xa8\xe3\x80\x80\xe1\x9a\x80")), "x y"));
	cr_expect(str_is(blank_trim(STR("\xef\xbb\xbfx\xe2\x80\x8b")), "\xef\xbb\xbfx\xe2\x80\x8b"));
	cr_expect(blank_trim(STR(" \xc2\xa0")).n == 0 && blank_trim(STR("")).n == 0);
	cr_expect(str_is(blank_trim(STR("\x85 \xa0")), "\x85 \xa0"));
}

Test(value, kinds)
{
	cr_expect_str_eq(val_kind_name(VAL_BOOL), "Boolean");
	cr_expect_str_eq(val_kind_name(VAL_OBJECT), "Object");
	cr_expect(!val_less(val_bool(true), val_bool(false)) && val_less(val_bool(false), val_bool(true)));
	cr_expect(val_truthy(val_cstr("0")) && !val_truthy(val_num(NAN)) && !val_truthy(val_cstr("")));
}
