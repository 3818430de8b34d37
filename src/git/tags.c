/* Where a detached HEAD stands: the tag at a commit, annotated ones seen through, and what was checked out last. */
#include <fcntl.h>
#include <sys/stat.h>

#include "git/internal.h"
#include "git/objects.h"

/* Packed tags say what they point to in a line behind theirs, "^<object name>". */
static struct str peeled_before(struct str text, size_t caret)
{
	size_t start = caret - 1;
	while (start > 0 && text.p[start - 1] != '\n')
		start--;
	struct str line = str_n(text.p + start, caret - 1 - start);
	return str_from(line, MIN(str_find_c(line, ' ', 0), line.n) + 1);
}

static struct str peeled_packed(struct git_repo *r, struct str sha)
{
	struct packed_refs *p;
	if (git_packed_load(&p, r, NULL) < 0)
		return STR_EMPTY;
	struct str wanted = arena_printf(r->arena, "\n^%.*s", STRF(sha));
	for (size_t at = 0; (at = str_find(p->text, wanted, at)) != SIZE_MAX; at++) {
		struct str name = peeled_before(p->text, at + 1), now, then = STR_EMPTY;
		if ((size_t)(name.p - p->text.p) > sha.n)
			then = str_n(name.p - 1 - sha.n, sha.n);
		/* A loose file of the same name wins over the line. */
		if (str_starts(name, STR("refs/tags/")) && git_ref(&now, r, arena_str(r->arena, name), NULL) == 0 &&
		    str_eq(now, then))
			return arena_str(r->arena, str_from(name, 10));
	}
	return STR_EMPTY;
}

/* What is packed as it is was seen by peeled_packed() already, when git wrote those lines. */
static bool known(struct git_repo *r, const struct git_ref_entry *tag)
{
	struct packed_refs *p;
	struct str packed;
	if (git_packed_load(&p, r, NULL) < 0 || !str_starts(p->text, STR("# pack-refs with: peeled ")))
		return false;
	return git_packed_find(&packed, r, tag->name, NULL) == 0 && str_eq(packed, tag->sha);
}

/* Loose refs may name tag objects: those are read. */
static int peeled_loose(struct str *name, struct git_repo *r, const struct git_ref_list *tags, struct str sha, struct err *err)
{
	struct names objects = { 0 }, names = { 0 };
	size_t found;
	for (size_t i = 0; i < tags->n; i++) {
		if (tags->v[i].sha.n != sha.n || known(r, &tags->v[i]))
			continue;
		*vec_add(r->arena, &objects) = tags->v[i].sha;
		*vec_add(r->arena, &names) = str_from(tags->v[i].name, 10);
	}
	if (objects_find_tag(&found, r, objects.v, objects.n, sha, err) < 0)
		return -1;
	if (found < objects.n)
		*name = names.v[found];
	return 0;
}

int git_tag_at(struct str *name, struct git_repo *r, struct str sha, struct err *err)
{
	struct git_ref_list tags;
	*name = STR_EMPTY;
	if (git_refs(&tags, r, STR("refs/tags/"), err) < 0)
		return -1;
	if (!git_is_object_name(sha))
		return 0;
	for (size_t i = 0; i < tags.n && !name->n; i++)
		if (str_eq(tags.v[i].sha, sha))
			*name = str_from(tags.v[i].name, 10);
	if (!name->n)
		*name = peeled_packed(r, sha);
	return name->n ? 0 : peeled_loose(name, r, &tags, sha, err);
}

/* The log's last line: "<old> <new> <who> <when>\tcheckout: moving from main to v1.2" */
struct str git_last_checkout(struct git_repo *r)
{
	char bytes[8192];
	const char *path = arena_printf(r->arena, "%.*s/logs/HEAD", STRF(r->git_dir)).p;
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return STR_EMPTY;
	ssize_t n = pread(fd, bytes, sizeof(bytes), st.st_size > (off_t)sizeof(bytes) ? st.st_size - (off_t)sizeof(bytes) : 0);
	struct str last = str_trim(str_n(bytes, n > 0 ? (size_t)n : 0));
	for (size_t at; (at = str_find_c(last, '\n', 0)) != SIZE_MAX;)
		last = str_from(last, at + 1);
	last = str_from(last, MIN(str_find_c(last, '\t', 0), last.n));
	size_t to = str_find(last, STR(" to "), 0);
	if (!str_starts(last, STR("\tcheckout: moving from ")) || to == SIZE_MAX)
		return STR_EMPTY;
	return arena_str(r->arena, str_from(last, to + 4));
}
