/* The files that differ between two commits: their trees side by side, and down only where they differ (libgit2's own comparison
 * looks at every file of both). Renames are not looked for: a moved file is gone under one name and new under the other. */
#include "base/buf.h"
#include "git/lib.h"

/* Directories below each other, and trees that are read, at most: few objects can stand for endlessly many directories. */
enum { DEPTH_MAX = 2048, TREES_MAX = 1 << 20 };

struct entry {
	struct str name;
	unsigned mode;
	const git_oid *id;
};

struct differ {
	struct lib *lib;
	struct arena *a; /* of the result */
	struct names *out;
	size_t most, trees;
	struct buf path; /* of the directory, with a slash at its end */
};

static bool is_dir(const struct entry *e)
{
	return (e->mode & 0170000) == 0040000;
}

/* Permissions beyond "may be executed" do not count. */
static unsigned plain_mode(unsigned mode)
{
	if ((mode & 0170000) == 0100000)
		return mode & 0100 ? 0100755 : 0100644;
	return mode & 0170000;
}

/* False at the end; a tree that is not there has no entries. */
static bool entry_at(struct entry *e, const git_tree *tree, size_t i)
{
	const git_tree_entry *found = tree ? lib.git_tree_entry_byindex(tree, i) : NULL;
	if (!found)
		return false;
	*e = (struct entry) { .name = str_of(lib.git_tree_entry_name(found)),
		              .mode = plain_mode((unsigned)lib.git_tree_entry_filemode_raw(found)),
		              .id = lib.git_tree_entry_id(found) };
	return true;
}

/* The order of trees: a directory counts as its name with a slash behind it. */
static int entry_cmp(const struct entry *x, const struct entry *y)
{
	size_t n = MIN(x->name.n, y->name.n);
	int c = memcmp(x->name.p, y->name.p, n);
	if (c)
		return c;
	unsigned char a = n < x->name.n ? (unsigned char)x->name.p[n] : is_dir(x) ? '/' : 0;
	unsigned char b = n < y->name.n ? (unsigned char)y->name.p[n] : is_dir(y) ? '/' : 0;
	return a - b;
}

static bool is_full(const struct differ *d)
{
	return d->out->n > d->most;
}

static int diff_trees(struct differ *d, const git_oid *from, const git_oid *to, int depth, struct err *err);

/* One entry on one side, or the same name on both. */
static int diff_entry(struct differ *d, const struct entry *from, const struct entry *to, int depth, struct err *err)
{
	const struct entry *e = from ? from : to;
	if (from && to && from->mode == to->mode && lib.git_oid_equal(from->id, to->id))
		return 0;
	if (!is_dir(e)) {
		*vec_add(d->a, d->out) = arena_printf(d->a, "%.*s%.*s", STRF(buf_str(&d->path)), STRF(e->name));
		return 0;
	}
	size_t n = d->path.n;
	buf_addf(&d->path, "%.*s/", STRF(e->name));
	int rc = diff_trees(d, from ? from->id : NULL, to ? to->id : NULL, depth + 1, err);
	d->path.n = n;
	return rc;
}

static int diff_entries(struct differ *d, const git_tree *left, const git_tree *right, int depth, struct err *err)
{
	struct entry x, y;
	size_t i = 0, j = 0;
	while (!is_full(d)) {
		bool a = entry_at(&x, left, i), b = entry_at(&y, right, j);
		if (!a && !b)
			break;
		int c = !a ? 1 : !b ? -1 : entry_cmp(&x, &y);
		if (diff_entry(d, c <= 0 ? &x : NULL, c >= 0 ? &y : NULL, depth, err) < 0)
			return -1;
		i += c <= 0;
		j += c >= 0;
	}
	return 0;
}

static int read_tree(git_tree **out, struct differ *d, const git_oid *id, struct err *err)
{
	*out = NULL;
	if (!id)
		return 0;
	if (d->trees++ > TREES_MAX)
		return err_set(err, ERR_INVALID, "there are too many directories");
	if (lib_expect(d->lib, id, GIT_OBJECT_TREE, err) < 0)
		return -1;
	int rc = lib.git_tree_lookup(out, d->lib->repo, id);
	return rc < 0 ? lib_error(err, rc, id) : 0;
}

static int diff_trees(struct differ *d, const git_oid *from, const git_oid *to, int depth, struct err *err)
{
	git_tree *left = NULL, *right = NULL;
	if (depth > DEPTH_MAX)
		return err_set(err, ERR_INVALID, "there are too many directories below each other");
	int rc = read_tree(&left, d, from, err);
	if (rc == 0)
		rc = read_tree(&right, d, to, err);
	if (rc == 0)
		rc = diff_entries(d, left, right, depth, err);
	lib.git_tree_free(left);
	lib.git_tree_free(right);
	return rc;
}

static int tree_of(git_oid *out, struct lib *l, struct str name, struct err *err)
{
	git_oid id;
	git_commit *c;
	if (lib_commit(&c, &id, l, name, err) < 0)
		return -1;
	*out = *lib.git_commit_tree_id(c);
	lib.git_commit_free(c);
	return 0;
}

int lib_changed(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to, size_t most,
                struct err *err)
{
	git_oid old, new;
	_cleanup_lib_ struct lib *l = NULL;
	if (lib_open(&l, at, err) < 0 || (from.n && tree_of(&old, l, from, err) < 0) || tree_of(&new, l, to, err) < 0)
		return -1;
	struct differ d = { .lib = l, .a = a, .out = out, .most = most };
	if (from.n && lib.git_oid_equal(&old, &new))
		return 0;
	int rc = diff_trees(&d, from.n ? &old : NULL, &new, 0, err);
	buf_done(&d.path);
	return rc;
}
