/* Stale locks; see locks.h. A git that is killed with its parent leaves its lock behind for ever, and every later one stops
 * there. Helpers of a git (of https, for instance) may live a moment longer than it: a lock that was made just now is given time.
 */
#include "git/locks.h"

#include <errno.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"

enum { YOUNG_SECONDS = 2, NAP_MS = 20 };

static bool is_young(const struct stat *st)
{
	time_t now = time(NULL);
	return st->st_mtime <= now && now - st->st_mtime < YOUNG_SECONDS;
}

void git_locks_clear(struct arena *a, struct str git_dir, const char *const *names)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	for (; *names; names++) {
		const char *path = path_join(a, git_dir, str_of(*names)).p;
		struct stat st;
		while (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && is_young(&st))
			nanosleep(&nap, NULL);
		if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
			unlink(path);
	}
}
