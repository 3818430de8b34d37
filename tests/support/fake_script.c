/* What tests tell the fake host to let happen, and what they ask it. */
#include "support/fake_internal.h"

static struct proc *look(struct fake *f, const char *label)
{
	struct proc *newest = map_get(&f->newest, str_of(label)), *p = newest;
	while (p && p->exited)
		p = p->older;
	return p ? p : newest;
}

struct proc *fake_find(struct fake *f, const char *label)
{
	struct proc *p = look(f, label);
	if (!p) {
		fprintf(stderr, "fake host: nothing was started with the label %s\n", label);
		abort();
	}
	return p;
}

int fake_running(struct host *h)
{
	struct fake *f = fake_of(h);
	int n = 0;
	for (size_t i = 0; i < f->procs.n; i++)
		n += !f->procs.v[i]->exited;
	return n;
}

int fake_count(struct host *h)
{
	return (int)fake_of(h)->procs.n;
}

const char *fake_started(struct host *h, int i)
{
	struct fake *f = fake_of(h);
	return i >= 0 && (size_t)i < f->procs.n ? f->procs.v[i]->label : NULL;
}

const char *fake_last_started(struct host *h)
{
	struct fake *f = fake_of(h);
	return f->procs.n ? f->procs.v[f->procs.n - 1]->label : "";
}

bool fake_was_started(struct host *h, const char *label)
{
	return look(fake_of(h), label) != NULL;
}

bool fake_is_running(struct host *h, const char *label)
{
	struct proc *p = look(fake_of(h), label);
	return p && !p->exited;
}

const char *fake_env(struct host *h, const char *label, const char *name)
{
	struct proc *p = fake_find(fake_of(h), label);
	size_t n = strlen(name);
	for (char **e = p->envp; *e; e++)
		if (strncmp(*e, name, n) == 0 && (*e)[n] == '=')
			return *e + n + 1;
	return NULL;
}

const char *fake_arg(struct host *h, const char *label, int i)
{
	struct proc *p = fake_find(fake_of(h), label);
	for (int k = 0; p->argv[k]; k++)
		if (k == i)
			return p->argv[k];
	return NULL;
}

const char *fake_path(struct host *h, const char *label)
{
	return fake_find(fake_of(h), label)->path;
}

const char *fake_cwd(struct host *h, const char *label)
{
	return fake_find(fake_of(h), label)->cwd;
}

uint64_t fake_start_time(struct host *h, const char *label)
{
	return fake_find(fake_of(h), label)->started;
}

void fake_output_n(struct host *h, const char *label, enum host_stream s, const void *bytes, size_t n)
{
	struct fake *f = fake_of(h);
	struct fake_event *e = fake_queue(f, fake_find(f, label), FAKE_OUTPUT, f->now);
	e->stream = s;
	e->text = arena_str(&f->arena, str_n(bytes, n));
}

void fake_output(struct host *h, const char *label, enum host_stream s, const char *text)
{
	fake_output_n(h, label, s, text, strlen(text));
}

void fake_exit(struct host *h, const char *label, int code)
{
	struct fake *f = fake_of(h);
	fake_queue_exit(f, fake_find(f, label), f->now, code, 0, false);
}

void fake_exit_keep_pipes(struct host *h, const char *label, int code)
{
	struct fake *f = fake_of(h);
	fake_queue_exit(f, fake_find(f, label), f->now, code, 0, true);
}

void fake_eof(struct host *h, const char *label)
{
	struct fake *f = fake_of(h);
	struct proc *p = fake_find(f, label);
	if (!p->eof_queued)
		fake_queue(f, p, FAKE_EOF, f->now);
}

void fake_die(struct host *h, const char *label, int sig)
{
	struct fake *f = fake_of(h);
	fake_queue_exit(f, fake_find(f, label), f->now, 128 + sig, sig, false);
}

void fake_exit_after(struct host *h, const char *label, uint64_t ns, int code)
{
	struct fake *f = fake_of(h);
	fake_queue_exit(f, fake_find(f, label), f->now + ns, code, 0, false);
}

void fake_auto_exit(struct host *h, uint64_t ns, int code)
{
	fake_of(h)->auto_ns = ns;
	fake_of(h)->auto_code = code;
}

void fake_on_spawn(struct host *h, void (*fn)(struct host *h, const char *label, void *cookie), void *cookie)
{
	fake_of(h)->on_spawn = fn;
	fake_of(h)->on_spawn_cookie = cookie;
}

void fake_spawn_fail(struct host *h, const char *label, const char *msg)
{
	struct fake *f = fake_of(h);
	f->fail_label = label ? arena_strdup(&f->arena, label) : NULL;
	f->fail_msg = msg ? arena_strdup(&f->arena, msg) : NULL;
}

void fake_on_signal(struct host *h, const char *label, int sig, int code)
{
	struct fake *f = fake_of(h);
	*vec_add(&f->arena, &f->rules) = (struct fake_rule) { label ? arena_strdup(&f->arena, label) : NULL, sig, code };
}

const char *fake_signals(struct host *h, const char *label)
{
	return fake_find(fake_of(h), label)->signals;
}

bool fake_detached(struct host *h, const char *label)
{
	return fake_find(fake_of(h), label)->detached;
}

bool fake_released(struct host *h, const char *label)
{
	return fake_find(fake_of(h), label)->released;
}

void fake_advance(struct host *h, uint64_t ns)
{
	fake_of(h)->now += ns;
}

uint64_t fake_armed(struct host *h)
{
	return fake_of(h)->armed;
}

void fake_leftover(struct host *h, pid_t pid, const char *name)
{
	struct fake *f = fake_of(h);
	*vec_add(&f->arena, &f->leftovers) = (struct fake_rule) { arena_strdup(&f->arena, name), pid, 0 };
}

void fake_sweep_takes(struct host *h, uint64_t ns)
{
	fake_of(h)->sweep_ns = ns;
}

int fake_open_groups(struct host *h)
{
	return fake_of(h)->open_groups;
}

const char *fake_closed_tracking_id(struct host *h)
{
	return fake_of(h)->tracking_id;
}
