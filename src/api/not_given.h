/* What the jobs of a session use and nobody has given: secrets and variables. */
#ifndef SIDESTEP_API_NOT_GIVEN_H
#define SIDESTEP_API_NOT_GIVEN_H

#include "api/session.h"

/* One line that names them, or nothing. */
void session_say_not_given(struct sidestep_session *s, struct buf *messages);

#endif
