/* Signals to whole trees, what steps leave behind, and the end of a job; with cgroups and without. */
#include <sys/stat.h>

#include "harness.h"

/* As the program does it: nobody else here has children. */
static const unsigned program[] = { HOST_REAP_ALL, HOST_REAP_ALL | HOST_NO_CGROUP };

#define EACH_WAY(h)                                                                                                              \
	for (size_t way_ = 0; way_ < 2; way_++)                                                                                  \
		for (struct host *h = open_host(program[way_]); h; h->ops->free(h), h = NULL)

enum { MAX_PIDS = 16 };

/* Pids printed one a line after "ready"; how many. */
static int all_pids(struct child *c, pid_t out[MAX_PIDS])
{
	struct str rest = buf_str(&c->text[0]), line;
	int n = 0;
	buf_cstr(&c->text[0]);
	while (n < MAX_PIDS && str_next_line(&rest, &line))
		if (line.n && line.p[0] >= '1' && line.p[0] <= '9')
			out[n++] = (pid_t)strtol(line.p, NULL, 10);
	return n;
}

/* setsid, double fork, nohup, both at once, and a child of a plain child. */
static const char escapees[] = "sleep 300 & echo $!\n"
			       "setsid bash -c 'echo $$; exec sleep 300' &\n"
			       "(bash -c 'echo $$; sleep 300 & echo $!; wait' &)\n"
			       "(setsid bash -c '(setsid bash -c \"echo \\$\\$; exec sleep 300\" &) ; sleep 0.01' &)\n"
			       "nohup bash -c 'trap \"\" INT TERM HUP; echo $$; while :; do sleep 300; done' &\n"
			       "sleep 0.3; echo ready; sleep 300\n";

Test(tree, sigkill_finds_everyone)
{
	be_subreaper();
	EACH_WAY(h)
	{
		struct child c;
		pid_t pids[MAX_PIDS];
		start(h, &c, escapees);
		UNTIL(h, has_text(&c, "ready"));
		h->ops->signal(h, c.p, SIGKILL);
		finish(h, &c);
		cr_expect_eq(c.st.signal, 9);
		cr_expect_eq(c.st.exit_code, 137);
		int n = all_pids(&c, pids);
		cr_expect_eq(n, 6, "%d: %s", n, buf_cstr(&c.text[0]));
		for (int i = 0; i < n; i++)
			cr_expect(dies_within(pids[i], 2000), "way %zu: %d (line %d) lives", way_, (int)pids[i], i);
		child_done(&c);
	}
	cr_assert_eq(count_children(), 0);
}

/* The shell is gone, a grandchild holds the pipe: the state in which a step drains. */
Test(tree, grandchild_holds_the_pipe)
{
	be_subreaper();
	EACH_WAY(h)
	{
		struct child c;
		start(h, &c, "(setsid sleep 300 &); setsid sleep 300 & echo bye");
		UNTIL(h, c.exits);
		turn(h, 50);
		cr_expect_eq(c.eofs, 0);
		cr_expect(has_text(&c, "bye"));
		char name[64];
		pid_t holder = h->ops->holder(h, c.p, name, sizeof(name));
		cr_expect(holder > 0 && kill(holder, 0) == 0, "way %zu: %d", way_, (int)holder);
		cr_expect_str_eq(name, "sleep", "way %zu", way_);
		h->ops->signal(h, c.p, SIGKILL);
		UNTIL(h, c.eofs);
		cr_expect_eq(h->ops->holder(h, c.p, name, sizeof(name)), 0);
		h->ops->release(h, c.p);
		child_done(&c);
	}
	cr_assert_eq(count_children(), 0);
}

Test(tree, sigint_reaches_the_foreground_child)
{
	EACH_WAY(h)
	{
		struct child c;
		start(h, &c, "echo ready; sleep 300; echo not reached");
		UNTIL(h, has_text(&c, "ready"));
		turn(h, 100);
		h->ops->signal(h, c.p, SIGINT);
		finish(h, &c);
		cr_expect(!has_text(&c, "not reached"));
		cr_expect_eq(c.st.signal, SIGINT);
		child_done(&c);
	}
}

/* What a trap handler starts in reply to the signal is left to finish. */
Test(tree, trap_handlers_run)
{
	EACH_WAY(h)
	{
		struct child c;
		start(h, &c, "trap 'sleep 0.1; /bin/echo cleaned; exit 9' INT TERM; echo ready; sleep 300");
		UNTIL(h, has_text(&c, "ready"));
		turn(h, 100);
		h->ops->signal(h, c.p, SIGTERM);
		finish(h, &c);
		cr_expect(has_text(&c, "cleaned"));
		cr_expect_eq(c.st.exit_code, 9);
		child_done(&c);
	}
}

/* A tree that makes new processes as fast as it can. */
Test(tree, sigkill_wins_against_a_breeder)
{
	be_subreaper();
	EACH_WAY(h)
	{
		struct child c;
		start(h, &c,
		      "breed() { while :; do (setsid sleep 0.05 &); sleep 0.01; done; }; breed & breed & echo ready; breed");
		UNTIL(h, has_text(&c, "ready"));
		turn(h, 200);
		h->ops->signal(h, c.p, SIGKILL);
		finish(h, &c);
		child_done(&c);
	}
	cr_assert_eq(count_children(), 0);
}

/* Two steps of one job: a signal to one leaves the other alone. */
Test(tree, other_steps_are_left_alone)
{
	be_subreaper();
	EACH_WAY(h)
	{
		struct child a, b;
		struct host_group *g = open_group(h, "github_x");
		start_in(h, &a, g, "(setsid sleep 300 &); echo ready; sleep 300", "a", "github_x");
		start_in(h, &b, g, "(setsid bash -c 'echo $$; exec sleep 300' &); sleep 0.1; echo ready; read x; sleep 1; exit 4",
		         "b", "github_x");
		UNTIL(h, has_text(&a, "ready") && has_text(&b, "ready"));
		h->ops->signal(h, a.p, SIGKILL);
		finish(h, &a);
		UNTIL(h, b.exits);
		cr_expect_eq(b.st.exit_code, 4);
		cr_expect(is_alive(printed_pid(&b)));
		h->ops->release(h, b.p);
		close_group(h, g, NULL);
		cr_expect(!is_alive(printed_pid(&b)));
		child_done(&a);
		child_done(&b);
	}
	cr_assert_eq(count_children(), 0);
}

static int nkilled;
static char killed_names[256];

static void note_killed(void *cookie, pid_t pid, const char *name)
{
	size_t n = strlen(killed_names);
	cr_expect_str_eq((const char *)cookie, "cookie");
	cr_expect_gt(pid, 0);
	snprintf(killed_names + n, sizeof(killed_names) - n, "%s ", name);
	nkilled++;
}

/* A service outlives its step and goes with its job, but for one that asked to stay. */
static void services(bool adopt)
{
	if (adopt)
		be_subreaper();
	EACH_WAY(h)
	{
		struct child c, d;
		struct host_group *g = open_group(h, "GITHUB_one"), *other = open_group(h, "github_two");
		start_in(h, &c, g,
		         "setsid sleep 300 >/dev/null 2>&1 & echo $!\n"
		         "RUNNER_TRACKING_ID= setsid sleep 301 >/dev/null 2>&1 & echo $!\n"
		         "exit 0",
		         "a", "github_One");
		start_in(h, &d, other, "setsid sleep 302 >/dev/null 2>&1 & echo $!", "b", "github_two");
		finish(h, &c);
		finish(h, &d);
		pid_t pids[MAX_PIDS], elsewhere = printed_pid(&d);
		cr_assert_eq(all_pids(&c, pids), 2);
		turn(h, 50);
		cr_expect(is_alive(pids[0]) && is_alive(pids[1]) && is_alive(elsewhere));

		struct child next; /* the job goes on */
		start_in(h, &next, g, "exit 5", "c", "github_One");
		finish(h, &next);
		cr_expect_eq(next.st.exit_code, 5);

		nkilled = 0;
		killed_names[0] = '\0';
		close_group(h, g, note_killed);
		cr_expect_eq(nkilled, 1);
		cr_expect_str_eq(killed_names, "sleep ");
		cr_expect(!is_alive(pids[0]));
		cr_expect(is_alive(pids[1]));
		cr_expect(is_alive(elsewhere));
		close_group(h, other, note_killed);
		cr_expect_eq(nkilled, 2);
		cr_expect(!is_alive(elsewhere));
		kill(pids[1], SIGKILL);
		cr_expect(dies_within(pids[1], 1000));
		child_done(&c);
		child_done(&d);
		child_done(&next);
	}
}

Test(tree, services_of_an_adopting_program)
{
	services(true);
}

Test(tree, services_of_a_plain_program)
{
	services(false);
	cr_assert_eq(count_children(), 0);
}

/* A service that keeps talking after its step was given up must not die of a broken pipe. */
Test(tree, detached_output_is_thrown_away)
{
	be_subreaper();
	EACH_WAY(h)
	{
		struct child c;
		struct host_group *g = open_group(h, "github_x");
		start_in(h, &c, g, "setsid bash -c 'echo $$; while echo noise; do sleep 0.001; done' & sleep 0.1", "a",
		         "github_x");
		UNTIL(h, c.exits);
		h->ops->detach(h, c.p);
		size_t heard = c.text[0].n;
		turn(h, 50);
		h->ops->release(h, c.p);
		uint64_t until = h->ops->now(h) + 100000000, calls = 0;
		for (; h->ops->now(h) < until; calls++)
			turn(h, 100);
		cr_expect_leq(calls, 3u, "woken %d times for nothing", (int)calls);
		cr_expect_eq(c.text[0].n, heard);
		cr_expect_eq(c.eofs, 0);
		cr_expect(is_alive(printed_pid(&c)));
		close_group(h, g, NULL);
		cr_expect(!is_alive(printed_pid(&c)));
		turn(h, 20);
		child_done(&c);
	}
	cr_assert_eq(count_children(), 0);
}

/* A noisy one does not keep a turn from ending, nor others from being heard. */
Test(tree, a_chatty_step_does_not_starve_others)
{
	EACH_WAY(h)
	{
		struct child loud, quiet;
		start(h, &loud, "exec yes");
		start(h, &quiet, "echo hello");
		uint64_t t = h->ops->now(h);
		finish(h, &quiet);
		cr_expect_lt(h->ops->now(h) - t, 3000000000u);
		h->ops->detach(h, loud.p);
		t = h->ops->now(h);
		turn(h, 50);
		cr_expect_lt(h->ops->now(h) - t, 1000000000u);
		h->ops->signal(h, loud.p, SIGKILL);
		UNTIL(h, loud.exits);
		h->ops->release(h, loud.p);
		child_done(&loud);
		child_done(&quiet);
	}
}

/* Ends of freeing: what runs is ended, nothing is left in the cgroup tree or as a zombie. */
Test(tree, free_ends_what_runs)
{
	be_subreaper();
	for (size_t way = 0; way < 2; way++) {
		struct host *h = open_host(program[way]);
		struct child c, d;
		start(h, &c, escapees);
		start(h, &d, "exit 0");
		UNTIL(h, has_text(&c, "ready") && d.exits);
		h->ops->signal(h, c.p, SIGTERM);
		h->ops->release(h, c.p);
		h->ops->free(h);
		pid_t pids[MAX_PIDS];
		int n = all_pids(&c, pids);
		for (int i = 0; i < n; i++)
			cr_expect(dies_within(pids[i], 2000));
		child_done(&c);
		child_done(&d);
	}
}

struct reenter {
	struct host *h;
	struct child first, second;
};

static void enter_exit(void *cookie, const struct proc_status *st)
{
	struct reenter *e = cookie;
	child_exit(&e->first, st);
	e->h->ops->release(e->h, e->first.p);
	start(e->h, &e->second, "echo second");
}

static void enter_eof(void *cookie)
{
	child_eof(&((struct reenter *)cookie)->first);
}

/* Owners release and start from within their callbacks. */
Test(tree, callbacks_may_call_back)
{
	static const struct proc_events on = { NULL, enter_eof, enter_exit };
	char *argv[] = { (char *)"true", NULL }, *envp[] = { NULL };
	EACH_WAY(h)
	{
		for (int i = 0; i < 20; i++) {
			struct reenter e = { .h = h };
			struct err err = ERR_INIT;
			struct spawn_spec spec = { .path = "/bin/true", .argv = argv, .envp = envp, .on = &on, .cookie = &e };
			cr_assert_eq(h->ops->spawn(h, &spec, &e.first.p, &err), 0);
			UNTIL(h, e.first.exits);
			finish(h, &e.second);
			cr_expect(has_text(&e.second, "second"));
			child_done(&e.second);
		}
	}
}

/* More processes than one look sees, and one that takes its time to go: the loop is never held up. */
Test(tree, a_group_is_closed_between_the_events)
{
	be_subreaper();
	EACH_WAY(h)
	{
		struct child c, other;
		struct host_group *g = open_group(h, "github_x");
		struct closing closing = { note_killed, false };
		static const struct group_events on = { closing_killed, closing_done };
		start_in(h, &c, g, "for i in {1..100}; do setsid sleep 300 & done >/dev/null 2>&1; exit 0", "a", "github_x");
		start_in(h, &other, NULL, "while :; do echo x; sleep 0.001; done", "b", "github_y");
		finish(h, &c);
		nkilled = 0;
		closing.done = h->ops->group_close(h, g, &on, &closing);
		uint64_t longest = 0;
		size_t heard = other.text[0].n;
		while (!closing.done || other.text[0].n == heard) {
			uint64_t from = h->ops->now(h);
			turn(h, 1000);
			longest = MAX(longest, h->ops->now(h) - from);
			killed_names[0] = '\0';
		}
		cr_expect_eq(nkilled, 100);
		cr_expect_lt(longest, 1000000000u);
		h->ops->signal(h, other.p, SIGKILL);
		finish(h, &other);
		child_done(&c);
		child_done(&other);
	}
	cr_assert_eq(count_children(), 0);
}

/* A host that is freed while it sweeps tells nobody. */
Test(tree, freed_while_sweeping)
{
	be_subreaper();
	EACH_WAY(h)
	{
		struct child c;
		static const struct group_events on = { closing_killed, closing_done };
		struct host_group *g = open_group(h, "github_x");
		start_in(h, &c, g, "setsid sleep 300 >/dev/null 2>&1 & echo $!", "a", "github_x");
		finish(h, &c);
		static struct closing closing;
		closing = (struct closing) { 0 };
		if (!h->ops->group_close(h, g, &on, &closing))
			cr_expect(!closing.done);
		child_done(&c);
	}
}
