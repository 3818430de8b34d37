/* The token and the ssh key of a checkout: how git is given them, how the steps that follow find them, and how they go again. The
 * token is never an argument, and no file with it can be read by others.
 *
 * Where they lie is what the action's version does: up to v5 the header is a line of .git/config; since v6 it is in a file of
 * the job's temporary folder, which .git/config includes, for this repository and its work trees only, under the names that
 * both have here and in a container. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/path.h"
#include "base/uuid.h"
#include "checkout/gitdir.h"
#include "checkout/internal.h"

enum { CONFIG_MAX = 16 << 20, LIST_MAX = 1 << 20, LOOKED_AT = 2000 };

/* Lists in scratch, each entry with a NUL behind it: "c" and a configuration that holds something of them, "f" and a file that
 * does. */
static const char list_prefix[] = "credentials-";

/* "https://host/", or empty for a server that no token is for. */
static struct str origin_of(struct arena *a, struct str server)
{
	size_t scheme = str_find(server, STR("://"), 0);
	if (scheme == SIZE_MAX || !str_starts(server, STR("http")))
		return STR_EMPTY;
	for (size_t i = 0; i < server.n; i++)
		if ((unsigned char)server.p[i] <= ' ' || server.p[i] == '"' || server.p[i] == '\\')
			return STR_EMPTY;
	return arena_printf(a, "%.*s/", STRF(str_to(server, MIN(str_find_c(server, '/', scheme + 3), server.n))));
}

void credentials_set(struct checkout *c)
{
	struct str token = c->in.token.n ? c->in.token : c->r.token;
	c->origin = origin_of(c->a, c->server);
	if (!token.n || !c->origin.n)
		return;
	_cleanup_buf_ struct buf login = BUF_INIT;
	base64_append(&login, arena_printf(c->a, "x-access-token:%.*s", STRF(token)));
	say("::add-mask::%.*s", STRF(buf_str(&login)));
	c->config[0] = arena_printf(c->a, "http.%.*s.extraheader", STRF(c->origin)).p;
	c->config[1] = c->header = arena_printf(c->a, "AUTHORIZATION: basic %.*s", STRF(buf_str(&login))).p;
}

const char *const *checkout_instead(struct checkout *c)
{
	const char **out = arena_array(c->a, const char *, 5);
	struct val owner = c->r.facts.kind == VAL_OBJECT ? val_at(c->r.facts, "owner") : val_null();
	struct str host = str_from(c->origin, MIN(str_find(c->origin, STR("://"), 0), c->origin.n) + 3);
	size_t n = 0;
	if (!c->origin.n)
		return out;
	host = str_to(host, MIN(str_find_c(host, '/', 0), host.n));
	if (!str_starts(host, STR("[")))
		host = str_to(host, MIN(str_find_c(host, ':', 0), host.n));
	const char *key = arena_printf(c->a, "url.%.*s.insteadOf", STRF(c->origin)).p;
	out[n++] = key;
	out[n++] = arena_printf(c->a, "git@%.*s:", STRF(host)).p;
	if (owner.kind != VAL_NUMBER)
		return out;
	out[n++] = key;
	out[n++] = arena_printf(c->a, "org-%.*s@github.com:", STRF(val_number_text(c->a, owner.num))).p;
	return out;
}

const char *const *checkout_module_config(struct checkout *c)
{
	const char **out = arena_array(c->a, const char *, ARRAY_LEN(c->config) + 5);
	const char *const *instead = checkout_instead(c);
	size_t n = 0;
	for (size_t i = 0; c->config[i]; i++)
		out[n++] = c->config[i];
	for (size_t i = 0; !c->ssh && instead[i]; i++)
		out[n++] = instead[i];
	return out;
}

/* ---- for the steps that follow ---- */

static int append(const char *path, int flags, struct str text, struct err *err)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags, 0600);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, "%s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INVALID, "%s is not a regular file", path);
	if (fchmod(fd, 0600) < 0 || file_write_all(fd, text.p, text.n) < 0)
		return err_errno(err, "%s", path);
	return 0;
}

/* The list is written first: what is to go again is known whatever happens. */
static int note(struct checkout *c, char kind, struct str path, struct err *err)
{
	const char *list = arena_cstr(c->a, c->r.list);
	struct str entry = arena_printf(c->a, "%c%.*s", kind, STRF(path));
	if (file_mkdirs(arena_cstr(c->a, c->r.scratch), 0700, err) < 0)
		return -1;
	return append(list, O_CREAT, str_n(entry.p, entry.n + 1), err);
}

int credentials_note(struct checkout *c, struct str file, struct err *err)
{
	return note(c, 'f', file, err);
}

static struct str header_text(struct checkout *c)
{
	return arena_printf(c->a, "[http \"%.*s\"]\n\textraheader = %s\n", STRF(c->origin), c->header);
}

/* The file that is included; empty: there is no folder for it. */
static int make_file(struct checkout *c, struct str *out, struct err *err)
{
	const char *temp = getenv("RUNNER_TEMP");
	char name[37];
	*out = STR_EMPTY;
	if (c->r.early || !temp || !*temp)
		return 0;
	uuid_make(name);
	*out = arena_printf(c->a, "%s/git-credentials-%s.config", temp, name);
	if (file_mkdirs(temp, 0755, err) < 0 || note(c, 'f', *out, err) < 0)
		return -1;
	return append(out->p, O_CREAT | O_EXCL, header_text(c), err);
}

static void add_include(struct checkout *c, struct buf *out, struct str git_dir, struct str file)
{
	gitdir_add_setting(out, arena_printf(c->a, "includeIf.gitdir:%.*s.path", STRF(git_dir)), file);
}

/* Where the workspace is in a container. */
static struct str in_container(struct checkout *c, struct str git_dir)
{
	return arena_printf(c->a, "/github/workspace/%.*s", STRF(path_below(git_dir, c->r.workspace)));
}

static void add_token(struct checkout *c, struct buf *out, struct str git_dir, struct str file, bool root)
{
	if (!file.n) {
		buf_addstr(out, header_text(c));
		return;
	}
	struct str outside = arena_printf(c->a, "/github/runner_temp/%.*s", STRF(path_base(file)));
	struct str there = in_container(c, git_dir);
	add_include(c, out, git_dir, file);
	if (root)
		add_include(c, out, arena_printf(c->a, "%.*s/worktrees/*", STRF(git_dir)), file);
	add_include(c, out, there, outside);
	if (root)
		add_include(c, out, arena_printf(c->a, "%.*s/worktrees/*", STRF(there)), outside);
}

/* file: with the token, empty: it is written here. Nothing is when there is nothing to remember. */
static int store_in(struct checkout *c, struct str git_dir, struct str file, bool root, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str config = path_join(c->a, git_dir, STR("config"));
	if (c->header)
		add_token(c, &text, git_dir, file, root);
	if (c->ssh)
		gitdir_add_setting(&text, STR("core.sshCommand"), ssh_command(c));
	for (const char *const *s = checkout_instead(c); !root && !c->ssh && *s; s += 2)
		gitdir_add_setting(&text, str_of(s[0]), str_of(s[1]));
	if (!text.n)
		return 0;
	if ((c->header || c->ssh) && note(c, 'c', config, err) < 0)
		return -1;
	return append(config.p, 0, buf_str(&text), err);
}

/* The git directories of all submodules that are there. */
static int store_in_submodules(struct checkout *c, struct str file, struct err *err)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct str rest, line;
	if (c->in.submodules == SUBMODULES_NO || !file_exists(path_join(c->a, c->dest, STR(".gitmodules")).p))
		return 0;
	const char *deep = c->in.submodules == SUBMODULES_RECURSIVE ? "--recursive" : "--quiet";
	if (place_git(c, &out, GIT("submodule", "--quiet", "foreach", deep, "git rev-parse --absolute-git-dir"), err) < 0)
		return -1;
	rest = buf_str(&out);
	while (str_next_line(&rest, &line))
		if (path_below(line, c->dest).n != line.n && store_in(c, arena_str(c->a, line), file, false, err) < 0)
			return -1;
	return 0;
}

int credentials_store(struct checkout *c, struct err *err)
{
	struct str git_dir = path_join(c->a, c->dest, STR(".git")), file = STR_EMPTY;
	if (!c->in.persist || c->r.in_place || !file_is_dir(git_dir.p))
		return 0;
	if (c->header && make_file(c, &file, err) < 0)
		return -1;
	return store_in(c, git_dir, file, true, err) < 0 ? -1 : store_in_submodules(c, file, err);
}

/* ---- and away again ---- */

/* A new file takes the place of the old one: what cannot be written in full leaves that as it was. */
static bool replace(const char *path, struct str text)
{
	_cleanup_buf_ struct buf name = BUF_INIT;
	buf_addf(&name, "%s.XXXXXX", path);
	char *fresh = (char *)(uintptr_t)buf_cstr(&name);
	_cleanup_close_ int fd = mkostemp(fresh, O_CLOEXEC);
	if (fd < 0)
		return false;
	if (file_write_all(fd, text.p, text.n) == 0 && file_close(&fd) == 0 && rename(fresh, path) == 0)
		return true;
	unlink(fresh);
	return false;
}

/* Whether a line of a configuration is one of those above. */
static bool is_ours(struct str line)
{
	struct str text = str_trim(line);
	return str_starts(text, STR("extraheader = AUTHORIZATION: basic ")) ||
	       (str_starts(text, STR("path = ")) && str_find(text, STR("/git-credentials-"), 0) != SIZE_MAX) ||
	       (str_starts(text, STR("sshCommand = ")) && str_find(text, STR("$RUNNER_TEMP/"), 0) != SIZE_MAX);
}

static bool is_header(struct str line)
{
	return str_starts(line, STR("["));
}

/* Whether there was something of ours, and it is gone. A section that holds nothing else goes with it. */
static bool forget_in(const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_buf_ struct buf rest = BUF_INIT;
	struct stat st;
	struct str all, line, header = STR_EMPTY;
	bool dropped = false;
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || file_read_regular(&text, path, CONFIG_MAX, NULL) != 0)
		return false;
	all = buf_str(&text);
	while (str_next_line(&all, &line)) {
		if (is_ours(line)) {
			dropped = true;
			continue;
		}
		if (header.n && !(dropped && is_header(line)))
			buf_addf(&rest, "%.*s\n", STRF(header));
		header = is_header(line) ? line : STR_EMPTY;
		dropped = false;
		if (!header.n)
			buf_addf(&rest, "%.*s\n", STRF(line));
	}
	if (header.n && !dropped)
		buf_addf(&rest, "%.*s\n", STRF(header));
	return rest.n < text.n && replace(path, buf_str(&rest));
}

unsigned credentials_forget(const char *list)
{
	_cleanup_buf_ struct buf files = BUF_INIT;
	unsigned n = 0;
	if (file_read_regular(&files, list, LIST_MAX, NULL) != 0)
		return 0;
	struct str rest = buf_str(&files);
	for (size_t end; (end = str_find_c(rest, '\0', 0)) != SIZE_MAX; rest = str_from(rest, end + 1)) {
		if (str_starts(rest, STR("c")))
			n += forget_in(rest.p + 1);
		else if (str_starts(rest, STR("f")))
			unlink(rest.p + 1);
	}
	unlink(list);
	return n;
}

void credentials_clear(struct checkout *c)
{
	forget_in(path_join(c->a, c->dest, STR(".git/config")).p);
}

void checkout_forget(const char *scratch)
{
	_cleanup_closedir_ DIR *d = opendir(scratch);
	for (const struct dirent *e; d && (e = readdir(d));) {
		_cleanup_buf_ struct buf path = BUF_INIT;
		if (!str_starts(str_of(e->d_name), str_of(list_prefix)))
			continue;
		buf_addf(&path, "%s/%s", scratch, e->d_name);
		credentials_forget(buf_cstr(&path));
	}
}

int checkout_forget_main(const char *scratch)
{
	checkout_forget(scratch);
	return 0;
}

/* Where there is more to look at than checkouts make, something else has filled the folder: then a helper is to look. */
bool checkout_has_lists(const char *scratch)
{
	_cleanup_closedir_ DIR *d = opendir(scratch);
	const struct dirent *e;
	int looked = 0;
	while (d && (e = readdir(d)))
		if (str_starts(str_of(e->d_name), str_of(list_prefix)) || ++looked > LOOKED_AT)
			return true;
	return false;
}

struct str checkout_list(struct arena *a, struct str scratch)
{
	char id[37];
	uuid_make(id);
	return arena_printf(a, "%.*s/%s%s", STRF(scratch), list_prefix, id);
}
