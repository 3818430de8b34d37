/* Which Node is wanted, and which of those that are there comes nearest. */
#include <criterion/criterion.h>

#include "node/programs.h"
#include "node/runtime.h"
#include "support/fake_host.h"

static char *no_environ[] = { NULL };

static struct node_runtime choose(struct arena *a, const char *using, const char *env, char **inherited)
{
	struct val v;
	struct err err = ERR_INIT;
	cr_assert_eq(val_from_json(&v, a, str_of(env), &err), 0);
	return node_runtime_of(a, str_of(using), v, inherited);
}

Test(runtime, the_switches)
{
	static char force[] = "FORCE_JAVASCRIPT_ACTIONS_TO_NODE24=true",
		    allow[] = "ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION=$True",
		    no[] = "ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION=yes";
	char *both[] = { force, allow, NULL }, *allowed[] = { allow, NULL }, *not_so[] = { no, NULL };
	static const char yes[] = "{\"ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION\":\" 1 \"}",
			  never[] = "{\"ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION\":\"false\"}";
	const struct {
		const char *using, *env;
		char **inherited;
		unsigned major;
		bool moved;
		const char *warning; /* NULL: none */
	} cases[] = {
		{ "node24", yes, both, 24, false, NULL },
		{ "node20", "{}", no_environ, 24, true, NULL },
		{ "node20", "{}", not_so, 24, true, NULL },
		{ "node20", "{}", allowed, 20, false, NULL },
		{ "node16", yes, no_environ, 20, false, NULL },
		{ "node12", never, allowed, 24, true, NULL },
		{ "node20", "{}", both, 24, true, "in the system environment" },
		{ "node20", "{\"FORCE_JAVASCRIPT_ACTIONS_TO_NODE24\":\"true\"}", allowed, 20, false, NULL },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = { 0 };
		struct node_runtime r = choose(&a, cases[i].using, cases[i].env, cases[i].inherited);
		cr_assert_eq(r.major, cases[i].major, "case %zu", i);
		cr_assert_eq(r.moved, cases[i].moved, "case %zu", i);
		cr_assert_eq(r.warning.n > 0, cases[i].warning != NULL, "case %zu", i);
		if (cases[i].warning)
			cr_assert_neq(str_find(r.warning, str_of(cases[i].warning), 0), SIZE_MAX);
		arena_done(&a);
	}
}

Test(programs, versions_are_read)
{
	struct node_version v;
	cr_assert(node_version_read(&v, STR("v24.1.10")));
	cr_assert(v.major == 24 && v.minor == 1 && v.patch == 10);
	cr_assert(node_version_read(&v, STR("25.0.0-nightly2026")));
	static const char *const bad[] = { "",    "v",        "24",       "24.1",         "v24.1.",
		                           "lts", "24.1.2.3", "24.1.2 x", "99999999.1.1", "-1.2.3" };
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert_not(node_version_read(&v, str_of(bad[i])), "%s", bad[i]);
}

/* Versions in ~/.volta, none on PATH. */
static const char *nearest(const char *const *versions, unsigned major, char *out, size_t size)
{
	static char home[] = "HOME=/h", path[] = "PATH=/usr/bin";
	char *inherited[] = { home, path, NULL };
	struct session s = { .host = fake_host_new(), .opt = { .environ = inherited } };
	struct node_program *found = NULL;
	fake_missing(s.host, "node");
	for (; *versions; versions++) {
		snprintf(out, size, "/h/.volta/tools/image/node/%s/bin/node", *versions);
		fake_put(s.host, out, "");
	}
	enum node_found rc = node_programs_find(&s, major, &found);
	snprintf(out, size, "%u.%u.%u", found ? found->version.major : 0, found ? found->version.minor : 0,
	         found ? found->version.patch : 0);
	cr_assert_eq(rc, found ? NODE_FOUND : NODE_NONE);
	node_programs_free(&s);
	s.host->ops->free(s.host);
	return out;
}

Test(programs, the_nearest)
{
	static const struct {
		const char *const there[6];
		unsigned major;
		const char *want;
	} cases[] = {
		{ { NULL }, 24, "0.0.0" },
		{ { "24.1.0", "24.10.0", "24.9.9", "26.0.0", NULL }, 24, "24.10.0" },
		{ { "18.0.0", "30.0.0", "26.1.0", "26.2.0", "22.9.0", NULL }, 24, "26.2.0" },
		{ { "18.9.0", "16.0.0", "22.1.0", "22.0.0", NULL }, 24, "22.1.0" },
		{ { "24.1.0", "22.1.0", "18.1.0", NULL }, 20, "22.1.0" },
	};
	char got[128];
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_assert_str_eq(nearest(cases[i].there, cases[i].major, got, sizeof(got)), cases[i].want, "case %zu", i);
}

Test(programs, shims_are_passed_over_and_what_does_not_start_is_none)
{
	static char path[] = "PATH=/h/.asdf/shims:/h/.volta/bin:/v/bin/:", volta[] = "VOLTA_HOME=/v";
	char *inherited[] = { path, volta, NULL };
	struct session s = { .host = fake_host_new(), .opt = { .environ = inherited } };
	struct node_program *found;
	cr_assert_eq(node_programs_find(&s, 24, &found), NODE_NONE);
	node_programs_free(&s);
	static char usual[] = "PATH=/usr/bin";
	inherited[0] = usual;
	fake_spawn_fail(s.host, NULL, "exec format error");
	cr_assert_eq(node_programs_find(&s, 24, &found), NODE_NONE);
	node_programs_free(&s);
	fake_spawn_fail(s.host, NULL, NULL);
	cr_assert_eq(node_programs_find(&s, 24, &found), NODE_PENDING);
	cr_assert_lt(node_programs_deadline(&s), NEVER);
	node_programs_free(&s); /* also while it is asked */
	cr_assert_eq(node_programs_deadline(&s), NEVER);
	s.host->ops->free(s.host);
}
