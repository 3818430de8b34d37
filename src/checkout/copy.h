/* Copying files from one directory to another: contents, modes, times, symbolic links; sharing blocks where the file
 * system can. */
#ifndef SIDESTEP_CHECKOUT_COPY_H
#define SIDESTEP_CHECKOUT_COPY_H

#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

struct copied_dir {
	struct str path;
	struct stat st;
};

struct copier {
	struct arena *a;
	int from, to; /* directories */
	bool no_clone, no_range;
	bool cloned;     /* at least one file shares its blocks */
	size_t files;    /* copied: regular files and symbolic links */
	struct map seen; /* directories made */
	struct {
		struct copied_dir *v;
		size_t n, cap;
	} dirs;
	struct str skip; /* a path that is left out with all below it; empty: none */
};

int copier_open(struct copier *c, struct arena *a, const char *from, const char *to, struct err *err);
/* One file or symbolic link and the directories above it; 0 also when it is not there (any more). Sockets, pipes
 * and devices are left out. */
int copier_add(struct copier *c, struct str path, struct err *err);
/* A directory (without what is in it). */
int copier_add_dir(struct copier *c, struct str path, struct err *err);
/* Everything below a directory; an empty path is the whole. */
int copier_add_tree(struct copier *c, struct str path, struct err *err);
/* Gives the directories their modes and times, innermost first. */
int copier_finish(struct copier *c, struct err *err);
void copier_done(struct copier *c);

/* One file by name, its time kept; 0 also when there is none. */
int copy_file(const char *from, const char *to, struct err *err);

#endif
