/* Writing `uses:` of other repositories as full commits, with their version as a comment. */
#ifndef SIDESTEP_PIN_H
#define SIDESTEP_PIN_H

#include <sidestep/run.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All zeroes: the workflows and actions of the repository around the current directory are written, what is said is text. */
struct sidestep_pin_options {
	unsigned size;            /* sizeof(struct sidestep_pin_options) */
	const char *directory;    /* where to start; NULL: the current directory */
	const char *const *paths; /* files or folders */
	size_t npaths;
	int check;  /* nothing is written; SIDESTEP_FAILED when something is not pinned or has drifted */
	int update; /* what is pinned goes to the newest of its line */
	int diff;   /* nothing is written; out is a unified diff */
	int json;   /* out is an array with every reference */
	int offline;
	struct sidestep_strings local_repositories; /* OWNER/REPO[@REF]=DIR */
	const char *github_url;                     /* NULL: https://github.com */
	const char *cache_dir;                      /* NULL: the XDG place */
	const char *token;                          /* for that server, or NULL */
	const char *self;                           /* the program, for helper children; NULL: /proc/self/exe */
};

/* SIDESTEP_FAILED: something was found (check), does not exist or cannot be written as a pin; SIDESTEP_INVALID: a file is no
 * YAML, or was changed meanwhile; SIDESTEP_ENVIRONMENT: it could not be asked for. Everything else is done all the same. Blocks;
 * a waiting signal (blocked by the caller) ends it. */
SIDESTEP_API enum sidestep_status sidestep_pin(const struct sidestep_pin_options *options, const struct sidestep_render *render,
                                               struct sidestep_text *text);

#ifdef __cplusplus
}
#endif
#endif
