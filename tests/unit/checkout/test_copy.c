/* Copies: any depth with few descriptors, no link followed on the way, and nothing lost without a word. */
#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "checkout/copy.h"
#include "unit/checkout/served.h"

/* A chain of directories below dir, a file at its end. */
static void make_deep(const char *dir, const char *name, int depth)
{
	int at = open(dir, O_PATH | O_DIRECTORY);
	for (int i = 0; i < depth; i++) {
		cr_assert_eq(mkdirat(at, name, 0755), 0);
		int next = openat(at, name, O_PATH | O_DIRECTORY);
		cr_assert(next >= 0);
		close(at);
		at = next;
	}
	int fd = openat(at, "end", O_WRONLY | O_CREAT, 0640);
	cr_assert_eq(write(fd, "deep", 4), 4);
	cr_assert_eq(symlinkat("end", at, "link"), 0);
	close(fd);
	close(at);
}

/* What stands in the file at its end; "" when there is none. */
static struct str read_deep(struct arena *a, const char *dir, const char *name, int depth)
{
	char text[5] = "";
	struct stat st;
	int at = open(dir, O_PATH | O_DIRECTORY);
	for (int i = 0; i < depth && at >= 0; i++) {
		int next = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
		close(at);
		at = next;
	}
	int fd = at < 0 ? -1 : openat(at, "end", O_RDONLY | O_NOFOLLOW);
	if (fd >= 0) {
		cr_assert_eq(read(fd, text, 4), 4);
		cr_assert_eq(fstat(fd, &st), 0);
		cr_assert_eq(st.st_mode & 07777, 0640);
		cr_assert(fstatat(at, "link", &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode));
		close(fd);
	}
	if (at >= 0)
		close(at);
	return arena_str(a, str_of(text));
}

static void limit_descriptors(rlim_t n)
{
	struct rlimit limit = { n, n };
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static int copy_all(struct arena *a, struct copier *c, struct err *err)
{
	int rc = copier_open(c, a, "r", "ws", err);
	if (rc == 0)
		rc = copier_add_tree(c, STR_EMPTY, err);
	if (rc == 0)
		rc = copier_finish(c, err);
	copier_done(c);
	return rc;
}

Test(checkout_copy, any_depth_with_few_descriptors)
{
	static char wide[201];
	memset(wide, 'w', sizeof(wide) - 1);
	struct arena a = { 0 };
	char *place = place_new();
	sh("mkdir r ws");
	make_deep("r", "d", 1200);
	make_deep("r", wide, 300); /* 60,000 bytes of path */
	limit_descriptors(32);
	struct copier c;
	struct err err = ERR_INIT;
	cr_assert_eq(copy_all(&a, &c, &err), 0, "%s", err.text);
	cr_assert_eq(c.files, 4);
	assert_str(read_deep(&a, "ws", "d", 1200), STR("deep"));
	assert_str(read_deep(&a, "ws", wide, 300), STR("deep"));
	arena_done(&a);
	place_done(place);
}

Test(checkout_copy, a_working_tree_of_1200_levels)
{
	struct served s;
	served_init(&s);
	sh("git init -q r; cd r; echo 1 >f; git add f; git commit -qm one");
	make_deep("r", "d", 1200);
	struct rlimit soft;
	cr_assert_eq(getrlimit(RLIMIT_NOFILE, &soft), 0);
	if (soft.rlim_max < 2000) {
		served_done(&s);
		cr_skip_test("no more than a few descriptors here");
	}
	soft.rlim_cur = 1024;
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &soft), 0);
	assert_served(&s);
	assert_str(read_deep(&s.a, "ws", "d", 1200), STR("deep"));
	/* where git itself cannot look the checkout fails, by name */
	limit_descriptors(200);
	cr_assert_eq(serve(&s), 1);
	assert_has(s.log, "::error::checkout: could not open directory 'd/d/");
	served_done(&s);
}

Test(checkout_copy, links_on_the_way_are_not_followed)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct copier c;
	struct err err = ERR_INIT;
	sh("mkdir -p r/real outside ws; echo secret >outside/f; ln -s ../outside r/dir; echo x >r/real/f; echo y >r/real/g; ln "
	   "-s ../outside ws/real;"
	   "mkdir outside/g; ln -s /nowhere r/dangling");
	cr_assert_eq(copier_open(&c, &a, "r", "ws", &err), 0);
	cr_assert_eq(copier_add(&c, STR("dir/f"), &err), 0); /* behind a link: not there */
	cr_assert_eq(copier_add_tree(&c, STR("dir"), &err), 0);
	cr_assert_eq(copier_add(&c, STR("real/f"), &err), 0, "%s", err.text); /* a link where it goes: replaced */
	cr_assert_eq(copier_add(&c, STR("real/g"), &err), 0);
	cr_assert_eq(copier_add(&c, STR("dangling"), &err), 0);
	cr_assert_eq(copier_add(&c, STR("absent/f"), &err), 0);
	cr_assert_eq(copier_add(&c, STR("real/../real/f"), &err), 0); /* ".." is no name of a file there */
	cr_assert_eq(c.files, 3);
	cr_assert_eq(copier_finish(&c, &err), 0);
	copier_done(&c);
	assert_str(sh_out(&a, "cat outside/f; cat ws/real/f; test -L ws/real || echo dir; ls ws outside | tr '\n' ' '"),
	           STR("secret\nx\ndir\noutside: f g  ws: dangling real"));
	arena_done(&a);
	place_done(place);
}

Test(checkout_copy, what_cannot_be_read_or_written_is_named)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct copier c;
	struct err err = ERR_INIT;
	sh("mkdir -p r/d ws/d/f/full; echo x >r/d/f");
	cr_assert_eq(copy_all(&a, &c, &err), -1);
	cr_assert(strstr(err.text, "cannot copy d/f"), "%s", err.text);
	arena_done(&a);
	place_done(place);
}

/* What acts as its owner for others does so only for the owner it had. */
Test(checkout_copy, the_setuid_bit_of_another_user_stays_behind)
{
	struct arena a = { 0 };
	char *place = place_new();
	struct copier c;
	struct err err = ERR_INIT;
	if (geteuid() != 0) {
		place_done(place);
		cr_skip_test("only root has files of others");
	}
	sh("mkdir -p r/d r/mine ws; touch r/f r/own; chown 12345 r/f r/d; chmod 6755 r/f r/own; chmod 3775 r/d r/mine; echo x | "
	   "tee "
	   "r/d/x >r/mine/x");
	cr_assert_eq(copy_all(&a, &c, &err), 0, "%s", err.text);
	assert_str(sh_out(&a, "cd ws; stat -c '%n %a' f own d mine"), STR("f 755\nown 6755\nd 1775\nmine 3775"));
	arena_done(&a);
	place_done(place);
}
