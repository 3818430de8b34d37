/* The store of actions: places, refs that are remembered, trees that are held. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "actions/inventory.h"
#include "actions/store.h"
#include "base/file.h"
#include "base/path.h"

#define SHA "0123456789012345678901234567890123456789"

static struct arena a;
static char top[] = "/tmp/sidestep-store-XXXXXX";

static void set_up(void)
{
	cr_assert(mkdtemp(top));
}

static void tear_down(void)
{
	file_remove_tree(top, NULL);
	arena_done(&a);
}

TestSuite(store, .init = set_up, .fini = tear_down);

static struct action_place place(void)
{
	return action_place_of(&a, str_of(top), STR("https://github.com"), STR("them/lib"));
}

static void make_tree(const struct action_place *p, bool whole)
{
	cr_assert_eq(file_mkdirs(action_tree(&a, p, STR(SHA)).p, 0700, NULL), 0);
	if (whole)
		cr_assert_eq(file_write(arena_printf(&a, "%.*s/" SHA ".ok", STRF(p->dir)).p, STR_EMPTY, 0600, NULL), 0);
}

Test(store, places)
{
	struct action_place p = place();
	cr_assert(str_ends(p.dir, STR("/github.com/them/lib")));
	cr_assert(str_ends(p.git, STR("/github.com/them/lib.git")));
	cr_assert(str_is(p.url, "https://github.com/them/lib"));
	cr_assert(str_is(action_place_of(&a, STR("/s"), STR("git@host:"), STR("o/r")).url, "git@host:o/r"));
	cr_assert(str_is(action_place_of(&a, STR("/s"), STR("https://h/"), STR("o/r")).url, "https://h/o/r"));
	struct str one = action_place_of(&a, STR("/s"), STR("file:///a_b"), STR("o/r")).dir;
	struct str two = action_place_of(&a, STR("/s"), STR("file:///a/b"), STR("o/r")).dir;
	cr_assert_not(str_eq(one, two), "no two servers share a folder");
}

Test(store, refs_are_remembered)
{
	struct action_place p = place();
	struct err err = ERR_INIT;
	int64_t when;
	cr_assert(str_is(action_ref_stored(&a, &p, STR("a/b%c"), &when), ""));
	cr_assert_eq(action_ref_store(&a, &p, STR("a/b%c"), STR(SHA), &err), 0, "%s", err.text);
	cr_assert(str_is(action_ref_stored(&a, &p, STR("a/b%c"), &when), SHA));
	cr_assert_gt(when, 1600000000);
	struct stored_refs refs;
	inventory_refs(&refs, &a, &p);
	cr_assert_eq(refs.n, 1);
	cr_assert(str_is(refs.v[0].name, "a/b%c"));
	static const char *const broken[] = { "", "x", SHA, SHA " 12", "0123 12\n", "../../../../../../etc 1\n" };
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		cr_assert_eq(file_write(arena_printf(&a, "%.*s/refs/v1", STRF(p.dir)).p, str_of(broken[i]), 0600, NULL), 0);
		cr_assert(str_is(action_ref_stored(&a, &p, STR("v1"), &when), ""), "%s", broken[i]);
	}
	action_ref_forget(&a, &p, STR("a/b%c"));
	cr_assert(str_is(action_ref_stored(&a, &p, STR("a/b%c"), &when), ""));
}

Test(store, only_whole_trees_are_held)
{
	struct action_place p = place();
	cr_assert_lt(action_tree_hold(&a, &p, STR(SHA)), 0);
	make_tree(&p, false);
	cr_assert_lt(action_tree_hold(&a, &p, STR(SHA)), 0, "it may be half of it");
	make_tree(&p, true);
	int fd = action_tree_hold(&a, &p, STR(SHA)), second = action_tree_hold(&a, &p, STR(SHA));
	cr_assert(fd >= 0 && second >= 0, "shared");
	close(fd);
	close(second);
	cr_assert_eq(rmdir(action_tree(&a, &p, STR(SHA)).p), 0);
	cr_assert_lt(action_tree_hold(&a, &p, STR(SHA)), 0, "a marker alone");
}

Test(store, what_is_held_is_not_removed)
{
	struct action_place p = place();
	struct err err = ERR_INIT;
	struct inventory all;
	make_tree(&p, true);
	cr_assert_eq(file_mkdirs(p.git.p, 0700, NULL), 0);
	inventory_read(&all, &a, str_of(top));
	cr_assert_eq(all.n, 1);
	cr_assert(str_is(all.v[0].repository, "them/lib"));
	int fd = action_tree_hold(&a, &p, STR(SHA));
	cr_assert_eq(inventory_remove(&a, &all.v[0], false, &err), 1);
	close(fd);
	cr_assert_eq(inventory_remove(&a, &all.v[0], true, &err), 0);
	cr_assert(file_is_dir(action_tree(&a, &p, STR(SHA)).p), "a dry run");
	cr_assert_eq(inventory_remove(&a, &all.v[0], false, &err), 0, "%s", err.text);
	cr_assert_not(file_exists(action_tree(&a, &p, STR(SHA)).p));
	cr_assert_not(file_exists(p.git.p), "the last tree takes the repository along");
	inventory_read(&all, &a, str_of(top));
	cr_assert_eq(all.n, 0);
}
