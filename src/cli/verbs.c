/* The table of verbs, in the order in which help shows them. */
#include "cli/verbs.h"

const struct opt no_options[] = { { 0 } };

static const char *const runner_words[] = { "register", "run", "unregister", NULL };

const struct verb verbs[] = {
	{ .name = "run",
	  .args = "[EVENT] [FILE...]",
	  .max_args = -1,
	  .run = verb_run,
	  .options = run_options,
	  .complete = COMPLETE_EVENTS,
	  .summary = "run what an event would trigger in this repository",
	  .description =
	          "Runs the workflows that EVENT would trigger, by default a push to the current branch. Each job starts "
	          "in an empty workspace of its own; actions/checkout of the repository itself is served from the working "
	          "tree as it is, and whatever the steps do, the tree stays as it was. A word that names a file is a workflow, "
	          "as with --workflows. Before such a word, one of GitHub's events or an option, 'run' may be left out." },
	{ .name = "check",
	  .args = "[PATH...]",
	  .max_args = -1,
	  .run = verb_check,
	  .options = check_options,
	  .complete = COMPLETE_FILES,
	  .summary = "validate workflows and action metadata",
	  .description = "Validates the given files, or every workflow and action.yml of the repository. - reads standard "
	                 "input. Ends with 1 when something is wrong." },
	{ .name = "list",
	  .args = "[EVENT] [PATH...]",
	  .max_args = -1,
	  .run = verb_list,
	  .options = list_options,
	  .complete = COMPLETE_EVENTS,
	  .summary = "show workflows, their events, jobs and stages",
	  .description =
	          "Shows every workflow with its events, its jobs and the stage each job runs in, and whether EVENT, by default "
	          "a push to the current branch, would start it. A first word that names a file is a PATH." },
	{ .name = "graph",
	  .args = "[PATH...]",
	  .max_args = -1,
	  .run = verb_graph,
	  .options = graph_options,
	  .complete = COMPLETE_WORKFLOWS,
	  .summary = "draw the graph of jobs and steps",
	  .description = "Draws what waits for what: jobs by their needs, steps as they are lowered, parallel blocks turned "
	                 "into background steps and a wait." },
	{ .name = "eval",
	  .args = "EXPR",
	  .min_args = 1,
	  .max_args = 1,
	  .run = verb_eval,
	  .options = eval_options,
	  .summary = "evaluate an expression and print its value",
	  .description =
	          "Evaluates an expression, written without ${{ }}, and prints its value as JSON. Known are github, runner, "
	          "vars, env and inputs as for a run in this repository, and hashFiles over the files that its checkout "
	          "would serve. Put -- in front of an expression that starts with a dash." },
	{ .name = "report",
	  .args = "[RUN]",
	  .max_args = -1,
	  .run = verb_later,
	  .options = no_options,
	  .summary = "show or export a past run",
	  .description = "Shows a past run or exports it. Not part of this build; events.ndjson in the folder of a run holds "
	                 "everything." },
	{ .name = "advise",
	  .args = "",
	  .max_args = -1,
	  .run = verb_later,
	  .options = no_options,
	  .summary = "tell which steps could run side by side",
	  .description = "Tells which steps could run side by side and which concurrent ones conflict. Not part of this build." },
	{ .name = "runner",
	  .args = "COMMAND",
	  .max_args = -1,
	  .run = verb_later,
	  .options = no_options,
	  .words = runner_words,
	  .summary = "execute jobs of a forge",
	  .description = "Registers with a forge and executes its jobs. Not part of this build." },
	{ .name = "lsp",
	  .args = "",
	  .max_args = -1,
	  .run = verb_later,
	  .options = no_options,
	  .summary = "serve editors",
	  .description = "Serves editors over standard input and output. Not part of this build." },
	{ .name = "cache",
	  .args = "[COMMAND] [OWNER/REPO[@REF]]",
	  .max_args = 2,
	  .run = verb_cache,
	  .options = cache_options,
	  .words = cache_words,
	  .summary = "list, explain and prune stored actions",
	  .description =
	          "list (the default) shows the stored commits of actions, explain where an action would come from and how the "
	          "store works, prune removes what was not used for 30 days. What a run uses stays." },
	{ .name = "pin",
	  .args = "[PATH...]",
	  .max_args = -1,
	  .run = verb_pin,
	  .options = pin_options,
	  .complete = COMPLETE_FILES,
	  .summary = "write full commits for the actions that are used",
	  .description = "Writes the full commit with its version as a comment for every uses: of another repository, in the "
	                 "given files "
	                 "and folders, or in the repository's workflows and actions. Everything else in them stays as it is, and "
	                 "what is "
	                 "pinned already stays, too. With --check nothing is written, and what is not pinned, a tag that has "
	                 "moved and a "
	                 "comment that does not fit are told." },
	{ .name = "dump",
	  .args = "STAGE FILE",
	  .min_args = 2,
	  .max_args = 2,
	  .run = verb_dump,
	  .options = dump_options,
	  .complete = COMPLETE_FILES,
	  .words = dump_stage_names,
	  .summary = "print one stage of a file's way to a plan",
	  .description = "Prints what one stage made of FILE, as JSON. STAGE is tree, template, model, graph or plan. For "
	                 "people who work on Sidestep." },
	{ .name = "completion",
	  .args = "SHELL",
	  .max_args = 1,
	  .run = verb_completion,
	  .options = completion_options,
	  .words = shell_names,
	  .summary = "print the completion script of a shell",
	  .description =
	          "Prints the completion script for bash, zsh or fish. The scripts ask this program for what the workflows "
	          "around the current directory have: their jobs, events and the values of their matrices." },
	{ .name = "help",
	  .args = "[COMMAND]",
	  .max_args = 1,
	  .run = verb_help,
	  .options = help_options,
	  .summary = "show the help of a command",
	  .description = "Shows the help of COMMAND, or of the program." },
};
const size_t nverbs = ARRAY_LEN(verbs);

bool verb_is_here(const struct verb *v)
{
	return v->run != verb_later;
}

const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < nverbs; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

int verb_later(struct cli *c, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return options_parse(c, 2, (char *[]) { argv[0], argv[i], NULL }, NULL);
	return cli_unavailable(arena_printf(&c->arena, "'sidestep %s'", argv[0]).p);
}
