/* Where runs are kept; see state.h. */
#include "store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "base/path.h"
#include "base/vec.h"

enum { RUNS_KEPT = 200, DAYS_KEPT = 30, WEIGH_EVERY = 16, LAST_EVENT_MAX = 1 << 18 };
#define BYTES_KEPT (UINT64_C(2) << 30)

/* $XDG_…_HOME, or its place below the home directory. */
static struct str xdg(struct arena *a, const char *variable, const char *below_home)
{
	const char *v = getenv(variable);
	if (v && v[0] == '/')
		return str_of(v);
	const char *home = getenv("HOME");
	return home && home[0] == '/' ? path_join(a, str_of(home), str_of(below_home)) : STR_EMPTY;
}

static struct str absolute(struct arena *a, const char *path)
{
	_cleanup_free_ char *cwd = getcwd(NULL, 0);
	return path_normal(a, path_join(a, str_of(cwd), str_of(path)));
}

int state_find(struct state *s, struct arena *a, const char *log_dir, const char *cache_dir, struct err *err)
{
	struct str state = xdg(a, "XDG_STATE_HOME", ".local/state"), cache = xdg(a, "XDG_CACHE_HOME", ".cache");
	if (!state.n && log_dir)
		state = absolute(a, log_dir);
	if (!state.n) {
		err_set(err, ERR_MISSING,
		        "there is no place for logs: neither HOME nor XDG_STATE_HOME is set; name one with --log-dir");
		return -1;
	}
	s->runs = log_dir ? absolute(a, log_dir) : path_join(a, state, STR("sidestep/runs"));
	s->cache = cache_dir ? absolute(a, cache_dir)
	           : cache.n ? path_join(a, cache, STR("sidestep"))
	                     : path_join(a, state, STR("cache"));
	char unique[32];
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	snprintf(unique, sizeof(unique), "%x-%llx", (unsigned)getpid(),
	         (unsigned long long)ts.tv_sec * 1000 + (unsigned long long)ts.tv_nsec / 1000000);
	s->work = (struct work) { .fd = -1 };
	s->work.dir = arena_printf(a, "%.*s/sidestep/work/%s", STRF(state), unique);
	s->work.lock = arena_printf(a, "%.*s.lock", STRF(s->work.dir));
	s->gates = path_join(a, state, STR("sidestep/concurrency"));
	return 0;
}

int state_open(struct state *s, bool keep, struct err *err)
{
	if (file_mkdirs(s->runs.p, 0700, err) < 0 || work_open(&s->work, keep, err) < 0) {
		err->kind = ERR_MISSING;
		size_t n = strlen(err->text);
		snprintf(err->text + n, sizeof(err->text) - n,
		         " (logs of runs go there; choose another place with XDG_STATE_HOME or --log-dir)");
		return -1;
	}
	return 0;
}

/* A number that grows with every run kept in one place. */
static unsigned long next_number(const struct state *s, struct arena *a)
{
	struct str path = arena_printf(a, "%.*s/../run-number", STRF(s->runs));
	_cleanup_close_ int fd = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return 1;
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	unsigned long number = n > 0 ? strtoul(text, NULL, 10) + 1 : 1;
	int len = snprintf(text, sizeof(text), "%lu\n", number);
	if (pwrite(fd, text, (size_t)len, 0) < 0)
		return 1;
	return number;
}

int state_new_run(const struct state *s, struct arena *a, struct str *id, struct str *dir, struct str *number, struct err *err)
{
	time_t now = time(NULL);
	struct tm tm;
	gmtime_r(&now, &tm);
	for (int attempt = 0; attempt < 20; attempt++) {
		unsigned salt = 0;
		if (getrandom(&salt, 3, 0) != 3)
			salt = (unsigned)getpid() * 31 + (unsigned)attempt;
		*id = arena_printf(a, "%04d%02d%02d-%02d%02d%02d-%06x", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		                   tm.tm_min, tm.tm_sec, salt & 0xFFFFFF);
		*dir = path_join(a, s->runs, *id);
		if (mkdir(dir->p, 0700) == 0) {
			unsigned long n = next_number(s, a);
			*number = arena_printf(a, "%lu", n);
			if (n % WEIGH_EVERY == 0)
				state_prune(s, true);
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	err_errno(err, "cannot create %.*s", STRF(*dir));
	err->kind = ERR_MISSING;
	return -1;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_run_id(const char *name)
{
	return strlen(name) == 22 && strspn(name, "0123456789") == 8 && name[8] == '-' && name[15] == '-';
}

/* Bytes of a run's folder, two levels deep: logs and events. */
static uint64_t weight(struct arena *a, struct str dir, int depth)
{
	uint64_t sum = 0;
	_cleanup_closedir_ DIR *d = opendir(dir.p);
	struct dirent *e;
	while (d && (e = readdir(d))) {
		struct stat st;
		if (e->d_name[0] == '.' || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < 4)
			sum += weight(a, path_join(a, dir, str_of(e->d_name)), depth + 1);
		else
			sum += (uint64_t)st.st_blocks * 512;
	}
	return sum;
}

/* Whether a run may still be going on: its events have no end yet, and the last is not a day old. */
static bool is_live(struct arena *a, struct str dir)
{
	static const char end[] = "{\"type\":\"run.end\"";
	struct stat st;
	_cleanup_close_ int fd = open(path_join(a, dir, STR("events.ndjson")).p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) /* just made, or never begun */
		return stat(dir.p, &st) == 0 && time(NULL) - st.st_mtime < 3600;
	if (fstat(fd, &st) < 0 || time(NULL) - st.st_mtime >= 86400)
		return false;
	char *tail = arena_alloc(a, LAST_EVENT_MAX);
	off_t from = st.st_size > LAST_EVENT_MAX ? st.st_size - LAST_EVENT_MAX : 0;
	ssize_t n = pread(fd, tail, LAST_EVENT_MAX, from);
	return n >= 0 && str_find(str_n(tail, (size_t)n), STR(end), 0) == SIZE_MAX;
}

void state_prune(const struct state *s, bool weigh)
{
	struct arena a = { 0 };
	struct {
		VEC(char *);
	} names = { 0 };
	DIR *d = opendir(s->runs.p);
	struct dirent *e;
	while (d && (e = readdir(d)))
		if (is_run_id(e->d_name))
			*vec_add(&a, &names) = arena_strdup(&a, e->d_name);
	if (d)
		closedir(d);
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	time_t limit = time(NULL) - (time_t)DAYS_KEPT * 86400;
	struct tm tm;
	gmtime_r(&limit, &tm);
	char oldest[32];
	snprintf(oldest, sizeof(oldest), "%04d%02d%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	uint64_t sum = 0;
	for (size_t i = names.n; i > 0; i--) { /* newest first */
		struct str dir = path_join(&a, s->runs, str_of(names.v[i - 1]));
		sum += weigh ? weight(&a, dir, 0) : 0;
		bool old = strncmp(names.v[i - 1], oldest, 8) < 0;
		bool beyond = names.n - i >= RUNS_KEPT || old || (sum > BYTES_KEPT && i < names.n);
		if (beyond && !is_live(&a, dir))
			file_remove_tree(dir.p, NULL);
	}
	arena_done(&a);
}
