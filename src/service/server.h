/* What the helper holds while it serves: the cards of jobs, uploads that are under way, what runs have uploaded, keys. One
 * thread answers all requests, one after another, so nothing here is locked. */
#ifndef SIDESTEP_SERVICE_SERVER_H
#define SIDESTEP_SERVICE_SERVER_H

#include "hash/sign.h"
#include "service/exchange.h"

struct run_artifacts;
struct cache_folder;

struct server {
	int cards; /* folder of the cards of jobs */
	unsigned port;
	unsigned char secret[32]; /* signs addresses of uploads and downloads */
	struct upload *uploads;   /* under way */
	struct run_artifacts *runs;
	struct cache_folder *folders;
	uint64_t last_id;          /* of artifacts and of uploads */
	struct sign_key *identity; /* of identity tokens; NULL: none was asked for yet */
	char identity_name[37];
};

/* One that holds nothing yet; free ends uploads that are under way, what was kept stays. */
struct server *server_new(void);
void server_free(struct server *s);

extern const struct route artifact_route, cache_route, cache_v1_route, blob_route, container_routes[], oidc_routes[];

/* A path with its signature: "/blob/KIND/ID?se=…&sig=…", good for so many seconds. Empty: libcrypto refuses. */
struct str signed_path(struct exchange *x, const char *kind, struct str id, unsigned seconds);
/* Whether the request has such a signature for its path, and in time. */
bool signature_holds(struct exchange *x, const char *kind, struct str id);

#endif
