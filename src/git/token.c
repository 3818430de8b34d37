/* Tokens of this machine; see token.h. The variables are those of the gh program, and mean what they mean there: GH_TOKEN and
 * GITHUB_TOKEN are for github.com and its data residency, GH_ENTERPRISE_TOKEN and GITHUB_ENTERPRISE_TOKEN for every other server.
 * Within a workflow GITHUB_TOKEN belongs to the server that GITHUB_SERVER_URL names. */
#include "git/token.h"

#include <stdlib.h>

#include "base/base64.h"
#include "os/program.h"

enum { GH_SECONDS = 10, TOKEN_MAX = 4096 };

/* "host[:port]" of http:// and https://; empty otherwise. */
static struct str authority(struct str server)
{
	size_t scheme = str_find(server, STR("://"), 0);
	if (scheme == SIZE_MAX || !str_starts(server, STR("http")))
		return STR_EMPTY;
	struct str rest = str_from(server, scheme + 3);
	rest = str_to(rest, MIN(str_find_c(rest, '/', 0), rest.n));
	size_t user = str_find_c(rest, '@', 0);
	if (str_find_c(rest, '?', 0) != SIZE_MAX || str_find_c(rest, '#', 0) != SIZE_MAX || str_find_c(rest, '\\', 0) != SIZE_MAX)
		return STR_EMPTY; /* not everybody reads it the same way */
	return user == SIZE_MAX ? rest : str_from(rest, user + 1);
}

static struct str without_port(struct str host)
{
	return str_starts(host, STR("[")) ? str_to(host, str_find_c(host, ']', 0) + 1) : str_to(host, str_find_c(host, ':', 0));
}

bool git_token_may_go(struct str server)
{
	struct str host = without_port(authority(server));
	if (str_starts(server, STR("https://")))
		return host.n > 0;
	return str_starts(server, STR("http://")) &&
	       (str_is(host, "127.0.0.1") || str_is(host, "localhost") || str_is(host, "[::1]"));
}

static struct str variable(const char *name)
{
	return str_trim(str_of(getenv(name)));
}

static struct str first_of(struct str a, struct str b)
{
	return a.n ? a : b;
}

static struct str environment_token(struct str server)
{
	struct str host = without_port(authority(server)), own = variable("GITHUB_SERVER_URL");
	if (str_is_nocase(host, "github.com") || str_ends(host, STR(".ghe.com")))
		return first_of(variable("GH_TOKEN"), variable("GITHUB_TOKEN"));
	if (own.n && str_eq_nocase(authority(own), authority(server)) && variable("GITHUB_TOKEN").n)
		return variable("GITHUB_TOKEN");
	return first_of(variable("GH_ENTERPRISE_TOKEN"), variable("GITHUB_ENTERPRISE_TOKEN"));
}

static struct str gh_token(struct arena *a, struct str server)
{
	_cleanup_buf_ struct buf out = BUF_INIT_MAX(TOKEN_MAX);
	const char *host = arena_cstr(a, authority(server));
	const char *const args[] = { "gh", "auth", "token", "--hostname", host, NULL };
	const struct program_call call = { .args = args, .seconds = GH_SECONDS, .out = &out };
	if (host[0] == '-' || program_run(&call, NULL) != 0)
		return STR_EMPTY;
	return arena_str(a, str_trim(buf_str(&out)));
}

/* What no header may hold. */
static bool is_clean(struct str token)
{
	for (size_t i = 0; i < token.n; i++)
		if ((unsigned char)token.p[i] <= ' ' || token.p[i] == 0x7F)
			return false;
	return token.n > 0;
}

struct str git_token_of(struct arena *a, enum git_token_source source, struct str server, struct str given)
{
	struct str token = STR_EMPTY;
	if (!git_token_may_go(server))
		return STR_EMPTY;
	if (source == GIT_TOKEN_GIVEN)
		token = given;
	else if (source == GIT_TOKEN_ENVIRONMENT)
		token = environment_token(server);
	else if (source == GIT_TOKEN_GH)
		token = gh_token(a, server);
	return is_clean(token) ? arena_str(a, token) : STR_EMPTY;
}

const char *const *git_token_settings(struct arena *a, struct str server, struct str token)
{
	const char **config = arena_array(a, const char *, 3);
	_cleanup_buf_ struct buf header = BUF_INIT;
	while (str_ends(server, STR("/")))
		server.n--;
	buf_adds(&header, "AUTHORIZATION: basic ");
	base64_append(&header, arena_printf(a, "x-access-token:%.*s", STRF(token)));
	config[0] = arena_printf(a, "http.%.*s/.extraHeader", STRF(server)).p;
	config[1] = arena_cstr(a, buf_str(&header));
	return config;
}
