/* Opening below a folder, by the kernel's resolution and by the walk that stands in for it. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/beneath.h"
#include "base/file.h"

static char dir[] = "/tmp/sidestep-beneath-XXXXXX";
static int root = -1;

static void write_file(const char *name, const char *text)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	cr_assert_eq(file_write(path, str_of(text), 0600, NULL), 0, "%s", path);
}

static void setup(void)
{
	cr_assert(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	cr_assert_eq(mkdir("in", 0700) | mkdir("in/sub", 0700) | mkdir("out", 0700), 0);
	write_file("in/file", "inside");
	write_file("in/sub/deep", "deep");
	write_file("out/file", "outside");
	cr_assert_eq(symlink("../out/file", "in/up"), 0);
	cr_assert_eq(symlink("/etc/passwd", "in/absolute"), 0);
	cr_assert_eq(symlink("../out", "in/folder"), 0);
	cr_assert_eq(symlink("sub/deep", "in/link"), 0);
	cr_assert_eq(symlink("/nowhere/at/all", "in/dangling"), 0);
	cr_assert_eq(symlink("sub", "in/sublink"), 0);
	cr_assert_eq(mkfifo("in/pipe", 0600), 0);
	root = open("in", O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert_geq(root, 0);
}

static void teardown(void)
{
	close(root);
	file_remove_tree(dir, NULL);
}

TestSuite(beneath, .init = setup, .fini = teardown);

static int outcome(int fd)
{
	int why = errno;
	if (fd >= 0)
		close(fd);
	return fd >= 0 ? 0 : why;
}

Test(beneath, what_leads_out_is_not_opened)
{
	static const struct {
		const char *path;
		int followed, nolinks, walked; /* errno, 0: opened */
	} rows[] = {
		{ "file", 0, 0, 0 },
		{ "sub/deep", 0, 0, 0 },
		{ "./sub//deep", 0, 0, 0 },
		{ ".", 0, 0, 0 },
		{ "link", 0, ELOOP, ELOOP },
		{ "sublink/deep", 0, ELOOP, ENOTDIR },
		{ "up", EXDEV, ELOOP, ELOOP },
		{ "absolute", EXDEV, ELOOP, ELOOP },
		{ "folder/file", EXDEV, ELOOP, ENOTDIR },
		{ "..", EXDEV, EXDEV, EXDEV },
		{ "../out/file", EXDEV, EXDEV, EXDEV },
		{ "sub/../../out/file", EXDEV, EXDEV, EXDEV },
		{ "/etc/passwd", EXDEV, EXDEV, ENOENT }, /* the walk takes it for a name below */
		{ "missing", ENOENT, ENOENT, ENOENT },
		{ "file/x", ENOTDIR, ENOTDIR, ENOTDIR },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *p = rows[i].path;
		cr_expect_eq(outcome(beneath_open(root, p, O_RDONLY, 0)), rows[i].followed, "%s", p);
		cr_expect_eq(outcome(beneath_open_nolinks(root, p, O_RDONLY, 0)), rows[i].nolinks, "%s, no links", p);
		cr_expect_eq(outcome(beneath_walk(root, p, O_RDONLY, 0)), rows[i].walked, "%s, walked: %d", p, errno);
	}
}

Test(beneath, reading)
{
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	cr_expect_eq(beneath_read(&text, root, "link", 100, &err), 0);
	cr_expect_str_eq(buf_cstr(&text), "deep");
	cr_expect_eq(beneath_read(&text, root, "pipe", 100, &err), 1, "a pipe blocks nobody");
	cr_expect_eq(beneath_read(&text, root, "sub", 100, &err), 1);
	cr_expect_eq(beneath_read(&text, root, "missing", 100, &err), 1);
	cr_expect_eq(beneath_read(&text, root, "up", 100, &err), -1);
	cr_expect_eq(err.errnum, EXDEV);
	cr_expect_eq(beneath_read(&text, root, "file", 3, &err), -1);
	buf_done(&text);
}

Test(beneath, what_is_to_be_made_stays)
{
	cr_expect(beneath_stays(root, "new/one/deeper"));
	cr_expect(beneath_stays(root, "sublink/new"));
	cr_expect(beneath_stays(root, ""));
	cr_expect(!beneath_stays(root, "folder/new"));
	cr_expect(!beneath_stays(root, "dangling"));
	cr_expect(!beneath_stays(root, "dangling/new"));
	cr_expect(!beneath_stays(root, "new/../../out"));
	cr_expect(!beneath_stays(root, "../in/file"));
}

Test(beneath, folders)
{
	cr_expect_eq(outcome(beneath_mkdirs(root, "sub/a/b")), 0);
	cr_expect_eq(outcome(beneath_mkdirs(root, "sub/a/b")), 0, "also when they are there");
	cr_expect(file_is_dir("in/sub/a/b"));
	cr_expect_eq(outcome(beneath_mkdirs(root, "folder/x")), ELOOP);
	cr_expect(!file_exists("out/x"));
	cr_expect_neq(outcome(beneath_mkdirs(root, "file/x")), 0);
	int fd = beneath_open_nolinks(root, "sub/a/made", O_WRONLY | O_CREAT, 0600);
	cr_expect_eq(outcome(fd), 0);
	cr_expect_eq(outcome(beneath_open_nolinks(root, "dangling", O_WRONLY | O_CREAT, 0600)), ELOOP);
	cr_expect_eq(outcome(beneath_walk(root, "sub/a/walked", O_WRONLY | O_CREAT, 0600)), 0);
	cr_expect(file_exists("in/sub/a/walked"));
}
