/* Reading the repository around a workflow. The common case (HEAD, a branch, config) is read from files
 * directly, without libgit2; libgit2 is loaded with dlopen only for what needs it. */
#ifndef SIDESTEP_GIT_GIT_H
#define SIDESTEP_GIT_GIT_H

#include "base/arena.h"
#include "base/err.h"

struct git_repo {
	struct arena *arena;
	struct str root;       /* the working tree, absolute; empty for a bare repository */
	struct str git_dir;    /* of this worktree */
	struct str common_dir; /* of the repository */
};

/* Finds the repository that holds dir. *out NULL and 0 when there is none. */
int git_discover(struct git_repo **out, struct arena *a, const char *dir, struct err *err);

struct git_head {
	struct str ref; /* "refs/heads/main"; empty when detached */
	struct str sha; /* 40 hex digits; empty on an unborn branch */
};
int git_head(struct git_head *out, struct git_repo *r, struct err *err);
/* Resolves a full ref name; *sha empty when it does not exist. Loose, packed, symbolic. */
int git_ref(struct str *sha, struct git_repo *r, struct str name, struct err *err);
/* The value of a key in the repository's config ("remote.origin.url"), empty when unset. */
struct str git_config(struct git_repo *r, const char *key);
/* The upstream's or origin's (or the only) remote URL; empty when none. */
struct str git_remote_url(struct git_repo *r);
/* "https://github.com/o/r.git", "git@host:o/r", "ssh://…" → server "https://github.com", slug "o/r". False when it
 * does not look like one. */
bool git_split_url(struct arena *a, struct str url, struct str *server, struct str *slug);

struct git_commit {
	struct str sha, message, author_name, author_email, committer_name, committer_email, time /* ISO 8601 */, tree;
	struct str *parents;
	size_t nparents;
};
/* Through libgit2. */
int git_commit(struct git_commit *out, struct git_repo *r, struct str sha, struct err *err);

#endif
