/* `uses: owner/repo[/path]@ref`, taken apart as the official runner does it. */
#ifndef SIDESTEP_ACTIONS_REFERENCE_H
#define SIDESTEP_ACTIONS_REFERENCE_H

#include "base/arena.h"

struct action_ref {
	struct str repository; /* "owner/repo", as it was written */
	struct str path;       /* of the action in it, '/'-separated; empty: the top */
	struct str ref;
};

/* False when it is none: "Expected format {org}/{repo}[/path]@ref. Actual '…'". */
bool action_ref_parse(struct action_ref *out, struct arena *a, struct str uses);
/* Whether a repository can have that name. */
bool action_repository_possible(struct str repository);
/* Whether a tag, a branch or a commit can have that name: what git allows, so that it is a path that stays where it is put. */
bool action_ref_possible(struct str ref);
/* Whether a path stays in its repository. */
bool action_path_possible(struct str path);
/* Hexadecimal digits, fewer than a full name has: GitHub refuses to look these up. */
bool action_ref_is_short(struct str ref);

#endif
