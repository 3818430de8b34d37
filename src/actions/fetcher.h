/* What a session asks for of other repositories: each ref once, however many jobs want it; from the store where that says all,
 * else by a helper child for each repository, side by side. Whoever asks looks again when something has happened in the session.
 *
 * A full commit that is stored is never asked for; a tag or branch is, once in a session, unless it is offline. */
#ifndef SIDESTEP_ACTIONS_FETCHER_H
#define SIDESTEP_ACTIONS_FETCHER_H

#include "os/host.h"
#include "session/session.h"

struct action_fetcher;

struct fetcher_options {
	struct host *host;
	struct str store;  /* the folder of all */
	struct str server; /* its URL */
	bool offline;      /* nothing is asked of anybody */
	struct str self;   /* the program, for helpers */
	char **environ;
	struct str token; /* for the server, or empty */
};

enum fetch_state {
	FETCH_WAITS, /* for a helper */
	FETCH_RUNS,
	FETCH_DONE,
	FETCH_NOWHERE, /* there is no such thing: error says so, as the official service does */
	FETCH_NO_WAY,  /* it could not be had here: no network, no access, offline */
};

/* One ref of one repository. */
struct fetched {
	enum fetch_state state;
	struct str sha;   /* FETCH_DONE */
	struct str tree;  /* its files, not to be changed; held until the fetcher is freed */
	int64_t asked_at; /* when its ref was looked up, if that was not now; else 0 */
	struct str error;
	const struct str *notes; /* what was met on the way, for people: it grows while FETCH_RUNS */
	size_t nnotes;
};

/* Everything lives longer than it. */
struct action_fetcher *fetcher_new(const struct fetcher_options *options);
/* Ends what runs. NULL is fine. */
void fetcher_free(struct action_fetcher *f);
/* What is known of repository@ref; asks when nobody has. To be given back with fetcher_leave. */
struct fetched *fetcher_ask(struct action_fetcher *f, struct session *s, struct str repository, struct str ref);
/* Starts helpers for what was asked for. */
void fetcher_go(struct action_fetcher *f);
/* Once for each fetcher_ask: when nobody waits any more for what a helper does, it is ended. */
void fetcher_leave(struct action_fetcher *f, struct fetched *what);
/* The tree lacks what it should have: it is unpacked again, once. False: that was done before. */
bool fetcher_again(struct action_fetcher *f, struct fetched *what);
/* Whether it asks nobody. */
bool fetcher_is_offline(const struct action_fetcher *f);

#endif
