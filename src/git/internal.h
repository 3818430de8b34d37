/* What the files of this folder share: the cache of one repository and the pieces that fill it. */
#ifndef SIDESTEP_GIT_INTERNAL_H
#define SIDESTEP_GIT_INTERNAL_H

#include "base/map.h"
#include "git/git.h"

enum { GIT_NAME_MAX = 4096, GIT_CONFIG_MAX = 16 << 20, GIT_PACKED_MAX = 1 << 30 };

struct packed_refs {
	struct str text;
	bool sorted;      /* as its first line promises */
	struct map index; /* name → struct str *sha, made for unsorted files only */
};

struct git_cache {
	struct map *own;  /* the repository's config: "section.sub.name" → struct str * */
	struct map *user; /* the user's and the system's */
	struct packed_refs *packed;
	struct str ahead_of;              /* the commit that is read ahead */
	struct commit_facts *ahead_facts; /* what it says, when that was quickly found; */
	struct program *ahead;            /* else the git program that reads it; both NULL: none */
};

/* The repository's cache, made at the first call. */
struct git_cache *git_cache_of(struct git_repo *r);

/* Adds what a config text sets; later settings win. Malformed lines are skipped, as far as the next line. */
void git_config_parse(struct map *out, struct arena *a, struct str text);

/* Reads a small file, blanks at its ends cut; empty and false when it cannot be read. */
bool git_read_line(struct str *out, struct arena *a, struct str dir, const char *name);

/* The object name of a full ref name in packed-refs, empty when absent. */
int git_packed_find(struct str *sha, struct git_repo *r, struct str name, struct err *err);
/* Loads packed-refs (an absent file is an empty one). */
int git_packed_load(struct packed_refs **out, struct git_repo *r, struct err *err);
/* Cuts the next entry off *rest; false at the end. */
bool git_packed_next(struct str *rest, struct str *sha, struct str *name);

/* Whether the refs are kept in the reftable format, with the error set. */
int git_check_format(struct git_repo *r, struct err *err);

#endif
