/* The seam between deciding and doing: what runs workflows reaches the world only through this. The real host forks
 * and waits (os/real.h), tests drive a fake one with a virtual clock (tests/support/fake_host.c).
 *
 * One thread. Callbacks come only from within host_wait. */
#ifndef SIDESTEP_OS_HOST_H
#define SIDESTEP_OS_HOST_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct host;
struct proc;       /* one started child with all its descendants */
struct host_group; /* the processes of one job */
struct host_watch; /* a descriptor that somebody waits to write to */

enum host_stream { HOST_STDOUT, HOST_STDERR };

struct proc_status {
	int exit_code;              /* 0..255; 128 + signal when a signal ended it */
	int signal;                 /* or 0 */
	int64_t max_rss_kb, cpu_us; /* of the child and what it waited for; -1 unknown */
};

/* What a child does, told to its owner. After exit and eof nothing more comes. */
struct proc_events {
	void (*output)(void *cookie, enum host_stream s, struct str bytes); /* n > 0; valid during the call */
	void (*eof)(void *cookie);                                          /* both pipes have ended */
	void (*exit)(void *cookie, const struct proc_status *st);           /* the child itself was reaped */
};

/* What the end of a job finds. */
struct group_events {
	void (*killed)(void *cookie, pid_t pid, const char *name); /* for each process; also from within group_close */
	void (*done)(void *cookie);
};

struct spawn_spec {
	const char *path; /* absolute */
	char *const *argv, *const *envp;
	const char *cwd;
	struct host_group *group; /* the job's; may be NULL */
	const char *label;        /* the step's id, for traces and the fake host */
	bool outlives;            /* goes on when the host is freed */
	const int *input;         /* its stdin; NULL: /dev/null. Stays the caller's */
	const struct proc_events *on;
	void *cookie;
};

struct host_ops {
	uint64_t (*now)(struct host *h);    /* monotonic ns */
	int64_t (*wall_ms)(struct host *h); /* UTC ms */
	/* New session, own cgroup where one can be made, stdin /dev/null, stdout and stderr piped, only 0-2
	 * open, signals reset, oom score 500, death signal. On failure nothing was started. */
	int (*spawn)(struct host *h, const struct spawn_spec *spec, struct proc **out, struct err *err);
	pid_t (*pid)(struct proc *p);
	/* To the whole tree of the step, also what it orphaned; SIGKILL repeats until nothing is left. */
	void (*signal)(struct host *h, struct proc *p, int sig);
	/* No more output or eof events; what still arrives is read and thrown away, so that a service left
	 * behind does not die of a broken pipe. */
	void (*detach)(struct host *h, struct proc *p);
	/* A child that has exited, whose pipes are open: who holds them. 0: nobody that may be looked at. */
	pid_t (*holder)(struct host *h, struct proc *p, char *ret_name, size_t size);
	/* Forgets a child that has exited (detaches first when its pipes are still open). Its leftovers live on. */
	void (*release)(struct host *h, struct proc *p);

	/* The processes of a job: those whose environment carries RUNNER_TRACKING_ID=tracking_id. */
	struct host_group *(*group_open)(struct host *h, const char *tracking_id);
	/* End of a job: kills what is left of it, waits until that is gone (seconds at most), removes what was made for the
	 * group and forgets it. True: all of this is done; false: it goes on, and on->done will be called. */
	bool (*group_close)(struct host *h, struct host_group *g, const struct group_events *on, void *cookie);

	/* Delivers what has happened; blocks until something does or the deadline (monotonic ns, UINT64_MAX =
	 * none; a time in the past = do not block). Reads are bounded per turn. */
	int (*wait)(struct host *h, uint64_t deadline, struct err *err);
	/* Readable when wait has something to deliver, or the deadline given to arm has come. -1: none. */
	int (*poll_fd)(struct host *h);
	void (*arm)(struct host *h, uint64_t deadline);
	/* Calls ready from wait as long as fd takes bytes, or has an error to tell, until unwatch; fd stays the caller's and
	 * open. NULL: it is of a kind that is never waited for, a file. */
	struct host_watch *(*watch)(struct host *h, int fd, void (*ready)(void *cookie), void *cookie);
	void (*unwatch)(struct host *h, struct host_watch *w);
	/* Until it is called with false the output of children that run stays in their pipes, so that they wait. */
	void (*hold_output)(struct host *h, bool hold);

	/* Small files for steps: scripts and file commands. take reads and removes; missing = empty, 0. */
	int (*put_file)(struct host *h, const char *path, struct str text, mode_t mode, struct err *err);
	int (*take_file)(struct host *h, const char *path, struct buf *out, size_t max, struct err *err);
	/* Reads a file of the workspace. 1: no file of that name is there; a pipe is refused. */
	int (*read_file)(struct host *h, const char *path, struct buf *out, size_t max, struct err *err);
	int (*make_dir)(struct host *h, const char *path, struct err *err); /* mkdir -p, 0700 */
	/* Calls entry for each name in a directory, in no order, "." and ".." and what is beyond some thousands left out;
	 * not at all when it cannot be read. */
	void (*list_dir)(struct host *h, const char *path, void (*entry)(void *cookie, const char *name), void *cookie);
	/* rm -rf of what is small. 0: it is gone; 1: it has more than can be removed without blocking, so a child must do it
	 * (the helper __remove); -1: something stays, err says what. */
	int (*remove_tree)(struct host *h, const char *path, struct err *err);
	/* Finds an executable (runner.md 1.2 rule 5): an absolute existing path as it is, else along dirs. NULL: not found. */
	const char *(*which)(struct host *h, const char *name, const char *path_dirs, char *out, size_t size);

	void (*free)(struct host *h);
};

struct host {
	const struct host_ops *ops;
};

/* For tests and odd machines; for programs that are a child-subreaper and start children only through the host: orphans
 * are then reaped even when nothing tells whose they were. */
enum host_flags { HOST_NO_CGROUP = 1, HOST_REAP_ALL = 2 };

struct host_options {
	unsigned flags;
	const char *self;    /* the program, for a guardian that kills what is left when this process is killed; NULL: none */
	const char *kept;    /* a folder that stays, which the guardian then hands on; NULL: none */
	unsigned long files; /* soft limit of descriptors for children; 0: ours */
};

/* The real one. */
struct host *host_real_new(const struct host_options *options, struct err *err);

#endif
