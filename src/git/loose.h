/* One loose object: a file of its own, "commit 217", a NUL and the content, packed by zlib. */
#ifndef SIDESTEP_GIT_LOOSE_H
#define SIDESTEP_GIT_LOOSE_H

#include "base/buf.h"
#include "git/reader.h"

/* LOOSE_HEAD: only what the object is, not its content. */
enum loose_part { LOOSE_HEAD, LOOSE_WHOLE };

struct loose_object {
	struct str kind; /* "commit", "tree", "blob", "tag" */
	size_t size;
	struct buf text; /* the content begins at `from` */
	size_t from;
};

/* Reads an object below dir, the directory of objects. 1: it is there, 0: no file of that name is, -1: it is damaged or too
 * large, or zlib is not installed. Call buf_done on the text in any case. */
int loose_read(struct loose_object *out, int dir, const char *name, enum loose_part part);
/* What a commit says that is loose in the repository's own directory. False when it is not, and when there is anything unusual
 * about it: other readers know. */
bool loose_facts(struct arena *a, struct commit_facts *out, const struct object_places *at, struct str name);

#endif
