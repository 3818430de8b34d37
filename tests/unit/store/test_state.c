/* Where runs are kept: whose the folders are, and what pruning touches. */
#include <criterion/criterion.h>
#include <sys/stat.h>
#include <time.h>
#include <utime.h>

#include "base/file.h"
#include "base/path.h"
#include "store/place.h"
#include "store/state.h"

static char dir[] = "/tmp/sidestep-state-XXXXXX";
static struct arena arena;

static const char *at(const char *name)
{
	return path_join(&arena, str_of(dir), str_of(name)).p;
}

static void setup(void)
{
	cr_assert(mkdtemp(dir));
}

static void teardown(void)
{
	file_remove_tree(dir, NULL);
	arena_done(&arena);
}

TestSuite(state, .init = setup, .fini = teardown, .timeout = 60);

static void write_file(const char *name, const char *text)
{
	cr_assert_eq(file_write(at(name), str_of(text), 0600, NULL), 0, "%s", name);
}

/* A run of that name with an end, hours old. */
static void add_run(const char *name, const char *events, int hours)
{
	struct utimbuf when = { time(NULL) - hours * 3600, time(NULL) - hours * 3600 };
	const char *file = arena_printf(&arena, "%s/events.ndjson", name).p;
	cr_assert_eq(mkdir(at(name), 0700), 0, "%s", name);
	if (events) {
		write_file(file, events);
		cr_assert_eq(utime(at(file), &when), 0);
	}
	cr_assert_eq(utime(at(name), &when), 0);
}

static unsigned count(void)
{
	unsigned n = 0;
	_cleanup_closedir_ DIR *d = opendir(dir);
	while (readdir(d))
		n++;
	return n - 2;
}

static const char ended[] = "{\"type\":\"run.begin\"}\n{\"type\":\"run.end\",\"conclusion\":\"success\"}\n";
static const char going_on[] = "{\"type\":\"run.begin\"}\n";

Test(state, only_runs_of_ours_that_are_over_go)
{
	static const char *const gone[] = { "20200101-000000-000001", "20200101-000000-000002" };
	static const char *const kept[] = { "20200101-000000-000003", "20200101-000000-000004",
		                            "20200101-000000-00000g", "20200101-000000-0000010",
		                            "20200101-00000x-000001", "20200101-000000-000005",
		                            "20200101-000000-000006", "victim" };
	struct state s = { .runs = str_of(dir) };
	add_run(gone[0], ended, 48);
	add_run(gone[1], NULL, 48); /* never begun */
	add_run(kept[0], going_on, 2);
	add_run(kept[1], NULL, 0); /* just made */
	add_run(kept[2], ended, 48);
	add_run(kept[3], ended, 48);
	add_run(kept[4], ended, 48);
	add_run(kept[7], ended, 48);
	cr_assert_eq(symlink(at("victim"), at(kept[5])), 0);
	add_run(kept[6], NULL, 0);
	write_file("20200101-000000-000006/somebody's", "thing");
	struct utimbuf when = { 1, 1 };
	cr_assert_eq(utime(at(kept[6]), &when), 0);
	for (int i = 0; i < 5; i++)
		state_prune(&s, true);
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		cr_expect(!file_exists(at(gone[i])), "%s", gone[i]);
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		cr_expect(file_exists(at(kept[i])), "%s", kept[i]);
	cr_expect(file_exists(at("victim/events.ndjson")));
}

Test(state, links_in_a_run_are_not_followed)
{
	struct state s = { .runs = str_of(dir) };
	cr_assert_eq(mkdir(at("victim"), 0700), 0);
	write_file("victim/precious", "x");
	add_run("20200101-000000-00000a", ended, 48);
	cr_assert_eq(symlink(at("victim"), at("20200101-000000-00000a/jobs")), 0);
	/* the events of another file do not make it a run */
	add_run("20200101-000000-00000b", NULL, 48);
	write_file("events", ended);
	cr_assert_eq(symlink(at("events"), at("20200101-000000-00000b/events.ndjson")), 0);
	for (int i = 0; i < 3; i++)
		state_prune(&s, true);
	cr_expect(!file_exists(at("20200101-000000-00000a")));
	cr_expect(file_exists(at("20200101-000000-00000b")));
	cr_expect(file_exists(at("victim/precious")));
}

Test(state, one_call_removes_a_few_and_the_oldest_first)
{
	struct state s = { .runs = str_of(dir) };
	for (int i = 0; i < 230; i++)
		add_run(arena_printf(&arena, "21000101-000000-%06x", i).p, ended, 48);
	unsigned before = count();
	state_prune(&s, false);
	unsigned after = count();
	cr_expect_lt(after, before);
	cr_expect_geq(after, before - 8, "a start of a run does not wait for all of it");
	cr_expect(!file_exists(at("21000101-000000-000000")));
	for (int i = 0; i < 60; i++)
		state_prune(&s, false);
	cr_expect_eq(count(), 200);
	cr_expect(file_exists(at("21000101-000000-0000e5")));
}

Test(state, what_may_not_go_keeps_nobody)
{
	struct state s = { .runs = str_of(dir) };
	for (int i = 0; i < 20; i++) { /* no run of ours left such a folder */
		const char *name = arena_printf(&arena, "20000101-000000-%06x", i).p;
		add_run(name, NULL, 48);
		write_file(arena_printf(&arena, "%s/notes", name).p, "mine");
	}
	add_run("20000102-000000-000000", ended, 48);
	state_prune(&s, false);
	cr_expect(!file_exists(at("20000102-000000-000000")));
	cr_expect_eq(count(), 20);
}

Test(state, a_large_run_is_removed_over_several_calls)
{
	struct state s = { .runs = str_of(dir) };
	add_run("20200101-000000-00000a", ended, 48);
	for (int i = 0; i < 3000; i++)
		write_file(arena_printf(&arena, "20200101-000000-00000a/%d", i).p, "");
	for (int i = 0; i < 2; i++)
		state_prune(&s, false);
	cr_expect_eq(count(), 1, "it is not gone yet");
	for (int i = 0; i < 4; i++)
		state_prune(&s, false);
	cr_expect_eq(count(), 0, "the rest of it has no events and goes all the same");
}

Test(state, places_that_are_not_ours)
{
	struct err err = ERR_INIT;
	struct str tree = arena_printf(&arena, "%s/tree", dir), none = STR_EMPTY;
	cr_assert_eq(mkdir(at("tree"), 0700) | mkdir(at("elsewhere"), 0700), 0);
	cr_expect_eq(place_make(str_of(at("new/deep")), tree, &err), 0);
	struct stat st;
	cr_expect(stat(at("new/deep"), &st) == 0 && (st.st_mode & 07777) == 0700);
	cr_expect_eq(place_check(str_of(at("not/there")), tree, &err), 0);
	cr_assert_eq(chmod(at("new"), 0777), 0);
	cr_expect_eq(place_make(str_of(at("new")), tree, &err), -1);
	cr_expect(strstr(err.text, "/new can be written to by others (mode 0777)"), "%s", err.text);
	cr_assert_eq(chmod(at("new"), 01777), 0);
	cr_expect_eq(place_make(str_of(at("new")), tree, &err), 0, "as /tmp");
	write_file("file", "");
	cr_expect_eq(place_make(str_of(at("file")), none, &err), -1);
	/* a link of the repository leads elsewhere; one of the user may */
	cr_assert_eq(symlink("../elsewhere", at("tree/logs")), 0);
	cr_expect_eq(place_make(str_of(at("tree/logs")), tree, &err), -1);
	cr_expect(strstr(err.text, "tree/logs leads out of the repository by a link"), "%s", err.text);
	cr_expect_eq(place_make(str_of(at("tree/logs/made")), tree, &err), -1);
	cr_expect(!file_exists(at("elsewhere/made")));
	cr_expect_eq(place_make(str_of(at("tree/logs/made")), none, &err), 0);
	cr_expect_eq(place_make(str_of(at("tree/inside/made")), tree, &err), 0);
	if (geteuid() == 0) {
		cr_assert_eq(chown(at("elsewhere"), 12345, 12345), 0);
		cr_expect_eq(place_check(str_of(at("elsewhere")), none, &err), -1);
		cr_expect(strstr(err.text, "belongs to another user (12345)"), "%s", err.text);
	}
}

Test(state, work_has_no_hidden_part)
{
	struct str hidden = arena_printf(&arena, "%s/.local/state", dir), plain = arena_printf(&arena, "%s/state", dir);
	struct str below = path_join(&arena, hidden, STR("sidestep/work"));
	const char *common = at("common");
	struct str own = arena_printf(&arena, "%s/sidestep-%u", common, (unsigned)geteuid());
	cr_assert_eq(mkdir(common, 0700), 0);
	cr_assert(str_eq(work_place(&arena, plain, common), path_join(&arena, plain, STR("sidestep/work"))));
	cr_assert(str_eq(work_place(&arena, hidden, at("nowhere")), below));
	cr_assert(str_eq(work_place(&arena, hidden, common), own));
	cr_assert_eq(mkdir(own.p, 0700), 0);
	cr_assert(str_eq(work_place(&arena, hidden, common), own));
	cr_assert_eq(chmod(own.p, 0750), 0);
	cr_assert(str_eq(work_place(&arena, hidden, common), below), "others may read it");
	cr_assert_eq(rmdir(own.p), 0);
	cr_assert_eq(symlink(dir, own.p), 0);
	cr_assert(str_eq(work_place(&arena, hidden, common), below), "a link");
}
