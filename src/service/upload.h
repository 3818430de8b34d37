/* Content on its way in: an artifact or a cache entry that a client sends in pieces, in any order, before it says what it was.
 *
 * Pieces go to one file at the place where they most likely belong, so that nothing is copied at the end: clients number their
 * blocks and give all but the last one the same size. Where that guess fails the content is put together by a copy. */
#ifndef SIDESTEP_SERVICE_UPLOAD_H
#define SIDESTEP_SERVICE_UPLOAD_H

#include <time.h>

#include "base/map.h"
#include "service/exchange.h"

struct block;

struct upload {
	struct upload *next;
	unsigned refs; /* the list's, and one of each part that arrives */
	char id[33];
	uint64_t number;  /* for clients that want one */
	const char *kind; /* of its signed address; a constant */
	struct arena arena;
	struct str path; /* where it is written; gone when the last reference goes, unless it was kept */
	int fd, odd_fd;  /* the file, and that of blocks without a place in it; -1: not opened yet */
	uint64_t odd_end;
	time_t touched;      /* when something of it last came */
	struct map blocks;   /* id → struct block */
	struct map slots;    /* number of a place → the block there */
	uint64_t block_size; /* of the places; 0: no block has come */
	uint64_t end;        /* of what came without block ids */
	bool committed;      /* its content is decided */
	uint64_t size;       /* of it */
	size_t committed_blocks;
	struct str type;    /* as the client names it; may be empty */
	struct sha256 *sum; /* of the bytes up to summed; NULL: nobody wants one */
	uint64_t summed;
	struct {
		uint64_t (*v)[2]; /* what came as ranges: from, to; in the arena */
		size_t n, cap;
	} ranges;
	/* the owner's: what it is to become */
	struct str run, job, caches, scope, key, version, name, claimed_type;
};

/* A new one whose file is made in folder; digest: its SHA-256 will be asked for. NULL with err. */
struct upload *upload_new(struct server *s, struct str folder, const char *kind, bool digest, struct err *err);
struct upload *upload_by_id(struct server *s, const char *kind, struct str id);
struct upload *upload_by_number(struct server *s, const char *kind, uint64_t number);
/* Forgets it; its file goes unless path is empty by now. */
void upload_forget(struct server *s, struct upload *u);

/* The body of x is a piece of u: a block with an id; a range, or all of it from 0 (limit: how much at most); something
 * behind what has come. */
void upload_begin_block(struct exchange *x, struct upload *u, struct str id);
void upload_begin_range(struct exchange *x, struct upload *u, uint64_t from, uint64_t limit);
void upload_begin_append(struct exchange *x, struct upload *u);
void upload_take(struct exchange *x, const void *p, size_t n);
/* The piece is complete. False: an error was answered. */
bool upload_end_part(struct exchange *x);
/* The request is over, however it went. */
void upload_drop_part(struct exchange *x);

/* The content is these blocks, one after another. 1: one of them never came. */
int upload_commit(struct upload *u, const struct str *ids, size_t n, struct err *err);
/* The content is what came from 0 to size without block ids. 1: part of it never came. */
int upload_commit_ranges(struct upload *u, uint64_t size);
/* The SHA-256 of what was committed, in hexadecimal. */
int upload_digest(char out[static 65], struct upload *u, struct err *err);
/* Renames the file of what was committed; upload_forget leaves it alone then. */
int upload_keep(struct upload *u, const char *path, struct err *err);

#endif
