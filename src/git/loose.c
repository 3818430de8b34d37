/* Loose objects, read without a library or a program of git's: for the newest commit, which a run needs and which mostly is one,
 * and for libgit2, whose own reader of them is not to be trusted with damaged files (see lib_loose.c). That the bytes have the
 * name they are kept under is not checked: it would take a cryptographic library for what a user's own repository says of itself.
 */
#include "git/loose.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/library.h"
#include "git/git.h"

enum { HEAD_MAX = 64, NAME_MAX_DIGITS = 64, CUT_OFF = -5 /* Z_BUF_ERROR */ };

/* zlib's `uncompress`, loaded at the first call; NULL when it is not installed. */
typedef int inflate_fn(unsigned char *to, unsigned long *to_len, const unsigned char *from, unsigned long from_len);
static inflate_fn *inflate_load(void)
{
	static inflate_fn *found;
	static const struct library_symbol symbol = { "uncompress", 0 };
	if (!found)
		library_load(&found, "libz.so.1", &symbol, 1, NULL);
	return found;
}

/* --- the file --- */

static int read_packed(struct buf *packed, int dir, const char *name)
{
	char path[NAME_MAX_DIGITS + 2];
	struct stat st;
	snprintf(path, sizeof(path), "%.2s/%s", name, name + 2);
	_cleanup_close_ int fd = openat(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	return file_read_fd(packed, fd, OBJECT_MAX, NULL) < 0 ? -1 : 1;
}

/* The length of the head with its NUL; 0: it is none. */
static size_t read_head(struct loose_object *out, struct str text)
{
	static const char *const kinds[] = { "commit", "tree", "blob", "tag" };
	size_t end = str_find_c(text, '\0', 0), blank = str_find_c(text, ' ', 0), i = 0;
	if (end == SIZE_MAX || blank > end)
		return 0;
	while (i < ARRAY_LEN(kinds) && !str_is(str_to(text, blank), kinds[i]))
		i++;
	if (i == ARRAY_LEN(kinds))
		return 0;
	out->kind = str_of(kinds[i]);
	out->size = 0;
	for (size_t k = blank + 1; k < end; k++) {
		if (text.p[k] < '0' || text.p[k] > '9' || out->size > OBJECT_MAX)
			return 0;
		out->size = out->size * 10 + (size_t)(text.p[k] - '0');
	}
	return out->size > OBJECT_MAX ? 0 : end + 1;
}

static bool unpack(struct loose_object *out, const struct buf *packed, enum loose_part part)
{
	inflate_fn *inflate = inflate_load();
	char head[HEAD_MAX];
	const unsigned char *from = (const unsigned char *)packed->p;
	unsigned long n = sizeof(head);
	int rc = inflate ? inflate((unsigned char *)head, &n, from, packed->n) : -1;
	if (rc != 0 && (rc != CUT_OFF || n != sizeof(head)))
		return false;
	out->from = read_head(out, str_n(head, n));
	if (out->from == 0 || part == LOOSE_HEAD)
		return out->from > 0;
	unsigned long whole = out->from + out->size;
	buf_reserve(&out->text, whole);
	n = whole;
	if (inflate((unsigned char *)out->text.p, &n, from, packed->n) != 0 || n != whole)
		return false;
	out->text.n = whole;
	return true;
}

int loose_read(struct loose_object *out, int dir, const char *name, enum loose_part part)
{
	_cleanup_buf_ struct buf packed = BUF_INIT;
	*out = (struct loose_object) { .kind = STR_EMPTY };
	int rc = read_packed(&packed, dir, name);
	return rc > 0 && !unpack(out, &packed, part) ? -1 : rc;
}

/* --- a commit --- */

/* "Ada <ada@example.com> 1700000000 +0100" */
static bool take_person(struct str line, struct str *name, struct str *email, int64_t *seconds, int *zone)
{
	size_t open = str_find_c(line, '<', 0), close = str_find_c(line, '>', 0);
	if (open == SIZE_MAX || close == SIZE_MAX || close < open)
		return false;
	*name = str_trim(str_to(line, open));
	*email = str_trim(str_n(line.p + open + 1, close - open - 1));
	long long when = 0;
	int hhmm = 0;
	char rest[64];
	snprintf(rest, sizeof(rest), "%.*s", STRF(str_to(str_from(line, close + 1), sizeof(rest) - 1)));
	bool good = sscanf(rest, " %18lld %5d", &when, &hhmm) == 2;
	*seconds = when;
	*zone = hhmm / 100 * 60 + hhmm % 100;
	return good;
}

static bool take_line(struct arena *a, struct commit_facts *c, struct str line)
{
	int64_t seconds;
	int zone;
	if (str_starts(line, STR("tree ")))
		c->tree = str_from(line, 5);
	else if (str_starts(line, STR("parent ")))
		*vec_add(a, &c->parents) = str_from(line, 7);
	else if (str_starts(line, STR("author ")))
		return take_person(str_from(line, 7), &c->author_name, &c->author_email, &seconds, &zone);
	else if (str_starts(line, STR("committer ")))
		return take_person(str_from(line, 10), &c->committer_name, &c->committer_email, &c->seconds, &c->zone);
	else
		return !str_starts(line, STR("encoding ")); /* git knows how to turn it into UTF-8 */
	return true;
}

/* Lines of "key value" up to an empty one; one that begins with a blank belongs to a signature. */
static bool parse(struct arena *a, struct commit_facts *c, struct str text)
{
	struct str line = STR_EMPTY;
	while (str_next_line(&text, &line) && line.n)
		if (!take_line(a, c, line))
			return false;
	c->message = text;
	return git_is_object_name(c->tree) && c->committer_email.p && c->author_email.p && str_find_c(text, '\0', 0) == SIZE_MAX;
}

bool loose_facts(struct arena *a, struct commit_facts *out, const struct object_places *at, struct str name)
{
	struct loose_object o;
	_cleanup_close_ int dir = open(at->dirs[0].p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return false;
	bool good = loose_read(&o, dir, arena_cstr(a, name), LOOSE_WHOLE) > 0 && str_is(o.kind, "commit");
	if (good) {
		*out = (struct commit_facts) { .id = name };
		good = parse(a, out, arena_str(a, str_from(buf_str(&o.text), o.from)));
	}
	buf_done(&o.text);
	return good;
}
