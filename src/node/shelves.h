/* Folders in which version managers (nvm, pyenv, asdf and the like) keep the versions of a tool. */
#ifndef SIDESTEP_NODE_SHELVES_H
#define SIDESTEP_NODE_SHELVES_H

#include "base/arena.h"

/* <$variable[/under], else ~/home>/versions/NAME/inside, for each NAME that begins with prefix. Without variable and home,
 * versions is the whole path. under and home may be NULL. */
struct shelf {
	const char *variable, *under, *home, *versions, *prefix, *inside;
};

/* The folder that holds the NAMEs; empty: nothing says where. list: the environment. */
struct str shelf_folder(struct arena *a, char *const *list, const struct shelf *shelf);
/* Whether the programs in a folder of PATH choose others by the folder they are called in: they are no version of their own. */
bool shelf_holds_shims(struct arena *a, char *const *list, struct str dir);

#endif
