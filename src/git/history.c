/* Walks through history: the best common ancestor of two commits, and what one has that the other has not. Both paint downwards
 * from two sides, the newest commit first, until every open end carries both colours. */
#include "base/file.h"
#include "base/vec.h"
#include "git/internal.h"
#include "git/odb.h"

enum { ONE = 1, TWO = 2, BOTH = ONE | TWO, STALE = 4, FOUND = 8 };
enum { SHALLOW_MAX = 16 << 20, CANDIDATES = 64, SKEW = 86400 };

struct node {
	struct oid id;
	int64_t date;
	unsigned flags;
	bool loaded, queued;
	unsigned nparents;
	struct node **parents;
};

/* What waits in the queue, in the order of its arrival when dates are the same. */
struct waiting {
	struct node *node;
	size_t nth;
};

struct nodes {
	VEC(struct node *);
};

struct walk {
	struct odb *odb;
	struct arena *a;
	struct node **table; /* open addressing by name */
	size_t slots;
	struct nodes all;
	struct {
		VEC(struct waiting);
	} queue;
	size_t arrivals, fresh; /* fresh: in the queue and not stale */
	struct map shallow;     /* names (bytes) of commits whose parents are not here */
	struct buf text;
};

/* --- nodes --- */

static size_t hash_of(const struct oid *id)
{
	size_t h;
	memcpy(&h, id->b, sizeof(h));
	return h;
}

static void grow_table(struct walk *w)
{
	w->slots = w->slots ? w->slots * 2 : 1024;
	w->table = arena_array(w->a, struct node *, w->slots);
	for (size_t i = 0; i < w->all.n; i++) {
		size_t s = hash_of(&w->all.v[i]->id) & (w->slots - 1);
		while (w->table[s])
			s = (s + 1) & (w->slots - 1);
		w->table[s] = w->all.v[i];
	}
}

static struct node *node_of(struct walk *w, const struct oid *id)
{
	if (2 * w->all.n >= w->slots)
		grow_table(w);
	size_t s = hash_of(id) & (w->slots - 1);
	for (; w->table[s]; s = (s + 1) & (w->slots - 1))
		if (memcmp(w->table[s]->id.b, id->b, OID_MAX) == 0)
			return w->table[s];
	struct node *n = w->table[s] = arena_make(w->a, struct node);
	n->id = *id;
	*vec_add(w->a, &w->all) = n;
	return n;
}

static void set_parents(struct walk *w, struct node *n, const struct oid *ids, size_t count)
{
	n->parents = arena_array(w->a, struct node *, count);
	for (size_t i = 0; i < count; i++)
		n->parents[i] = node_of(w, &ids[i]);
	n->nparents = (unsigned)count;
	n->loaded = true;
}

/* The seconds of "committer Ada <ada@example.com> 1700000000 +0100". */
static int64_t date_of(struct str line)
{
	size_t close = line.n;
	while (close > 0 && line.p[close - 1] != '>')
		close--;
	int64_t date = 0;
	for (size_t i = close + 1; i < line.n && line.p[i] >= '0' && line.p[i] <= '9' && date < INT64_MAX / 16; i++)
		date = date * 10 + (line.p[i] - '0');
	return date;
}

struct oids {
	VEC(struct oid);
};

static int parse_node(struct walk *w, struct node *n, struct err *err)
{
	struct oids parents = { 0 };
	struct oid id = n->id;
	if (odb_read_kind(&w->text, w->odb, &id, OBJECT_COMMIT, err) < 0)
		return -1;
	struct str text = buf_str(&w->text), line;
	while (str_next_line(&text, &line) && line.n) {
		if (str_starts(line, STR("parent ")) && oid_parse(&id, str_from(line, 7)))
			*vec_add(w->a, &parents) = id;
		if (!str_starts(line, STR("committer ")))
			continue;
		n->date = date_of(line);
		break;
	}
	bool cut = map_has(&w->shallow, str_n((const char *)n->id.b, w->odb->len));
	set_parents(w, n, parents.v, cut ? 0 : parents.n);
	return 0;
}

static int load(struct walk *w, struct node *n, struct err *err)
{
	struct graph_commit g;
	if (n->loaded)
		return 0;
	if (!graph_find(&g, w->odb, &n->id))
		return parse_node(w, n, err);
	struct oid ids[ARRAY_LEN(g.parents)] = { 0 };
	for (size_t i = 0; i < g.nparents; i++)
		memcpy(ids[i].b, g.parents[i], w->odb->len);
	n->date = g.date;
	set_parents(w, n, ids, g.nparents);
	return 0;
}

/* --- the queue, a heap --- */

static bool before(const struct waiting *x, const struct waiting *y)
{
	return x->node->date != y->node->date ? x->node->date > y->node->date : x->nth < y->nth;
}

static bool is_fresh(const struct node *n)
{
	return n->queued && !(n->flags & STALE);
}

/* Paints a node and lets it wait, unless it waits already. */
static int push(struct walk *w, struct node *n, unsigned flags, struct err *err)
{
	bool was_queued = n->queued;
	if (load(w, n, err) < 0)
		return -1;
	w->fresh -= is_fresh(n);
	n->flags |= flags;
	n->queued = true;
	w->fresh += is_fresh(n);
	if (was_queued)
		return 0;
	struct waiting entry = { n, w->arrivals++ };
	(void)vec_add(w->a, &w->queue);
	size_t i = w->queue.n - 1;
	for (; i > 0 && before(&entry, &w->queue.v[(i - 1) / 2]); i = (i - 1) / 2)
		w->queue.v[i] = w->queue.v[(i - 1) / 2];
	w->queue.v[i] = entry;
	return 0;
}

static struct node *pop(struct walk *w)
{
	struct node *top = w->queue.v[0].node;
	w->fresh -= is_fresh(top);
	top->queued = false;
	struct waiting last = w->queue.v[--w->queue.n];
	size_t i = 0;
	for (size_t child; (child = 2 * i + 1) < w->queue.n; i = child) {
		if (child + 1 < w->queue.n && before(&w->queue.v[child + 1], &w->queue.v[child]))
			child++;
		if (!before(&w->queue.v[child], &last))
			break;
		w->queue.v[i] = w->queue.v[child];
	}
	w->queue.v[i] = last;
	return top;
}

/* --- painting --- */

/* The newest open end paints its parents; below a common ancestor everything is stale. */
static int step(struct walk *w, struct nodes *found, struct node **popped, struct err *err)
{
	struct node *n = *popped = pop(w);
	unsigned flags = n->flags & (BOTH | STALE);
	if (flags == BOTH) {
		if (!(n->flags & FOUND))
			*vec_add(w->a, found) = n;
		n->flags |= FOUND;
		flags |= STALE;
	}
	for (unsigned i = 0; i < n->nparents; i++)
		if ((n->parents[i]->flags & flags) != flags && push(w, n->parents[i], flags, err) < 0)
			return -1;
	return 0;
}

static void forget_paint(struct walk *w)
{
	for (size_t i = 0; i < w->all.n; i++) {
		w->all.v[i]->flags = 0;
		w->all.v[i]->queued = false;
	}
	w->queue.n = w->fresh = 0;
}

/* Common ancestors of one and any of the others. Those that a better one reaches may still be among them. */
static int paint(struct walk *w, struct nodes *found, struct node *one, struct node *const *others, size_t n, struct err *err)
{
	struct node *popped;
	forget_paint(w);
	found->n = 0;
	if (push(w, one, ONE, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (others[i] != one && push(w, others[i], TWO, err) < 0)
			return -1;
	while (w->fresh > 0)
		if (step(w, found, &popped, err) < 0)
			return -1;
	return 0;
}

/* The newest candidate that no other one reaches. */
static int choose(struct walk *w, struct node **best, struct nodes *found, struct err *err)
{
	struct nodes left = { 0 }, scratch = { 0 };
	for (size_t i = 0; i < found->n; i++)
		if (!(found->v[i]->flags & STALE))
			*vec_add(w->a, &left) = found->v[i];
	*best = NULL;
	for (size_t i = 0; i < left.n; i++) {
		if (*best && (*best)->date >= left.v[i]->date)
			continue;
		if (left.n > 1 && left.n <= CANDIDATES) {
			if (paint(w, &scratch, left.v[i], left.v, left.n, err) < 0)
				return -1;
			if (left.v[i]->flags & TWO)
				continue;
		}
		*best = left.v[i];
	}
	return 0;
}

/* --- starting --- */

/* The file lists commits whose parents were not fetched; the commit graph does not know about that. */
static bool read_shallow(struct walk *w, struct git_repo *r)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str line;
	if (file_read(&text, arena_printf(w->a, "%.*s/shallow", STRF(r->common_dir)).p, SHALLOW_MAX, NULL) < 0)
		return false;
	struct str rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		struct oid *id = arena_make(w->a, struct oid);
		if (oid_parse(id, str_trim(line)))
			map_put(w->a, &w->shallow, str_n((const char *)id->b, w->odb->len), id);
	}
	return true;
}

static void walk_begin(struct walk *w, struct odb *o)
{
	*w = (struct walk) { .odb = o, .a = &o->arena };
	bool shallow = read_shallow(w, o->repo);
	for (size_t i = 0; i < o->ndirs && !shallow; i++)
		graph_open(o, o->dirs[i]);
}

/* A commit, or what an annotated tag points to. */
static int start(struct walk *w, struct node **out, struct str name, struct err *err)
{
	struct oid id;
	struct graph_commit g;
	if (!oid_parse(&id, name) || name.n != 2 * w->odb->len)
		return err_set(err, ERR_INVALID, "\"%.*s\" is not the name of a commit", (int)MIN(name.n, 80), name.p);
	if (!graph_find(&g, w->odb, &id) && odb_read_kind(&w->text, w->odb, &id, OBJECT_COMMIT, err) < 0)
		return -1;
	*out = node_of(w, &id);
	return 0;
}

static int merge_base(struct str *sha, struct walk *w, struct str a, struct str b, struct err *err)
{
	struct node *one, *two, *best;
	struct nodes found = { 0 };
	if (start(w, &one, a, err) < 0 || start(w, &two, b, err) < 0)
		return -1;
	best = one;
	if (one != two && (paint(w, &found, one, &two, 1, err) < 0 || choose(w, &best, &found, err) < 0))
		return -1;
	if (best)
		*sha = oid_text(w->odb->repo->arena, &best->id, w->odb->len);
	return 0;
}

int git_merge_base(struct str *sha, struct git_repo *r, struct str a, struct str b, struct err *err)
{
	struct walk w;
	_cleanup_odb_ struct odb *o = odb_open(r, a.n / 2);
	*sha = STR_EMPTY;
	walk_begin(&w, o);
	int rc = merge_base(sha, &w, a, b, err);
	buf_done(&w.text);
	return rc < 0 ? err_wrap(err, "cannot compare the histories of two commits") : 0;
}

/* --- what one side has --- */

/* Clocks differ: a common ancestor that waits may still reach what is listed, as long as it is not much older. */
static bool may_change(const struct walk *w, const struct nodes *listed, int64_t oldest)
{
	return w->fresh > 0 || (w->queue.n && listed->n && w->queue.v[0].node->date > oldest - SKEW);
}

static int list_side(struct walk *w, struct nodes *listed, struct str from, struct str to, size_t most, struct err *err)
{
	struct node *n;
	struct nodes found = { 0 };
	int64_t oldest = INT64_MAX;
	if (start(w, &n, to, err) < 0 || push(w, n, TWO, err) < 0)
		return -1;
	if (from.n && (start(w, &n, from, err) < 0 || push(w, n, ONE, err) < 0))
		return -1;
	while (may_change(w, listed, oldest) && listed->n / 2 <= most + 64) {
		if (step(w, &found, &n, err) < 0)
			return -1;
		if (n->flags & ONE)
			continue;
		oldest = MIN(oldest, n->date);
		*vec_add(w->a, listed) = n;
	}
	return 0;
}

int git_commits_between(struct str **out, size_t *n, bool *more, struct git_repo *r, struct str from, struct str to, size_t most,
                        struct err *err)
{
	struct walk w;
	struct nodes listed = { 0 };
	_cleanup_odb_ struct odb *o = odb_open(r, to.n / 2);
	*n = 0;
	*more = false;
	walk_begin(&w, o);
	int rc = list_side(&w, &listed, from, to, most, err);
	buf_done(&w.text);
	if (rc < 0)
		return err_wrap(err, "cannot list the commits between two commits");
	*out = arena_array(r->arena, struct str, MIN(listed.n, most));
	for (size_t i = 0; i < listed.n; i++) {
		if (listed.v[i]->flags & ONE)
			continue;
		if (*n == most) {
			*more = true;
			break;
		}
		(*out)[(*n)++] = oid_text(r->arena, &listed.v[i]->id, o->len);
	}
	return 0;
}
