/* Times N checkout helpers side by side: bench_checkout TREE PLACE N overlay|copy → milliseconds on stdout. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "base/file.h"
#include "checkout/checkout.h"

static double now_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static pid_t start(struct arena *a, const char *tree, struct str job, bool overlay)
{
	struct checkout_request r = { .source = str_of(tree),
		                      .workspace = arena_printf(a, "%.*s/ws", STRF(job)),
		                      .scratch = arena_printf(a, "%.*s/scratch", STRF(job)),
		                      .repository = STR("octo/bench"),
		                      .server_url = STR("https://github.com"),
		                      .ref = STR("refs/heads/main"),
		                      .sha = STR_EMPTY,
		                      .with = val_object(a),
		                      .local = val_object(a),
		                      .overlay = overlay };
	file_mkdirs(r.workspace.p, 0755, NULL);
	char **argv = checkout_argv(a, "bench", &r);
	int argc = 0;
	while (argv[argc])
		argc++;
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(getenv("SHOW") ? 2 : null, 1);
		putenv(arena_strdup(a, checkout_variable(a, &r)));
		_exit(checkout_main(argc, argv));
	}
	return pid;
}

int main(int argc, char **argv)
{
	struct arena a = { 0 };
	if (argc != 5)
		return 2;
	int jobs = (int)strtol(argv[3], NULL, 10), failed = 0;
	bool overlay = strcmp(argv[4], "overlay") == 0;
	if (overlay && !workspace_private_mounts())
		return 3;
	double began = now_ms();
	for (int i = 0; i < jobs; i++)
		start(&a, argv[1], arena_printf(&a, "%s/job%d", argv[2], i), overlay);
	for (int status; wait(&status) > 0;)
		failed += status != 0;
	printf("%.1f\n", now_ms() - began);
	workspace_release(argv[2]);
	arena_done(&a);
	return failed ? 1 : 0;
}
