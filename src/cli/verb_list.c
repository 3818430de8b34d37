/* sidestep list: what there is to run. */
#include "cli/verbs.h"

struct list_args {
	const char *directory;
	struct opt_list workflows;
	int format;
};

static const char *const formats[] = { "text", "json", NULL };

const struct opt list_options[] = {
	{ .kind = OPT_HEADING, .name = "Options" },
	{ .kind = OPT_LIST,
	  .letter = 'W',
	  .name = "workflows",
	  .arg = "PATH",
	  .at = offsetof(struct list_args, workflows),
	  .complete = COMPLETE_FILES,
	  .help = "a workflow file or a folder of them; the same as PATH" },
	{ .kind = OPT_TEXT,
	  .letter = 'C',
	  .name = "directory",
	  .arg = "DIR",
	  .at = offsetof(struct list_args, directory),
	  .complete = COMPLETE_FOLDERS,
	  .help = "start there instead of in the current directory" },
	{ .kind = OPT_CHOICE,
	  .name = "format",
	  .arg = "FORMAT",
	  .at = offsetof(struct list_args, format),
	  .choices = formats,
	  .help = "text or json" },
	{ 0 },
};

int verb_list(struct cli *c, int argc, char **argv)
{
	struct list_args args = { 0 };
	struct sidestep_text text = { 0 };
	struct sidestep_files files;
	struct sidestep_render render;
	int code = options_parse(c, argc, argv, &args);

	if (code != OPTIONS_GO_ON)
		return code;
	for (size_t i = 0; i < c->nargs; i++)
		*vec_add(&c->arena, &args.workflows) = c->args[i];
	files = (struct sidestep_files) { args.directory, args.workflows.v, args.workflows.n };
	render = cli_render(c);
	return cli_result(c, sidestep_list(&files, args.format == 1, &render, &text), &text);
}
