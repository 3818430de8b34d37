/* The objects of a repository: who reads them. */
#ifndef SIDESTEP_GIT_OBJECTS_H
#define SIDESTEP_GIT_OBJECTS_H

#include "git/git.h"
#include "git/reader.h"

/* Where they are. name: digits of their names. Valid as long as the repository. */
void objects_find(struct object_places *out, struct git_repo *r, size_t name);
/* Whether something else than a file stands where this object would be, for which git would wait. */
bool objects_is_pipe(const struct object_places *at, struct str name);

enum objects_question { OBJECTS_BASE, OBJECTS_BETWEEN, OBJECTS_CHANGED };
/* Asks the reader that can answer, and when that one finds damage the other; the names are checked first. */
int objects_list(struct names *out, struct git_repo *r, enum objects_question q, struct str from, struct str to, size_t most,
                 struct err *err);
int objects_facts(struct commit_facts *out, struct git_repo *r, const struct str *names, size_t n, struct err *err);
int objects_find_tag(size_t *found, struct git_repo *r, const struct str *tags, size_t n, struct str commit, struct err *err);

#endif
