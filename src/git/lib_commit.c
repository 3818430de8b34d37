/* Commits by libgit2: what they say, and which tag leads to one. */
#include "git/lib.h"

static void take_person(struct arena *a, struct str *name, struct str *email, const git_signature *from)
{
	*name = arena_str(a, str_of(from ? from->name : NULL));
	*email = arena_str(a, str_of(from ? from->email : NULL));
}

static void take(struct arena *a, struct commit_facts *out, const git_commit *c, const git_oid *id)
{
	const git_signature *committer = lib.git_commit_committer(c);
	*out = (struct commit_facts) { .id = lib_name(a, id),
		                       .tree = lib_name(a, lib.git_commit_tree_id(c)),
		                       .message = arena_str(a, str_of(lib.git_commit_message_raw(c))),
		                       .seconds = committer ? committer->when.time : 0,
		                       .zone = committer ? committer->when.offset : 0 };
	take_person(a, &out->author_name, &out->author_email, lib.git_commit_author(c));
	take_person(a, &out->committer_name, &out->committer_email, committer);
	for (unsigned i = 0; i < lib.git_commit_parentcount(c); i++)
		*vec_add(a, &out->parents) = lib_name(a, lib.git_commit_parent_id(c, i));
}

static int read_one(struct arena *a, struct commit_facts *out, struct lib *l, struct str name, struct err *err)
{
	git_oid id;
	git_commit *c;
	if (lib_commit(&c, &id, l, name, err) < 0)
		return -1;
	take(a, out, c, &id);
	lib.git_commit_free(c);
	return 0;
}

int lib_facts(struct arena *a, struct commit_facts *out, const struct object_places *at, const struct str *names, size_t n,
              struct err *err)
{
	_cleanup_lib_ struct lib *l = NULL;
	if (lib_open(&l, at, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (read_one(a, &out[i], l, names[i], err) < 0)
			return -1;
	return 0;
}

int lib_find_tag(size_t *found, const struct object_places *at, const struct str *tags, size_t n, struct str commit,
                 struct err *err)
{
	git_oid want, id;
	_cleanup_lib_ struct lib *l = NULL;
	if (lib_open(&l, at, err) < 0)
		return -1;
	lib.git_oid_fromstrn(&want, commit.p, commit.n);
	for (*found = 0; *found < n; ++*found)
		if (lib_peel(&id, l, tags[*found], NULL) == 0 && lib.git_oid_equal(&id, &want))
			break;
	return 0;
}
