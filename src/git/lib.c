/* libgit2: loading it, opening objects with it, its errors. What a stranger may have put between the objects (pipes, devices)
 * would stop a program that opens it for good: such files are looked at before libgit2 opens them. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/library.h"
#include "git/lib.h"

enum { TAG_DEPTH = 8 };

struct lib_functions lib;

const struct object_reader library_reader = {
	.facts = lib_facts, .find_tag = lib_find_tag, .merge_base = lib_merge_base, .between = lib_between, .changed = lib_changed
};

static const struct library_symbol symbols[] = {
#define X(name) { #name, offsetof(struct lib_functions, name) },
	LIB_FUNCTIONS(X)
#undef X
};

/* --- loading --- */

/* The one whose headers this was built with: others lay out their structures in other ways. */
static int load(struct err *err)
{
	static bool loaded;
	if (loaded)
		return 0;
	if (library_load(&lib, "libgit2.so." LIBGIT2_SOVERSION, symbols, ARRAY_LEN(symbols), err) < 0) {
		if (err)
			err->kind = ERR_UNSUPPORTED; /* there is another reader */
		return -1;
	}
	if (lib.git_libgit2_init() < 0)
		return err_set(err, ERR_UNSUPPORTED, "libgit2 does not start");
	loaded = true;
	return 0;
}

/* --- errors --- */

int lib_error(struct err *err, int code, const git_oid *id)
{
	const git_error *e = lib.git_error_last();
	const char *why = e && e->message ? e->message : "unknown error";
	enum err_kind kind = code == GIT_ENOTFOUND ? ERR_MISSING : ERR_INVALID;
	char name[LIB_NAME + 1];
	if (!id)
		return err_set(err, kind, "%s", why);
	lib.git_oid_tostr(name, sizeof(name), id);
	return err_set(err, kind, "object %s cannot be read: %s", name, why);
}

int lib_expect(struct lib *l, const git_oid *id, git_object_t want, struct err *err)
{
	git_object_t kind;
	size_t size;
	char name[LIB_NAME + 1];
	int rc = lib.git_odb_read_header(&size, &kind, l->odb, id);
	if (rc < 0)
		return lib_error(err, rc, id);
	lib.git_oid_tostr(name, sizeof(name), id);
	if (kind != want)
		return err_set(err, ERR_INVALID, "object %s is no %s", name, want == GIT_OBJECT_TREE ? "tree" : "commit");
	if (size > OBJECT_MAX)
		return err_set(err, ERR_INVALID, "object %s is too large", name);
	return 0;
}

/* --- opening --- */

/* Packs and their indexes are opened as soon as they are seen. */
static int check_packs(const char *dir, struct err *err)
{
	_cleanup_close_ int objects = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int packs = objects < 0 ? -1 : openat(objects, "pack", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *d = packs < 0 ? NULL : fdopendir(packs);
	struct dirent *e;
	struct stat st;
	while (d && (e = readdir(d))) {
		bool plain = e->d_type == DT_REG || e->d_type == DT_DIR;
		if (!plain && (fstatat(packs, e->d_name, &st, 0) < 0 || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))))
			return err_set(err, ERR_SYSTEM, "%s/pack/%s is no regular file", dir, e->d_name);
	}
	return 0;
}

static int add(struct lib *l, git_odb_backend *b, bool own, int priority)
{
	int rc = own ? lib.git_odb_add_backend(l->odb, b, priority) : lib.git_odb_add_alternate(l->odb, b, priority);
	if (rc < 0)
		b->free(b);
	return rc;
}

static int add_dir(struct lib *l, const char *dir, bool own, struct err *err)
{
	git_odb_backend *packs;
	if (check_packs(dir, err) < 0)
		return -1;
	int rc = add(l, lib_loose_new(dir), own, 1);
	if (rc == 0)
		rc = lib.git_odb_backend_pack(&packs, dir);
	if (rc == 0)
		rc = add(l, packs, own, 2);
	return rc < 0 ? lib_error(err, rc, NULL) : 0;
}

/* A repository around the objects, with an empty config: else libgit2 would look for the user's. */
static int wrap(struct lib *l, struct err *err)
{
	git_config *none = NULL;
	int rc = lib.git_repository_wrap_odb(&l->repo, l->odb);
	if (rc == 0)
		rc = lib.git_config_new(&none);
	if (rc == 0)
		rc = lib.git_repository_set_config(l->repo, none);
	lib.git_config_free(none);
	return rc < 0 ? lib_error(err, rc, NULL) : 0;
}

int lib_open(struct lib **out, const struct object_places *at, struct err *err)
{
	*out = NULL;
	if (at->name != LIB_NAME)
		return err_set(err, ERR_UNSUPPORTED, "libgit2 does not know SHA-256 names");
	if (load(err) < 0)
		return -1;
	struct lib *l = xcalloc(1, sizeof(*l));
	int rc = lib.git_odb_new(&l->odb);
	rc = rc < 0 ? lib_error(err, rc, NULL) : 0;
	for (size_t i = 0; i < at->n && rc == 0; i++)
		rc = add_dir(l, at->dirs[i].p, i == 0, err);
	if (rc == 0)
		rc = wrap(l, err);
	if (rc == 0)
		*out = l;
	else
		lib_close(l);
	return rc;
}

void lib_close(struct lib *l)
{
	if (!l)
		return;
	lib.git_repository_free(l->repo);
	lib.git_odb_free(l->odb);
	free(l);
}

/* --- names --- */

struct str lib_name(struct arena *a, const git_oid *id)
{
	return str_n(lib.git_oid_tostr(arena_alloc(a, LIB_NAME + 1), LIB_NAME + 1, id), LIB_NAME);
}

/* One step from a tag to what it stands for. */
static int follow(git_oid *id, struct lib *l, struct err *err)
{
	git_tag *tag = NULL;
	int rc = lib.git_tag_lookup(&tag, l->repo, id);
	if (rc < 0)
		return lib_error(err, rc, id);
	*id = *lib.git_tag_target_id(tag);
	lib.git_tag_free(tag);
	return 0;
}

int lib_peel(git_oid *out, struct lib *l, struct str name, struct err *err)
{
	git_object_t kind;
	size_t size;
	int rc = lib.git_oid_fromstrn(out, name.p, name.n);
	for (int depth = 0; rc == 0 && depth < TAG_DEPTH; depth++) {
		if (lib.git_odb_read_header(&size, &kind, l->odb, out) < 0 || kind != GIT_OBJECT_TAG || size > OBJECT_MAX)
			break;
		if (follow(out, l, err) < 0)
			return -1;
	}
	return rc < 0 ? lib_error(err, rc, NULL) : lib_expect(l, out, GIT_OBJECT_COMMIT, err);
}

int lib_commit(git_commit **out, git_oid *id, struct lib *l, struct str name, struct err *err)
{
	if (lib_peel(id, l, name, err) < 0)
		return -1;
	int rc = lib.git_commit_lookup(out, l->repo, id);
	return rc < 0 ? lib_error(err, rc, id) : 0;
}
