/* The github context: every member that does not depend on a job or step. */
#include "unit/payload/event.h"

Test(github_context, members)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r; cd r; git remote add origin https://github.com/octo/demo; git commit -q --allow-empty -m one");
	struct trigger_event e = event_of(&a, "push", NULL);
	struct val g = github_context(&a, &e, STR("https://mirror.example"), STR("17"), STR("3"), STR("tok"));
	const struct expectation rows[] = {
		{ "token", "tok" },
		{ "ref", "refs/heads/main" },
		{ "ref_name", "main" },
		{ "ref_type", "branch" },
		{ "ref_protected", "false" },
		{ "sha", e.sha.p },
		{ "repository", "octo/demo" },
		{ "repository_owner", "octo" },
		{ "repository_id", "1" },
		{ "repository_owner_id", "1" },
		{ "repository_visibility", "public" },
		{ "repositoryUrl", "git://github.com/octo/demo.git" },
		{ "run_id", "17" },
		{ "run_number", "3" },
		{ "run_attempt", "1" },
		{ "retention_days", "90" },
		{ "actor", "Ada Test" },
		{ "actor_id", "1" },
		{ "triggering_actor", "Ada Test" },
		{ "event_name", "push" },
		{ "event.ref", "refs/heads/main" },
		{ "head_ref", "" },
		{ "base_ref", "" },
		{ "secret_source", "Actions" },
		{ "server_url", "https://github.com" },
		{ "api_url", "https://api.github.com" },
		{ "graphql_url", "https://api.github.com/graphql" },
		{ "workflow", "-" },
		{ "job", "-" },
		{ "workspace", "-" },
		{ "event_path", "-" },
	};
	expect_all(&a, g, rows);
	cr_assert_eq(val_at(g, "run_id").kind, VAL_STRING);
	cr_assert_eq(val_at(g, "repository_id").kind, VAL_STRING);
	cr_assert_eq(val_at(g, "ref_protected").kind, VAL_BOOL);
	struct val other = github_context(&a, &e, STR_EMPTY, STR("18"), STR("4"), STR_EMPTY);
	assert_str(at(&a, other, "secret_source"), STR("None"));
	val_set_str(&a, other, "workflow", STR("x"));
	assert_str(at(&a, g, "workflow"), STR("-"));
	sh("cd r; git remote remove origin");
	e = event_of(&a, "push", NULL);
	g = github_context(&a, &e, STR("https://forge.example/"), STR("1"), STR("1"), STR_EMPTY);
	assert_str(at(&a, g, "server_url"), STR("https://forge.example"));
	assert_str(at(&a, g, "api_url"), STR("https://forge.example/api/v3"));
	assert_str(at(&a, g, "graphql_url"), STR("https://forge.example/api/graphql"));
	cr_assert_eq(file_write("e.json",
	                        STR("{\"repository\":{\"id\":99,\"private\":true,\"owner\":{\"id\":7}},\"sender\":{\"id\":5}}"),
	                        0644, NULL),
	             0);
	e = event_of(&a, "push", "e.json");
	g = github_context(&a, &e, STR_EMPTY, STR("1"), STR("1"), STR_EMPTY);
	assert_str(at(&a, g, "repository_id"), STR("99"));
	assert_str(at(&a, g, "repository_owner_id"), STR("7"));
	assert_str(at(&a, g, "actor_id"), STR("5"));
	assert_str(at(&a, g, "repository_visibility"), STR("private"));
	place_done(place);
	arena_done(&a);
}

/* GitHub's own clients work for servers that they know: another remote than GitHub's must not make them refuse. */
Test(context, server)
{
	static const struct {
		const char *remote, *given, *server, *api;
	} rows[] = {
		{ "https://github.com", "https://github.com", "https://github.com", "https://api.github.com" },
		{ "https://GitHub.com/", "", "https://GitHub.com", "https://api.GitHub.com" },
		{ "", "https://github.com", "https://github.com", "https://api.github.com" },
		{ "", "", "https://github.com", "https://api.github.com" },
		{ "", "file:///srv/git", "https://github.com", "https://api.github.com" },
		{ "", "git@host:", "https://github.com", "https://api.github.com" },
		{ "", "ssh://git@host", "https://github.com", "https://api.github.com" },
		{ "https://gitlab.com", "https://github.com", "https://github.com", "https://api.github.com" },
		{ "https://work-alias", "file:///srv/git", "https://github.com", "https://api.github.com" },
		{ "https://ghes.example", "https://ghes.example/", "https://ghes.example", "https://ghes.example/api/v3" },
		{ "https://gitlab.com", "https://ghes.example", "https://ghes.example", "https://ghes.example/api/v3" },
		{ "", "http://ghes.example", "http://ghes.example", "http://ghes.example/api/v3" },
		{ "https://acme.ghe.com", "https://github.com", "https://acme.ghe.com", "https://api.acme.ghe.com" },
		{ "https://ghe.com", "https://github.com", "https://github.com", "https://api.github.com" },
		{ "http://acme.ghe.com", "https://github.com", "https://github.com", "https://api.github.com" },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct trigger_event e = { .repository = STR("o/r"),
			                   .server_url = str_of(rows[i].remote),
			                   .payload = val_object(&a) };
		struct val g = github_context(&a, &e, str_of(rows[i].given), STR("1"), STR("1"), STR_EMPTY);
		assert_str(at(&a, g, "server_url"), str_of(rows[i].server));
		assert_str(at(&a, g, "api_url"), str_of(rows[i].api));
	}
	struct trigger_event e = { .server_url = STR("https://ghes.example"), .server_given = true, .payload = val_object(&a) };
	struct val g = github_context(&a, &e, STR("https://github.com"), STR("1"), STR("1"), STR_EMPTY);
	assert_str(at(&a, g, "server_url"), STR("https://ghes.example"));
	assert_str(at(&a, g, "graphql_url"), STR("https://ghes.example/api/graphql"));
	arena_done(&a);
}
