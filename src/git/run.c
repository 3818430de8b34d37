/* A git that runs: started through the host, its words kept, its output handed on or kept, its end told. See run.h. */
#include <errno.h>
#include <limits.h>
#include <signal.h>

#include "git/run_internal.h"
#include "os/program.h"

enum { WORDS_MAX = 64 << 10, WORDS_SHOWN = 400, LOOK_MS = 50, LAST_MS = 2000 };

enum fate { FATE_OPEN, FATE_LATE, FATE_STOPPED, FATE_LONG };

struct git_run {
	struct arena a;
	struct host *host;
	struct proc *proc;
	struct git_shadow shadow;
	char name[32]; /* the subcommand, for messages */
	struct buf out, words;
	size_t seen, most; /* bytes of stdout */
	unsigned seconds;
	uint64_t deadline;
	enum fate fate;
	bool exited, eof, told;
	int exit_code, signal;
	void (*output)(void *cookie, struct str bytes);
	void (*said)(void *cookie, struct str bytes);
	void (*over)(void *cookie, struct git_run *g);
	void (*tick)(void *cookie);
	void *cookie;
};

static void end_it(struct git_run *g, enum fate fate)
{
	if (g->fate != FATE_OPEN || g->exited)
		return;
	g->fate = fate;
	g->host->ops->signal(g->host, g->proc, SIGKILL);
}

/* ---- what the host tells ---- */

static void tell_if_over(struct git_run *g)
{
	if (!git_run_is_over(g) || g->told)
		return;
	g->told = true;
	if (g->over)
		g->over(g->cookie, g);
}

/* After progress, the latest words are the ones that tell what went wrong. */
static void keep_words(struct git_run *g, struct str bytes)
{
	if (g->said && bytes.n > g->words.max)
		bytes = str_from(bytes, bytes.n - g->words.max);
	if (g->said && g->words.n + bytes.n > g->words.max) {
		size_t drop = MAX(g->words.n / 2, g->words.n + bytes.n - g->words.max);
		memmove(g->words.p, g->words.p + drop, g->words.n - drop);
		g->words.n -= drop;
	}
	buf_addstr(&g->words, str_to(bytes, g->words.max - g->words.n));
}

static void take_output(void *cookie, enum host_stream s, struct str bytes)
{
	struct git_run *g = cookie;
	if (s == HOST_STDERR) {
		keep_words(g, bytes);
		if (g->said)
			g->said(g->cookie, bytes);
		return;
	}
	g->seen += bytes.n;
	if (g->seen > g->most)
		end_it(g, FATE_LONG);
	else if (g->output)
		g->output(g->cookie, bytes);
	else
		buf_addstr(&g->out, bytes);
}

static void take_eof(void *cookie)
{
	struct git_run *g = cookie;
	g->eof = true;
	tell_if_over(g);
}

static void take_exit(void *cookie, const struct proc_status *st)
{
	struct git_run *g = cookie;
	g->exited = true;
	g->exit_code = st->exit_code;
	g->signal = st->signal;
	tell_if_over(g);
}

/* ---- starting ---- */

static int spawn(struct git_run *g, const struct git_call *call, struct err *err)
{
	static const struct proc_events events = { take_output, take_eof, take_exit };
	char *program = arena_alloc(&g->a, PATH_MAX);
	const char *dir = call->dir ? call->dir : call->repo && call->repo->root.n ? arena_cstr(&g->a, call->repo->root) : "/";
	if (!program_find(g->host, "git", program, PATH_MAX))
		return err_set(err, ERR_MISSING, "the git program is not installed (or not in PATH)");
	struct spawn_spec spec = {
		.path = program,
		.argv = git_call_argv(&g->a, call),
		.envp = git_call_environment(&g->a, call, g->shadow.dir.n ? &g->shadow : NULL),
		.cwd = dir,
		.label = "git",
		.on = &events,
		.cookie = g,
	};
	return g->host->ops->spawn(g->host, &spec, &g->proc, err);
}

struct git_run *git_run_start(struct host *h, const struct git_call *call, struct err *err)
{
	struct git_run *g = xcalloc(1, sizeof(*g));
	*g = (struct git_run) { .host = h,
		                .words = BUF_INIT_MAX(WORDS_MAX),
		                .most = call->output_max ? call->output_max : GIT_RUN_OUTPUT_MAX,
		                .seconds = call->seconds ? call->seconds : GIT_RUN_SECONDS,
		                .exit_code = -1,
		                .shadow = { STR_EMPTY, -1 },
		                .output = call->output,
		                .said = call->said,
		                .over = call->over,
		                .tick = call->tick,
		                .cookie = call->cookie };
	snprintf(g->name, sizeof(g->name), "%s", call->args[0] ? call->args[0] : "");
	g->deadline = h->ops->now(h) + g->seconds * UINT64_C(1000000000);
	int rc = call->trust == GIT_FOREIGN && call->repo ? git_shadow_make(&g->shadow, &g->a, call->repo, call->index, err) : 0;
	if (rc == 0)
		rc = spawn(g, call, err);
	if (rc == 0)
		return g;
	git_run_free(g);
	return NULL;
}

void git_run_free(struct git_run *g)
{
	if (!g)
		return;
	if (g->proc && !g->exited)
		g->host->ops->signal(g->host, g->proc, SIGKILL);
	if (g->proc)
		g->host->ops->release(g->host, g->proc);
	git_shadow_remove(&g->shadow);
	buf_done(&g->out);
	buf_done(&g->words);
	struct arena a = g->a;
	arena_done(&a);
	free(g);
}

uint64_t git_run_deadline(const struct git_run *g)
{
	return g->fate == FATE_OPEN && !git_run_is_over(g) ? g->deadline : UINT64_MAX;
}

void git_run_turn(struct git_run *g)
{
	if (g->host->ops->now(g->host) >= git_run_deadline(g))
		end_it(g, FATE_LATE);
}

void git_run_stop(struct git_run *g)
{
	end_it(g, FATE_STOPPED);
}

/* ---- how it went ---- */

/* What git has left behind may hold its pipes; of one that was ended nothing more is wanted. */
bool git_run_is_over(const struct git_run *g)
{
	return g->exited && (g->eof || g->fate != FATE_OPEN);
}

int git_run_exit_code(const struct git_run *g)
{
	return g->exited && g->fate == FATE_OPEN ? g->exit_code : -1;
}

struct str git_run_output(const struct git_run *g)
{
	return buf_str(&g->out);
}

struct str git_run_words(const struct git_run *g)
{
	return buf_str(&g->words);
}

/* Of a line that was written over itself, as progress is, what is seen in the end. */
static struct str last_state(struct str line)
{
	line = str_trim(line);
	for (size_t cr; (cr = str_find_c(line, '\r', 0)) != SIZE_MAX;)
		line = str_from(line, cr + 1);
	return str_trim(line);
}

/* The first thing that was wrong; what follows is often advice. */
static struct str first_words(struct str text)
{
	struct str line, any = STR_EMPTY;
	while (str_next_line(&text, &line)) {
		line = last_state(line);
		bool fatal = str_starts(line, STR("fatal: ")) || str_starts(line, STR("error: "));
		if (fatal && !str_is(line, "fatal: Could not read from remote repository."))
			return str_from(line, 7);
		if (!any.n)
			any = line;
	}
	return any;
}

static int fail(struct err *err, enum err_kind kind, int errnum, const char *name, const char *what)
{
	err_set(err, kind, "git %s %s", name, what);
	if (err)
		err->errnum = errnum;
	return -1;
}

int git_run_result(const struct git_run *g, struct err *err)
{
	char text[64];
	struct str words = first_words(buf_str(&g->words));
	switch (g->fate) {
	case FATE_LATE:
		snprintf(text, sizeof(text), "has not ended within %u seconds", g->seconds);
		return fail(err, ERR_MISSING, ETIMEDOUT, g->name, text);
	case FATE_STOPPED:
		return fail(err, ERR_SYSTEM, EINTR, g->name, "was stopped");
	case FATE_LONG:
		snprintf(text, sizeof(text), "says more than %zu bytes", g->most);
		return fail(err, ERR_INVALID, EFBIG, g->name, text);
	case FATE_OPEN:
		break;
	}
	if (g->exited && g->exit_code == 0)
		return 0;
	if (words.n)
		return err_set(err, ERR_SYSTEM, "git %s: %.*s", g->name, (int)MIN(words.n, WORDS_SHOWN), words.p);
	if (g->signal)
		return err_set(err, ERR_SYSTEM, "git %s was ended by signal %d", g->name, g->signal);
	return err_set(err, ERR_SYSTEM, "git %s failed with exit code %d", g->name, g->exit_code);
}

/* ---- waiting for it ---- */

bool git_interrupted(struct err *err)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set;
	if (sigpending(&set) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (sigismember(&set, signals[i]) == 1) {
			err_set(err, ERR_SYSTEM, "stopped while git was running");
			if (err)
				err->errnum = EINTR;
			return true;
		}
	return false;
}

/* One turn of the host, at most until then. */
static int turn_host(struct git_run *g, uint64_t until, struct err *err)
{
	struct host *h = g->host;
	uint64_t look = h->ops->now(h) + LOOK_MS * UINT64_C(1000000);
	return h->ops->wait(h, MIN(look, until), err);
}

/* A killed process ends at once, unless the kernel holds it: then it is left. */
static void see_it_end(struct git_run *g)
{
	uint64_t last = g->host->ops->now(g->host) + LAST_MS * UINT64_C(1000000);
	while (!git_run_is_over(g) && g->host->ops->now(g->host) < last)
		if (turn_host(g, last, NULL) < 0)
			return;
}

int git_run_wait(struct git_run *g, struct buf *out, struct err *err)
{
	int rc = 0;
	while (rc == 0 && !git_run_is_over(g) && g->fate == FATE_OPEN) {
		if (git_interrupted(err)) {
			git_run_stop(g);
			rc = -1;
		} else {
			rc = turn_host(g, git_run_deadline(g), err);
			git_run_turn(g);
			if (g->tick)
				g->tick(g->cookie);
		}
	}
	see_it_end(g);
	if (rc == 0)
		rc = git_run_result(g, err);
	if (out)
		buf_addstr(out, buf_str(&g->out));
	git_run_free(g);
	return rc;
}

int git_run(const struct git_call *call, struct buf *out, struct err *err)
{
	if (git_interrupted(err))
		return -1;
	struct host *h = host_real_new(&(struct host_options) { .flags = HOST_NO_CGROUP }, err);
	struct git_run *g = h ? git_run_start(h, call, err) : NULL;
	int rc = g ? git_run_wait(g, out, err) : -1;
	if (h)
		h->ops->free(h);
	return rc;
}
