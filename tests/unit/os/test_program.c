/* Programs that we need ourselves. */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "harness.h"
#include "os/program.h"

#define SH(script) ((const char *const[]) { "/bin/sh", "-c", script, NULL })

static struct arena a;
static char dir[] = "/tmp/sidestep-program-XXXXXX";

static void enter_folder(void)
{
	cr_assert(mkdtemp(dir) && chdir(dir) == 0);
}

static void leave_folder(void)
{
	cr_assert_eq(chdir("/"), 0);
	file_remove_tree(dir, NULL);
	arena_done(&a);
}

TestSuite(program, .init = enter_folder, .fini = leave_folder);

static const char *put_program(const char *name, const char *script)
{
	const char *path = arena_printf(&a, "%s/%s", dir, name).p;
	cr_assert_eq(file_write(path, arena_printf(&a, "#!/bin/sh\n%s\n", script), 0700, NULL), 0);
	return path;
}

Test(program, only_absolute_folders_of_path_count)
{
	static const char *const rows[][2] = {
		{ "/a:/b", "/a:/b" },        { "here:/a:./b:/c/../d", "/a:/c/../d" }, { ":/a::/b:", "/a:/b" },
		{ "node_modules/.bin", "" }, { "", "/usr/local/bin:/usr/bin:/bin" },  { "~/bin:/a/", "/a/" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		setenv("PATH", rows[i][0], 1);
		cr_assert(str_is(program_path(&a), rows[i][1]), "%s: %.*s", rows[i][0], STRF(program_path(&a)));
	}
	unsetenv("PATH");
	cr_assert(str_is(program_path(&a), "/usr/local/bin:/usr/bin:/bin"));
}

Test(program, a_program_of_the_folder_we_stand_in_is_not_ours)
{
	char found[256];
	struct host *h = open_host(HOST_NO_CGROUP);
	_cleanup_buf_ struct buf said = BUF_INIT_MAX(4096);
	const char *mine = put_program("own-tool", "echo mine");
	const char *const args[] = { "own-tool", NULL };
	const struct program_call call = { .args = args, .out = &said };
	struct err err = ERR_INIT;
	setenv("PATH", ".::/usr/bin:/bin", 1);
	cr_assert_null(program_find(NULL, "own-tool", found, sizeof(found)));
	cr_assert_null(program_find(h, "own-tool", found, sizeof(found)));
	cr_assert_lt(program_run(&call, &err), 0);
	cr_assert_eq(err.kind, ERR_MISSING, "%s", err.text);
	setenv("PATH", arena_printf(&a, ".:%s:/usr/bin:/bin", dir).p, 1);
	cr_assert_str_eq(program_find(NULL, "own-tool", found, sizeof(found)), mine);
	cr_assert_eq(program_run(&call, &err), 0, "%s", err.text);
	cr_assert(str_is(buf_str(&said), "mine\n"));
	h->ops->free(h);
}

Test(program, what_it_starts_comes_from_there_as_well)
{
	_cleanup_buf_ struct buf said = BUF_INIT_MAX(4096);
	char given[] = "PATH=given", *const env[] = { given, NULL };
	setenv("PATH", "here:/usr/bin:/bin", 1);
	setenv("MINE", "kept", 1);
	cr_assert_eq(program_run(&(struct program_call) { .args = SH("echo $PATH $MINE; pwd"), .out = &said }, NULL), 0);
	cr_assert(str_is(buf_str(&said), "/usr/bin:/bin kept\n/\n"), "%.*s", STRF(buf_str(&said)));
	buf_clear(&said);
	cr_assert_eq(program_run(&(struct program_call) { .args = SH("echo $PATH $MINE"), .env = env, .out = &said }, NULL), 0);
	cr_assert(str_is(buf_str(&said), "given\n"), "an environment that is given stays: %.*s", STRF(buf_str(&said)));
}

/* On a host of its own, or on one that is there and goes on. */
Test(program, its_end_and_its_words)
{
	for (int own = 0; own < 2; own++) {
		struct host *h = own ? NULL : open_host(HOST_NO_CGROUP);
		struct err err = ERR_INIT;
		_cleanup_buf_ struct buf out = BUF_INIT_MAX(4), words = BUF_INIT_MAX(4096);
		struct program_call call = {
			.args = SH("echo said; echo words >&2; exit 7"), .host = h, .out = &out, .words = &words
		};
		cr_assert_eq(program_run(&call, &err), 7);
		cr_assert(str_is(buf_str(&out), "said") && str_is(buf_str(&words), "words\n"));
		call = (struct program_call) { .args = SH("kill -TERM $$"), .host = h };
		cr_assert_eq(program_run(&call, &err), 128 + SIGTERM);
		call = (struct program_call) { .args = SH("exec sleep 1000"), .host = h, .seconds = 1 };
		cr_assert_eq(program_run(&call, &err), -1);
		cr_assert(str_find(str_of(err.text), STR("has not ended within 1 seconds"), 0) != SIZE_MAX, "%s", err.text);
		call = (struct program_call) { .args = SH("exit 0"), .host = h };
		cr_assert_eq(program_run(&call, &err), 0, "the host still works");
		if (h)
			h->ops->free(h);
	}
}

Test(program, an_answer)
{
	static const struct {
		const char *script, *answer, *error; /* one of them is NULL */
	} rows[] = {
		{ "echo; echo ' 1.2 '; echo note >&2", "1.2", NULL },
		{ "true", "", NULL },
		{ "echo out; echo first >&2; echo last >&2; echo >&2; exit 1", NULL, "/bin/sh: last" },
		{ "echo only; exit 1", NULL, "/bin/sh: only" },
		{ "exit 3", NULL, "/bin/sh failed with exit code 3" },
		{ "exec sleep 1000", NULL, "/bin/sh has not ended within 1 seconds" },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = ERR_INIT;
		struct str said = STR("(none)");
		bool late = str_starts(str_of(rows[i].script), STR("exec"));
		const struct program_call call = { .args = SH(rows[i].script), .seconds = late ? 1 : 30 };
		cr_assert_eq(program_ask(&said, &a, &call, &err), rows[i].answer ? 0 : -1, "%zu", i);
		cr_assert(str_is(said, rows[i].answer ? rows[i].answer : "(none)"), "%zu: %.*s", i, STRF(said));
		cr_assert(!rows[i].error || strcmp(err.text, rows[i].error) == 0, "%zu: %s", i, err.text);
	}
}
