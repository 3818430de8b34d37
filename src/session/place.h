/* Where the steps of a job run: on this machine today, in a container where there is one. A job asks its place, never the
 * host, to start and stop processes and for files, so that a place can stand between: what is started here may only be the
 * client of what runs there, and ending the one does not end the other.
 *
 * Paths of files are those of this machine; `map` says what one is called inside. */
#ifndef SIDESTEP_SESSION_PLACE_H
#define SIDESTEP_SESSION_PLACE_H

#include "base/arena.h"
#include "os/host.h"

struct place;

struct place_ops {
	/* As the host's, with path, argv and cwd as the place calls them. spec->group is the place's business. */
	int (*spawn)(struct place *p, const struct spawn_spec *spec, struct proc **out, struct err *err);
	/* To all that runs for a process in the place, not to its client alone. */
	void (*signal)(struct place *p, struct proc *proc, int sig);
	/* The three of the host. */
	pid_t (*holder)(struct place *p, struct proc *proc, char *ret_name, size_t size);
	void (*detach)(struct place *p, struct proc *proc);
	void (*release)(struct place *p, struct proc *proc);
	/* Finds a program inside; NULL: not found. */
	const char *(*which)(struct place *p, const char *name, const char *path_dirs, char *out, size_t size);
	/* Small files, as the host's. */
	int (*put_file)(struct place *p, const char *path, struct str text, mode_t mode, struct err *err);
	int (*take_file)(struct place *p, const char *path, struct buf *out, size_t max, struct err *err);
	int (*read_file)(struct place *p, const char *path, struct buf *out, size_t max, struct err *err);
	int (*make_dir)(struct place *p, const char *path, struct err *err);
	/* What a path of this machine is called inside; the result lives in the arena or is the path itself. */
	struct str (*map)(struct place *p, struct arena *a, struct str path);
	/* The end of the job, as the host's group_close: ends what is left of it and forgets the place. */
	bool (*close)(struct place *p, const struct group_events *on, void *cookie);
	/* Instead of close, when the whole session is dropped: what still runs is left to the end of the host. */
	void (*drop)(struct place *p);
};

struct place {
	const struct place_ops *ops;
};

/* This machine. tracking_id: what the processes of the job carry in their environment; not copied. To be ended with close or
 * drop. */
struct place *place_here(struct host *h, const char *tracking_id);

#endif
