/* Asking for the services of the run on behalf of a step; see services.h. */
#include "step/services.h"

#include "model/cache_mode.h"
#include "service/service.h"

enum { MARGIN_SECONDS = 3600 }; /* a job that has reached its limit still saves caches and uploads logs */

/* What the job says of caches, else what the event means. */
static bool may(const struct job_base *j, unsigned what, bool otherwise)
{
	return j->cache_mode ? j->cache_mode & what : otherwise;
}

static int open_services(struct job_base *j, struct err *err)
{
	const struct exec_options *opt = &j->session->opt;
	struct str scopes[CACHE_SCOPES];
	struct service_job_spec spec = { .run = j->speaker.journal->run,
		                         .artifacts = j->artifacts,
		                         .caches = opt->caches,
		                         .cache_limit = opt->cache_limit,
		                         .scopes = scopes,
		                         .cache_mode = cache_mode_word(j->cache_mode),
		                         .claims =
		                                 j->id_token ? service_claims(&j->arena, j->github, j->environment) : val_null(),
		                         .seconds = (unsigned)MIN(j->timeout_minutes, 1000000) * 60 + MARGIN_SECONDS };
	size_t n = service_scopes(&j->arena, scopes, j->github);
	if (may(j, CACHE_MODE_READ, true))
		spec.nscopes = n;
	if (may(j, CACHE_MODE_WRITE, service_may_save(j->github)))
		spec.write = scopes[0];
	return service_job_open(&j->services, opt->service, &spec, err);
}

static bool have_services(struct job_base *j)
{
	struct err err = ERR_INIT;
	struct str secret;
	if (j->services)
		return true;
	if (!j->session->opt.service || j->services_refused)
		return false;
	if (open_services(j, &err) < 0) {
		j->services_refused = true;
		speaker_line(&j->speaker, LOG_WARNING,
		             arena_printf(&j->arena, "artifacts, caches and identity tokens are not served: %s", err.text));
		return false;
	}
	for (size_t i = 0; (secret = service_secret(j->services, i)).p; i++)
		if (secret.n)
			masker_add_mask(j->masker, secret);
	return true;
}

static void set_variable(void *cookie, const char *name, struct str value)
{
	procenv_set(cookie, name, value);
}

static struct str variable(const struct procenv *p, const char *name)
{
	const struct str *v = map_get(&p->vars, str_of(name));
	return v ? *v : STR_EMPTY;
}

/* Clients would ask a proxy for this machine's own address. */
static void bypass_proxy(struct procenv *p)
{
	static const char *const proxies[] = {
		"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"
	};
	bool any = false;
	for (size_t i = 0; i < ARRAY_LEN(proxies); i++)
		any = any || variable(p, proxies[i]).n > 0;
	struct str lower = variable(p, "no_proxy"), upper = variable(p, "NO_PROXY");
	struct str hosts = lower.n ? lower : upper;
	if (!any || str_is(hosts, "*"))
		return;
	hosts = arena_printf(p->a, "%.*s%s127.0.0.1", STRF(hosts), hosts.n ? "," : "");
	procenv_set(p, "no_proxy", hosts);
	procenv_set(p, "NO_PROXY", hosts);
}

/* An action that has a process of its own is one in JavaScript or a container, whatever its kind has said. */
static enum step_services asked_for(const struct step_run *s)
{
	return s->source ? SERVICES_ACTION : s->services;
}

void step_add_services(struct procenv *p, struct step_run *s)
{
	struct job_base *j = s->job;
	enum step_services asked = asked_for(s);
	bool action = asked == SERVICES_ACTION;
	if (asked == SERVICES_NONE || (!action && !j->id_token) || !have_services(j))
		return;
	service_environ(j->services, action, set_variable, p);
	bypass_proxy(p);
}

void job_base_end_services(struct job_base *j)
{
	service_job_close(j->services);
	j->services = NULL;
	j->services_refused = true;
}
