/* The fake host itself: processes that exist on paper, a queue of what will happen to them, a virtual
 * clock. What tests say and ask is in fake_script.c, files are in fake_files.c. */
#include "support/fake_internal.h"

static uint64_t op_now(struct host *h)
{
	return fake_of(h)->now;
}

static int64_t op_wall_ms(struct host *h)
{
	return 1767323045000 + (int64_t)((fake_of(h)->now - 1000000000u) / 1000000u);
}

static char **copy_strings(struct fake *f, char *const *v)
{
	size_t n = 0;
	while (v && v[n])
		n++;
	char **copy = arena_array(&f->arena, char *, n + 1);
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(&f->arena, v[i]);
	return copy;
}

static bool spawn_refused(const struct fake *f, const char *label)
{
	return f->fail_msg && (!f->fail_label || strcmp(f->fail_label, label) == 0);
}

static int op_spawn(struct host *h, const struct spawn_spec *spec, struct proc **out, struct err *err)
{
	struct fake *f = fake_of(h);
	const char *label = spec->label ? spec->label : "";
	if (spawn_refused(f, label))
		return err_set(err, ERR_SYSTEM, "%s", f->fail_msg);
	struct proc *p = arena_make(&f->arena, struct proc);
	p->label = arena_strdup(&f->arena, label);
	p->path = arena_strdup(&f->arena, spec->path);
	p->cwd = spec->cwd ? arena_strdup(&f->arena, spec->cwd) : NULL;
	p->argv = copy_strings(f, spec->argv);
	p->envp = copy_strings(f, spec->envp);
	p->on = spec->on;
	p->cookie = spec->cookie;
	p->pid = 1000 + (pid_t)f->procs.n;
	p->started = f->now;
	*vec_add(&f->arena, &f->procs) = p;
	p->older = map_get(&f->newest, str_of(p->label));
	map_put(&f->arena, &f->newest, str_of(p->label), p);
	*out = p;
	if (f->auto_ns != UINT64_MAX)
		fake_queue_exit(f, p, f->now + f->auto_ns, f->auto_code, 0, false);
	if (f->on_spawn)
		f->on_spawn(h, p->label, f->on_spawn_cookie);
	return 0;
}

static pid_t op_pid(struct proc *p)
{
	return p->pid;
}

static int rule_for(struct fake *f, const char *label, int sig)
{
	int code = sig == 9 ? FAKE_DIES : FAKE_IGNORES;
	bool own = false;
	for (size_t i = 0; i < f->rules.n; i++) {
		struct fake_rule r = f->rules.v[i];
		if (r.sig != sig || (r.label ? strcmp(r.label, label) != 0 : own))
			continue;
		code = r.code;
		own = own || r.label;
	}
	return code;
}

static void op_signal(struct host *h, struct proc *p, int sig)
{
	struct fake *f = fake_of(h);
	size_t n = strlen(p->signals);
	snprintf(p->signals + n, sizeof(p->signals) - n, "%s%d", n ? " " : "", sig);
	int code = rule_for(f, p->label, sig);
	if (p->exited) {
		if (sig == 9 && !p->eof_queued)
			fake_queue(f, p, FAKE_EOF, f->now);
		return;
	}
	if (code == FAKE_DIES)
		fake_queue_exit(f, p, f->now, 128 + sig, sig, false);
	else if (code >= 0)
		fake_queue_exit(f, p, f->now, code, 0, false);
}

/* Something it has started, if its pipes are kept. */
static pid_t op_holder(struct host *h, struct proc *p, char *ret_name, size_t size)
{
	(void)h;
	snprintf(ret_name, size, "left");
	return p->exited && !p->ended ? p->pid + 1000 : 0;
}

static void op_detach(struct host *h, struct proc *p)
{
	(void)h;
	p->detached = true;
}

static void op_release(struct host *h, struct proc *p)
{
	(void)h;
	p->released = p->detached = true;
}

static struct host_group *op_group_open(struct host *h, const char *tracking_id)
{
	struct fake *f = fake_of(h);
	struct host_group *g = arena_make(&f->arena, struct host_group);
	g->tracking_id = arena_strdup(&f->arena, tracking_id);
	f->open_groups++;
	return g;
}

static bool op_group_close(struct host *h, struct host_group *g, const struct group_events *on, void *cookie)
{
	struct fake *f = fake_of(h);
	f->tracking_id = g->tracking_id;
	for (size_t i = 0; i < f->leftovers.n && on->killed; i++)
		on->killed(cookie, f->leftovers.v[i].sig, f->leftovers.v[i].label);
	f->leftovers.n = 0;
	if (f->sweep_ns) {
		g->on = on;
		g->cookie = cookie;
		fake_queue(f, NULL, FAKE_CLOSED, f->now + f->sweep_ns)->group = g;
		return false;
	}
	f->open_groups--;
	return true;
}

struct fake_event *fake_queue(struct fake *f, struct proc *p, enum fake_event_kind kind, uint64_t at)
{
	struct fake_event *e = arena_make(&f->arena, struct fake_event), **link = &f->queue;
	e->kind = kind;
	e->p = p;
	e->at = at;
	e->seq = f->seq++;
	while (*link && (*link)->at <= at)
		link = &(*link)->next;
	e->next = *link;
	*link = e;
	if (kind == FAKE_EOF)
		p->eof_queued = true;
	return e;
}

/* A later exit gives way to an earlier one: killing something that would have ended by itself. */
void fake_queue_exit(struct fake *f, struct proc *p, uint64_t at, int code, int sig, bool keep_pipes)
{
	for (struct fake_event **link = &f->queue; *link;) {
		struct fake_event *e = *link;
		if (e->p == p && e->at > at && e->kind != FAKE_OUTPUT) {
			*link = e->next;
			p->exit_queued = p->exit_queued && e->kind != FAKE_EXIT;
			p->eof_queued = p->eof_queued && e->kind != FAKE_EOF;
		} else {
			link = &e->next;
		}
	}
	if (!p->exit_queued) {
		struct fake_event *e = fake_queue(f, p, FAKE_EXIT, at);
		e->code = code;
		e->sig = sig;
		p->exit_queued = true;
	}
	if (!keep_pipes && !p->eof_queued)
		fake_queue(f, p, FAKE_EOF, at);
}

static void deliver(struct fake *f, struct fake_event *e)
{
	struct proc *p = e->p;
	if (e->kind == FAKE_CLOSED) {
		f->open_groups--;
		e->group->on->done(e->group->cookie);
		return;
	}
	struct proc_status st = { .exit_code = e->code, .signal = e->sig, .max_rss_kb = 1024, .cpu_us = 1000 };
	if (p->released)
		return;
	switch (e->kind) {
	case FAKE_OUTPUT:
		if (!p->detached && !p->ended && e->text.n && p->on->output)
			p->on->output(p->cookie, e->stream, e->text);
		break;
	case FAKE_EOF:
		p->ended = true;
		if (!p->detached && p->on->eof)
			p->on->eof(p->cookie);
		break;
	case FAKE_EXIT:
		p->exited = true;
		if (p->on->exit)
			p->on->exit(p->cookie, &st);
		break;
	case FAKE_CLOSED:
		break;
	}
}

static int op_wait(struct host *h, uint64_t deadline, struct err *err)
{
	struct fake *f = fake_of(h);
	uint64_t last = f->seq;
	(void)err;
	if (!f->queue || f->queue->at > f->now) {
		uint64_t next = f->queue ? MIN(f->queue->at, deadline) : deadline;
		if (next != UINT64_MAX && next > f->now)
			f->now = next;
	}
	while (f->queue && f->queue->at <= f->now && f->queue->seq < last) {
		struct fake_event *e = f->queue;
		f->queue = e->next;
		deliver(f, e);
	}
	return 0;
}

static int op_poll_fd(struct host *h)
{
	(void)h;
	return -1;
}

static void op_arm(struct host *h, uint64_t deadline)
{
	fake_of(h)->armed = deadline;
}

static struct host_watch *op_watch(struct host *h, int fd, void (*ready)(void *cookie), void *cookie)
{
	(void)h, (void)fd, (void)ready, (void)cookie;
	return NULL;
}

static void op_unwatch(struct host *h, struct host_watch *w)
{
	(void)h, (void)w;
}

static void op_hold_output(struct host *h, bool hold)
{
	(void)h, (void)hold;
}

static void op_free(struct host *h)
{
	struct fake *f = fake_of(h);
	for (size_t i = 0; i < f->files.n; i++)
		buf_done(&f->files.v[i]->text);
	arena_done(&f->arena);
	free(f);
}

static const struct host_ops fake_ops = {
	.now = op_now,
	.wall_ms = op_wall_ms,
	.spawn = op_spawn,
	.pid = op_pid,
	.signal = op_signal,
	.detach = op_detach,
	.holder = op_holder,
	.release = op_release,
	.group_open = op_group_open,
	.group_close = op_group_close,
	.wait = op_wait,
	.poll_fd = op_poll_fd,
	.arm = op_arm,
	.watch = op_watch,
	.unwatch = op_unwatch,
	.hold_output = op_hold_output,
	.put_file = fake_put_file,
	.take_file = fake_take_file,
	.read_file = fake_read_file,
	.make_dir = fake_make_dir,
	.list_dir = fake_list_dir,
	.remove_tree = fake_remove_tree,
	.which = fake_which,
	.free = op_free,
};

struct host *fake_host_new(void)
{
	struct fake *f = xcalloc(1, sizeof(*f));
	f->host.ops = &fake_ops;
	f->now = 1000000000u;
	f->auto_ns = UINT64_MAX;
	f->tracking_id = "";
	return &f->host;
}
