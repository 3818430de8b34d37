/* Reusable workflows: follows the calls of a workflow through all levels, reads the called files and checks every call
 * against what its file declares. Source: matrix-and-jobs.md section 8. */
#ifndef SIDESTEP_MODEL_CALLS_H
#define SIDESTEP_MODEL_CALLS_H

#include "model/workflow.h"

/* A file that a call names. */
struct called_file {
	const struct source *source;     /* its path is what messages show: the reference for another repository's file */
	struct str repo_path;            /* ".github/workflows/build.yml" */
	struct str repository, ref, sha; /* as in struct workflow */
};

/* Where called files come from. */
struct call_reader {
	void *cookie;
	/* What follows is read for this job of the top workflow; may be NULL. */
	void (*begin)(void *cookie, const struct job *job);
	/* ref: as written in `uses`; from: the workflow that contains the call ("./x" is in its repository, at its commit).
	 * -1 with the reason when it cannot be had (no such file, no network). The arena of the source set owns the rest. */
	int (*read)(void *cookie, const struct workflow *from, struct str ref, struct called_file *out, struct err *err);
};

struct call_options {
	unsigned depth;                   /* called levels; 0: 9 */
	unsigned files;                   /* distinct files, the top one included; 0: 51 */
	unsigned jobs;                    /* of all files together, once per call, calling jobs included; 0: no limit */
	bool write_policy;                /* the repository's default for the token is write, not limited read */
	const struct read_limits *limits; /* NULL: GitHub's */
};

/* Sets job->called of every call, on all levels (a file called twice with the same reference from the same repository is
 * read once). Errors go to diags with the place and the wording that GitHub uses; top->valid becomes false when there were
 * any, and top->errors gets those that GitHub's reader gives: of the first call that has some. Only for a workflow that
 * is valid so far. */
void calls_load(struct workflow *top, struct arena *a, const struct call_reader *reader, const struct call_options *opt,
                struct diag_list *diags);
/* Whether the workflow has a job that calls one. */
bool calls_any(const struct workflow *w);

#endif
