/* The search of hashFiles(): finds the files in the official order and makes the hash over their hashes. */
#ifndef SIDESTEP_HASH_HASH_WALK_H
#define SIDESTEP_HASH_HASH_WALK_H

#include "base/map.h"
#include "hash/hash_glob.h"
#include "hash/sha256.h"

enum { HASH_FAILED = -1, HASH_TOO_LONG = -2 };

struct hash_walk {
	struct glob *glob;
	struct str workspace; /* absolute, without links; files outside of it do not count */
	bool follow;          /* symbolic links to directories are entered */
	unsigned limit_ms;
	const struct map *except; /* paths below the workspace that do not count, with what is below them; NULL: none */
};

/* *found: files that count; sum is only set when there are any. HASH_FAILED with err, or HASH_TOO_LONG. */
int hash_walk(const struct hash_walk *w, size_t *found, unsigned char sum[SHA256_SIZE], struct err *err);

#endif
