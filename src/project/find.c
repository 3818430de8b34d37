/* Listing a folder, and walking a tree for the files of actions; see find.h. The tree may be anybody's: every folder is opened
 * below the one where the walk began, without a link on the way. */
#include "project/find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/beneath.h"
#include "base/file.h"
#include "base/path.h"
#include "model/action.h"

/* A folder still to be read. */
struct spot {
	struct str path; /* below the root, "" for itself */
	unsigned depth;
};

struct walk {
	struct arena *a;
	int root;
	struct str folder; /* what root is */
	unsigned depth;
	size_t entries;
	struct paths *out;
	struct {
		VEC(struct spot);
	} todo;
};

static int by_path(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void find_sort(struct paths *l, size_t first)
{
	if (l->n > first)
		qsort(l->v + first, l->n - first, sizeof(*l->v), by_path);
}

int find_yaml(struct paths *out, struct arena *a, struct str folder, struct err *err)
{
	size_t first = out->n;
	_cleanup_closedir_ DIR *d = opendir(arena_cstr(a, folder));
	struct dirent *e;
	if (!d && errno != ENOENT && errno != ENOTDIR)
		return err_errno(err, "%.*s", STRF(folder));
	while (d && (e = readdir(d)))
		if (path_is_yaml(str_of(e->d_name)))
			*vec_add(a, out) = path_join(a, folder, str_of(e->d_name));
	find_sort(out, first);
	return 0;
}

static bool is_kind(DIR *d, const struct dirent *e, unsigned char type, mode_t mode)
{
	struct stat st;
	if (e->d_type != DT_UNKNOWN)
		return e->d_type == type;
	return fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && (st.st_mode & S_IFMT) == mode;
}

/* Whether somebody else's repository begins here. */
static bool is_other_repository(DIR *d, const struct spot *at)
{
	return at->path.n && faccessat(dirfd(d), ".git", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static void take_entry(struct walk *w, DIR *d, const struct dirent *e, const struct spot *at)
{
	struct str name = str_of(e->d_name);
	if (action_is_name(name) && is_kind(d, e, DT_REG, S_IFREG)) {
		*vec_add(w->a, w->out) = path_join(w->a, path_join(w->a, w->folder, at->path), name);
		return;
	}
	if (at->depth == w->depth || str_is(name, ".") || str_is(name, "..") || str_is(name, ".git") ||
	    str_is(name, "node_modules") || !is_kind(d, e, DT_DIR, S_IFDIR))
		return;
	*vec_add(w->a, &w->todo) = (struct spot) { path_join(w->a, at->path, name), at->depth + 1 };
}

static void read_spot(struct walk *w, const struct spot *at)
{
	int fd = beneath_open_nolinks(w->root, at->path.n ? arena_cstr(w->a, at->path) : ".", O_RDONLY | O_DIRECTORY, 0);
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	if (!d && fd >= 0)
		close(fd);
	if (!d || is_other_repository(d, at))
		return;
	while (w->entries < FIND_ENTRIES && (e = readdir(d))) {
		w->entries++;
		take_entry(w, d, e, at);
	}
}

void find_actions(struct paths *out, struct arena *a, struct str folder, unsigned depth)
{
	_cleanup_close_ int root = open(arena_cstr(a, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct walk w = { .a = a, .root = root, .folder = folder, .depth = depth, .out = out };
	size_t first = out->n;
	if (root < 0)
		return;
	*vec_add(a, &w.todo) = (struct spot) { STR_EMPTY, 0 };
	for (size_t i = 0; i < w.todo.n; i++) {
		struct spot at = w.todo.v[i]; /* the list grows, and moves */
		read_spot(&w, &at);
	}
	find_sort(out, first);
}
