/* sidestep graph: what waits for what. */
#include "cli/verbs.h"

struct graph_args {
	const char *directory;
	struct opt_list workflows;
	int format;
};

static const char *const formats[] = { "text", "dot", "mermaid", "svg", "json", NULL }; /* as enum sidestep_graph_format */

const struct opt graph_options[] = {
	{ .kind = OPT_HEADING, .name = "Options" },
	{ .kind = OPT_LIST,
	  .letter = 'W',
	  .name = "workflows",
	  .arg = "PATH",
	  .at = offsetof(struct graph_args, workflows),
	  .complete = COMPLETE_WORKFLOWS,
	  .help = "a workflow file or a folder of them; the same as PATH" },
	{ .kind = OPT_TEXT,
	  .letter = 'C',
	  .name = "directory",
	  .arg = "DIR",
	  .at = offsetof(struct graph_args, directory),
	  .complete = COMPLETE_FOLDERS,
	  .help = "start there instead of in the current directory" },
	{ .kind = OPT_CHOICE,
	  .name = "format",
	  .arg = "FORMAT",
	  .at = offsetof(struct graph_args, format),
	  .choices = formats,
	  .help = "text, dot, mermaid, svg or json" },
	{ 0 },
};

int verb_graph(struct cli *c, int argc, char **argv)
{
	struct graph_args args = { 0 };
	struct sidestep_text text = { 0 };
	struct sidestep_files files;
	struct sidestep_render render;
	int code = options_parse(c, argc, argv, &args);

	if (code != OPTIONS_GO_ON)
		return code;
	for (size_t i = 0; i < c->nargs; i++)
		*vec_add(&c->arena, &args.workflows) = c->args[i];
	files = (struct sidestep_files) { .directory = args.directory, .paths = args.workflows.v, .npaths = args.workflows.n };
	render = cli_render(c);
	return cli_result(c, sidestep_graph(&files, (enum sidestep_graph_format)args.format, &render, &text), &text);
}
