/* sidestep cache: what is kept of other repositories. */
#include <sidestep/cache.h>

#include "cli/verbs.h"

struct cache_args {
	const char *cache_dir;
	int format, dry_run, all, days;
};

static const char *const formats[] = { "text", "json", NULL };
const char *const cache_words[] = { "list", "explain", "prune", NULL };

const struct opt cache_options[] = {
	{ .kind = OPT_HEADING, .name = "Options" },
	{ .kind = OPT_TEXT,
	  .name = "cache-dir",
	  .arg = "DIR",
	  .at = offsetof(struct cache_args, cache_dir),
	  .complete = COMPLETE_FOLDERS,
	  .help = "where actions, caches and tools are kept" },
	{ .kind = OPT_CHOICE,
	  .name = "format",
	  .arg = "FORMAT",
	  .at = offsetof(struct cache_args, format),
	  .choices = formats,
	  .help = "of list: text or json" },
	{ .kind = OPT_NUMBER,
	  .name = "days",
	  .arg = "N",
	  .at = offsetof(struct cache_args, days),
	  .value = 1,
	  .help = "of prune: remove what was not used for so many days (default: 30)" },
	{ .kind = OPT_FLAG,
	  .name = "all",
	  .at = offsetof(struct cache_args, all),
	  .help = "of prune: remove everything that no run uses now" },
	{ .kind = OPT_FLAG,
	  .letter = 'n',
	  .name = "dry-run",
	  .at = offsetof(struct cache_args, dry_run),
	  .help = "of prune: only say what would be removed" },
	{ 0 },
};

int verb_cache(struct cli *c, int argc, char **argv)
{
	struct cache_args args = { 0 };
	struct sidestep_text text = { 0 };
	int code = options_parse(c, argc, argv, &args);

	if (code != OPTIONS_GO_ON)
		return code;
	const char *word = c->nargs ? c->args[0] : "list", *what = c->nargs > 1 ? c->args[1] : NULL;
	struct sidestep_cache_options o = { .size = sizeof(o),
		                            .cache_dir = args.cache_dir,
		                            .json = args.format == 1,
		                            .dry_run = args.dry_run,
		                            .days = args.days,
		                            .all = args.all };
	if (strcmp(word, "explain") == 0)
		return cli_result(c, sidestep_cache_explain(&o, what, &text), &text);
	if (what)
		return cli_usage(c, "sidestep cache %s takes no argument: '%s'", word, what);
	if (strcmp(word, "list") == 0)
		return cli_result(c, sidestep_cache_list(&o, &text), &text);
	if (strcmp(word, "prune") == 0)
		return cli_result(c, sidestep_cache_prune(&o, &text), &text);
	return cli_usage(c, "unknown command '%s': list, explain or prune was expected", word);
}
