/* libgit2 through dlopen: a process that needs no commit does not pay for loading it. */
#include "git/lib.h"

#include <dlfcn.h>
#include <git2.h>

#define LIB_FUNCTIONS(X)                                                                                                         \
	X(git_libgit2_init)                                                                                                      \
	X(git_libgit2_opts)                                                                                                      \
	X(git_error_last)                                                                                                        \
	X(git_repository_open)                                                                                                   \
	X(git_repository_free)                                                                                                   \
	X(git_oid_fromstr)                                                                                                       \
	X(git_oid_tostr)                                                                                                         \
	X(git_commit_lookup)                                                                                                     \
	X(git_commit_free)                                                                                                       \
	X(git_commit_id)                                                                                                         \
	X(git_commit_message)                                                                                                    \
	X(git_commit_author)                                                                                                     \
	X(git_commit_committer)                                                                                                  \
	X(git_commit_tree_id)                                                                                                    \
	X(git_commit_parentcount)                                                                                                \
	X(git_commit_parent_id)

static struct {
#define X(name) __typeof__(name) *name;
	LIB_FUNCTIONS(X)
#undef X
} lib;

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
#define X(name) { #name, offsetof(__typeof__(lib), name) },
	LIB_FUNCTIONS(X)
#undef X
};

static int find_symbols(void *handle, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		void *found = dlsym(handle, symbols[i].name);
		if (!found)
			return err_set(err, ERR_UNSUPPORTED, "libgit2 has no %s", symbols[i].name);
		memcpy((char *)&lib + symbols[i].offset, &found, sizeof(found));
	}
	return 0;
}

/* The layouts used here (git_signature, git_oid without SHA-256) are the same in all of these. */
static int load(struct err *err)
{
	static bool loaded;
	static const char *const names[] = { "libgit2.so.1.5", "libgit2.so.1.6", "libgit2.so.1.7", "libgit2.so.1.8",
		                             "libgit2.so.1.9", "libgit2.so.1.4", "libgit2.so.1.3", "libgit2.so.1.1" };
	void *handle = NULL;
	if (loaded)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(names) && !handle; i++)
		handle = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
	if (!handle)
		return err_set(err, ERR_MISSING, "libgit2 is not installed (needed to read commits)");
	if (find_symbols(handle, err) < 0)
		return -1;
	if (lib.git_libgit2_init() < 0)
		return err_set(err, ERR_SYSTEM, "libgit2 does not start");
	lib.git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* repositories of other owners are fine to read */
	loaded = true;
	return 0;
}

static int lib_error(struct err *err, const char *what)
{
	const git_error *e = lib.git_error_last();
	return err_set(err, ERR_INVALID, "%s: %s", what, e && e->message ? e->message : "unknown error");
}

static struct str oid_text(struct arena *a, const git_oid *oid)
{
	char text[GIT_OID_HEXSZ + 1];
	return arena_str(a, str_of(lib.git_oid_tostr(text, sizeof(text), oid)));
}

static void copy_commit(struct lib_commit *out, struct arena *a, const git_commit *c)
{
	const git_signature *author = lib.git_commit_author(c), *committer = lib.git_commit_committer(c);
	*out = (struct lib_commit) {
		.sha = oid_text(a, lib.git_commit_id(c)),
		.message = arena_str(a, str_of(lib.git_commit_message(c))),
		.author_name = arena_str(a, str_of(author ? author->name : "")),
		.author_email = arena_str(a, str_of(author ? author->email : "")),
		.committer_name = arena_str(a, str_of(committer ? committer->name : "")),
		.committer_email = arena_str(a, str_of(committer ? committer->email : "")),
		.tree = oid_text(a, lib.git_commit_tree_id(c)),
		.time = committer ? committer->when.time : 0,
		.zone = committer ? committer->when.offset : 0,
		.nparents = lib.git_commit_parentcount(c),
	};
	out->parents = arena_array(a, struct str, out->nparents);
	for (unsigned i = 0; i < out->nparents; i++)
		out->parents[i] = oid_text(a, lib.git_commit_parent_id(c, i));
}

int lib_commit_read(struct lib_commit *out, struct arena *a, const char *git_dir, const char *sha, struct err *err)
{
	git_repository *repo = NULL;
	git_commit *commit = NULL;
	git_oid oid;
	int rc = -1;
	if (load(err) < 0)
		return -1;
	if (lib.git_repository_open(&repo, git_dir) < 0)
		return lib_error(err, git_dir);
	if (lib.git_oid_fromstr(&oid, sha) < 0 || lib.git_commit_lookup(&commit, repo, &oid) < 0) {
		lib_error(err, sha);
	} else {
		copy_commit(out, a, commit);
		lib.git_commit_free(commit);
		rc = 0;
	}
	lib.git_repository_free(repo);
	return rc;
}
