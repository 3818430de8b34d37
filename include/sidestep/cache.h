/* What is kept of other repositories: the store of actions below the cache directory. */
#ifndef SIDESTEP_CACHE_H
#define SIDESTEP_CACHE_H

#include <sidestep/text.h>
#include <sidestep/workflow.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All zeroes: the usual place, as text. */
struct sidestep_cache_options {
	unsigned size;         /* sizeof(struct sidestep_cache_options) */
	const char *cache_dir; /* NULL: the XDG place */
	int json;
	int dry_run; /* prune: only say what would go */
	int days;    /* prune: unused for so many days; 0: 30 */
	int all;     /* prune: everything that no run uses now */
};

/* Every stored commit: its repository, size, when it was last used, the tags and branches that stood for it. */
SIDESTEP_API enum sidestep_status sidestep_cache_list(const struct sidestep_cache_options *options, struct sidestep_text *text);
/* Where one action would come from: what OWNER/REPO[@REF] stands for in the store, and where its files lie. what NULL: the store
 * itself. */
SIDESTEP_API enum sidestep_status sidestep_cache_explain(const struct sidestep_cache_options *options, const char *what,
                                                         struct sidestep_text *text);
/* Removes what was not used for some time. What a run uses stays. */
SIDESTEP_API enum sidestep_status sidestep_cache_prune(const struct sidestep_cache_options *options, struct sidestep_text *text);

#ifdef __cplusplus
}
#endif
#endif
