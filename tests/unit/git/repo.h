/* Real repositories in temporary directories for tests: a place of its own, a shell line, clean-up. */
#ifndef TESTS_UNIT_GIT_REPO_H
#define TESTS_UNIT_GIT_REPO_H

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"

/* A fresh directory, made the current one, with an identity and without the user's own git config. */
static inline char *place_new(void)
{
	static char dir[] = "/tmp/sidestep-test-XXXXXX";
	cr_assert(mkdtemp(dir) != NULL);
	cr_assert_eq(chdir(dir), 0);
	setenv("HOME", dir, 1);
	unsetenv("XDG_CONFIG_HOME");
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	cr_assert_eq(file_write(".gitconfig",
	                        STR("[user]\n\tname = Ada Test\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"
	                            "[protocol \"file\"]\n\tallow = always\n[advice]\n\tdetachedHead = "
	                            "false\n[diff]\n\tautoRefreshIndex = false\n"),
	                        0644, NULL),
	             0);
	return dir;
}

static inline void place_done(const char *dir)
{
	cr_assert_eq(chdir("/"), 0);
	cr_assert_eq(file_remove_tree(dir, NULL), 0);
}

/* Runs a shell script, which must succeed; what it prints is thrown away. */
static inline void sh(const char *script)
{
	struct buf line = BUF_INIT;
	buf_addf(&line, "set -e; exec >/dev/null 2>sh.err; %s", script);
	int rc = system(buf_cstr(&line));
	buf_clear(&line);
	file_read(&line, "sh.err", 1 << 16, NULL);
	cr_assert_eq(rc, 0, "%s\n%s", script, buf_cstr(&line));
	unlink("sh.err");
	buf_done(&line);
}

/* What a shell line prints, its last newline cut. */
static inline struct str sh_out(struct arena *a, const char *script)
{
	struct buf text = BUF_INIT;
	FILE *f = popen(script, "r");
	cr_assert(f != NULL);
	char piece[4096];
	for (size_t n; (n = fread(piece, 1, sizeof(piece), f)) > 0;)
		buf_add(&text, piece, n);
	cr_assert_eq(pclose(f), 0, "%s", script);
	struct str s = arena_str(a, str_trim(buf_str(&text)));
	buf_done(&text);
	return s;
}

#define assert_str(got, want)                                                                                                    \
	do {                                                                                                                     \
		struct str got_ = (got), want_ = (want);                                                                         \
		cr_assert(str_eq(got_, want_), "got \"%.*s\", want \"%.*s\"", STRF(got_), STRF(want_));                          \
	} while (0)

#endif
