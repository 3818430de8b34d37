/* The environment of a step's process. */
#ifndef SIDESTEP_CONTEXT_PROCENV_H
#define SIDESTEP_CONTEXT_PROCENV_H

#include "base/map.h"
#include "value/val.h"

/* Layers of variables: what is added later goes over what was there, and each function is one layer. */
struct procenv {
	struct arena *a;
	struct map vars; /* name → struct str * */
	bool inherited_ci;
};

/* What the program inherited, without what belongs to another run that it may be started from. */
void procenv_inherited(struct procenv *p, char **inherited);
void procenv_set(struct procenv *p, const char *name, struct str value);
void procenv_remove(struct procenv *p, const char *name);
void procenv_object(struct procenv *p, struct val env);
/* PATH with the additions in front, newest first. paths: oldest first. */
void procenv_path(struct procenv *p, const struct str *paths, size_t n);
/* GITHUB_* for the members of the github context that processes see. */
void procenv_github(struct procenv *p, struct val github);
/* PREFIX_NAME for every member. */
void procenv_prefixed(struct procenv *p, const char *prefix, struct val members);
/* INPUT_NAME for every input of an action: upper case, blanks as "_". */
void procenv_inputs(struct procenv *p, struct val inputs);
/* CI unless somebody says otherwise; then the variables as exec takes them, in the arena. */
char **procenv_finish(struct procenv *p);

#endif
