/* Running the git program. Every call is deaf to the user's hooks, prompts and GIT_… variables, accepts
 * repositories of any owner and takes no optional lock, so that looking at a repository never changes it. */
#ifndef SIDESTEP_FETCH_GITCMD_H
#define SIDESTEP_FETCH_GITCMD_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { GITCMD_ARGS = 40, GITCMD_OUTPUT_MAX = 1 << 30 };

/* A git that runs. Its stderr is kept in memory until it has ended. */
struct gitcmd {
	pid_t pid;
	int in, out, err; /* -1: none */
	char name[32];    /* the subcommand, for messages */
};

/* Prepares this process's environment for git; call once. */
void gitcmd_setup(void);
/* The same environment for one child alone; more: NAME=VALUE, NULL at the end. The texts are not copied. */
char **gitcmd_environment(struct arena *a, const char *const *more);
/* Fills argv (GITCMD_ARGS long) with `git` and what every call is given, `-C dir` and args. */
int gitcmd_argv(const char **argv, const char *dir, const char *const *args, struct err *err);
/* Starts `git -C dir args…` (NULL-terminated). write: a pipe to its stdin, else it reads nothing. */
int gitcmd_start(struct gitcmd *c, const char *dir, const char *const *args, bool write, struct err *err);
/* Reads stdout to its end (out may be NULL), reaps. Fails with git's own last words. */
int gitcmd_finish(struct gitcmd *c, struct buf *out, struct err *err);
/* What git said when nobody answered at that url, in words that say what is missing (ERR_MISSING); other errors stay. -1. */
int gitcmd_no_network(struct str url, struct err *err);
/* Both in one. */
int gitcmd_run(struct buf *out, const char *dir, const char *const *args, struct err *err);
#define GIT(...) ((const char *const[]) { __VA_ARGS__, NULL })

#endif
