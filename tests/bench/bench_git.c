/* bench_git DIR BASE HEAD [ROUNDS]: the files changed since the merge base of two refs, ours against the git program, by turns;
 * prints both medians in milliseconds and their ratio. Fails when the two disagree on the number of files. Then what HEAD's
 * commit costs, read ahead as for a push, and what libgit2 costs once when it is loaded. */
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

#include "git/git.h"

extern char **environ;

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_double(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return (a > b) - (a < b);
}

static double median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), by_double);
	return v[n / 2];
}

static int ours(size_t *files, const char *dir, const char *base, const char *head, struct err *err)
{
	struct arena a = { 0 };
	struct git_repo *r = NULL;
	struct git_changes c = { 0 };
	struct str x, y, fork;
	int rc = git_discover(&r, &a, dir, err);
	if (rc == 0 && !r)
		rc = err_set(err, ERR_MISSING, "%s: no repository", dir);
	if (rc == 0 && (git_ref(&x, r, str_of(base), err) < 0 || git_ref(&y, r, str_of(head), err) < 0 ||
	                git_merge_base(&fork, r, x, y, err) < 0 || git_changed_files(&c, r, fork, y, 1 << 20, err) < 0))
		rc = -1;
	*files = c.n;
	arena_done(&a);
	return rc;
}

static size_t by_git(const char *dir, const char *range)
{
	const char *argv[] = { "git", "-C", dir, "diff", "--no-renames", "--name-only", range, NULL };
	int fds[2], status;
	pid_t pid;
	posix_spawn_file_actions_t actions;
	if (pipe2(fds, O_CLOEXEC) < 0)
		return 0;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], 1);
	int rc = posix_spawnp(&pid, "git", &actions, NULL, (char *const *)(uintptr_t)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	size_t lines = 0;
	char piece[65536];
	for (ssize_t n; (n = read(fds[0], piece, sizeof(piece))) > 0;)
		for (ssize_t i = 0; i < n; i++)
			lines += piece[i] == '\n';
	close(fds[0]);
	if (rc == 0)
		waitpid(pid, &status, 0);
	return lines;
}

/* HEAD's commit, as the payload of a push asks for it. */
static int head_commit(const char *dir, struct err *err)
{
	struct arena a = { 0 };
	struct git_repo *r = NULL;
	struct git_head h;
	struct git_commit c;
	int rc = git_discover(&r, &a, dir, err);
	if (rc == 0 && r) {
		git_read_ahead(r);
		rc = git_head(&h, r, err) < 0 || !h.sha.n ? -1 : git_commit(&c, r, h.sha, err);
		git_done(r);
	}
	arena_done(&a);
	return rc;
}

/* The first question that libgit2 answers in this process. */
static double load_library(const char *dir)
{
	struct arena a = { 0 };
	struct git_repo *r = NULL;
	struct git_head h;
	struct git_commit c;
	double took = 0;
	if (git_discover(&r, &a, dir, NULL) == 0 && r && git_head(&h, r, NULL) == 0) {
		double t = now_ms();
		git_commit(&c, r, h.sha, NULL);
		took = now_ms() - t;
	}
	arena_done(&a);
	return took;
}

int main(int argc, char **argv)
{
	double mine[101], gits[101], heads[101];
	int rounds = argc > 4 ? MAX(1, MIN((int)strtol(argv[4], NULL, 10), 101)) : 15;
	char range[1024];
	struct err err = ERR_INIT;
	if (argc < 4)
		return fprintf(stderr, "usage: bench_git DIR BASE HEAD [ROUNDS], full names of refs\n"), 2;
	snprintf(range, sizeof(range), "%s...%s", argv[2], argv[3]);
	double loading = load_library(argv[1]);
	for (int i = 0; i < rounds; i++) {
		size_t files;
		double t = now_ms();
		if (ours(&files, argv[1], argv[2], argv[3], &err) < 0)
			return fprintf(stderr, "%s\n", err.text), 1;
		mine[i] = now_ms() - t;
		t = now_ms();
		if (head_commit(argv[1], &err) < 0)
			return fprintf(stderr, "%s\n", err.text), 1;
		heads[i] = now_ms() - t;
		t = now_ms();
		size_t lines = by_git(argv[1], range);
		gits[i] = now_ms() - t;
		if (lines != files)
			return fprintf(stderr, "%zu files, git says %zu\n", files, lines), 1;
	}
	double m = median(mine, rounds), g = median(gits, rounds);
	printf("git %8.1f ms   ours %8.1f ms (%5.2fx)\n", g, m, m / g);
	printf("%42s HEAD's commit %6.2f ms   libgit2, once %6.2f ms\n", "", median(heads, rounds), loading);
	return 0;
}
