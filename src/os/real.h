/* The real host from within: what its parts share.
 *
 * Lifetimes: a proc lives until it was released, reaped and both its pipes have ended; a cgroup slot
 * belongs to a proc, to a group's leftovers or to the pool of empty ones. Sources stand inside their
 * proc; a closed one has fd -1, and memory is freed only between turns, so a stale event finds that. */
#ifndef SIDESTEP_OS_REAL_H
#define SIDESTEP_OS_REAL_H

#include <sys/resource.h>

#include "base/arena.h"
#include "os/host.h"
#include "os/pids.h"
#include "os/procfs.h"

enum { READ_MAX = 256 << 10, CHILD_STACK = 64 << 10 };

enum source_kind { SOURCE_STDOUT, SOURCE_STDERR, SOURCE_EXIT, SOURCE_TIMER, SOURCE_WATCH };

/* A descriptor in the epoll set. */
struct source {
	enum source_kind kind;
	int fd; /* -1: closed */
	struct proc *p;
};

/* A cgroup directory that holds one step at a time. */
struct cgroup {
	struct cgroup *next;
	int fd;
	unsigned id;
	bool killed; /* cgroup.kill was written: kernels since 6.14 kill what is cloned into it ever after */
};

struct cgroups {
	bool tried;    /* looked for a place */
	bool off;      /* found unusable */
	int own_fd;    /* our own cgroup, or -1: none usable */
	int base_fd;   /* the directory below it that holds the slots */
	char base[64]; /* its name */
	unsigned made; /* slots so far; gives their names */
	struct cgroup *pool;
};

struct host_group {
	struct host_group *next;
	char *tracking_id;   /* of its job; NULL: of steps without one */
	struct cgroup *left; /* of steps that left something running */
};

/* For code that shares our memory: no instrumentation that keeps state about "the" stack. */
#define BORROWED __attribute__((no_sanitize("address", "undefined")))

struct sweep; /* the end of a job that takes longer: sweep.c */

struct real;

struct proc {
	struct proc *prev, *next;
	struct real *host;
	struct host_group *group;
	struct cgroup *cg; /* or NULL: found by scanning */
	struct source pipe[2], exit;
	pid_t pid; /* also its session */
	const struct proc_events *on;
	void *cookie;
	char *mark; /* a variable of its environment that no other step has, or NULL */
	bool exited, detached, released, settled, outlives;
	int64_t spawn_rss_kb; /* ours when it was started: a lower value says nothing */
};

/* A process that a step started and that is, or may become, our child. */
struct orphan {
	pid_t pid, sid;
	unsigned long long start; /* tells it from a later one of the same number */
	bool dying;               /* it was killed */
};

struct guarded;
struct vigil;

/* The child that outlives us when we are killed: guard.c. */
struct guard {
	const char *self; /* the program, or NULL: there is to be none */
	bool started;
	pid_t pid; /* 0: none */
	int pidfd, mem;
	struct guarded *shared;
	struct vigil *vigil;
};

struct real {
	struct host host;
	unsigned flags;
	int epfd, null_fd, proc_fd;
	struct source timer;
	uint64_t armed;
	char *buf;   /* READ_MAX bytes; every read goes here */
	char *stack; /* of the child until it execs */
	int oom_fd, oom_own;
	struct rlimit files; /* of children; rlim_max 0: like ours */
	struct proc *procs, *dead;
	struct host_group *groups, own; /* own: of steps without a group */
	struct sweep *sweeps;
	struct cgroups cg;
	struct guard guard;
	struct orphan *orphans;
	size_t norphans, norphans_dying;
	bool some_exited;
	bool holding; /* pipes of children that run are not in the set */
	struct host_watch *watches;
	unsigned delivered; /* callbacks of this turn */
};

static inline struct real *real_of(struct host *h)
{
	return (struct real *)h;
}

/* loop.c: waiting and dispatching. */
int loop_wait(struct host *h, uint64_t deadline, struct err *err);
int loop_poll_fd(struct host *h);
void loop_arm(struct host *h, uint64_t deadline);
uint64_t loop_now(struct host *h);
/* Puts a source into the epoll set; -1 with errno. */
int loop_add(struct real *r, struct source *s);
/* Takes it out and closes it; harmless when it is closed. */
void loop_close(struct real *r, struct source *s);

/* watch.c: descriptors to be written to; output that stays in the pipes. */
struct host_watch *watch_open(struct host *h, int fd, void (*ready)(void *cookie), void *cookie);
void watch_close(struct host *h, struct host_watch *w);
void watch_ready(struct real *r, struct source *s);
void watch_free(struct real *r);
void watch_hold_output(struct host *h, bool hold);
/* A child has ended or was detached: its pipes are read again. */
void watch_let_go(struct real *r, struct proc *p);

/* spawn.c and launch.c */
int spawn_op(struct host *h, const struct spawn_spec *spec, struct proc **out, struct err *err);

enum launch_stage { LAUNCH_OK, LAUNCH_SETUP, LAUNCH_CWD, LAUNCH_EXEC, LAUNCH_ORPHANED };

/* What the child needs, and what it says when it fails before exec. */
struct launch {
	const char *path, *cwd;
	char *const *argv, *const *envp;
	int in, out, err; /* become 0, 1, 2; none of them is */
	int cgroup;       /* directory to be born in, or -1 */
	bool outlives;    /* no death signal */
	const struct rlimit *files;
	pid_t parent;
	volatile int stage; /* enum launch_stage */
	volatile int errnum;
};

/* Starts the child and returns when it has exec'ed or failed (l->stage). The cost does not depend on
 * our own size. Negative with errno when there is no child. */
pid_t launch(struct launch *l, char *stack, int *pidfd);

/* pipe.c */
/* Both ends close-on-exec and above 2; the read end does not block. */
int pipe_open(int *read_end, int *write_end, int size);
/* One bounded read; delivers, closes at the end. */
void pipe_ready(struct real *r, struct source *s, bool hangup);

/* reap.c */
/* Collects the exit of a child that may have ended; tells its owner. */
void reap_ready(struct real *r, struct proc *p);
void proc_detach(struct host *h, struct proc *p);
void proc_release(struct host *h, struct proc *p);
/* Unlinks a proc that nobody needs any more; proc_bury frees those, between turns. */
void proc_settle(struct real *r, struct proc *p);
void proc_bury(struct real *r);

/* orphan.c: children we never started. */
/* Remembers those orphans that belong to p, now that they can still be told. */
void orphan_note(struct real *r, struct proc *p);
/* Remembers processes that were just killed. */
void orphan_killed(struct real *r, const struct pids *killed);
/* Reaps ended children that steps left to us, never anybody else's. */
void orphan_reap(struct real *r);
/* Waits, at most a second, until all that were killed are gone, and reaps them: for freeing the host. */
void orphan_settle(struct real *r);
/* Whether every child we have is a running step of another group than g: then nothing of g is left. */
bool orphan_none_left(struct real *r, const struct host_group *g);

/* tree.c */
void tree_signal(struct host *h, struct proc *p, int sig);
/* A family of processes: those that owns() says belong to it, and their descendants. */
struct kin {
	bool (*owns)(struct real *r, const void *who, const struct proc_stat *st, struct buf *scratch);
	const void *who;
};

/* Stops, then kills all of them, found in /proc; how many. */
size_t tree_kill(struct real *r, const struct kin *kin);
/* Whether pid belongs to p's step: by session, or by what its environment carries. */
bool tree_owns(struct real *r, const struct proc *p, pid_t pid, pid_t sid, struct buf *scratch);

/* Appends the living processes of a step. */
void tree_members(struct real *r, const struct proc *p, struct pids *out);
/* holder.c */
pid_t holder_op(struct host *h, struct proc *p, char *ret_name, size_t size);

/* cgroup.c */
/* An empty slot, or NULL where there are none. */
struct cgroup *cgroup_take(struct real *r, struct host_group *g);
/* A step is over: back to the pool, or to the leftovers of g while something lives in it. */
void cgroup_give(struct real *r, struct host_group *g, struct cgroup *c);
/* Kills everything in it, also what is being forked now. */
void cgroup_kill(struct cgroup *c);
/* Appends the processes in it and below. */
void cgroup_pids(const struct cgroup *c, struct pids *out);
bool cgroup_populated(const struct cgroup *c);
/* Moves what lives in it to our own cgroup. */
void cgroup_evict(struct real *r, struct cgroup *c);
/* Gives up on cgroups for this host. */
void cgroup_disable(struct real *r);
/* Removes every directory that was made. */
void cgroup_done(struct real *r);
/* Whether a process, also an ended one, is or was in one of ours. */
bool cgroup_holds(const struct real *r, pid_t pid);

/* The guardian's: kills what is in any of them; waits a while, then removes them, also those made since it was forked. */
void cgroup_kill_all(struct real *r);
void cgroup_remove_all(struct real *r);

/* guard.c */
void guard_open(struct real *r, const char *self, const char *kept);
/* Before a step starts; there is one guardian. */
void guard_start(struct real *r);
/* Where the slots of steps are made. */
void guard_cgroups(struct real *r, const char *own, const char *base);
/* A step has no slot, so all processes must be looked at. */
void guard_scan(struct real *r);
/* A job that is open, or no more. */
void guard_job(struct real *r, const char *tracking_id, bool open);
/* A step that runs, or no more. */
void guard_session(struct real *r, const struct proc *p, bool runs);
/* Nothing is left: the guardian may go. */
void guard_dismiss(struct real *r);
/* Waits until it has gone. */
void guard_close(struct real *r);

/* sweep.c */
struct host_group *sweep_group_open(struct host *h, const char *tracking_id);
bool sweep_group_close(struct host *h, struct host_group *g, const struct group_events *on, void *cookie);
/* When one of the sweeps has something to do: 0 now, UINT64_MAX never. */
uint64_t sweep_due(const struct real *r);
/* Does it. */
void sweep_go_on(struct real *r);
/* Forgets all sweeps and groups; nobody is told. */
void sweep_forget(struct real *r);
/* Ends what was never released: for freeing the host. */
void sweep_running(struct real *r);

/* files.c, which.c */
int files_put(struct host *h, const char *path, struct str text, mode_t mode, struct err *err);
int files_read(struct host *h, const char *path, struct buf *out, size_t max, struct err *err);
int files_take(struct host *h, const char *path, struct buf *out, size_t max, struct err *err);
int files_make_dir(struct host *h, const char *path, struct err *err);
int files_remove_tree(struct host *h, const char *path, struct err *err);
void files_list_dir(struct host *h, const char *path, void (*entry)(void *cookie, const char *name), void *cookie);
const char *which_find(struct host *h, const char *name, const char *path_dirs, char *out, size_t size);

#endif
