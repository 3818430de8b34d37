/* The objects of a repository, open for one operation: packs with their deltas, loose files, alternates, the commit graph.
 * Nothing stays mapped behind it, so that a repository needs no closing; what is stored in ways not known here goes through
 * libgit2. */
#ifndef SIDESTEP_GIT_ODB_H
#define SIDESTEP_GIT_ODB_H

#include "base/buf.h"
#include "git/git.h"

/* OID_MAX: bytes of a SHA-256 name. OBJECT_MAX: larger commits, trees and tags are refused. */
enum { OID_MAX = 32, OBJECT_MAX = 128 << 20 };

/* The name of an object as bytes; what a SHA-1 name does not fill is zero. */
struct oid {
	unsigned char b[OID_MAX];
};

enum object_kind { OBJECT_NONE = 0, OBJECT_COMMIT = 1, OBJECT_TREE = 2, OBJECT_BLOB = 3, OBJECT_TAG = 4 };

struct pack;
struct delta_cache;
struct commit_graph;

struct odb {
	struct git_repo *repo;
	struct arena arena;  /* of this operation */
	size_t len;          /* bytes of an object name */
	struct str dirs[32]; /* "objects" and its alternates */
	size_t ndirs;
	bool own_only;      /* libgit2 is not asked */
	struct pack *packs; /* the one used last is the first */
	struct delta_cache *cache;
	struct commit_graph *graph; /* NULL: none */
};

/* Finds the places where objects are; cheap. len: of the object names, 20 or 32. */
struct odb *odb_open(struct git_repo *r, size_t len);
void odb_close(struct odb *o);
static inline void odb_cleanup(struct odb **o)
{
	odb_close(*o);
}
#define _cleanup_odb_ __attribute__((cleanup(odb_cleanup)))

/* Replaces out by the content of an object. Absent objects are ERR_MISSING, damaged ones ERR_INVALID. */
int odb_read(struct buf *out, enum object_kind *kind, struct odb *o, const struct oid *id, struct err *err);
/* The same, when it must be of one kind; a tag that points to such an object is followed, and *id with it. */
int odb_read_kind(struct buf *out, struct odb *o, struct oid *id, enum object_kind want, struct err *err);

/* Reads hexadecimal digits; false when it is no full object name. */
bool oid_parse(struct oid *out, struct str hex);
/* Hexadecimal digits in the arena. */
struct str oid_text(struct arena *a, const struct oid *id, size_t len);

/* --- for the files of the object database only --- */

/* Unpacks a zlib stream: 0 is success, INFLATE_SHORT a target too small or an input cut off. */
typedef int inflate_fn(unsigned char *to, unsigned long *to_len, const unsigned char *from, unsigned long from_len);
enum { INFLATE_SHORT = -5 };
/* zlib's, loaded at the first call; NULL when it is not installed. */
inflate_fn *inflate_load(void);

static inline uint32_t big32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t big64(const unsigned char *p)
{
	return (uint64_t)big32(p) << 32 | big32(p + 4);
}

/* Maps a whole regular file; false when it is absent, empty or cannot be mapped. */
bool map_file(const unsigned char **p, size_t *n, const char *path);
void unmap_file(const unsigned char *p, size_t n);
/* Searches a sorted table of names behind a fan-out of 256 counts. */
bool oid_search(const unsigned char *fanout, const unsigned char *names, size_t len, const struct oid *id, uint32_t *pos);

/* Opens the index of every pack of one directory. */
void packs_open(struct odb *o, struct str dir);
void packs_close(struct odb *o);
/* 1: read, 0: in no pack, -1: there, but damaged. */
int packs_read(struct buf *out, enum object_kind *kind, struct odb *o, const struct oid *id, struct err *err);

/* What the commit graph says about a commit. */
struct graph_commit {
	int64_t date;
	const unsigned char *parents[64]; /* names */
	size_t nparents;
};
/* Opens the commit graph of one directory when none is open yet. */
void graph_open(struct odb *o, struct str dir);
void graph_close(struct odb *o);
/* False when the commit is not in the graph, or has more parents than fit. */
bool graph_find(struct graph_commit *out, struct odb *o, const struct oid *id);

#endif
