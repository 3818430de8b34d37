/* Scopes of caches and claims of identity tokens, from the github context. */
#include <criterion/criterion.h>

#include "hash/sign.h"
#include "service/service.h"

static struct val json(struct arena *a, const char *text)
{
	struct val out;
	cr_assert_eq(val_from_json(&out, a, str_of(text), NULL), 0);
	return out;
}

Test(claims, scopes)
{
	static const struct {
		const char *github, *want[CACHE_SCOPES];
	} rows[] = {
		{ "{\"ref\":\"refs/heads/topic\",\"event\":{\"repository\":{\"default_branch\":\"main\"}}}",
		  { "refs/heads/topic", "refs/heads/main" } },
		{ "{\"ref\":\"refs/heads/main\",\"event\":{\"repository\":{\"default_branch\":\"main\"}}}",
		  { "refs/heads/main" } },
		{ "{\"ref\":\"refs/pull/7/"
		  "merge\",\"base_ref\":\"next\",\"event\":{\"repository\":{\"default_branch\":\"main\"}}}",
		  { "refs/pull/7/merge", "refs/heads/next", "refs/heads/main" } },
		{ "{\"ref\":\"refs/tags/v1\",\"base_ref\":\"\",\"event\":{\"repository\":{\"default_branch\":\"trunk\"}}}",
		  { "refs/tags/v1", "refs/heads/trunk" } },
		{ "{\"ref\":\"refs/pull/7/"
		  "merge\",\"base_ref\":\"main\",\"event\":{\"repository\":{\"default_branch\":\"main\"}}}",
		  { "refs/pull/7/merge", "refs/heads/main" } },
		{ "{}", { "refs/heads/main" } },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct str scopes[CACHE_SCOPES];
		size_t n = service_scopes(&a, scopes, json(&a, rows[i].github));
		for (size_t k = 0; k < CACHE_SCOPES; k++)
			cr_expect(k < n ? rows[i].want[k] && str_is(scopes[k], rows[i].want[k]) : !rows[i].want[k],
			          "row %zu, scope %zu", i, k);
	}
	arena_done(&a);
}

Test(claims, who_may_save)
{
	static const struct {
		const char *event, *ref;
		bool may;
	} rows[] = {
		{ "push", "refs/heads/main", true },
		{ "schedule", "refs/heads/main", true },
		{ "workflow_dispatch", "refs/heads/main", true },
		{ "repository_dispatch", "refs/heads/main", true },
		{ "delete", "refs/heads/main", true },
		{ "registry_package", "refs/heads/main", true },
		{ "page_build", "refs/heads/main", true },
		{ "issue_comment", "refs/heads/main", false },
		{ "pull_request_target", "refs/heads/main", false },
		{ "workflow_run", "refs/heads/main", false },
		{ "pull_request_target", "refs/heads/main2", true },
		{ "pull_request", "refs/pull/1/merge", true },
		{ "release", "refs/tags/v1", true },
		{ "issues", "", true },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct val g = json(&a, "{\"event\":{\"repository\":{\"default_branch\":\"main\"}}}");
		val_set_str(&a, g, "event_name", str_of(rows[i].event));
		val_set_str(&a, g, "ref", str_of(rows[i].ref));
		cr_expect_eq(service_may_save(g), rows[i].may, "row %zu", i);
	}
	arena_done(&a);
}

static const char github[] =
	"{\"repository\":\"o/r\",\"repository_owner\":\"o\",\"ref\":\"refs/heads/main\",\"event_name\":\"push\","
	"\"run_id\":\"12\",\"run_number\":\"3\",\"sha\":\"abc\",\"server_url\":\"https://github.com\","
	"\"workflow_ref\":\"o/r/.github/workflows/ci.yml@refs/heads/main\",\"event\":{\"repository\":{\"private\":true}}}";

Test(claims, subject)
{
	struct arena a = { 0 };
	struct val g = json(&a, github), claims = service_claims(&a, g, STR_EMPTY);
	cr_expect(str_is(val_at(claims, "sub").s, "repo:o/r:ref:refs/heads/main"));
	cr_expect(str_is(val_at(claims, "aud").s, "https://github.com/o"));
	cr_expect(str_is(val_at(claims, "run_id").s, "12"));
	cr_expect(str_is(val_at(claims, "repository_visibility").s, "private"));
	cr_expect(str_is(val_at(claims, "job_workflow_ref").s, "o/r/.github/workflows/ci.yml@refs/heads/main"));
	cr_expect_eq(val_at(claims, "environment").kind, VAL_NULL);
	claims = service_claims(&a, g, STR("prod"));
	cr_expect(str_is(val_at(claims, "sub").s, "repo:o/r:environment:prod"));
	cr_expect(str_is(val_at(claims, "environment").s, "prod"));
	val_set_str(&a, g, "event_name", STR("pull_request"));
	claims = service_claims(&a, g, STR_EMPTY);
	cr_expect(str_is(val_at(claims, "sub").s, "repo:o/r:pull_request"));
	for (size_t i = 0; i < claims.o->n; i++)
		cr_expect_eq(claims.o->vals[i].kind, VAL_STRING, "%.*s", STRF(claims.o->keys[i]));
	arena_done(&a);
}

/* RFC 4231, test cases 2 and 6 */
Test(sign, hmac)
{
	static const unsigned char jefe[] = { 0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
		                              0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
		                              0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43 };
	static const unsigned char longer[] = { 0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f, 0x0d, 0x8a, 0x26,
		                                0xaa, 0xcb, 0xf5, 0xb7, 0x7f, 0x8e, 0x0b, 0xc6, 0x21, 0x37, 0x28,
		                                0xc5, 0x14, 0x05, 0x46, 0x04, 0x0f, 0x0e, 0xe3, 0x7f, 0x54 };
	unsigned char sum[SHA256_SIZE];
	char key[131];
	cr_assert_eq(sign_hmac(sum, STR("Jefe"), STR("what do ya want for nothing?"), NULL), 0);
	cr_assert_eq(memcmp(sum, jefe, sizeof(sum)), 0);
	memset(key, 0xaa, sizeof(key));
	cr_assert_eq(sign_hmac(sum, str_n(key, sizeof(key)), STR("Test Using Larger Than Block-Size Key - Hash Key First"), NULL),
	             0);
	cr_assert_eq(memcmp(sum, longer, sizeof(sum)), 0);
}
