/* sidestep eval: one expression, or one text with expressions in it. What a run would be given counts, from the command line and
 * from configuration files. */
#include "cli/configured.h"
#include "cli/run.h"

struct eval_args {
	struct run_args run; /* first: configuration files put there what belongs to run */
	const char *context, *expect_type;
	int template_text, format;
};

#define AT(field)  .at = offsetof(struct eval_args, field)
#define RUN(field) .at = offsetof(struct eval_args, run.field)

static const char *const formats[] = { "text", "json", NULL };

const struct opt eval_options[] = {
	{ .kind = OPT_HEADING, .name = "Options" },
	{ .kind = OPT_TEXT,
	  .name = "context",
	  .arg = "FILE",
	  AT(context),
	  .complete = COMPLETE_FILES,
	  .help = "a JSON object with contexts, in place of those of the repository: {\"github\": {...}, \"env\": {...}}" },
	{ .kind = OPT_TEXT,
	  .name = "expect-type",
	  .arg = "TYPE",
	  AT(expect_type),
	  .help = "fail when the result is of another type than this: Null, Boolean, Number, String, Array or Object" },
	{ .kind = OPT_FLAG, .name = "template", AT(template_text), .help = "EXPR is a text with ${{ }} in it" },
	{ .kind = OPT_CHOICE,
	  .name = "format",
	  .arg = "FORMAT",
	  AT(format),
	  .choices = formats,
	  .help = "text prints the bare value as JSON, json prints an object with its kind and value" },

	{ .kind = OPT_HEADING, .name = "As for a run" },
	{ .kind = OPT_TEXT,
	  .letter = 'C',
	  .name = "directory",
	  .arg = "DIR",
	  RUN(directory),
	  .complete = COMPLETE_FOLDERS,
	  .help = "start there instead of in the current directory" },
	{ .kind = OPT_TEXT,
	  .name = "event",
	  .arg = "EVENT",
	  RUN(event),
	  .complete = COMPLETE_EVENTS,
	  .help = "github.event_name (default: push)" },
	{ .kind = OPT_TEXT,
	  .letter = 'e',
	  .name = "eventpath",
	  .arg = "FILE",
	  RUN(event_file),
	  .complete = COMPLETE_FILES,
	  .help = "a JSON file with the event's payload" },
	{ .kind = OPT_TEXT, .letter = 'a', .name = "actor", .arg = "NAME", RUN(actor), .help = "github.actor" },
	{ .kind = OPT_PAIRS,
	  .name = "var",
	  .arg = "NAME=VALUE",
	  RUN(vars),
	  .value = '=',
	  .environment = true,
	  .config = CONFIG_BY_NAME,
	  .help = "a variable of the vars context (repeatable)" },
	{ .kind = OPT_LIST,
	  .name = "var-file",
	  .arg = "FILE",
	  RUN(var_files),
	  .complete = COMPLETE_FILES,
	  .help = "variables, one NAME=VALUE a line (repeatable)" },
	{ .kind = OPT_PAIRS,
	  .name = "env",
	  .arg = "NAME=VALUE",
	  RUN(env),
	  .value = '=',
	  .config = CONFIG_BY_NAME,
	  .help = "a variable of the env context (repeatable)" },
	{ .kind = OPT_LIST,
	  .name = "env-file",
	  .arg = "FILE",
	  RUN(env_files),
	  .complete = COMPLETE_FILES,
	  .help = "environment variables, one NAME=VALUE a line (repeatable)" },
	{ .kind = OPT_PAIRS,
	  .name = "input",
	  .arg = "NAME=VALUE",
	  RUN(inputs),
	  .value = '=',
	  .config = CONFIG_BY_NAME,
	  .help = "a text of the inputs context (repeatable)" },
	{ .kind = OPT_LIST,
	  .name = "input-file",
	  .arg = "FILE",
	  RUN(input_files),
	  .complete = COMPLETE_FILES,
	  .help = "inputs, one NAME=VALUE a line (repeatable)" },
	{ .kind = OPT_FLAG, .name = "no-config", RUN(no_config), .help = "read no configuration files" },
	{ 0 },
};

int verb_eval(struct cli *c, int argc, char **argv)
{
	struct eval_args args = { 0 };
	struct sidestep_text text = { 0 };
	static const int no_notes = -1;
	const struct configured how = { .args = &args,
		                        .size = sizeof(args),
		                        .directory = &args.run.directory,
		                        .off = &args.run.no_config,
		                        .verbosity = &no_notes,
		                        .act_files = true };
	int code = options_parse_configured(c, argc, argv, &how);

	if (code != OPTIONS_GO_ON)
		return code;
	args.run.secrets.n = args.run.secret_files.n = 0; /* nothing asks for them */
	struct sidestep_run_options run = run_options_of(c, &args.run);
	struct sidestep_eval_options options = { args.context, args.expect_type, args.template_text, args.format == 1, &run };
	struct sidestep_render render = cli_render(c);
	return cli_result(c, sidestep_eval(c->args[0], &options, &render, &text), &text);
}
