/* Histories by libgit2: the best common ancestor, and what one commit has that another has not. */
#include "git/lib.h"

int lib_merge_base(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to,
                   size_t most, struct err *err)
{
	git_oid one, two, base;
	_cleanup_lib_ struct lib *l = NULL;
	if (lib_open(&l, at, err) < 0 || lib_peel(&one, l, from, err) < 0 || lib_peel(&two, l, to, err) < 0)
		return -1;
	lib.git_error_clear();
	int rc = lib.git_merge_base(&base, l->repo, &one, &two);
	const git_error *e = rc < 0 ? lib.git_error_last() : NULL;
	if (rc == GIT_ENOTFOUND && e && e->klass == GIT_ERROR_MERGE)
		return 0; /* no common ancestor; a commit that is not there is an error of another class */
	if (rc < 0)
		return lib_error(err, rc, NULL);
	if (most > 0)
		*vec_add(a, out) = lib_name(a, &base);
	return 0;
}

static int walk(struct arena *a, struct names *out, git_revwalk *w, const git_oid *from, const git_oid *to, size_t most)
{
	git_oid id;
	int rc = lib.git_revwalk_push(w, to);
	if (rc == 0 && from)
		rc = lib.git_revwalk_hide(w, from);
	while (rc == 0 && out->n <= most && (rc = lib.git_revwalk_next(&id, w)) == 0)
		*vec_add(a, out) = lib_name(a, &id);
	return rc == GIT_ITEROVER ? 0 : rc;
}

int lib_between(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to, size_t most,
                struct err *err)
{
	git_oid one, two;
	git_revwalk *w = NULL;
	_cleanup_lib_ struct lib *l = NULL;
	if (lib_open(&l, at, err) < 0 || lib_peel(&two, l, to, err) < 0 || (from.n && lib_peel(&one, l, from, err) < 0))
		return -1;
	int rc = lib.git_revwalk_new(&w, l->repo);
	if (rc == 0)
		rc = walk(a, out, w, from.n ? &one : NULL, &two, most);
	if (rc < 0)
		lib_error(err, rc, NULL);
	lib.git_revwalk_free(w);
	return rc < 0 ? -1 : 0;
}
