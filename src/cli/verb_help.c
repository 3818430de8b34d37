/* sidestep help: the texts that the rows give. */
#include "cli/act.h"
#include "cli/help.h"

struct help_args {
	int man, rules, act, options;
};

const struct opt help_options[] = {
	{ .kind = OPT_HEADING, .name = "Options" },
	{ .kind = OPT_FLAG, .name = "man", .at = offsetof(struct help_args, man), .help = "print the manual page, as troff" },
	{ .kind = OPT_FLAG,
	  .name = "rules",
	  .at = offsetof(struct help_args, rules),
	  .help = "print the page about all rules of check, as Markdown" },
	{ .kind = OPT_FLAG,
	  .name = "act",
	  .at = offsetof(struct help_args, act),
	  .help = "print what each option of act is here, as Markdown" },
	{ .kind = OPT_FLAG,
	  .name = "options",
	  .at = offsetof(struct help_args, options),
	  .help = "print the options of run as JSON, in the form of act's --list-options" },
	{ 0 },
};

int verb_help(struct cli *c, int argc, char **argv)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct help_args args = { 0 };
	const struct verb *v = NULL;
	int code = options_parse(c, argc, argv, &args);

	if (code != OPTIONS_GO_ON)
		return code;
	if (args.man) {
		help_man(&b);
		return cli_out(c, b.p, b.n);
	}
	if (args.act || args.options) {
		(args.act ? act_table : help_options_json)(&b);
		return cli_out(c, b.p, b.n);
	}
	if (args.rules) {
		struct sidestep_text text;
		return cli_result(c, sidestep_rules(SIDESTEP_RULES_MARKDOWN, NULL, &text), &text);
	}
	if (c->nargs && !(v = verb_find(c->args[0])))
		return cli_usage(c, "unknown command '%s'", c->args[0]);
	return help_print(c, v);
}
