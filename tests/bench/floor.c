/* The floor of the speed table: floor N FILE [ARGS] starts `bash -e FILE ARGS` N times, one after another,
 * with posix_spawn and nothing else, and prints the seconds that took. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: floor N FILE [ARGS]\n");
		return 2;
	}
	long n = strtol(argv[1], NULL, 10);
	char **args = calloc((size_t)argc + 2, sizeof(*args));
	if (!args)
		return 1;
	args[0] = (char *)"bash";
	args[1] = (char *)"-e";
	for (int i = 2; i < argc; i++)
		args[i] = argv[i];
	double from = now();
	for (long i = 0; i < n; i++) {
		pid_t pid;
		int status;
		int rc = posix_spawn(&pid, "/bin/bash", NULL, NULL, args, environ);
		if (rc != 0) {
			fprintf(stderr, "floor: cannot start bash: %s\n", strerror(rc));
			return 1;
		}
		if (waitpid(pid, &status, 0) != pid || status != 0) {
			fprintf(stderr, "floor: bash failed\n");
			return 1;
		}
	}
	printf("%.6f\n", now() - from);
	free(args);
	return 0;
}
