/* Lowering: a job's steps to nodes and edges.
 *
 * Three passes over the steps, each linear: put the nodes down in order (a parallel group's members, then
 * its wait), give them ids, then walk once more to resolve what each control step joins and to draw the
 * edges. A background step is joined by the first control step that reaches it; later ones find its
 * result again but own no join. */
#include "graph/graph.h"

#include "base/map.h"
#include "base/vec.h"
#include "graph/internal.h"

enum { NO_NODE = UINT32_MAX };

struct lowering {
	struct arena *a;
	const struct job *job;
	struct {
		VEC(struct gnode);
	} nodes;
	struct {
		VEC(uint32_t);
	} group_wait; /* per node: position of its group's wait, or NO_NODE */
	struct {
		VEC(struct gedge);
	} edges;
	struct map known;  /* id → node, of the top-level steps passed so far */
	uint32_t *pending; /* background nodes that nothing has joined yet, plus some that were since */
	size_t npending;
	bool *joined;
	uint32_t *named_by; /* per node: the last control node that named it, to drop repeats */
};

static struct gnode *add_node(struct lowering *l, const struct step *s, enum step_kind kind, uint32_t group_wait)
{
	struct gnode *n = vec_add(l->a, &l->nodes);
	n->step = s;
	n->kind = kind;
	n->id = s ? s->id : STR_EMPTY;
	n->default_name = s ? s->default_name : STR_EMPTY;
	n->index = (uint32_t)l->nodes.n;
	n->line = s ? s->line : 0;
	n->group = STR_EMPTY;
	*vec_add(l->a, &l->group_wait) = group_wait;
	return n;
}

/* A member of any other kind is an error of the file, reported by its reader, and is left out. */
static bool may_be_member(const struct step *s)
{
	return s && (s->kind == STEP_RUN || s->kind == STEP_USES);
}

static void add_parallel(struct lowering *l, const struct step *s)
{
	uint32_t members = 0;
	for (size_t i = 0; i < s->nmembers; i++)
		members += may_be_member(s->members[i]);
	uint32_t wait = (uint32_t)l->nodes.n + members;
	for (size_t i = 0; i < s->nmembers; i++)
		if (may_be_member(s->members[i]))
			add_node(l, s->members[i], s->members[i]->kind, wait)->background = true;
	struct gnode *n = add_node(l, s, STEP_WAIT, wait);
	n->default_name = STR("Parallel group");
}

static void add_nodes(struct lowering *l)
{
	for (size_t i = 0; i < l->job->nsteps; i++) {
		const struct step *s = l->job->steps[i];
		if (s->kind == STEP_PARALLEL)
			add_parallel(l, s);
		else
			add_node(l, s, s->kind, NO_NODE)->background = s->background && may_be_member(s);
	}
}

static void name_groups(struct lowering *l)
{
	for (size_t i = 0; i < l->nodes.n; i++)
		if (l->group_wait.v[i] != NO_NODE)
			l->nodes.v[i].group = l->nodes.v[l->group_wait.v[i]].id;
}

static void add_edge(struct lowering *l, uint32_t from, uint32_t to, enum gedge_why why)
{
	*vec_add(l->a, &l->edges) = (struct gedge) { from, to, why };
}

/* Node `by` reaches background node `target`: a target of it, and its join when it is the first. */
static void reach(struct lowering *l, uint32_t by, uint32_t target)
{
	struct gnode *n = &l->nodes.v[by];
	if (l->named_by[target] == by)
		return;
	l->named_by[target] = by;
	n->targets[n->ntargets++] = target;
	if (l->joined[target])
		return;
	l->joined[target] = true;
	n->joins[n->njoins++] = target;
	add_edge(l, target, by, n->implicit ? GEDGE_IMPLICIT_WAIT_ALL : GEDGE_WAIT);
}

static void make_room(struct lowering *l, struct gnode *n, size_t targets)
{
	n->targets = arena_array(l->a, uint32_t, targets);
	n->joins = arena_array(l->a, uint32_t, targets);
}

/* wait, cancel: names of earlier top-level steps; members of groups cannot be named. */
static void join_named(struct lowering *l, uint32_t at)
{
	struct gnode *n = &l->nodes.v[at];
	const struct step *s = n->step;
	make_room(l, n, s->ntargets);
	n->target_names = arena_array(l->a, struct str, s->ntargets);
	for (size_t i = 0; i < s->ntargets; i++) {
		n->target_names[n->ntarget_names++] = s->targets[i].name;
		const uint32_t *found = map_get(&l->known, s->targets[i].name);
		if (found && l->nodes.v[*found].background)
			reach(l, at, *found);
	}
}

/* The wait at the end of a parallel group: the members stand right before it. */
static void join_members(struct lowering *l, uint32_t at)
{
	struct gnode *n = &l->nodes.v[at];
	uint32_t first = at;
	while (first > 0 && l->group_wait.v[first - 1] == at)
		first--;
	make_room(l, n, at - first);
	n->target_names = arena_array(l->a, struct str, at - first);
	for (uint32_t i = first; i < at; i++) {
		n->target_names[n->ntarget_names++] = l->nodes.v[i].id;
		reach(l, at, i);
	}
}

/* wait-all: whatever is still unjoined, in the order of the file. */
static void join_rest(struct lowering *l, uint32_t at)
{
	size_t open = 0;
	for (size_t i = 0; i < l->npending; i++)
		if (!l->joined[l->pending[i]])
			l->pending[open++] = l->pending[i];
	make_room(l, &l->nodes.v[at], open);
	for (size_t i = 0; i < open; i++)
		reach(l, at, l->pending[i]);
	l->npending = 0;
}

static void join(struct lowering *l, uint32_t at)
{
	if (l->group_wait.v[at] == at)
		join_members(l, at);
	else if (l->nodes.v[at].kind == STEP_WAIT_ALL)
		join_rest(l, at);
	else if (l->nodes.v[at].kind == STEP_WAIT || l->nodes.v[at].kind == STEP_CANCEL)
		join_named(l, at);
}

static void remember(struct lowering *l, uint32_t at)
{
	struct gnode *n = &l->nodes.v[at];
	if (n->background)
		l->pending[l->npending++] = at;
	if (l->group_wait.v[at] != NO_NODE || map_has(&l->known, n->id))
		return;
	uint32_t *place = arena_make(l->a, uint32_t);
	*place = at;
	map_put(l->a, &l->known, n->id, place);
}

/* A background step waits for the line before it; the line goes on without waiting for it. */
static uint32_t connect(struct lowering *l, uint32_t at, uint32_t last_in_line)
{
	if (last_in_line != NO_NODE)
		add_edge(l, last_in_line, at, GEDGE_SEQUENCE);
	join(l, at);
	remember(l, at);
	return l->nodes.v[at].background ? last_in_line : at;
}

static bool anything_open(const struct lowering *l)
{
	for (size_t i = 0; i < l->npending; i++)
		if (!l->joined[l->pending[i]])
			return true;
	return false;
}

static void add_implicit_wait_all(struct lowering *l)
{
	struct gnode *n = add_node(l, NULL, STEP_WAIT_ALL, NO_NODE);
	n->id = IMPLICIT_WAIT_ID;
	n->default_name = STR("Wait for all background steps");
	n->implicit = true;
	n->line = l->job->steps[l->job->nsteps - 1]->line;
}

static void resolve(struct lowering *l)
{
	size_t room = l->nodes.n + 1;
	l->pending = arena_array(l->a, uint32_t, room);
	l->joined = arena_array(l->a, bool, room);
	l->named_by = arena_array(l->a, uint32_t, room);
	memset(l->named_by, 0xff, room * sizeof(*l->named_by));
	uint32_t last = NO_NODE;
	for (uint32_t i = 0; i < l->nodes.n; i++)
		last = connect(l, i, last);
	if (anything_open(l)) {
		add_implicit_wait_all(l);
		connect(l, (uint32_t)l->nodes.n - 1, last);
	}
}

struct job_graph *graph_lower(struct arena *a, const struct job *job)
{
	struct lowering l = { .a = a, .job = job };
	add_nodes(&l);
	node_ids_assign(a, l.nodes.v, l.nodes.n, l.group_wait.v);
	name_groups(&l);
	resolve(&l);
	struct job_graph *g = arena_make(a, struct job_graph);
	*g = (struct job_graph) { job, l.nodes.v, l.nodes.n, l.edges.v, l.edges.n };
	return g;
}

struct workflow_graph *graph_of(struct arena *a, const struct workflow *w)
{
	struct workflow_graph *g = arena_make(a, struct workflow_graph);
	g->workflow = w;
	g->n = w->njobs;
	g->jobs = arena_array(a, struct job_graph *, w->njobs);
	for (size_t i = 0; i < w->njobs; i++)
		g->jobs[i] = graph_lower(a, w->jobs[i]);
	return g;
}

const char *gedge_why_name(enum gedge_why w)
{
	static const char *const names[] = { "sequence", "wait", "implicit-wait-all", "needs" };
	return names[w];
}
