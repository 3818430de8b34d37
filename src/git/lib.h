/* libgit2 as a reader of objects: loaded at the first need, kept until the process ends. It sees nothing but the directories of
 * objects that it is given: no config, no refs, no attributes, no working tree. Only the files that include this see its
 * headers. */
#ifndef SIDESTEP_GIT_LIB_H
#define SIDESTEP_GIT_LIB_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

#include "git/reader.h"

enum { LIB_NAME = GIT_OID_HEXSZ };

#define LIB_FUNCTIONS(X)                                                                                                         \
	X(git_libgit2_init)                                                                                                      \
	X(git_error_last)                                                                                                        \
	X(git_error_clear)                                                                                                       \
	X(git_error_set_str)                                                                                                     \
	X(git_oid_fromstrn)                                                                                                      \
	X(git_oid_tostr)                                                                                                         \
	X(git_oid_equal)                                                                                                         \
	X(git_odb_new)                                                                                                           \
	X(git_odb_free)                                                                                                          \
	X(git_odb_init_backend)                                                                                                  \
	X(git_odb_add_backend)                                                                                                   \
	X(git_odb_add_alternate)                                                                                                 \
	X(git_odb_backend_pack)                                                                                                  \
	X(git_odb_backend_data_alloc)                                                                                            \
	X(git_odb_read_header)                                                                                                   \
	X(git_config_new)                                                                                                        \
	X(git_config_free)                                                                                                       \
	X(git_repository_wrap_odb)                                                                                               \
	X(git_repository_set_config)                                                                                             \
	X(git_repository_free)                                                                                                   \
	X(git_merge_base)                                                                                                        \
	X(git_revwalk_new)                                                                                                       \
	X(git_revwalk_push)                                                                                                      \
	X(git_revwalk_hide)                                                                                                      \
	X(git_revwalk_next)                                                                                                      \
	X(git_revwalk_free)                                                                                                      \
	X(git_commit_lookup)                                                                                                     \
	X(git_commit_tree_id)                                                                                                    \
	X(git_commit_message_raw)                                                                                                \
	X(git_commit_author)                                                                                                     \
	X(git_commit_committer)                                                                                                  \
	X(git_commit_parentcount)                                                                                                \
	X(git_commit_parent_id)                                                                                                  \
	X(git_commit_free)                                                                                                       \
	X(git_tag_lookup)                                                                                                        \
	X(git_tag_target_id)                                                                                                     \
	X(git_tag_free)                                                                                                          \
	X(git_tree_lookup)                                                                                                       \
	X(git_tree_entrycount)                                                                                                   \
	X(git_tree_entry_byindex)                                                                                                \
	X(git_tree_entry_name)                                                                                                   \
	X(git_tree_entry_id)                                                                                                     \
	X(git_tree_entry_filemode_raw)                                                                                           \
	X(git_tree_free)

struct lib_functions {
#define X(name) __typeof__(name) *name;
	LIB_FUNCTIONS(X)
#undef X
};
extern struct lib_functions lib;

struct lib {
	git_odb *odb;
	git_repository *repo; /* of nothing but the objects */
};

/* Opens the objects. ERR_UNSUPPORTED: libgit2 is not installed. */
int lib_open(struct lib **out, const struct object_places *at, struct err *err);
void lib_close(struct lib *l);
static inline void lib_cleanup(struct lib **l)
{
	lib_close(*l);
}
#define _cleanup_lib_ __attribute__((cleanup(lib_cleanup)))

/* What libgit2 said last, about an object (may be NULL): ERR_MISSING when code says that it is not there. -1. */
int lib_error(struct err *err, int code, const git_oid *id);
/* Whether an object is of this kind and no larger than any that is read; the error otherwise. */
int lib_expect(struct lib *l, const git_oid *id, git_object_t want, struct err *err);
/* The commit that an object is, or that a tag leads to. */
int lib_peel(git_oid *out, struct lib *l, struct str name, struct err *err);
/* The commit that a name leads to, and its own name; the caller frees it with lib.git_commit_free. */
int lib_commit(git_commit **out, git_oid *id, struct lib *l, struct str name, struct err *err);
/* The loose objects in a directory, for libgit2. */
git_odb_backend *lib_loose_new(const char *dir);
/* The name in hexadecimal digits. */
struct str lib_name(struct arena *a, const git_oid *id);

/* lib_commit.c, lib_history.c, lib_changes.c: what library_reader is made of. */
int lib_facts(struct arena *a, struct commit_facts *out, const struct object_places *at, const struct str *names, size_t n,
              struct err *err);
int lib_find_tag(size_t *found, const struct object_places *at, const struct str *tags, size_t n, struct str commit,
                 struct err *err);
int lib_merge_base(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to,
                   size_t most, struct err *err);
int lib_between(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to, size_t most,
                struct err *err);
int lib_changed(struct arena *a, struct names *out, const struct object_places *at, struct str from, struct str to, size_t most,
                struct err *err);

#endif
