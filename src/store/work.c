/* The work folder of a session; see work.h.
 *
 * Beside a folder stands a file of its name with ".lock", locked (flock) by who uses the folder. One that can be locked
 * belongs to nobody who lives. With --keep there is a word in it: whoever finds such a lock takes the tokens of checkouts out
 * of the folder, and leaves the rest. A folder without such a file is kept, and nobody looks at it. */
#include "store/work.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "base/remove.h"
#include "checkout/checkout.h"

/* What is removed at once at the start of a session, and at its end. */
enum { PRUNED_AT_ONCE = 512, REMOVED_AT_ONCE = 512 };

/* Opens a lock file and takes the lock; -1: somebody has it, or it has just gone. */
static int take_lock(const char *path, int flags)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags, 0600);
	if (fd < 0)
		return -1;
	/* who removes it holds the lock: then it has no name any more */
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink > 0)
		return fd;
	close(fd);
	return -1;
}

struct str work_place(struct arena *a, struct str state, const char *common)
{
	struct stat st;
	struct str below = path_join(a, state, STR("sidestep/work"));
	if (str_find(state, STR("/."), 0) == SIZE_MAX)
		return below;
	struct str own = arena_printf(a, "%s/sidestep-%u", common, (unsigned)geteuid());
	if (lstat(own.p, &st) == 0)
		return S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 077) ? own : below;
	return errno == ENOENT && access(common, W_OK | X_OK) == 0 ? own : below;
}

/* What others may write to could have been filled by them. */
static bool is_ours_alone(const char *place)
{
	struct stat st;
	return lstat(place, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 022);
}

struct str work_other_place(struct arena *a, struct str state, const char *common)
{
	struct str below = path_join(a, state, STR("sidestep/work"));
	struct str own = arena_printf(a, "%s/sidestep-%u", common, (unsigned)geteuid());
	struct str other = str_eq(work_place(a, state, common), own) ? below : own;
	return is_ours_alone(other.p) ? other : STR_EMPTY;
}

static int mark_kept(const struct work *w, struct err *err)
{
	return file_write_all(w->fd, "keep\n", 5) == 0 ? 0 : err_errno(err, "cannot write %s", w->lock.p);
}

int work_open(struct work *w, bool keep, struct err *err)
{
	_cleanup_free_ char *parent = strndup(w->dir.p, path_dir(w->dir).n);
	if (!parent || file_mkdirs(parent, 0700, err) < 0)
		return -1;
	/* the lock first: a folder that nobody has locked yet would be taken for a leftover */
	for (int attempt = 0; w->fd < 0 && attempt < 20; attempt++)
		w->fd = take_lock(w->lock.p, O_CREAT);
	if (w->fd < 0)
		return err_set(err, ERR_SYSTEM, "cannot lock %s: %s", w->lock.p, strerror(errno));
	if (keep && mark_kept(w, err) < 0)
		return -1;
	if (file_mkdirs(w->dir.p, 0700, err) < 0)
		return -1;
	w->opened = true;
	return 0;
}

/* ---- what others have left ---- */

/* Calls look with what the checkouts of each job in a session's folder have for themselves, as long as it returns false. */
static bool each_scratch(struct str dir, bool (*look)(const char *scratch))
{
	struct arena a = { 0 };
	bool found = false;
	_cleanup_closedir_ DIR *d = opendir(dir.p);
	struct dirent *e;
	while (d && !found && (e = readdir(d)))
		if (e->d_name[0] != '.')
			found = look(arena_printf(&a, "%.*s/%s/" CHECKOUT_SCRATCH, STRF(dir), e->d_name).p);
	arena_done(&a);
	return found;
}

static bool forget_tokens(const char *scratch)
{
	checkout_forget(scratch);
	return false;
}

void work_forget(const char *dir)
{
	each_scratch(str_of(dir), forget_tokens);
}

static bool is_kept(int lock)
{
	struct stat st;
	return fstat(lock, &st) < 0 || st.st_size > 0;
}

/* Sees to the folder of a lock that nobody holds. 0: that is done, or it is in use; 1: there is more; -1: something stays. */
static int prune_one(struct arena *a, struct str dir, const char *name, size_t most)
{
	int rc = 0;
	struct str lock = path_join(a, dir, str_of(name));
	struct str left = arena_str(a, str_n(lock.p, lock.n - strlen(".lock")));
	_cleanup_close_ int fd = take_lock(lock.p, 0);
	if (fd < 0)
		return 0;
	if (!is_kept(fd))
		rc = remove_some(left.p, most, NULL);
	else if (most == SIZE_MAX)
		work_forget(left.p);
	else
		rc = 1;
	if (rc == 0)
		unlink(lock.p);
	return rc;
}

/* Prunes all of them; true: there is more to remove than `most` entries of one. */
static bool prune_all(struct str dir, const char *but, size_t most)
{
	struct arena a = { 0 };
	bool more = false;
	_cleanup_closedir_ DIR *d = opendir(dir.p);
	struct dirent *e;
	while (d && (e = readdir(d)) && !(more && most != SIZE_MAX)) {
		size_t n = strlen(e->d_name);
		if (e->d_name[0] == '.' || n <= 5 || strcmp(e->d_name + n - 5, ".lock") != 0 || strcmp(e->d_name, but) == 0)
			continue;
		more |= prune_one(&a, dir, e->d_name, most) > 0;
	}
	arena_done(&a);
	return more;
}

static void pruner_exit(void *cookie, const struct proc_status *st)
{
	(void)st;
	work_let_go(cookie);
}

static const struct proc_events pruner_events = { NULL, NULL, pruner_exit };

void work_prune(struct work *w, struct host *host, const char *self, char *const *envp)
{
	struct arena a = { 0 };
	const char *dir = arena_cstr(&a, path_dir(w->dir)), *other = w->other.n ? arena_cstr(&a, w->other) : NULL;
	bool more = prune_all(str_of(dir), path_base(w->lock).p, PRUNED_AT_ONCE);
	if (other)
		more |= prune_all(str_of(other), "", PRUNED_AT_ONCE);
	if (more) {
		char *argv[] = { (char *)(uintptr_t)self, (char *)"__prune", (char *)(uintptr_t)dir, (char *)(uintptr_t)other,
			         NULL };
		struct spawn_spec spec = { .path = self,
			                   .argv = argv,
			                   .envp = envp,
			                   .cwd = "/",
			                   .label = "prune",
			                   .outlives = true,
			                   .on = &pruner_events,
			                   .cookie = w };
		w->host = host;
		if (host->ops->spawn(host, &spec, &w->pruner, NULL) < 0)
			w->pruner = NULL; /* some other time */
	}
	arena_done(&a);
}

void work_let_go(struct work *w)
{
	if (w->pruner)
		w->host->ops->release(w->host, w->pruner);
	w->pruner = NULL;
}

int work_prune_main(char *const *dirs)
{
	for (; *dirs; dirs++)
		prune_all(str_of(*dirs), "", SIZE_MAX);
	return 0;
}

/* ---- the end ---- */

void work_close(struct work *w, bool keep)
{
	if (!w->lock.n)
		return; /* it was never known where */
	bool done = !w->opened;
	if (w->opened && keep)
		done = !each_scratch(w->dir, checkout_has_lists);
	else if (w->opened)
		done = remove_some(w->dir.p, REMOVED_AT_ONCE, NULL) == 0;
	if (w->fd >= 0 && done)
		unlink(w->lock.p);
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	w->opened = false;
}
