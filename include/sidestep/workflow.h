/* Looking at workflows without running them: validate, list, graph, dump. */
#ifndef SIDESTEP_WORKFLOW_H
#define SIDESTEP_WORKFLOW_H

#include <sidestep/text.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What an editor holds and has not saved: it stands in for what is on the disk, also in files that are called. */
struct sidestep_unsaved {
	const char *path; /* relative to `directory` */
	const char *text; /* copied */
	size_t size;
	int version; /* from 0; of several with the same path the highest counts */
};

/* Which files. All zeroes: the workflows of the repository around the current directory. */
struct sidestep_files {
	const char *directory;    /* where to start; NULL: the current directory */
	const char *const *paths; /* files or folders; "-" is standard input for check */
	size_t npaths;
	const struct sidestep_unsaved *unsaved;
	size_t nunsaved;
};

enum sidestep_graph_format {
	SIDESTEP_GRAPH_TEXT,
	SIDESTEP_GRAPH_DOT,
	SIDESTEP_GRAPH_MERMAID,
	SIDESTEP_GRAPH_SVG,
	SIDESTEP_GRAPH_JSON
};
enum sidestep_check_format { SIDESTEP_CHECK_TEXT, SIDESTEP_CHECK_JSON };
enum sidestep_dump_stage {
	SIDESTEP_DUMP_TREE,
	SIDESTEP_DUMP_TEMPLATE,
	SIDESTEP_DUMP_MODEL,
	SIDESTEP_DUMP_GRAPH,
	SIDESTEP_DUMP_PLAN
};

/* Structural validation: what makes a file unrunnable. SIDESTEP_FAILED when there are findings. */
SIDESTEP_API enum sidestep_status sidestep_check(const struct sidestep_files *files, enum sidestep_check_format format,
                                                 const struct sidestep_render *render, struct sidestep_text *result);
/* What check looks at: every rule with its id, severity, who says it, tags and a sentence. Markdown is the page of the
 * documentation. */
enum sidestep_rules_format { SIDESTEP_RULES_TEXT, SIDESTEP_RULES_JSON, SIDESTEP_RULES_MARKDOWN };
SIDESTEP_API enum sidestep_status sidestep_rules(enum sidestep_rules_format format, const struct sidestep_render *render,
                                                 struct sidestep_text *result);
/* One rule. SIDESTEP_USAGE when there is none of that id. */
SIDESTEP_API enum sidestep_status sidestep_rule(const char *id, enum sidestep_rules_format format, struct sidestep_text *result);
/* Workflows, their events, jobs and the stage each job runs in; whether a push would start them, and why (not).
 * json: not for people. */
SIDESTEP_API enum sidestep_status sidestep_list(const struct sidestep_files *files, int json,
                                                const struct sidestep_render *render, struct sidestep_text *result);
/* The same for another event (NULL: push) and its payload (a file, or NULL: made up from the repository). SIDESTEP_USAGE when no
 * workflow lists it. */
SIDESTEP_API enum sidestep_status sidestep_list_event(const struct sidestep_files *files, const char *event,
                                                      const char *event_file, int json, const struct sidestep_render *render,
                                                      struct sidestep_text *result);
SIDESTEP_API enum sidestep_status sidestep_graph(const struct sidestep_files *files, enum sidestep_graph_format format,
                                                 const struct sidestep_render *render, struct sidestep_text *result);
/* The names of the events that GitHub knows, one after the other; NULL past the last. */
SIDESTEP_API const char *sidestep_event_name(size_t i);
/* For completions in a shell: the names that workflows have, one a line. What cannot be read has none. */
enum sidestep_offer { SIDESTEP_OFFER_JOBS, SIDESTEP_OFFER_EVENTS, SIDESTEP_OFFER_MATRIX, SIDESTEP_OFFER_WORKFLOWS };
SIDESTEP_API enum sidestep_status sidestep_offer(enum sidestep_offer what, const struct sidestep_files *files,
                                                 struct sidestep_text *result);
/* One stage of the data path of one file, as JSON: for people who work on the program. */
SIDESTEP_API enum sidestep_status sidestep_dump(const char *path, enum sidestep_dump_stage stage, struct sidestep_text *result);

/* An expression (without ${{ }}) or, with template set, a text with ${{ }}. Known are the contexts of context_file (a JSON object
 * of contexts, or NULL), and of those that are not there github, runner, vars, env and inputs as a run with the options `run`
 * would have them outside of its jobs; with `run` hashFiles reads what a checkout of the repository would serve. Nothing is
 * written, and no server is asked. run NULL: no repository is looked at. json: {"kind","value"} instead of the bare value.
 * expect_type: "String", "Boolean", …, or NULL. Parse and evaluation errors: SIDESTEP_INVALID with the official message; no
 * expression at all: SIDESTEP_USAGE. */
struct sidestep_run_options;
struct sidestep_eval_options {
	const char *context_file;
	const char *expect_type;
	int template_text;
	int json;
	const struct sidestep_run_options *run;
};
SIDESTEP_API enum sidestep_status sidestep_eval(const char *text, const struct sidestep_eval_options *options,
                                                const struct sidestep_render *render, struct sidestep_text *result);

#ifdef __cplusplus
}
#endif
#endif
