/* Problem matchers: their configuration (JSON), and the state of those that watch one stream. */
#ifndef SIDESTEP_LOG_MATCHER_H
#define SIDESTEP_LOG_MATCHER_H

#include "base/arena.h"
#include "base/err.h"

enum matcher_prop {
	MATCHER_FILE,
	MATCHER_LINE,
	MATCHER_COLUMN,
	MATCHER_SEVERITY,
	MATCHER_CODE,
	MATCHER_MESSAGE,
	MATCHER_FROM_PATH,
	MATCHER_PROP_COUNT
};

struct regex;

struct matcher_pattern {
	struct regex *regex;
	int group[MATCHER_PROP_COUNT]; /* -1: not set by this pattern */
	bool loop;
};

/* One matcher as configured; shared by the job and all streams that use it. */
struct matcher_config {
	unsigned refs;
	struct arena arena;
	struct str owner, severity, from_path;
	struct matcher_pattern *patterns;
	size_t n;
};

/* Holds a reference to each. */
struct matcher_list {
	struct matcher_config **v;
	size_t n;
};

/* Reads a configuration; a file without matchers gives an empty list. */
int matcher_config_read(struct matcher_list *out, struct str json, struct err *err);
struct matcher_config *matcher_config_ref(struct matcher_config *c);
void matcher_config_unref(struct matcher_config *c);
void matcher_list_done(struct matcher_list *l);
/* Puts the new ones in front and removes old ones of the same owner; takes the references out of *added. */
void matcher_list_prepend(struct matcher_list *l, struct matcher_list *added);
/* Removes the owner's; false when there was none. */
bool matcher_list_remove(struct matcher_list *l, struct str owner);

/* What earlier lines have given to a pattern of several. */
struct matcher_state {
	bool set;
	struct arena arena;
	struct str v[MATCHER_PROP_COUNT]; /* p is NULL: not captured */
};

struct matcher {
	struct matcher_config *config;
	struct matcher_state *states; /* one per pattern */
	bool dead;                    /* it failed on this stream and is not tried again */
};

/* The matchers of one stream. */
struct matchers {
	struct matcher *v;
	size_t n;
	unsigned version;
};

void matchers_done(struct matchers *m);

#endif
