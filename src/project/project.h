/* Finding workflow files and loading them. */
#ifndef SIDESTEP_PROJECT_PROJECT_H
#define SIDESTEP_PROJECT_PROJECT_H

#include "git/git.h"
#include "model/workflow.h"

/* Everything one call looks at; in place. */
struct project {
	struct arena arena;
	struct source_set sources;
	struct diag_list diags;
	struct git_repo *repo; /* NULL: no repository around */
	struct str dir;        /* where to start, absolute */
	struct str root;       /* of the repository, or dir */
	struct workflow **workflows;
	size_t n;
	size_t nactions; /* action files that were read: what is wrong with them is in diags */
	bool takes_any;  /* not only workflows */
};

/* Finds the repository around `directory` (NULL: the current one). */
int project_open(struct project *p, const char *directory, struct err *err);
void project_done(struct project *p);
/* The unsaved text of a file (relative to dir), before project_load: it stands in for what is on the disk, or for a file that
 * is not there yet. */
void project_put_unsaved(struct project *p, const char *path, struct str text, int64_t version);
/* Loads the given files and folders (relative to dir), or the repository's workflows when there are none. Files
 * with errors are in ->workflows too (not ->valid). No file at all: an error that says where was looked.
 * any: "-" is standard input, and action files are read as such (also those of the repository, when none is named); else one is
 * an error. */
int project_load(struct project *p, const char *const *paths, size_t npaths, bool any, struct err *err);

/* How the user would type an absolute path from where the program was started. */
struct str project_shown_path(struct project *p, struct str path);

#endif
