/* fixtures/golden/graph: every NAME.sketch (see sketch.h) is drawn in each format and compared with
 * NAME.<format>. With SIDESTEP_UPDATE_GOLDEN set the files are written anew instead. */
#include <criterion/criterion.h>

#include "base/file.h"
#include "graph/graph.h"
#include "unit/graph/sketch.h"

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
	_cleanup_buf_ struct buf sketch = BUF_INIT;
	cr_assert_eq(file_read(&sketch, arena_printf(&a, FOLDER "/%s.sketch", name).p, 1u << 20, &err), 0, "%s", err.text);
	struct workflow_graph *g = graph_of(&a, sketch_workflow(&a, buf_cstr(&sketch)));
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
