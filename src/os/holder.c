/* Who of a step's processes holds its output open when the step itself has ended: for telling, nothing else. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/file.h"
#include "os/real.h"

enum { FDS_LOOKED_AT = 4096 };

/* Whether one of a process's descriptors is the pipe of that inode. */
static bool holds_pipe(struct real *r, pid_t pid, ino_t inode)
{
	char path[32], want[48], link[48];
	snprintf(path, sizeof(path), "%d/fd", (int)pid);
	snprintf(want, sizeof(want), "pipe:[%llu]", (unsigned long long)inode);
	int fd = openat(r->proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *fds = fd < 0 ? NULL : fdopendir(fd);
	if (!fds && fd >= 0)
		close(fd);
	struct dirent *d;
	for (int i = 0; fds && i < FDS_LOOKED_AT && (d = readdir(fds)); i++) {
		ssize_t n = readlinkat(dirfd(fds), d->d_name, link, sizeof(link) - 1);
		if (n <= 0)
			continue;
		link[n] = '\0';
		if (strcmp(link, want) == 0)
			return true;
	}
	return false;
}

pid_t holder_op(struct host *h, struct proc *p, char *ret_name, size_t size)
{
	struct real *r = real_of(h);
	struct pids members = { 0 };
	pid_t found = 0;
	char name[32] = "";
	tree_members(r, p, &members);
	for (int k = 0; k < 2 && !found; k++) {
		struct stat st;
		if (p->pipe[k].fd < 0 || fstat(p->pipe[k].fd, &st) < 0)
			continue;
		for (size_t i = 0; i < members.n && !found; i++)
			if (holds_pipe(r, members.v[i].pid, st.st_ino))
				found = members.v[i].pid;
	}
	pids_done(&members);
	if (found)
		procfs_comm(r->proc_fd, found, name);
	snprintf(ret_name, size, "%s", name);
	return found;
}
