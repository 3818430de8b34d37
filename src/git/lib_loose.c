/* Loose objects for libgit2: a file each, "commit 217", a NUL and the content, packed by zlib. libgit2 1.5 has a reader of its
 * own, but that one turns round for ever on a file that was cut off (as a machine leaves it that lost its power), and waits for
 * whatever stands in a file's place: hence this one, which is nothing but a store of bytes for it. */
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "git/lib.h"

enum { HEAD_MAX = 64, CUT_OFF = -5 /* Z_BUF_ERROR */ };

/* zlib's `uncompress`. libgit2 has it loaded already. */
typedef int inflate_fn(unsigned char *to, unsigned long *to_len, const unsigned char *from, unsigned long from_len);

struct loose {
	git_odb_backend base;
	inflate_fn *inflate;
	int dir;
};

/* 0, GIT_ENOTFOUND or -1. */
static int read_file(struct buf *packed, const struct loose *l, const git_oid *id)
{
	char hex[LIB_NAME + 1], path[LIB_NAME + 2];
	struct stat st;
	lib.git_oid_tostr(hex, sizeof(hex), id);
	snprintf(path, sizeof(path), "%.2s/%s", hex, hex + 2);
	_cleanup_close_ int fd = openat(l->dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return GIT_ENOTFOUND;
	if (file_read_fd(packed, fd, LIB_OBJECT_MAX, NULL) == 0)
		return 0;
	lib.git_error_set_str(GIT_ERROR_ODB, "the file cannot be read, or is too large");
	return -1;
}

/* The length of the head with its NUL; 0: it is none. */
static size_t read_head(struct str text, git_object_t *kind, size_t *size)
{
	static const struct {
		const char *name;
		git_object_t kind;
	} kinds[] = { { "commit ", GIT_OBJECT_COMMIT },
		      { "tree ", GIT_OBJECT_TREE },
		      { "blob ", GIT_OBJECT_BLOB },
		      { "tag ", GIT_OBJECT_TAG } };
	size_t end = str_find_c(text, '\0', 0), i = 0;
	for (*kind = GIT_OBJECT_INVALID; i < ARRAY_LEN(kinds); i++)
		if (str_starts(text, str_of(kinds[i].name)))
			break;
	if (end == SIZE_MAX || i == ARRAY_LEN(kinds))
		return 0;
	struct str digits = str_from(str_to(text, end), strlen(kinds[i].name));
	for (*size = 0; digits.n; digits = str_from(digits, 1)) {
		if (digits.p[0] < '0' || digits.p[0] > '9' || *size > LIB_OBJECT_MAX)
			return 0;
		*size = *size * 10 + (size_t)(digits.p[0] - '0');
	}
	*kind = kinds[i].kind;
	return end + 1;
}

static int damaged(void)
{
	lib.git_error_set_str(GIT_ERROR_ODB, "the file is damaged");
	return -1;
}

/* The head alone; its length is returned, -1 when it is damaged. */
static int unpack_head(const struct loose *l, const struct buf *packed, git_object_t *kind, size_t *size)
{
	char head[HEAD_MAX];
	unsigned long n = sizeof(head);
	int rc = l->inflate((unsigned char *)head, &n, (const unsigned char *)packed->p, packed->n);
	size_t length = rc == 0 || (rc == CUT_OFF && n == sizeof(head)) ? read_head(str_n(head, n), kind, size) : 0;
	return length ? (int)length : damaged();
}

static int loose_read_header(size_t *n, git_object_t *kind, git_odb_backend *b, const git_oid *id)
{
	_cleanup_buf_ struct buf packed = BUF_INIT;
	int rc = read_file(&packed, (struct loose *)b, id);
	if (rc == 0)
		rc = unpack_head((struct loose *)b, &packed, kind, n);
	return rc < 0 ? rc : 0;
}

static int loose_read(void **data, size_t *n, git_object_t *kind, git_odb_backend *b, const git_oid *id)
{
	struct loose *l = (struct loose *)b;
	_cleanup_buf_ struct buf packed = BUF_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	int head = read_file(&packed, l, id);
	if (head == 0)
		head = unpack_head(l, &packed, kind, n);
	if (head < 0)
		return head;
	if (*n > LIB_OBJECT_MAX)
		return damaged();
	unsigned long whole = (unsigned long)head + *n;
	buf_reserve(&text, whole);
	if (l->inflate((unsigned char *)text.p, &whole, (const unsigned char *)packed.p, packed.n) != 0 ||
	    whole != (unsigned long)head + *n)
		return damaged();
	*data = lib.git_odb_backend_data_alloc(b, *n + 1);
	if (!*data)
		return -1;
	memcpy(*data, text.p + head, *n);
	((char *)*data)[*n] = '\0'; /* libgit2 asks for it behind what it parses */
	return 0;
}

static int loose_exists(git_odb_backend *b, const git_oid *id)
{
	_cleanup_buf_ struct buf packed = BUF_INIT;
	return read_file(&packed, (struct loose *)b, id) == 0;
}

static void loose_free(git_odb_backend *b)
{
	struct loose *l = (struct loose *)b;
	if (l->dir >= 0)
		close(l->dir);
	free(l);
}

int lib_loose_new(git_odb_backend **out, const char *dir, struct err *err)
{
	void *handle = dlopen("libz.so.1", RTLD_LAZY | RTLD_LOCAL), *found = handle ? dlsym(handle, "uncompress") : NULL;
	if (!found)
		return err_set(err, ERR_UNSUPPORTED, "zlib is not installed");
	struct loose *l = xcalloc(1, sizeof(*l));
	lib.git_odb_init_backend(&l->base, GIT_ODB_BACKEND_VERSION);
	l->base.read = loose_read;
	l->base.read_header = loose_read_header;
	l->base.exists = loose_exists;
	l->base.free = loose_free;
	memcpy(&l->inflate, &found, sizeof(found));
	l->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*out = &l->base;
	return 0;
}
