/* Removing trees: rm -rf with a constant number of descriptors, however deep, and no more at a time than is wanted. */
#ifndef SIDESTEP_BASE_REMOVE_H
#define SIDESTEP_BASE_REMOVE_H

#include "base/err.h"

/* Removes what is at path, at most `most` entries of it (SIZE_MAX: all, however long it takes). 0: nothing is left, or was
 * there. 1: there is more, or a file so big that freeing it takes its time. -1: something cannot be removed, err names the
 * first; all else is gone. Follows no links, enters no other mount, opens directories of ours
 * that nobody may enter. */
int remove_some(const char *path, size_t most, struct err *err);

#endif
