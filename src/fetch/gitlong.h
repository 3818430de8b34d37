/* A git that may take long, as it talks to a server: it is ended when its time is over, or when a signal waits for this
 * program (one that takes its signals later, with them blocked). Blocks; touches nothing of this process. */
#ifndef SIDESTEP_FETCH_GITLONG_H
#define SIDESTEP_FETCH_GITLONG_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct gitlong {
	struct str dir;
	unsigned seconds; /* 0: five minutes */
	bool offline;     /* what would use the network fails */
};

/* `git -C dir args…` (NULL-terminated); out may be NULL. Fails with git's own words, and errnum ETIMEDOUT when it took too
 * long, EINTR when a signal waits. */
int gitlong_run(const struct gitlong *g, struct buf *out, const char *const *args, struct err *err);
/* Whether SIGINT, SIGTERM or SIGHUP waits. Says so in err. */
bool gitlong_interrupted(struct err *err);

#endif
