/* Small files for steps, and finding programs. */
#include <fcntl.h>
#include <sys/stat.h>

#include "harness.h"

static char dir[64];

static void make_dir(void)
{
	snprintf(dir, sizeof(dir), "/tmp/os-files-XXXXXX");
	cr_assert(mkdtemp(dir));
}

static const char *in(const char *name)
{
	static char path[4][256];
	static int i;
	i = (i + 1) % 4;
	snprintf(path[i], sizeof(path[i]), "%s/%s", dir, name);
	return path[i];
}

Test(files, put_and_take, .init = make_dir)
{
	struct host *h = open_host(0);
	struct err err = ERR_INIT;
	struct stat st;
	_cleanup_buf_ struct buf b = BUF_INIT;
	cr_assert_eq(h->ops->put_file(h, in("a"), STR("one\0two"), 0600, &err), 0);
	cr_assert(stat(in("a"), &st) == 0 && st.st_size == 7 && (st.st_mode & 07777) == 0600);
	cr_assert_eq(h->ops->take_file(h, in("a"), &b, 100, &err), 0);
	cr_assert(str_eq(buf_str(&b), STR("one\0two")));
	cr_assert_eq(access(in("a"), F_OK), -1);
	cr_assert_eq(h->ops->take_file(h, in("a"), &b, 100, &err), 0, "missing is empty");
	cr_assert_eq(b.n, 7u);

	cr_assert_eq(h->ops->read_file(h, in("a"), &b, 100, &err), 1);
	cr_assert_eq(h->ops->read_file(h, in("a/b"), &b, 100, &err), 1);
	cr_assert_eq(h->ops->put_file(h, in("b"), STR("0123456789"), 0644, &err), 0);
	cr_assert_eq(h->ops->read_file(h, in("b"), &b, 9, &err), -1);
	buf_clear(&b);
	cr_assert_eq(h->ops->read_file(h, in("b"), &b, 10, &err), 0);
	cr_assert(str_eq(buf_str(&b), STR("0123456789")));
	buf_clear(&b);
	cr_assert_eq(h->ops->take_file(h, in("b"), &b, 9, &err), -1);
	cr_assert(strstr(err.text, "larger than 9 bytes"), "%s", err.text);
	cr_assert_eq(access(in("b"), F_OK), -1);
	cr_assert_eq(h->ops->put_file(h, in("no/such"), STR(""), 0644, &err), -1);
	h->ops->remove_tree(h, dir, &err);
	h->ops->free(h);
}

/* What steps may put in a file's place. */
Test(files, odd_files, .init = make_dir)
{
	struct host *h = open_host(0);
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf b = BUF_INIT;
	cr_assert_eq(mkfifo(in("fifo"), 0600), 0);
	cr_assert_eq(h->ops->read_file(h, in("fifo"), &b, 100, &err), -1);
	cr_assert(strstr(err.text, "not a regular file"), "%s", err.text);
	cr_assert_eq(h->ops->take_file(h, in("fifo"), &b, 100, &err), -1);
	cr_assert(strstr(err.text, "not a regular file"), "%s", err.text);
	cr_assert_eq(access(in("fifo"), F_OK), -1);
	cr_assert_eq(mkdir(in("dir"), 0700), 0);
	cr_assert_eq(h->ops->read_file(h, in("dir"), &b, 100, &err), 1);
	cr_assert_eq(h->ops->take_file(h, in("dir"), &b, 100, &err), -1);
	cr_assert_eq(symlink("/dev/zero", in("zero")), 0);
	cr_assert_eq(h->ops->take_file(h, in("zero"), &b, 100, &err), -1);
	cr_assert_eq(symlink("/no/such", in("dangling")), 0);
	cr_assert_eq(h->ops->take_file(h, in("dangling"), &b, 100, &err), 0);
	struct stat st;
	cr_assert_eq(lstat(in("dangling"), &st), -1);
	cr_assert_eq(h->ops->put_file(h, in("target"), STR("text"), 0600, &err), 0);
	cr_assert_eq(symlink("target", in("link")), 0);
	cr_assert_eq(h->ops->take_file(h, in("link"), &b, 100, &err), 0);
	cr_assert(str_eq(buf_str(&b), STR("text")));
	h->ops->remove_tree(h, dir, &err);
	h->ops->free(h);
}

Test(files, directories, .init = make_dir)
{
	struct host *h = open_host(0);
	struct err err = ERR_INIT;
	struct stat st;
	cr_assert_eq(h->ops->make_dir(h, in("x/y/z"), &err), 0, "%s", err.text);
	cr_assert(stat(in("x/y"), &st) == 0 && (st.st_mode & 0777) == 0700);
	cr_assert_eq(h->ops->make_dir(h, in("x/y/z"), &err), 0);
	cr_assert_eq(h->ops->put_file(h, in("x/file"), STR(""), 0600, &err), 0);
	cr_assert_eq(h->ops->make_dir(h, in("x/file/below"), &err), -1);
	cr_assert_eq(h->ops->remove_tree(h, in("x"), &err), 0);
	cr_assert_eq(h->ops->remove_tree(h, in("x"), &err), 0, "missing is fine");
	cr_assert_eq(h->ops->remove_tree(h, dir, &err), 0);
	h->ops->free(h);
}

Test(files, which, .init = make_dir)
{
	struct host *h = open_host(0);
	struct err err = ERR_INIT;
	char path[512], out[256], tiny[4];
	cr_assert_eq(h->ops->make_dir(h, in("one/tool"), &err), 0);
	cr_assert_eq(h->ops->make_dir(h, in("two"), &err), 0);
	cr_assert_eq(h->ops->put_file(h, in("two/tool"), STR(""), 0600, &err), 0);
	cr_assert_eq(symlink("/no/such", in("one/dead")), 0);
	snprintf(path, sizeof(path), ":%s/one:%s/none:%s/two:", dir, dir, dir);
	const struct {
		const char *name, *expect;
	} cases[] = {
		{ "tool", in("two/tool") }, /* a directory is no program; the executable bit is not asked for */
		{ "dead", NULL },           { "nothing", NULL },      { "", NULL },
		{ "/bin/sh", "/bin/sh" },   { "/bin/no-such", NULL }, { "/bin", NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *found = h->ops->which(h, cases[i].name, path, out, sizeof(out));
		if (cases[i].expect)
			cr_expect_str_eq(found ? found : "(none)", cases[i].expect);
		else
			cr_expect_null(found, "%s: %s", cases[i].name, found);
	}
	cr_expect_null(h->ops->which(h, "tool", path, tiny, sizeof(tiny)));
	cr_expect_null(h->ops->which(h, "tool", "", out, sizeof(out)));
	cr_assert_eq(chdir(dir), 0);
	cr_expect_str_eq(h->ops->which(h, "tool", "two", out, sizeof(out)), in("two/tool"));
	h->ops->remove_tree(h, dir, &err);
	h->ops->free(h);
}
