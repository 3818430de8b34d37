/* sidestep pin: full commits for `uses:`. */
#include <sidestep/pin.h>

#include "base/file.h"
#include "cli/configured.h"
#include "cli/run.h"
#include "cli/secret.h"
#include "cli/signals.h"

/* What run is told about servers and folders counts here as well, also in files. */
struct pin_args {
	struct run_args run;
	int check, update, diff, json;
};

#define RUN(field) .at = offsetof(struct pin_args, run.field)
#define PIN(field) .at = offsetof(struct pin_args, field)

static const char *const formats[] = { "text", "json", NULL };

const struct opt pin_options[] = {
	{ .kind = OPT_HEADING, .name = "What is done" },
	{ .kind = OPT_FLAG,
	  .name = "check",
	  PIN(check),
	  .help = "write nothing; end with 1 when something is not pinned or has drifted" },
	{ .kind = OPT_FLAG, .name = "diff", PIN(diff), .help = "write nothing; show what would be changed" },
	{ .kind = OPT_FLAG, .name = "update", PIN(update), .help = "move what is pinned to the newest version of its line, too" },
	{ .kind = OPT_TEXT,
	  .letter = 'C',
	  .name = "directory",
	  .arg = "DIR",
	  RUN(directory),
	  .complete = COMPLETE_FOLDERS,
	  .help = "start there instead of in the current directory" },
	{ .kind = OPT_CHOICE,
	  .name = "format",
	  .arg = "FORMAT",
	  PIN(json),
	  .choices = formats,
	  .help = "text, or json: an array with every reference" },

	{ .kind = OPT_HEADING, .name = "Where versions are looked up" },
	{ .kind = OPT_TEXT, .name = "github-url", .arg = "URL", RUN(github_url), .help = "the server that is asked" },
	{ .kind = OPT_LIST,
	  .letter = 's',
	  .name = "secret",
	  .arg = "NAME[=VALUE]",
	  RUN(secrets),
	  .help = "GITHUB_TOKEN, for that server; others do not matter here" },
	{ .kind = OPT_FLAG, .name = "offline", RUN(offline), .help = "ask nobody, use only what is stored" },
	{ .kind = OPT_PAIRS,
	  .name = "local-repository",
	  .arg = "OWNER/REPO[@REF]=DIR",
	  RUN(local_repositories),
	  .value = '=',
	  .complete = COMPLETE_FOLDERS,
	  .help = "take this repository's versions from a folder (repeatable)" },
	{ .kind = OPT_TEXT,
	  .name = "cache-dir",
	  .arg = "DIR",
	  RUN(cache_dir),
	  .complete = COMPLETE_FOLDERS,
	  .help = "where actions are kept, for --offline" },
	{ .kind = OPT_FLAG, .name = "no-config", RUN(no_config), .help = "read no configuration" },
	{ 0 },
};

static const char token_name[] = "GITHUB_TOKEN";

/* Its value, or NULL; other secrets are not asked for. */
static int find_token(struct cli *c, const struct opt_list *given, int signal_fd, const char **token)
{
	struct opt_list own = { 0 };
	size_t length = sizeof(token_name) - 1;

	for (size_t i = 0; i < given->n; i++)
		if (strncmp(given->v[i], token_name, length) == 0 && (given->v[i][length] == '\0' || given->v[i][length] == '='))
			*vec_add(&c->arena, &own) = given->v[i];
	int code = secrets_resolve(c, &own, signal_fd);
	*token = code == OPTIONS_GO_ON && own.n ? own.v[own.n - 1] + length + 1 : NULL;
	return code;
}

static int pin(struct cli *c, const struct pin_args *args, int signal_fd)
{
	struct sidestep_text text = { 0 };
	struct sidestep_render render = cli_render(c);
	struct sidestep_pin_options o = { .size = sizeof(o),
		                          .directory = args->run.directory,
		                          .paths = c->args,
		                          .npaths = c->nargs,
		                          .check = args->check,
		                          .update = args->update,
		                          .diff = args->diff,
		                          .json = args->json,
		                          .offline = args->run.offline,
		                          .local_repositories = opt_strings(&args->run.local_repositories),
		                          .github_url = args->run.github_url,
		                          .cache_dir = args->run.cache_dir };
	int code = find_token(c, &args->run.secrets, signal_fd, &o.token);

	if (code != OPTIONS_GO_ON)
		return code;
	code = cli_result(c, sidestep_pin(&o, &render, &text), &text);
	int sig = code == SIDESTEP_OK ? 0 : signals_next(signal_fd);
	signals_close();
	return sig ? 128 + sig : code;
}

int verb_pin(struct cli *c, int argc, char **argv)
{
	struct pin_args args = { 0 };
	struct err err = ERR_INIT;
	const struct configured how = { .args = &args,
		                        .size = sizeof(args),
		                        .directory = &args.run.directory,
		                        .off = &args.run.no_config,
		                        .verbosity = &args.run.verbosity };
	int code = options_parse_configured(c, argc, argv, &how);

	if (code != OPTIONS_GO_ON)
		return code;
	if (args.check && args.update)
		return cli_usage(c, "--check writes nothing, and --update does: use one of them");
	if (args.diff && args.json)
		return cli_usage(c, "--diff is a text of its own: it goes with --format text");
	_cleanup_close_ int signal_fd = signals_open(&err);
	if (signal_fd < 0) {
		cli_say("%s", err.text);
		return SIDESTEP_ENVIRONMENT;
	}
	return pin(c, &args, signal_fd);
}
