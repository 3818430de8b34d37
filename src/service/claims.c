/* What a run's contexts say to the services: the scopes of its caches, the claims of its identity tokens. */
#include "service/service.h"

static struct str text_at(struct val object, const char *name)
{
	struct val v = val_at(object, name);
	return v.kind == VAL_STRING ? v.s : STR_EMPTY;
}

static void add_scope(struct str *out, size_t *n, struct str ref)
{
	for (size_t i = 0; i < *n; i++)
		if (str_eq(out[i], ref))
			return;
	if (ref.n)
		out[(*n)++] = ref;
}

static struct str branch_ref(struct arena *a, struct str branch)
{
	return branch.n ? arena_printf(a, "refs/heads/%.*s", STRF(branch)) : branch;
}

size_t service_scopes(struct arena *a, struct str out[static CACHE_SCOPES], struct val github)
{
	struct val repository = val_at(val_at(github, "event"), "repository");
	size_t n = 0;
	add_scope(out, &n, text_at(github, "ref"));
	add_scope(out, &n, branch_ref(a, text_at(github, "base_ref")));
	add_scope(out, &n, branch_ref(a, text_at(repository, "default_branch")));
	if (n == 0)
		add_scope(out, &n, STR("refs/heads/main"));
	return n;
}

bool service_may_save(struct val github)
{
	static const char *const trusted[] = { "push",     "workflow_dispatch", "repository_dispatch",
		                               "schedule", "page_build",        "registry_package",
		                               "delete" };
	struct str event = text_at(github, "event_name"), ref = text_at(github, "ref");
	struct str branch = text_at(val_at(val_at(github, "event"), "repository"), "default_branch");
	for (size_t i = 0; i < ARRAY_LEN(trusted); i++)
		if (str_is(event, trusted[i]))
			return true;
	return !str_starts(ref, STR("refs/heads/")) || !str_eq(str_from(ref, 11), branch);
}

/* Whom a token is about. */
static struct str subject(struct arena *a, struct val github, struct str environment)
{
	struct str repository = text_at(github, "repository"), event = text_at(github, "event_name");
	if (environment.n)
		return arena_printf(a, "repo:%.*s:environment:%.*s", STRF(repository), STRF(environment));
	if (str_is(event, "pull_request") || str_is(event, "pull_request_target"))
		return arena_printf(a, "repo:%.*s:pull_request", STRF(repository));
	return arena_printf(a, "repo:%.*s:ref:%.*s", STRF(repository), STRF(text_at(github, "ref")));
}

struct val service_claims(struct arena *a, struct val github, struct str environment)
{
	static const char *const copied[] = { "ref",
		                              "ref_type",
		                              "sha",
		                              "repository",
		                              "repository_id",
		                              "repository_owner",
		                              "repository_owner_id",
		                              "run_id",
		                              "run_number",
		                              "run_attempt",
		                              "actor",
		                              "actor_id",
		                              "workflow",
		                              "workflow_ref",
		                              "workflow_sha",
		                              "head_ref",
		                              "base_ref",
		                              "event_name" };
	struct val claims = val_object(a), protected = val_at(github, "ref_protected");
	struct str server = text_at(github, "server_url"), owner = text_at(github, "repository_owner");
	struct val repository = val_at(val_at(github, "event"), "repository");
	bool private = val_truthy(val_at(repository, "private"));
	val_set_str(a, claims, "sub", subject(a, github, environment));
	val_set_str(a, claims, "aud",
	            arena_printf(a, "%.*s/%.*s", STRF(server.n ? server : STR("https://github.com")), STRF(owner)));
	for (size_t i = 0; i < ARRAY_LEN(copied); i++)
		val_set_str(a, claims, copied[i], val_to_str(a, val_at(github, copied[i])));
	val_set_str(a, claims, "ref_protected",
	            val_truthy(protected) && !str_is(text_at(github, "ref_protected"), "false") ? STR("true") : STR("false"));
	val_set_str(a, claims, "repository_visibility", private ? STR("private") : STR("public"));
	val_set_str(a, claims, "job_workflow_ref", text_at(github, "workflow_ref"));
	val_set_str(a, claims, "job_workflow_sha", text_at(github, "workflow_sha"));
	val_set_str(a, claims, "runner_environment", STR("self-hosted"));
	if (environment.n)
		val_set_str(a, claims, "environment", environment);
	return claims;
}
