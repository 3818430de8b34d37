/* An action as its action.yml describes it: what it takes, what it gives back, how it runs. Read by the same
 * schema-driven reader as workflows; the steps of a composite action are made like a job's. */
#ifndef SIDESTEP_MODEL_ACTION_H
#define SIDESTEP_MODEL_ACTION_H

#include "model/workflow.h"

enum action_kind { ACTION_COMPOSITE, ACTION_NODE, ACTION_DOCKER };

/* An input as the action declares it. */
struct action_input {
	struct str name;
	struct span at;
	const struct token *fallback; /* `default`, or NULL */
	struct str deprecated;        /* deprecationMessage, or empty */
};

/* `pre-if`, `post-if`: an expression without ${{ }} and without an implicit success(). */
struct action_hook {
	struct str script;            /* `pre`, `post`, `pre-entrypoint`, `post-entrypoint`; empty: there is none */
	const struct expr *condition; /* always() when nothing is said; NULL without a hook */
	struct str condition_text;
};

struct action {
	struct str dir, path;        /* its folder; the file that describes it */
	const struct source *source; /* NULL: a Dockerfile alone */
	const struct token *root;    /* the whole file, NULL when it could not be read */
	struct str name;
	struct str using; /* in lower case */
	enum action_kind kind;
	struct action_input *inputs;
	size_t ninputs;
	struct output_def *outputs; /* value is NULL when none is given */
	size_t noutputs;
	struct job *body; /* composite: a nameless job with its steps, for lowering */
	struct str main;  /* node: the script; docker: the image */
	struct str entrypoint;
	const struct token *args, *env; /* docker */
	struct action_hook pre, post;
	bool valid; /* nothing at all is wrong with the file; the runner takes more than that */
	/* What the runner has against the file, in its order; with any of them the action does not run. */
	struct reader_error *errors;
	size_t nerrors;
};

/* Where the files of an action come from. */
struct action_reader {
	void *cookie;
	/* 0: the text is in out, 1: there is no such file, -1: it cannot be read. */
	int (*read)(void *cookie, const char *path, struct buf *out, struct err *err);
};

/* Looks for action.yml, action.yaml, Dockerfile and dockerfile in dir and reads what is there. reader NULL: the file system.
 * 0: *out, with what is wrong in ->errors and in diags; 1: there is none; -1: it cannot be read, err says why. */
int action_load(struct action **out, struct arena *a, struct source_set *sources, struct str dir,
                const struct action_reader *reader, struct diag_list *diags, struct err *err);
/* Whether a file of that name describes an action: action.yml, action.yaml. */
bool action_is_name(struct str name);
/* Whether a file is an action's and not a workflow: by the keys at its top, as far as they stand at the beginning of a line; by
 * its name when they do not tell. */
bool action_is_file(struct str text, struct str path);
/* What action_load does, from a text that is already there. */
struct action *action_read(struct arena *a, const struct source *src, struct diag_list *diags);
/* The input of that name (without case), or NULL. */
const struct action_input *action_input(const struct action *action, struct str name);
/* "composite", "JavaScript", "container": for messages. */
const char *action_kind_name(enum action_kind k);

#endif
