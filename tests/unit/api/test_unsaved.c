/* Texts that an editor has not saved, through the public functions: they stand in for the files, also for called ones. */
#include <criterion/criterion.h>
#include <sidestep/sidestep.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define GOOD "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n"

static char dir[] = "/tmp/sidestep-unsaved-XXXXXX";

static void write_file(const char *name, const char *text)
{
	char path[128];
	struct err err = ERR_INIT;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	cr_assert(file_write(path, str_of(text), 0644, &err) == 0, "%s", err.text);
}

static void make_repository(void)
{
	struct err err = ERR_INIT;
	char path[128];
	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/.github/workflows", dir);
	cr_assert(file_mkdirs(path, 0755, &err) == 0);
	snprintf(path, sizeof(path), "%s/.git/refs", dir);
	file_mkdirs(path, 0755, &err);
	snprintf(path, sizeof(path), "%s/.git/objects", dir);
	file_mkdirs(path, 0755, &err);
	write_file(".git/HEAD", "ref: refs/heads/main\n");
	write_file(".github/workflows/a.yml", GOOD);
}

static void remove_repository(void)
{
	struct err err = ERR_INIT;
	file_remove_tree(dir, &err);
}

/* Checks the repository and compares the status; the findings must hold all parts (NULL: there are none). */
static void check(const struct sidestep_unsaved *unsaved, size_t n, enum sidestep_status status, const char *part)
{
	struct sidestep_files files = { .directory = dir, .unsaved = unsaved, .nunsaved = n };
	struct sidestep_render render = { 0 };
	struct sidestep_text text;
	cr_expect_eq(sidestep_check(&files, SIDESTEP_CHECK_TEXT, &render, &text), status, "%s%s", text.out, text.messages);
	cr_expect(part ? strstr(text.out, part) != NULL : text.out_size == 0, "%s", text.out);
	sidestep_text_done(&text);
}

static struct sidestep_unsaved unsaved_text(const char *path, const char *text, int version)
{
	return (struct sidestep_unsaved) { path, text, strlen(text), version };
}

Test(unsaved, stands_in_for_the_file, .init = make_repository, .fini = remove_repository)
{
	struct sidestep_unsaved u[3] = { unsaved_text(".github/workflows/a.yml", "on: push\njobs:\n  a:\n    stepz: 1\n", 0) };
	check(NULL, 0, SIDESTEP_OK, NULL);
	check(u, 1, SIDESTEP_FAILED, "    4 |     stepz: 1\n      |     ^~~~~\n");
	/* of several versions the highest counts, in whatever order they come */
	u[1] = unsaved_text(".github/workflows/../workflows/a.yml", GOOD, 2);
	u[2] = unsaved_text(".github/workflows/a.yml", "jobs: [", 1);
	check(u, 3, SIDESTEP_OK, NULL);
	/* a file that is not there yet, and one that is wrong on the disk */
	u[0] = unsaved_text(".github/workflows/new.yml", "on: push\njobs: {}\n", 0);
	check(u, 1, SIDESTEP_FAILED, "new.yml:2:7: error: ");
	write_file(".github/workflows/a.yml", "jobs: [");
	u[0] = unsaved_text(".github/workflows/a.yml", GOOD, 7);
	check(u, 1, SIDESTEP_OK, NULL);
	check(NULL, 0, SIDESTEP_FAILED, "a.yml:");
}

Test(unsaved, is_what_a_call_finds, .init = make_repository, .fini = remove_repository)
{
	write_file(".github/workflows/a.yml", "on: push\njobs:\n  a:\n    uses: ./.github/workflows/c.yml\n");
	struct sidestep_unsaved u[1] = { unsaved_text(".github/workflows/c.yml", GOOD, 0) };
	check(NULL, 0, SIDESTEP_FAILED, "workflow was not found");
	check(u, 1, SIDESTEP_FAILED, "[call-not-callable]");
	u[0] = unsaved_text(".github/workflows/c.yml",
	                    "on: workflow_call\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps: [{run: echo}]\n", 1);
	check(u, 1, SIDESTEP_OK, NULL);
}

Test(unsaved, of_a_path_that_is_given, .init = make_repository, .fini = remove_repository)
{
	struct sidestep_unsaved u[1] = { unsaved_text("elsewhere.yml", "on: push\njobs: {}\n", 0) };
	const char *paths[] = { "elsewhere.yml" };
	struct sidestep_files files = { .directory = dir, .paths = paths, .npaths = 1, .unsaved = u, .nunsaved = 1 };
	struct sidestep_render render = { 0 };
	struct sidestep_text text;
	cr_expect_eq(sidestep_check(&files, SIDESTEP_CHECK_JSON, &render, &text), SIDESTEP_FAILED);
	cr_expect_not_null(strstr(text.out, "\"rule\":\"jobs-empty\""), "%s%s", text.out, text.messages);
	sidestep_text_done(&text);
	files.nunsaved = 0;
	cr_expect_eq(sidestep_check(&files, SIDESTEP_CHECK_JSON, &render, &text), SIDESTEP_USAGE);
	sidestep_text_done(&text);
}
