/* What the host adds to a step: spawn FILE [ROUNDS [SCAN]] runs `bash -e FILE` by turns with posix_spawn and
 * through the real host (SCAN: without cgroups), and prints both in microseconds: the median, the mean of
 * the faster half, and the ratios. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "os/host.h"

extern char **environ;

struct state {
	int ends;
};

static void on_output(void *cookie, enum host_stream s, struct str bytes)
{
	(void)cookie, (void)s, (void)bytes;
}

static void on_eof(void *cookie)
{
	((struct state *)cookie)->ends++;
}

static void on_exit_of(void *cookie, const struct proc_status *st)
{
	((struct state *)cookie)->ends++;
	if (st->exit_code != 0)
		fprintf(stderr, "spawn: exit code %d\n", st->exit_code);
}

static void by_host(struct host *h, struct host_group *g, char **args)
{
	static const struct proc_events on = { on_output, on_eof, on_exit_of };
	struct state state = { 0 };
	struct err err = ERR_INIT;
	struct proc *p;
	struct spawn_spec spec = {
		.path = "/bin/bash", .argv = args, .envp = environ, .cwd = "/tmp", .group = g, .on = &on, .cookie = &state
	};
	if (h->ops->spawn(h, &spec, &p, &err) < 0) {
		fprintf(stderr, "spawn: %s\n", err.text);
		exit(1);
	}
	while (state.ends < 2)
		h->ops->wait(h, UINT64_MAX, &err);
	h->ops->release(h, p);
}

static void by_posix_spawn(char **args)
{
	pid_t pid;
	int status;
	if (posix_spawn(&pid, "/bin/bash", NULL, NULL, args, environ) != 0 || waitpid(pid, &status, 0) != pid)
		exit(1);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double lower_mean(const double *v, int n)
{
	double sum = 0;
	for (int i = 0; i < n / 2; i++)
		sum += v[i];
	return sum / (n / 2);
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 1000;
	struct err err = ERR_INIT;
	struct host *h = host_real_new(&(struct host_options) { .flags = HOST_REAP_ALL | (argc > 3 ? HOST_NO_CGROUP : 0) }, &err);
	if (argc < 2 || rounds < 2 || !h) {
		fprintf(stderr, "usage: spawn FILE [ROUNDS [SCAN]] %s\n", err.text);
		return 2;
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	char *args[] = { (char *)"bash", (char *)"-e", argv[1], NULL };
	double *t[2] = { calloc((size_t)rounds, sizeof(double)), calloc((size_t)rounds, sizeof(double)) };
	struct host_group *g = h->ops->group_open(h, "none");
	for (int i = 0; i < rounds; i++) {
		for (int k = 0; k < 2; k++) {
			uint64_t from = h->ops->now(h);
			if ((i + k) % 2)
				by_host(h, g, args);
			else
				by_posix_spawn(args);
			t[(i + k) % 2][i] = (double)(h->ops->now(h) - from) / 1e3;
		}
	}
	h->ops->group_close(h, g, NULL, NULL);
	for (int k = 0; k < 2; k++)
		qsort(t[k], (size_t)rounds, sizeof(double), compare);
	double m[2] = { t[0][rounds / 2], t[1][rounds / 2] };
	double l[2] = { lower_mean(t[0], rounds), lower_mean(t[1], rounds) };
	printf("posix_spawn  median %.0f us, faster half %.0f us\n", m[0], l[0]);
	printf("host         median %.0f us (%.3f), faster half %.0f us (%.3f)\n", m[1], m[1] / m[0], l[1], l[1] / l[0]);
	free(t[0]);
	free(t[1]);
	h->ops->free(h);
	return 0;
}
