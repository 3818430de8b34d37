/* Loose objects for libgit2. It has a reader of its own, but that one (1.5) turns round for ever on a file that was cut off, as a
 * machine leaves it that lost its power, and waits for whatever stands in a file's place: so it is given ours. */
#include <fcntl.h>

#include "git/lib.h"
#include "git/loose.h"

struct loose {
	git_odb_backend base;
	int dir;
};

static int read_object(struct loose_object *o, git_object_t *kind, const git_odb_backend *b, const git_oid *id,
                       enum loose_part part)
{
	char name[LIB_NAME + 1];
	int rc = loose_read(o, ((const struct loose *)b)->dir, lib.git_oid_tostr(name, sizeof(name), id), part);
	if (rc == 0)
		return GIT_ENOTFOUND;
	if (rc < 0) {
		lib.git_error_set_str(GIT_ERROR_ODB, "the file is damaged");
		return -1;
	}
	switch (o->kind.p[0]) {
	case 'c':
		*kind = GIT_OBJECT_COMMIT;
		break;
	case 'b':
		*kind = GIT_OBJECT_BLOB;
		break;
	default:
		*kind = str_is(o->kind, "tree") ? GIT_OBJECT_TREE : GIT_OBJECT_TAG;
	}
	return 0;
}

static int backend_header(size_t *n, git_object_t *kind, git_odb_backend *b, const git_oid *id)
{
	struct loose_object o;
	int rc = read_object(&o, kind, b, id, LOOSE_HEAD);
	*n = o.size;
	buf_done(&o.text);
	return rc;
}

static int backend_read(void **data, size_t *n, git_object_t *kind, git_odb_backend *b, const git_oid *id)
{
	struct loose_object o;
	int rc = read_object(&o, kind, b, id, LOOSE_WHOLE);
	if (rc == 0) {
		*n = o.size;
		*data = lib.git_odb_backend_data_alloc(b, o.size + 1);
		if (*data) {
			memcpy(*data, o.text.p + o.from, o.size);
			((char *)*data)[o.size] = '\0'; /* libgit2 asks for it behind what it parses */
		}
		rc = *data ? 0 : -1;
	}
	buf_done(&o.text);
	return rc;
}

static int backend_exists(git_odb_backend *b, const git_oid *id)
{
	struct loose_object o;
	git_object_t kind;
	int rc = read_object(&o, &kind, b, id, LOOSE_HEAD);
	buf_done(&o.text);
	return rc == 0;
}

static void backend_free(git_odb_backend *b)
{
	struct loose *l = (struct loose *)b;
	if (l->dir >= 0)
		close(l->dir);
	free(l);
}

git_odb_backend *lib_loose_new(const char *dir)
{
	struct loose *l = xcalloc(1, sizeof(*l));
	lib.git_odb_init_backend(&l->base, GIT_ODB_BACKEND_VERSION);
	l->base.read = backend_read;
	l->base.read_header = backend_header;
	l->base.exists = backend_exists;
	l->base.free = backend_free;
	l->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return &l->base;
}
