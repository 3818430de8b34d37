/* A survey between its parts. */
#ifndef SIDESTEP_SURVEY_INTERNAL_H
#define SIDESTEP_SURVEY_INTERNAL_H

#include "base/map.h"
#include "session/session.h"
#include "survey/survey.h"

struct survey {
	const struct survey_options *o;
	struct arena arena;
	struct diag_list *diags;
	struct session session; /* for looking for nodes */
	struct map actions;     /* folder → struct lack * */
};

/* Why something will not run here. */
struct lack {
	enum rule rule;    /* RULE_NONE: nothing is known against it */
	struct str text;   /* "container actions are not available …" */
	struct str inside; /* the file in which it stands, when that is not the workflow */
};

/* actions.c: what a step with `uses` lacks, also in the actions that it uses, as far as they are here. */
struct lack survey_action(struct survey *s, const struct step *step);
/* programs.c: whether the shell of a `run` step is there. value: what says it; empty: nothing. */
struct lack survey_shell(struct survey *s, struct str value);
/* Whether there is a node. */
struct lack survey_node(struct survey *s);
/* labels.c: for which system a job is, when it is not this one. True: none of its legs runs here. */
bool survey_labels(struct survey *s, const struct job *job);

#endif
