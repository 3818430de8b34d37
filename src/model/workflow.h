/* A workflow as the rest of the program sees it. Made by workflow_read from the tree; immutable after.
 * Field names are the keys of the file; a NULL token or empty string means the key was not there. */
#ifndef SIDESTEP_MODEL_WORKFLOW_H
#define SIDESTEP_MODEL_WORKFLOW_H

#include "expr/template.h"
#include "source/diag.h"

enum step_kind { STEP_RUN, STEP_USES, STEP_WAIT, STEP_WAIT_ALL, STEP_CANCEL, STEP_PARALLEL };

/* A name in the file with its place: ids, needs, wait targets. */
struct ref {
	struct str name;
	struct span at;
};

struct step {
	enum step_kind kind;
	struct span at; /* of the step's mapping: its first key */
	uint32_t line;  /* of that place, from 1 */
	struct str id;  /* given or generated ("__run_2") */
	struct span id_at;
	bool id_generated;
	const struct token *name;     /* NULL: default name */
	struct str default_name;      /* "Run echo hi", "Run actions/checkout@v4", "Wait", ... : trimmed first line */
	const struct expr *condition; /* with the implicit success() applied; never NULL for run and uses */
	struct str condition_text;    /* its stored form */
	const struct token *timeout_minutes, *continue_on_error, *env;
	bool background;
	const struct token *body; /* the whole mapping */

	const struct token *run, *working_directory; /* STEP_RUN */
	struct str shell;                            /* when it is literal */
	const struct token *shell_token;             /* in an action it may be an expression */

	struct str uses; /* STEP_USES */
	struct span uses_at;
	const struct token *with;

	struct ref *targets; /* STEP_WAIT, STEP_CANCEL */
	size_t ntargets;
	struct step **members; /* STEP_PARALLEL */
	size_t nmembers;
};

struct job {
	struct str id;
	struct span at; /* of the id */
	uint32_t line;
	const struct token *key, *body; /* the id, the whole mapping */
	const struct token *name;
	struct ref *needs;
	size_t nneeds;
	const struct expr *condition; /* with the implicit success(); never NULL */
	struct str condition_text;
	const struct token *runs_on, *env, *outputs, *timeout_minutes, *cancel_timeout_minutes, *continue_on_error;
	const struct token *strategy;                          /* the whole mapping or an expression */
	const struct token *fail_fast, *max_parallel, *matrix; /* its members, when strategy is a mapping */
	const struct token *defaults_run;                      /* mapping with shell and working-directory */
	const struct token *container, *services, *environment, *concurrency, *permissions, *snapshot, *cache_mode;
	struct step **steps;
	size_t nsteps;

	bool is_call; /* a reusable workflow is called */
	struct str uses;
	struct span uses_at;
	const struct token *with, *secrets;
	bool secrets_inherit;
	const struct workflow *called; /* set by calls_load (model/calls.h); NULL: not a call, not loaded or not valid */
};

/* An input as workflow_dispatch or workflow_call declares it. */
enum input_type { INPUT_STRING, INPUT_BOOLEAN, INPUT_NUMBER, INPUT_CHOICE, INPUT_ENVIRONMENT };
struct input_def {
	struct str name;
	struct span at; /* of the name */
	enum input_type type;
	bool required;
	const struct token *fallback; /* `default`, or NULL; an expression only for workflow_call */
	struct str *options;          /* choice */
	size_t noptions;
	struct str description;
};

struct secret_def {
	struct str name;
	struct span at;
	bool required;
};

/* An output of a called workflow: a template over github, inputs, vars and jobs. */
struct output_def {
	struct str name;
	struct span at;
	const struct token *value;
};

/* What `on.workflow_call` or `on.workflow_dispatch` says; secrets and outputs only for calls. */
struct interface {
	bool present;
	struct input_def *inputs;
	size_t ninputs;
	struct secret_def *secrets;
	size_t nsecrets;
	struct output_def *outputs;
	size_t noutputs;
};

/* One event of `on`. */
struct trigger {
	struct str event;
	struct span at;
	const struct token *config; /* mapping, list (schedule) or NULL */
};

/* An error as GitHub's reader gives it. Without a place only the file is named, or nothing at all: reading ends there. */
enum reader_place { READER_PLACED, READER_FILE, READER_BARE, READER_CALL /* it is in a file that is called there */ };
struct reader_error {
	struct str text; /* without file and place */
	struct span at;
	enum reader_place place;
};

struct workflow {
	struct str path; /* as the user would type it */
	struct str name; /* `name`, or the path relative to the repository */
	bool has_name;
	const struct source *source;
	const struct token *root; /* the whole file as validated tokens, for dumps and checks */
	const struct token *run_name, *permissions, *env, *concurrency, *cache_mode;
	const struct token *defaults_run;
	struct trigger *triggers;
	size_t ntriggers;
	struct interface call, dispatch; /* filled from the triggers */
	struct job **jobs;
	size_t njobs;
	bool valid; /* no error was found: it may run */
	/* What GitHub's reader has against the file, in its order: fewer messages than the diagnostics, since it stops
	 * after each stage that failed. */
	struct reader_error *errors;
	size_t nerrors;
	size_t size; /* of the tokens as GitHub counts it, without the file's name */
	/* Of a file of another repository, called from here: "owner/repo", what stands after the @, the commit. Empty: the
	 * repository of the run. */
	struct str repository, ref, sha;
};

/* Limits of one reading; 0 means GitHub's own (workflow-syntax.md section 9). */
struct read_limits {
	unsigned depth;                 /* nested sequences and mappings */
	size_t file_size, result_size;  /* characters of the file; size of the result as GitHub counts it */
	bool relaxed_events;            /* of `on` only workflow_call is looked into, as when a run starts */
	bool no_anchors, no_background; /* a server that knows neither aliases nor background steps */
};

/* Reads one workflow. What is wrong in it goes to diags, all of it; the result is then what could be understood and ->valid
 * is false. repo_path is the name it has inside the repository (".github/workflows/ci.yml"); the arena owns everything. */
struct workflow *workflow_read(struct arena *a, const struct source *src, struct str repo_path, struct diag_list *diags);
/* The same with other limits; limits may be NULL. */
struct workflow *workflow_read_limited(struct arena *a, const struct source *src, struct str repo_path,
                                       const struct read_limits *limits, struct diag_list *diags);

/* The value of a literal key in a mapping token, or NULL. */
const struct token *token_get(const struct token *map, const char *key);
const struct job *workflow_job(const struct workflow *w, struct str id); /* without case */
const char *step_kind_name(enum step_kind k);                            /* "run" "uses" "wait" "wait-all" "cancel" "parallel" */

#endif
