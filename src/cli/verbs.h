/* The verbs of the program: one row each in verbs.c, one file verb_<name>.c each. */
#ifndef SIDESTEP_CLI_VERBS_H
#define SIDESTEP_CLI_VERBS_H

#include "cli/options.h"

struct verb {
	const char *name;
	const char *args;        /* positional arguments as shown, "[EVENT]", or "" */
	const char *summary;     /* one phrase, for the list of verbs */
	const char *description; /* some sentences, for --help and the manual page */
	const struct opt *options;
	int min_args, max_args;     /* max_args -1: any number */
	enum opt_complete complete; /* of the positional arguments */
	const char *const *words;   /* or the words the first one may be, NULL-terminated */
	/* argv[0] is the verb's name. Returns the exit code. */
	int (*run)(struct cli *c, int argc, char **argv);
};

extern const struct verb verbs[];
extern const size_t nverbs;

/* Whether this build has it; it is known by name in any case. */
bool verb_is_here(const struct verb *v);
/* NULL when there is none. */
const struct verb *verb_find(const char *name);

int verb_run(struct cli *c, int argc, char **argv);
int verb_cache(struct cli *c, int argc, char **argv);
int verb_check(struct cli *c, int argc, char **argv);
int verb_list(struct cli *c, int argc, char **argv);
int verb_graph(struct cli *c, int argc, char **argv);
int verb_eval(struct cli *c, int argc, char **argv);
int verb_pin(struct cli *c, int argc, char **argv);
int verb_dump(struct cli *c, int argc, char **argv);
int verb_completion(struct cli *c, int argc, char **argv);
int verb_help(struct cli *c, int argc, char **argv);
/* Verbs that this build knows by name only. */
int verb_later(struct cli *c, int argc, char **argv);

extern const struct opt run_options[], cache_options[], check_options[], list_options[], graph_options[], eval_options[],
	pin_options[], dump_options[], help_options[], completion_options[], no_options[];
extern const char *const cache_words[];
extern const char *const dump_stage_names[];
extern const char *const shell_names[];

#endif
