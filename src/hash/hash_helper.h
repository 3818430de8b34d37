/* hashFiles() in a helper: `sidestep __hash`. Reading gigabytes must not keep everything else waiting, so a run starts the
 * program again, tells it in its environment what is wanted, and reads the answer from its output. */
#ifndef SIDESTEP_HASH_HASH_HELPER_H
#define SIDESTEP_HASH_HASH_HELPER_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* An answer is never longer. */
enum { HASH_ANSWER_MAX = 4096 };

/* One call, as hash_files() takes it. */
struct hash_request {
	struct str workspace, home;
	const struct str *patterns;
	size_t n;
	bool served; /* only what a checkout of that tree would serve */
};

/* What a checkout of a tree leaves out: the files and folders (with a '/' behind them) that git ignores, below the root. */
typedef int hash_hidden_fn(struct arena *a, struct str root, struct str **out, size_t *n, struct err *err);

/* The text of a request: equal requests have equal texts. */
struct str hash_request_text(struct arena *a, const struct hash_request *r);
/* The variables that carry that text to the helper, NULL-terminated: behind those of env. NULL: it is too long for an
 * environment. */
char **hash_request_environ(struct arena *a, struct str text, char *const *env);
/* What the helper wrote: the hash, or the error it met. */
int hash_answer_read(struct str *out, struct arena *a, struct str said, struct err *err);

/* The helper itself: reads the request from its environment, writes the answer to descriptor out. Its exit code. hidden is asked
 * for trees of which only what is served counts. */
int hash_helper_main(char *const *env, int out, hash_hidden_fn *hidden);

#endif
