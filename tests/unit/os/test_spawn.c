/* Starting real processes: what they see, what they say, how they end, and what goes wrong before. */
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "harness.h"

#define EACH_WAY(h)                                                                                                              \
	for (size_t way_ = 0; way_ < 2; way_++)                                                                                  \
		for (struct host *h = open_host(both_ways[way_]); h; h->ops->free(h), h = NULL)

Test(spawn, ends)
{
	static const struct {
		const char *script;
		int code, signal;
	} cases[] = {
		{ "true", 0, 0 },         { "exit 3", 3, 0 },           { "exit 255", 255, 0 },
		{ "kill -9 $$", 137, 9 }, { "kill -SEGV $$", 139, 11 }, { "exec sleep 0.01", 0, 0 },
	};
	EACH_WAY(h)
	{
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			struct child c;
			start(h, &c, cases[i].script);
			finish(h, &c);
			cr_expect_eq(c.st.exit_code, cases[i].code, "%s: %d", cases[i].script, c.st.exit_code);
			cr_expect_eq(c.st.signal, cases[i].signal, "%s", cases[i].script);
			cr_expect(c.st.cpu_us >= 0);
			cr_expect(c.exits == 1 && c.eofs == 1);
			child_done(&c);
		}
	}
	cr_assert_eq(count_children(), 0);
}

Test(spawn, much_output_on_both_pipes)
{
	EACH_WAY(h)
	{
		struct child c;
		start(h, &c, "head -c 200000 /dev/zero >&2 & head -c 3000000 /dev/zero; wait");
		finish(h, &c);
		cr_assert_eq(c.text[0].n, 3000000u);
		cr_assert_eq(c.text[1].n, 200000u);
		cr_assert_eq(c.calls_after_end, 0);
		cr_assert_leq(c.largest, 256u << 10);
		child_done(&c);
	}
}

Test(spawn, memory_and_time_used)
{
	struct host *h = open_host(0);
	struct child c;
	start(h, &c, "x=$(head -c 60000000 /dev/zero | tr '\\0' a); for ((i=0;i<20000;i++)); do :; done");
	finish(h, &c);
	cr_assert_gt(c.st.max_rss_kb, 50000);
	cr_assert_gt(c.st.cpu_us, 10000);
	child_done(&c);
	h->ops->free(h);
}

/* Inherited rubbish, odd signal dispositions, a blocked mask: nothing of it reaches the child. */
Test(spawn, clean_surroundings)
{
	sigset_t set;
	sigfillset(&set);
	signal(SIGINT, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	cr_assert_geq(dup(1), 0);
	cr_assert_geq(open("/dev/null", O_RDONLY), 0);
	EACH_WAY(h)
	{
		struct child c;
		sigprocmask(SIG_BLOCK, &set, NULL);
		start(h, &c,
		      "ls /proc/self/fd | tr '\\n' ' '; readlink /proc/$$/fd/0; grep -E '^Sig(Blk|Ign)' /proc/self/status |"
		      " tr '\\t\\n' '  '; echo; cat /proc/self/oom_score_adj; cut -d' ' -f1,6 /proc/$$/stat; pwd; cat");
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		finish(h, &c);
		static const char expect[] = "0 1 2 3 /dev/null\n"
					     "SigBlk: 0000000000000000 SigIgn: 0000000000000000 \n500\n";
		const char *text = buf_cstr(&c.text[0]);
		cr_assert(str_starts(buf_str(&c.text[0]), STR(expect)), "%s", text);
		int pid = 0, sid = 0;
		cr_expect_eq(sscanf(text + sizeof(expect) - 1, "%d %d", &pid, &sid), 2);
		cr_expect(pid == sid && pid > 0 && pid != getpid());
		cr_expect(has_text(&c, "/tmp\n"));
		cr_expect_eq(c.st.exit_code, 0);
		child_done(&c);
	}
	char own[16] = "";
	FILE *f = fopen("/proc/self/oom_score_adj", "re");
	cr_assert(f && fgets(own, sizeof(own), f));
	fclose(f);
	cr_assert_str_neq(own, "500\n");
}

Test(spawn, oom_score_of_the_user)
{
	char *argv[] = { (char *)"cat", (char *)"/proc/self/oom_score_adj", NULL };
	char *envs[][2] = { { (char *)"PIPELINE_JOB_OOMSCOREADJ=700", NULL },
		            { (char *)"PIPELINE_JOB_OOMSCOREADJ=1001", NULL },
		            { (char *)"PIPELINE_JOB_OOMSCOREADJ=x", NULL } };
	const char *expect[] = { "700\n", "500\n", "500\n" };
	struct host *h = open_host(0);
	for (size_t i = 0; i < 3; i++) {
		struct child c = { 0 };
		struct err err = ERR_INIT;
		struct spawn_spec spec = { .path = "/bin/cat", .argv = argv, .envp = envs[i], .on = &child_events, .cookie = &c };
		cr_assert_eq(h->ops->spawn(h, &spec, &c.p, &err), 0, "%s", err.text);
		finish(h, &c);
		cr_expect_str_eq(buf_cstr(&c.text[0]), expect[i]);
		child_done(&c);
	}
	h->ops->free(h);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

Test(spawn, failures_say_what_failed)
{
	char dir[] = "/tmp/os-test-XXXXXX", plain[64], garbage[64], script[64];
	cr_assert(mkdtemp(dir));
	snprintf(plain, sizeof(plain), "%s/plain", dir);
	snprintf(garbage, sizeof(garbage), "%s/garbage", dir);
	snprintf(script, sizeof(script), "%s/script", dir);
	write_file(plain, "echo hi\n", 0644);
	write_file(garbage, "echo hi\n", 0755);
	write_file(script, "#!/no/such/shell\n", 0755);
	const struct {
		const char *path, *cwd, *expect;
	} cases[] = {
		{ "/no/such/program", "/tmp", "/no/such/program: No such file or directory" },
		{ plain, "/tmp", ": Permission denied" },
		{ garbage, "/tmp", ": Exec format error" },
		{ script, "/tmp", ": its interpreter was not found" },
		{ "/bin/true", "/no/such/dir", "cannot change to directory /no/such/dir: No such file or directory" },
		{ "/bin/true", "/etc/passwd", "cannot change to directory /etc/passwd: Not a directory" },
	};
	char *argv[] = { (char *)"x", NULL }, *envp[] = { NULL };
	EACH_WAY(h)
	{
		for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
			struct child c = { 0 };
			struct err err = ERR_INIT;
			struct spawn_spec spec = { .path = cases[i].path,
				                   .argv = argv,
				                   .envp = envp,
				                   .cwd = cases[i].cwd,
				                   .on = &child_events,
				                   .cookie = &c };
			cr_expect_eq(h->ops->spawn(h, &spec, &c.p, &err), -1, "%s", cases[i].expect);
			cr_expect(strstr(err.text, cases[i].expect), "%s", err.text);
			cr_expect_eq(count_children(), 0);
		}
	}
	unlink(plain), unlink(garbage), unlink(script);
	rmdir(dir);
}

static int open_fds(void)
{
	int n = 0;
	DIR *d = opendir("/proc/self/fd");
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

Test(spawn, five_hundred_at_once)
{
	struct rlimit lim;
	getrlimit(RLIMIT_NOFILE, &lim);
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
	enum { N = 500 };
	static struct child c[N];
	int before = open_fds();
	EACH_WAY(h)
	{
		for (int i = 0; i < N; i++) {
			char script[64];
			snprintf(script, sizeof(script), "read x < /dev/null; echo %d; exit %d", i, i % 200);
			start(h, &c[i], script);
		}
		for (int i = 0; i < N; i++) {
			char expect[16];
			finish(h, &c[i]);
			snprintf(expect, sizeof(expect), "%d\n", i);
			cr_expect_str_eq(buf_cstr(&c[i].text[0]), expect);
			cr_expect_eq(c[i].st.exit_code, i % 200);
			child_done(&c[i]);
		}
	}
	cr_assert_eq(count_children(), 0);
	cr_assert_eq(open_fds(), before);
}

Test(spawn, out_of_descriptors)
{
	struct host *h = open_host(0);
	struct rlimit lim = { 24, 24 };
	setrlimit(RLIMIT_NOFILE, &lim);
	char *argv[] = { (char *)"sleep", (char *)"5", NULL }, *envp[] = { NULL };
	struct child c[16] = { 0 };
	struct err err = ERR_INIT;
	int n = 0;
	for (; n < 16; n++) {
		struct spawn_spec spec = {
			.path = "/bin/sleep", .argv = argv, .envp = envp, .on = &child_events, .cookie = &c[n]
		};
		if (h->ops->spawn(h, &spec, &c[n].p, &err) < 0)
			break;
	}
	cr_assert(n > 0 && n < 16);
	cr_assert(strstr(err.text, "Too many open files"), "%s", err.text);
	cr_assert_eq(count_children(), n);
	h->ops->free(h); /* ends those that run */
	cr_assert_eq(count_children(), 0);
}

Test(spawn, poll_fd_and_arm)
{
	struct host *h = open_host(0);
	struct pollfd pfd = { .fd = h->ops->poll_fd(h), .events = POLLIN };
	struct child c;
	struct err err = ERR_INIT;
	cr_assert_eq(poll(&pfd, 1, 0), 0);
	start(h, &c, "exit 0");
	cr_assert_eq(poll(&pfd, 1, 5000), 1);
	finish(h, &c);
	cr_assert_eq(poll(&pfd, 1, 0), 0);

	uint64_t t = h->ops->now(h);
	h->ops->arm(h, t + 20000000);
	cr_assert_eq(poll(&pfd, 1, 5000), 1);
	cr_assert_geq(h->ops->now(h), t + 20000000);
	cr_assert_eq(h->ops->wait(h, 0, &err), 0);
	cr_assert_eq(poll(&pfd, 1, 0), 0);
	h->ops->arm(h, 0); /* in the past: at once */
	cr_assert_eq(poll(&pfd, 1, 1000), 1);
	h->ops->arm(h, UINT64_MAX);
	cr_assert_eq(poll(&pfd, 1, 0), 0);

	t = h->ops->now(h);
	cr_assert_eq(h->ops->wait(h, t + 30000000, &err), 0);
	cr_assert_geq(h->ops->now(h), t + 30000000);
	cr_assert_lt(h->ops->now(h), t + 3000000000u);
	cr_assert_leq(llabs((long long)(h->ops->wall_ms(h) - (int64_t)time(NULL) * 1000)), 2000);
	child_done(&c);
	h->ops->free(h);
}

/* A child of somebody else in this program is never reaped by us. */
Test(spawn, foreign_children_are_left_alone)
{
	be_subreaper();
	pid_t foreign = fork();
	if (foreign == 0)
		_exit(7);
	EACH_WAY(h)
	{
		struct child c;
		start(h, &c, "(setsid sleep 0.01 &) ; exit 0");
		finish(h, &c);
		child_done(&c);
	}
	int status = 0;
	cr_assert_eq(waitpid(foreign, &status, 0), foreign);
	cr_assert_eq(WEXITSTATUS(status), 7);
}
