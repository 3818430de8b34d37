/* The git program: one call, started through the host and answered by callbacks, so that whoever turns the host goes on while it
 * works; and a thin synchronous form for helper children and for what is done before a run.
 *
 * What a repository says is material, never an order. git itself starts programs that a repository's configuration names
 * (filters, hooks, fsmonitor, ssh commands, upload-pack, credential helpers, includes, external diffs), opens files that it names
 * (an include of a FIFO waits for ever), and asks the network for the objects of a partial clone. Settings on the command line
 * cannot close all of that: many keys have names that only the repository knows (filter.<name>.smudge, remote.<name>.uploadpack,
 * alias.<name>), and includes are followed while it is read. So the narrow level does not let git see that configuration at all:
 *
 * - GIT_FOREIGN: git is started with a repository of our own making (shadow.c): a configuration of ours, HEAD as we have read
 *   it, a copy of the index, the objects of the other one reached as alternates. What .git/config, config.worktree, the user's
 *   and the system's configuration say does not exist for it; attributes and .gitmodules only hold names without a meaning
 *   then. Nothing can be written to the other one, nothing can be asked of a network.
 * - GIT_OFFLINE: the repository's own configuration and the user's, as git itself reads them, but nothing can be asked of
 *   the network and no missing object is fetched. For the user's own repository, and for those that this program has made.
 * - GIT_OWN: and the protocols that the call names may be used. For repositories that this program has made.
 *
 * On every level: only the repository that is named (git looks for none, so an embedded bare one is never met), no
 * hooks, no fsmonitor, no pager, no prompts, no optional locks, none of the GIT_… variables that lead elsewhere, a limit for
 * the output and one for the time. Secrets travel in `env`: arguments are for everybody to read. */
#ifndef SIDESTEP_GIT_RUN_H
#define SIDESTEP_GIT_RUN_H

#include "base/buf.h"
#include "git/git.h"
#include "os/host.h"

enum git_trust { GIT_FOREIGN, GIT_OFFLINE, GIT_OWN };

enum { GIT_RUN_SECONDS = 300, GIT_RUN_OUTPUT_MAX = 1 << 30 };

struct git_run;

struct git_call {
	enum git_trust trust;
	struct git_repo *repo;     /* NULL: none, not even one around the directory */
	bool index;                /* GIT_FOREIGN: the call looks at the index; others do not see one */
	const char *const *args;   /* NULL-terminated; see GIT() */
	const char *dir;           /* where it is started; NULL: the working tree, else / */
	const char *protocols;     /* GIT_OWN: "https:ssh", as GIT_ALLOW_PROTOCOL says it; NULL: none */
	const char *const *env;    /* more variables, NAME=VALUE, NULL-terminated; may be NULL */
	const char *const *config; /* more settings, key, value, key, value …, NULL-terminated; may be NULL */
	size_t output_max;         /* bytes; 0: GIT_RUN_OUTPUT_MAX. More than that ends it */
	unsigned seconds;          /* 0: GIT_RUN_SECONDS */
	/* Its stdout as it comes; NULL: it is kept, for git_run_output. Bytes are valid during the call. */
	void (*output)(void *cookie, struct str bytes);
	/* Its stderr as it comes, which is kept as well; NULL: it is only kept. */
	void (*said)(void *cookie, struct str bytes);
	/* It is over, whatever way: git_run_result says which. Not called after git_run_free. May free it. NULL: nobody waits. */
	void (*over)(void *cookie, struct git_run *g);
	/* Somebody waits for it (git_run_wait): every now and then; NULL: nobody is told. */
	void (*tick)(void *cookie);
	void *cookie;
};
#define GIT(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* Nothing of the call is needed after this; NULL: not started. */
struct git_run *git_run_start(struct host *h, const struct git_call *call, struct err *err);
/* When its time is over (host's clock): whoever turns the host calls git_run_turn then. */
uint64_t git_run_deadline(const struct git_run *g);
/* Ends it when its time is over; harmless at any other time. */
void git_run_turn(struct git_run *g);
/* Ends it now; `over` comes as for any other end. */
void git_run_stop(struct git_run *g);
bool git_run_is_over(const struct git_run *g);
/* 0, or -1 with git's own words; errnum is ETIMEDOUT when it took too long, EINTR when it was stopped. */
int git_run_result(const struct git_run *g, struct err *err);
/* The exit code; -1: it has not come to one. */
int git_run_exit_code(const struct git_run *g);
/* What was kept of its stdout; it lives as long as g. */
struct str git_run_output(const struct git_run *g);
/* What it said on stderr, as far as it is kept; it lives as long as g. */
struct str git_run_words(const struct git_run *g);
/* Forgets it; one that is still running is killed. NULL is fine. */
void git_run_free(struct git_run *g);

/* Turns the host until g is over; a signal that waits for this program (SIGINT, SIGTERM, SIGHUP, blocked) stops it: errnum EINTR.
 * What was kept is added to out (may be NULL). Frees g. For two at the same time: start both, then wait for each. */
int git_run_wait(struct git_run *g, struct buf *out, struct err *err);
/* All in one, on a host of its own. Blocks. */
int git_run(const struct git_call *call, struct buf *out, struct err *err);
/* Whether SIGINT, SIGTERM or SIGHUP waits for this program. Says so in err. */
bool git_interrupted(struct err *err);

/* Where this program makes the repositories that stand for foreign ones, from now on: for a helper, a folder that is cleared away
 * with its run. Else the directory for temporary files. */
void git_run_place(const char *dir);

/* The three paths of a repository that this program has made, or makes by `git init`; root empty: bare. */
struct git_repo *git_repo_at(struct arena *a, struct str root, struct str git_dir);
/* Whether the user may call a repository their own: git's rule. The working tree, its .git and the repository belong to who runs
 * this (or to who called sudo), or safe.directory of the user's configuration names it. */
bool git_repo_is_own(struct git_repo *r);
/* What GIT_ALLOW_PROTOCOL is for that url: its own protocol and those that settings of the user commonly put in its place. */
const char *git_protocols(struct str url);
/* What git said when nobody answered at that url, in words that say what is missing (ERR_MISSING); other errors stay. -1. */
int git_no_network(struct str url, struct err *err);

#endif
