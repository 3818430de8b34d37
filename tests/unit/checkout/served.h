/* Running the checkout helper on a repository in the current directory, the way the scheduler does. */
#ifndef TESTS_UNIT_ACTION_SERVED_H
#define TESTS_UNIT_ACTION_SERVED_H

#include <fcntl.h>
#include <sys/wait.h>

#include "base/path.h"
#include "checkout/checkout.h"
#include "unit/git/repo.h"

struct served {
	struct arena a;
	char *place;
	struct checkout_request r;
	struct str log; /* what the helper printed */
	struct str outputs;
};

/* The tree is `r`, the workspace `ws`, both in a fresh place. */
static inline void served_init(struct served *s)
{
	*s = (struct served) { .place = place_new() };
	setenv("GIT_OPTIONAL_LOCKS", "0", 1); /* the tests' own looks change nothing either */
	struct str place = str_of(s->place);
	s->r = (struct checkout_request) {
		.source = path_join(&s->a, place, STR("r")),
		.workspace = path_join(&s->a, place, STR("ws")),
		.scratch = path_join(&s->a, place, STR("scratch")),
		.repository = STR("octo/demo"),
		.server_url = STR("https://github.example"),
		.where = STR("line 3 of ci.yml"),
		.ref = STR("refs/heads/main"),
		.sha = STR_EMPTY,
		.with = val_object(&s->a),
		.local = val_object(&s->a),
	};
	sh("mkdir ws scratch");
}

static inline void served_done(struct served *s)
{
	workspace_release(s->place);
	place_done(s->place);
	arena_done(&s->a);
}

static inline void with(struct served *s, const char *name, const char *value)
{
	val_set_str(&s->a, s->r.with, arena_strdup(&s->a, name), str_of(arena_strdup(&s->a, value)));
}

static inline struct str slurp(struct arena *a, const char *path)
{
	struct buf text = BUF_INIT;
	struct str s = STR_EMPTY;
	if (file_read(&text, path, 1 << 20, NULL) == 0)
		s = arena_str(a, buf_str(&text));
	buf_done(&text);
	return s;
}

/* The exit code; the log and the outputs are kept. */
static inline int serve(struct served *s)
{
	int argc = 0, status = 0;
	char **argv = checkout_argv(&s->a, "sidestep", &s->r);
	while (argv[argc])
		argc++;
	unlink("log");
	unlink("outputs");
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = open("log", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(fd, 1);
		dup2(fd, 2);
		close(fd);
		setenv("GITHUB_OUTPUT", path_join(&s->a, str_of(s->place), STR("outputs")).p, 1);
		putenv(arena_strdup(&s->a, checkout_variable(&s->a, &s->r)));
		int rc = checkout_main(argc, argv);
		_exit(rc);
	}
	waitpid(pid, &status, 0);
	s->log = slurp(&s->a, "log");
	s->outputs = slurp(&s->a, "outputs");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

#define assert_served(s)                                                                                                         \
	do {                                                                                                                     \
		int rc_ = serve(s);                                                                                              \
		cr_assert_eq(rc_, 0, "exit %d: %.*s", rc_, STRF((s)->log));                                                      \
	} while (0)

#define assert_has(text, part)                                                                                                   \
	do {                                                                                                                     \
		struct str text_ = (text);                                                                                       \
		cr_assert(str_find(text_, str_of(part), 0) != SIZE_MAX, "no \"%s\" in: %.*s", part, STRF(text_));                \
	} while (0)

/* Both commands print the same. */
#define assert_same(s, one, other) assert_str(sh_out(&(s)->a, one), sh_out(&(s)->a, other))

/* Everything about the files below a directory that a step could have changed; not when they were last read. */
static inline struct str manifest(struct arena *a, const char *dir)
{
	struct buf line = BUF_INIT;
	if (getenv("KEEP_MANIFEST")) {
		static int n;
		buf_addf(&line, "cd %s && find . -printf '%%P %%y %%m %%U %%s %%T@ %%C@ %%i %%l\\n' | sort > /tmp/manifest.%d",
		         dir, n++);
		sh_out(a, buf_cstr(&line));
		buf_clear(&line);
	}
	buf_addf(&line,
	         "cd %s && { find . -printf '%%P %%y %%m %%U %%s %%T@ %%C@ %%i %%l\\n' | sort; find . -type f -print0 | sort -z |"
	         " xargs -0 sha1sum; } | sha1sum",
	         dir);
	struct str s = sh_out(a, buf_cstr(&line));
	buf_done(&line);
	return s;
}

#endif
