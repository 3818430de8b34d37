/* Finding a program the way the runner does: along a list of directories, any regular file of the name
 * will do (whether it may be executed is found out by trying). */
#include <sys/stat.h>

#include "os/real.h"

static bool is_file(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* dir/name, made absolute: the child starts in another directory. */
static bool join(char *out, size_t size, struct str dir, const char *name)
{
	char cwd[4096] = "";
	if (dir.p[0] != '/' && !getcwd(cwd, sizeof(cwd)))
		return false;
	int n = snprintf(out, size, "%s%s%.*s/%s", cwd, cwd[0] ? "/" : "", STRF(dir), name);
	return n > 0 && (size_t)n < size;
}

const char *which_find(struct host *h, const char *name, const char *path_dirs, char *out, size_t size)
{
	struct str rest = str_of(path_dirs);
	(void)h;
	if (name[0] == '/') {
		int n = snprintf(out, size, "%s", name);
		return n > 0 && (size_t)n < size && is_file(name) ? out : NULL;
	}
	while (name[0] && rest.n) {
		size_t end = str_find_c(rest, ':', 0);
		struct str dir = str_to(rest, end);
		rest = end == SIZE_MAX ? STR_EMPTY : str_from(rest, end + 1);
		if (dir.n && join(out, size, dir, name) && is_file(out))
			return out;
	}
	return NULL;
}
