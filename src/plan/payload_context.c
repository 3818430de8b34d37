/* The github context: the members that are the same in all jobs of a run. */
#include "plan/payload_make.h"

static struct str without_slashes(struct str url)
{
	while (url.n && url.p[url.n - 1] == '/')
		url.n--;
	return url;
}

static bool is_hosted(struct str server)
{
	static const char residence[] = ".ghe.com";
	size_t n = sizeof(residence) - 1;
	return str_is_nocase(server, DEFAULT_SERVER) ||
	       (str_starts(server, STR("https://")) && server.n > n && str_is_nocase(str_from(server, server.n - n), residence));
}

static bool is_web(struct str url)
{
	return str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
}

struct str github_server(const struct trigger_event *e, struct str github_url)
{
	struct str remote = without_slashes(e->server_url), given = without_slashes(github_url);
	if (remote.n && (e->server_given || is_hosted(remote) || str_eq_nocase(remote, given)))
		return remote;
	return is_web(given) ? given : STR(DEFAULT_SERVER);
}

/* GitHub has its API on a host of its own; every other server below itself. */
static void set_server(struct arena *a, struct val g, struct str server)
{
	struct str api = arena_printf(a, "%.*s/api", STRF(server)), rest = arena_printf(a, "%.*s/v3", STRF(api));
	if (is_hosted(server))
		rest = api = arena_printf(a, "https://api.%.*s", STRF(str_from(server, sizeof("https://") - 1)));
	val_set_str(a, g, "server_url", server);
	val_set_str(a, g, "api_url", rest);
	val_set_str(a, g, "graphql_url", arena_printf(a, "%.*s/graphql", STRF(api)));
}

/* Ids are texts in the context. */
static struct str id_text(struct arena *a, struct val object)
{
	struct val id = val_at(object, "id");
	return id.kind == VAL_NUMBER || (id.kind == VAL_STRING && id.s.n) ? val_to_str(a, id) : STR("1");
}

static struct str git_protocol_url(struct arena *a, const struct trigger_event *e, struct str server)
{
	size_t at = str_find(server, STR("://"), 0);
	return arena_printf(a, "git://%.*s/%.*s.git", STRF(at == SIZE_MAX ? server : str_from(server, at + 3)),
	                    STRF(e->repository));
}

struct val github_context(struct arena *a, const struct trigger_event *e, struct str github_url, struct str run_id,
                          struct str run_number, struct str token)
{
	struct val g = val_object(a), repository = val_at(e->payload, "repository");
	struct str server = github_server(e, github_url);
	struct str visibility = text_at(repository, "visibility");
	if (!visibility.n)
		visibility = val_truthy(val_at(repository, "private")) ? STR("private") : STR("public");
	const struct {
		const char *key;
		struct str value;
	} rows[] = {
		{ "token", token },
		{ "ref", e->ref },
		{ "sha", e->sha },
		{ "repository", e->repository },
		{ "repository_owner", e->owner },
		{ "repository_owner_id", id_text(a, val_at(repository, "owner")) },
		{ "repositoryUrl", git_protocol_url(a, e, server) },
		{ "repository_id", id_text(a, repository) },
		{ "repository_visibility", visibility },
		{ "run_id", run_id },
		{ "run_number", run_number },
		{ "retention_days", STR("90") },
		{ "run_attempt", STR("1") },
		{ "artifact_cache_size_limit", STR("10") },
		{ "actor_id", id_text(a, val_at(e->payload, "sender")) },
		{ "actor", e->actor },
		{ "triggering_actor", e->actor },
		{ "head_ref", e->head_ref },
		{ "base_ref", e->base_ref },
		{ "event_name", e->name },
		{ "ref_name", e->ref_name },
		{ "ref_type", e->ref_type },
		{ "secret_source", token.n ? STR("Actions") : STR("None") },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		val_set_str(a, g, rows[i].key, rows[i].value);
	val_set(a, g, STR("event"), e->payload);
	val_set(a, g, STR("ref_protected"), val_bool(false));
	set_server(a, g, server);
	return g;
}
