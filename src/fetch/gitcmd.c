/* Running the git program; see gitcmd.h. */
#include "fetch/gitcmd.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/file.h"

extern char **environ;

static const char *const gone[] = { "GIT_DIR",        "GIT_WORK_TREE", "GIT_INDEX_FILE",   "GIT_OBJECT_DIRECTORY",
	                            "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX",       "GIT_ALTERNATE_OBJECT_DIRECTORIES",
	                            "GIT_TRACE",      "GIT_CONFIG",    "GIT_EXTERNAL_DIFF" };
static const struct setting {
	const char *name, *value;
	bool mild; /* what the user has set stays */
} settings[] = {
	{ "GIT_OPTIONAL_LOCKS", "0", false },
	{ "GIT_TERMINAL_PROMPT", "0", false },
	{ "LC_ALL", "C", false },
	{ "GIT_SSH_COMMAND", "ssh -o BatchMode=yes", true },
};

void gitcmd_setup(void)
{
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		unsetenv(gone[i]);
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		setenv(settings[i].name, settings[i].value, !settings[i].mild);
	signal(SIGPIPE, SIG_IGN);
}

static bool is_named(const char *entry, const char *name)
{
	size_t n = strlen(name);
	return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

/* Whether a variable of ours is left out for git, or said otherwise. */
static bool is_replaced(const char *entry, const char *const *more)
{
	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		if (is_named(entry, gone[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (!settings[i].mild && is_named(entry, settings[i].name))
			return true;
	for (; more && *more; more++)
		if (strncmp(entry, *more, (size_t)(strchr(*more, '=') - *more) + 1) == 0)
			return true;
	return false;
}

char **gitcmd_environment(struct arena *a, const char *const *more)
{
	size_t n = 0, nmore = 0;
	while (environ && environ[n])
		n++;
	while (more && more[nmore])
		nmore++;
	char **out = arena_array(a, char *, n + nmore + ARRAY_LEN(settings) + 1), **to = out;
	for (size_t i = 0; i < n; i++)
		if (!is_replaced(environ[i], more))
			*to++ = environ[i];
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (!settings[i].mild || !getenv(settings[i].name))
			*to++ = (char *)(uintptr_t)arena_printf(a, "%s=%s", settings[i].name, settings[i].value).p;
	for (size_t i = 0; i < nmore; i++)
		*to++ = (char *)(uintptr_t)more[i];
	*to = NULL;
	return out;
}

int gitcmd_argv(const char **argv, const char *dir, const char *const *args, struct err *err)
{
	static const char *const common[] = {
		"git", "-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C"
	};
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(common); i++)
		argv[n++] = common[i];
	argv[n++] = dir;
	for (; *args; args++) {
		if (n + 1 >= GITCMD_ARGS)
			return err_set(err, ERR_USAGE, "too many arguments for git");
		argv[n++] = *args;
	}
	argv[n] = NULL;
	return 0;
}

static int spawn(struct gitcmd *c, const char *const *argv, int child_in, int child_out, struct err *err)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t pipe, none;
	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigdefault(&attr, &pipe);
	posix_spawnattr_setsigmask(&attr, &none); /* Ctrl-C ends it, whatever we block */
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&fa);
	if (child_in >= 0)
		posix_spawn_file_actions_adddup2(&fa, child_in, 0);
	else
		posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, child_out, 1);
	posix_spawn_file_actions_adddup2(&fa, c->err, 2);
	char *const *args = (char *const *)(void *)(uintptr_t)argv; /* posix_spawn does not write to them */
	int rc = posix_spawnp(&c->pid, "git", &fa, &attr, args, environ);
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&attr);
	if (rc == ENOENT)
		return err_set(err, ERR_MISSING, "the git program is not installed (or not in PATH); checkout needs it");
	errno = rc;
	return rc ? err_errno(err, "cannot start git") : 0;
}

static void close_all(struct gitcmd *c)
{
	int *const fds[] = { &c->in, &c->out, &c->err };
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

int gitcmd_start(struct gitcmd *c, const char *dir, const char *const *args, bool write, struct err *err)
{
	const char *argv[GITCMD_ARGS];
	int to[2] = { -1, -1 }, from[2] = { -1, -1 };
	*c = (struct gitcmd) { .in = -1, .out = -1, .err = memfd_create("git-stderr", MFD_CLOEXEC) };
	snprintf(c->name, sizeof(c->name), "%s", args[0] ? args[0] : "");
	if (gitcmd_argv(argv, dir, args, err) < 0)
		return -1;
	if (c->err < 0 || pipe2(from, O_CLOEXEC) < 0 || (write && pipe2(to, O_CLOEXEC) < 0)) {
		err_errno(err, "cannot start git");
		close_all(c);
		return -1;
	}
	c->out = from[0];
	c->in = to[1];
	int rc = spawn(c, argv, to[0], from[1], err);
	close(from[1]);
	if (to[0] >= 0)
		close(to[0]);
	if (rc < 0)
		close_all(c);
	return rc;
}

/* "fatal: …" and "error: …" say most; else the last line that is not empty. */
static struct str last_words(struct str text)
{
	struct str line, best = STR_EMPTY;
	bool strong = false;
	while (str_next_line(&text, &line)) {
		line = str_trim(line);
		bool fatal = str_starts(line, STR("fatal: ")) || str_starts(line, STR("error: "));
		if (line.n && (fatal || !strong))
			best = fatal ? str_from(line, 7) : line;
		strong = strong || fatal;
	}
	return best;
}

static int report(const struct gitcmd *c, int status, struct err *err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (lseek(c->err, 0, SEEK_SET) == 0)
		file_read_fd(&text, c->err, 1 << 20, NULL);
	struct str words = last_words(buf_str(&text));
	if (words.n)
		return err_set(err, ERR_SYSTEM, "git %s: %.*s", c->name, (int)MIN(words.n, 400), words.p);
	if (WIFSIGNALED(status))
		return err_set(err, ERR_SYSTEM, "git %s was ended by signal %d", c->name, WTERMSIG(status));
	return err_set(err, ERR_SYSTEM, "git %s failed with exit code %d", c->name, WEXITSTATUS(status));
}

int gitcmd_finish(struct gitcmd *c, struct buf *out, struct err *err)
{
	struct buf own = BUF_INIT;
	int status = 0;
	if (c->in >= 0)
		close(c->in);
	c->in = -1;
	int rc = file_read_fd(out ? out : &own, c->out, GITCMD_OUTPUT_MAX, err);
	buf_done(&own);
	close(c->out); /* a git that still writes ends by that */
	c->out = -1;
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc == 0)
		rc = report(c, status, err);
	close_all(c);
	return rc;
}

int gitcmd_run(struct buf *out, const char *dir, const char *const *args, struct err *err)
{
	struct gitcmd c;
	return gitcmd_start(&c, dir, args, false, err) < 0 ? -1 : gitcmd_finish(&c, out, err);
}

int gitcmd_no_network(struct str url, struct err *err)
{
	static const char *const signs[] = { "Could not resolve host", "Couldn't resolve host",     "Failed to connect",
		                             "Connection timed out",   "Network is unreachable",    "Connection refused",
		                             "Could not connect",      "Temporary failure in name", "No route to host" };
	for (size_t i = 0; i < ARRAY_LEN(signs); i++)
		if (str_find(str_of(err->text), str_of(signs[i]), 0) != SIZE_MAX) {
			struct err was = *err;
			return err_set(err, ERR_MISSING,
			               "no network: %.*s cannot be reached (%s); --local-repository OWNER/REPO=DIR serves it "
			               "from a directory",
			               STRF(url), was.text);
		}
	return -1;
}
