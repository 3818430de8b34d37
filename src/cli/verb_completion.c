/* sidestep completion: prints the script of one shell, and for these scripts what the repository has to offer. */
#include "cli/completion.h"

struct completion_args {
	const char *offer, *directory;
	struct opt_list workflows;
};

const char *const shell_names[] = { "bash", "zsh", "fish", NULL };

const struct opt completion_options[] = {
	{ .kind = OPT_HEADING, .name = "Options" },
	{ .kind = OPT_TEXT,
	  .name = "offer",
	  .arg = "WHAT",
	  .at = offsetof(struct completion_args, offer),
	  .help = "no script, but names, one a line: jobs, events, matrix (KEY:VALUE) or workflows" },
	{ .kind = OPT_TEXT,
	  .letter = 'C',
	  .name = "directory",
	  .arg = "DIR",
	  .at = offsetof(struct completion_args, directory),
	  .complete = COMPLETE_FOLDERS,
	  .help = "with --offer: start there instead of in the current directory" },
	{ .kind = OPT_LIST,
	  .letter = 'W',
	  .name = "workflows",
	  .arg = "PATH",
	  .at = offsetof(struct completion_args, workflows),
	  .complete = COMPLETE_FILES,
	  .help = "with --offer: of these workflows (repeatable)" },
	{ 0 },
};

const char *const offer_names[] = { "jobs", "events", "matrix", "workflows", NULL }; /* as enum sidestep_offer */

static int offer(struct cli *c, const struct completion_args *args)
{
	struct sidestep_files files = { .directory = args->directory, .paths = args->workflows.v, .npaths = args->workflows.n };
	struct sidestep_text text = { 0 };

	for (size_t i = 0; offer_names[i]; i++)
		if (strcmp(offer_names[i], args->offer) == 0)
			return cli_result(c, sidestep_offer((enum sidestep_offer)i, &files, &text), &text);
	return cli_usage(c, "--offer cannot be '%s', only jobs, events, matrix or workflows", args->offer);
}

int verb_completion(struct cli *c, int argc, char **argv)
{
	static void (*const make[])(struct buf *) = { completion_bash, completion_zsh, completion_fish };
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct completion_args args = { 0 };
	int code = options_parse(c, argc, argv, &args);

	if (code != OPTIONS_GO_ON)
		return code;
	if (args.offer)
		return offer(c, &args);
	if (c->nargs == 0)
		return cli_usage(c, "completion needs SHELL");
	for (size_t i = 0; shell_names[i]; i++)
		if (strcmp(shell_names[i], c->args[0]) == 0) {
			make[i](&b);
			return cli_out(c, b.p, b.n);
		}
	return cli_usage(c, "unknown shell '%s'; known are bash, zsh and fish", c->args[0]);
}
