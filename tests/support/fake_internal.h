/* What the parts of the fake host share: fake_host.c is the host itself, fake_files.c its files,
 * fake_script.c what tests say and ask. */
#ifndef TESTS_SUPPORT_FAKE_INTERNAL_H
#define TESTS_SUPPORT_FAKE_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "support/fake_host.h"

struct proc {
	const char *label, *path, *cwd;
	struct proc *older; /* with the same label */
	char **argv, **envp;
	const struct proc_events *on;
	void *cookie;
	pid_t pid;
	uint64_t started;
	bool exit_queued;   /* an exit is on its way or was delivered */
	bool exited, ended; /* delivered */
	bool eof_queued, detached, released;
	char signals[256];
};

enum fake_event_kind { FAKE_OUTPUT, FAKE_EOF, FAKE_EXIT, FAKE_CLOSED };

struct fake_event {
	enum fake_event_kind kind;
	struct proc *p;
	uint64_t at;  /* virtual time it becomes true */
	uint64_t seq; /* order among those of one time */
	enum host_stream stream;
	struct str text;
	int code, sig;
	bool keep_pipes;
	struct host_group *group; /* FAKE_CLOSED: its sweep is over */
	struct fake_event *next;
};

struct fake_rule {
	const char *label; /* NULL: all */
	int sig, code;
};

struct fake_file {
	const char *path;
	struct buf text;
	mode_t mode;
	bool present, dir;
};

struct host_group {
	const char *tracking_id;
	const struct group_events *on; /* while it is being closed */
	void *cookie;
};

struct fake {
	struct host host;
	struct arena arena;
	uint64_t now, armed, seq;
	uint64_t auto_ns; /* UINT64_MAX: off */
	int auto_code;
	struct {
		VEC(struct proc *);
	} procs;
	struct map newest; /* label → the process started last; ->older leads on */
	struct map paths;  /* path → file */
	struct {
		VEC(struct fake_rule);
	} rules;
	struct {
		VEC(struct fake_file *);
	} files;
	struct {
		VEC(const char *);
	} missing;
	struct {
		VEC(struct fake_rule);
	} leftovers;              /* label: name, sig: pid */
	struct fake_event *queue; /* by time, then order */
	int open_groups;
	uint64_t sweep_ns;    /* how long closing a group takes */
	const char *big_part; /* paths with it are too big to remove at once */
	const char *tracking_id;
	const char *fail_label, *fail_msg, *file_fail_part, *file_fail_msg;
	void (*on_spawn)(struct host *h, const char *label, void *cookie);
	void *on_spawn_cookie;
};

static inline struct fake *fake_of(struct host *h)
{
	return (struct fake *)h;
}

/* The process meant by a label; ends the program when there never was one. */
struct proc *fake_find(struct fake *f, const char *label);
/* Puts an event into the queue; fields not set here are zero. */
struct fake_event *fake_queue(struct fake *f, struct proc *p, enum fake_event_kind kind, uint64_t at);
/* Queues an exit by code or signal, once per process. */
void fake_queue_exit(struct fake *f, struct proc *p, uint64_t at, int code, int sig, bool keep_pipes);

int fake_put_file(struct host *h, const char *path, struct str text, mode_t mode, struct err *err);
int fake_read_file(struct host *h, const char *path, struct buf *out, size_t max, struct err *err);
int fake_take_file(struct host *h, const char *path, struct buf *out, size_t max, struct err *err);
int fake_make_dir(struct host *h, const char *path, struct err *err);
int fake_remove_tree(struct host *h, const char *path, struct err *err);
void fake_list_dir(struct host *h, const char *path, void (*entry)(void *cookie, const char *name), void *cookie);
const char *fake_which(struct host *h, const char *name, const char *path_dirs, char *out, size_t size);

#endif
