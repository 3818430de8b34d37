/* Reading /proc; see procfs.h. */
#include "os/procfs.h"

#include <errno.h>
#include <fcntl.h>

enum { ENVIRON_MAX = 8 << 20, ENVIRON_STEP = 64 << 10 };

/* Reads a small file below /proc; the length, or -1. The text gets a NUL. */
static ssize_t read_small(int proc_fd, pid_t pid, const char *name, char *out, size_t size)
{
	char path[64];
	snprintf(path, sizeof(path), "%d/%s", (int)pid, name);
	_cleanup_close_ int fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = read(fd, out, size - 1);
	if (n >= 0)
		out[n] = '\0';
	return n;
}

void procfs_list(int proc_fd, struct pids *out)
{
	int fd = openat(proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((e = readdir(d)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			pids_add(out, (pid_t)strtol(e->d_name, NULL, 10));
}

bool procfs_stat(int proc_fd, pid_t pid, struct proc_stat *out)
{
	char text[1024];
	if (read_small(proc_fd, pid, "stat", text, sizeof(text)) <= 0)
		return false;
	/* The name is in parentheses and may contain anything, so start behind the last one. */
	char *at = strrchr(text, ')');
	int ppid, sid;
	*out = (struct proc_stat) { .pid = pid };
	if (!at || sscanf(at + 1, " %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &out->state,
	                  &ppid, &sid, &out->start) != 4)
		return false;
	out->ppid = ppid;
	out->sid = sid;
	return true;
}

bool procfs_children(int proc_fd, struct pids *out)
{
	char name[64];
	_cleanup_buf_ struct buf text = BUF_INIT_MAX(1 << 20);
	snprintf(name, sizeof(name), "%d/task/%d/children", (int)getpid(), (int)getpid());
	_cleanup_close_ int fd = openat(proc_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	for (;;) {
		if (!buf_reserve(&text, 4096))
			return false;
		ssize_t n = read(fd, text.p + text.n, 4096);
		if (n < 0)
			return false;
		if (n == 0)
			break;
		text.n += (size_t)n;
	}
	char *end, *at = (char *)buf_cstr(&text);
	for (long pid; (pid = strtol(at, &end, 10)) > 0 && end != at; at = end)
		pids_add(out, (pid_t)pid);
	return true;
}

bool procfs_environ(int proc_fd, pid_t pid, struct buf *out)
{
	char name[64];
	snprintf(name, sizeof(name), "%d/environ", (int)pid);
	_cleanup_close_ int fd = openat(proc_fd, name, O_RDONLY | O_CLOEXEC);
	buf_clear(out);
	if (fd < 0)
		return false;
	while (out->n < ENVIRON_MAX && buf_reserve(out, ENVIRON_STEP)) {
		ssize_t n = read(fd, out->p + out->n, ENVIRON_STEP);
		if (n <= 0)
			break;
		out->n += (size_t)n;
	}
	return out->n > 0;
}

bool procfs_environ_hidden(int proc_fd, pid_t pid)
{
	char name[64], byte;
	struct proc_stat st;
	snprintf(name, sizeof(name), "%d/environ", (int)pid);
	_cleanup_close_ int fd = openat(proc_fd, name, O_RDONLY | O_CLOEXEC);
	/* session 0: the kernel's own */
	return fd >= 0 && read(fd, &byte, 1) == 0 && procfs_stat(proc_fd, pid, &st) && st.state != 'Z' && st.sid != 0;
}

bool procfs_env_has(const struct buf *env, struct str name, struct str value, bool nocase)
{
	struct str rest = buf_str(env);
	while (rest.n) {
		size_t end = str_find_c(rest, '\0', 0);
		struct str entry = str_to(rest, end);
		if (str_starts(entry, name) && entry.n > name.n && entry.p[name.n] == '=') {
			struct str is = str_from(entry, name.n + 1);
			return nocase ? str_eq_nocase(is, value) : str_eq(is, value);
		}
		rest = end == SIZE_MAX ? STR_EMPTY : str_from(rest, end + 1);
	}
	return false;
}

void procfs_comm(int proc_fd, pid_t pid, char out[32])
{
	ssize_t n = read_small(proc_fd, pid, "comm", out, 32);
	if (n < 0)
		n = 0;
	while (n && out[n - 1] == '\n')
		n--;
	out[n] = '\0';
}

void procfs_cgroup(int proc_fd, pid_t pid, char *out, size_t size)
{
	char text[4096];
	ssize_t n = read_small(proc_fd, pid, "cgroup", text, sizeof(text));
	struct str rest = str_n(text, n > 0 ? (size_t)n : 0), line;
	out[0] = '\0';
	while (str_next_line(&rest, &line))
		if (str_starts(line, STR("0::")))
			snprintf(out, size, "%.*s", (int)(line.n - 3), line.p + 3);
}
