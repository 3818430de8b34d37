/* Serving the user's working tree as it is: by an overlay where that is possible, else by a copy. */
#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "checkout/copy.h"
#include "checkout/gitdir.h"
#include "checkout/internal.h"
#include "checkout/overlay.h"
#include "checkout/submodule.h"

struct serve {
	struct checkout *c;
	struct str dir; /* the tree */
	struct git_repo *repo;
	struct str url, ref;
	struct parts parts;
	size_t files, changes;
};

/* Through a read-only mount where there can be one: git touches the times of objects that it finds instead of writing them. */
struct str checkout_objects(struct checkout *c, struct git_repo *repo)
{
	struct str own = path_join(c->a, repo->common_dir, STR("objects"));
	if (!c->r.overlay || file_exists(path_join(c->a, own, STR("info/alternates")).p))
		return own; /* alternates of alternates may be relative */
	struct str view = readonly_view(c->a, own, c->r.scratch);
	return view.n ? view : own;
}

static int make_gitdir(struct serve *s, const struct part *p, struct str path, struct err *err)
{
	struct checkout *c = s->c;
	struct git_head head;
	bool root = p->prefix.n == 0;
	if (git_head(&head, p->repo, err) < 0)
		return -1;
	struct gitdir_spec spec = { .path = path,
		                    .from = p->repo,
		                    .own = p->own,
		                    .objects = checkout_objects(c, p->repo),
		                    .url = root ? s->url : git_remote_url(p->repo),
		                    .ref = root ? s->ref : STR_EMPTY,
		                    .commit = head.sha,
		                    .depth = c->in.depth,
		                    .tags = c->in.tags,
		                    .follow = c->r.early,
		                    .plain = root && c->r.early && !c->in.ref.n,
		                    .begins = root ? checkout_begins(c) : STR_EMPTY,
		                    .index = true };
	if (!spec.ref.n && !head.sha.n)
		spec.ref = head.ref;
	if (root)
		c->out_commit = head.sha;
	return gitdir_make(&spec, c->a, err);
}

static struct str in_part(struct serve *s, const struct part *p, struct str path)
{
	return p->prefix.n ? arena_printf(s->c->a, "%.*s%.*s", STRF(p->prefix), STRF(path)) : path;
}

/* --- overlay --- */

static bool may_overlay(struct serve *s)
{
	struct checkout *c = s->c;
	if (!c->r.overlay || c->r.keep || !c->in.clean)
		return false;
	if (path_below(c->dest, s->dir).n != c->dest.n || path_below(c->r.scratch, s->dir).n != c->r.scratch.n)
		return false; /* a tree that would hold itself */
	return !mounts_below(c->a, s->dir);
}

/* 1: the .git of the part is made; 0: refused; -1: error. */
static int overlay_gitdir(struct serve *s, struct overlay *o, const struct part *p, struct err *err)
{
	struct str name = in_part(s, p, STR(".git")), path = overlay_replace(o, name);
	if (!path.n)
		return 0;
	if (make_gitdir(s, p, path, err) < 0)
		return -1;
	return overlay_opaque(o, name) ? 1 : 0;
}

static int overlay_part(struct serve *s, struct overlay *o, const struct part *p, struct err *err)
{
	for (size_t i = 0; i < p->tree.ignored.n; i++)
		if (!overlay_hide(o, in_part(s, p, p->tree.ignored.v[i])))
			return 0;
	s->files += p->tree.tracked.n + p->tree.untracked.n - MIN(p->tree.deleted, p->tree.tracked.n);
	return overlay_gitdir(s, o, p, err);
}

static int fill_overlay(struct serve *s, struct overlay *o, struct err *err)
{
	int rc = 1;
	for (const struct part *p = s->parts.first; p && rc == 1; p = p->next)
		rc = overlay_part(s, o, p, err);
	for (size_t i = 0; i < s->parts.empty.n && rc == 1; i++)
		rc = overlay_empty(o, s->parts.empty.v[i]);
	return rc == 1 ? overlay_mount(o, s->c->dest) : rc;
}

/* 1: done, 0: not possible here, -1: error. */
static int by_overlay(struct serve *s, struct err *err)
{
	struct overlay o;
	int rc = overlay_open(&o, s->c->a, s->dir, s->c->r.scratch);
	if (rc == 1)
		rc = fill_overlay(s, &o, err);
	if (rc == 1)
		overlay_done(&o);
	else
		overlay_discard(&o);
	if (rc == 0) {
		say_debug("No overlay (%s): the files are copied", o.why);
		s->files = 0;
	}
	return rc;
}

/* --- copy --- */

static int copy_paths(struct serve *s, struct copier *k, const struct part *p, const struct paths *list, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		struct str path = in_part(s, p, list->v[i]);
		bool whole = path.n && path.p[path.n - 1] == '/';
		if ((whole ? copier_add_tree(k, path, err) : copier_add(k, path, err)) < 0)
			return -1;
	}
	return 0;
}

static int copy_parts(struct serve *s, struct copier *k, struct err *err)
{
	if (!s->repo)
		return copier_add_tree(k, STR_EMPTY, err);
	for (const struct part *p = s->parts.first; p; p = p->next)
		if (p->tree.unread.n)
			return err_set(err, ERR_SYSTEM, "%.*s: nothing is copied, as not all would be", STRF(p->tree.unread));
	for (const struct part *p = s->parts.first; p; p = p->next)
		if (copy_paths(s, k, p, &p->tree.tracked, err) < 0 || copy_paths(s, k, p, &p->tree.untracked, err) < 0)
			return -1;
	for (size_t i = 0; i < s->parts.empty.n; i++)
		if (copier_add_dir(k, s->parts.empty.v[i], err) < 0)
			return -1;
	return 0;
}

static int by_copy(struct serve *s, const char **how, struct err *err)
{
	struct copier k;
	struct checkout *c = s->c;
	int rc = copier_open(&k, c->a, s->dir.p, c->dest.p, err);
	struct str inside = path_below(c->dest, s->dir);
	if (inside.n != c->dest.n)
		k.skip = inside;
	if (rc == 0)
		rc = copy_parts(s, &k, err);
	for (const struct part *p = s->parts.first; p && rc == 0; p = p->next)
		rc = make_gitdir(s, p, path_join(c->a, c->dest, in_part(s, p, STR(".git"))), err);
	if (rc == 0)
		rc = copier_finish(&k, err);
	copier_done(&k);
	s->files = k.files;
	*how = k.cloned ? "by copy (blocks shared)" : "by copy";
	return rc;
}

/* --- both --- */

static void tell(struct serve *s, const char *how)
{
	struct checkout *c = s->c;
	struct str time = took(c);
	_cleanup_buf_ struct buf more = BUF_INIT;
	if (s->repo && s->changes)
		buf_addf(&more, "; %zu uncommitted change%s included", s->changes, s->changes == 1 ? "" : "s");
	else if (!s->repo)
		buf_adds(&more, "; no git repository");
	say("Working tree of %.*s, %zu file%s, %s in %.*s%s", STRF(s->dir), s->files, s->files == 1 ? "" : "s", how, STRF(time),
	    buf_cstr(&more));
	if (c->out_commit.n)
		say("HEAD is %.*s%s%.*s", STRF(c->out_commit), s->ref.n ? " on " : "", STRF(s->ref));
}

int worktree_serve(struct checkout *c, struct str dir, struct git_repo *repo, struct str url, struct str ref, struct err *err)
{
	struct serve s = { .c = c, .dir = dir, .repo = repo, .url = url, .ref = ref };
	const char *how = "by overlay";
	if (repo && parts_read(&s.parts, c, dir, repo, err) < 0)
		return -1;
	for (const struct part *p = s.parts.first; p; p = p->next)
		s.changes += p->tree.changes;
	int rc = may_overlay(&s) && repo ? by_overlay(&s, err) : 0;
	if (rc == 0)
		rc = by_copy(&s, &how, err);
	if (rc < 0 || (repo && sparse_apply(c, true, err) < 0))
		return -1;
	tell(&s, how);
	return 0;
}
