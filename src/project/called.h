/* Where the workflows that others call come from: this working tree, another commit of this repository, a folder, a fetched
 * repository. */
#ifndef SIDESTEP_PROJECT_CALLED_H
#define SIDESTEP_PROJECT_CALLED_H

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
};

/* Loads and checks what the workflow calls, on all levels; what is wrong goes to p->diags and makes it invalid. -1: something
 * could not be had (no network): said with its place in p->diags, too. */
int project_load_calls(struct project *p, struct workflow *w, const struct call_places *places, struct err *err);

#endif
