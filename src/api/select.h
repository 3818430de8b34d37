/* Which workflows of a session run. */
#ifndef SIDESTEP_API_SELECT_H
#define SIDESTEP_API_SELECT_H

#include "api/session.h"

/* Plans the workflows that the event starts (s->runs); a broken one among them stops only itself. What there is to say goes to
 * messages. */
enum sidestep_status session_select(struct sidestep_session *s, const struct sidestep_render *render, struct buf *messages);

#endif
