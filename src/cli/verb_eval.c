/* sidestep eval: one expression, or one text with expressions in it. */
#include "cli/verbs.h"

struct eval_args {
	const char *context, *expect_type;
	int template_text, format;
};

static const char *const formats[] = { "text", "json", NULL };

const struct opt eval_options[] = {
	{ .kind = OPT_HEADING, .name = "Options" },
	{ .kind = OPT_TEXT,
	  .name = "context",
	  .arg = "FILE",
	  .at = offsetof(struct eval_args, context),
	  .complete = COMPLETE_FILES,
	  .help = "a JSON object with the contexts: {\"github\": {...}, \"env\": {...}}" },
	{ .kind = OPT_TEXT,
	  .name = "expect-type",
	  .arg = "TYPE",
	  .at = offsetof(struct eval_args, expect_type),
	  .help = "fail when the result is of another type than this: Null, Boolean, Number, String, Array or Object" },
	{ .kind = OPT_FLAG,
	  .name = "template",
	  .at = offsetof(struct eval_args, template_text),
	  .help = "EXPR is a text with ${{ }} in it" },
	{ .kind = OPT_CHOICE,
	  .name = "format",
	  .arg = "FORMAT",
	  .at = offsetof(struct eval_args, format),
	  .choices = formats,
	  .help = "text prints the bare value as JSON, json prints an object with its kind and value" },
	{ 0 },
};

int verb_eval(struct cli *c, int argc, char **argv)
{
	struct eval_args args = { 0 };
	struct sidestep_text text = { 0 };
	struct sidestep_eval_options options;
	struct sidestep_render render;
	int code = options_parse(c, argc, argv, &args);

	if (code != OPTIONS_GO_ON)
		return code;
	options = (struct sidestep_eval_options) { args.context, args.expect_type, args.template_text, args.format == 1 };
	render = cli_render(c);
	return cli_result(c, sidestep_eval(c->args[0], &options, &render, &text), &text);
}
