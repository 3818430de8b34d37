/* Reading the store of actions; see inventory.h. */
#include "actions/inventory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "git/git.h"

struct names {
	VEC(struct str);
};

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* What is in a folder, sorted. */
static void list_names(struct names *out, struct arena *a, struct str dir)
{
	*out = (struct names) { 0 };
	_cleanup_closedir_ DIR *d = opendir(arena_cstr(a, dir));
	struct dirent *e;
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			*vec_add(a, out) = arena_str(a, str_of(e->d_name));
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
}

static int newest_first(const void *a, const void *b)
{
	const struct stored_tree *x = a, *y = b;
	return (x->used_at < y->used_at) - (x->used_at > y->used_at);
}

static void read_trees(struct inventory *out, struct arena *a, struct str server, struct str repository, struct str dir)
{
	struct names names;
	size_t first = out->n;
	list_names(&names, a, dir);
	for (size_t i = 0; i < names.n; i++) {
		struct str marker = path_join(a, dir, names.v[i]), sha = names.v[i];
		struct stat st;
		if (!str_ends(sha, STR(".ok")) || !git_is_object_name(sha = str_to(sha, sha.n - 3)) || lstat(marker.p, &st) < 0)
			continue;
		*vec_add(a, out) = (struct stored_tree) {
			.server = server,
			.repository = repository,
			.sha = sha,
			.place = { .git = arena_printf(a, "%.*s.git", STRF(dir)), .dir = dir, .url = STR_EMPTY },
			.used_at = st.st_mtime
		};
	}
	if (out->n > first)
		qsort(out->v + first, out->n - first, sizeof(*out->v), newest_first);
}

void inventory_read(struct inventory *out, struct arena *a, struct str store)
{
	struct names servers, owners, repos;
	*out = (struct inventory) { 0 };
	list_names(&servers, a, store);
	for (size_t i = 0; i < servers.n; i++) {
		struct str server = path_join(a, store, servers.v[i]);
		list_names(&owners, a, server);
		for (size_t k = 0; k < owners.n; k++) {
			struct str owner = path_join(a, server, owners.v[k]);
			list_names(&repos, a, owner);
			for (size_t r = 0; r < repos.n; r++)
				read_trees(out, a, servers.v[i],
				           arena_printf(a, "%.*s/%.*s", STRF(owners.v[k]), STRF(repos.v[r])),
				           path_join(a, owner, repos.v[r]));
		}
	}
}

uint64_t inventory_weigh(struct arena *a, const struct stored_tree *t)
{
	char *paths[] = { (char *)(uintptr_t)arena_cstr(a, action_tree(a, &t->place, t->sha)), NULL };
	FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	uint64_t bytes = 0;
	FTSENT *e;
	while (walk && (e = fts_read(walk)))
		if (e->fts_info == FTS_F)
			bytes += (uint64_t)e->fts_statp->st_size;
	if (walk)
		fts_close(walk);
	return bytes;
}

/* "%2F" is a slash again. */
static struct str ref_name(struct arena *a, struct str file)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = 0; i < file.n; i++) {
		bool coded = file.p[i] == '%' && i + 2 < file.n;
		buf_addc(&out, !coded ? file.p[i] : file.p[i + 2] == 'F' ? '/' : '%');
		i += coded ? 2 : 0;
	}
	return arena_str(a, buf_str(&out));
}

void inventory_refs(struct stored_refs *out, struct arena *a, const struct action_place *p)
{
	struct names names;
	*out = (struct stored_refs) { 0 };
	list_names(&names, a, path_join(a, p->dir, STR("refs")));
	for (size_t i = 0; i < names.n; i++) {
		struct stored_ref ref = { .name = ref_name(a, names.v[i]) };
		ref.sha = action_ref_stored(a, p, ref.name, &ref.asked_at);
		if (ref.sha.n)
			*vec_add(a, out) = ref;
	}
}

static void forget_refs(struct arena *a, const struct stored_tree *t)
{
	struct stored_refs refs;
	inventory_refs(&refs, a, &t->place);
	for (size_t i = 0; i < refs.n; i++)
		if (str_eq(refs.v[i].sha, t->sha))
			action_ref_forget(a, &t->place, refs.v[i].name);
}

static bool has_trees(struct arena *a, const struct stored_tree *t)
{
	struct inventory left = { 0 };
	read_trees(&left, a, t->server, t->repository, t->place.dir);
	return left.n > 0;
}

/* The marker first: a tree without one is not there for anybody. Those who use it hold a shared lock on it. */
int inventory_remove(struct arena *a, const struct stored_tree *t, bool dry, struct err *err)
{
	struct str tree = action_tree(a, &t->place, t->sha);
	const char *marker = arena_printf(a, "%.*s.ok", STRF(tree)).p;
	_cleanup_close_ int lock = open(path_join(a, t->place.dir, STR("lock")).p, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	_cleanup_close_ int fd = open(marker, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : err_errno(err, "%s", marker);
	if ((lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) < 0) || flock(fd, LOCK_EX | LOCK_NB) < 0)
		return 1;
	if (dry)
		return 0;
	if (unlink(marker) < 0)
		return err_errno(err, "%s", marker);
	forget_refs(a, t);
	if (file_remove_tree(tree.p, err) < 0)
		return -1;
	return has_trees(a, t) ? 0 : file_remove_tree(arena_cstr(a, t->place.git), err);
}
