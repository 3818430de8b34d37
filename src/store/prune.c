/* Removing old runs; see state.h. A start of sidestep is not to wait for it: what one call looks at and removes is bounded, the
 * next one goes on. Only what looks in every way like a run of ours is touched: a folder (no link) of this user with a run's
 * name, and a run's events or nothing in it. */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "base/beneath.h"
#include "base/path.h"
#include "base/remove.h"
#include "base/vec.h"
#include "store/state.h"

enum {
	RUNS_KEPT = 200,
	DAYS_KEPT = 30,
	LAST_EVENT_MAX = 1 << 18,
	NAMES_MAX = 20000,  /* entries looked at in the folder of runs */
	REMOVED_MAX = 2,    /* runs in one call */
	ASKED_MAX = 256,    /* of those that may not go, others' for instance, are passed over */
	FILES_MAX = 1024,   /* of each of them in one call */
	WEIGHED_MAX = 20000 /* files whose sizes are summed up in one call */
};
#define BYTES_KEPT (UINT64_C(2) << 30)

struct pruning {
	struct arena arena;
	int runs; /* the folder */
	struct {
		VEC(char *);
	} names; /* of runs, by age */
	struct {
		VEC(char *);
	} begun; /* names of those that a call before has begun to remove */
	unsigned weighed;
};

static const char gone[] = ".gone-"; /* in front of a run's name: it is being removed */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* 20261201-142530-0a1b2c */
static bool is_run_id(const char *name)
{
	return strlen(name) == 22 && strspn(name, "0123456789") == 8 && name[8] == '-' && strspn(name + 9, "0123456789") == 6 &&
	       name[15] == '-' && strspn(name + 16, "0123456789abcdef") == 6;
}

static void list(struct pruning *p)
{
	int fd = openat(p->runs, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	for (unsigned i = 0; d && i < NAMES_MAX && (e = readdir(d)); i++)
		if (is_run_id(e->d_name))
			*vec_add(&p->arena, &p->names) = arena_strdup(&p->arena, e->d_name);
		else if (str_starts(str_of(e->d_name), str_of(gone)) && is_run_id(e->d_name + strlen(gone)))
			*vec_add(&p->arena, &p->begun) = arena_strdup(&p->arena, e->d_name);
	if (d)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	if (p->names.n)
		qsort(p->names.v, p->names.n, sizeof(*p->names.v), by_name);
}

/* Bytes of a folder: logs and events. */
static uint64_t weight(struct pruning *p, int parent, const char *name, int depth)
{
	uint64_t sum = 0;
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	if (!d && fd >= 0)
		close(fd);
	while (d && p->weighed < WEIGHED_MAX && (e = readdir(d))) {
		struct stat st;
		if (e->d_name[0] == '.' || fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		p->weighed++;
		if (S_ISDIR(st.st_mode) && depth < 4)
			sum += weight(p, fd, e->d_name, depth + 1);
		else
			sum += (uint64_t)st.st_blocks * 512;
	}
	return sum;
}

static bool is_empty(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	bool empty = d;
	if (!d && fd >= 0)
		close(fd);
	while (d && (e = readdir(d)))
		empty &= strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
	return empty;
}

/* Whether its events have an end, or the last of them is a day old. */
static bool has_ended(struct pruning *p, int events, const struct stat *st)
{
	static const char end[] = "{\"type\":\"run.end\"";
	if (time(NULL) - st->st_mtime >= 86400)
		return true;
	char *tail = arena_alloc(&p->arena, LAST_EVENT_MAX);
	off_t from = st->st_size > LAST_EVENT_MAX ? st->st_size - LAST_EVENT_MAX : 0;
	ssize_t n = pread(events, tail, LAST_EVENT_MAX, from);
	return n < 0 || str_find(str_n(tail, (size_t)n), STR(end), 0) != SIZE_MAX;
}

/* A run of ours that is over. */
static bool may_go(struct pruning *p, const char *name)
{
	struct stat st;
	_cleanup_close_ int dir = beneath_open_nolinks(p->runs, name, O_RDONLY | O_DIRECTORY, 0);
	if (dir < 0 || fstat(dir, &st) < 0 || st.st_uid != geteuid())
		return false;
	_cleanup_close_ int events = beneath_open_nolinks(dir, "events.ndjson", O_RDONLY, 0);
	if (events < 0) /* just made, or never begun */
		return is_empty(dir) && time(NULL) - st.st_mtime >= 3600;
	return fstat(events, &st) == 0 && S_ISREG(st.st_mode) && has_ended(p, events, &st);
}

/* So many of the oldest are too many, too old, or too large. */
static size_t count_beyond(struct pruning *p, bool weigh)
{
	time_t limit = time(NULL) - (time_t)DAYS_KEPT * 86400;
	struct tm tm;
	char oldest[32];
	gmtime_r(&limit, &tm);
	snprintf(oldest, sizeof(oldest), "%04d%02d%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	size_t n = p->names.n, beyond = n > RUNS_KEPT ? n - RUNS_KEPT : 0;
	while (beyond < n && strncmp(p->names.v[beyond], oldest, 8) < 0)
		beyond++;
	uint64_t sum = 0;
	for (size_t i = n; weigh && i > beyond; i--) { /* newest first, which stays whatever its size */
		sum += weight(p, p->runs, p->names.v[i - 1], 0);
		if (sum > BYTES_KEPT && i < n)
			return i;
	}
	return beyond;
}

void state_prune(const struct state *s, bool weigh)
{
	struct pruning p = { .runs = open(s->runs.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	if (p.runs < 0)
		return;
	list(&p);
	size_t beyond = count_beyond(&p, weigh);
	unsigned removed = 0, asked = 0;
	for (size_t i = 0; i < beyond && removed < REMOVED_MAX && asked < ASKED_MAX; i++, asked++) {
		const char *name = p.names.v[i];
		const char *aside = arena_printf(&p.arena, "%s%s", gone, name).p;
		if (!may_go(&p, name) || renameat2(p.runs, name, p.runs, aside, RENAME_NOREPLACE) < 0)
			continue;
		*vec_add(&p.arena, &p.begun) = (char *)(uintptr_t)aside;
		removed++;
	}
	for (size_t i = 0, gone_on = 0; i < p.begun.n && i < ASKED_MAX && gone_on < REMOVED_MAX; i++)
		gone_on += remove_some(path_join(&p.arena, s->runs, str_of(p.begun.v[i])).p, FILES_MAX, NULL) >= 0;
	close(p.runs);
	arena_done(&p.arena);
}
