/* Lowering: every shape of step, who joins whom, ids, edges, and that it stays linear. */
#include <criterion/criterion.h>
#include <time.h>

#include "base/vec.h"
#include "graph/graph.h"
#include "unit/graph/sketch.h"

/* "b:run& w:wait(b)": id, kind, & for background, ! for implicit, @group, targets in [], joins in (). */
static void dump_nodes(struct buf *b, const struct job_graph *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct gnode *n = &g->nodes[i];
		buf_addf(b, "%s%.*s:%s%s%s", i ? " " : "", STRF(n->id), step_kind_name(n->kind), n->background ? "&" : "",
		         n->implicit ? "!" : "");
		if (n->group.n)
			buf_addf(b, "@%.*s", STRF(n->group));
		if (n->ntargets != n->njoins) {
			buf_addc(b, '[');
			for (size_t k = 0; k < n->ntargets; k++)
				buf_addf(b, "%s%.*s", k ? "," : "", STRF(g->nodes[n->targets[k]].id));
			buf_addc(b, ']');
		}
		for (size_t k = 0; k < n->njoins; k++)
			buf_addf(b, "%s%.*s%s", k ? "," : "(", STRF(g->nodes[n->joins[k]].id), k + 1 == n->njoins ? ")" : "");
	}
}

/* "a>b" sequence, "b~w" wait, "b^x" implicit. */
static void dump_edges(struct buf *b, const struct job_graph *g)
{
	for (size_t i = 0; i < g->nedges; i++)
		buf_addf(b, "%s%.*s%c%.*s", i ? " " : "", STRF(g->nodes[g->edges[i].from].id), ">~^?"[g->edges[i].why],
		         STRF(g->nodes[g->edges[i].to].id));
}

static void expect(const char *sketch, const char *nodes, const char *edges)
{
	struct arena a = { 0 };
	_cleanup_buf_ struct buf b = BUF_INIT, e = BUF_INIT;
	const struct job_graph *g = graph_lower(&a, sketch_job(&a, sketch));
	dump_nodes(&b, g);
	dump_edges(&e, g);
	cr_expect_str_eq(buf_cstr(&b), nodes, "%s\n got %s\nwant %s", sketch, buf_cstr(&b), nodes);
	if (edges)
		cr_expect_str_eq(buf_cstr(&e), edges, "%s\n got %s\nwant %s", sketch, buf_cstr(&e), edges);
	for (size_t i = 0; i < g->n; i++)
		cr_expect_eq(g->nodes[i].index, i + 1);
	arena_done(&a);
}

Test(lower, shapes)
{
	expect("", "", "");
	expect("run a\nuses b", "a:run b:uses", "a>b");
	/* a background step starts after the line before it, and the line goes on without it */
	expect("run a\nbg b\nrun c\nwait w: b\nrun d", "a:run b:run& c:run w:wait(b) d:run", "a>b a>c c>w b~w w>d");
	expect("bg a\nbg-uses b\nwait w: b a", "a:run& b:uses& w:wait(b,a)", "b~w a~w");
	expect("bg a\nrun f\nwait-all w", "a:run& f:run w:wait-all(a)", "f>w a~w");
	expect("bg a\ncancel c: a\nrun f", "a:run& c:cancel(a) f:run", "a~c c>f");
}

Test(lower, parallel_groups)
{
	expect("run f\nparallel\n run p\n uses q\nrun l",
	       "f:run p:run&@__parallel q:uses&@__parallel __parallel:wait@__parallel(p,q) l:run",
	       "f>p f>q f>__parallel p~__parallel q~__parallel __parallel>l");
	/* members cannot be named by other steps, nor counted as left over */
	expect("parallel\n run p\nwait w: p", "p:run&@__parallel __parallel:wait@__parallel(p) w:wait", NULL);
	expect("parallel\nrun f", "__parallel:wait@__parallel f:run", NULL);
	/* what is no run or uses step is an error of the file and left out */
	expect("parallel\n run p\n wait w: p\n parallel", "p:run&@__parallel __parallel:wait@__parallel(p)", NULL);
}

Test(lower, first_join_owns)
{
	expect("bg a\nwait w: a\nwait v: a\nwait-all x", "a:run& w:wait(a) v:wait[a] x:wait-all", "a~w w>v v>x");
	expect("bg a\nbg b\nwait w: a\nwait-all x\nbg c\nwait-all y",
	       "a:run& b:run& w:wait(a) x:wait-all(b) c:run& y:wait-all(c)", NULL);
	expect("bg a\ncancel c: a\nwait w: a", "a:run& c:cancel(a) w:wait[a]", NULL);
	expect("bg a\nwait w: a a", "a:run& w:wait(a)", "a~w");
	/* unknown, later, foreground and differently cased names are no targets */
	expect("run f\nbg a\nwait w: f nobody A b\nbg b\nwait v: a b", "f:run a:run& w:wait b:run& v:wait(a,b)", NULL);
}

Test(lower, implicit_wait_all)
{
	expect("bg a\nrun f", "a:run& f:run __implicit_wait_all:wait-all!(a)", "f>__implicit_wait_all a^__implicit_wait_all");
	expect("bg a", "a:run& __implicit_wait_all:wait-all!(a)", "a^__implicit_wait_all");
	expect("bg a\nbg b\nwait w: b\nbg c", "a:run& b:run& w:wait(b) c:run& __implicit_wait_all:wait-all!(a,c)", NULL);
	expect("bg a\nwait-all w\nbg b", "a:run& w:wait-all(a) b:run& __implicit_wait_all:wait-all!(b)", NULL);
	expect("bg a\ncancel c: a", "a:run& c:cancel(a)", NULL);
	/* a name that stands before the step joins nothing, so the step is still open at the end */
	expect("wait w: a\nbg a", "w:wait a:run& __implicit_wait_all:wait-all!(a)", NULL);

	struct arena a = { 0 };
	const struct job_graph *g = graph_lower(&a, sketch_job(&a, "run f\nbg a"));
	cr_expect(str_is(g->nodes[2].default_name, "Wait for all background steps"));
	cr_expect_eq(g->nodes[2].line, 2);
	cr_expect_null(g->nodes[2].step);
	arena_done(&a);
}

Test(lower, ids_are_unique)
{
	expect("parallel\n run -\n run -\nparallel\n run -\n run -",
	       "__run:run&@__parallel __run_2:run&@__parallel __parallel:wait@__parallel(__run,__run_2) "
	       "__run_3:run&@__parallel_2 __run_4:run&@__parallel_2 __parallel_2:wait@__parallel_2(__run_3,__run_4)",
	       NULL);
	/* top-level steps keep theirs */
	expect("parallel\n run -\nrun -\nrun -",
	       "__run_3:run&@__parallel __parallel:wait@__parallel(__run_3) __run:run __run_2:run", NULL);
	expect("parallel\n uses -\nuses -",
	       "__acme_tool_2:uses&@__parallel __parallel:wait@__parallel(__acme_tool_2) __acme_tool:uses", NULL);
	expect("parallel\n run a\n run -\nrun a",
	       "a:run&@__parallel __run:run&@__parallel __parallel:wait@__parallel(a,__run) a:run", NULL);
}

Test(lower, names_as_written_and_group_names)
{
	struct arena a = { 0 };
	const struct job_graph *g = graph_lower(&a, sketch_job(&a, "bg a\nwait w: a nobody a\nparallel\n run -\nrun -"));
	const struct gnode *w = &g->nodes[1], *p = &g->nodes[3];
	cr_assert_eq(w->ntarget_names, 3);
	cr_expect(str_is(w->target_names[1], "nobody"));
	cr_expect(str_is(p->default_name, "Parallel group"));
	cr_assert_eq(p->ntarget_names, 1);
	cr_expect(str_is(p->target_names[0], "__run_2"));
	arena_done(&a);
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
Test(lower, ten_thousand_steps)
{
	static const struct {
		const char *line, *end;
		size_t nodes, edges;
	} cases[] = {
		{ "bg b%zu\n", "wait-all w\n", 10001, 10000 },
		{ "bg b%zu\n", "", 10001, 10000 },
		{ "bg b%zu\nwait-all -\n", "", 20000, 10000 + 9999 * 2 },
		{ "parallel\n run -\n run -\n", "", 30000, 20000 + 9999 * 3 },
		{ "wait-all -\n", "bg b", 10002, 9999 + 1 + 2 },
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = { 0 };
		_cleanup_buf_ struct buf b = BUF_INIT;
		for (size_t k = 0; k < 10000; k++)
			buf_addf(&b, cases[i].line, k);
		buf_adds(&b, cases[i].end);
		struct job *j = sketch_job(&a, buf_cstr(&b));
		size_t before = a.used;
		double t = seconds();
		const struct job_graph *g = graph_lower(&a, j);
		cr_expect_eq(g->n, cases[i].nodes, "%s: %zu nodes", cases[i].line, g->n);
		cr_expect_eq(g->nedges, cases[i].edges, "%s: %zu edges", cases[i].line, g->nedges);
		cr_expect_lt(a.used - before, 64u << 20);
		cr_expect_lt(seconds() - t, 1.0);
		arena_done(&a);
	}
}
#pragma GCC diagnostic pop
