/* Reading /proc: who exists, who is whose child, what an environment carries. All functions take a
 * descriptor of /proc and say "nothing" where it is -1 or a process has gone. */
#ifndef SIDESTEP_OS_PROCFS_H
#define SIDESTEP_OS_PROCFS_H

#include "base/buf.h"
#include "os/pids.h"

struct proc_stat {
	pid_t pid, ppid, sid;
	char state;               /* 'Z' ended but not reaped */
	unsigned long long start; /* clock ticks since boot */
};

/* Every process there is, in no particular order. */
void procfs_list(int proc_fd, struct pids *out);
bool procfs_stat(int proc_fd, pid_t pid, struct proc_stat *out);
/* Children of our main thread; false where the kernel does not tell. */
bool procfs_children(int proc_fd, struct pids *out);
/* The initial environment of a process, entries ended by NUL; false when it may not be read or is empty. */
bool procfs_environ(int proc_fd, pid_t pid, struct buf *out);
/* Whether it is empty or the process is just executing a program: then it may soon be there. */
bool procfs_environ_hidden(int proc_fd, pid_t pid);
/* Whether an environment block has this NAME=value entry; nocase: value's ASCII case does not matter. */
bool procfs_env_has(const struct buf *env, struct str name, struct str value, bool nocase);
/* The process's name as the kernel keeps it (15 bytes); "" when it is gone. */
void procfs_comm(int proc_fd, pid_t pid, char out[32]);
/* Its cgroup v2 path, "" when unknown. */
void procfs_cgroup(int proc_fd, pid_t pid, char *out, size_t size);

#endif
