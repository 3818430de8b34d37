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
#include "store/place.h"

enum { WEIGH_EVERY = 16, LOCK_TRIES = 200, TRY_EVERY_NS = 250000 };

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
	s->number = log_dir ? path_join(a, s->runs, STR("run-number")) : path_join(a, state, STR("sidestep/run-number"));
	s->work = (struct work) { .fd = -1 };
	s->work.dir = path_join(a, work_place(a, state, "/var/tmp"), str_of(unique));
	s->work.lock = arena_printf(a, "%.*s.lock", STRF(s->work.dir));
	s->work.other = work_other_place(a, state, "/var/tmp");
	s->gates = path_join(a, state, STR("sidestep/concurrency"));
	return 0;
}

static int say_way_out(struct err *err, const char *way)
{
	size_t n = strlen(err->text);
	snprintf(err->text + n, sizeof(err->text) - n, " (%s)", way);
	err->kind = ERR_MISSING;
	return -1;
}

int state_open(struct state *s, bool keep, struct err *err)
{
	struct arena a = { 0 };
	int made = place_make(str_of(arena_cstr(&a, path_dir(s->work.dir))), s->tree, err);
	arena_done(&a);
	if (made < 0 || place_make(s->runs, s->tree, err) < 0 || work_open(&s->work, keep, err) < 0)
		return say_way_out(err, "logs of runs go there; choose another place with XDG_STATE_HOME or --log-dir");
	if (place_check(s->gates, s->tree, err) < 0)
		return say_way_out(err, "concurrency groups are kept there; choose another place with XDG_STATE_HOME");
	if (place_check(s->cache, s->tree, err) < 0)
		return say_way_out(err, "what is fetched is kept there; choose another place with XDG_CACHE_HOME or --cache-dir");
	return 0;
}

/* A number that grows with every run kept in one place. */
static unsigned long next_number(const struct state *s)
{
	_cleanup_close_ int fd = open(s->number.p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	bool locked = false;
	for (int i = 0; fd >= 0 && i < LOCK_TRIES && !locked; i++) {
		locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
		if (!locked)
			nanosleep(&(struct timespec) { .tv_nsec = TRY_EVERY_NS }, NULL);
	}
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	unsigned long number = n > 0 ? strtoul(text, NULL, 10) + 1 : 1;
	int len = snprintf(text, sizeof(text), "%lu\n", number);
	/* without the lock (its holder was stopped) somebody else has the same number, which beats waiting */
	if (locked && pwrite(fd, text, (size_t)len, 0) < 0)
		return 1;
	return number;
}

struct str state_count_run(const struct state *s, struct arena *a)
{
	unsigned long n = next_number(s);
	if (n % WEIGH_EVERY == 0)
		state_prune(s, true);
	return arena_printf(a, "%lu", n);
}

struct str state_coming_number(const struct state *s, struct arena *a, size_t before)
{
	_cleanup_close_ int fd = open(s->number.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	char text[32] = "";
	if (fd < 0 && errno != ENOENT)
		return STR_EMPTY;
	if (fd >= 0 && pread(fd, text, sizeof(text) - 1, 0) < 0)
		return STR_EMPTY;
	return arena_printf(a, "%lu", strtoul(text, NULL, 10) + 1 + before);
}

int state_new_run(const struct state *s, struct arena *a, struct str *id, struct str *dir, struct err *err)
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
		if (mkdir(dir->p, 0700) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	err_errno(err, "cannot create %.*s", STRF(*dir));
	err->kind = ERR_MISSING;
	return -1;
}
