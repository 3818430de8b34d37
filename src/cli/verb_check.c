/* sidestep check: validate files. */
#include "cli/configured.h"
#include "cli/verbs.h"

struct check_args {
	const char *directory;
	int format, list_rules;
	const char *explain;
};

static const char *const formats[] = { "text", "json", "sarif", "github", "checkstyle", NULL };

const struct opt check_options[] = {
	{ .kind = OPT_HEADING, .name = "Options" },
	{ .kind = OPT_TEXT,
	  .letter = 'C',
	  .name = "directory",
	  .arg = "DIR",
	  .at = offsetof(struct check_args, directory),
	  .complete = COMPLETE_FOLDERS,
	  .config = CONFIG_NOT_THERE,
	  .help = "start there instead of in the current directory" },
	{ .kind = OPT_CHOICE,
	  .name = "format",
	  .arg = "FORMAT",
	  .at = offsetof(struct check_args, format),
	  .choices = formats,
	  .available = 2,
	  .trust = TRUST_REPOSITORY,
	  .help = "text or json" },
	{ .kind = OPT_LATER,
	  .name = "ignore",
	  .arg = "REGEX|ID",
	  .trust = TRUST_REPOSITORY,
	  .help = "leave out findings that match, or of a rule" },
	{ .kind = OPT_LATER,
	  .name = "min-severity",
	  .arg = "LEVEL",
	  .trust = TRUST_REPOSITORY,
	  .help = "leave out what is below error, warning or info" },
	{ .kind = OPT_LATER, .name = "fix", .help = "apply the safe corrections" },
	{ .kind = OPT_LATER, .name = "diff", .trust = TRUST_REPOSITORY, .help = "show the safe corrections" },
	{ .kind = OPT_FLAG,
	  .name = "list-rules",
	  .at = offsetof(struct check_args, list_rules),
	  .config = CONFIG_NOT_THERE,
	  .help = "list what is looked at" },
	{ .kind = OPT_TEXT,
	  .name = "explain",
	  .arg = "RULE",
	  .at = offsetof(struct check_args, explain),
	  .config = CONFIG_NOT_THERE,
	  .help = "explain one rule" },
	{ 0 },
};

int verb_check(struct cli *c, int argc, char **argv)
{
	static const enum sidestep_check_format kinds[] = { SIDESTEP_CHECK_TEXT, SIDESTEP_CHECK_JSON };
	static const enum sidestep_rules_format rule_forms[] = { SIDESTEP_RULES_TEXT, SIDESTEP_RULES_JSON };
	struct check_args args = { 0 };
	struct sidestep_text text = { 0 };
	struct sidestep_files files;
	struct sidestep_render render;
	const struct configured how = { .section = "check", .args = &args, .size = sizeof(args), .directory = &args.directory };
	int code = options_parse_configured(c, argc, argv, &how);

	if (code != OPTIONS_GO_ON)
		return code;
	files = (struct sidestep_files) { .directory = args.directory, .paths = c->args, .npaths = c->nargs };
	render = cli_render(c);
	if (args.explain)
		return cli_result(c, sidestep_rule(args.explain, rule_forms[args.format], &text), &text);
	if (args.list_rules)
		return cli_result(c, sidestep_rules(rule_forms[args.format], &render, &text), &text);
	return cli_result(c, sidestep_check(&files, kinds[args.format], &render, &text), &text);
}
