/* The files of a working tree: two git processes side by side, one for the index, one for all that differs from it. */
#include "checkout/tree.h"

#include "base/vec.h"
#include "fetch/gitcmd.h"

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

int tree_read(struct tree *out, struct arena *a, const char *root, struct err *err)
{
	_cleanup_buf_ struct buf index = BUF_INIT;
	_cleanup_buf_ struct buf status = BUF_INIT;
	struct gitcmd files, differs;
	*out = (struct tree) { 0 };
	if (gitcmd_start(&files, root, GIT("ls-files", "-z", "--stage"), false, err) < 0)
		return -1;
	int rc = gitcmd_start(&differs, root,
	                      GIT("status", "--porcelain=v1", "-z", "--untracked-files=all", "--ignored=matching", "--no-renames",
	                          "--ignore-submodules=all"),
	                      false, err);
	if (rc == 0)
		rc = gitcmd_finish(&differs, &status, err);
	struct err second = ERR_INIT;
	if (gitcmd_finish(&files, &index, &second) < 0 && rc == 0)
		rc = err_set(err, second.kind, "%s", second.text);
	if (rc < 0)
		return -1;
	read_index(out, a, buf_str(&index));
	read_status(out, a, buf_str(&status));
	return 0;
}
