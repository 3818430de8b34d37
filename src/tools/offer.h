/* What this machine has of what a setup action asks for, offered to the action in a tool cache of the job's own. The run's side:
 * a helper (helper.h) makes it, the step waits for it. A step's own tool cache has what this machine has and links to the user's:
 * nothing of this machine is ever written into the user's tool cache, and what a job installs into a version that is offered
 * goes with it. What it installs into one that the user's tool cache has stays there, as on any self-hosted runner.
 *
 * Source of the layout: @actions/tool-cache. */
#ifndef SIDESTEP_TOOLS_OFFER_H
#define SIDESTEP_TOOLS_OFFER_H

#include "session/place.h"
#include "session/session.h"
#include "tools/request.h"

struct tool_offer;

enum { OFFER_LINES = 16 };

enum offer_state {
	OFFER_PENDING, /* the session changes when it is made */
	OFFER_NOTHING, /* the action sees the user's tool cache, as always */
	OFFER_MADE,    /* the action is to see `view` */
};

/* Starts the helper. here: where helpers of the job run; view: a folder of the job's, made when needed; workspace: what the file
 * of the request is relative to. Never NULL. */
struct tool_offer *tool_offer_new(struct session *s, struct place *here, const struct tool_request *request, struct str view,
                                  struct str workspace);
enum offer_state tool_offer_state(const struct tool_offer *o);
/* What is to be said in the step's log: a line each. */
const struct str *tool_offer_lines(const struct tool_offer *o, size_t *n);
/* While it is pending: when it is given up; tool_offer_due does so. */
uint64_t tool_offer_deadline(const struct tool_offer *o);
void tool_offer_due(struct tool_offer *o);
/* Ends the helper when it still runs. NULL is fine. */
void tool_offer_free(struct tool_offer *o);

#endif
