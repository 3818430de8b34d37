/* sidestep dump: the newcomer's microscope. Each stage of the data path can be looked at. */
#include "cli/verbs.h"

const char *const dump_stage_names[] = { "tree", "template", "model", "graph", "plan", NULL }; /* as enum sidestep_dump_stage */

const struct opt dump_options[] = { { 0 } };

int verb_dump(struct cli *c, int argc, char **argv)
{
	struct sidestep_text text = { 0 };
	size_t stage = 0, n = 0;
	const char *near;
	int code = options_parse(c, argc, argv, NULL);

	if (code != OPTIONS_GO_ON)
		return code;
	while (dump_stage_names[n])
		n++;
	while (stage < n && strcmp(dump_stage_names[stage], c->args[0]) != 0)
		stage++;
	if (stage < n)
		return cli_result(c, sidestep_dump(c->args[1], (enum sidestep_dump_stage)stage, &text), &text);
	near = str_nearest(str_of(c->args[0]), dump_stage_names, n);
	if (near)
		return cli_usage(c, "unknown stage '%s'; did you mean '%s'?", c->args[0], near);
	return cli_usage(c, "unknown stage '%s'; stages are tree, template, model, graph and plan", c->args[0]);
}
