/* How far a call of git reaches: the variables and settings of its trust level, and whose a repository is. */
#include <errno.h>
#include <sys/stat.h>

#include "base/path.h"
#include "git/run_internal.h"
#include "os/program.h"

extern char **environ;

enum { SETTINGS_MAX = 256 };

/* Of all variables GIT_… only these reach git, and these only when the user's configuration does: how to talk to servers. */
static const char *const kept[] = { "GIT_ASKPASS",
	                            "GIT_CONFIG_GLOBAL",
	                            "GIT_CONFIG_NOSYSTEM",
	                            "GIT_CONFIG_SYSTEM",
	                            "GIT_HTTP_PROXY_AUTHMETHOD",
	                            "GIT_HTTP_USER_AGENT",
	                            "GIT_PROXY_COMMAND",
	                            "GIT_PROXY_SSL_CAINFO",
	                            "GIT_PROXY_SSL_CERT",
	                            "GIT_PROXY_SSL_KEY",
	                            "GIT_SSH",
	                            "GIT_SSH_COMMAND",
	                            "GIT_SSH_VARIANT",
	                            "GIT_SSL_CAINFO",
	                            "GIT_SSL_CAPATH",
	                            "GIT_SSL_CERT",
	                            "GIT_SSL_KEY",
	                            "GIT_SSL_NO_VERIFY",
	                            "GIT_SSL_VERSION" };

static const char *const always[] = {
	"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_PAGER=cat", "GIT_NO_REPLACE_OBJECTS=1", "LC_ALL=C", "LANGUAGE="
};
/* A server that has stopped talking is left; nothing is asked on a terminal that steps may share. */
static const char *const outside[] = { "GIT_HTTP_LOW_SPEED_LIMIT=1", "GIT_HTTP_LOW_SPEED_TIME=60" };
/* git 2.45 and later; before that the protocols that are allowed decide. */
static const char *const inside[] = { "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1" };

static const char *const closed[] = { "GIT_CONFIG_GLOBAL=/dev/null",
	                              "GIT_CONFIG_SYSTEM=/dev/null",
	                              "GIT_CONFIG_NOSYSTEM=1",
	                              "GIT_ATTR_NOSYSTEM=1",
	                              "GIT_ASKPASS=",
	                              "SSH_ASKPASS=" };

/* Key, value. They go after the user's own, so that they win. */
static const char *const settings[] = {
	"core.hooksPath",   "/dev/null", "core.fsmonitor",    "false", "safe.bareRepository",     "explicit", "gc.auto", "0",
	"maintenance.auto", "false",     "submodule.recurse", "false", "fetch.recurseSubmodules", "false",    NULL
};

/* ---- variables ---- */

struct env_list {
	struct arena *a;
	char **v;
	size_t n, cap;
};

static void put(struct env_list *l, const char *text)
{
	if (l->n + 1 >= l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 64;
		l->v = arena_grow(l->a, l->v, l->cap * sizeof(*l->v), cap * sizeof(*l->v));
		l->cap = cap;
	}
	l->v[l->n++] = (char *)(uintptr_t)text;
	l->v[l->n] = NULL;
}

static void put_all(struct env_list *l, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(l, texts[i]);
}

static bool is_named(const char *entry, struct str name)
{
	return strncmp(entry, name.p, name.n) == 0 && entry[name.n] == '=';
}

static bool is_kept(const char *entry, enum git_trust trust)
{
	if (strncmp(entry, "LC_ALL=", 7) == 0 || strncmp(entry, "LANGUAGE=", 9) == 0)
		return false;
	if (strncmp(entry, "SSH_ASKPASS=", 12) == 0)
		return trust != GIT_FOREIGN;
	if (strncmp(entry, "GIT_", 4) != 0)
		return true;
	for (size_t i = 0; trust != GIT_FOREIGN && i < ARRAY_LEN(kept); i++)
		if (is_named(entry, str_of(kept[i])))
			return true;
	return false;
}

static bool is_said_again(const char *entry, const char *const *more)
{
	for (; more && *more; more++)
		if (is_named(entry, str_to(str_of(*more), str_find_c(str_of(*more), '=', 0))))
			return true;
	return false;
}

static void put_inherited(struct env_list *l, const struct git_call *call)
{
	for (char **e = environ; e && *e; e++)
		if (is_named(*e, STR("PATH")) && !is_said_again(*e, call->env))
			put(l, arena_printf(l->a, "PATH=%.*s", STRF(program_path(l->a))).p);
		else if (is_kept(*e, call->trust) && !is_said_again(*e, call->env))
			put(l, *e);
}

static void put_place(struct env_list *l, const struct git_call *call, const struct git_shadow *shadow)
{
	const struct git_repo *r = call->repo;
	put(l, r ? arena_printf(l->a, "GIT_DIR=%.*s", STRF(shadow ? shadow->dir : r->git_dir)).p : "GIT_DIR=/dev/null");
	if (r && r->root.n)
		put(l, arena_printf(l->a, "GIT_WORK_TREE=%.*s", STRF(r->root)).p);
}

/* ---- settings: as variables too, where only this user sees them ---- */

static void put_setting(struct env_list *l, size_t i, const char *key, const char *value)
{
	put(l, arena_printf(l->a, "GIT_CONFIG_KEY_%zu=%s", i, key).p);
	put(l, arena_printf(l->a, "GIT_CONFIG_VALUE_%zu=%s", i, value).p);
}

/* What the user has set this way stays in force. */
static size_t put_user_settings(struct env_list *l)
{
	const char *count = getenv("GIT_CONFIG_COUNT");
	size_t said = count ? strtoul(count, NULL, 10) : 0, n = 0;
	for (size_t i = 0; i < said && n < SETTINGS_MAX; i++) {
		const char *key = getenv(arena_printf(l->a, "GIT_CONFIG_KEY_%zu", i).p);
		const char *value = getenv(arena_printf(l->a, "GIT_CONFIG_VALUE_%zu", i).p);
		if (key && value)
			put_setting(l, n++, key, value);
	}
	return n;
}

static void put_settings(struct env_list *l, const struct git_call *call)
{
	size_t n = call->trust == GIT_FOREIGN ? 0 : put_user_settings(l);
	for (size_t i = 0; settings[i]; i += 2)
		put_setting(l, n++, settings[i], settings[i + 1]);
	for (const char *const *c = call->config; c && c[0]; c += 2)
		put_setting(l, n++, c[0], c[1]);
	put(l, arena_printf(l->a, "GIT_CONFIG_COUNT=%zu", n).p);
}

char **git_call_environment(struct arena *a, const struct git_call *call, const struct git_shadow *shadow)
{
	struct env_list l = { .a = a };
	bool reaches_out = call->trust == GIT_OWN && call->protocols;
	put_inherited(&l, call);
	put_all(&l, always, ARRAY_LEN(always));
	if (call->trust == GIT_FOREIGN)
		put_all(&l, closed, ARRAY_LEN(closed));
	if (reaches_out) {
		put_all(&l, outside, ARRAY_LEN(outside));
		put(&l, arena_printf(a, "GIT_ALLOW_PROTOCOL=%s", call->protocols).p);
		if (!getenv("GIT_SSH_COMMAND") && !getenv("GIT_SSH") && !is_said_again("GIT_SSH_COMMAND=", call->env))
			put(&l, "GIT_SSH_COMMAND=ssh -o BatchMode=yes");
	} else {
		put_all(&l, inside, ARRAY_LEN(inside));
	}
	put_place(&l, call, shadow);
	put_settings(&l, call);
	for (const char *const *e = call->env; e && *e; e++)
		put(&l, *e);
	return l.v;
}

char **git_call_argv(struct arena *a, const struct git_call *call)
{
	size_t n = 0;
	while (call->args[n])
		n++;
	char **argv = arena_array(a, char *, n + 3);
	argv[0] = arena_strdup(a, "git");
	argv[1] = arena_strdup(a, "--no-pager");
	for (size_t i = 0; i < n; i++)
		argv[i + 2] = arena_strdup(a, call->args[i]);
	return argv;
}

/* ---- whose it is ---- */

struct git_repo *git_repo_at(struct arena *a, struct str root, struct str git_dir)
{
	struct git_repo *r = arena_make(a, struct git_repo);
	*r = (struct git_repo) { .arena = a, .root = root, .git_dir = git_dir, .common_dir = git_dir };
	return r;
}

static bool is_mine(struct arena *a, struct str path)
{
	struct stat st;
	const char *sudo = getenv("SUDO_UID");
	if (lstat(arena_cstr(a, path), &st) < 0)
		return errno == ENOENT; /* the working tree may be elsewhere than its .git */
	return st.st_uid == geteuid() || (geteuid() == 0 && sudo && *sudo && strtoul(sudo, NULL, 10) == st.st_uid);
}

/* "*", the directory, or one above it with a star behind; an empty value forgets what was said before. */
static bool is_named_safe(struct git_repo *r)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct git_call call = { .trust = GIT_OFFLINE,
		                 .args = GIT("config", "--null", "--get-all", "safe.directory"),
		                 .seconds = 10 };
	struct str dir = r->root.n ? r->root : r->git_dir, rest;
	bool safe = false;
	if (git_run(&call, &out, NULL) < 0)
		return false;
	rest = buf_str(&out);
	for (size_t end; (end = str_find_c(rest, '\0', 0)) != SIZE_MAX; rest = str_from(rest, end + 1)) {
		struct str value = str_to(rest, end);
		if (!value.n)
			safe = false;
		else if (str_is(value, "*") || str_eq(value, dir))
			safe = true;
		else if (str_ends(value, STR("/*")) && str_starts(dir, str_to(value, value.n - 1)))
			safe = true;
	}
	return safe;
}

bool git_repo_is_own(struct git_repo *r)
{
	struct arena *a = r->arena;
	if (is_mine(a, r->git_dir) && is_mine(a, r->common_dir) &&
	    (!r->root.n || (is_mine(a, r->root) && is_mine(a, path_join(a, r->root, STR(".git"))))))
		return true;
	return is_named_safe(r);
}

const char *git_protocols(struct str url)
{
	static const char *const known[][2] = {
		{ "https://", "https:ssh" }, { "http://", "http:https:ssh" }, { "ssh://", "ssh:https" },
		{ "git@", "ssh:https" },     { "file://", "file" },           { "/", "file" },
		{ "git://", "git" },
	};
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_starts(url, str_of(known[i][0])))
			return known[i][1];
	return NULL;
}

int git_no_network(struct str url, struct err *err)
{
	static const char *const signs[] = { "Could not resolve host", "Couldn't resolve host",     "Failed to connect",
		                             "Connection timed out",   "Network is unreachable",    "Connection refused",
		                             "Could not connect",      "Temporary failure in name", "No route to host" };
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (str_find(str_of(err->text), str_of(signs[i]), 0) != SIZE_MAX) {
			struct err was = *err;
			return err_set(err, ERR_MISSING,
			               "no network: %.*s cannot be reached (%s); --local-repository OWNER/REPO=DIR serves it "
			               "from a directory",
			               STRF(url), was.text);
		}
	return -1;
}
