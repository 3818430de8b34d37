/* git_run on the fake host: what git is started with on each level of trust, how its output and its end are told, its limits. */
#include <errno.h>

#include "git/run.h"
#include "support/fake_host.h"
#include "unit/git/repo.h"

#define SECOND UINT64_C(1000000000)

struct seen {
	struct buf out;
	int overs;
	bool frees;
};

static void on_output(void *cookie, struct str bytes)
{
	buf_addstr(&((struct seen *)cookie)->out, bytes);
}

static void on_over(void *cookie, struct git_run *g)
{
	struct seen *s = cookie;
	cr_assert(git_run_is_over(g));
	s->overs++;
	if (s->frees)
		git_run_free(g);
}

static void turn(struct host *h)
{
	cr_assert_eq(h->ops->wait(h, h->ops->now(h), NULL), 0);
}

static struct git_run *begin(struct host *h, const struct git_call *call)
{
	struct err err = ERR_INIT;
	struct git_run *g = git_run_start(h, call, &err);
	cr_assert(g, "%s", err.text);
	return g;
}

Test(git_run, output_and_end_come_as_callbacks)
{
	struct host *h = fake_host_new();
	struct seen seen = { .out = BUF_INIT };
	struct git_call call = { .args = GIT("version"), .output = on_output, .over = on_over, .cookie = &seen };
	struct git_run *g = begin(h, &call);
	fake_output(h, "git", HOST_STDOUT, "one ");
	fake_output(h, "git", HOST_STDERR, "noise");
	fake_output(h, "git", HOST_STDOUT, "two");
	turn(h);
	assert_str(buf_str(&seen.out), STR("one two"));
	cr_assert(!git_run_is_over(g));
	fake_exit(h, "git", 0);
	turn(h);
	cr_assert_eq(seen.overs, 1);
	cr_assert_eq(git_run_result(g, NULL), 0);
	cr_assert_eq(git_run_output(g).n, 0);
	git_run_free(g);
	cr_assert(fake_released(h, "git"));
	buf_done(&seen.out);
	h->ops->free(h);
}

Test(git_run, it_is_over_when_it_exited_and_its_pipes_ended)
{
	struct host *h = fake_host_new();
	struct seen seen = { .out = BUF_INIT, .frees = true };
	struct git_call call = { .args = GIT("version"), .over = on_over, .cookie = &seen };
	begin(h, &call);
	fake_exit_keep_pipes(h, "git", 0);
	turn(h);
	cr_assert_eq(seen.overs, 0);
	fake_eof(h, "git");
	turn(h);
	cr_assert_eq(seen.overs, 1); /* and freed from within */
	h->ops->free(h);
}

Test(git_run, its_own_words_are_the_error)
{
	static const struct {
		const char *words, *error;
	} cases[] = {
		{ "hint: x\nfatal: bad revision\nfatal: more\n", "git log: bad revision" },
		{ "error: pathspec\n", "git log: pathspec" },
		{ "fatal: Could not read from remote repository.\nno such host\n",
		  "git log: fatal: Could not read from remote repository." },
		{ "just this\n", "git log: just this" },
		{ "", "git log failed with exit code 128" },
	};
	struct host *h = fake_host_new();
	struct git_call call = { .args = GIT("log") };
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct git_run *g = begin(h, &call);
		if (cases[i].words[0])
			fake_output(h, "git", HOST_STDERR, cases[i].words);
		fake_exit(h, "git", 128);
		cr_assert_eq(git_run_wait(g, NULL, &err), -1);
		cr_assert_str_eq(err.text, cases[i].error);
	}
	h->ops->free(h);
}

Test(git_run, limits)
{
	struct host *h = fake_host_new();
	struct err err = ERR_INIT;
	struct buf out = BUF_INIT;
	struct git_call call = { .args = GIT("fetch"), .seconds = 7, .output_max = 5 };

	/* time */
	struct git_run *g = begin(h, &call);
	uint64_t start = h->ops->now(h);
	cr_assert_eq(git_run_deadline(g), start + 7 * SECOND);
	git_run_turn(g);
	cr_assert_str_eq(fake_signals(h, "git"), "");
	cr_assert_eq(git_run_wait(g, NULL, &err), -1);
	cr_assert_eq(err.errnum, ETIMEDOUT);
	cr_assert_str_eq(err.text, "git fetch has not ended within 7 seconds");
	cr_assert_str_eq(fake_signals(h, "git"), "9");
	cr_assert(h->ops->now(h) >= start + 7 * SECOND && h->ops->now(h) < start + 8 * SECOND);

	/* output: five bytes are not too much, the sixth is */
	g = begin(h, &call);
	fake_output(h, "git", HOST_STDOUT, "12345");
	fake_exit(h, "git", 0);
	cr_assert_eq(git_run_wait(g, &out, &err), 0);
	assert_str(buf_str(&out), STR("12345"));
	g = begin(h, &call);
	fake_output(h, "git", HOST_STDOUT, "12345");
	fake_output(h, "git", HOST_STDOUT, "6");
	err = ERR_INIT;
	cr_assert_eq(git_run_wait(g, NULL, &err), -1);
	cr_assert_eq(err.errnum, EFBIG);
	cr_assert_str_eq(err.text, "git fetch says more than 5 bytes");

	/* stopped */
	struct seen seen = { .out = BUF_INIT };
	call.over = on_over;
	call.cookie = &seen;
	g = begin(h, &call);
	git_run_stop(g);
	turn(h);
	cr_assert_eq(seen.overs, 1);
	cr_assert_eq(git_run_result(g, &err), -1);
	cr_assert_eq(err.errnum, EINTR);
	git_run_free(g);

	/* forgotten while it runs */
	g = begin(h, &call);
	git_run_free(g);
	cr_assert_str_eq(fake_signals(h, "git"), "9");
	turn(h);
	cr_assert_eq(seen.overs, 1);
	buf_done(&out);
	h->ops->free(h);
}

Test(git_run, what_cannot_start)
{
	struct host *h = fake_host_new();
	struct git_call call = { .args = GIT("version") };
	struct err err = ERR_INIT;
	fake_missing(h, "git");
	cr_assert_null(git_run_start(h, &call, &err));
	cr_assert_eq(err.kind, ERR_MISSING);
	h->ops->free(h);
}

static void assert_env(struct host *h, const char *name, const char *value)
{
	const char *got = fake_env(h, "git", name);
	cr_assert((got && value && strcmp(got, value) == 0) || (!got && !value), "%s is %s, not %s", name, got ? got : "absent",
	          value ? value : "absent");
}

/* The last value of a setting that git is given by its environment. */
static const char *setting(struct host *h, const char *key)
{
	const char *count = fake_env(h, "git", "GIT_CONFIG_COUNT"), *value = NULL;
	for (long i = 0; count && i < strtol(count, NULL, 10); i++) {
		char name[40];
		snprintf(name, sizeof(name), "GIT_CONFIG_KEY_%ld", i);
		const char *k = fake_env(h, "git", name);
		snprintf(name, sizeof(name), "GIT_CONFIG_VALUE_%ld", i);
		if (k && strcmp(k, key) == 0)
			value = fake_env(h, "git", name);
	}
	return value;
}

static void start_and_end(struct host *h, const struct git_call *call)
{
	struct git_run *g = begin(h, call);
	fake_exit(h, "git", 0);
	cr_assert_eq(git_run_wait(g, NULL, NULL), 0);
}

Test(git_run, environment_of_each_level)
{
	struct arena a = { 0 };
	char *place = place_new();
	sh("git init -q r");
	struct git_repo *r = NULL;
	cr_assert_eq(git_discover(&r, &a, "r", NULL), 0);
	static const char *const gone[] = { "GIT_TRACE",  "GIT_EXTERNAL_DIFF", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE",
		                            "GIT_EDITOR", "GIT_CONFIG",        "GIT_CONFIG_PARAMETERS" };
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		setenv(gone[i], "/somewhere", 1);
	setenv("PATH", "node_modules/.bin:/usr/bin::/bin:.", 1);
	setenv("GIT_SSH_COMMAND", "mine", 1);
	setenv("GIT_CONFIG_COUNT", "2", 1);
	setenv("GIT_CONFIG_KEY_0", "user.name", 1);
	setenv("GIT_CONFIG_VALUE_0", "me", 1);
	setenv("GIT_CONFIG_KEY_1", "core.fsmonitor", 1);
	setenv("GIT_CONFIG_VALUE_1", "/evil", 1);
	setenv("GIT_DIR", "/elsewhere", 1);

	struct host *h = fake_host_new();
	struct git_call call = { .repo = r, .args = GIT("status"), .protocols = "https" };
	for (int level = GIT_FOREIGN; level <= GIT_OWN; level++) {
		call.trust = (enum git_trust)level;
		start_and_end(h, &call);
		bool foreign = level == GIT_FOREIGN, own = level == GIT_OWN;
		for (size_t i = 0; i < ARRAY_LEN(gone); i++)
			assert_env(h, gone[i], NULL);
		assert_env(h, "GIT_ALLOW_PROTOCOL", own ? "https" : "none");
		assert_env(h, "GIT_NO_LAZY_FETCH", own ? NULL : "1");
		assert_env(h, "PATH", "/usr/bin:/bin");
		assert_env(h, "GIT_TERMINAL_PROMPT", "0");
		assert_env(h, "GIT_OPTIONAL_LOCKS", "0");
		assert_env(h, "GIT_SSH_COMMAND", foreign ? NULL : "mine");
		assert_env(h, "GIT_CONFIG_GLOBAL", foreign ? "/dev/null" : NULL);
		assert_env(h, "GIT_CONFIG_NOSYSTEM", "1");
		assert_env(h, "GIT_WORK_TREE", arena_cstr(&a, r->root));
		if (!foreign)
			assert_env(h, "GIT_DIR", arena_cstr(&a, r->git_dir));
		else
			cr_assert(strstr(fake_env(h, "git", "GIT_DIR"), "/sidestep-git-"));
		cr_assert_str_eq(setting(h, "core.fsmonitor"), "false");
		cr_assert_str_eq(setting(h, "core.hooksPath"), "/dev/null");
		cr_assert_str_eq(setting(h, "safe.bareRepository"), "explicit");
		cr_assert(foreign ? !setting(h, "user.name") : strcmp(setting(h, "user.name"), "me") == 0);
		cr_assert_str_eq(fake_arg(h, "git", 1), "--no-pager");
	}
	call.protocols = NULL;
	start_and_end(h, &call);
	assert_env(h, "GIT_ALLOW_PROTOCOL", "none");
	call.repo = NULL;
	call.env = (const char *const[]) { "GIT_SSH_COMMAND=other", NULL };
	call.config = (const char *const[]) { "http.https://x/.extraheader", "secret", NULL };
	start_and_end(h, &call);
	assert_env(h, "GIT_DIR", "/dev/null");
	assert_env(h, "GIT_SSH_COMMAND", "other");
	cr_assert_str_eq(setting(h, "http.https://x/.extraheader"), "secret");
	for (int i = 0; fake_arg(h, "git", i); i++)
		cr_assert(!strstr(fake_arg(h, "git", i), "secret"));
	h->ops->free(h);
	arena_done(&a);
	place_done(place);
}

Test(git_run, protocols_of_urls)
{
	cr_assert_str_eq(git_protocols(STR("https://x/y")), "https:ssh");
	cr_assert_str_eq(git_protocols(STR("file:///x")), "file");
	cr_assert_str_eq(git_protocols(STR("git@x:y/z")), "ssh:https");
	cr_assert_null(git_protocols(STR("ext::sh -c x")));
	cr_assert_null(git_protocols(STR("fd::7")));
}
