/* Whether what was asked for by name is there: an event, jobs, values of matrices. What matches nothing would be a run that does
 * nothing and is green: it is wrong usage, said with the nearest name and with where it would run. */
#ifndef SIDESTEP_API_ASKED_H
#define SIDESTEP_API_ASKED_H

#include "api/session.h"

/* All after the selection (s->answers, s->runs). -1: ERR_USAGE with what is wrong. */
/* Every -j is a job of some workflow; that one is started by the event. */
int asked_jobs(struct sidestep_session *s, struct err *err);
/* Some workflow lists the event. */
int asked_event(struct sidestep_session *s, struct err *err);
/* The same of a project, by what the event does to each of its workflows. verb: that one would try instead. */
int asked_event_of(struct project *p, const struct selection *answers, struct str event, const char *verb, struct err *err);
/* Every --matrix is a value of some matrix, as far as matrices are known before the run, and they leave something to run. */
int asked_matrix(struct sidestep_session *s, struct err *err);

#endif
