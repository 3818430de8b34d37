/* Where the workflows that others call come from: this working tree, another commit of this repository, a folder, a fetched
 * repository. */
#ifndef SIDESTEP_PROJECT_CALLED_H
#define SIDESTEP_PROJECT_CALLED_H

#include "base/map.h"
#include "project/project.h"
#include "value/val.h"

struct call_places {
	struct val local_repositories; /* OWNER/REPO[@REF] → directory; null: none */
	const char *github_url;
	struct str token; /* given for it, or empty */
	struct str store; /* a folder for what is fetched; empty: files of other repositories are left alone */
	bool offline;
	const struct job *const *jobs; /* those that run: for others nothing is fetched; NULL: all */
	size_t njobs;
	/* What fetching has to say while somebody waits for it: which repository, once it takes long; what it has met before it
	 * asks again. May be NULL. */
	void (*say)(void *cookie, const char *text);
	void *cookie;
	struct map *told; /* repositories of which that was said; with `say` */
};

/* Loads and checks what the workflow calls, on all levels; what is wrong goes to p->diags and makes it invalid. -1: something
 * could not be had (no network): said with its place in p->diags, too. */
int project_load_calls(struct project *p, struct workflow *w, const struct call_places *places, struct err *err);

#endif
