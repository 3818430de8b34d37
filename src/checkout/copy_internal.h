/* What copy.c and copydir.c share. */
#ifndef SIDESTEP_CHECKOUT_COPY_INTERNAL_H
#define SIDESTEP_CHECKOUT_COPY_INTERNAL_H

#include "checkout/copy.h"

/* A directory of one of the trees, opened for paths; it belongs to the side. -1 with errno. */
int copy_side_open(struct copier *c, struct copy_side *s, size_t index);
/* The errors of what is not there any more, or only behind a link. */
bool copy_is_gone(int errnum);
/* The index of a directory of the source: by its parent and name, or by its path. 1: there is none. */
int copy_dir_child(struct copier *c, size_t *out, size_t parent, struct str name, struct err *err);
int copy_dir_find(struct copier *c, size_t *out, struct str path, struct err *err);
/* Makes it in the other tree, with those above it. */
int copy_dir_make(struct copier *c, size_t index, struct err *err);
/* The mode of what is copied for that owner: what lets others act as the owner (setuid, setgid) goes with the owner only. */
mode_t copy_mode(const struct stat *st, uid_t owner);

#endif
