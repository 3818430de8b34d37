/* This machine as a place: everything goes to the host as it is, the processes of a job in a group of theirs. */
#include "session/place.h"

struct here {
	struct place place;
	struct host *host;
	const char *tracking_id;
	struct host_group *group; /* made with the first process; NULL: none yet */
};

static struct here *here_of(struct place *p)
{
	return (struct here *)p;
}

static int here_spawn(struct place *p, const struct spawn_spec *spec, struct proc **out, struct err *err)
{
	struct here *h = here_of(p);
	struct spawn_spec grouped = *spec;
	if (!h->group)
		h->group = h->host->ops->group_open(h->host, h->tracking_id);
	grouped.group = h->group;
	return h->host->ops->spawn(h->host, &grouped, out, err);
}

static void here_signal(struct place *p, struct proc *proc, int sig)
{
	struct here *h = here_of(p);
	h->host->ops->signal(h->host, proc, sig);
}

static pid_t here_holder(struct place *p, struct proc *proc, char *ret_name, size_t size)
{
	struct here *h = here_of(p);
	return h->host->ops->holder(h->host, proc, ret_name, size);
}

static void here_detach(struct place *p, struct proc *proc)
{
	struct here *h = here_of(p);
	h->host->ops->detach(h->host, proc);
}

static void here_release(struct place *p, struct proc *proc)
{
	struct here *h = here_of(p);
	h->host->ops->release(h->host, proc);
}

static const char *here_which(struct place *p, const char *name, const char *path_dirs, char *out, size_t size)
{
	struct here *h = here_of(p);
	return h->host->ops->which(h->host, name, path_dirs, out, size);
}

static int here_put_file(struct place *p, const char *path, struct str text, mode_t mode, struct err *err)
{
	struct here *h = here_of(p);
	return h->host->ops->put_file(h->host, path, text, mode, err);
}

static int here_take_file(struct place *p, const char *path, struct buf *out, size_t max, struct err *err)
{
	struct here *h = here_of(p);
	return h->host->ops->take_file(h->host, path, out, max, err);
}

static int here_read_file(struct place *p, const char *path, struct buf *out, size_t max, struct err *err)
{
	struct here *h = here_of(p);
	return h->host->ops->read_file(h->host, path, out, max, err);
}

static int here_make_dir(struct place *p, const char *path, struct err *err)
{
	struct here *h = here_of(p);
	return h->host->ops->make_dir(h->host, path, err);
}

static struct str here_map(struct place *p, struct arena *a, struct str path)
{
	(void)p;
	(void)a;
	return path;
}

static bool here_close(struct place *p, const struct group_events *on, void *cookie)
{
	struct here *h = here_of(p);
	bool done = !h->group || h->host->ops->group_close(h->host, h->group, on, cookie);
	free(h);
	return done;
}

static void here_drop(struct place *p)
{
	free(here_of(p));
}

struct place *place_here(struct host *host, const char *tracking_id)
{
	static const struct place_ops ops = { .spawn = here_spawn,
		                              .signal = here_signal,
		                              .holder = here_holder,
		                              .detach = here_detach,
		                              .release = here_release,
		                              .which = here_which,
		                              .put_file = here_put_file,
		                              .take_file = here_take_file,
		                              .read_file = here_read_file,
		                              .make_dir = here_make_dir,
		                              .map = here_map,
		                              .close = here_close,
		                              .drop = here_drop };
	struct here *h = xcalloc(1, sizeof(*h));
	h->place.ops = &ops;
	h->host = host;
	h->tracking_id = tracking_id;
	return &h->place;
}
