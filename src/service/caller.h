/* Who asks: the job whose token a request carries. The run writes a card for each job (service.c), a file of the helper's
 * folder, and takes it away when the job has ended: a token is worth as much as its card is there. */
#ifndef SIDESTEP_SERVICE_CALLER_H
#define SIDESTEP_SERVICE_CALLER_H

#include "value/val.h"

enum { CALLER_READ_SCOPES = 8 };

struct exchange;

struct caller {
	struct str run, job;  /* backend ids */
	struct str artifacts; /* folder of what the run uploads */
	struct str caches;    /* folder of the repository's caches */
	struct str write;     /* scope that caches are saved to: "refs/heads/main"; empty: it may save none */
	struct str read[CALLER_READ_SCOPES];
	size_t nread;
	uint64_t cache_limit; /* bytes of the repository's caches */
	struct val claims;    /* of identity tokens; null: it may have none */
};

/* Finds who sent the request by its bearer token. which: the card's member that holds the token, "token" or "id_token".
 * False: an error was answered. */
bool caller_find(struct exchange *x, const char *which);

#endif
