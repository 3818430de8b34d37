/* Removing trees: deep ones, closed ones, wide ones, and what must not be removed. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/remove.h"

static char top[64];

static void make_top(void)
{
	snprintf(top, sizeof(top), "/tmp/remove-XXXXXX");
	cr_assert(mkdtemp(top));
}

static const char *in(const char *name)
{
	static char path[4][256];
	static int i;
	i = (i + 1) % 4;
	snprintf(path[i], sizeof(path[i]), "%s/%s", top, name);
	return path[i];
}

static void put(int dir, const char *name)
{
	int fd = openat(dir, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	cr_assert(fd >= 0);
	close(fd);
}

/* A chain of directories with a file beside each; mode of each when it is done. */
static void make_chain(unsigned levels, const char *name, mode_t mode)
{
	int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (unsigned i = 0; i < levels; i++) {
		cr_assert(fd >= 0);
		put(fd, "file");
		cr_assert_eq(mkdirat(fd, name, 0700), 0);
		int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (i)
			cr_assert_eq(fchmod(fd, mode), 0);
		close(fd);
		fd = below;
	}
	put(fd, "file");
	close(fd);
}

static void few_descriptors(void)
{
	struct rlimit few = { 24, 24 };
	cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
}

Test(remove, deeper_than_descriptors_and_path_names_reach, .init = make_top)
{
	struct err err = ERR_INIT;
	make_chain(3000, "a-name-of-a-directory", 0700);
	few_descriptors();
	cr_expect_eq(file_remove_tree(top, &err), 0, "%s", err.text);
	cr_expect_eq(access(top, F_OK), -1);
}

/* Run as somebody whom modes stop. */
static int as_nobody(int (*what)(void))
{
	pid_t pid = fork();
	if (pid == 0) {
		if (getuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(100);
		_exit(what());
	}
	int status = 0;
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 101;
}

static int make_closed_and_remove(void)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/closed", top);
	if (mkdir(path, 0700) < 0)
		return 1;
	static const mode_t modes[] = { 0, 0400, 0300, 0100, 0500 };
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		char dir[160], file[192];
		snprintf(dir, sizeof(dir), "%s/%zu", path, i);
		snprintf(file, sizeof(file), "%s/sub", dir);
		if (mkdir(dir, 0700) < 0 || mkdir(file, 0700) < 0)
			return 2;
		snprintf(file, sizeof(file), "%s/sub/file", dir);
		int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		if (fd < 0)
			return 3;
		close(fd);
		snprintf(file, sizeof(file), "%s/sub", dir);
		if (chmod(file, modes[i]) < 0 || chmod(dir, modes[i]) < 0)
			return 4;
	}
	if (chmod(path, 0) < 0)
		return 5;
	return file_remove_tree(path, NULL) == 0 && access(path, F_OK) < 0 ? 0 : 6;
}

Test(remove, directories_of_ours_that_nobody_may_enter, .init = make_top)
{
	cr_assert_eq(chmod(top, 0777), 0);
	cr_expect_eq(as_nobody(make_closed_and_remove), 0);
	cr_expect_eq(file_remove_tree(top, NULL), 0);
}

static struct err said;

static int remove_foreign(void)
{
	said = ERR_INIT;
	if (file_remove_tree(in("mine"), &said) != -1)
		return 1;
	return strstr(said.text, "/mine/theirs/file: Permission denied") ? 0 : 2;
}

/* What cannot go is named; all else goes. */
Test(remove, what_is_not_ours_is_named_and_the_rest_goes, .init = make_top)
{
	if (getuid() != 0)
		cr_skip_test("needs root");
	static const char *const dirs[] = { "mine", "mine/a", "mine/theirs", "mine/z" };
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		cr_assert_eq(mkdir(in(dirs[i]), 0755), 0);
		if (i != 2)
			cr_assert_eq(chown(in(dirs[i]), 65534, 65534), 0);
	}
	put(AT_FDCWD, in("mine/theirs/file"));
	cr_assert_eq(chmod(top, 0777), 0);
	cr_expect_eq(as_nobody(remove_foreign), 0);
	cr_expect_eq(access(in("mine/theirs/file"), F_OK), 0);
	cr_expect_eq(access(in("mine/a"), F_OK), -1);
	cr_expect_eq(access(in("mine/z"), F_OK), -1);
	cr_expect_eq(file_remove_tree(top, NULL), 0);
}

Test(remove, links_are_not_followed, .init = make_top)
{
	cr_assert_eq(mkdir(in("kept"), 0700), 0);
	put(AT_FDCWD, in("kept/file"));
	cr_assert_eq(mkdir(in("gone"), 0700), 0);
	cr_assert_eq(symlink("../kept", in("gone/link")), 0);
	cr_assert_eq(symlink("kept", in("link")), 0);
	cr_expect_eq(file_remove_tree(in("gone"), NULL), 0);
	cr_expect_eq(file_remove_tree(in("link"), NULL), 0);
	cr_expect_eq(file_remove_tree(in("link"), NULL), 0, "missing is fine");
	cr_expect_eq(access(in("kept/file"), F_OK), 0);
	cr_expect_eq(access(in("gone"), F_OK), -1);
	cr_expect_eq(file_remove_tree(top, NULL), 0);
}

/* A directory of the user's that somebody has mounted in the tree. */
Test(remove, nothing_is_removed_through_a_mount, .init = make_top)
{
	struct err err = ERR_INIT;
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		cr_skip_test("needs a mount namespace");
	cr_assert_eq(mkdir(in("user"), 0700), 0);
	put(AT_FDCWD, in("user/precious"));
	cr_assert_eq(mkdir(in("work"), 0700), 0);
	cr_assert_eq(mkdir(in("work/a"), 0700), 0);
	cr_assert_eq(mkdir(in("work/a/here"), 0700), 0);
	put(AT_FDCWD, in("work/file"));
	cr_assert_eq(mount(in("user"), in("work/a/here"), NULL, MS_BIND, NULL), 0);
	cr_expect_eq(file_remove_tree(in("work"), &err), -1);
	cr_expect(strstr(err.text, "/work/a/here: Device or resource busy"), "%s", err.text);
	cr_expect_eq(access(in("user/precious"), F_OK), 0);
	cr_expect_eq(access(in("work/file"), F_OK), -1);
	cr_expect_eq(file_remove_tree(in("work/a/here"), NULL), -1, "the mount point itself");
	cr_expect_eq(access(in("user/precious"), F_OK), 0);
	cr_assert_eq(umount(in("work/a/here")), 0);
	cr_expect_eq(file_remove_tree(top, NULL), 0);
}

Test(remove, only_some, .init = make_top)
{
	char name[32];
	cr_assert_eq(mkdir(in("w"), 0700), 0);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "w/%d", i);
		put(AT_FDCWD, in(name));
	}
	cr_expect_eq(remove_some(in("w"), 50, NULL), 1);
	cr_expect_eq(access(in("w"), F_OK), 0);
	cr_expect_eq(remove_some(in("w"), 100, NULL), 0);
	cr_expect_eq(access(in("w"), F_OK), -1);

	int fd = open(in("big"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fallocate(fd, 0, 0, 65 << 20) == 0) {
		cr_expect_eq(remove_some(in("big"), 50, NULL), 1, "a big file takes long");
		cr_expect_eq(remove_some(top, 50, NULL), 1);
	}
	close(fd);
	cr_expect_eq(remove_some(top, SIZE_MAX, NULL), 0);
	cr_expect_eq(access(top, F_OK), -1);
}
