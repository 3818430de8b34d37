/* A program and nothing else; see program.h. */
#include "os/program.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>

#include "os/real.h"

enum { SAID_MAX = 64 << 10, WORDS_SHOWN = 300 };

extern char **environ;

/* ---- where it is ---- */

struct str program_path_of(struct arena *a, struct str path)
{
	struct str rest = path.n ? path : STR("/usr/local/bin:/usr/bin:/bin");
	_cleanup_buf_ struct buf out = BUF_INIT;
	while (rest.n) {
		size_t end = MIN(str_find_c(rest, ':', 0), rest.n);
		struct str dir = str_to(rest, end);
		rest = str_from(rest, end + 1);
		if (str_starts(dir, STR("/")))
			buf_addf(&out, "%s%.*s", out.n ? ":" : "", STRF(dir));
	}
	return arena_str(a, buf_str(&out));
}

struct str program_path(struct arena *a)
{
	return program_path_of(a, str_of(getenv("PATH")));
}

const char *program_find(struct host *h, const char *name, char *out, size_t size)
{
	struct arena a = { 0 };
	const char *dirs = arena_cstr(&a, program_path(&a));
	const char *found = h ? h->ops->which(h, name, dirs, out, size) : which_find(NULL, name, dirs, out, size);
	arena_done(&a);
	return found;
}

/* Ours, with the PATH along which it was found, so that what it starts itself comes from there as well. */
static char *const *own_environment(struct arena *a)
{
	size_t n = 0;
	while (environ && environ[n])
		n++;
	char **env = arena_array(a, char *, n + 1);
	for (size_t i = 0; i < n; i++) {
		bool is_path = strncmp(environ[i], "PATH=", 5) == 0;
		env[i] = is_path ? arena_strdup(a, arena_printf(a, "PATH=%.*s", STRF(program_path(a))).p) : environ[i];
	}
	return env;
}

/* ---- that it runs ---- */

struct one_program {
	bool exited, eof;
	int code;
	struct buf *out, *words;
};

static void program_says(void *cookie, enum host_stream stream, struct str bytes)
{
	struct one_program *p = cookie;
	struct buf *into = stream == HOST_STDOUT ? p->out : p->words;
	if (into)
		buf_addstr(into, into->max ? str_to(bytes, into->max - into->n) : bytes);
}

static void program_eof(void *cookie)
{
	((struct one_program *)cookie)->eof = true;
}

static void program_exit(void *cookie, const struct proc_status *st)
{
	struct one_program *p = cookie;
	p->exited = true;
	p->code = st->exit_code;
}

static int wait_for(struct host *h, struct one_program *p, const char *name, unsigned seconds, struct err *err)
{
	uint64_t deadline = seconds ? h->ops->now(h) + seconds * UINT64_C(1000000000) : UINT64_MAX;
	while (!(p->exited && p->eof)) {
		if (h->ops->now(h) >= deadline)
			return err_set(err, ERR_MISSING, "%s has not ended within %u seconds", name, seconds);
		if (h->ops->wait(h, deadline, err) < 0)
			return -1;
	}
	return p->code;
}

static int run_on(struct host *h, struct arena *a, const struct program_call *call, struct err *err)
{
	static const struct proc_events events = { program_says, program_eof, program_exit };
	const char *const *args = call->args;
	struct one_program p = { .out = call->out, .words = call->words };
	char program[PATH_MAX];
	struct proc *proc = NULL;
	size_t n = 0;
	if (!program_find(h, args[0], program, sizeof(program)))
		return err_set(err, ERR_MISSING, "the %s program is not installed (or not in PATH)", args[0]);
	while (args[n])
		n++;
	char **argv = arena_array(a, char *, n + 1);
	for (size_t i = 0; i < n; i++)
		argv[i] = arena_strdup(a, args[i]);
	struct spawn_spec spec = { .path = program,
		                   .argv = argv,
		                   .envp = call->env ? call->env : own_environment(a),
		                   .cwd = "/",
		                   .label = args[0],
		                   .on = &events,
		                   .cookie = &p };
	if (h->ops->spawn(h, &spec, &proc, err) < 0)
		return -1;
	int code = wait_for(h, &p, args[0], call->seconds, err);
	if (!p.exited)
		h->ops->signal(h, proc, SIGKILL);
	h->ops->release(h, proc);
	return code;
}

int program_run(const struct program_call *call, struct err *err)
{
	struct arena a = { 0 };
	struct host *h = call->host;
	if (!h)
		h = host_real_new(&(struct host_options) { .flags = HOST_NO_CGROUP }, err);
	int code = h ? run_on(h, &a, call, err) : -1;
	if (h && !call->host)
		h->ops->free(h);
	arena_done(&a);
	return code;
}

/* ---- what it says ---- */

static struct str last_line(struct str text)
{
	struct str line, last = STR_EMPTY;
	while (str_next_line(&text, &line))
		if (str_trim(line).n)
			last = str_trim(line);
	return last;
}

int program_ask(struct str *out, struct arena *a, const struct program_call *call, struct err *err)
{
	_cleanup_buf_ struct buf said = BUF_INIT_MAX(SAID_MAX), words = BUF_INIT_MAX(SAID_MAX);
	struct program_call asked = *call;
	asked.out = &said;
	asked.words = &words;
	int code = program_run(&asked, err);
	struct str why = last_line(words.n ? buf_str(&words) : buf_str(&said));
	if (code < 0)
		return -1;
	if (code > 0 && why.n)
		return err_set(err, ERR_SYSTEM, "%s: %.*s", call->args[0], (int)MIN(why.n, WORDS_SHOWN), why.p);
	if (code > 0)
		return err_set(err, ERR_SYSTEM, "%s failed with exit code %d", call->args[0], code);
	*out = arena_str(a, str_trim(buf_str(&said)));
	return 0;
}
