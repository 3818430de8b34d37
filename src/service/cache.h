/* The caches of a repository, shared by all runs of it on this machine: entries that never change once they are there.
 *
 * An entry is two files: its content, and a card (NAME.json) that says what it is. The card appears last and by one link, so an
 * entry is there as a whole or not at all, and only once however many processes save it. When the card was last touched is when
 * the entry was last used. */
#ifndef SIDESTEP_SERVICE_CACHE_H
#define SIDESTEP_SERVICE_CACHE_H

#include "service/exchange.h"

#define CACHE_UPLOAD  "cache" /* kinds of signed addresses */
#define CACHE_CONTENT "cache-content"

enum {
	CACHE_KEYS_MAX = 10,
	CACHE_UPLOAD_SECONDS = 6 * 3600,
	CACHE_DOWNLOAD_SECONDS = 3600,
};

struct cache_entry {
	struct str name; /* of its card, without .json */
	struct str key, version, scope, data;
	uint64_t size;
	int64_t created_ms;
};

/* One repository's, as the server remembers it for addresses. */
struct cache_folder {
	struct cache_folder *next;
	unsigned number;
	char *dir;
};

/* GitHub's words to who may not; clients look for how they begin. */
#define CACHE_NO_SAVE    "cache write denied: token has no writable scopes"
#define CACHE_NO_RESTORE "cache read denied: token has no readable scopes"

/* Whether key and version are such as GitHub takes; answers an error when not. */
bool cache_key_ok(struct exchange *x, struct str key, struct str version);
/* Whether the job may restore; answers an error when not. Who may save has a scope for it. */
bool cache_may_read(struct exchange *x);
/* The entry that a restore with these keys means: in each scope the caller may read, for each key, the one of that name, else the
 * newest whose name begins so. False: there is none. */
bool cache_find(struct exchange *x, struct cache_entry *out, const struct str *keys, size_t n, struct str version);
/* The address of an entry's content; empty: it cannot be made. */
struct str cache_address(struct exchange *x, const struct cache_entry *e);
/* An upload of a new entry. 1: there is one of that name, or it is being made. */
int cache_reserve(struct exchange *x, struct upload **out, struct str key, struct str version, struct err *err);
/* Makes an entry of an upload that is complete, then drops the longest unused ones beyond the limit. 1: somebody else was first.
 */
int cache_commit(struct exchange *x, struct upload *u, struct err *err);
/* Answers with the content. */
void cache_send(struct exchange *x, struct str id);

/* cache_sweep.c: drops what is beyond the limit, the longest unused first, what nobody has used for a week, and what crashes have
 * left. Quiet; one process at a time. keep: the entry that was just made. */
void cache_sweep(struct str dir, uint64_t limit, struct str keep);
/* Entries of a folder, in the arena. */
struct cache_entry *cache_read_all(struct arena *a, struct str dir, size_t *n);

#endif
