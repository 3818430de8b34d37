/* Options as rows. One row gives parsing, --help, the manual page and the completions of three shells. */
#ifndef SIDESTEP_CLI_OPTIONS_H
#define SIDESTEP_CLI_OPTIONS_H

#include <limits.h>

#include "cli/cli.h"

enum opt_kind {
	OPT_HEADING, /* no option: the title of those that follow, in .name */
	OPT_FLAG,    /* int, set to .value; by "false" in a file to .off */
	OPT_NUMBER,  /* int, at least .value */
	OPT_TEXT,    /* const char *, the last one given */
	OPT_LIST,    /* struct opt_list, every one given */
	OPT_PAIRS,   /* struct opt_list of texts that must contain the separator .value and something before it */
	OPT_CHOICE,  /* int, index into .choices; those from .available on are known but not in this build */
	OPT_LATER,   /* known by name, not in this build: not offered either */
	OPT_ACT,     /* an option of act, see cli/act.h */
	OPT_HELP,
	OPT_VERSION,
};

/* What a shell may offer for the argument. */
enum opt_complete {
	COMPLETE_NOTHING,
	COMPLETE_FILES,
	COMPLETE_FOLDERS,
	COMPLETE_WORKFLOWS, /* files, the repository's workflows first */
	COMPLETE_EVENTS,    /* those that workflows list, and files */
	COMPLETE_JOBS,
	COMPLETE_MATRIX /* KEY:VALUE */
};

/* Whether the argument is a path. */
static inline bool complete_is_path(enum opt_complete c)
{
	return c == COMPLETE_FILES || c == COMPLETE_FOLDERS || c == COMPLETE_WORKFLOWS;
}

struct opt_list {
	VEC(const char *);
	int layer;    /* who gave the last entry: a file's layer, or OPT_COMMAND_LINE */
	size_t asked; /* so many of the last entries are from the command line */
};

enum { OPT_COMMAND_LINE = INT_MAX };

/* How an option behaves in configuration files. */
enum opt_config {
	CONFIG_REPLACE,  /* as the kind says; of lists, a higher layer replaces a lower one */
	CONFIG_BY_NAME,  /* entries NAME… of all layers are kept, the highest of each name */
	CONFIG_SECRET,   /* the same; an entry may be a name alone */
	CONFIG_NOT_THERE /* only on the command line */
};

/* Who may set an option in a file. What a row does not say belongs to the user. */
enum opt_trust {
	TRUST_USER,       /* the user's own files only: config.yml, ~/.actrc */
	TRUST_INSIDE,     /* files of the repository, too: a path that stays in it */
	TRUST_REPOSITORY, /* files of the repository, too, but for the value .users */
};

/* A table of rows ends with an all-zero row. */
struct opt {
	enum opt_kind kind;
	char letter;      /* short form, or 0 */
	const char *name; /* long form, without the dashes */
	const char *arg;  /* what the argument is called, or NULL when there is none */
	size_t at;        /* offset of the variable in the verb's own struct */
	int value, off;   /* see enum opt_kind */
	int available;    /* OPT_CHOICE: so many of the choices work; 0: all */
	const char *const *choices;
	bool environment; /* OPT_PAIRS: on the command line a name alone takes its value from the environment */
	enum opt_complete complete;
	enum opt_config config;
	enum opt_trust trust;
	const char *users; /* TRUST_REPOSITORY: the values "a|b" (of pairs: behind the separator) that only the user may say */
	const char *help;  /* a sentence without its dot, or a phrase */
};

static inline bool opt_is_end(const struct opt *o)
{
	return o->kind == OPT_HEADING && !o->name;
}

/* The rows that every verb has: --color, --help, --version. Their variables are in struct cli. */
extern const struct opt common_options[];

/* What options_parse answers when the verb is to go on. */
#define OPTIONS_GO_ON (-1)

/* Reads argv[1…] into args (the verb's own struct) and c->args. OPTIONS_GO_ON, or the exit code when all is
 * said: help or version was printed, or the usage is wrong. */
int options_parse(struct cli *c, int argc, char **argv, void *args);

/* Sets a row's variable below base as `text` says; NULL: a flag is switched on. layer: see struct opt_list. The same answers. */
int option_set(struct cli *c, const struct opt *o, void *base, const char *text, int layer);

/* A list as the library takes it. */
struct sidestep_strings opt_strings(const struct opt_list *l);

#endif
