/* Shells of run steps: templates, command lines, script fix-ups (the hosted runner's rules). Pure. */
#ifndef SIDESTEP_KINDS_SHELL_H
#define SIDESTEP_KINDS_SHELL_H

#include "base/arena.h"
#include "base/err.h"

struct shell {
	struct str command;    /* to be looked up: "bash" */
	struct str template;   /* its arguments: "-e {0}" */
	const char *extension; /* ".sh" */
	bool hosted;           /* GitHub's Linux machines have it: when it is not here, that is this machine's lack */
};

/* Splits a shell: value. Without a template of its own the built-in one is used; none there, or no {0}: the
 * official error. */
int shell_resolve(struct shell *out, struct arena *a, struct str value, struct err *err);
/* Nothing was said: bash when it exists, else sh, with sh's template. */
struct shell shell_default(bool have_bash);
/* argv with the script's path in place of {0}; argv[0] is exe. .NET formatting and splitting; the path may hold
 * blanks. */
int shell_argv(char ***out, struct arena *a, const struct shell *sh, const char *exe, const char *script, struct err *err);
/* The text of the script file. */
struct str shell_script(struct arena *a, const struct shell *sh, struct str run);

#endif
