/* All tags and branches of repositories as their servers name them now, asked side by side by helper children; or as far as the
 * store remembers them. */
#ifndef SIDESTEP_ACTIONS_LISTING_H
#define SIDESTEP_ACTIONS_LISTING_H

#include "base/arena.h"
#include "base/err.h"

struct listed_ref {
	struct str name; /* "refs/tags/v1" */
	struct str sha;  /* the commit that it stands for, seen through annotated tags */
};

enum listing_state {
	LISTING_DONE,
	LISTING_NOWHERE, /* there is no such repository */
	LISTING_NO_WAY,  /* no network, no access, offline */
	LISTING_TROUBLE,
};

/* One repository. */
struct listing {
	struct str repository; /* "owner/repo" */
	struct str server;     /* its URL */
	struct str url;        /* of the repository */
	enum listing_state state;
	struct str error;
	struct listed_ref *v; /* in the order of the answer, by name */
	size_t n;
	bool remembered;  /* from the store: others may exist */
	int64_t asked_at; /* remembered: when the oldest of them was asked for */
};

/* With what it is asked. */
struct listing_options {
	const char *self; /* the program, for helpers */
	char **environ;
	struct str token; /* for the server, or empty */
};

/* Asks for all of them; how each went stands in it. -1: a signal waits (errnum EINTR), or nothing can be started. Blocks. */
int listings_ask(struct arena *a, struct listing *const *all, size_t n, const struct listing_options *opt, struct err *err);
/* Those of a repository on this machine, read without its configuration; dir: its working tree, or a bare one. */
void listing_of_folder(struct arena *a, struct listing *l, struct str dir);
/* What the store remembers; LISTING_NO_WAY when that is nothing. */
void listing_remember(struct arena *a, struct listing *l, struct str store);
/* The commit that a tag (first), a branch or a full name "refs/…" stands for; empty: there is none of that name. */
struct str listing_find(const struct listing *l, struct str ref);

/* The child, `sidestep __refs SERVER URL`: a line with how it went, then what git says. */
int actions_refs_main(int argc, char **argv);

#endif
