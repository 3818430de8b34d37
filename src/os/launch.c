/* Starting a child without copying ourselves: it borrows our memory, on a stack of its own, and we sleep
 * until it has exec'ed. So the cost does not grow with our size, and errors before exec come back through
 * plain memory. Everything between clone and exec is async-signal-safe and runs with all signals blocked.
 *
 * glibc has no clone3, which is needed to be born inside a cgroup: moving there afterwards waits for a
 * grace period of the kernel, about 10 ms on an idle machine. Where clone3 is missing, clone does
 * without a cgroup. */
#include <errno.h>
#include <linux/sched.h> /* struct clone_args; before sched.h */
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/real.h"

enum { KERNEL_SIGSET = 8, SIGNALS = 64 };

BORROWED static void fail(struct launch *l, enum launch_stage stage)
{
	l->errnum = errno;
	l->stage = stage;
	_exit(127);
}

/* Handlers would run on borrowed memory, and ignored signals would stay ignored in the step. Raw calls:
 * the libc's own are watched by sanitizers. */
BORROWED static void reset_signals(void)
{
	static const uint64_t default_action[8]; /* handler, flags, restorer, mask: all zero */
	for (long sig = 1; sig <= SIGNALS; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			syscall(SYS_rt_sigaction, sig, default_action, NULL, KERNEL_SIGSET);
}

BORROWED static int child_main(void *arg)
{
	struct launch *l = arg;
	static const uint64_t none;
	reset_signals();
	if (setsid() < 0 || (!l->outlives && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0))
		fail(l, LAUNCH_SETUP);
	if (getppid() != l->parent)
		fail(l, LAUNCH_ORPHANED);
	if (dup2(l->in, 0) < 0 || dup2(l->out, 1) < 0 || dup2(l->err, 2) < 0 || close_range(3, ~0u, 0) < 0)
		fail(l, LAUNCH_SETUP);
	if (l->files)
		syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, l->files, NULL);
	if (l->cwd && chdir(l->cwd) < 0)
		fail(l, LAUNCH_CWD);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, KERNEL_SIGSET);
	execve(l->path, l->argv, l->envp);
	fail(l, LAUNCH_EXEC);
	return 127;
}

#if defined(__x86_64__)
/* clone3, and in the child fn(arg) on the new stack; fn does not return. */
static long clone3_call(struct clone_args *ca, int (*fn)(void *), void *arg)
{
	long ret;
	register int (*r8)(void *) __asm__("r8") = fn;
	register void *r9 __asm__("r9") = arg;
	__asm__ volatile("syscall\n\t"
	                 "test %%rax, %%rax\n\t"
	                 "jnz 1f\n\t"
	                 "xor %%ebp, %%ebp\n\t"
	                 "mov %%r9, %%rdi\n\t"
	                 "call *%%r8\n\t"
	                 "ud2\n"
	                 "1:"
	                 : "=a"(ret)
	                 : "0"((long)SYS_clone3), "D"(ca), "S"(sizeof(*ca)), "r"(r8), "r"(r9)
	                 : "rcx", "r11", "memory", "cc");
	return ret;
}
#elif defined(__aarch64__)
static long clone3_call(struct clone_args *ca, int (*fn)(void *), void *arg)
{
	register long x0 __asm__("x0") = (long)ca;
	register long x1 __asm__("x1") = sizeof(*ca);
	register long x8 __asm__("x8") = SYS_clone3;
	register int (*x10)(void *) __asm__("x10") = fn;
	register void *x11 __asm__("x11") = arg;
	__asm__ volatile("svc #0\n\t"
	                 "cbnz x0, 1f\n\t"
	                 "mov x29, xzr\n\t"
	                 "mov x30, xzr\n\t"
	                 "mov x0, x11\n\t"
	                 "blr x10\n\t"
	                 "brk #0\n"
	                 "1:"
	                 : "+r"(x0)
	                 : "r"(x1), "r"(x8), "r"(x10), "r"(x11)
	                 : "memory", "cc");
	return x0;
}
#else
static long clone3_call(struct clone_args *ca, int (*fn)(void *), void *arg)
{
	(void)ca, (void)fn, (void)arg;
	return -ENOSYS;
}
#endif

static pid_t start_in_cgroup(struct launch *l, char *stack, int *pidfd)
{
	struct clone_args ca = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | CLONE_INTO_CGROUP,
		.pidfd = (uint64_t)(uintptr_t)pidfd,
		.exit_signal = SIGCHLD,
		.stack = (uint64_t)(uintptr_t)stack,
		.stack_size = CHILD_STACK,
		.cgroup = (uint64_t)l->cgroup,
	};
	long pid = clone3_call(&ca, child_main, l);
	if (pid >= 0)
		return (pid_t)pid;
	errno = (int)-pid;
	return -1;
}

pid_t launch(struct launch *l, char *stack, int *pidfd)
{
	uint64_t all = UINT64_MAX, before = 0;
	l->parent = getpid();
	l->stage = LAUNCH_OK;
	/* Also the two that the libc keeps to itself, hence not sigprocmask. */
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, KERNEL_SIGSET);
	pid_t pid = l->cgroup >= 0
	                    ? start_in_cgroup(l, stack, pidfd)
	                    : clone(child_main, stack + CHILD_STACK, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, l, pidfd);
	int saved = errno;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, KERNEL_SIGSET);
	errno = saved;
	return pid;
}
