/* Where histories of a given depth end: breadth first from the tips, a generation at a time. */
#include "base/file.h"
#include "base/map.h"
#include "base/path.h"
#include "base/vec.h"
#include "checkout/gitdir.h"

enum { LIST_MAX = 64 << 20 };

struct walk {
	struct arena *a;
	struct git_repo *from;
	struct map seen, cut; /* cut: where the source itself is cut off */
	struct shas {
		struct str *v;
		size_t n, cap;
	} level, next;
	struct buf *out;
};

static void load_cut(struct walk *w, struct git_repo *from)
{
	struct buf text = BUF_INIT;
	struct str rest, line;
	if (file_read_regular(&text, path_join(w->a, from->common_dir, STR("shallow")).p, LIST_MAX, NULL) == 0) {
		rest = arena_str(w->a, buf_str(&text));
		while (str_next_line(&rest, &line))
			map_put(w->a, &w->cut, str_trim(line), w);
	}
	buf_done(&text);
}

static void queue_parents(struct walk *w, const struct git_commit *commit)
{
	for (size_t i = 0; i < commit->nparents; i++) {
		if (map_has(&w->seen, commit->parents[i]))
			continue;
		struct str sha = arena_str(w->a, commit->parents[i]);
		map_put(w->a, &w->seen, sha, w);
		*vec_add(w->a, &w->next) = sha;
	}
}

/* One generation. At the last one the commits that have parents are where it is cut. */
static int walk_level(struct walk *w, bool last, struct err *err)
{
	struct git_commit *commits = arena_array(w->a, struct git_commit, w->level.n);
	if (git_commits(commits, w->from, w->level.v, w->level.n, err) < 0)
		return err_wrap(err, "the history is not complete here");
	for (size_t i = 0; i < w->level.n; i++) {
		bool cut = last || map_has(&w->cut, commits[i].sha);
		if (!cut)
			queue_parents(w, &commits[i]);
		else if (commits[i].nparents)
			buf_addf(w->out, "%.*s\n", STRF(commits[i].sha));
	}
	w->level = w->next;
	w->next = (struct shas) { 0 };
	return 0;
}

static int walk_history(struct walk *w, long depth, struct err *err)
{
	for (long i = 1; i <= depth && w->level.n; i++)
		if (walk_level(w, i == depth, err) < 0)
			return -1;
	return 0;
}

struct git_commit *shallow_commits(struct arena *a, struct git_repo *from, const struct str *objects, size_t n)
{
	struct git_commit *commits = arena_array(a, struct git_commit, n);
	if (git_commits(commits, from, objects, n, NULL) == 0) /* at once, which costs less */
		return commits;
	for (size_t i = 0; i < n; i++)
		if (git_commit(&commits[i], from, objects[i], NULL) < 0)
			commits[i] = (struct git_commit) { .sha = STR_EMPTY };
	return commits;
}

/* What is no commit, or is not here, has no history. */
static void add_tips(struct walk *w, const struct str *tips, size_t n)
{
	const struct git_commit *commits = shallow_commits(w->a, w->from, tips, n);
	for (size_t i = 0; i < n; i++) {
		if (!commits[i].sha.n || map_has(&w->seen, commits[i].sha))
			continue;
		map_put(w->a, &w->seen, arena_str(w->a, commits[i].sha), w);
		*vec_add(w->a, &w->level) = arena_str(w->a, commits[i].sha);
	}
}

int shallow_boundary(struct buf *out, struct arena *a, struct git_repo *from, const struct str *tips, size_t n, long depth,
                     struct err *err)
{
	if (depth == 1 && n == 1) { /* the usual case needs no look at any commit */
		buf_addf(out, "%.*s\n", STRF(tips[0]));
		return 0;
	}
	struct walk w = { .a = a, .from = from, .out = out };
	load_cut(&w, from);
	if (n == 1) {
		*vec_add(a, &w.level) = tips[0];
		map_put(a, &w.seen, tips[0], &w);
	} else {
		add_tips(&w, tips, n);
	}
	return walk_history(&w, depth, err);
}

int shallow_reached(struct map *out, struct arena *a, struct git_repo *from, const struct str *tips, size_t n, long depth,
                    struct err *err)
{
	_cleanup_buf_ struct buf ends = BUF_INIT;
	struct walk w = { .a = a, .from = from, .out = &ends };
	load_cut(&w, from);
	add_tips(&w, tips, n);
	int rc = walk_history(&w, depth, err);
	*out = w.seen;
	return rc;
}
