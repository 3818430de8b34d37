/* The files of a working tree: two git processes side by side, one for the index, one for all that differs from it. */
#include "checkout/tree.h"

#include "base/vec.h"
#include "git/run.h"

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
	struct git_call files = { .trust = trust, .repo = repo, .index = true, .args = GIT("ls-files", "-z", "--stage") };
	struct git_call differs = { .trust = trust,
		                    .repo = repo,
		                    .index = true,
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

int tree_read(struct tree *out, struct arena *a, struct git_repo *repo, bool own, struct err *err)
{
	_cleanup_buf_ struct buf index = BUF_INIT;
	_cleanup_buf_ struct buf status = BUF_INIT;
	struct tree_words words = { a, STR_EMPTY };
	*out = (struct tree) { 0 };
	struct host *h = host_real_new(&(struct host_options) { .flags = HOST_NO_CGROUP }, err);
	int rc = h ? ask_git(h, repo, own ? GIT_OFFLINE : GIT_FOREIGN, &index, &status, &words, err) : -1;
	if (h)
		h->ops->free(h);
	if (rc < 0)
		return -1;
	out->unread = words.unread;
	read_index(out, a, buf_str(&index));
	read_status(out, a, buf_str(&status));
	return 0;
}
