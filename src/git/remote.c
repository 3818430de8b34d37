/* Asking servers; see remote.h. */
#include "git/remote.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "git/locks.h"
#include "git/token.h"

/* GitHub's runner waits 10 to 30 seconds for an archive; somebody sits in front of this one. */
enum { BACKOFF_MS = 2000, NAP_MS = 50, SAID_MAX = 300 };

static bool has_sign(const struct err *err, const char *const *signs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_find(str_of(err->text), str_of(signs[i]), 0) != SIZE_MAX)
			return true;
	return false;
}

/* What breaks off, and servers that are out of order, besides what git_no_network() knows. */
static bool is_stumble(const struct err *err)
{
	static const char *const signs[] = { "returned error: 429",
		                             "returned error: 500",
		                             "returned error: 502",
		                             "returned error: 503",
		                             "returned error: 504",
		                             "Connection reset",
		                             "Connection closed",
		                             "RPC failed",
		                             "early EOF",
		                             "hung up unexpectedly",
		                             "unexpected disconnect",
		                             "Operation timed out",
		                             "Operation too slow",
		                             "Empty reply from server",
		                             "SSL_ERROR_SYSCALL",
		                             "TLS connection was non-properly terminated",
		                             "kex_exchange_identification" };
	return has_sign(err, signs, ARRAY_LEN(signs));
}

enum git_refusal git_remote_refusal(const struct err *err)
{
	static const char *const access[] = { "could not read Username",   "could not read Password",     "Authentication failed",
		                              "Permission denied",         "returned error: 401",         "returned error: 403",
		                              "terminal prompts disabled", "Host key verification failed" };
	static const char *const nothing[] = { "does not appear to be a git repository", "not found", "returned error: 404",
		                               "does not exist" };
	struct err said = *err;
	if (err->errnum == ETIMEDOUT)
		return GIT_NO_NETWORK;
	if (err->kind != ERR_SYSTEM || err->errnum == EINTR)
		return GIT_TROUBLE;
	if (has_sign(err, access, ARRAY_LEN(access)))
		return GIT_NO_ACCESS;
	git_no_network(STR_EMPTY, &said);
	if (said.kind == ERR_MISSING || is_stumble(err))
		return GIT_NO_NETWORK;
	return has_sign(err, nothing, ARRAY_LEN(nothing)) ? GIT_NO_REPOSITORY : GIT_TROUBLE;
}

struct str git_remote_why(const struct git_remote *r, const struct err *err)
{
	struct err said = *err;
	switch (git_remote_refusal(err)) {
	case GIT_NO_REPOSITORY:
		return STR("repository not found");
	case GIT_NO_ACCESS:
		return arena_printf(
			r->a,
			"repository not found, or no access to it: %.*s (%.*s); git's credential helpers are asked, then "
			"GITHUB_TOKEN of the environment and 'gh auth token', and a token can be given with -s GITHUB_TOKEN",
			STRF(r->url), (int)MIN(strlen(err->text), SAID_MAX), err->text);
	default:
		git_no_network(r->url, &said);
		if (err->kind == ERR_SYSTEM && said.kind == ERR_MISSING)
			return arena_str(r->a, str_of(said.text));
		return arena_printf(r->a, "cannot fetch from %.*s: %.*s", STRF(r->url), (int)MIN(strlen(err->text), SAID_MAX),
		                    err->text);
	}
}

/* ---- waiting ---- */

static uint64_t now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

/* Longer each time, and not the same for all who have seen the same trouble. */
static uint64_t backoff_ms(unsigned attempt)
{
	const char *said = getenv("SIDESTEP_BACKOFF_MS");
	uint64_t base = said ? strtoul(said, NULL, 10) : BACKOFF_MS;
	return base * attempt + (base ? (now_ms() * 7919 + (uint64_t)getpid()) % base : 0);
}

/* -1: a signal waits. */
static int back_off(unsigned attempt, git_remote_told *told, void *cookie, struct err *err)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	uint64_t ms = backoff_ms(attempt), until = now_ms() + ms;
	if (told)
		told(cookie, err, (double)ms / 1000);
	while (now_ms() < until) {
		if (git_interrupted(err))
			return -1;
		nanosleep(&nap, NULL);
	}
	return 0;
}

/* What stumbled. What took all of its time would take it again, while others wait for the store's lock. */
static bool may_be_asked_again(const struct err *err)
{
	return err->errnum != ETIMEDOUT && git_remote_refusal(err) == GIT_NO_NETWORK;
}

int git_remote_again(unsigned attempt, git_remote_told *told, void *cookie, struct err *err)
{
	if (attempt >= GIT_REMOTE_ATTEMPTS || !may_be_asked_again(err))
		return -1;
	return back_off(attempt, told, cookie, err);
}

/* ---- the call ---- */

static int try_call(struct git_remote *r, struct git_repo *repo, struct buf *out, const char *const *args, size_t output_max,
                    struct err *err)
{
	struct git_call call = { .trust = GIT_OWN,
		                 .repo = repo,
		                 .args = args,
		                 .protocols = git_protocols(r->url),
		                 .config = r->config,
		                 .output_max = output_max,
		                 .seconds = r->seconds ? r->seconds : GIT_REMOTE_SECONDS,
		                 .tick = r->tick,
		                 .cookie = r->cookie };
	size_t was = out ? out->n : 0;
	for (unsigned attempt = 1;; attempt++) {
		struct err said = ERR_INIT;
		if (out)
			out->n = was;
		if (repo && r->locks)
			git_locks_clear(r->a, repo->git_dir, r->locks);
		if (git_run(&call, out, &said) == 0)
			return 0;
		*err = said;
		if (git_remote_again(attempt, r->again, r->cookie, err) < 0)
			return -1;
	}
}

/* The next token that differs from those before it. */
static bool next_token(struct git_remote *r)
{
	while (++r->source < GIT_TOKEN_SOURCES) {
		struct str token = git_token_of(r->a, r->source, r->server, r->token);
		bool known = !token.n || str_eq(token, r->token);
		for (unsigned i = GIT_TOKEN_ENVIRONMENT; !known && i < r->source; i++)
			known = str_eq(token, git_token_of(r->a, i, r->server, r->token));
		if (known)
			continue;
		r->config = git_token_settings(r->a, r->server, token);
		return true;
	}
	return false;
}

int git_remote_run(struct git_remote *r, struct git_repo *repo, struct buf *out, const char *const *args, size_t output_max,
                   struct err *err)
{
	struct err none = ERR_INIT;
	if (!err)
		err = &none;
	if (r->source == GIT_TOKEN_GIVEN && !r->config) {
		struct str token = git_token_of(r->a, GIT_TOKEN_GIVEN, r->server, r->token);
		r->config = token.n ? git_token_settings(r->a, r->server, token) : NULL;
	}
	while (try_call(r, repo, out, args, output_max, err) < 0) {
		enum git_refusal why = git_remote_refusal(err);
		struct err first = *err;
		if ((why != GIT_NO_ACCESS && why != GIT_NO_REPOSITORY) || !git_token_may_go(r->server))
			return -1;
		if (!next_token(r)) {
			*err = first;
			return -1;
		}
	}
	return 0;
}
