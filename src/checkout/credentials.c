/* The token of a checkout: how git is given it, how the steps that follow find it (as the action leaves it in .git/config), and
 * how it goes again. It is never an argument, and no file with it can be read by others. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/path.h"
#include "base/uuid.h"
#include "base/vec.h"
#include "checkout/internal.h"

enum { CONFIG_MAX = 16 << 20, LIST_MAX = 1 << 20 };

static const char list_prefix[] = "credentials-"; /* lists in scratch: the files that hold a token, each with a NUL behind it */
static const char begins[] = "\textraheader = AUTHORIZATION: basic ";

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

void credentials_set(struct checkout *c, struct str server)
{
	struct str token = c->in.token.n ? c->in.token : c->r.token, origin = origin_of(c->a, server);
	if (!token.n || !origin.n)
		return;
	_cleanup_buf_ struct buf login = BUF_INIT;
	base64_append(&login, arena_printf(c->a, "x-access-token:%.*s", STRF(token)));
	say("::add-mask::%.*s", STRF(buf_str(&login)));
	c->auth[0] = arena_printf(c->a, "http.%.*s.extraheader", STRF(origin)).p;
	c->auth[1] = arena_printf(c->a, "AUTHORIZATION: basic %.*s", STRF(buf_str(&login))).p;
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
static int store_in(struct checkout *c, struct str git_dir, struct err *err)
{
	struct str config = path_join(c->a, git_dir, STR("config"));
	const char *list = arena_cstr(c->a, c->r.list);
	struct str origin = str_n(c->auth[0] + 5, strlen(c->auth[0]) - 5 - strlen(".extraheader"));
	struct str text = arena_printf(c->a, "[http \"%.*s\"]\n\textraheader = %s\n", STRF(origin), c->auth[1]);
	if (file_mkdirs(arena_cstr(c->a, c->r.scratch), 0700, err) < 0 ||
	    append(list, O_CREAT, str_n(config.p, config.n + 1), err) < 0)
		return -1;
	return append(config.p, 0, text, err);
}

/* The git directories of all submodules that are there. */
static int store_in_submodules(struct checkout *c, struct err *err)
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
		if (path_below(line, c->dest).n != line.n && store_in(c, arena_str(c->a, line), err) < 0)
			return -1;
	return 0;
}

int credentials_store(struct checkout *c, struct err *err)
{
	struct str git_dir = path_join(c->a, c->dest, STR(".git"));
	if (!c->auth[0] || !c->in.persist || c->r.in_place || !file_is_dir(git_dir.p))
		return 0;
	return store_in(c, git_dir, err) < 0 ? -1 : store_in_submodules(c, err);
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

/* Whether there was one, and it is gone. */
static bool forget_in(const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_buf_ struct buf rest = BUF_INIT;
	struct stat st;
	struct str all, line;
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || file_read_regular(&text, path, CONFIG_MAX, NULL) != 0)
		return false;
	all = buf_str(&text);
	while (str_next_line(&all, &line))
		if (!str_starts(line, str_of(begins)))
			buf_addf(&rest, "%.*s\n", STRF(line));
	return rest.n < text.n && replace(path, buf_str(&rest));
}

unsigned credentials_forget(const char *list)
{
	_cleanup_buf_ struct buf files = BUF_INIT;
	unsigned n = 0;
	if (file_read_regular(&files, list, LIST_MAX, NULL) != 0)
		return 0;
	struct str rest = buf_str(&files);
	for (size_t end; (end = str_find_c(rest, '\0', 0)) != SIZE_MAX; rest = str_from(rest, end + 1))
		n += forget_in(rest.p);
	unlink(list);
	return n;
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

struct str checkout_list(struct arena *a, struct str scratch)
{
	char id[37];
	uuid_make(id);
	return arena_printf(a, "%.*s/%s%s", STRF(scratch), list_prefix, id);
}
