/* The program: finds the verb and hands the rest over. Nothing here is done that a plain run does not need. */
#include "cli/cli.h"

#include "base/file.h"
#include "cli/help.h"
#include "cli/verbs.h"

enum { WORDS_MAX = 100 }; /* more than there are commands and events */

static int unknown_verb(struct cli *c, const char *word)
{
	const char *names[WORDS_MAX], *near, *event;
	size_t n = 0;

	for (size_t i = 0; i < nverbs && n < ARRAY_LEN(names); i++)
		if (verb_is_here(&verbs[i]))
			names[n++] = verbs[i].name;
	for (size_t i = 0; (event = sidestep_event_name(i)) && n < ARRAY_LEN(names); i++)
		names[n++] = event;
	near = str_nearest(str_of(word), names, n);
	if (near)
		return cli_usage(c, "unknown command '%s'; did you mean '%s'?", word, near);
	return cli_usage(c, "unknown command '%s': it is no event of GitHub either, nor a file here", word);
}

/* A word that run takes: an event, a workflow's file. */
static bool is_for_run(const char *word)
{
	const char *event;

	for (size_t i = 0; (event = sidestep_event_name(i)); i++)
		if (strcmp(event, word) == 0)
			return true;
	return cli_looks_like_path(word) || (*word && file_exists(word) && !file_is_dir(word));
}

/* `sidestep`, `sidestep --format json`, `sidestep pull_request`, `sidestep ci.yml`: what stands there without a verb belongs to
 * run. */
static int run_without_verb(struct cli *c, int argc, char **argv)
{
	c->verb_left_out = true;
	c->verb = verb_find("run");
	return c->verb->run(c, argc, argv);
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int dispatch(struct cli *c, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "-";

	if (is_help(word))
		return help_print(c, NULL);
	if (*word == '-')
		return run_without_verb(c, argc, argv);
	c->verb = verb_find(word);
	if (!c->verb && is_for_run(word))
		return run_without_verb(c, argc, argv);
	return c->verb ? c->verb->run(c, argc - 1, argv + 1) : unknown_verb(c, word);
}

int main(int argc, char **argv)
{
	struct cli c = { .stdout_closed = cli_standard_streams() };
	int code;

	if (argc > 1 && strncmp(argv[1], "__", 2) == 0)
		return sidestep_helper_main(argc, argv);
	if (argc > 0) {
		c.own_args = argv[0];
		c.own_args_end = argv[argc - 1] + strlen(argv[argc - 1]);
	}
	code = dispatch(&c, argc, argv);
	arena_done(&c.arena);
	return code;
}
