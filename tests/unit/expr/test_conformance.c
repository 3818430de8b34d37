/* Runs the public conformance data of the expression language: what fixtures hold of it, and all when its folder is there. */
#include <criterion/criterion.h>
#include <dirent.h>

#include "base/file.h"
#include "harness.h"

struct tally {
	size_t run, failed;
};

/* Deep comparison as plain JSON: member order and the sign of zero do not matter. */
static bool same(struct val a, struct val b)
{
	struct val other;
	if (a.kind != b.kind)
		return false;
	if (a.kind == VAL_STRING)
		return str_eq(a.s, b.s);
	if (a.kind == VAL_ARRAY) {
		for (size_t i = 0; i < a.a->n; i++)
			if (i >= b.a->n || !same(a.a->v[i], b.a->v[i]))
				return false;
		return a.a->n == b.a->n;
	}
	if (a.kind == VAL_OBJECT) {
		for (size_t i = 0; i < a.o->n; i++)
			if (!val_get(b, a.o->keys[i], &other) || !same(a.o->vals[i], other))
				return false;
		return a.o->n == b.o->n;
	}
	return val_equal(a, b) || (a.kind == VAL_NUMBER && a.num != a.num && b.num != b.num);
}

static bool as_expected(struct arena *a, struct val want, struct val got)
{
	struct str kind = val_at(want, "kind").s;
	if (!str_is(kind, val_kind_name(got.kind)))
		return false;
	struct val value = val_at(want, "value");
	if (got.kind == VAL_NUMBER && value.kind != VAL_NUMBER)
		return str_eq(val_to_str(a, value), val_to_str(a, got));
	return same(value, got);
}

static bool error_as_expected(struct val want, const struct expr_error *error)
{
	bool evaluation = str_is(val_at(want, "kind").s, "evaluation");
	return evaluation == error->evaluation && str_find(error->text, val_at(want, "value").s, 0) != SIZE_MAX;
}

static void run_case(struct tally *tally, const char *file, struct val c)
{
	struct arena a = { 0 };
	struct world w;
	struct val got = val_null(), want_error = val_at(c, "err");
	struct expr_error error = { 0 };
	world_init(&w, &a, val_at(c, "contexts"), 0);
	int r = run_text(&got, &w, &a, val_at(c, "expr").s, &error);
	bool fine = want_error.kind == VAL_OBJECT ? r < 0 && error_as_expected(want_error, &error)
	                                          : r == 0 && as_expected(&a, val_at(c, "result"), got);
	tally->run++;
	if (!fine) {
		tally->failed++;
		struct str text = r < 0 ? error.text : compact(&a, got), all = compact(&a, c);
		fprintf(stderr, "%s: %.*s\n  got %.*s\n", file, STRF(all), STRF(text));
	}
	arena_done(&a);
}

static void run_file(struct tally *tally, const char *dir, const char *name)
{
	char path[512];
	struct arena a = { 0 };
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	struct val groups;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	cr_assert(file_read(&text, path, 1 << 24, &err) == 0, "%s", err.text);
	cr_assert(val_from_json(&groups, &a, buf_str(&text), &err) == 0, "%s: %s", name, err.text);
	for (size_t g = 0; g < groups.o->n; g++) {
		struct val cases = groups.o->vals[g];
		for (size_t i = 0; i < cases.a->n; i++)
			run_case(tally, name, cases.a->v[i]);
	}
	arena_done(&a);
}

/* False when there is no such folder. */
static bool run_folder(const char *dir, size_t least)
{
	_cleanup_closedir_ DIR *d = opendir(dir);
	struct tally tally = { 0 };
	if (!d)
		return false;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (str_ends(str_of(e->d_name), STR(".json")))
			run_file(&tally, dir, e->d_name);
	cr_assert(tally.failed == 0 && tally.run >= least, "%zu of %zu cases failed", tally.failed, tally.run);
	cr_log_info("%zu cases", tally.run);
	return true;
}

Test(conformance, own_expression_cases)
{
	cr_assert(run_folder(FIXTURES "/conformance/expressions", 200));
}

Test(conformance, shared_expression_cases)
{
	if (!run_folder(CONFORMANCE "/expressions", 600))
		printf("# skipped: there is no shared conformance data beside the repository\n");
}
