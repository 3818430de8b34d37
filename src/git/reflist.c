/* All refs at once: the loose ones by walking the directories, then what packed-refs adds. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

#include "base/vec.h"
#include "git/internal.h"

enum { REF_DEPTH = 64 };

struct walk {
	struct git_repo *r;
	struct git_ref_list *out;
	struct map seen;
};

static void add_loose(struct walk *w, struct str name)
{
	struct str sha;
	map_put(w->r->arena, &w->seen, name, w);
	if (git_ref(&sha, w->r, name, NULL) == 0 && sha.n)
		*vec_add(w->r->arena, w->out) = (struct git_ref_entry) { name, sha };
}

/* name ends in '/'. fd is taken. */
static void walk_dir(struct walk *w, int fd, struct str name, int depth)
{
	_cleanup_closedir_ DIR *d = fdopendir(fd);
	if (!d) {
		close(fd);
		return;
	}
	struct dirent *e;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.' || str_ends(str_of(e->d_name), STR(".lock")))
			continue;
		int sub = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (sub < 0) {
			if (errno == ENOTDIR || errno == ELOOP)
				add_loose(w, arena_printf(w->r->arena, "%.*s%s", STRF(name), e->d_name));
			continue;
		}
		if (depth >= REF_DEPTH)
			close(sub);
		else
			walk_dir(w, sub, arena_printf(w->r->arena, "%.*s%s/", STRF(name), e->d_name), depth + 1);
	}
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct git_ref_entry *)a)->name, ((const struct git_ref_entry *)b)->name);
}

int git_refs(struct git_ref_list *out, struct git_repo *r, struct str prefix, struct err *err)
{
	struct walk w = { .r = r, .out = out };
	struct packed_refs *packed;
	*out = (struct git_ref_list) { 0 };
	if (git_check_format(r, err) < 0 || git_packed_load(&packed, r, err) < 0)
		return -1;
	struct str dir = arena_printf(r->arena, "%.*s/%.*s", STRF(r->common_dir), STRF(prefix));
	int fd = open(dir.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		walk_dir(&w, fd, prefix, 0);
	struct str rest = packed->text, sha, name;
	while (git_packed_next(&rest, &sha, &name))
		if (str_starts(name, prefix) && !map_has(&w.seen, name))
			*vec_add(r->arena, out) = (struct git_ref_entry) { name, sha };
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	return 0;
}
