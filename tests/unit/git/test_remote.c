/* Asking servers: what a refusal means, how often the same is asked, whose token goes where. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "git/locks.h"
#include "git/remote.h"
#include "git/token.h"

static struct arena a;
static char top[] = "/tmp/sidestep-remote-XXXXXX";

static void set_up(void)
{
	cr_assert(mkdtemp(top));
	setenv("SIDESTEP_BACKOFF_MS", "1", 1);
	static const char *const names[] = { "GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN",
		                             "GITHUB_SERVER_URL" };
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
}

static void tear_down(void)
{
	file_remove_tree(top, NULL);
	arena_done(&a);
}

TestSuite(remote, .init = set_up, .fini = tear_down);

/* A git that writes down that it was called, and then does what the script says. */
static void put_git(const char *script)
{
	struct str text = arena_printf(&a, "#!/bin/sh\necho x >> %s/asked\n%s\n", top, script);
	cr_assert_eq(file_write(arena_printf(&a, "%s/git", top).p, text, 0700, NULL), 0);
	setenv("PATH", arena_printf(&a, "%s:/usr/bin:/bin", top).p, 1);
}

static size_t times_asked(void)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *path = arena_printf(&a, "%s/asked", top).p;
	cr_assert_eq(file_read(&text, path, 1000, NULL), 0);
	unlink(path);
	return text.n / 2;
}

static int ask(const char *url, unsigned seconds, struct buf *out, struct err *err)
{
	struct git_remote r = {
		.a = &a, .server = str_of(url), .url = arena_printf(&a, "%s/o/r", url), .token = STR_EMPTY, .seconds = seconds
	};
	return git_remote_run(&r, NULL, out, GIT("ls-remote", r.url.p), 1000, err);
}

Test(remote, what_a_refusal_means_and_how_often_is_asked)
{
	static const struct {
		const char *words;
		enum git_refusal meaning;
		size_t times;
	} rows[] = {
		{ "fatal: repository 'https://x/' not found", GIT_NO_REPOSITORY, 1 },
		{ "fatal: '/x' does not appear to be a git repository", GIT_NO_REPOSITORY, 1 },
		{ "fatal: unable to access 'https://x/': The requested URL returned error: 403", GIT_NO_ACCESS, 1 },
		{ "fatal: could not read Username for 'https://x': terminal prompts disabled", GIT_NO_ACCESS, 1 },
		{ "git@x: Permission denied (publickey).", GIT_NO_ACCESS, 1 },
		{ "fatal: unable to access 'https://x/': The requested URL returned error: 502", GIT_NO_NETWORK, 3 },
		{ "fatal: unable to access 'https://x/': Could not resolve host: x", GIT_NO_NETWORK, 3 },
		{ "fatal: the remote end hung up unexpectedly", GIT_NO_NETWORK, 3 },
		{ "fatal: unable to access 'https://x/': Operation too slow. Less than 1 bytes/sec", GIT_NO_NETWORK, 3 },
		{ "fatal: protocol error: bad line length", GIT_TROUBLE, 1 },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = ERR_INIT;
		put_git(arena_printf(&a, "cat >&2 <<'E'\n%s\nE\nexit 128", rows[i].words).p);
		cr_assert_lt(ask("https://git.invalid", 0, NULL, &err), 0);
		cr_assert_eq(git_remote_refusal(&err), rows[i].meaning, "%s", err.text);
		cr_assert_eq(times_asked(), rows[i].times, "%s", rows[i].words);
	}
}

Test(remote, what_has_used_up_its_time_is_not_asked_again)
{
	struct err err = ERR_INIT;
	put_git("exec sleep 100");
	cr_assert_lt(ask("https://git.invalid", 1, NULL, &err), 0);
	cr_assert_eq(err.errnum, ETIMEDOUT);
	cr_assert_eq(git_remote_refusal(&err), GIT_NO_NETWORK);
	cr_assert_eq(times_asked(), 1);
	cr_assert_eq((int)GIT_REMOTE_SECONDS, 1200);
}

Test(remote, half_an_answer_counts_for_nothing)
{
	struct err err = ERR_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	put_git(arena_printf(&a,
	                     "echo half; [ $(wc -l <%s/asked) -gt 2 ] || { echo 'fatal: early EOF' >&2; exit 128; }; echo whole",
	                     top)
	                .p);
	buf_adds(&out, "before ");
	cr_assert_eq(ask("https://git.invalid", 0, &out, &err), 0, "%s", err.text);
	cr_assert(str_is(buf_str(&out), "before half\nwhole\n"), "%.*s", STRF(buf_str(&out)));
}

Test(remote, tokens_go_by_encrypted_transport_or_not_at_all)
{
	static const char *const yes[] = { "https://github.com", "https://h:8443/sub", "http://127.0.0.1:80",
		                           "http://localhost/x", "http://[::1]:8" };
	static const char *const no[] = { "http://github.com",
		                          "http://127.0.0.1.example",
		                          "ssh://git@github.com",
		                          "git@github.com:",
		                          "file:///srv",
		                          "http://localhost@evil",
		                          "https://",
		                          "",
		                          "http://127.0.0.1@x",
		                          "ftp://localhost",
		                          "https://h#@github.com" };
	for (size_t i = 0; i < ARRAY_LEN(yes); i++)
		cr_assert(git_token_may_go(str_of(yes[i])), "%s", yes[i]);
	for (size_t i = 0; i < ARRAY_LEN(no); i++)
		cr_assert_not(git_token_may_go(str_of(no[i])), "%s", no[i]);
}

static bool environment_has(const char *server, const char *want)
{
	return str_is(git_token_of(&a, GIT_TOKEN_ENVIRONMENT, str_of(server), STR_EMPTY), want);
}

Test(remote, variables_are_for_their_server)
{
	setenv("GITHUB_TOKEN", "public", 1);
	cr_assert(environment_has("https://github.com", "public") && environment_has("https://x.ghe.com", "public"));
	cr_assert(environment_has("https://git.example", ""), "another server");
	cr_assert(environment_has("https://github.com.example", ""));
	cr_assert(environment_has("https://evil@github.com", "public"), "that is github.com");
	cr_assert(environment_has("https://github.com@evil.example", ""));
	setenv("GH_TOKEN", "first", 1);
	cr_assert(environment_has("https://github.com", "first"));
	setenv("GITHUB_ENTERPRISE_TOKEN", "own", 1);
	cr_assert(environment_has("https://git.example", "own") && environment_has("http://git.example", ""));
	setenv("GITHUB_SERVER_URL", "https://git.example", 1);
	cr_assert(environment_has("https://git.example", "public") && environment_has("https://git2.example", "own"));
	setenv("GITHUB_ENTERPRISE_TOKEN", "a\nb", 1);
	cr_assert(environment_has("https://git2.example", ""), "no token, whatever it is");
	const char *const *set = git_token_settings(&a, STR("https://h/"), STR("t"));
	cr_assert_str_eq(set[0], "http.https://h/.extraHeader");
	cr_assert_str_eq(set[1], "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46dA==");
	cr_assert_null(set[2]);
}

Test(remote, locks_go_but_nothing_else)
{
	struct str dir = str_of(top);
	const char *const names[] = { "a.lock", "b.lock", "d.lock", "none.lock", NULL };
	const struct timespec old[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	cr_assert_eq(file_write(path_join(&a, dir, STR("a.lock")).p, STR_EMPTY, 0600, NULL), 0);
	cr_assert_eq(file_write(path_join(&a, dir, STR("b.lock")).p, STR_EMPTY, 0600, NULL), 0);
	cr_assert_eq(utimensat(AT_FDCWD, path_join(&a, dir, STR("b.lock")).p, old, 0), 0);
	cr_assert_eq(mkdir(path_join(&a, dir, STR("d.lock")).p, 0700), 0);
	cr_assert_eq(file_write(path_join(&a, dir, STR("other.lock")).p, STR_EMPTY, 0600, NULL), 0);
	const char *const packs[] = { "tmp_pack_old", "tmp_pack_new", "pack-1.pack" };
	struct str pack = path_join(&a, dir, STR("objects/pack"));
	cr_assert_eq(file_mkdirs(pack.p, 0700, NULL), 0);
	for (size_t i = 0; i < ARRAY_LEN(packs); i++) {
		const char *path = path_join(&a, pack, str_of(packs[i])).p;
		cr_assert_eq(file_write(path, STR_EMPTY, 0600, NULL), 0);
		cr_assert(i == 1 || utimensat(AT_FDCWD, path, old, 0) == 0);
	}
	git_locks_clear(&a, dir, names);
	for (size_t i = 0; i < ARRAY_LEN(packs); i++)
		cr_assert_eq(file_exists(path_join(&a, pack, str_of(packs[i])).p), i > 0, "%s", packs[i]);
	cr_assert_not(file_exists(path_join(&a, dir, STR("a.lock")).p));
	cr_assert_not(file_exists(path_join(&a, dir, STR("b.lock")).p));
	cr_assert(file_is_dir(path_join(&a, dir, STR("d.lock")).p) && file_exists(path_join(&a, dir, STR("other.lock")).p));
}
