/* One run of the checkout helper, as its files share it. */
#ifndef SIDESTEP_CHECKOUT_INTERNAL_H
#define SIDESTEP_CHECKOUT_INTERNAL_H

#include "checkout/checkout.h"
#include "git/run.h"

enum checkout_submodules { SUBMODULES_NO, SUBMODULES_YES, SUBMODULES_RECURSIVE };

/* The inputs of the action, read as the action itself reads them. */
struct checkout_inputs {
	struct str repository, ref, path, server_url, sparse, ssh_key, token;
	long depth;
	bool clean, tags, lfs, sparse_cone, persist;
	enum checkout_submodules submodules;
};

struct checkout {
	struct arena *a;
	struct checkout_request r;
	struct checkout_inputs in;
	struct str dest; /* the workspace, or a directory below it */
	int64_t began_us;
	struct str out_ref, out_commit; /* the action's outputs */
	const char *auth[3];            /* the setting that authenticates: key, value, NULL; all NULL: none */
};

/* request.c: the command line back into a request. */
int request_parse(struct checkout_request *out, struct arena *a, int argc, char **argv, struct err *err);

/* inputs.c: reads `with`; names nobody knows are warned about. */
int inputs_read(struct checkout_inputs *out, struct arena *a, struct val with, struct err *err);

/* worktree.c: the working tree at dir as it is. repo: the repository with that very root, or NULL; url: what its
 * remote is to be called; ref: what is said to be checked out. */
int worktree_serve(struct checkout *c, struct str dir, struct git_repo *repo, struct str url, struct str ref, struct err *err);

/* branch.c: the commit a ref of a repository on this machine stands for. */
int branch_resolve(struct str *full, struct str *commit, struct git_repo *repo, struct arena *a, struct str ref, struct err *err);
int branch_serve(struct checkout *c, struct git_repo *repo, struct str url, struct str full, struct str commit, struct err *err);

/* remote.c: a repository that is fetched. */
int remote_serve(struct checkout *c, struct str url, struct err *err);

/* workspace.c: makes dest (of the request) an empty directory, or keeps what is there when not clean. */
int workspace_prepare(struct checkout *c, struct err *err);

/* credentials.c: the token as a setting for git, for the one server only (c->auth). */
void credentials_set(struct checkout *c, struct str server);
/* Writes it into the repositories of the workspace for the steps that follow, when persist-credentials says so. */
int credentials_store(struct checkout *c, struct err *err);
/* Takes it out of the files of a list; how many had one. */
unsigned credentials_forget(const char *list);

/* place.c: git in the workspace's own repository, dest/.git, which this helper makes. trust: GIT_OFFLINE, or GIT_OWN with the
 * protocols (git_protocols) that it may use. out may be NULL. */
/* The limit of a call of git: the step has one of its own, and a large repository takes long. */
enum { PLACE_SECONDS = 6 * 3600 };
int place_git(struct checkout *c, struct buf *out, const char *const *args, struct err *err);
int place_git_online(struct checkout *c, const char *protocols, struct buf *out, const char *const *args, struct err *err);

/* worktree.c: where the objects of a repository are read from: a read-only view of them where there can be one. */
struct str checkout_objects(struct checkout *c, struct git_repo *repo);
/* worktree.c: applies the sparse-checkout input to dest, a repository by then. */
int checkout_narrow(struct checkout *c, struct err *err);

/* What happened, for the step's log. */
void say(const char *fmt, ...) PRINTF_LIKE(1, 2);
void say_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);
void say_warning(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* Milliseconds since the helper began, as text: "12 ms", "1.2 s". */
struct str took(struct checkout *c);

#endif
