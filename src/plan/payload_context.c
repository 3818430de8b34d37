/* The github context: the members that are the same in all jobs of a run. */
#include "plan/payload_make.h"

/* "https://github.com" has its API elsewhere; every other server below itself. */
static void set_server(struct arena *a, struct val g, struct str server)
{
	while (server.n && server.p[server.n - 1] == '/')
		server.n--;
	bool dotcom = str_is_nocase(server, DEFAULT_SERVER);
	val_set_str(a, g, "server_url", server);
	val_set_str(a, g, "api_url", dotcom ? STR("https://api.github.com") : arena_printf(a, "%.*s/api/v3", STRF(server)));
	val_set_str(a, g, "graphql_url",
	            dotcom ? STR("https://api.github.com/graphql") : arena_printf(a, "%.*s/api/graphql", STRF(server)));
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
	struct str server = e->server_url.n ? e->server_url : github_url.n ? github_url : STR(DEFAULT_SERVER);
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
