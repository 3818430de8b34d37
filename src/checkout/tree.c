/* The files of a working tree: two git processes side by side, one for the index, one for all that differs from it. */
#include "checkout/tree.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/path.h"
#include "base/vec.h"
#include "git/run.h"

/* For a look at all files, of which nothing is heard before it is over. */
enum { LOOK_SECONDS = 60 };

struct tree_words {
	struct arena *a;
	struct str unread;
};

static bool next_field(struct str *rest, struct str *field)
{
	size_t end = str_find_c(*rest, '\0', 0);
	if (end == SIZE_MAX)
		return false;
	*field = str_to(*rest, end);
	*rest = str_from(*rest, end + 1);
	return true;
}

/* "100644 <object> <stage>\t<path>"; a conflict names its path up to three times in a row. */
static void read_index(struct tree *t, struct arena *a, struct str text)
{
	struct str entry, last = STR_EMPTY;
	while (next_field(&text, &entry)) {
		size_t tab = str_find_c(entry, '\t', 0);
		if (tab == SIZE_MAX)
			continue;
		struct str path = str_from(entry, tab + 1);
		if (str_eq(path, last))
			continue;
		bool link = str_starts(entry, STR("160000 "));
		*vec_add(a, link ? &t->links : &t->tracked) = last = arena_str(a, path);
	}
}

/* "XY <path>" */
static void read_status(struct tree *t, struct arena *a, struct str text)
{
	struct str entry;
	while (next_field(&text, &entry)) {
		if (entry.n < 4)
			continue;
		struct str path = str_from(entry, 3);
		bool ignored = entry.p[0] == '!', untracked = entry.p[0] == '?';
		if (ignored)
			*vec_add(a, &t->ignored) = arena_str(a, path);
		if (untracked)
			*vec_add(a, &t->untracked) = arena_str(a, path);
		t->changes += !ignored;
		t->deleted += entry.p[1] == 'D';
	}
}

/* git goes on without such a directory, and says so in passing. */
static struct str find_unread(struct arena *a, struct str words)
{
	struct str line;
	while (str_next_line(&words, &line))
		if (str_starts(line, STR("warning: could not open directory ")))
			return arena_str(a, str_from(line, 9));
	return STR_EMPTY;
}

static void take_words(void *cookie, struct git_run *g)
{
	struct tree_words *w = cookie;
	w->unread = find_unread(w->a, git_run_words(g));
}

/* Both at once: each has its own part of the work. */
static int ask_git(struct host *h, struct git_repo *repo, enum git_trust trust, struct buf *index, struct buf *status,
                   struct tree_words *words, struct err *err)
{
	struct git_call files = {
		.trust = trust, .repo = repo, .index = true, .args = GIT("ls-files", "-z", "--stage"), .seconds = LOOK_SECONDS
	};
	struct git_call differs = { .trust = trust,
		                    .repo = repo,
		                    .index = true,
		                    .seconds = LOOK_SECONDS,
		                    .over = take_words,
		                    .cookie = words,
		                    .args = GIT("status", "--porcelain=v1", "-z", "--untracked-files=all", "--ignored=matching",
		                                "--no-renames", "--ignore-submodules=all") };
	struct git_run *first = git_run_start(h, &files, err), *second = first ? git_run_start(h, &differs, err) : NULL;
	if (!second) {
		git_run_free(first);
		return -1;
	}
	if (git_run_wait(second, status, err) < 0) {
		git_run_free(first);
		return -1;
	}
	return git_run_wait(first, index, err);
}

/* ---- what git would wait for ---- */

/* git opens its lists of patterns whatever they are. Links to them are followed outside of the tree only. */
static int check_list(struct str path, bool in_tree, struct err *err)
{
	struct stat st;
	if ((in_tree ? lstat(path.p, &st) : stat(path.p, &st)) < 0 || S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ||
	    S_ISLNK(st.st_mode) || (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))) /* /dev/null */
		return 0;
	return err_set(err, ERR_INVALID, "%.*s is no regular file: git would wait for it", STRF(path));
}

static int check_setting(struct arena *a, struct str root, struct str value, struct err *err)
{
	return !value.n || value.p[0] == '~' ? 0 : check_list(path_join(a, root, arena_str(a, value)), false, err);
}

/* Those that can be named at once; others in the tree are found by the time that git takes. */
static int check_lists(struct arena *a, struct git_repo *repo, bool own, struct err *err)
{
	static const char *const in_tree[] = { ".gitignore", ".gitattributes" };
	static const char *const beside[] = { "info/exclude", "info/attributes" };
	static const char *const settings[] = { "core.excludesFile", "core.attributesFile" };
	for (size_t i = 0; i < ARRAY_LEN(in_tree); i++)
		if (check_list(path_join(a, repo->root, str_of(in_tree[i])), true, err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_LEN(beside); i++)
		if (check_list(path_join(a, repo->common_dir, str_of(beside[i])), false, err) < 0)
			return -1;
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (check_setting(a, repo->root, own ? git_config(repo, settings[i]) : git_user_config(a, settings[i]), err) < 0)
			return -1;
	return 0;
}

static int late_means_pipe(struct err *err)
{
	if (err && err->errnum == ETIMEDOUT)
		err_wrap(err, "is a .gitignore or .gitattributes in the tree a pipe (find . -name '.git*' -type p)?");
	return -1;
}

int tree_read(struct tree *out, struct arena *a, struct git_repo *repo, bool own, struct err *err)
{
	_cleanup_buf_ struct buf index = BUF_INIT;
	_cleanup_buf_ struct buf status = BUF_INIT;
	struct tree_words words = { a, STR_EMPTY };
	*out = (struct tree) { 0 };
	if (check_lists(a, repo, own, err) < 0)
		return -1;
	struct host *h = host_real_new(&(struct host_options) { .flags = HOST_NO_CGROUP }, err);
	int rc = h ? ask_git(h, repo, own ? GIT_OFFLINE : GIT_FOREIGN, &index, &status, &words, err) : -1;
	if (h)
		h->ops->free(h);
	if (rc < 0)
		return late_means_pipe(err);
	out->unread = words.unread;
	read_index(out, a, buf_str(&index));
	read_status(out, a, buf_str(&status));
	return 0;
}
