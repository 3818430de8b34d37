/* Stale locks; see locks.h. A git that is killed with its parent leaves its lock behind for ever, and every later one stops
 * there. Helpers of a git (of https, for instance) may live a moment longer than it: a lock that was made just now is given time.
 */
#include "git/locks.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"

enum { YOUNG_SECONDS = 2, NAP_MS = 20, PACK_SECONDS = 10 * 60 };

static bool is_young(const struct stat *st, time_t seconds)
{
	time_t now = time(NULL);
	return st->st_mtime <= now && now - st->st_mtime < seconds;
}

/* "tmp_pack_XXXXXX", "tmp_idx_XXXXXX": what is whole has another name. */
static void clear_packs(struct arena *a, struct str git_dir)
{
	_cleanup_closedir_ DIR *d = opendir(path_join(a, git_dir, STR("objects/pack")).p);
	struct dirent *e;
	while (d && (e = readdir(d))) {
		struct stat st;
		if (str_starts(str_of(e->d_name), STR("tmp_")) && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && !is_young(&st, PACK_SECONDS))
			unlinkat(dirfd(d), e->d_name, 0);
	}
}

void git_locks_clear(struct arena *a, struct str git_dir, const char *const *names)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	for (; *names; names++) {
		const char *path = path_join(a, git_dir, str_of(*names)).p;
		struct stat st;
		while (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && is_young(&st, YOUNG_SECONDS))
			nanosleep(&nap, NULL);
		if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
			unlink(path);
	}
	clear_packs(a, git_dir);
}
