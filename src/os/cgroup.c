/* Cgroup v2 directories, one per running step, below our own cgroup: sidestep-PID-TIME/N. Making and
 * removing one costs as much as an eighth of a shell, so empty ones are kept for the next step. A step
 * that leaves something running leaves its directory with it until the job is closed.
 *
 * Where no directory can be made (no cgroup v2, no rights), nobody can be born in it or it cannot be
 * killed at once, the host does without: tree.c then scans /proc. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file.h"
#include "os/procfs.h"
#include "os/real.h"

enum { DEPTH_MAX = 16, MOUNTINFO_MAX = 4 << 20, REMOVE_MS = 1000 };

/* The n-th field (from 0) of a line of blank-separated ones. */
static struct str field(struct str line, int n)
{
	for (; n > 0; n--) {
		size_t at = str_find_c(line, ' ', 0);
		line = at == SIZE_MAX ? STR_EMPTY : str_from(line, at + 1);
	}
	return str_to(line, str_find_c(line, ' ', 0));
}

/* Undoes \040 and the like. */
static void unescape(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 3 < s.n) {
			buf_addc(out, (char)((s.p[i + 1] - '0') * 64 + (s.p[i + 2] - '0') * 8 + (s.p[i + 3] - '0')));
			i += 3;
		} else {
			buf_addc(out, s.p[i]);
		}
	}
}

/* Where our own cgroup v2 directory is mounted; false when it is not. */
static bool own_directory(struct real *r, struct buf *out)
{
	char own[4096];
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str rest, line;
	procfs_cgroup(r->proc_fd, getpid(), own, sizeof(own));
	if (own[0] != '/' || strstr(own, "..") || file_read(&text, "/proc/self/mountinfo", MOUNTINFO_MAX, NULL) < 0)
		return false;
	rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		size_t dash = str_find(line, STR(" - cgroup2 "), 0);
		struct str root = field(line, 3), below = str_of(own);
		if (dash == SIZE_MAX)
			continue;
		if (!str_is(root, "/")) {
			if (!str_starts(below, root) || (below.n > root.n && below.p[root.n] != '/'))
				continue;
			below = str_from(below, root.n);
		}
		unescape(out, field(line, 4));
		buf_addstr(out, below);
		return true;
	}
	return false;
}

/* Removes the empty slots of a directory of ours, then itself. */
static bool remove_base(int own_fd, const char *name)
{
	int base = openat(own_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *slots = base < 0 ? NULL : fdopendir(base);
	struct dirent *s;
	while (slots && (s = readdir(slots)))
		if (s->d_name[0] >= '0' && s->d_name[0] <= '9')
			unlinkat(base, s->d_name, AT_REMOVEDIR);
	return unlinkat(own_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

/* Directories of earlier runs that were killed before they could tidy up, and their guardian too. */
static void remove_stale(int own_fd)
{
	int fd = openat(own_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	while (d && (e = readdir(d))) {
		int pid, end = 0;
		if (sscanf(e->d_name, "sidestep-%d-%*x%n", &pid, &end) != 1 || e->d_name[end] || end == 0)
			continue;
		if (pid > 0 && kill(pid, 0) < 0 && errno == ESRCH)
			remove_base(own_fd, e->d_name);
	}
}

static void look_for_place(struct real *r)
{
	struct cgroups *c = &r->cg;
	struct timespec t;
	_cleanup_buf_ struct buf dir = BUF_INIT;
	c->tried = true;
	c->off = true;
	if ((r->flags & HOST_NO_CGROUP) || !own_directory(r, &dir))
		return;
	c->own_fd = open(buf_cstr(&dir), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->own_fd < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &t);
	snprintf(c->base, sizeof(c->base), "sidestep-%d-%llx", (int)getpid(),
	         (unsigned long long)t.tv_sec * 1000000000u + (unsigned long long)t.tv_nsec);
	if (mkdirat(c->own_fd, c->base, 0755) < 0) {
		c->base[0] = '\0';
		return;
	}
	guard_cgroups(r, buf_cstr(&dir), c->base);
	remove_stale(c->own_fd);
	c->base_fd = openat(c->own_fd, c->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Linux 5.14: without it a directory of its own is no help to a step. */
	c->off = c->base_fd < 0 || faccessat(c->base_fd, "cgroup.kill", W_OK, 0) < 0;
}

static struct cgroup *make_slot(struct cgroups *c)
{
	char name[16];
	snprintf(name, sizeof(name), "%u", c->made);
	if (mkdirat(c->base_fd, name, 0755) < 0)
		return NULL;
	int fd = openat(c->base_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		unlinkat(c->base_fd, name, AT_REMOVEDIR);
		return NULL;
	}
	struct cgroup *slot = xcalloc(1, sizeof(*slot));
	slot->fd = fd;
	slot->id = c->made++;
	return slot;
}

static struct cgroup *pop(struct cgroup **list)
{
	struct cgroup *c = *list;
	if (c) {
		*list = c->next;
		c->next = NULL;
	}
	return c;
}

static void push(struct cgroup **list, struct cgroup *c)
{
	c->next = *list;
	*list = c;
}

struct cgroup *cgroup_take(struct real *r, struct host_group *g)
{
	struct cgroups *c = &r->cg;
	if (!c->tried)
		look_for_place(r);
	if (c->off)
		return NULL;
	if (c->pool)
		return pop(&c->pool);
	if (g->left && !g->left->killed && !cgroup_populated(g->left)) /* a straggler has gone meanwhile */
		return pop(&g->left);
	return make_slot(c);
}

static void remove_slots(struct real *r, struct cgroup **list);

void cgroup_give(struct real *r, struct host_group *g, struct cgroup *c)
{
	if (!c)
		return;
	if (cgroup_populated(c)) {
		push(&g->left, c);
	} else if (c->killed) {
		struct cgroup *spent = NULL;
		push(&spent, c);
		remove_slots(r, &spent);
	} else {
		push(&r->cg.pool, c);
	}
}

bool cgroup_populated(const struct cgroup *c)
{
	char text[256];
	_cleanup_close_ int fd = openat(c->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	return n > 0 && str_find(str_n(text, (size_t)n), STR("populated 1"), 0) != SIZE_MAX;
}

static void kill_below(int dir)
{
	_cleanup_close_ int fd = openat(dir, "cgroup.kill", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "1", 1) != 1)
		return; /* EMFILE: what is left goes with its job */
}

void cgroup_kill(struct cgroup *c)
{
	c->killed = true;
	kill_below(c->fd);
}

void cgroup_kill_all(struct real *r)
{
	if (r->cg.base_fd >= 0)
		kill_below(r->cg.base_fd);
}

void cgroup_remove_all(struct real *r)
{
	for (int ms = 0; r->cg.base[0] && ms < REMOVE_MS && !remove_base(r->cg.own_fd, r->cg.base); ms++)
		usleep(1000);
}

static void pids_of(int dir, struct pids *out)
{
	_cleanup_close_ int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str rest, line;
	if (fd < 0 || file_read_fd(&text, fd, 8 << 20, NULL) < 0)
		return;
	buf_cstr(&text);
	rest = buf_str(&text);
	while (str_next_line(&rest, &line)) {
		pid_t pid = (pid_t)strtol(line.p, NULL, 10);
		if (pid > 0) /* 0: in a pid namespace that we do not see */
			pids_add(out, pid);
	}
}

/* Calls visit for the directory and all below it, the deepest first. */
static void walk(int dir, int depth, void (*visit)(int dir, void *arg), void *arg)
{
	int fd = depth < DEPTH_MAX ? openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	while (d && (e = readdir(d))) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		_cleanup_close_ int below = openat(dir, e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (below >= 0)
			walk(below, depth + 1, visit, arg);
	}
	visit(dir, arg);
}

static void visit_pids(int dir, void *arg)
{
	pids_of(dir, arg);
}

void cgroup_pids(const struct cgroup *c, struct pids *out)
{
	walk(c->fd, 0, visit_pids, out);
}

void cgroup_evict(struct real *r, struct cgroup *c)
{
	struct pids list = { 0 };
	cgroup_pids(c, &list);
	_cleanup_close_ int fd = list.n ? openat(r->cg.own_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC) : -1;
	for (size_t i = 0; fd >= 0 && i < list.n; i++)
		if (dprintf(fd, "%d", (int)list.v[i].pid) < 0)
			continue; /* gone, or not ours to move */
	pids_done(&list);
}

void cgroup_disable(struct real *r)
{
	r->cg.off = true;
}

static void visit_remove(int dir, void *arg)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	(void)arg;
	while (d && (e = readdir(d)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			unlinkat(dir, e->d_name, AT_REMOVEDIR);
}

static void remove_slots(struct real *r, struct cgroup **list)
{
	for (struct cgroup *c; (c = pop(list));) {
		char name[16];
		snprintf(name, sizeof(name), "%u", c->id);
		if (unlinkat(r->cg.base_fd, name, AT_REMOVEDIR) < 0) {
			cgroup_evict(r, c);
			walk(c->fd, 0, visit_remove, NULL);
			unlinkat(r->cg.base_fd, name, AT_REMOVEDIR);
		}
		close(c->fd);
		free(c);
	}
}

void cgroup_done(struct real *r)
{
	struct cgroups *c = &r->cg;
	remove_slots(r, &c->pool);
	remove_slots(r, &r->own.left);
	if (c->base_fd >= 0)
		close(c->base_fd);
	if (c->base[0])
		unlinkat(c->own_fd, c->base, AT_REMOVEDIR);
	if (c->own_fd >= 0)
		close(c->own_fd);
	c->base_fd = c->own_fd = -1;
}

bool cgroup_holds(const struct real *r, pid_t pid)
{
	char path[4096];
	if (!r->cg.base[0])
		return false;
	procfs_cgroup(r->proc_fd, pid, path, sizeof(path));
	return strstr(path, r->cg.base) != NULL;
}
