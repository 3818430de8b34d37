/* Writing the .git of a workspace, file by file; see gitdir.h. */
#include "checkout/gitdir.h"

#include <dirent.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "checkout/copy.h"
#include "git/foreign.h"

static int write_file(const struct gitdir_spec *s, struct arena *a, const char *name, struct str text, struct err *err)
{
	return file_write(path_join(a, s->path, str_of(name)).p, text, 0644, err);
}

static int make_dirs(const struct gitdir_spec *s, struct arena *a, struct err *err)
{
	static const char *const dirs[] = { "objects/info", "objects/pack", "refs/heads", "refs/tags",
		                            "refs/remotes", "info",         "hooks" };
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
		if (file_mkdirs(path_join(a, s->path, str_of(dirs[i])).p, 0755, err) < 0)
			return -1;
	return 0;
}

/* A double-quoted text as both the config format and the alternates file read it. */
static void add_quoted(struct buf *out, struct str s)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n') {
			buf_adds(out, "\\n");
			continue;
		}
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, s.p[i]);
	}
	buf_addc(out, '"');
}

static int write_alternates(const struct gitdir_spec *s, struct arena *a, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (s->objects.p[0] == '"' || str_find_c(s->objects, '\n', 0) != SIZE_MAX)
		add_quoted(&text, s->objects);
	else
		buf_addstr(&text, s->objects);
	buf_addc(&text, '\n');
	return write_file(s, a, "objects/info/alternates", buf_str(&text), err);
}

/* --- config --- */

static bool is_among(struct str key, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(key, keys[i]))
			return true;
	return false;
}

/* Settings that decide how the files of the tree are read and written; without them `git status` would see changes
 * that are none, or lack objects that a partial clone fetches when needed. What names programs, files or servers is taken only
 * from the user's own repository. */
static bool is_inherited(struct str key, bool own)
{
	static const char *const plain[] = { "core.autocrlf",       "core.eol",
		                             "core.filemode",       "core.symlinks",
		                             "core.ignorecase",     "core.precomposeunicode",
		                             "core.sparsecheckout", "core.sparsecheckoutcone",
		                             "index.sparse",        "extensions.objectformat" };
	static const char *const trusted[] = { "core.attributesfile", "core.excludesfile", "extensions.partialclone",
		                               "remote.origin.promisor", "remote.origin.partialclonefilter" };
	if (is_among(key, plain, ARRAY_LEN(plain)))
		return true;
	return own && (is_among(key, trusted, ARRAY_LEN(trusted)) || str_starts(key, STR("filter.")) ||
	               str_starts(key, STR("submodule.")));
}

/* As git itself writes it: there are readers that do not know quotes, the problem matchers of GitHub's runner among them. */
static void add_value(struct buf *out, struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] <= ' ' || strchr("\"\\;#", value.p[i])) {
			add_quoted(out, value);
			return;
		}
	buf_addstr(out, value);
}

void gitdir_add_setting(struct buf *out, struct str key, struct str value)
{
	size_t first = str_find_c(key, '.', 0), last = key.n;
	while (last > 0 && key.p[last - 1] != '.')
		last--;
	if (first == SIZE_MAX || last == 0)
		return;
	buf_addf(out, "[%.*s", (int)first, key.p);
	if (last - 1 > first) {
		buf_addc(out, ' ');
		add_quoted(out, str_n(key.p + first + 1, last - 2 - first));
	}
	buf_addf(out, "]\n\t%.*s = ", STRF(str_from(key, last)));
	add_value(out, value);
	buf_addc(out, '\n');
}

static struct str branch_of(struct str ref)
{
	return str_starts(ref, STR("refs/heads/")) ? str_from(ref, 11) : STR_EMPTY;
}

static int write_config(const struct gitdir_spec *s, struct arena *a, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	bool extended =
		git_config(s->from, "extensions.objectFormat").n || (s->own && git_config(s->from, "extensions.partialClone").n);
	struct str key, value, branch = branch_of(s->ref);
	/* The copied index knows other inode numbers and change times: only size and modification time are compared. */
	buf_addf(&text,
	         "[core]\n\trepositoryformatversion = %d\n\tbare = false\n\tlogallrefupdates = true\n\tcheckStat = minimal\n"
	         "\ttrustctime = false\n[gc]\n\tauto = 0\n",
	         extended);
	if (s->url.n) {
		gitdir_add_setting(&text, STR("remote.origin.url"), s->url);
		gitdir_add_setting(&text, STR("remote.origin.fetch"), STR("+refs/heads/*:refs/remotes/origin/*"));
	}
	if (branch.n && s->url.n) {
		gitdir_add_setting(&text, arena_printf(a, "branch.%.*s.remote", STRF(branch)), STR("origin"));
		gitdir_add_setting(&text, arena_printf(a, "branch.%.*s.merge", STRF(branch)), s->ref);
	}
	for (size_t i = 0; git_config_next(s->from, &i, &key, &value);)
		if (is_inherited(key, s->own))
			gitdir_add_setting(&text, key, value);
	return write_file(s, a, "config", buf_str(&text), err);
}

/* --- refs --- */

struct ref_table {
	struct map seen;
	struct git_ref_list list;
};

static void put_ref(struct ref_table *t, struct arena *a, struct str name, struct str sha)
{
	if (map_has(&t->seen, name))
		return;
	map_put(a, &t->seen, name, t);
	*vec_add(a, &t->list) = (struct git_ref_entry) { name, sha };
}

/* All refs of the other repository whose name starts with `from` and then `begins`, as the clone of a server would call them. */
static int put_all(struct ref_table *t, const struct gitdir_spec *s, struct arena *a, const char *from, const char *as,
                   struct str begins, struct err *err)
{
	struct git_ref_list refs;
	if (git_refs(&refs, s->from, str_of(from), err) < 0)
		return -1;
	for (size_t i = 0; i < refs.n; i++) {
		struct str rest = str_from(refs.v[i].name, strlen(from));
		if (!str_is(rest, "HEAD") && str_starts(rest, begins))
			put_ref(t, a, arena_printf(a, "%s%.*s", as, STRF(rest)), refs.v[i].sha);
	}
	return 0;
}

/* The ref that was checked out. */
static void put_head(struct ref_table *t, const struct gitdir_spec *s, struct arena *a)
{
	struct str branch = branch_of(s->ref), sha;
	if (branch.n) {
		put_ref(t, a, s->ref, s->commit);
		put_ref(t, a, arena_printf(a, "refs/remotes/origin/%.*s", STRF(branch)), s->commit);
	} else if (str_starts(s->ref, STR("refs/tags/"))) {
		bool known = !s->plain && git_ref(&sha, s->from, s->ref, NULL) == 0 && sha.n; /* annotated: the tag object */
		put_ref(t, a, s->ref, known ? sha : s->commit);
	} else if (str_starts(s->ref, STR("refs/"))) {
		put_ref(t, a, arena_printf(a, "refs/remotes/%.*s", STRF(str_from(s->ref, 5))), s->commit);
	}
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct git_ref_entry *)a)->name, ((const struct git_ref_entry *)b)->name);
}

static int put_branches(struct ref_table *t, const struct gitdir_spec *s, struct arena *a, struct str begins, struct err *err)
{
	if (put_all(t, s, a, "refs/heads/", "refs/remotes/origin/", begins, err) < 0)
		return -1;
	return put_all(t, s, a, "refs/remotes/origin/", "refs/remotes/origin/", begins, err);
}

/* The commit first; the refs that stand for something else after it. */
static struct str *list_tips(const struct gitdir_spec *s, struct arena *a, const struct git_ref_list *refs, size_t *n)
{
	struct str *tips = arena_array(a, struct str, refs->n + 1);
	*n = 0;
	tips[(*n)++] = s->commit;
	for (size_t i = 0; i < refs->n; i++)
		if (!str_eq(refs->v[i].sha, s->commit))
			tips[(*n)++] = refs->v[i].sha;
	return tips;
}

/* As git follows tags: those that stand for a commit that has come. */
static int put_followed(struct ref_table *t, const struct gitdir_spec *s, struct arena *a, struct err *err)
{
	struct git_ref_list tags;
	struct map reached = { 0 };
	size_t n;
	const struct str *tips = list_tips(s, a, &t->list, &n);
	if (shallow_reached(&reached, a, s->from, tips, n, s->depth, err) < 0 ||
	    git_refs(&tags, s->from, STR("refs/tags/"), err) < 0)
		return -1;
	struct str *objects = arena_array(a, struct str, tags.n + 1);
	for (size_t i = 0; i < tags.n; i++)
		objects[i] = tags.v[i].sha;
	const struct git_commit *commits = shallow_commits(a, s->from, objects, tags.n);
	for (size_t i = 0; i < tags.n; i++)
		if (map_has(&reached, commits[i].sha))
			put_ref(t, a, tags.v[i].name, tags.v[i].sha);
	return 0;
}

static int list_refs(struct ref_table *t, const struct gitdir_spec *s, struct arena *a, struct err *err)
{
	if (s->commit.n)
		put_head(t, s, a);
	if (s->depth == 0 && put_branches(t, s, a, STR_EMPTY, err) < 0)
		return -1;
	bool all_tags = s->depth == 0 || (s->tags && !s->follow);
	if (all_tags && put_all(t, s, a, "refs/tags/", "refs/tags/", STR_EMPTY, err) < 0)
		return -1;
	if (s->begins.n &&
	    (put_branches(t, s, a, s->begins, err) < 0 || put_all(t, s, a, "refs/tags/", "refs/tags/", s->begins, err) < 0))
		return -1;
	if (!all_tags && s->tags && s->commit.n && put_followed(t, s, a, err) < 0)
		return -1;
	if (t->list.n)
		qsort(t->list.v, t->list.n, sizeof(*t->list.v), by_name);
	return 0;
}

static int write_refs(const struct gitdir_spec *s, struct arena *a, const struct git_ref_list *refs, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	buf_adds(&text, "# pack-refs with: sorted \n");
	for (size_t i = 0; i < refs->n; i++)
		buf_addf(&text, "%.*s %.*s\n", STRF(refs->v[i].sha), STRF(refs->v[i].name));
	if (write_file(s, a, "packed-refs", buf_str(&text), err) < 0)
		return -1;
	struct str branch = branch_of(s->ref);
	struct str head = branch.n || !s->commit.n
	                          ? arena_printf(a, "ref: %.*s\n", STRF(branch.n ? s->ref : STR("refs/heads/main")))
	                          : arena_printf(a, "%.*s\n", STRF(s->commit));
	return write_file(s, a, "HEAD", head, err);
}

/* --- what else decides how the tree looks --- */

static int take(const struct gitdir_spec *s, struct arena *a, struct str dir, const char *name, struct err *err)
{
	if (!s->own)
		return MIN(foreign_copy(a, dir, name, s->path, 0644, err), 0);
	return copy_file(path_join(a, dir, str_of(name)).p, path_join(a, s->path, str_of(name)).p, err);
}

static int write_shallow(const struct gitdir_spec *s, struct arena *a, const struct git_ref_list *refs, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (!s->commit.n)
		return 0;
	if (s->depth == 0)
		return take(s, a, s->from->common_dir, "shallow", err);
	size_t n;
	const struct str *tips = list_tips(s, a, refs, &n);
	if (shallow_boundary(&text, a, s->from, tips, n, s->depth, err) < 0)
		return -1;
	return text.n ? write_file(s, a, "shallow", buf_str(&text), err) : 0;
}

/* A split index refers to sharedindex.<object> beside it. */
static int take_index(const struct gitdir_spec *s, struct arena *a, struct err *err)
{
	if (!s->index)
		return 0;
	if (take(s, a, s->from->git_dir, "info/sparse-checkout", err) < 0)
		return -1;
	if (!s->own)
		return foreign_copy_index(a, s->from->git_dir, s->path, 0644, err);
	if (take(s, a, s->from->git_dir, "index", err) < 0)
		return -1;
	_cleanup_closedir_ DIR *d = opendir(arena_cstr(a, s->from->git_dir));
	struct dirent *e;
	while (d && (e = readdir(d)))
		if (str_starts(str_of(e->d_name), STR("sharedindex.")) && take(s, a, s->from->git_dir, e->d_name, err) < 0)
			return -1;
	return 0;
}

int gitdir_make(const struct gitdir_spec *s, struct arena *a, struct err *err)
{
	struct ref_table refs = { 0 };
	if (make_dirs(s, a, err) < 0 || write_alternates(s, a, err) < 0 || write_config(s, a, err) < 0 ||
	    list_refs(&refs, s, a, err) < 0 || write_refs(s, a, &refs.list, err) < 0 ||
	    write_shallow(s, a, &refs.list, err) < 0 || take(s, a, s->from->common_dir, "info/exclude", err) < 0 ||
	    take(s, a, s->from->common_dir, "info/attributes", err) < 0 || take_index(s, a, err) < 0)
		return err_wrap(err, "cannot make %.*s", STRF(s->path));
	return 0;
}
