/* What can be asked about the objects of a repository, and what both readers of them (libgit2, the git program) answer it in.
 * Nothing of git.h is here, whose names clash with libgit2's. */
#ifndef SIDESTEP_GIT_READER_H
#define SIDESTEP_GIT_READER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"

/* Larger objects are refused: commits, trees and tags are small. */
enum { OBJECT_MAX = 128 << 20 };

struct names {
	VEC(struct str);
};

struct git_repo;

/* What a commit says. */
struct commit_facts {
	struct str id, tree, message, author_name, author_email, committer_name, committer_email;
	int64_t seconds; /* the committer's time */
	int zone;        /* minutes east of UTC */
	struct names parents;
};

/* Where the objects are. */
struct object_places {
	struct str *dirs; /* the repository's own first, then its alternates; a NUL behind each */
	size_t n;
	size_t name; /* hexadecimal digits of an object's name, 40 or 64 */
	struct git_repo *repo;
};

/* One reader. All names are full object names; from may be empty (nothing) where it says so. Lists are allocated in the arena and
 * hold at most `most` + 1. ERR_MISSING: an object is not there; ERR_INVALID: it is damaged or of another kind; the text has its
 * name. ERR_UNSUPPORTED: this reader is not installed. */
struct object_reader {
	/* Commits, or what tags lead to. */
	int (*facts)(struct arena *a, struct commit_facts *out, const struct object_places *at, const struct str *names, size_t n,
	             struct err *err);
	/* The first of some tags that leads to a commit; *found is their number when none does. Broken ones are passed over. */
	int (*find_tag)(size_t *found, const struct object_places *at, const struct str *tags, size_t n, struct str commit,
	                struct err *err);
	/* The best common ancestor, if there is one. */
	int (*merge_base)(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to,
	                  size_t most, struct err *err);
	/* Commits that `to` has and `from` (may be empty) has not, newest first. */
	int (*between)(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to,
	               size_t most, struct err *err);
	/* Files that differ; from may be empty. */
	int (*changed)(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to,
	               size_t most, struct err *err);
};

extern const struct object_reader library_reader, program_reader;

#endif
