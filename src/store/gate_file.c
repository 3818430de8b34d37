/* One small file for each repository holds the tickets of all its groups, a line each. Whoever changes it holds the lock beside
 * it for as long and puts a new file in its place, so that nobody ever reads half of one. Nothing waits here: where the lock is
 * taken (for microseconds, unless its holder was stopped), what is to be done is done at the next look. See gate_file.h. */
#include "store/gate_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "os/procfs.h"
#include "value/val.h"

enum { FILE_MAX = 4 << 20, LOCK_TRIES = 3, BUSY = 1 };

/* A ticket of this process. */
struct own {
	uint64_t id;
	struct gate_request request;
	bool entered;            /* it has stood in the file */
	bool running, cancelled; /* as it was last seen there */
	bool leaving;            /* it is to be taken out */
	unsigned refusals;       /* of looks in a row */
};

struct file_gate {
	struct gate gate;
	struct arena arena;
	struct str dir, path, lock, fresh;
	int proc_fd;
	int64_t self, born;
	uint64_t last;
	struct {
		VEC(struct own *);
	} own;
};

struct entry {
	struct gate_ticket ticket;
	struct str group;
};

/* The file while its lock is held. */
struct held {
	struct arena arena;
	int fd;
	struct buf text; /* as it was read */
	struct {
		VEC(struct entry);
	} entries; /* of the living, in the order of arrival */
};

/* ---- who lives ---- */

/* When a process began, in clock ticks since the machine did; 0: there is none any more. */
static int64_t process_start(const struct file_gate *f, int64_t pid)
{
	struct proc_stat st;
	if (pid <= 0 || pid > INT32_MAX || !procfs_stat(f->proc_fd, (pid_t)pid, &st) || st.state == 'Z')
		return 0;
	return (int64_t)st.start;
}

/* ---- the file ---- */

/* Whether the name still leads to the file whose lock is held: somebody may have cleaned up meanwhile. */
static bool is_at(const char *path, int fd)
{
	struct stat a, b;
	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* 0: h->fd is locked; BUSY, or -1. */
static int lock_file(struct file_gate *f, struct held *h, struct err *err)
{
	const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	for (int i = 0; i < LOCK_TRIES; i++) {
		int fd = open(f->lock.p, flags, 0600);
		if (fd < 0 && errno == ENOENT && file_mkdirs(f->dir.p, 0700, err) == 0)
			fd = open(f->lock.p, flags, 0600);
		if (fd < 0)
			return err_errno(err, "%s", f->lock.p);
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_at(f->lock.p, fd)) {
			h->fd = fd;
			return 0;
		}
		close(fd);
		sched_yield();
	}
	return BUSY;
}

/* "ID PID START running cancelled "group""; lines that are not so, and those of the dead, are dropped. */
static void take_line(struct file_gate *f, struct held *h, struct str line)
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
	    (!own && (t.born == 0 || process_start(f, t.owner) != t.born)))
		return;
	t.running = running;
	t.cancelled = cancelled;
	*vec_add(&h->arena, &h->entries) = (struct entry) { t, name.s };
}

static int hold(struct file_gate *f, struct held *h, struct err *err)
{
	*h = (struct held) { .fd = -1 };
	int rc = lock_file(f, h, err);
	if (rc != 0)
		return rc;
	_cleanup_close_ int fd = open(f->path.p, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || file_read_fd(&h->text, fd, FILE_MAX, NULL) < 0)
		buf_clear(&h->text); /* none, or not one of ours: there will be a new one */
	struct str rest = buf_str(&h->text), line;
	while (str_next_line(&rest, &line))
		take_line(f, h, line);
	return 0;
}

static void let_go(struct held *h)
{
	if (h->fd >= 0)
		close(h->fd);
	buf_done(&h->text);
	arena_done(&h->arena);
}

static int replace(struct file_gate *f, struct str text, struct err *err)
{
	unlink(f->fresh.p); /* of one who died while writing */
	_cleanup_close_ int fd = open(f->fresh.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || file_write_all(fd, text.p, text.n) < 0 || rename(f->fresh.p, f->path.p) < 0)
		return err_errno(err, "%s", f->fresh.p);
	return 0;
}

static int put_back(struct file_gate *f, struct held *h, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	for (size_t i = 0; i < h->entries.n; i++) {
		const struct gate_ticket *t = &h->entries.v[i].ticket;
		buf_addf(&text, "%" PRIu64 " %" PRId64 " %" PRId64 " %d %d ", t->id, t->owner, t->born, t->running, t->cancelled);
		json_string(&text, h->entries.v[i].group);
		buf_addc(&text, '\n');
	}
	return str_eq(buf_str(&text), buf_str(&h->text)) ? 0 : replace(f, buf_str(&text), err);
}

/* ---- a group of it ---- */

static struct gate_list group_of(struct held *h, struct str group)
{
	struct gate_list l = { 0 };
	for (size_t i = 0; i < h->entries.n; i++)
		if (fold_equal(h->entries.v[i].group, group))
			*vec_add(&h->arena, &l) = h->entries.v[i].ticket;
	return l;
}

/* The list has lost some, has changed others, and newcomers stand at its end: the order is the same. */
static void set_group(struct held *h, struct str group, const struct gate_list *l)
{
	size_t kept = 0, at = 0;
	for (size_t i = 0; i < h->entries.n; i++) {
		struct entry e = h->entries.v[i];
		if (fold_equal(e.group, group)) {
			if (at >= l->n || l->v[at].id != e.ticket.id)
				continue;
			e.ticket = l->v[at++];
		}
		h->entries.v[kept++] = e;
	}
	h->entries.n = kept;
	for (; at < l->n; at++)
		*vec_add(&h->arena, &h->entries) = (struct entry) { l->v[at], group };
}

static bool is_in(const struct gate_list *l, uint64_t id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].id == id)
			return true;
	return false;
}

/* At first by the rules. One that was there and is gone (somebody has removed the file) takes its place as it was and
 * pushes nobody out. */
static void take_place(struct file_gate *f, const struct own *t, struct gate_list *l, struct arena *a)
{
	struct gate_ticket ticket = { .id = t->id, .owner = f->self, .born = f->born };
	if (!t->entered) {
		gate_list_enter(l, a, ticket, &t->request);
		return;
	}
	ticket.running = t->running;
	ticket.cancelled = t->cancelled;
	*vec_add(a, l) = ticket;
	gate_list_settle(l);
}

/* Does for a ticket what there is to do and sees how it stands. 0, BUSY, or -1. */
static int visit(struct file_gate *f, struct own *t, enum gate_state *state, struct err *err)
{
	struct held h;
	int rc = hold(f, &h, err);
	if (rc == 0) {
		struct gate_list l = group_of(&h, t->request.group);
		/* who died while it ran leaves its place to the one who waits */
		gate_list_settle(&l);
		if (t->leaving)
			gate_list_leave(&l, t->id);
		else if (!is_in(&l, t->id))
			take_place(f, t, &l, &h.arena);
		*state = gate_list_state(&l, t->id);
		set_group(&h, t->request.group, &l);
		rc = put_back(f, &h, err);
	}
	if (rc == 0) {
		t->entered = true;
		t->running |= *state == GATE_OPEN;
		t->cancelled |= *state == GATE_CANCELLED;
	}
	let_go(&h);
	return rc;
}

/* ---- the store ---- */

static struct own *find_own(struct file_gate *f, uint64_t id)
{
	for (size_t i = 0; i < f->own.n; i++)
		if (f->own.v[i]->id == id)
			return f->own.v[i];
	return NULL;
}

static void forget(struct file_gate *f, const struct own *t)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->own.n; i++)
		if (f->own.v[i] != t)
			f->own.v[kept++] = f->own.v[i];
	f->own.n = kept;
}

/* No two tickets of the machine are to share one, also of several sessions in one process. */
static uint64_t new_id(struct file_gate *f)
{
	uint64_t id;
	if (getrandom(&id, sizeof(id), GRND_NONBLOCK) != sizeof(id))
		id = (uint64_t)f->self << 32 | ++f->last;
	return id;
}

static int file_enter(struct gate *g, const struct gate_request *r, uint64_t *id, struct err *err)
{
	struct file_gate *f = (struct file_gate *)g;
	struct own *t = arena_make(&f->arena, struct own);
	enum gate_state state;
	t->id = *id = new_id(f);
	t->request = *r;
	t->request.group = arena_str(&f->arena, r->group);
	if (visit(f, t, &state, err) < 0)
		return -1;
	*vec_add(&f->arena, &f->own) = t;
	return 0;
}

/* Trouble may pass: a disk that is full for a moment. */
enum { REFUSALS_MAX = 30 };

static enum gate_state file_look(struct gate *g, struct str group, uint64_t id, struct err *err)
{
	struct file_gate *f = (struct file_gate *)g;
	struct own *t = find_own(f, id);
	enum gate_state state;
	(void)group;
	if (!t)
		return GATE_WAITING;
	int rc = visit(f, t, &state, err);
	t->refusals = rc < 0 ? t->refusals + 1 : 0;
	if (rc < 0 && t->refusals >= REFUSALS_MAX)
		return GATE_FAILED;
	return rc == 0 ? state : GATE_WAITING; /* look again later */
}

static bool leave(struct file_gate *f, struct own *t)
{
	enum gate_state state;
	int rc = t->entered ? visit(f, t, &state, NULL) : 0;
	if (rc == 0)
		forget(f, t);
	return rc == 0;
}

static bool file_leave(struct gate *g, struct str group, uint64_t id)
{
	struct own *t = find_own((struct file_gate *)g, id);
	(void)group;
	if (!t)
		return true;
	t->leaving = true;
	return leave((struct file_gate *)g, t);
}

static bool file_settle(struct gate *g)
{
	struct file_gate *f = (struct file_gate *)g;
	bool done = true;
	for (size_t i = f->own.n; i-- > 0;)
		if (f->own.v[i]->leaving)
			done &= leave(f, f->own.v[i]);
	return done;
}

static void file_free(struct gate *g)
{
	struct file_gate *f = (struct file_gate *)g;
	file_settle(g); /* what is left goes with this process */
	if (f->proc_fd >= 0)
		close(f->proc_fd);
	arena_done(&f->arena);
	free(f);
}

struct gate *gate_files_new(const char *dir, struct str repository)
{
	static const struct gate_ops ops = { file_enter, file_look, file_leave, file_settle, file_free };
	struct file_gate *f = xcalloc(1, sizeof(*f));
	struct arena *a = &f->arena;
	f->gate.ops = &ops;
	f->dir = arena_str(a, str_of(dir));
	/* '~' is in no safe name, and two repositories may have the same one */
	struct str name = arena_printf(a, "%.*s~%08x", STRF(path_safe_name(a, repository, 180)), (unsigned)str_hash(repository));
	f->path = path_join(a, f->dir, name);
	f->lock = arena_printf(a, "%.*s~lock", STRF(f->path));
	f->fresh = arena_printf(a, "%.*s~new", STRF(f->path));
	f->proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	f->self = getpid();
	f->born = process_start(f, f->self);
	return &f->gate;
}
