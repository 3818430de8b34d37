/* Asking a program; see ask.h. */
#include "tools/ask.h"

#include <signal.h>

enum { SAID_MAX = 64 << 10 };

struct asked {
	struct buf said, words; /* stdout, stderr */
	bool exited, ended;
	int exit_code;
};

static void asked_says(void *cookie, enum host_stream stream, struct str bytes)
{
	struct asked *p = cookie;
	struct buf *to = stream == HOST_STDOUT ? &p->said : &p->words;
	buf_addstr(to, str_to(bytes, to->max - to->n));
}

static void asked_eof(void *cookie)
{
	((struct asked *)cookie)->ended = true;
}

static void asked_exit(void *cookie, const struct proc_status *st)
{
	struct asked *p = cookie;
	p->exited = true;
	p->exit_code = st->exit_code;
}

static struct str last_line(struct str text)
{
	struct str line, last = STR_EMPTY;
	while (str_next_line(&text, &line))
		if (str_trim(line).n)
			last = str_trim(line);
	return last;
}

static int judge_answer(const struct asked *p, const char *name, struct err *err)
{
	struct str words = last_line(p->words.n ? buf_str(&p->words) : buf_str(&p->said));
	if (!p->exited || !p->ended)
		return err_set(err, ERR_SYSTEM, "%s does not answer", name);
	if (p->exit_code == 0)
		return 0;
	if (words.n)
		return err_set(err, ERR_SYSTEM, "%s: %.*s", name, (int)MIN(words.n, 300), words.p);
	return err_set(err, ERR_SYSTEM, "%s failed with exit code %d", name, p->exit_code);
}

static int wait_for_answer(struct host *h, struct proc *proc, const struct asked *p, unsigned seconds, struct err *err)
{
	int rc = 0;
	uint64_t until = h->ops->now(h) + seconds * UINT64_C(1000000000);
	while (rc == 0 && !(p->exited && p->ended) && h->ops->now(h) < until)
		rc = h->ops->wait(h, until, err);
	if (!p->exited)
		h->ops->signal(h, proc, SIGKILL);
	h->ops->detach(h, proc);
	h->ops->release(h, proc);
	return rc < 0 ? -1 : 0;
}

int program_ask(struct str *out, struct arena *a, struct host *h, const char *const *argv, char *const *env, unsigned seconds,
                struct err *err)
{
	static const struct proc_events events = { asked_says, asked_eof, asked_exit };
	struct asked p = { .said = BUF_INIT_MAX(SAID_MAX), .words = BUF_INIT_MAX(SAID_MAX) };
	struct proc *proc = NULL;
	struct spawn_spec spec = { .path = argv[0],
		                   .argv = (char *const *)(uintptr_t)argv,
		                   .envp = env,
		                   .cwd = "/",
		                   .label = "ask",
		                   .on = &events,
		                   .cookie = &p };
	int rc = h->ops->spawn(h, &spec, &proc, err);
	if (rc == 0)
		rc = wait_for_answer(h, proc, &p, seconds, err);
	if (rc == 0)
		rc = judge_answer(&p, argv[0], err);
	if (rc == 0)
		*out = arena_str(a, str_trim(buf_str(&p.said)));
	buf_done(&p.said);
	buf_done(&p.words);
	return rc;
}
