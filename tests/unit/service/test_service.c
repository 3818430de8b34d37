/* The run's side of the services, on a host in memory: when the helper starts, what it is told of jobs, what steps find. */
#include <criterion/criterion.h>
#include <signal.h>

#include "base/base64.h"
#include "base/map.h"
#include "service/service.h"
#include "support/fake_host.h"

struct side {
	struct host *h;
	struct service *s;
	struct arena a;
	struct map vars;
	char trouble[256];
};

static void on_trouble(void *cookie, struct str text)
{
	struct side *x = cookie;
	snprintf(x->trouble, sizeof(x->trouble), "%.*s", STRF(text));
}

static void begin(struct side *x)
{
	static char *const nothing[] = { NULL };
	*x = (struct side) { .h = fake_host_new() };
	struct service_spec spec = { .host = x->h,
		                     .self = "/bin/sidestep",
		                     .environ = nothing,
		                     .dir = STR("/work/_services"),
		                     .trouble = on_trouble,
		                     .cookie = x };
	x->s = service_new(&spec);
}

static void end(struct side *x)
{
	service_free(x->s);
	x->h->ops->free(x->h);
	arena_done(&x->a);
}

static struct service_job *open_job(struct side *x, struct val claims)
{
	static const struct str scopes[] = { { "refs/heads/topic", 16 }, { "refs/heads/main", 15 } };
	struct service_job_spec spec = { .run = STR("r1"),
		                         .artifacts = STR("/runs/r1/artifacts"),
		                         .caches = STR("/cache/o_r"),
		                         .cache_limit = 1000,
		                         .scopes = scopes,
		                         .nscopes = 2,
		                         .write = scopes[0],
		                         .cache_mode = "write",
		                         .claims = claims,
		                         .seconds = 3600 };
	struct service_job *j = NULL;
	struct err err = ERR_INIT;
	cr_assert_eq(service_job_open(&j, x->s, &spec, &err), 0, "%s", err.text);
	return j;
}

static void set_variable(void *cookie, const char *name, struct str value)
{
	struct side *x = cookie;
	struct str *kept = arena_make(&x->a, struct str);
	*kept = arena_str(&x->a, value);
	map_put(&x->a, &x->vars, arena_str(&x->a, str_of(name)), kept);
}

static struct str variable(struct side *x, const char *name)
{
	const struct str *v = map_get(&x->vars, str_of(name));
	return v ? *v : STR_EMPTY;
}

/* The claims of a token. */
static struct val claims_of(struct side *x, struct str token)
{
	struct buf json = BUF_INIT;
	struct val out;
	size_t from = str_find_c(token, '.', 0) + 1, to = str_find_c(token, '.', from);
	cr_assert(to != SIZE_MAX);
	cr_assert(base64_decode(&json, str_n(token.p + from, to - from)));
	cr_assert_eq(val_from_json(&out, &x->a, arena_str(&x->a, buf_str(&json)), NULL), 0);
	buf_done(&json);
	return out;
}

Test(service, helper_starts_with_the_first_job_only)
{
	struct side x;
	begin(&x);
	cr_assert_eq(fake_count(x.h), 0);
	struct service_job *j = open_job(&x, val_null()), *k = open_job(&x, val_null());
	cr_assert_eq(fake_count(x.h), 1);
	cr_assert_str_eq(fake_path(x.h, "services"), "/bin/sidestep");
	cr_assert_str_eq(fake_arg(x.h, "services", 1), "__serve");
	cr_assert_str_eq(fake_arg(x.h, "services", 2), "/work/_services/cards");
	cr_assert_eq(fake_file_count(x.h), 2);
	service_job_close(j);
	cr_assert_eq(fake_file_count(x.h), 1, "its card is gone, and with it the token");
	service_job_close(k);
	cr_assert_eq(fake_file_count(x.h), 0);
	cr_assert(fake_is_running(x.h, "services"));
	service_free(x.s);
	x.s = NULL;
	cr_assert_str_eq(fake_signals(x.h, "services"), "9");
	end(&x);
}

Test(service, environment_of_an_action)
{
	struct side x;
	begin(&x);
	struct service_job *j = open_job(&x, val_null());
	service_environ(j, true, set_variable, &x);
	struct str url = variable(&x, "ACTIONS_RUNTIME_URL"), token = variable(&x, "ACTIONS_RUNTIME_TOKEN");
	cr_assert(str_starts(url, STR("http://127.0.0.1:")) && str_ends(url, STR("/")));
	cr_assert(str_eq(variable(&x, "ACTIONS_RESULTS_URL"), url) && str_eq(variable(&x, "ACTIONS_CACHE_URL"), url));
	cr_assert(str_is(variable(&x, "ACTIONS_CACHE_SERVICE_V2"), "True"));
	cr_assert(str_is(variable(&x, "ACTIONS_CACHE_MODE"), "write"));
	cr_assert(variable(&x, "ACTIONS_ORCHESTRATION_ID").n > 0);
	cr_assert_eq(variable(&x, "ACTIONS_ID_TOKEN_REQUEST_URL").n, 0);
	struct val claims = claims_of(&x, token);
	struct str scope = val_at(claims, "scp").s;
	cr_assert(str_starts(scope, STR("Actions.Results:r1:")));
	size_t colons = 0;
	for (size_t i = 0; i < scope.n; i++)
		colons += scope.p[i] == ':';
	cr_assert_eq(colons, 2);
	cr_assert(str_is(val_at(claims, "ac").s,
	                 "[{\"Scope\":\"refs/heads/topic\",\"Permission\":3},{\"Scope\":\"refs/heads/main\",\"Permission\":1}]"));
	cr_assert(val_at(claims, "exp").num > val_at(claims, "nbf").num + 3600);
	cr_assert(str_eq(service_secret(j, 0), token));
	cr_assert_eq(service_secret(j, 1).n, 0);
	cr_assert_null(service_secret(j, 2).p);
	service_job_close(j);
	end(&x);
}

Test(service, environment_of_a_script)
{
	struct side x;
	begin(&x);
	struct service_job *j = open_job(&x, val_null());
	service_environ(j, false, set_variable, &x);
	cr_assert_eq(variable(&x, "ACTIONS_RUNTIME_TOKEN").n, 0);
	cr_assert_eq(variable(&x, "ACTIONS_ID_TOKEN_REQUEST_TOKEN").n, 0);
	service_job_close(j);
	j = open_job(&x, val_object(&x.a));
	service_environ(j, false, set_variable, &x);
	cr_assert_eq(variable(&x, "ACTIONS_RUNTIME_TOKEN").n, 0, "scripts never see it");
	cr_assert(str_ends(variable(&x, "ACTIONS_ID_TOKEN_REQUEST_URL"), STR("/oidc/token?api-version=2.0")));
	cr_assert(variable(&x, "ACTIONS_ID_TOKEN_REQUEST_TOKEN").n > 0);
	cr_assert_not(str_eq(service_secret(j, 0), service_secret(j, 1)), "two tokens");
	service_job_close(j);
	end(&x);
}

Test(service, card_says_what_the_helper_must_know)
{
	struct side x;
	struct val card, claims;
	begin(&x);
	claims = val_object(&x.a);
	val_set_str(&x.a, claims, "sub", STR("me"));
	struct service_job *j = open_job(&x, claims);
	struct str job = val_at(claims_of(&x, service_secret(j, 0)), "scp").s;
	job = str_from(job, strlen("Actions.Results:r1:"));
	const char *path = arena_printf(&x.a, "/work/_services/cards/%.*s.json", STRF(job)).p;
	cr_assert_not_null(fake_file(x.h, path));
	cr_assert_eq(fake_mode(x.h, path), 0600);
	cr_assert_eq(val_from_json(&card, &x.a, str_of(fake_file(x.h, path)), NULL), 0);
	cr_assert(str_eq(val_at(card, "token").s, service_secret(j, 0)));
	cr_assert(str_eq(val_at(card, "id_token").s, service_secret(j, 1)));
	cr_assert(str_is(val_at(card, "artifacts").s, "/runs/r1/artifacts"));
	cr_assert(str_is(val_at(card, "write").s, "refs/heads/topic"));
	cr_assert_eq(val_at(card, "read").a->n, 2);
	cr_assert(str_is(val_at(val_at(card, "claims"), "sub").s, "me"));
	service_job_close(j);
	end(&x);
}

Test(service, trouble_is_told_once)
{
	struct side x;
	struct err err = ERR_INIT;
	begin(&x);
	struct service_job *j = open_job(&x, val_null());
	fake_output(x.h, "services", HOST_STDERR, "libmicrohttpd.so.12 is not installed\n");
	fake_exit(x.h, "services", 1);
	cr_assert_eq(x.h->ops->wait(x.h, 0, &err), 0);
	cr_assert_str_eq(x.trouble, "artifacts and caches are not available to actions: libmicrohttpd.so.12 is not installed");
	service_job_close(j);
	end(&x);
}

Test(service, what_the_world_refuses)
{
	struct side x;
	struct err err = ERR_INIT;
	struct service_job *j = NULL;
	struct service_job_spec spec = { .run = STR("r"), .seconds = 1 };
	begin(&x);
	fake_file_fail(x.h, "_services", "no room");
	cr_assert_eq(service_job_open(&j, x.s, &spec, &err), -1);
	cr_assert(strstr(err.text, "no room") != NULL);
	fake_file_fail(x.h, "_services", NULL);
	fake_spawn_fail(x.h, "services", "no memory");
	cr_assert_eq(service_job_open(&j, x.s, &spec, &err), -1);
	fake_spawn_fail(x.h, "services", NULL);
	cr_assert_eq(service_job_open(&j, x.s, &spec, &err), 0, "the next one tries again");
	service_job_close(j);
	service_free(NULL);
	service_job_close(NULL);
	end(&x);
}
