/* Reading the repository around a workflow. HEAD, refs and config come straight from their files; commits, histories and changes
 * from libgit2, which is loaded at the first need, or from the git program where libgit2 cannot read. Reading runs nothing of the
 * repository and asks no network: of its objects' readers neither sees its config. */
#ifndef SIDESTEP_GIT_GIT_H
#define SIDESTEP_GIT_GIT_H

#include "base/arena.h"
#include "base/err.h"

struct git_cache; /* what was read at the first need; private to this module */

struct git_repo {
	struct arena *arena;
	struct str root;       /* the working tree, absolute; empty for a bare repository */
	struct str git_dir;    /* of this worktree */
	struct str common_dir; /* of the repository */
	struct git_cache *cache;
};

/* Finds the repository that holds dir. *out NULL and 0 when there is none. */
int git_discover(struct git_repo **out, struct arena *a, const char *dir, struct err *err);

/* Ends what git_read_ahead has started; NULL is fine. */
void git_done(struct git_repo *r);

struct git_head {
	struct str ref; /* "refs/heads/main"; empty when detached */
	struct str sha; /* 40 hex digits; empty on an unborn branch */
};
int git_head(struct git_head *out, struct git_repo *r, struct err *err);
/* Resolves a full ref name; *sha empty when it does not exist. Loose, packed, symbolic. */
int git_ref(struct str *sha, struct git_repo *r, struct str name, struct err *err);
/* Resolves nothing: the name a symbolic ref points to, empty when it is not symbolic or does not exist. */
struct str git_symref(struct git_repo *r, struct str name);

struct git_ref_entry {
	struct str name, sha;
};
struct git_ref_list {
	struct git_ref_entry *v;
	size_t n, cap;
};
/* All refs below a prefix ("refs/tags/"), symbolic ones resolved, broken ones left out; sorted by name. */
int git_refs(struct git_ref_list *out, struct git_repo *r, struct str prefix, struct err *err);

/* The first tag ("v1", by name) that stands for a commit, annotated ones included; empty when there is none. */
int git_tag_at(struct str *name, struct git_repo *r, struct str sha, struct err *err);
/* What HEAD was last set to by a checkout, as the user spelled it ("v1.2"): empty when the last thing that moved HEAD was
 * something else, or HEAD is not logged. */
struct str git_last_checkout(struct git_repo *r);

/* The value of a key ("remote.origin.url") in the repository's config, else in the user's own, else in the
 * system's; empty when unset. Section and name without case. */
struct str git_config(struct git_repo *r, const char *key);
/* The same without a repository: the user's and the system's config only. */
struct str git_user_config(struct arena *a, const char *key);
/* Walks the keys of the repository's own config; start with *i = 0. False at the end. */
bool git_config_next(struct git_repo *r, size_t *i, struct str *key, struct str *value);
/* The short name of the default branch: what origin calls HEAD, else init.defaultBranch, "main" or "master" where
 * such a branch exists, else the current branch; "main" when all fails. */
struct str git_default_branch(struct git_repo *r);
/* The remote that a branch (its short name, may be empty) is pushed to: its upstream's, origin, or the only one; empty when none.
 */
struct str git_remote_of(struct git_repo *r, struct str branch);
/* The URL of the remote of HEAD's branch; empty when none. */
struct str git_remote_url(struct git_repo *r);
/* "https://github.com/o/r.git", "git@host:o/r", "ssh://…" → server "https://github.com", slug "o/r". False when it
 * does not look like one. */
bool git_split_url(struct arena *a, struct str url, struct str *server, struct str *slug);

/* 40 or 64 hexadecimal digits: a full object name. */
bool git_is_object_name(struct str s);

struct git_commit {
	struct str sha, message, author_name, author_email, committer_name, committer_email, time /* ISO 8601 */, tree;
	struct str *parents;
	size_t nparents;
};
/* A full name of a commit, or of an annotated tag of one. The time is the committer's with its zone. ERR_MISSING when the object
 * is not in the repository, ERR_INVALID when it is damaged or something else. */
int git_commit(struct git_commit *out, struct git_repo *r, struct str sha, struct err *err);
/* The same for several at once, which costs less; out has room for n. */
int git_commits(struct git_commit *out, struct git_repo *r, const struct str *shas, size_t n, struct err *err);
/* Starts reading HEAD's commit while other work goes on; git_commit takes it. Call git_done in the end. */
void git_read_ahead(struct git_repo *r);
/* Whether the repository has such a commit. */
bool git_has_commit(struct git_repo *r, struct str sha);

/* The best common ancestor of two commits, the newest when there are several; *sha empty when there is none. ERR_MISSING when the
 * way there leads through a commit that is not here (a shallow clone ends where it ends, which is no error). */
int git_merge_base(struct str *sha, struct git_repo *r, struct str a, struct str b, struct err *err);

/* Files that differ between the trees of two commits: both the old and the new name of a moved file, a submodule as its
 * directory; in the order of git diff. */
struct git_changes {
	struct str *paths; /* relative to the root, '/'-separated, raw bytes */
	size_t n;
	bool cut;     /* there are more than `most` */
	bool unknown; /* set by callers that cannot say what changed; never by this module */
};
/* from empty: everything in `to` counts as new. Stops after `most` files. */
int git_changed_files(struct git_changes *out, struct git_repo *r, struct str from, struct str to, size_t most, struct err *err);
/* Commits reachable from `to` and not from `from` (empty: nothing), newest first, at most `most`; *more: there are others. */
int git_commits_between(struct str **out, size_t *n, bool *more, struct git_repo *r, struct str from, struct str to, size_t most,
                        struct err *err);

#endif
