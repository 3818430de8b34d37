/* Asking the server of a repository, as everything that fetches does it. Blocks.
 *
 * git goes its own way first: with the user's configuration, credential helpers and ssh keys, and with the token that was given
 * for the server. Only when that is refused, a token that lies on this machine is tried: of the environment, then of the gh
 * program; each is for its own server only, and for encrypted transport (or this machine itself). Where the network stumbles the
 * same is asked again after a moment, three times in all; a refusal is an answer and is not asked for again, nor is what has used
 * up its time. */
#ifndef SIDESTEP_GIT_REMOTE_H
#define SIDESTEP_GIT_REMOTE_H

#include "git/run.h"

/* Who is told that the network has stumbled, and that the same is asked again after so many seconds. */
typedef void git_remote_told(void *cookie, const struct err *why, double seconds);

struct git_remote {
	struct arena *a;
	struct str server; /* its URL, as --github-url names it */
	struct str url;    /* of the repository */
	struct str token;  /* given for the server; empty: none */
	unsigned seconds;  /* for each attempt; 0: GIT_REMOTE_SECONDS */
	/* git's locks in the repository that are cleared before each attempt (git/locks.h: the caller holds the store's); or NULL
	 */
	const char *const *locks;
	git_remote_told *again;     /* may be NULL */
	void (*tick)(void *cookie); /* a call goes on: every now and then; may be NULL */
	void *cookie;
	/* private: what has worked */
	unsigned source;
	const char *const *config;
};

enum { GIT_REMOTE_SECONDS = 20 * 60, GIT_REMOTE_ATTEMPTS = 3 };

/* What it means when a call was refused. */
enum git_refusal {
	GIT_TROUBLE,       /* something else */
	GIT_NO_REPOSITORY, /* there is no such repository, or none that we may know of */
	GIT_NO_ACCESS,     /* it wants to know who we are, or that is not enough */
	GIT_NO_NETWORK,    /* nobody answers, or the answer breaks off */
};

/* One call of git (GIT_OWN) that may use the network; repo as in git/run.h. */
int git_remote_run(struct git_remote *r, struct git_repo *repo, struct buf *out, const char *const *args, size_t output_max,
                   struct err *err);
enum git_refusal git_remote_refusal(const struct err *err);
/* For who calls git itself: whether what has failed with err is worth another attempt; then it has waited for it. attempt: which
 * one this was, from 1. told may be NULL. -1: it is not, or a signal waits (then err says so). */
int git_remote_again(unsigned attempt, git_remote_told *told, void *cookie, struct err *err);
/* The refusal for people, "repository not found, or no access to it: …". */
struct str git_remote_why(const struct git_remote *r, const struct err *err);

#endif
