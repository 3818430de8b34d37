/* The store of actions; see store.h. */
#include "actions/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/path.h"
#include "git/git.h"
#include "git/run.h"

enum { REF_FILE_MAX = 200, NAME_MAX_BYTES = 250, LOCK_TRIES = 24000, LOCK_MS = 50 };

static uint64_t text_hash(struct str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* "github.com" for https://github.com; what cannot be told apart by its safe name alone has a number behind it. */
static struct str server_folder(struct arena *a, struct str server)
{
	struct str host = str_starts(server, STR("https://")) ? str_from(server, 8) : server;
	struct str safe = path_safe_name(a, host, 100);
	if (str_eq(safe, host))
		return safe;
	return arena_printf(a, "%.*s-%016llx", STRF(safe), (unsigned long long)text_hash(server));
}

struct action_place action_place_of(struct arena *a, struct str store, struct str server, struct str repository)
{
	while (server.n && server.p[server.n - 1] == '/' && !str_ends(server, STR("://")))
		server.n--;
	struct str dir = arena_printf(a, "%.*s/%.*s/%.*s", STRF(store), STRF(server_folder(a, server)), STRF(repository));
	const char *between = str_ends(server, STR(":")) ? "" : "/"; /* git@host:owner/repo */
	return (struct action_place) { .url = arena_printf(a, "%.*s%s%.*s", STRF(server), between, STRF(repository)),
		                       .git = arena_printf(a, "%.*s.git", STRF(dir)),
		                       .dir = dir };
}

struct str action_tree(struct arena *a, const struct action_place *p, struct str sha)
{
	return path_join(a, p->dir, sha);
}

int action_tree_hold(struct arena *a, const struct action_place *p, struct str sha)
{
	struct str tree = action_tree(a, p, sha);
	const char *marker = arena_printf(a, "%.*s.ok", STRF(tree)).p;
	struct stat held, there;
	int fd = open(marker, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	/* one that is being removed is locked, or gone once the lock is ours */
	if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) == 0 && fstat(fd, &held) == 0 && lstat(marker, &there) == 0 &&
	    held.st_ino == there.st_ino && held.st_dev == there.st_dev && file_is_dir(tree.p)) {
		futimens(fd, NULL); /* used now */
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* One file name for a ref; empty: it would be too long. */
static struct str ref_file(struct arena *a, const struct action_place *p, struct str ref)
{
	_cleanup_buf_ struct buf name = BUF_INIT;
	for (size_t i = 0; i < ref.n; i++)
		if (ref.p[i] == '/' || ref.p[i] == '%')
			buf_addf(&name, "%%%02X", (unsigned)(unsigned char)ref.p[i]);
		else
			buf_addc(&name, ref.p[i]);
	return name.n <= NAME_MAX_BYTES ? arena_printf(a, "%.*s/refs/%s", STRF(p->dir), buf_cstr(&name)) : STR_EMPTY;
}

struct str action_ref_stored(struct arena *a, const struct action_place *p, struct str ref, int64_t *when)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str path = ref_file(a, p, ref);
	*when = 0;
	if (!path.n || file_read_regular(&text, path.p, REF_FILE_MAX, NULL) != 0)
		return STR_EMPTY;
	struct str said = buf_str(&text);
	size_t blank = str_find_c(said, ' ', 0);
	struct str sha = str_to(said, MIN(blank, said.n));
	if (!git_is_object_name(sha) || !str_ends(said, STR("\n")))
		return STR_EMPTY; /* not written to its end */
	*when = (int64_t)strtoll(arena_cstr(a, str_from(said, MIN(blank + 1, said.n))), NULL, 10);
	return arena_str(a, sha);
}

int action_ref_store(struct arena *a, const struct action_place *p, struct str ref, struct str sha, struct err *err)
{
	struct str path = ref_file(a, p, ref);
	if (!path.n)
		return 0;
	const char *fresh = arena_printf(a, "%.*s/refs/.new", STRF(p->dir)).p; /* whoever writes has the lock */
	if (file_mkdirs(path_dir(path).n ? arena_cstr(a, path_dir(path)) : "/", 0700, err) < 0 ||
	    file_write(fresh, arena_printf(a, "%.*s %lld\n", STRF(sha), (long long)time(NULL)), 0600, err) < 0)
		return -1;
	return rename(fresh, path.p) < 0 ? err_errno(err, "%.*s", STRF(path)) : 0;
}

void action_ref_forget(struct arena *a, const struct action_place *p, struct str ref)
{
	struct str path = ref_file(a, p, ref);
	if (path.n)
		unlink(path.p);
}

int action_place_lock(struct arena *a, const struct action_place *p, struct err *err)
{
	const char *path = arena_printf(a, "%.*s/lock", STRF(p->dir)).p;
	const struct timespec nap = { .tv_nsec = LOCK_MS * 1000000L };
	if (file_mkdirs(arena_cstr(a, p->dir), 0700, err) < 0)
		return -1;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(err, "cannot open %s", path);
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		if (errno != EWOULDBLOCK && errno != EINTR)
			break;
		nanosleep(&nap, NULL);
	}
	err_errno(err, "another program holds %s", path);
	close(fd);
	return -1;
}
