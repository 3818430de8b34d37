/* Which jobs of a workflow run, on what, in which order; matrices; names. Pure: no processes, no clock. */
#ifndef SIDESTEP_PLAN_PLAN_H
#define SIDESTEP_PLAN_PLAN_H

#include "graph/graph.h"
#include "model/workflow.h"

/* One job of the plan (all legs of its matrix). */
struct plan_job {
	const struct job *job;
	struct job_graph *graph;
	struct plan_job **needs; /* direct, in the file's order; those left out by --no-needs are not here */
	size_t nneeds;
	struct plan_job **ancestors; /* all jobs reachable through needs */
	size_t nancestors;
	uint32_t stage; /* 0 = needs nothing; longest path */
	uint32_t index; /* in plan->jobs */
};

struct plan {
	const struct workflow *workflow;
	struct plan_job **jobs; /* file order */
	size_t n;
};

struct plan_options {
	const struct str *jobs; /* -j; empty: all */
	size_t njobs;
	bool no_needs;
};

/* Unknown job ids in the options: -1, ERR_USAGE, with the nearest known id. */
int plan_make(struct plan **out, struct arena *a, const struct workflow *w, const struct plan_options *opt, struct err *err);

/* Whether the workflow lists the event at all (filters are the next stage's business). */
bool plan_has_event(const struct workflow *w, struct str event);

/* One leg of a matrix. */
struct matrix_leg {
	struct val matrix; /* object, or null for a job without matrix */
	struct str suffix; /* " (1, ubuntu)" for names without expressions, or empty */
};
struct matrix_legs {
	struct matrix_leg *v;
	size_t n, cap;
};

enum { MATRIX_MAX = 256 };

/* Expands an evaluated matrix value (null: one leg without matrix). On error -1 and the official message
 * ("Matrix vector 'os' does not contain any values"). matrix-and-jobs.md section 1. */
int matrix_expand(struct matrix_legs *out, struct arena *a, struct val matrix, struct err *err);
/* --matrix KEY:VALUE: keeps the legs that have one of the values for every key named. */
void matrix_filter(struct matrix_legs *legs, const struct str *filters, size_t n);
/* The name shown: job name literal or id plus suffix, cut to 100 UTF-16 units. evaluated: name came from an
 * expression and is used as it is when not empty. */
struct str plan_job_name(struct arena *a, struct str name_or_id, struct str suffix, bool evaluated);

/* Where a job runs. */
enum place_kind { PLACE_HOST, PLACE_CONTAINER, PLACE_NOT_HERE, PLACE_SKIP };
struct placement {
	enum place_kind kind;
	struct str label; /* the label that decided: for NOT_HERE the one nobody serves */
	struct str image; /* PLACE_CONTAINER: docker://IMAGE of -P */
	bool by_group;    /* label is a group's name */
};
struct platform_rule {
	struct str label, target; /* "host", "skip", "docker://IMAGE" */
};
/* The label that was probably meant: NULL when it is one that GitHub or every runner has, or like none. An "ubuntu-…" that GitHub
 * does not offer always has one. */
const char *plan_label_meant(struct str label);
/* Whether GitHub has taken its machines away: there such a job waits for ever. */
bool plan_label_retired(struct str label);
/* Why a job is not run here, for people: help may be empty. */
struct label_words {
	struct str wants, help;
};
struct label_words plan_label_words(struct arena *a, const struct placement *place);
/* The first label of the job that is retired and not sent to the host by a rule of the user; false: there is none. */
bool plan_wants_retired(struct str *label, const struct str *labels, size_t n, const struct platform_rule *rules, size_t nrules);
/* Whether this machine only stands in for what a label names: it is not that version of that system. *label: the first such
 * one; those that a rule of the user sends to the host are as he wants them. machine: what it is, "ubuntu-24.04", or empty. */
bool plan_stands_in(struct str *label, const struct str *labels, size_t n, const struct platform_rule *rules, size_t nrules,
                    struct str machine);
/* labels: the evaluated runs-on, group given when the mapping form was used. Honest defaults: ubuntu-* of
 * this architecture, self-hosted, linux, this architecture's label run on the host. All labels must be served. */
struct placement plan_place(const struct str *labels, size_t n, struct str group, const struct platform_rule *rules,
                            size_t nrules);

#endif
