/* sidestep list: what there is to run. */
#include "base/file.h"
#include "base/path.h"
#include "cli/verbs.h"

struct list_args {
	const char *directory, *event_file;
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
	  .complete = COMPLETE_WORKFLOWS,
	  .help = "a workflow file or a folder of them; the same as PATH" },
	{ .kind = OPT_TEXT,
	  .letter = 'C',
	  .name = "directory",
	  .arg = "DIR",
	  .at = offsetof(struct list_args, directory),
	  .complete = COMPLETE_FOLDERS,
	  .help = "start there instead of in the current directory" },
	{ .kind = OPT_TEXT,
	  .letter = 'e',
	  .name = "eventpath",
	  .arg = "FILE",
	  .at = offsetof(struct list_args, event_file),
	  .complete = COMPLETE_FILES,
	  .help = "a JSON file with the event's payload" },
	{ .kind = OPT_CHOICE,
	  .name = "format",
	  .arg = "FORMAT",
	  .at = offsetof(struct list_args, format),
	  .choices = formats,
	  .help = "text or json" },
	{ 0 },
};

/* A first word that is no path and looks like none names the event. */
static bool is_event(struct cli *c, const struct list_args *args, const char *word)
{
	struct str path = path_join(&c->arena, str_of(args->directory), str_of(word));
	return word[0] && !cli_looks_like_path(word) && !file_exists(path.p);
}

int verb_list(struct cli *c, int argc, char **argv)
{
	struct list_args args = { 0 };
	struct sidestep_text text = { 0 };
	struct sidestep_files files;
	struct sidestep_render render;
	const char *event = NULL;
	int code = options_parse(c, argc, argv, &args);

	if (code != OPTIONS_GO_ON)
		return code;
	if (c->nargs && is_event(c, &args, c->args[0]))
		event = c->args[0];
	for (size_t i = event ? 1 : 0; i < c->nargs; i++)
		*vec_add(&c->arena, &args.workflows) = c->args[i];
	files = (struct sidestep_files) { .directory = args.directory, .paths = args.workflows.v, .npaths = args.workflows.n };
	render = cli_render(c);
	return cli_result(c, sidestep_list_event(&files, event, args.event_file, args.format == 1, &render, &text), &text);
}
