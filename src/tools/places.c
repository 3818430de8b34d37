/* Walking through the places where tools stand: PATH, and the folders in which version managers keep theirs. */
#include <limits.h>

#include "base/environ.h"
#include "base/path.h"
#include "tools/installed.h"

struct str search_environ(const struct search *q, const char *name)
{
	return environ_value(q->environ, str_of(name));
}

struct str search_real(struct search *q, struct str path)
{
	char real[PATH_MAX];
	return realpath(arena_cstr(q->a, path), real) ? arena_str(q->a, str_of(real)) : STR_EMPTY;
}

void search_path(struct search *q, const char *program, search_see *see)
{
	struct str rest = search_environ(q, "PATH");
	while (rest.n) {
		size_t end = MIN(str_find_c(rest, ':', 0), rest.n);
		struct str dir = str_to(rest, end);
		rest = str_from(rest, end + 1);
		if (!dir.n || dir.p[0] != '/' || shelf_holds_shims(q->a, q->environ, dir))
			continue;
		struct str path = path_join(q->a, dir, str_of(program));
		if (access(path.p, X_OK) == 0)
			see(q, path);
	}
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void search_shelf(struct search *q, const struct shelf *shelf, search_see *see)
{
	struct str dir = shelf_folder(q->a, q->environ, shelf);
	struct {
		VEC(struct str);
	} names = { 0 };
	_cleanup_closedir_ DIR *d = dir.n ? opendir(dir.p) : NULL;
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.' && str_starts(str_of(e->d_name), str_of(shelf->prefix)))
			*vec_add(q->a, &names) = arena_str(q->a, str_of(e->d_name));
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	for (size_t i = 0; i < names.n; i++) {
		struct str path = path_join(q->a, path_join(q->a, dir, names.v[i]), str_of(shelf->inside));
		if (access(path.p, F_OK) == 0)
			see(q, path);
	}
}

bool search_wants(const struct search *q, const struct version *v)
{
	for (size_t i = 0; i < q->request->specs.n; i++)
		if (range_has(q->request->specs.v[i], v) == RANGE_INSIDE)
			return true;
	return false;
}

void search_add(struct search *q, const struct installed *tool)
{
	for (size_t i = 0; i < q->found.n; i++)
		if (str_eq(q->found.v[i].number, tool->number) && str_eq(q->found.v[i].folder, tool->folder))
			return;
	*vec_add(q->a, &q->found) = *tool;
}
