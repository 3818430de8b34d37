/* Which file a matched problem is about: it is told only when it exists and lies in a clone of the workflow's own
 * repository, and then relative to that clone. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "log/internal.h"

enum { LEVELS_MAX = 50 };

int read_named_file(struct buf *out, const char *path, struct err *err)
{
	/* Not to hang on a pipe that somebody put there. */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(err, ERR_SYSTEM, "Could not find file '%s'.", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, "%s", path);
	if (S_ISDIR(st.st_mode))
		return err_set(err, ERR_INVALID, "Access to the path '%s' is denied.", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_INVALID, "'%s' is not a regular file", path);
	if (file_read_fd(out, fd, LOG_FILE_MAX, err) < 0)
		return err_wrap(err, "%s", path);
	return 0;
}

/* "https://github.com" → "github.com"; with a port, if there is one. */
static struct str host_of(struct str url)
{
	size_t at = str_find(url, STR("://"), 0);
	struct str host = at == SIZE_MAX ? url : str_from(url, at + 3);
	return str_to(host, MIN(str_find_c(host, '/', 0), host.n));
}

static bool names_repository(struct log_step *s, struct str config)
{
	const struct log_job *j = s->job;
	struct str server = j->server_url, line, host = host_of(server);
	while (server.n && server.p[server.n - 1] == '/')
		server.n--;
	struct str https = arena_printf(&s->scratch, "url = %.*s/%.*s", STRF(server), STRF(j->repository));
	struct str ssh = arena_printf(&s->scratch, "url = git@%.*s:%.*s.git", STRF(host), STRF(j->repository));
	while (str_next_line(&config, &line)) {
		line = str_trim(line);
		if (str_eq_nocase(line, https) || str_eq_nocase(line, ssh))
			return true;
	}
	return false;
}

/* The nearest directory above the file with a .git/config, if that is the workflow's repository; else empty. */
static struct str repository_of(struct log_step *s, struct str file)
{
	struct str dir = path_dir(file);
	for (int level = 0; level < LEVELS_MAX && dir.n; level++) {
		_cleanup_buf_ struct buf config = BUF_INIT;
		const char *path = arena_printf(&s->scratch, "%.*s/.git/config", STRF(dir)).p;
		if (read_named_file(&config, path, NULL) == 0)
			return names_repository(s, buf_str(&config)) ? dir : STR_EMPTY;
		if (str_is(dir, "/"))
			break;
		dir = path_dir(dir);
	}
	return STR_EMPTY;
}

struct str matcher_file(struct log_step *s, struct str file, struct str from_path)
{
	struct arena *a = &s->scratch;
	if (memchr(file.p, '\0', file.n))
		return STR_EMPTY;
	if (str_trim(from_path).n && !str_starts(file, STR("/")) && memchr(from_path.p, '/', from_path.n))
		file = path_join(a, path_dir(from_path), file);
	file = path_normal(a, path_join(a, s->job->workspace, file));
	if (!str_starts(file, STR("/")))
		return STR_EMPTY;
	file = arena_str(a, file);
	if (!file_exists(file.p) || file_is_dir(file.p)) {
		step_debug(s, "Dropping file value '%.*s'. Path does not exist", STRF(file));
		return STR_EMPTY;
	}
	/* Without a known repository the workspace stands for it. */
	struct str root = s->job->repository.n ? repository_of(s, file) : path_normal(a, s->job->workspace);
	struct str below = root.n ? path_below(file, root) : file;
	if (below.n == file.n) {
		step_debug(s, "Dropping file value '%.*s'. Path is not under the workflow repo.", STRF(file));
		return STR_EMPTY;
	}
	return below;
}
