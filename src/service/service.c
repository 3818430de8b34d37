/* The run's side of the services; see service.h. The helper inherits a socket that listens already, so that addresses are known
 * before it has started and nobody waits for it. */
#include "service/service.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>

#include "base/path.h"
#include "base/uuid.h"
#include "service/token.h"

enum { BACKLOG = 512, SECRETS = 2, SAID_MAX = 1024 };

struct service {
	struct service_spec spec;
	struct arena arena;
	struct str cards, url; /* folder; "http://127.0.0.1:1234", empty: not started yet */
	struct proc *helper;
	struct buf said;
	bool ended, eof, failed;
};

struct service_job {
	struct service *service;
	struct arena arena;
	struct str card; /* its file */
	struct str token, id_token, orchestration;
	const char *cache_mode; /* NULL: none was said */
};

struct service *service_new(const struct service_spec *spec)
{
	struct service *s = xcalloc(1, sizeof(*s));
	s->spec = *spec;
	s->said.max = SAID_MAX;
	return s;
}

bool service_used(const struct service *s)
{
	return s->url.n > 0;
}

void service_free(struct service *s)
{
	if (!s)
		return;
	struct host *h = s->spec.host;
	if (s->helper) {
		if (!s->ended)
			h->ops->signal(h, s->helper, SIGKILL);
		h->ops->release(h, s->helper);
	}
	buf_done(&s->said);
	arena_done(&s->arena);
	free(s);
}

/* ---- the helper ---- */

static void helper_output(void *cookie, enum host_stream stream, struct str bytes)
{
	struct service *s = cookie;
	(void)stream;
	buf_addstr(&s->said, bytes);
}

/* It ends by itself only when something is wrong. */
static void helper_over(struct service *s)
{
	if (!s->ended || !s->eof || s->failed)
		return;
	s->failed = true;
	struct str text = str_trim(buf_str(&s->said));
	if (s->spec.trouble)
		s->spec.trouble(s->spec.cookie, arena_printf(&s->arena, "artifacts and caches are not available to actions: %.*s",
		                                             STRF(text.n ? text : STR("the helper has ended"))));
}

static void helper_eof(void *cookie)
{
	struct service *s = cookie;
	s->eof = true;
	helper_over(s);
}

static void helper_exit(void *cookie, const struct proc_status *st)
{
	struct service *s = cookie;
	(void)st;
	s->ended = true;
	helper_over(s);
}

static const struct proc_events helper_events = { helper_output, helper_eof, helper_exit };

static int listen_somewhere(unsigned *port, struct err *err)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, BACKLOG) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &n) < 0) {
		err_errno(err, "cannot listen on 127.0.0.1");
		if (fd >= 0)
			close(fd);
		return -1;
	}
	*port = ntohs(at.sin_port);
	return fd;
}

static int start_helper(struct service *s, struct err *err)
{
	struct host *h = s->spec.host;
	unsigned port;
	if (s->url.n)
		return 0;
	s->cards = path_join(&s->arena, s->spec.dir, STR("cards"));
	if (h->ops->make_dir(h, s->cards.p, err) < 0)
		return -1;
	_cleanup_close_ int fd = listen_somewhere(&port, err);
	if (fd < 0)
		return -1;
	char *argv[] = { arena_strdup(&s->arena, s->spec.self), arena_strdup(&s->arena, "__serve"),
		         arena_cstr(&s->arena, s->cards), NULL };
	struct spawn_spec spec = { .path = s->spec.self,
		                   .argv = argv,
		                   .envp = s->spec.environ,
		                   .cwd = "/",
		                   .label = "services",
		                   .input = &fd,
		                   .on = &helper_events,
		                   .cookie = s };
	if (h->ops->spawn(h, &spec, &s->helper, err) < 0) {
		s->helper = NULL;
		return -1;
	}
	s->url = arena_printf(&s->arena, "http://127.0.0.1:%u", port);
	return 0;
}

/* ---- jobs ---- */

static void add_scope_claim(struct arena *a, struct val list, struct str scope, unsigned permission)
{
	struct val v = val_object(a);
	val_set_str(a, v, "Scope", scope);
	val_set(a, v, STR("Permission"), val_num(permission));
	val_push(a, list, v);
}

/* [{"Scope":"refs/heads/main","Permission":3}]: read and write, the others read only. */
static struct str scopes_text(struct arena *a, const struct service_job_spec *spec)
{
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct val list = val_array(a);
	bool both = false;
	for (size_t i = 0; i < spec->nscopes; i++) {
		bool writes = spec->write.n && str_eq(spec->scopes[i], spec->write);
		add_scope_claim(a, list, spec->scopes[i], writes ? 3 : 1);
		both |= writes;
	}
	if (spec->write.n && !both)
		add_scope_claim(a, list, spec->write, 2);
	val_to_json(&json, list, JSON_COMPACT);
	return arena_str(a, buf_str(&json));
}

static int make_tokens(struct service_job *j, const struct service_job_spec *spec, struct str job, struct err *err)
{
	struct arena *a = &j->arena;
	struct val claims = val_object(a);
	double now = (double)time(NULL);
	val_set_str(a, claims, "scp", arena_printf(a, "Actions.Results:%.*s:%.*s", STRF(spec->run), STRF(job)));
	val_set_str(a, claims, "ac", scopes_text(a, spec));
	val_set(a, claims, STR("nbf"), val_num(now - 60));
	val_set(a, claims, STR("iat"), val_num(now));
	val_set(a, claims, STR("exp"), val_num(now + spec->seconds));
	val_set_str(a, claims, "orchid", j->orchestration);
	if (token_make(&j->token, a, claims, err) < 0)
		return -1;
	return spec->claims.kind == VAL_OBJECT ? token_make(&j->id_token, a, claims, err) : 0;
}

static int write_card(struct service_job *j, const struct service_job_spec *spec, struct err *err)
{
	struct arena *a = &j->arena;
	struct host *h = j->service->spec.host;
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct val card = val_object(a), read = val_array(a);
	val_set_str(a, card, "run", spec->run);
	val_set_str(a, card, "token", j->token);
	val_set_str(a, card, "id_token", j->id_token);
	val_set(a, card, STR("expires"), val_num((double)time(NULL) + spec->seconds));
	val_set_str(a, card, "artifacts", spec->artifacts);
	val_set_str(a, card, "caches", spec->caches);
	val_set(a, card, STR("cache_limit"), val_num((double)spec->cache_limit));
	val_set_str(a, card, "write", spec->write);
	for (size_t i = 0; i < spec->nscopes; i++)
		val_push(a, read, val_str(spec->scopes[i]));
	val_set(a, card, STR("read"), read);
	val_set(a, card, STR("claims"), spec->claims);
	val_to_json(&json, card, JSON_COMPACT);
	return h->ops->put_file(h, j->card.p, buf_str(&json), 0600, err);
}

int service_job_open(struct service_job **out, struct service *s, const struct service_job_spec *spec, struct err *err)
{
	char id[37];
	if (start_helper(s, err) < 0)
		return -1;
	struct service_job *j = xcalloc(1, sizeof(*j));
	uuid_make(id);
	j->service = s;
	j->cache_mode = spec->cache_mode;
	j->card = arena_printf(&j->arena, "%.*s/%s.json", STRF(s->cards), id);
	j->orchestration = arena_printf(&j->arena, "%.*s.%s", STRF(spec->run), id);
	if (make_tokens(j, spec, str_of(id), err) < 0 || write_card(j, spec, err) < 0) {
		arena_done(&j->arena);
		free(j);
		return -1;
	}
	*out = j;
	return 0;
}

void service_job_close(struct service_job *j)
{
	if (!j)
		return;
	struct host *h = j->service->spec.host;
	_cleanup_buf_ struct buf card = BUF_INIT;
	h->ops->take_file(h, j->card.p, &card, SIZE_MAX, NULL);
	arena_done(&j->arena);
	free(j);
}

struct str service_secret(const struct service_job *j, size_t i)
{
	const struct str secrets[SECRETS] = { j->token, j->id_token };
	return i < SECRETS ? secrets[i] : (struct str) { NULL, 0 };
}

void service_environ(const struct service_job *j, bool action, void (*set)(void *cookie, const char *name, struct str value),
                     void *cookie)
{
	struct arena *a = (struct arena *)&j->arena;
	struct str url = j->service->url, base = arena_printf(a, "%.*s/", STRF(url));
	if (action) {
		set(cookie, "ACTIONS_RUNTIME_URL", base);
		set(cookie, "ACTIONS_RUNTIME_TOKEN", j->token);
		set(cookie, "ACTIONS_RESULTS_URL", base);
		set(cookie, "ACTIONS_CACHE_URL", base);
		set(cookie, "ACTIONS_CACHE_SERVICE_V2", STR("True"));
		if (j->cache_mode)
			set(cookie, "ACTIONS_CACHE_MODE", str_of(j->cache_mode));
	}
	if (j->id_token.n) {
		set(cookie, "ACTIONS_ID_TOKEN_REQUEST_URL", arena_printf(a, "%.*s/oidc/token?api-version=2.0", STRF(url)));
		set(cookie, "ACTIONS_ID_TOKEN_REQUEST_TOKEN", j->id_token);
	}
	set(cookie, "ACTIONS_ORCHESTRATION_ID", j->orchestration);
}
