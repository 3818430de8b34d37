/* sidestep completion: prints the script of one shell. */
#include "cli/completion.h"

const char *const shell_names[] = { "bash", "zsh", "fish", NULL };

int verb_completion(struct cli *c, int argc, char **argv)
{
	static void (*const make[])(struct buf *) = { completion_bash, completion_zsh, completion_fish };
	_cleanup_buf_ struct buf b = BUF_INIT;
	int code = options_parse(c, argc, argv, NULL);

	if (code != OPTIONS_GO_ON)
		return code;
	for (size_t i = 0; shell_names[i]; i++)
		if (strcmp(shell_names[i], c->args[0]) == 0) {
			make[i](&b);
			return cli_out(c, b.p, b.n);
		}
	return cli_usage(c, "unknown shell '%s'; known are bash, zsh and fish", c->args[0]);
}
