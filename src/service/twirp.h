/* Calls in the manner of Twirp: POST /twirp/<service>/<method> with JSON in and out. */
#ifndef SIDESTEP_SERVICE_TWIRP_H
#define SIDESTEP_SERVICE_TWIRP_H

#include "service/exchange.h"

struct twirp_method {
	const char *name;
	void (*call)(struct exchange *x, struct val request);
};

/* Finds out who asks and what, and calls it: what a route's end does. */
void twirp_end(struct exchange *x, const struct twirp_method *methods, size_t n);

#endif
