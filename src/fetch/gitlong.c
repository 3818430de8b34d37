/* Running git on a host of its own; see gitlong.h. */
#include "fetch/gitlong.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>

#include "fetch/gitcmd.h"
#include "os/host.h"

enum { SECONDS = 300, LOOK_MS = 50, WORDS_MAX = 64 << 10 };

/* What a git has said so far. */
struct talk {
	struct buf *out;
	struct buf words;
	bool exited, eof;
	struct proc_status status;
};

static void on_output(void *cookie, enum host_stream s, struct str bytes)
{
	struct talk *t = cookie;
	if (s == HOST_STDERR)
		buf_addstr(&t->words, bytes);
	else if (t->out)
		buf_addstr(t->out, bytes);
}

static void on_eof(void *cookie)
{
	((struct talk *)cookie)->eof = true;
}

static void on_end(void *cookie, const struct proc_status *st)
{
	struct talk *t = cookie;
	t->exited = true;
	t->status = *st;
}

bool gitlong_interrupted(struct err *err)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set;
	if (sigpending(&set) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (sigismember(&set, signals[i]) == 1) {
			err_set(err, ERR_SYSTEM, "stopped while git was running");
			err->errnum = EINTR;
			return true;
		}
	return false;
}

static int too_late(const char *name, unsigned seconds, struct err *err)
{
	err_set(err, ERR_MISSING, "git %s has not ended within %u seconds", name, seconds);
	err->errnum = ETIMEDOUT;
	return -1;
}

/* Until it has ended; -1: it has to be. */
static int wait_for(struct host *h, struct talk *t, const struct gitlong *g, const char *name, struct err *err)
{
	unsigned seconds = g->seconds ? g->seconds : SECONDS;
	uint64_t end = h->ops->now(h) + seconds * UINT64_C(1000000000);
	while (!t->exited || !t->eof) {
		if (gitlong_interrupted(err))
			return -1;
		if (h->ops->now(h) >= end)
			return too_late(name, seconds, err);
		if (h->ops->wait(h, h->ops->now(h) + LOOK_MS * UINT64_C(1000000), err) < 0)
			return -1;
	}
	return 0;
}

/* The first thing that was wrong; what follows is often advice. */
static struct str first_words(struct str text)
{
	struct str line, any = STR_EMPTY;
	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		bool fatal = str_starts(line, STR("fatal: ")) || str_starts(line, STR("error: "));
		if (fatal && !str_is(line, "fatal: Could not read from remote repository."))
			return str_from(line, 7);
		if (!any.n)
			any = line;
	}
	return any;
}

static int report(const struct talk *t, const char *name, struct err *err)
{
	struct str words = first_words(buf_str(&t->words));
	if (t->status.exit_code == 0)
		return 0;
	if (words.n)
		return err_set(err, ERR_SYSTEM, "git %s: %.*s", name, (int)MIN(words.n, 300), words.p);
	return err_set(err, ERR_SYSTEM, "git %s failed with exit code %d", name, t->status.exit_code);
}

static int start(struct host *h, struct proc **p, struct talk *t, const struct gitlong *g, const char *const *args,
                 struct arena *a, struct err *err)
{
	static const struct proc_events events = { on_output, on_eof, on_end };
	static const char *const patience[] = { "GIT_HTTP_LOW_SPEED_LIMIT=1", "GIT_HTTP_LOW_SPEED_TIME=60", NULL },
				 *const alone[] = { "GIT_ALLOW_PROTOCOL=none", NULL };
	const char *argv[GITCMD_ARGS];
	const char *path = getenv("PATH");
	char *program = arena_alloc(a, PATH_MAX);
	if (gitcmd_argv(argv, arena_cstr(a, g->dir), args, err) < 0)
		return -1;
	if (!h->ops->which(h, "git", path ? path : "/usr/local/bin:/usr/bin:/bin", program, PATH_MAX))
		return err_set(err, ERR_MISSING, "the git program is not installed (or not in PATH)");
	struct spawn_spec spec = { .path = program,
		                   .argv = (char *const *)(void *)(uintptr_t)argv,
		                   .envp = gitcmd_environment(a, g->offline ? alone : patience),
		                   .label = "git",
		                   .on = &events,
		                   .cookie = t };
	return h->ops->spawn(h, &spec, p, err);
}

int gitlong_run(const struct gitlong *g, struct buf *out, const char *const *args, struct err *err)
{
	struct arena a = { 0 };
	struct proc *p = NULL;
	struct talk t = { .out = out, .words = BUF_INIT_MAX(WORDS_MAX) };
	if (gitlong_interrupted(err))
		return -1;
	struct host *h = host_real_new(HOST_NO_CGROUP, err);
	int rc = h ? start(h, &p, &t, g, args, &a, err) : -1;
	if (rc == 0)
		rc = wait_for(h, &t, g, args[0], err);
	if (rc < 0 && p && !t.exited)
		h->ops->signal(h, p, SIGKILL);
	if (rc == 0)
		rc = report(&t, args[0], err);
	if (h)
		h->ops->free(h);
	buf_done(&t.words);
	arena_done(&a);
	return rc;
}
