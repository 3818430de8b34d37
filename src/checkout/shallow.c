/* Where a history of a given depth ends: breadth first from the tip, a generation at a time, asking one git process for
 * the commits. */
#include "base/file.h"
#include "base/map.h"
#include "base/path.h"
#include "base/vec.h"
#include "checkout/gitdir.h"
#include "fetch/gitcmd.h"

enum { ASK_AT_ONCE = 256, COMMIT_MAX = 64 << 20 };

struct walk {
	struct arena *a;
	struct gitcmd git;
	FILE *answers;
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
	if (file_read(&text, path_join(w->a, from->common_dir, STR("shallow")).p, COMMIT_MAX, NULL) == 0) {
		rest = arena_str(w->a, buf_str(&text));
		while (str_next_line(&rest, &line))
			map_put(w->a, &w->cut, str_trim(line), w);
	}
	buf_done(&text);
}

/* "parent <object>" lines stand in the head of a commit. */
static size_t queue_parents(struct walk *w, struct str commit, bool follow)
{
	struct str line;
	size_t n = 0;
	while (str_next_line(&commit, &line) && line.n) {
		if (!str_starts(line, STR("parent ")))
			continue;
		n++;
		struct str sha = str_from(line, 7);
		if (!follow || map_has(&w->seen, sha))
			continue;
		sha = arena_str(w->a, sha);
		map_put(w->a, &w->seen, sha, w);
		*vec_add(w->a, &w->next) = sha;
	}
	return n;
}

static int read_answer(struct walk *w, struct buf *content, struct err *err)
{
	char head[256], kind[32];
	size_t size;
	buf_clear(content);
	if (!fgets(head, sizeof(head), w->answers))
		return err_set(err, ERR_SYSTEM, "git cat-file ended early");
	if (sscanf(head, "%*s %31s %zu", kind, &size) != 2 || size > COMMIT_MAX)
		return err_set(err, ERR_INVALID, "the history is not complete here: %.*s", (int)strcspn(head, "\n"), head);
	if (!buf_reserve(content, size + 1) || fread(content->p, 1, size + 1, w->answers) != size + 1)
		return err_set(err, ERR_SYSTEM, "git cat-file ended early");
	content->n = size;
	return 0;
}

/* One generation. At the last one the commits that have parents are where it is cut. */
static int walk_level(struct walk *w, bool last, struct err *err)
{
	_cleanup_buf_ struct buf ask = BUF_INIT;
	_cleanup_buf_ struct buf content = BUF_INIT;
	for (size_t at = 0; at < w->level.n; at += ASK_AT_ONCE) {
		size_t end = MIN(at + ASK_AT_ONCE, w->level.n);
		buf_clear(&ask);
		for (size_t i = at; i < end; i++)
			buf_addf(&ask, "%.*s\n", STRF(w->level.v[i]));
		if (file_write_all(w->git.in, ask.p, ask.n) < 0)
			return err_errno(err, "git cat-file");
		for (size_t i = at; i < end; i++) {
			if (read_answer(w, &content, err) < 0)
				return -1;
			bool cut = map_has(&w->cut, w->level.v[i]);
			size_t parents = queue_parents(w, buf_str(&content), !last && !cut);
			if (parents && (last || cut))
				buf_addf(w->out, "%.*s\n", STRF(w->level.v[i]));
		}
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

int shallow_boundary(struct buf *out, struct arena *a, struct git_repo *from, struct str commit, long depth, struct err *err)
{
	if (depth == 1) { /* the usual case needs no look at any commit */
		buf_addf(out, "%.*s\n", STRF(commit));
		return 0;
	}
	struct walk w = { .a = a, .out = out };
	load_cut(&w, from);
	*vec_add(a, &w.level) = commit;
	map_put(a, &w.seen, commit, &w);
	const char *git_dir = arena_cstr(a, from->git_dir);
	if (gitcmd_start(&w.git, "/", GIT("--git-dir", git_dir, "cat-file", "--batch"), true, err) < 0)
		return -1;
	int copy = dup(w.git.out), rc = -1;
	w.answers = copy < 0 ? NULL : fdopen(copy, "r");
	if (w.answers)
		rc = walk_history(&w, depth, err);
	else
		err_errno(err, "git cat-file");
	if (w.answers)
		fclose(w.answers);
	else if (copy >= 0)
		close(copy);
	struct err end = ERR_INIT;
	gitcmd_finish(&w.git, NULL, &end);
	return rc;
}
