/* Which reader answers. libgit2 is the usual one. The git program is asked where libgit2 1.5 cannot read (SHA-256 names,
 * histories of shallow clones), where it would be slow (it does not know the commit graphs that git writes now), where it is not
 * installed, and for a second opinion before an object is called damaged. */
#include "git/objects.h"

#include <limits.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "git/internal.h"

enum { ALTERNATES_MAX = 1 << 16, DIRS_MAX = 32, DIR_LONGEST = PATH_MAX - 300 };

/* --- where they are --- */

static bool has_dir(const struct object_places *at, struct str dir)
{
	for (size_t i = 0; i < at->n; i++)
		if (str_eq(at->dirs[i], dir))
			return true;
	return false;
}

static void add_alternates(struct object_places *at, struct arena *a, struct str dir)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str line;
	if (file_read_regular(&text, arena_printf(a, "%.*s/info/alternates", STRF(dir)).p, ALTERNATES_MAX, NULL) != 0)
		return;
	struct str rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		if (!line.n || line.p[0] == '#')
			continue;
		struct str to = path_normal(a, path_join(a, dir, line));
		if (at->n < DIRS_MAX && to.n <= DIR_LONGEST && !has_dir(at, to))
			at->dirs[at->n++] = arena_str(a, to);
	}
}

void objects_find(struct object_places *out, struct git_repo *r, size_t name)
{
	*out = (struct object_places) { .dirs = arena_array(r->arena, struct str, DIRS_MAX), .name = name, .repo = r };
	out->dirs[out->n++] = arena_printf(r->arena, "%.*s/objects", STRF(r->common_dir));
	/* The list grows while it is read: alternates may have alternates. */
	for (size_t i = 0; i < out->n; i++)
		add_alternates(out, r->arena, out->dirs[i]);
}

bool objects_is_pipe(const struct object_places *at, struct str name)
{
	char path[PATH_MAX];
	struct stat st;
	for (size_t i = 0; i < at->n; i++) {
		snprintf(path, sizeof(path), "%.*s/%.2s/%.*s", STRF(at->dirs[i]), name.p, STRF(str_from(name, 2)));
		if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
			return true;
	}
	return false;
}

static bool is_there(struct git_repo *r, struct str dir, const char *name)
{
	return file_exists(arena_printf(r->arena, "%.*s/%s", STRF(dir), name).p);
}

static bool is_shallow(struct git_repo *r)
{
	return is_there(r, r->common_dir, "shallow");
}

static bool has_graph(struct git_repo *r, const struct object_places *at)
{
	for (size_t i = 0; i < at->n; i++)
		if (is_there(r, at->dirs[i], "info/commit-graph") || is_there(r, at->dirs[i], "info/commit-graphs"))
			return true;
	return false;
}

/* --- errors --- */

static bool is_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* The object name that a reader's complaint is about. */
static struct str name_in(struct str text, size_t digits)
{
	for (size_t i = 0, n = 0; i < text.n; i++) {
		n = is_digit(text.p[i]) ? n + 1 : 0;
		if (n == digits && (i + 1 == text.n || !is_digit(text.p[i + 1])))
			return str_n(text.p + i + 1 - digits, digits);
	}
	return STR_EMPTY;
}

/* Absent objects are said in the same words whoever missed them. */
static int complain(const struct err *why, struct git_repo *r, size_t digits, struct err *err)
{
	struct str name = name_in(str_of(why->text), digits);
	if (why->kind == ERR_MISSING && name.n)
		return err_set(err, ERR_MISSING, "object %.*s is not in %.*s%s", STRF(name), STRF(r->common_dir),
		               is_shallow(r) ? ", which is a shallow clone" : "");
	err_set(err, why->kind, "%s", why->text);
	if (err)
		err->errnum = why->errnum;
	return -1;
}

/* --- asking --- */

/* A question with its answer. */
struct question {
	struct git_repo *repo;
	struct object_places at;
	int (*ask)(struct question *q, const struct object_reader *reader, struct err *err);
	bool history; /* of many commits */
	union {
		struct {
			enum objects_question what;
			struct names *out;
			struct str from, to;
			size_t most;
		} list;
		struct {
			struct commit_facts *out;
			const struct str *names;
			size_t n;
		} facts;
		struct {
			size_t *found;
			const struct str *tags;
			size_t n;
			struct str commit;
		} tag;
	};
};

static int ask(struct question *q, struct err *err)
{
	const struct object_reader *order[] = { &library_reader, &program_reader };
	struct err why = ERR_INIT, second = ERR_INIT;
	if (q->history && (is_shallow(q->repo) || has_graph(q->repo, &q->at))) {
		order[0] = &program_reader;
		order[1] = &library_reader;
	}
	if (q->ask(q, order[0], &why) == 0)
		return 0;
	if (why.kind != ERR_UNSUPPORTED && why.kind != ERR_INVALID)
		return complain(&why, q->repo, q->at.name, err);
	if (q->ask(q, order[1], &second) == 0)
		return 0;
	if (why.kind == ERR_INVALID)
		return complain(&why, q->repo, q->at.name, err);
	if (second.kind == ERR_UNSUPPORTED)
		return err_set(err, ERR_MISSING, "commits cannot be read: %s, %s", why.text, second.text);
	return complain(&second, q->repo, q->at.name, err);
}

static int ask_list(struct question *q, const struct object_reader *reader, struct err *err)
{
	struct arena *a = q->repo->arena;
	struct names none = { 0 };
	*q->list.out = none;
	switch (q->list.what) {
	case OBJECTS_BASE:
		return reader->merge_base(a, q->list.out, &q->at, q->list.from, q->list.to, 1, err);
	case OBJECTS_BETWEEN:
		return reader->between(a, q->list.out, &q->at, q->list.from, q->list.to, q->list.most, err);
	case OBJECTS_CHANGED:
		break;
	}
	return reader->changed(a, q->list.out, &q->at, q->list.from, q->list.to, q->list.most, err);
}

static int ask_facts(struct question *q, const struct object_reader *reader, struct err *err)
{
	return reader->facts(q->repo->arena, q->facts.out, &q->at, q->facts.names, q->facts.n, err);
}

static int ask_tag(struct question *q, const struct object_reader *reader, struct err *err)
{
	return reader->find_tag(q->tag.found, &q->at, q->tag.tags, q->tag.n, q->tag.commit, err);
}

/* digits: 0, or what another name of the same repository has. */
static int check_name(struct str name, size_t digits, struct err *err)
{
	if (git_is_object_name(name) && (!digits || name.n == digits))
		return 0;
	return err_set(err, ERR_INVALID, "\"%.*s\" is not the name of a commit", (int)MIN(name.n, 80), name.p);
}

int objects_list(struct names *out, struct git_repo *r, enum objects_question what, struct str from, struct str to, size_t most,
                 struct err *err)
{
	struct question q = {
		.repo = r, .ask = ask_list, .history = what != OBJECTS_CHANGED, .list = { what, out, from, to, most }
	};
	if (check_name(to, 0, err) < 0 || (from.n && check_name(from, to.n, err) < 0))
		return -1;
	objects_find(&q.at, r, to.n);
	return ask(&q, err);
}

int objects_facts(struct commit_facts *out, struct git_repo *r, const struct str *names, size_t n, struct err *err)
{
	struct question q = { .repo = r, .ask = ask_facts, .facts = { out, names, n } };
	for (size_t i = 0; i < n; i++)
		if (check_name(names[i], names[0].n, err) < 0)
			return -1;
	if (n == 0)
		return 0;
	objects_find(&q.at, r, names[0].n);
	return ask(&q, err);
}

int objects_find_tag(size_t *found, struct git_repo *r, const struct str *tags, size_t n, struct str commit, struct err *err)
{
	struct question q = { .repo = r, .ask = ask_tag, .tag = { found, tags, n, commit } };
	*found = n;
	if (n == 0)
		return 0;
	objects_find(&q.at, r, commit.n);
	return ask(&q, err);
}
