/* For tests of the real host: one child and what it told us, and loops that give up in time. Every test
 * runs twice, with cgroups and with the /proc scan. */
#ifndef TESTS_UNIT_OS_HARNESS_H
#define TESTS_UNIT_OS_HARNESS_H

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/prctl.h>

#include "base/buf.h"
#include "os/host.h"

struct child {
	struct proc *p;
	struct buf text[2];
	int eofs, exits, calls_after_end;
	size_t largest; /* piece of output */
	struct proc_status st;
};

static const unsigned both_ways[] = { 0, HOST_NO_CGROUP };

static void child_output(void *cookie, enum host_stream s, struct str bytes)
{
	struct child *c = cookie;
	c->calls_after_end += c->eofs;
	if (bytes.n > c->largest)
		c->largest = bytes.n;
	if (c->text[s].n < 64u << 20)
		buf_addstr(&c->text[s], bytes);
}

static void child_eof(void *cookie)
{
	((struct child *)cookie)->eofs++;
}

static void child_exit(void *cookie, const struct proc_status *st)
{
	struct child *c = cookie;
	c->exits++;
	c->st = *st;
}

static const struct proc_events child_events = { child_output, child_eof, child_exit };

static inline struct host *open_host(unsigned flags)
{
	struct err err = ERR_INIT;
	struct host *h = host_real_new(&(struct host_options) { .flags = flags }, &err);
	cr_assert(h, "%s", err.text);
	return h;
}

/* Starts `bash -c script` with PATH, the given step mark and tracking id, both followed by our pid:
 * several test programs run at a time. */
static inline void start_in(struct host *h, struct child *c, struct host_group *g, const char *script, const char *mark,
                            const char *id)
{
	char output[128], tracking[128];
	snprintf(output, sizeof(output), "GITHUB_OUTPUT=/nowhere/%s-%d", mark, (int)getpid());
	snprintf(tracking, sizeof(tracking), "RUNNER_TRACKING_ID=%s-%d", id, (int)getpid());
	char *argv[] = { (char *)"bash", (char *)"-c", (char *)script, NULL };
	char *envp[] = { (char *)"PATH=/usr/local/bin:/usr/bin:/bin", output, tracking, NULL };
	struct spawn_spec spec = { .path = "/bin/bash",
		                   .argv = argv,
		                   .envp = envp,
		                   .cwd = "/tmp",
		                   .group = g,
		                   .label = mark,
		                   .on = &child_events,
		                   .cookie = c };
	struct err err = ERR_INIT;
	*c = (struct child) { 0 };
	cr_assert_eq(h->ops->spawn(h, &spec, &c->p, &err), 0, "%s", err.text);
}

static inline struct host_group *open_group(struct host *h, const char *id)
{
	char tracking[128];
	snprintf(tracking, sizeof(tracking), "%s-%d", id, (int)getpid());
	return h->ops->group_open(h, tracking);
}

static inline void start(struct host *h, struct child *c, const char *script)
{
	start_in(h, c, NULL, script, "step", "github_test");
}

static inline void turn(struct host *h, unsigned ms)
{
	struct err err = ERR_INIT;
	cr_assert_eq(h->ops->wait(h, h->ops->now(h) + (uint64_t)ms * 1000000u, &err), 0, "%s", err.text);
}

/* Turns until the condition holds; fails after 30 s. */
#define UNTIL(h, cond)                                                                                                           \
	do {                                                                                                                     \
		uint64_t until_ = (h)->ops->now(h) + 30000000000u;                                                               \
		while (!(cond)) {                                                                                                \
			cr_assert_lt((h)->ops->now(h), until_, "never: %s", #cond);                                              \
			turn((h), 50);                                                                                           \
		}                                                                                                                \
	} while (0)

static inline bool has_text(const struct child *c, const char *text)
{
	return str_find(buf_str(&c->text[0]), str_of(text), 0) != SIZE_MAX;
}

struct closing {
	void (*killed)(void *cookie, pid_t pid, const char *name);
	bool done;
};

static inline void closing_killed(void *cookie, pid_t pid, const char *name)
{
	struct closing *c = cookie;
	if (c->killed)
		c->killed((void *)"cookie", pid, name);
}

static inline void closing_done(void *cookie)
{
	((struct closing *)cookie)->done = true;
}

/* Closes a group to the end. */
static inline void close_group(struct host *h, struct host_group *g, void (*killed)(void *cookie, pid_t pid, const char *name))
{
	static const struct group_events on = { closing_killed, closing_done };
	struct closing c = { killed, false };
	c.done = h->ops->group_close(h, g, &on, &c);
	UNTIL(h, c.done);
}

/* Runs it to its end and forgets it; its texts stay for child_done. */
static inline void finish(struct host *h, struct child *c)
{
	UNTIL(h, c->exits && c->eofs);
	h->ops->release(h, c->p);
}

static inline void child_done(struct child *c)
{
	buf_done(&c->text[0]);
	buf_done(&c->text[1]);
}

/* The number a script printed on its first line. */
static inline pid_t printed_pid(struct child *c)
{
	return (pid_t)strtol(buf_cstr(&c->text[0]), NULL, 10);
}

/* Alive and not merely unreaped. */
static inline bool is_alive(pid_t pid)
{
	char path[64], state = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state != 'Z' && state != 'X';
}

static inline bool dies_within(pid_t pid, int ms)
{
	for (int i = 0; i < ms && is_alive(pid); i++)
		usleep(1000);
	return !is_alive(pid);
}

static inline void be_subreaper(void)
{
	cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
}

/* Children of ours, ended or not. */
static inline int count_children(void)
{
	char path[64];
	int n = 0, pid;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)getpid(), (int)getpid());
	FILE *f = fopen(path, "re");
	cr_assert(f);
	while (fscanf(f, "%d", &pid) == 1)
		n++;
	fclose(f);
	return n;
}

#endif
