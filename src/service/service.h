/* The services that actions expect behind ACTIONS_*: artifacts, caches, identity tokens. Served by a helper process on a port of
 * this machine's loopback, started when the first job needs it and ended with the session.
 *
 * The run's side of it: starting the helper, telling it about jobs (caller.h), and what steps find in their environment. */
#ifndef SIDESTEP_SERVICE_SERVICE_H
#define SIDESTEP_SERVICE_SERVICE_H

#include "os/host.h"
#include "value/val.h"

struct service;
struct service_job;

/* Everything lives as long as the service. */
struct service_spec {
	struct host *host;
	const char *self;     /* the program, for the helper */
	char *const *environ; /* the helper's */
	struct str dir;       /* for the helper's files: made at the first need, 0700, goes with the work folder */
	/* The helper cannot go on, and why: the requests of actions are refused from now on. May be NULL. */
	void (*trouble)(void *cookie, struct str text);
	void *cookie;
};

struct service *service_new(const struct service_spec *spec);
/* Ends the helper. Takes NULL as well. */
void service_free(struct service *s);

/* Whether the helper was ever started. */
bool service_used(const struct service *s);

/* A job, as tokens speak for it. */
struct service_job_spec {
	struct str run;           /* the run's id here: jobs of one run share their artifacts */
	struct str artifacts;     /* folder of what the run uploads; made at the first need */
	struct str caches;        /* folder of the repository's caches; made at the first need */
	uint64_t cache_limit;     /* bytes in it */
	const struct str *scopes; /* refs: caches are read from all of them, in this order */
	size_t nscopes;
	struct str write;       /* the ref that caches are saved to; empty: it may save none */
	const char *cache_mode; /* what its actions are told of both: "read"; NULL: nothing */
	struct val claims; /* of identity tokens, without those of the issuer and of time; null: it has no permission for any */
	unsigned seconds;  /* it lives no longer */
};

/* Tells the helper, and starts it when it was not. From now on requests with the job's tokens are answered. */
int service_job_open(struct service_job **out, struct service *s, const struct service_job_spec *spec, struct err *err);
/* They are refused from now on. Takes NULL as well. */
void service_job_close(struct service_job *j);

/* Calls set for each variable that a step of the job finds. action: it is one in JavaScript or a container; scripts see only
 * what is for identity tokens, and that only with the permission. Texts live as long as the job. */
void service_environ(const struct service_job *j, bool action, void (*set)(void *cookie, const char *name, struct str value),
                     void *cookie);
/* What must not appear in logs: 0, 1 (and NULL for others). */
struct str service_secret(const struct service_job *j, size_t i);

/* The file in a run's folder of artifacts that lists them: [{"name":…,"file":…,"size":…,"digest":…}] */
#define SERVICE_ARTIFACT_LIST ".list.json"
/* The folder beside it where content arrives. */
#define SERVICE_INCOMING ".incoming"

/* The scopes of a run's caches (at most CACHE_SCOPES): its own ref, the branch that a pull request asks to merge into, the
 * default branch; each once. */
enum { CACHE_SCOPES = 3 };
size_t service_scopes(struct arena *a, struct str out[static CACHE_SCOPES], struct val github);
/* Whether what started the run may save caches for all branches: a stranger must not leave there what others restore. */
bool service_may_save(struct val github);
/* The claims of an identity token, from the github context; environment may be empty. */
struct val service_claims(struct arena *a, struct val github, struct str environment);

#endif
