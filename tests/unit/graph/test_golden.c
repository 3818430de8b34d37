/* fixtures/golden/graph: every NAME.yml is drawn in each format and compared with NAME.<format>. With
 * SIDESTEP_UPDATE_GOLDEN set the files are written anew instead. */
#include <criterion/criterion.h>

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"
#include "graph/graph.h"

#define FOLDER FIXTURES "/golden/graph"

static const char *const suffixes[] = { "txt", "dot", "mmd", "svg", "json" };

static void compare(struct buf *got, const char *path)
{
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf want = BUF_INIT;
	if (getenv("SIDESTEP_UPDATE_GOLDEN")) {
		cr_assert_eq(file_write(path, buf_str(got), 0644, &err), 0, "%s", err.text);
		return;
	}
	cr_assert_eq(file_read(&want, path, 8u << 20, &err), 0, "%s", err.text);
	cr_expect(str_eq(buf_str(got), buf_str(&want)), "%s differs; got:\n%s", path, buf_cstr(got));
}

static void check(const char *name)
{
	struct arena a = { 0 };
	struct err err = ERR_INIT;
	struct source_set sources = { .arena = &a };
	struct diag_list diags = { .arena = &a, .sources = &sources };
	struct str yml = arena_printf(&a, ".github/workflows/%s.yml", name);
	struct workflow *w = NULL;
	int loaded = workflow_load(&w, &a, &sources, arena_printf(&a, FOLDER "/%s.yml", name).p, yml, &diags, &err);
	cr_assert_eq(loaded, 0, "%s", err.text);
	cr_assert(w->valid, "%s: %.*s", name, STRF(diags.n ? diags.v[0].text : STR("no diagnostic")));
	w->path = yml;
	struct workflow_graph *g = graph_of(&a, w);
	for (enum graph_format f = GRAPH_TEXT; f <= GRAPH_JSON; f++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		graph_render(&b, &g, 1, f, 100, false);
		compare(&b, arena_printf(&a, FOLDER "/%s.%s", name, suffixes[f]).p);
	}
	arena_done(&a);
}

Test(golden, graphs)
{
	check("pipeline");
	check("shapes");
	check("hostile");
}
