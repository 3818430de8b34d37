/* One run of the checkout helper, as its files share it. */
#ifndef SIDESTEP_CHECKOUT_INTERNAL_H
#define SIDESTEP_CHECKOUT_INTERNAL_H

#include "base/vec.h"
#include "checkout/checkout.h"
#include "git/run.h"

enum checkout_submodules { SUBMODULES_NO, SUBMODULES_YES, SUBMODULES_RECURSIVE };

/* The inputs of the action, read as the action itself reads them. */
struct checkout_inputs {
	struct str repository, ref, path, server_url, token, filter;
	struct str ssh_key, ssh_hosts, ssh_user;
	struct {
		VEC(const char *);
	} sparse; /* patterns */
	long depth;
	bool clean, tags, lfs, sparse_cone, persist, progress, ssh_strict, unsafe;
	enum checkout_submodules submodules;
};

struct checkout {
	struct arena *a;
	struct checkout_request r;
	struct checkout_inputs in;
	struct str dest; /* the workspace, or a directory below it */
	int64_t began_us;
	struct str out_ref, out_commit; /* the action's outputs */
	struct str server;              /* that the repository is of */
	struct str url;                 /* of the remote "origin" there */
	struct str origin;              /* SCHEME://HOST[:PORT]/ of its server; empty: it is not one of HTTP */
	bool again;                     /* dest holds a checkout of that URL */
	const char *ssh;                /* the command that ssh-key asks for, GIT_SSH_COMMAND=…; NULL: git's own */
	const char *config[3];          /* settings for git when it asks servers: key, value, … NULL */
	const char *header;             /* the one of them that authenticates; NULL: there is none */
	struct str index;               /* of the checkout that was here before, put aside; empty: none */
	struct str kept;                /* settings.c: of the checkout that was here before */
};

/* request.c: the command line back into a request. */
int request_parse(struct checkout_request *out, struct arena *a, int argc, char **argv, struct err *err);

/* inputs.c: reads `with`; names nobody knows are warned about. */
int inputs_read(struct checkout_inputs *out, struct arena *a, struct val with, struct err *err);

/* fork.c: refuses the code of a fork's pull request where the action does. slug: the repository, own: it is the workflow's. */
int fork_refuse(const struct checkout *c, struct str slug, bool own, struct err *err);

/* worktree.c: the working tree at dir as it is. repo: the repository with that very root, or NULL; url: what its
 * remote is to be called; ref: what is said to be checked out. */
int worktree_serve(struct checkout *c, struct str dir, struct git_repo *repo, struct str url, struct str ref, struct err *err);

/* branch.c: the commit a ref of a repository on this machine stands for. */
int branch_resolve(struct str *full, struct str *commit, struct git_repo *repo, struct arena *a, struct str ref, struct err *err);
int branch_serve(struct checkout *c, struct git_repo *repo, struct str url, struct str full, struct str commit, struct err *err);

/* remote.c: a repository that is fetched (c->url). */
int remote_serve(struct checkout *c, struct str slug, struct err *err);

/* workspace.c: makes dest (of the request) a directory that is ready for a checkout. When there is a checkout of the same
 * repository (c->again), it is kept as a whole by who goes on with its .git; who makes a new one finds the settings of the old
 * one put aside (settings.c) and, when clean is not asked for, the files that were not tracked. Anything else goes. */
enum checkout_keeps {
	KEEPS_FILES, /* those that are not tracked */
	KEEPS_INDEX, /* all, and the index in c->index: git will compare them with it */
	KEEPS_GIT,
};
int workspace_prepare(struct checkout *c, enum checkout_keeps keeps, struct err *err);
/* Empties dest. */
int workspace_empty(struct checkout *c, struct err *err);

/* settings.c: whether dest holds a checkout of c->url (c->again). */
int settings_look(struct checkout *c, struct err *err);
/* Remembers what steps have set in the .git that goes, and puts it into the one that has come. */
int settings_keep(struct checkout *c, struct err *err);
int settings_restore(struct checkout *c, struct err *err);
/* Removes the files of the index that goes, and the directories that are empty then. */
int settings_remove_tracked(struct checkout *c, struct err *err);

/* credentials.c: the token as a setting for git, for the one server only. */
void credentials_set(struct checkout *c);
/* Forgets what an earlier checkout has left of them in dest. */
void credentials_clear(struct checkout *c);
/* Writes them into the repositories of the workspace for the steps that follow, when persist-credentials says so. */
int credentials_store(struct checkout *c, struct err *err);
/* Takes them out of the files of a list; how many had one. */
unsigned credentials_forget(const char *list);
/* Remembers a file that goes with the credentials. */
int credentials_note(struct checkout *c, struct str file, struct err *err);

/* credentials.c: settings (key, value, … NULL) by which ssh addresses of the server are reached as this checkout reaches it. */
const char *const *checkout_instead(struct checkout *c);
/* The settings for servers of submodules: c->config and those. */
const char *const *checkout_module_config(struct checkout *c);

/* lfs.c: whether git-lfs is there. */
int lfs_find(struct err *err);
/* Sets the repository of dest up for it. */
int lfs_install(struct checkout *c, struct err *err);
/* Copies what another repository has of it. */
int lfs_borrow(struct checkout *c, struct git_repo *from, struct err *err);

/* ssh.c: puts the key and the known hosts into files of the job, and the command that uses them into c->ssh. */
int ssh_set_up(struct checkout *c, struct err *err);
/* That command alone. */
struct str ssh_command(const struct checkout *c);

/* place.c: git in the workspace's own repository, dest/.git, which this helper makes. trust: GIT_OFFLINE, or GIT_OWN with the
 * protocols (git_protocols) that it may use. out may be NULL. */
/* The limit of a call of git: the step has one of its own, and a large repository takes long. */
enum { PLACE_SECONDS = 6 * 3600 };
int place_git(struct checkout *c, struct buf *out, const char *const *args, struct err *err);
int place_git_online(struct checkout *c, const char *protocols, struct buf *out, const char *const *args, struct err *err);
/* With more settings (key, value, …), and its progress in the step's log where that is asked for. */
struct place_call {
	const char *protocols; /* NULL: it asks nobody */
	const char *const *config;
	bool progress;
};
int place_git_call(struct checkout *c, const struct place_call *how, const char *const *args, struct err *err);
/* What the action asks a server three times, when the network stumbles: refs, commits, large files. out may be NULL. */
int place_git_ask(struct checkout *c, const struct place_call *how, struct buf *out, const char *const *args, struct err *err);

/* worktree.c: where the objects of a repository are read from: a read-only view of them where there can be one. */
struct str checkout_objects(struct checkout *c, struct git_repo *repo);
/* inputs.c: a ref that is a plain name brings all branches and tags that begin so: that name. Empty: it is none. */
struct str checkout_begins(const struct checkout *c);
/* sparse.c: applies the sparse-checkout input to dest, a repository by then; tree: its files are there already. */
int sparse_apply(struct checkout *c, bool tree, struct err *err);

/* What happened, for the step's log. */
void say(const char *fmt, ...) PRINTF_LIKE(1, 2);
void say_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);
void say_warning(const char *fmt, ...) PRINTF_LIKE(1, 2);
/* Milliseconds since the helper began, as text: "12 ms", "1.2 s". */
struct str took(struct checkout *c);

#endif
