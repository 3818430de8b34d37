/* The options of sidestep run. */
#ifndef SIDESTEP_CLI_RUN_H
#define SIDESTEP_CLI_RUN_H

#include "cli/verbs.h"

enum run_format { RUN_FORMAT_TEXT, RUN_FORMAT_JSON, RUN_FORMAT_GITHUB, RUN_FORMAT_QUIET };

struct run_args {
	const char *event, *directory, *event_file, *github_url, *artifact_dir, *cache_dir, *log_dir, *cron, *actor;
	const char *act_command; /* of ours, that an option of act stands for */
	const char *tool_cache;
	struct opt_list workflows, jobs, matrix, platforms, local_repositories, stubs;
	struct opt_list act_notes; /* what is different from act */
	struct opt_list secrets, secret_files, vars, var_files, env, env_files, inputs, input_files;
	int host_tools; /* 1, -1: said; 0: not */
	int cache_limit, cache_mode;
	int no_needs, strict_platforms, real_checkout, in_place, keep, dry_run, sequential, offline, step_debug, act_compat,
		no_config, explain;
	int list, graph;
	int max_parallel, max_background, timeout_minutes;
	int format, verbosity;
};

/* The same for the library. */
struct sidestep_run_options run_options_of(const struct cli *c, const struct run_args *a);

/* The word for a->cache_mode. */
const char *cache_mode_name(int mode);

#endif
