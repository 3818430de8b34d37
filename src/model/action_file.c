/* Where an action's description is looked for: action.yml, action.yaml, Dockerfile, dockerfile. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "model/action.h"

/* A step may have put anything there: a pipe must not block the reader. */
static int read_file(void *cookie, const char *path, struct buf *out, struct err *err)
{
	(void)cookie;
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 1;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_errno(err, "%s", path);
	if (!S_ISREG(st.st_mode))
		return 1;
	return file_read_fd(out, fd, SOURCE_MAX, err) < 0 ? err_wrap(err, "%s", path) : 0;
}

/* A Dockerfile alone is an action without inputs. */
static struct action *plain_docker(struct arena *a, struct str path)
{
	struct action *out = arena_make(a, struct action);
	out->path = path;
	out->kind = ACTION_DOCKER;
	out->using = STR("docker");
	out->main = path_base(path);
	out->valid = true;
	return out;
}

int action_load(struct action **out, struct arena *a, struct source_set *sources, struct str dir,
                const struct action_reader *reader, struct diag_list *diags, struct err *err)
{
	static const char *const names[] = { "action.yml", "action.yaml", "Dockerfile", "dockerfile" };
	static const struct action_reader file_system = { .read = read_file };
	if (!reader)
		reader = &file_system;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct str path = path_join(a, dir, str_of(names[i]));
		int rc = reader->read(reader->cookie, path.p, &text, err);
		if (rc < 0)
			return -1;
		if (rc > 0)
			continue;
		*out = i >= 2 ? plain_docker(a, path) : action_read(a, source_add(sources, path, buf_str(&text)), diags);
		(*out)->dir = dir;
		return 0;
	}
	return 1;
}
