/* The files that differ between two commits: their trees side by side, and down only where they differ. Renames are not looked
 * for: a moved file is gone under one name and new under the other. */
#include "base/vec.h"
#include "git/internal.h"
#include "git/odb.h"

/* Directories below each other, and trees that are read, at most: few objects can stand for endlessly many directories. */
enum { DEPTH_MAX = 2048, TREES_MAX = 1 << 20 };

struct tree_entry {
	struct str name;
	unsigned mode;
	struct oid id;
};

struct names {
	VEC(struct str);
};

struct differ {
	struct odb *odb;
	struct arena *a; /* of the result */
	struct names out;
	size_t most, trees;
	bool cut;
	struct buf path; /* of the directory, with a slash at its end */
};

static bool is_dir(const struct tree_entry *e)
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

/* "<mode> <name>\0<id>": 1, 0 at the end, -1 when damaged. */
static int next_entry(struct str *rest, struct tree_entry *e, size_t len)
{
	unsigned mode = 0;
	size_t i = 0;
	if (!rest->n)
		return 0;
	for (; i < rest->n && i < 8 && rest->p[i] >= '0' && rest->p[i] <= '7'; i++)
		mode = mode << 3 | (unsigned)(rest->p[i] - '0');
	size_t end = i < rest->n && rest->p[i] == ' ' ? str_find_c(*rest, '\0', i) : SIZE_MAX;
	if (i == 0 || end == SIZE_MAX || end == i + 1 || rest->n - end - 1 < len)
		return -1;
	*e = (struct tree_entry) { .name = str_n(rest->p + i + 1, end - i - 1), .mode = plain_mode(mode) };
	memcpy(e->id.b, rest->p + end + 1, len);
	*rest = str_from(*rest, end + 1 + len);
	return 1;
}

/* The order of trees: a directory counts as its name with a slash behind it. */
static int entry_cmp(const struct tree_entry *x, const struct tree_entry *y)
{
	size_t n = MIN(x->name.n, y->name.n);
	int c = memcmp(x->name.p, y->name.p, n);
	if (c)
		return c;
	unsigned char a = n < x->name.n ? (unsigned char)x->name.p[n] : is_dir(x) ? '/' : 0;
	unsigned char b = n < y->name.n ? (unsigned char)y->name.p[n] : is_dir(y) ? '/' : 0;
	return a - b;
}

static void add_path(struct differ *d, struct str name)
{
	if (d->out.n == d->most) {
		d->cut = true;
		return;
	}
	*vec_add(d->a, &d->out) = arena_printf(d->a, "%.*s%.*s", STRF(buf_str(&d->path)), STRF(name));
}

static int diff_trees(struct differ *d, const struct oid *from, const struct oid *to, int depth, struct err *err);

/* One entry on one side, or the same name on both. */
static int diff_entry(struct differ *d, const struct tree_entry *from, const struct tree_entry *to, int depth, struct err *err)
{
	const struct tree_entry *e = from ? from : to;
	if (from && to && from->mode == to->mode && memcmp(from->id.b, to->id.b, OID_MAX) == 0)
		return 0;
	if (!is_dir(e)) {
		add_path(d, e->name);
		return 0;
	}
	size_t n = d->path.n;
	buf_addf(&d->path, "%.*s/", STRF(e->name));
	int rc = diff_trees(d, from ? &from->id : NULL, to ? &to->id : NULL, depth + 1, err);
	d->path.n = n;
	return rc;
}

static int merge(struct differ *d, struct str left, struct str right, int depth, struct err *err)
{
	struct tree_entry x, y;
	size_t len = d->odb->len;
	int a = next_entry(&left, &x, len), b = next_entry(&right, &y, len);
	while ((a > 0 || b > 0) && a >= 0 && b >= 0 && !d->cut) {
		int c = a == 0 ? 1 : b == 0 ? -1 : entry_cmp(&x, &y);
		if (diff_entry(d, c <= 0 ? &x : NULL, c >= 0 ? &y : NULL, depth, err) < 0)
			return -1;
		if (c <= 0)
			a = next_entry(&left, &x, len);
		if (c >= 0)
			b = next_entry(&right, &y, len);
	}
	if (a < 0 || b < 0)
		return err_set(err, ERR_INVALID, "the tree of %.*s is damaged", d->path.n ? (int)d->path.n : 10,
		               d->path.n ? d->path.p : "the commit");
	return 0;
}

static int read_tree(struct buf *out, struct differ *d, const struct oid *id, struct err *err)
{
	struct oid copy = id ? *id : (struct oid) { 0 };
	return id ? odb_read_kind(out, d->odb, &copy, OBJECT_TREE, err) : 0;
}

static int diff_trees(struct differ *d, const struct oid *from, const struct oid *to, int depth, struct err *err)
{
	_cleanup_buf_ struct buf left = BUF_INIT;
	_cleanup_buf_ struct buf right = BUF_INIT;
	if (depth > DEPTH_MAX || d->trees++ > TREES_MAX)
		return err_set(err, ERR_INVALID, "there are too many directories");
	if (read_tree(&left, d, from, err) < 0 || read_tree(&right, d, to, err) < 0)
		return -1;
	return merge(d, buf_str(&left), buf_str(&right), depth, err);
}

/* The tree of a commit, or of what a tag points to. */
static int tree_of(struct oid *out, struct odb *o, struct str commit, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct oid id;
	if (!oid_parse(&id, commit) || commit.n != 2 * o->len)
		return err_set(err, ERR_INVALID, "\"%.*s\" is not the name of a commit", (int)MIN(commit.n, 80), commit.p);
	if (odb_read_kind(&text, o, &id, OBJECT_COMMIT, err) < 0)
		return -1;
	struct str rest = buf_str(&text), line;
	if (!str_next_line(&rest, &line) || !str_starts(line, STR("tree ")) || line.n != 5 + 2 * o->len ||
	    !oid_parse(out, str_from(line, 5)))
		return err_set(err, ERR_INVALID, "object %.*s is no readable commit", STRF(commit));
	return 0;
}

int git_changed_files(struct git_changes *out, struct git_repo *r, struct str from, struct str to, size_t most, struct err *err)
{
	struct oid old, new;
	_cleanup_odb_ struct odb *o = odb_open(r, to.n / 2);
	struct differ d = { .odb = o, .a = r->arena, .most = most };
	int rc = 0;
	*out = (struct git_changes) { 0 };
	if ((from.n && tree_of(&old, o, from, err) < 0) || tree_of(&new, o, to, err) < 0)
		return err_wrap(err, "cannot compare two commits");
	if (!from.n || memcmp(old.b, new.b, OID_MAX) != 0)
		rc = diff_trees(&d, from.n ? &old : NULL, &new, 0, err);
	buf_done(&d.path);
	if (rc < 0)
		return err_wrap(err, "cannot compare two commits");
	*out = (struct git_changes) { .paths = d.out.v, .n = d.out.n, .cut = d.cut };
	return 0;
}
