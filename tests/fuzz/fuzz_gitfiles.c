/* The files of a repository that are read here, with any bytes: the first byte says which. Configuration and packed refs as
 * texts, HEAD, .git, commondir, refs and logs as files of a repository that is then looked at. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "git/git.h"
#include "git/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Keys have a section and a NUL behind them, as callers count on. */
static void config(struct str text)
{
	struct arena a = { 0 };
	struct map m = { 0 };
	git_config_parse(&m, &a, text);
	for (size_t i = 0; i < m.n; i++) {
		struct str *value = m.v[i].value;
		if (str_find_c(m.v[i].key, '.', 0) == SIZE_MAX || value->p[value->n])
			abort();
	}
	arena_done(&a);
}

/* What is listed is found again when the file keeps its promise to be sorted, and never more than that. */
static void packed(struct str text, bool sorted)
{
	struct arena a = { 0 };
	struct git_repo r = { .arena = &a, .git_dir = STR("/nowhere"), .common_dir = STR("/nowhere"), .root = STR_EMPTY };
	struct packed_refs p = { .text = arena_str(&a, text), .sorted = sorted };
	git_cache_of(&r)->packed = &p;
	struct str rest = p.text, sha, name, found;
	size_t n = 0;
	while (n++ < 200 && git_packed_next(&rest, &sha, &name))
		if (git_packed_find(&found, &r, name, NULL) < 0 || (found.n && !git_is_object_name(found)))
			abort();
	arena_done(&a);
}

static char dir_made[] = "/tmp/sidestep-fuzz-XXXXXX";

static void remove_place(void)
{
	file_remove_tree(dir_made, NULL);
}

/* A directory for all inputs, the current one from then on. */
static void enter_place(void)
{
	static const char *const dirs[] = { "r/.git/refs/heads", "r/.git/refs/tags", "r/.git/objects", "r/.git/logs", "w" };
	static bool made;
	if (made)
		return;
	if (!mkdtemp(dir_made) || chdir(dir_made) < 0)
		abort();
	atexit(remove_place);
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (file_mkdirs(dirs[i], 0700, NULL) < 0)
			abort();
	made = true;
}

static void look(const char *dir)
{
	struct arena a = { 0 };
	struct git_repo *r = NULL;
	struct err err = ERR_INIT;
	struct git_head h;
	struct git_ref_list refs;
	struct str sha;
	if (git_discover(&r, &a, dir, &err) < 0 && !err.text[0])
		abort();
	if (r) {
		if (git_head(&h, r, &err) == 0 && h.sha.n && !git_is_object_name(h.sha))
			abort();
		git_refs(&refs, r, STR("refs/"), NULL);
		git_ref(&sha, r, STR("refs/heads/main"), NULL);
		git_default_branch(r);
		git_remote_url(r);
		git_last_checkout(r);
	}
	arena_done(&a);
}

static void files(const char *changed, struct str text)
{
	static const struct {
		const char *path, *text;
	} usual[] = { { "r/.git/HEAD", "ref: refs/heads/main\n" },
		      { "r/.git/config", "[core]\n\tbare = false\n" },
		      { "r/.git/refs/heads/main", "1234567890123456789012345678901234567890\n" },
		      { "w/.git", "gitdir: ../r/.git\n" } };
	enter_place();
	for (size_t i = 0; i < ARRAY_LEN(usual); i++)
		file_write(usual[i].path, str_of(usual[i].text), 0600, NULL);
	file_write(changed, text, 0600, NULL);
	look("r");
	look("w");
	if (str_is(str_of(changed), "r/.git/commondir") || str_is(str_of(changed), "r/.git/packed-refs"))
		unlink(changed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "r/.git/HEAD", "r/.git/config",    "r/.git/refs/heads/main", "r/.git/packed-refs",
		                             "w/.git",      "r/.git/commondir", "r/.git/logs/HEAD" };
	if (size < 1)
		return 0;
	struct str text = str_n((const char *)data + 1, size - 1);
	uint8_t what = data[0] % (3 + ARRAY_LEN(paths));
	if (what == 0)
		config(text);
	else if (what < 3)
		packed(text, what == 1);
	else
		files(paths[what - 3], text);
	return 0;
}
