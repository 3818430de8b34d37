/* Where runs are kept: folders, ids, numbers, pruning. */
#ifndef SIDESTEP_STORE_STATE_H
#define SIDESTEP_STORE_STATE_H

#include "base/arena.h"
#include "base/err.h"
#include "store/work.h"

struct state {
	struct str runs;   /* $XDG_STATE_HOME/sidestep/runs, or --log-dir */
	struct str cache;  /* $XDG_CACHE_HOME/sidestep, or --cache-dir */
	struct str number; /* the file that counts runs, beside them or (--log-dir) among them */
	struct str tree;   /* the repository: what of this lies in it does not lead out of it; empty: none */
	struct str gates;  /* concurrency groups, a file for each repository */
	struct work work;  /* of this session */
};

/* Where everything is to be; makes nothing. */
int state_find(struct state *s, struct arena *a, const char *log_dir, const char *cache_dir, struct err *err);
/* Makes the folders (0700). What cannot be made, or is not ours to write to, is named, with the way out. keep: the work folder is
 * never removed. */
int state_open(struct state *s, bool keep, struct err *err);
/* Makes the folder of a new run; *id sorts by time. */
int state_new_run(const struct state *s, struct arena *a, struct str *id, struct str *dir, struct err *err);
/* Counts a run among those of this place, and returns its number. */
struct str state_count_run(const struct state *s, struct arena *a);
/* The number that a run would have with `before` others before it, for a plan: nothing is counted. Empty: it is not known. */
struct str state_coming_number(const struct state *s, struct arena *a, size_t before);
/* Removes some of the oldest runs beyond what is kept by number and age and, when weigh is set, by size (which reads every
 * folder). Quiet: what cannot be removed stays. */
void state_prune(const struct state *s, bool weigh);

#endif
