/* The commit graph: dates and parents of many commits in one table, so that a walk need not unpack each of them. One file, or a
 * chain of files, the lowest layer first; positions count through all layers. */
#include "base/file.h"
#include "git/internal.h"
#include "git/odb.h"

enum { LAYERS = 32, HEADER = 8, NO_PARENT = 0x70000000, CHAIN_TEXT = 1 << 14 };

struct layer {
	const unsigned char *p;
	size_t n;
	const unsigned char *fanout, *names, *commits, *edges;
	size_t nedges;
	uint32_t first, count; /* positions */
};

struct commit_graph {
	struct layer layers[LAYERS];
	size_t n;
};

/* The size of a chunk is where the next one begins. */
static bool find_chunk(const struct layer *l, const char *id, size_t least, const unsigned char **at, size_t *size)
{
	for (size_t i = 0; i < l->p[6]; i++) {
		const unsigned char *row = l->p + HEADER + 12 * i;
		uint64_t from = big64(row + 4), to = big64(row + 16);
		if (memcmp(row, id, 4) != 0)
			continue;
		if (from > to || to > l->n || to - from < least)
			return false;
		*at = l->p + from;
		*size = to - from;
		return true;
	}
	return false;
}

static bool read_layer(struct layer *l, size_t len, uint32_t first)
{
	size_t size;
	if (l->n < HEADER || memcmp(l->p, "CGPH\1", 5) != 0 || l->p[5] != (len == 20 ? 1 : 2) ||
	    l->n < HEADER + 12 * ((size_t)l->p[6] + 1) || !find_chunk(l, "OIDF", (size_t)256 * 4, &l->fanout, &size))
		return false;
	l->count = big32(l->fanout + 255 * 4);
	l->first = first;
	if (find_chunk(l, "EDGE", 4, &l->edges, &size))
		l->nedges = size / 4;
	return find_chunk(l, "OIDL", l->count * len, &l->names, &size) &&
	       find_chunk(l, "CDAT", l->count * (len + 16), &l->commits, &size);
}

static bool add_layer(struct commit_graph *g, size_t len, const char *path)
{
	struct layer l = { 0 };
	uint32_t first = g->n ? g->layers[g->n - 1].first + g->layers[g->n - 1].count : 0;
	if (g->n == LAYERS || !map_file(&l.p, &l.n, path))
		return false;
	if (!read_layer(&l, len, first)) {
		unmap_file(l.p, l.n);
		return false;
	}
	g->layers[g->n++] = l;
	return true;
}

static void add_chain(struct odb *o, struct str folder)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str line;
	if (file_read(&text, arena_printf(&o->arena, "%.*s/commit-graph-chain", STRF(folder)).p, CHAIN_TEXT, NULL) < 0)
		return;
	struct str rest = buf_str(&text);
	while (str_next_line(&rest, &line))
		if (!git_is_object_name(line) ||
		    !add_layer(o->graph, o->len, arena_printf(&o->arena, "%.*s/graph-%.*s.graph", STRF(folder), STRF(line)).p))
			return; /* the layers below stand for themselves */
}

void graph_open(struct odb *o, struct str dir)
{
	if (o->graph && o->graph->n)
		return;
	if (!o->graph)
		o->graph = arena_make(&o->arena, struct commit_graph);
	if (!add_layer(o->graph, o->len, arena_printf(&o->arena, "%.*s/info/commit-graph", STRF(dir)).p))
		add_chain(o, arena_printf(&o->arena, "%.*s/info/commit-graphs", STRF(dir)));
}

void graph_close(struct odb *o)
{
	for (size_t i = 0; o->graph && i < o->graph->n; i++)
		unmap_file(o->graph->layers[i].p, o->graph->layers[i].n);
}

static bool add_parent(struct graph_commit *out, const struct odb *o, uint32_t pos)
{
	for (size_t i = 0; i < o->graph->n; i++) {
		const struct layer *l = &o->graph->layers[i];
		if (pos < l->first || pos - l->first >= l->count)
			continue;
		if (out->nparents == ARRAY_LEN(out->parents))
			return false;
		out->parents[out->nparents++] = l->names + (size_t)(pos - l->first) * o->len;
		return true;
	}
	return false;
}

/* A first parent, and a second one or a place in the list of edges. */
static bool add_parents(struct graph_commit *out, const struct odb *o, const struct layer *l, const unsigned char *row)
{
	uint32_t one = big32(row), two = big32(row + 4);
	if (one == NO_PARENT)
		return true;
	if (!add_parent(out, o, one))
		return false;
	if (two == NO_PARENT)
		return true;
	if (!(two & 0x80000000U))
		return add_parent(out, o, two);
	for (size_t i = two & 0x7FFFFFFFU; i < l->nedges; i++) {
		uint32_t edge = big32(l->edges + 4 * i);
		if (!add_parent(out, o, edge & 0x7FFFFFFFU))
			return false;
		if (edge & 0x80000000U)
			return true;
	}
	return false;
}

bool graph_find(struct graph_commit *out, struct odb *o, const struct oid *id)
{
	for (size_t i = o->graph ? o->graph->n : 0; i-- > 0;) {
		const struct layer *l = &o->graph->layers[i];
		uint32_t pos;
		if (!oid_search(l->fanout, l->names, o->len, id, &pos) || pos >= l->count)
			continue;
		const unsigned char *row = l->commits + (size_t)pos * (o->len + 16) + o->len;
		out->nparents = 0;
		out->date = (int64_t)((uint64_t)(big32(row + 8) & 3) << 32 | big32(row + 12));
		return add_parents(out, o, l, row);
	}
	return false;
}
