/* libgit2 through dlopen: it is asked for objects that are stored in a way we do not read, so hardly ever. */
#include "git/lib.h"

#include <dlfcn.h>
#include <git2.h>

#define LIB_FUNCTIONS(X)                                                                                                         \
	X(git_libgit2_init)                                                                                                      \
	X(git_libgit2_opts)                                                                                                      \
	X(git_error_last)                                                                                                        \
	X(git_repository_open)                                                                                                   \
	X(git_repository_free)                                                                                                   \
	X(git_oid_fromraw)                                                                                                       \
	X(git_repository_odb)                                                                                                    \
	X(git_odb_read)                                                                                                          \
	X(git_odb_object_data)                                                                                                   \
	X(git_odb_object_size)                                                                                                   \
	X(git_odb_object_type)                                                                                                   \
	X(git_odb_object_free)                                                                                                   \
	X(git_odb_free)

static struct {
#define X(name) __typeof__(name) *name;
	LIB_FUNCTIONS(X)
#undef X
} lib;

static const struct {
	const char *name;
	size_t offset;
} symbols[] = {
#define X(name) { #name, offsetof(__typeof__(lib), name) },
	LIB_FUNCTIONS(X)
#undef X
};

static int find_symbols(void *handle, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(symbols); i++) {
		void *found = dlsym(handle, symbols[i].name);
		if (!found)
			return err_set(err, ERR_UNSUPPORTED, "libgit2 has no %s", symbols[i].name);
		memcpy((char *)&lib + symbols[i].offset, &found, sizeof(found));
	}
	return 0;
}

/* The layouts used here (git_signature, git_oid without SHA-256) are the same in all of these. */
static int load(struct err *err)
{
	static bool loaded;
	static const char *const names[] = { "libgit2.so.1.5", "libgit2.so.1.6", "libgit2.so.1.7", "libgit2.so.1.8",
		                             "libgit2.so.1.9", "libgit2.so.1.4", "libgit2.so.1.3", "libgit2.so.1.1" };
	void *handle = NULL;
	if (loaded)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(names) && !handle; i++)
		handle = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
	if (!handle)
		return err_set(err, ERR_MISSING, "libgit2 is not installed (needed to read commits)");
	if (find_symbols(handle, err) < 0)
		return -1;
	if (lib.git_libgit2_init() < 0)
		return err_set(err, ERR_SYSTEM, "libgit2 does not start");
	lib.git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* repositories of other owners are fine to read */
	loaded = true;
	return 0;
}

static int lib_error(struct err *err, const char *what)
{
	const git_error *e = lib.git_error_last();
	return err_set(err, ERR_INVALID, "%s: %s", what, e && e->message ? e->message : "unknown error");
}

static int read_object(struct buf *out, int *kind, git_repository *repo, const unsigned char *id, struct err *err)
{
	git_odb *odb = NULL;
	git_odb_object *object = NULL;
	git_oid oid;
	int rc = 0;
	lib.git_oid_fromraw(&oid, id);
	if (lib.git_repository_odb(&odb, repo) < 0 || lib.git_odb_read(&object, odb, &oid) < 0) {
		rc = lib_error(err, "libgit2");
	} else {
		buf_clear(out);
		buf_add(out, lib.git_odb_object_data(object), lib.git_odb_object_size(object));
		*kind = (int)lib.git_odb_object_type(object);
	}
	lib.git_odb_object_free(object);
	lib.git_odb_free(odb);
	return rc;
}

int lib_object_read(struct buf *out, int *kind, const char *git_dir, const unsigned char *id, struct err *err)
{
	git_repository *repo = NULL;
	if (load(err) < 0)
		return -1;
	if (lib.git_repository_open(&repo, git_dir) < 0)
		return lib_error(err, git_dir);
	int rc = read_object(out, kind, repo, id, err);
	lib.git_repository_free(repo);
	return rc;
}
