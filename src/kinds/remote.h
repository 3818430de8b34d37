/* Actions of other repositories as a job needs them: asked for, looked into for what they use themselves, put where the job's
 * steps see them (<work>/_actions/<owner>/<repo>/<ref>). All that the workflow tells is asked for before the first step, what a
 * local composite action uses when its step begins. */
#ifndef SIDESTEP_KINDS_REMOTE_H
#define SIDESTEP_KINDS_REMOTE_H

#include "kinds/action_source.h"
#include "kinds/action_text.h"

struct remote;         /* of a job */
struct remote_request; /* what is needed before something may go on */

enum remote_state { REMOTE_FAILED = -1, REMOTE_READY, REMOTE_PENDING };

/* What the steps of a job use, as far as the workflow tells; NULL: nothing of another repository. */
struct remote_request *remote_ask_job(struct job_base *j, const struct job_graph *g, const struct action_voice *voice);
/* What an action uses that a step has found; NULL: nothing. a: what the request lives in. */
struct remote_request *remote_ask_action(struct step_run *s, const struct action_voice *voice);
/* Goes on where it can; after REMOTE_FAILED everything was said, and *reason is the first of it. *no_way: this machine lacks
 * something (a network, access), the action may well exist. */
enum remote_state remote_turn(struct remote_request *q, struct str *reason, bool *no_way);

/* Whether a step names an action of another repository, `$/` of such a one included. */
bool remote_is(const struct job_base *j, const struct action_source *around, struct str uses);
/* The action that it names, as its file describes it; NULL: it was not asked for, or is not known yet. */
const struct action_source *remote_find(struct job_base *j, const struct action_source *around, struct str uses);
/* Whether its files are where the steps see them: copies are made while the job goes on. REMOTE_FAILED: they cannot be, *reason
 * says why. For what remote_find has found. */
enum remote_state remote_is_placed(struct job_base *j, const struct action_source *around, struct str uses, struct str *reason);

/* Whether --stub puts nothing in the place of the action that a step names. */
bool remote_is_stubbed(struct job_base *j, const struct action_source *around, struct str uses);

/* The steps are over: stops what still copies. False: it has not ended yet; ask again when something has happened. NULL is fine.
 */
bool remote_end(struct remote *r);
/* Nobody waits any more. NULL is fine. */
void remote_free(struct remote *r);

#endif
