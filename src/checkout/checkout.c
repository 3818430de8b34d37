/* The helper's main: which repository and which ref are asked for, and so which of the three ways serves them. */
#include "checkout/checkout.h"

#include <limits.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <time.h>

#include "base/file.h"
#include "base/path.h"
#include "checkout/internal.h"

/* --- the step's log --- */

static void say_as(const char *command, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void say_as(const char *command, const char *fmt, va_list ap)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	buf_addvf(&line, fmt, ap);
	buf_adds(&out, command);
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i];
		if (c == '\n' || c == '\r' || (*command && c == '%'))
			buf_addf(&out, "%%%02X", (unsigned char)c);
		else
			buf_addc(&out, c);
	}
	buf_addc(&out, '\n');
	file_write_all(STDOUT_FILENO, out.p, out.n);
}

#define SAY(command)                                                                                                             \
	do {                                                                                                                     \
		va_list ap;                                                                                                      \
		va_start(ap, fmt);                                                                                               \
		say_as(command, fmt, ap);                                                                                        \
		va_end(ap);                                                                                                      \
	} while (0)

void say(const char *fmt, ...)
{
	SAY("");
}

void say_debug(const char *fmt, ...)
{
	SAY("::debug::");
}

void say_warning(const char *fmt, ...)
{
	SAY("::warning::");
}

static void say_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
static void say_error(const char *fmt, ...)
{
	SAY("::error::");
}

static int64_t now_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

struct str took(struct checkout *c)
{
	int64_t us = now_us() - c->began_us;
	if (us < 1000000)
		return arena_printf(c->a, "%d ms", (int)((us + 500) / 1000));
	return arena_printf(c->a, "%.1f s", (double)us / 1e6);
}

/* --- a repository on this machine --- */

/* Its repository when dir is the root of one, or a bare one; else none. */
static int open_repository(struct git_repo **out, struct checkout *c, struct str *dir, struct err *err)
{
	char real[PATH_MAX];
	if (!realpath(arena_cstr(c->a, *dir), real))
		return err_errno(err, "%.*s", STRF(*dir));
	*dir = arena_str(c->a, str_of(real));
	if (git_discover(out, c->a, dir->p, err) < 0)
		return -1;
	if (*out && !str_eq((*out)->root.n ? (*out)->root : (*out)->git_dir, *dir))
		*out = NULL; /* a directory inside somebody's repository */
	return 0;
}

static struct str short_ref(struct str ref)
{
	static const char *const prefixes[] = { "refs/heads/", "refs/tags/", "refs/pull/", "refs/" };
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_starts(ref, str_of(prefixes[i])))
			return str_from(ref, strlen(prefixes[i]));
	return ref;
}

static bool names(struct str asked, struct str full)
{
	return asked.n && full.n && (str_eq(asked, full) || str_eq(asked, short_ref(full)));
}

/* Whether what is asked for is what lies in the working tree; *full is then its full name, empty for a commit. */
static bool is_worktree(const struct checkout *c, const struct git_head *head, bool own, struct str *full)
{
	struct str asked = c->in.ref;
	*full = own && c->r.ref.n ? c->r.ref : head->ref;
	if (!asked.n)
		return true;
	if (own && names(asked, c->r.ref))
		return true;
	*full = head->ref;
	if (names(asked, head->ref))
		return true;
	*full = STR_EMPTY;
	return (head->sha.n && str_eq_nocase(asked, head->sha)) || (own && c->r.sha.n && str_eq_nocase(asked, c->r.sha));
}

/* own: the repository of the run, else one of --local-repository; pinned: that named the ref, so it is not asked of git. */
static int serve_directory(struct checkout *c, struct str dir, bool own, bool pinned, struct err *err)
{
	struct git_repo *repo = NULL;
	struct git_head head = { STR_EMPTY, STR_EMPTY };
	struct str full, commit;
	if (open_repository(&repo, c, &dir, err) < 0 || (repo && git_head(&head, repo, err) < 0))
		return -1;
	bool worktree = is_worktree(c, &head, own, &full) || pinned;
	c->out_ref = git_is_object_name(c->in.ref) ? STR_EMPTY : c->in.ref.n ? c->in.ref : full;
	if (worktree && (!repo || repo->root.n))
		return workspace_prepare(c, KEEPS_FILES, err) < 0 ? -1 : worktree_serve(c, dir, repo, c->url, full, err);
	if (!repo)
		return err_set(err, ERR_INVALID, "%.*s is no git repository: it has no '%.*s'", STRF(dir), STRF(c->in.ref));
	if (worktree) /* bare: there is no working tree, but the commit */
		commit = head.sha;
	else if (branch_resolve(&full, &commit, repo, c->a, c->in.ref, err) < 0)
		return -1;
	if (!commit.n)
		return err_set(err, ERR_INVALID, "%.*s has no commit yet", STRF(dir));
	return workspace_prepare(c, KEEPS_INDEX, err) < 0 ? -1 : branch_serve(c, repo, c->url, full, commit, err);
}

/* The directory of --local-repository for the repository asked for; "owner/repo@ref" goes before "owner/repo". */
static bool find_local(const struct checkout *c, struct str *dir, bool *pinned)
{
	struct val found;
	struct str key = arena_printf(c->a, "%.*s@%.*s", STRF(c->in.repository), STRF(c->in.ref));
	*pinned = c->in.ref.n && val_get(c->r.local, key, &found);
	if (!*pinned && !val_get(c->r.local, c->in.repository, &found))
		return false;
	*dir = found.s;
	return found.kind == VAL_STRING;
}

/* --- the choice --- */

static int in_place(struct checkout *c, struct err *err)
{
	struct git_repo *repo = NULL;
	struct git_head head = { STR_EMPTY, STR_EMPTY };
	struct str full;
	if (c->in.path.n && !str_is(c->in.path, "."))
		return err_set(err, ERR_UNSUPPORTED, "input 'path' is not supported with --in-place: nothing is copied");
	if (open_repository(&repo, c, &c->r.source, err) < 0 || (repo && git_head(&head, repo, err) < 0))
		return -1;
	if (!is_worktree(c, &head, true, &full))
		say_warning("'%.*s' is not checked out: with --in-place the working tree stays as it is", STRF(c->in.ref));
	say("In place: the workspace is %.*s itself, nothing to check out", STRF(c->r.source));
	c->out_ref = git_is_object_name(c->in.ref) ? STR_EMPTY : c->in.ref.n ? c->in.ref : full;
	c->out_commit = head.sha;
	return 0;
}

/* Of an address "SCHEME://HOST[:PORT]/…" what the action makes of it: the path goes. */
static struct str server_of(struct str url)
{
	size_t scheme = str_find(url, STR("://"), 0);
	if (scheme != SIZE_MAX && str_starts(url, STR("http")))
		url = str_to(url, MIN(str_find_c(url, '/', scheme + 3), url.n));
	while (url.n && url.p[url.n - 1] == '/')
		url.n--;
	return url;
}

/* user@host:owner/name.git, as the action asks for with a key. */
static struct str ssh_url(const struct checkout *c, struct str server, struct str slug)
{
	struct str host = str_from(server, MIN(str_find(server, STR("://"), 0), server.n) + 3);
	host = str_to(host, MIN(str_find_c(host, '/', 0), host.n));
	host = str_from(host, str_find_c(host, '@', 0) == SIZE_MAX ? 0 : str_find_c(host, '@', 0) + 1);
	if (!str_starts(host, STR("[")))
		host = str_to(host, MIN(str_find_c(host, ':', 0), host.n));
	struct str user = c->in.ssh_user.n ? c->in.ssh_user : STR("git");
	return arena_printf(c->a, "%.*s@%.*s:%.*s.git", STRF(user), STRF(host), STRF(slug));
}

/* Of the remote "origin": what the action would call it. */
static int name_remote(struct checkout *c, struct str slug, bool own, struct err *err)
{
	struct str server = c->in.server_url.n          ? server_of(c->in.server_url)
	                    : own || !c->r.others_url.n ? c->r.server_url
	                                                : c->r.others_url;
	while (server.n && server.p[server.n - 1] == '/')
		server.n--;
	if (c->in.server_url.n && !str_starts(server, STR("http://")) && !str_starts(server, STR("https://")))
		return err_set(err, ERR_INVALID, "Invalid URL: input 'github-server-url' is '%.*s'", STRF(c->in.server_url));
	if (c->in.ssh_key.n && str_find(server, STR("://"), 0) != SIZE_MAX && !str_starts(server, STR("file:")))
		c->url = ssh_url(c, server, slug);
	else
		c->url = arena_printf(c->a, "%.*s/%.*s", STRF(server), STRF(slug));
	c->server = server;
	return 0;
}

/* Versions up to v5 ask for the tag that was pushed by its commit and for all others by name, and git takes only one of them. */
static int refuse_pushed_tag(const struct checkout *c, bool own, struct err *err)
{
	if (!own || !c->r.early || !c->in.tags || !c->in.depth || c->in.ref.n || !str_starts(c->r.ref, STR("refs/tags/")))
		return 0;
	return err_set(
		err, ERR_INVALID,
		"Cannot fetch both %.*s and %.*s to %.*s: with 'fetch-tags' this version of the action fails where a tag was "
		"pushed; 'fetch-depth: 0' or version v6 helps",
		STRF(c->r.sha), STRF(c->r.ref), STRF(c->r.ref));
}

static int choose(struct checkout *c, struct err *err)
{
	struct str dir;
	bool pinned = false;
	bool own = !c->in.repository.n || str_eq_nocase(c->in.repository, c->r.repository);
	struct str slug = own ? c->r.repository : c->in.repository;
	if (fork_refuse(c, slug, own, err) < 0 || refuse_pushed_tag(c, own, err) < 0)
		return -1;
	if (own && c->r.in_place)
		return in_place(c, err);
	if (c->r.in_place && (!c->in.path.n || file_exists(path_join(c->a, c->r.workspace, c->in.path).p)))
		return err_set(err, ERR_UNSUPPORTED,
		               "with --in-place another repository needs an input 'path' that does not exist yet");
	if (name_remote(c, slug, own, err) < 0 || ssh_set_up(c, err) < 0)
		return -1;
	credentials_set(c);
	if (own)
		return serve_directory(c, c->r.source, true, false, err);
	if (find_local(c, &dir, &pinned))
		return serve_directory(c, dir, false, pinned, err);
	if (!c->server.n)
		return err_set(err, ERR_MISSING, "no server is known to fetch %.*s from", STRF(slug));
	return workspace_prepare(c, KEEPS_GIT, err) < 0 ? -1 : remote_serve(c, slug, err);
}

static int write_outputs(struct checkout *c, struct err *err)
{
	const char *path = getenv("GITHUB_OUTPUT");
	if (!path || !*path)
		return 0;
	_cleanup_fclose_ FILE *f = fopen(path, "ae");
	if (!f)
		return err_errno(err, "%s", path);
	fprintf(f, "ref=%.*s\ncommit=%.*s\n", STRF(c->out_ref), STRF(c->out_commit));
	return fflush(f) == 0 ? 0 : err_errno(err, "%s", path);
}

/* git keeps a directory open for each level of a tree; this process is a helper, so its limits are its own. */
static void raise_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int post_main(const char *list)
{
	unsigned n = credentials_forget(list);
	if (n)
		say("The token is removed from %u git configuration%s", n, n == 1 ? "" : "s");
	return 0;
}

int checkout_main(int argc, char **argv)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct checkout c = { .a = &a, .began_us = now_us(), .out_ref = STR_EMPTY, .out_commit = STR_EMPTY };
	if (argc == 3)
		return post_main(argv[2]);
	raise_descriptors();
	int rc = request_parse(&c.r, &a, argc, argv, &err);
	if (rc == 0)
		rc = inputs_read(&c.in, &a, c.r.with, &err);
	if (rc == 0)
		git_run_place(arena_cstr(&a, c.r.scratch));
	if (rc == 0)
		rc = choose(&c, &err);
	if (rc == 0)
		rc = settings_restore(&c, &err);
	if (rc == 0)
		rc = credentials_store(&c, &err);
	if (rc == 0)
		rc = write_outputs(&c, &err);
	if (rc < 0)
		say_error("checkout: %s%s%.*s%s", err.text, c.r.where.n ? " (" : "", STRF(c.r.where), c.r.where.n ? ")" : "");
	bool cannot = err.kind == ERR_MISSING || err.kind == ERR_UNSUPPORTED;
	arena_done(&a);
	return rc == 0 ? 0 : cannot ? CHECKOUT_CANNOT : 1;
}
