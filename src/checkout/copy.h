/* Copying files from one directory to another: contents, modes, times, symbolic links; sharing blocks where the file
 * system can.
 *
 * No link is followed on the way, on neither side: what lies behind one is not there, and one in the place of a directory that is
 * to be made is replaced. Any depth works, with a handful of descriptors and paths of any length, because directories are
 * remembered by their parents and opened a piece of the path at a time. */
#ifndef SIDESTEP_CHECKOUT_COPY_H
#define SIDESTEP_CHECKOUT_COPY_H

#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

struct copied_dir {
	size_t parent; /* index; the root is 0 and its own */
	struct str name;
	struct stat st; /* of the source */
	bool made;
};

/* One of the two trees, and the directory in it that was used last. */
struct copy_side {
	int root, fd;
	size_t at;
};

struct copier {
	struct arena *a;
	struct copy_side from, to;
	bool no_clone, no_range;
	bool cloned;      /* at least one file shares its blocks */
	size_t files;     /* copied: regular files and symbolic links */
	struct map known; /* "PARENT/NAME" → index + 1; 0: no directory in the source */
	struct {
		struct copied_dir *v;
		size_t n, cap;
	} dirs;
	struct str skip; /* a directory that is left out with all below it; empty: none */
	struct str last; /* the directory that was looked for last, and its index */
	size_t last_index;
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
/* The path of a directory from the root. */
struct str copier_dir_path(struct copier *c, size_t index);
void copier_done(struct copier *c);

/* One file by name, its time kept; 0 also when there is none. */
int copy_file(const char *from, const char *to, struct err *err);

#endif
