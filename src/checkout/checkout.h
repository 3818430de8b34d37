/* actions/checkout of the own repository, served from the working tree as it is, without network: overlay where the kernel can,
 * reflink or copy where it can't; of other repositories by git, step for step as the action does it. Runs in a helper child (the
 * program re-executed with the private verb __checkout), so that it is watched, timed and killed like any step. */
#ifndef SIDESTEP_CHECKOUT_CHECKOUT_H
#define SIDESTEP_CHECKOUT_CHECKOUT_H

#include "base/arena.h"
#include "base/err.h"
#include "value/val.h"

/* actions/checkout@anything (without case). */
bool checkout_is(struct str uses);
/* Whether that version of it writes the token into .git/config itself: v1 to v5. Later ones, and commits and branches, keep it in
 * a file of its own. */
bool checkout_is_early(struct str uses);

/* What the helper needs to know. */
struct checkout_request {
	struct str source;     /* root of the user's working tree */
	struct str workspace;  /* the job's GITHUB_WORKSPACE: exists */
	struct str scratch;    /* a directory of the job on the same file system, for overlay upper and work */
	struct str list;       /* in it: where the helper notes what holds a token (checkout_list) */
	struct str repository; /* owner/name of the own repository */
	struct str server_url;
	struct str others_url; /* the server of other repositories */
	struct str where;      /* the step in its file, for messages: "line 3 of ci.yml" */
	struct str ref, sha;   /* of the event */
	struct val with;       /* evaluated inputs, an object */
	struct str token;      /* of the run, where the inputs have none; may be empty */
	bool overlay;          /* the run has a mount namespace of its own (workspace_private_mounts) */
	bool keep;             /* the workspace must outlive the run: no overlay */
	bool in_place;         /* nothing is copied; says so */
	struct val local;      /* --local-repository map: "owner/repo[@ref]" → directory */
	bool offline;          /* nothing is fetched */
	bool early;            /* checkout_is_early */
	struct val facts;      /* of the event: checkout_facts */
};

/* What of the github context and its event decides about a checkout besides ref and sha: an object. */
struct val checkout_facts(struct arena *a, struct val github);
/* The command line (NULL-terminated, arena) that runs the helper: self is the program's own path. */
char **checkout_argv(struct arena *a, const char *self, const struct checkout_request *r);
/* NAME=VALUE for the helper's environment: the inputs and the token. Everybody may read a command line, only the user this. */
const char *checkout_variable(struct arena *a, const struct checkout_request *r);
/* The helper: main of the private verb. Output is a step's output (workflow commands allowed); returns the
 * exit code of the step; CHECKOUT_CANNOT: this machine lacks something that it needs (a network, access, a program). */
enum { CHECKOUT_CANNOT = 4 };
int checkout_main(int argc, char **argv);

/* Gives this process a private mount namespace, so that overlays vanish with it. False: not possible
 * (no privilege), copies are made then. Call once, before anything is spawned, and only when the program has asked for it. */
bool workspace_private_mounts(void);
/* Takes away what checkouts have mounted at or below dir: before a job's directory is removed, with the directory that holds
 * both its workspace and its scratch. Does nothing in a process that has no mount namespace of its own, so it is safe with any
 * directory. */
void workspace_release(const char *dir);

/* Where a checkout notes which files hold a token; another place at each call. scratch: as the requests name it. */
struct str checkout_list(struct arena *a, struct str scratch);
/* The command line of the helper that takes it out of them again, as the action's post stage does. */
char **checkout_post_argv(struct arena *a, const char *self, struct str list);
/* The name of scratch in the folder of a job. */
#define CHECKOUT_SCRATCH "_checkout"
/* The same for every checkout that has not had that stage, in a workspace that stays. It reads and writes what steps may have
 * made large: for helpers. */
void checkout_forget(const char *scratch);
/* The helper that does that, `__forget SCRATCH`. Returns an exit code. */
int checkout_forget_main(const char *scratch);
/* Whether there is one; a short look. */
bool checkout_has_lists(const char *scratch);

/* What a checkout of the working tree at root leaves out: paths below it, folders with a '/' behind them. Where there is no
 * repository: none. No setting of the repository counts, as somebody only looks. */
int checkout_hidden(struct arena *a, struct str root, struct str **out, size_t *n, struct err *err);

#endif
