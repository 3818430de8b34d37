/* Keeping a folder of caches small, and clean of what crashes have left. Several processes may use the folder: one of them
 * sweeps at a time, and an entry that goes while somebody reads it stays readable for him. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/path.h"
#include "base/vec.h"
#include "service/cache.h"

enum {
	UNUSED_SECONDS = 7 * 24 * 3600,
	LEFT_SECONDS = 24 * 3600, /* of an upload: long after its address has ended */
	LOOSE_SECONDS = 3600,     /* content without a card: between two steps of a commit for a moment */
};

struct use {
	const struct cache_entry *entry;
	struct timespec used;
};

static int longest_unused_first(const void *a, const void *b)
{
	const struct timespec *x = &((const struct use *)a)->used, *y = &((const struct use *)b)->used;
	if (x->tv_sec != y->tv_sec)
		return x->tv_sec < y->tv_sec ? -1 : 1;
	return x->tv_nsec < y->tv_nsec ? -1 : x->tv_nsec > y->tv_nsec;
}

/* The card first: without it the entry is not there. */
static void drop(int dir, const struct cache_entry *e, struct arena *a)
{
	if (unlinkat(dir, arena_printf(a, "%.*s.json", STRF(e->name)).p, 0) == 0)
		unlinkat(dir, arena_cstr(a, e->data), 0);
}

static void drop_unused(int dir, struct arena *a, struct str path, uint64_t limit, struct str keep)
{
	size_t n;
	const struct cache_entry *all = cache_read_all(a, path, &n);
	struct use *uses = arena_array(a, struct use, n + 1);
	uint64_t total = 0;
	time_t now = time(NULL);
	for (size_t i = 0; i < n; i++) {
		struct stat st;
		uses[i].entry = &all[i];
		total += all[i].size;
		if (fstatat(dir, arena_printf(a, "%.*s.json", STRF(all[i].name)).p, &st, AT_SYMLINK_NOFOLLOW) == 0)
			uses[i].used = st.st_mtim;
	}
	qsort(uses, n, sizeof(*uses), longest_unused_first);
	for (size_t i = 0; i < n; i++) {
		const struct cache_entry *e = uses[i].entry;
		if (str_eq(e->name, keep) || (total <= limit && now - uses[i].used.tv_sec < UNUSED_SECONDS))
			continue;
		drop(dir, e, a);
		total -= e->size;
	}
}

/* Whether a file of content has its card. */
static bool has_card(int dir, struct arena *a, struct str file)
{
	size_t dash = str_find_c(file, '-', 0);
	return dash != SIZE_MAX && faccessat(dir, arena_printf(a, "%.*s.json", (int)dash, file.p).p, F_OK, 0) == 0;
}

static void drop_left(int root, const char *name, struct arena *a, bool incoming)
{
	int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	time_t now = time(NULL);
	if (!d && fd >= 0)
		close(fd);
	for (struct dirent *e; d && (e = readdir(d));) {
		struct stat st;
		if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode))
			continue;
		bool loose = !incoming && str_ends(str_of(e->d_name), STR(".data")) && !has_card(fd, a, str_of(e->d_name));
		if ((incoming && now - st.st_mtime > LEFT_SECONDS) || (loose && now - st.st_mtime > LOOSE_SECONDS))
			unlinkat(fd, e->d_name, 0);
	}
	if (d)
		closedir(d);
}

void cache_sweep(struct str path, uint64_t limit, struct str keep)
{
	struct arena a = { 0 };
	_cleanup_close_ int dir = open(path.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0 && flock(dir, LOCK_EX | LOCK_NB) == 0) {
		drop_unused(dir, &a, path, limit, keep);
		drop_left(dir, ".", &a, false);
		drop_left(dir, "incoming", &a, true);
	}
	arena_done(&a);
}
