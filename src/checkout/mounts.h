/* The mounts of this process's namespace, by where they are. */
#ifndef SIDESTEP_CHECKOUT_MOUNTS_H
#define SIDESTEP_CHECKOUT_MOUNTS_H

#include "base/arena.h"

struct mount_points {
	struct mount_at {
		struct str point, line; /* line: all that the kernel says about it */
	} * v;                          /* in the order they were mounted */
	size_t n, cap;
};

/* Those below dir, and at dir itself when `at` is set. */
void mounts_at(struct mount_points *out, struct arena *a, struct str dir, bool at);

#endif
