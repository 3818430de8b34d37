/* Which workflows of a session run. */
#ifndef SIDESTEP_API_SELECT_H
#define SIDESTEP_API_SELECT_H

#include "api/session.h"

/* Plans the workflows that the event starts (s->runs); a broken one among them stops only itself. What there is to say, such as
 * which ones a filter left out, goes to messages. */
enum sidestep_status session_select(struct sidestep_session *s, const struct sidestep_render *render, struct buf *messages);
/* Settles what a run is given (r->inputs, r->event) and makes its github context; the id and the number may be empty. -1: the
 * default of an input cannot be evaluated. */
int session_give(struct sidestep_session *s, struct session_run *r, struct str run_id, struct val *github, struct err *err);

/* explain.c: for every workflow whether the event starts it, why (not), and with which inputs. */
int session_explain(struct sidestep_session *s, struct buf *out, struct err *err);

#endif
