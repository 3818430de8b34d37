/* One small file for each repository holds the tickets of all its groups, a line each; whoever changes it holds its
 * lock for as long. See gate_file.h. */
#include "store/gate_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "value/val.h"

enum { FILE_MAX = 4 << 20, LOCK_TRIES = 200 };

struct file_gate {
	struct gate gate;
	struct arena arena;
	struct str dir, path;
	int64_t self, born;
	uint64_t last;
};

/* The file while its lock is held. */
struct held {
	struct arena arena;
	int fd;
	struct gate_list group; /* those of the group in question */
	struct buf others;      /* lines of all other groups */
};

/* ---- who lives ---- */

/* When a process began, in clock ticks since the machine did; 0: there is none. */
static int64_t process_start(int64_t pid)
{
	char path[40], text[1024];
	snprintf(path, sizeof(path), "/proc/%" PRId64 "/stat", pid);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	const char *p = strrchr(text, ')'); /* the name may hold anything */
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p ? strtoll(p, NULL, 10) : 0;
}

/* ---- the file ---- */

static int lock_file(struct file_gate *f, struct err *err)
{
	int fd = open(f->path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 && errno == ENOENT && file_mkdirs(f->dir.p, 0700, err) == 0)
		fd = open(f->path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(err, "%s", f->path.p);
	for (int i = 0; i < LOCK_TRIES; i++) { /* it is held for microseconds, unless its holder was stopped */
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		nanosleep(&(struct timespec) { .tv_nsec = 5000000 }, NULL);
	}
	close(fd);
	return err_set(err, ERR_SYSTEM, "%s: locked by another process", f->path.p);
}

/* "ID PID START running cancelled "group""; lines that are not so, and those of the dead, are dropped. */
static void take_line(struct file_gate *f, struct held *h, struct str line, struct str group)
{
	struct gate_ticket t = { 0 };
	int running, cancelled, at = 0;
	const char *text = arena_cstr(&h->arena, line);
	if (sscanf(text, "%" SCNu64 " %" SCNd64 " %" SCNd64 " %d %d %n", &t.id, &t.owner, &t.born, &running, &cancelled, &at) <
	            5 ||
	    at == 0)
		return;
	struct val name;
	bool own = t.owner == f->self && t.born == f->born;
	if (val_from_json(&name, &h->arena, str_from(line, (size_t)at), NULL) < 0 || name.kind != VAL_STRING ||
	    (!own && process_start(t.owner) != t.born))
		return;
	t.running = running;
	t.cancelled = cancelled;
	if (fold_equal(name.s, group))
		*vec_add(&h->arena, &h->group) = t;
	else
		buf_addf(&h->others, "%.*s\n", STRF(line));
}

static int hold(struct file_gate *f, struct str group, struct held *h, struct err *err)
{
	*h = (struct held) { .fd = lock_file(f, err) };
	if (h->fd < 0)
		return -1;
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (file_read_fd(&text, h->fd, FILE_MAX, err) < 0)
		buf_clear(&text); /* not one of ours: it is written anew */
	struct str rest = buf_str(&text), line;
	while (str_next_line(&rest, &line))
		take_line(f, h, line, group);
	/* who died while it ran leaves its place to the one who waits */
	gate_list_settle(&h->group);
	return 0;
}

static void put_back(struct held *h, struct str group)
{
	for (size_t i = 0; i < h->group.n; i++) {
		const struct gate_ticket *t = &h->group.v[i];
		buf_addf(&h->others, "%" PRIu64 " %" PRId64 " %" PRId64 " %d %d ", t->id, t->owner, t->born, t->running,
		         t->cancelled);
		json_string(&h->others, group);
		buf_addc(&h->others, '\n');
	}
	if (ftruncate(h->fd, 0) == 0 && lseek(h->fd, 0, SEEK_SET) == 0)
		(void)!file_write_all(h->fd, h->others.p, h->others.n);
}

static void let_go(struct held *h)
{
	close(h->fd);
	buf_done(&h->others);
	arena_done(&h->arena);
}

/* ---- the store ---- */

static int file_enter(struct gate *g, const struct gate_request *r, uint64_t *id, struct err *err)
{
	struct file_gate *f = (struct file_gate *)g;
	struct held h;
	if (hold(f, r->group, &h, err) < 0)
		return -1;
	*id = (uint64_t)f->self << 24 | ++f->last;
	gate_list_enter(&h.group, &h.arena, (struct gate_ticket) { .id = *id, .owner = f->self, .born = f->born }, r);
	put_back(&h, r->group);
	let_go(&h);
	return 0;
}

static enum gate_state file_look(struct gate *g, struct str group, uint64_t id)
{
	struct file_gate *f = (struct file_gate *)g;
	struct held h;
	if (hold(f, group, &h, NULL) < 0)
		return GATE_WAITING; /* look again later */
	enum gate_state state = gate_list_state(&h.group, id);
	put_back(&h, group);
	let_go(&h);
	return state;
}

static void file_leave(struct gate *g, struct str group, uint64_t id)
{
	struct file_gate *f = (struct file_gate *)g;
	struct held h;
	if (hold(f, group, &h, NULL) < 0)
		return; /* it goes with this process */
	gate_list_leave(&h.group, id);
	put_back(&h, group);
	let_go(&h);
}

static void file_free(struct gate *g)
{
	struct file_gate *f = (struct file_gate *)g;
	arena_done(&f->arena);
	free(f);
}

struct gate *gate_files_new(const char *dir, struct str repository)
{
	static const struct gate_ops ops = { file_enter, file_look, file_leave, file_free };
	struct file_gate *f = xcalloc(1, sizeof(*f));
	f->gate.ops = &ops;
	f->dir = arena_str(&f->arena, str_of(dir));
	f->path = path_join(&f->arena, f->dir, path_safe_name(&f->arena, repository, 200));
	f->self = getpid();
	f->born = process_start(f->self);
	return &f->gate;
}
