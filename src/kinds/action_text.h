/* What is said about actions: what their files have wrong, what is not there, and who asked for it. */
#ifndef SIDESTEP_KINDS_ACTION_TEXT_H
#define SIDESTEP_KINDS_ACTION_TEXT_H

#include "event/event.h"
#include "model/action.h"

/* Who hears it: a job or a step. */
struct action_voice {
	void (*say)(void *cookie, enum log_level level, struct str text);
	void *cookie;
};

/* Says what the runner has against an action's file; the last text is left to the caller, who fails with it. */
struct str action_say_errors(const struct action_voice *voice, struct arena *a, const struct action *action);
/* The first of them alone, with its place: what a plan shows of a step that fails so. */
struct str action_first_error(struct arena *a, const struct action *action);
/* "Can't find … for action 'owner/repo@ref'." */
struct str action_no_manifest(struct arena *a, struct str name);

/* The step that names an action. */
struct action_user {
	const struct step *step;
	const struct workflow *workflow; /* that holds it */
	const struct action *inside;     /* or the action that does; NULL: the workflow */
};

/* "text (line 3 of ci.yml)" */
struct str action_with_user(struct arena *a, const struct action_user *user, struct str text);

#endif
