/* A program and nothing else, on a host of its own; see program.h. */
#include "os/program.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>

#include "os/host.h"

extern char **environ;

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

static int run_on(struct host *h, struct arena *a, const char *const *args, struct one_program *p, unsigned seconds,
                  struct err *err)
{
	static const struct proc_events events = { program_says, program_eof, program_exit };
	const char *path = getenv("PATH");
	char program[PATH_MAX];
	struct proc *proc = NULL;
	size_t n = 0;
	if (!h->ops->which(h, args[0], path ? path : "/usr/local/bin:/usr/bin:/bin", program, sizeof(program)))
		return err_set(err, ERR_MISSING, "the %s program is not installed (or not in PATH)", args[0]);
	while (args[n])
		n++;
	char **argv = arena_array(a, char *, n + 1);
	for (size_t i = 0; i < n; i++)
		argv[i] = arena_strdup(a, args[i]);
	struct spawn_spec spec = {
		.path = program, .argv = argv, .envp = environ, .cwd = "/", .label = args[0], .on = &events, .cookie = p
	};
	if (h->ops->spawn(h, &spec, &proc, err) < 0)
		return -1;
	int code = wait_for(h, p, args[0], seconds, err);
	if (!p->exited)
		h->ops->signal(h, proc, SIGKILL);
	h->ops->release(h, proc);
	return code;
}

int program_run(const char *const *args, struct buf *out, struct buf *words, unsigned seconds, struct err *err)
{
	struct one_program p = { .out = out, .words = words };
	struct arena a = { 0 };
	struct host *h = host_real_new(&(struct host_options) { .flags = HOST_NO_CGROUP }, err);
	int code = h ? run_on(h, &a, args, &p, seconds, err) : -1;
	if (h)
		h->ops->free(h);
	arena_done(&a);
	return code;
}
