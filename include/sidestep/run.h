/* Running workflows.
 *
 * A session owns every run that one event triggers. It never blocks longer than the caller allows, not even on
 * output that nobody reads (what waits is kept, in memory and then in a file without name beside the logs), and never
 * catches signals: the program does, and calls sidestep_session_cancel. An embedder polls
 * sidestep_session_fd and calls sidestep_session_turn when it is readable; one thread. */
#ifndef SIDESTEP_RUN_H
#define SIDESTEP_RUN_H

#include <sidestep/text.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sidestep_session;

enum sidestep_output {
	SIDESTEP_OUTPUT_TTY,
	SIDESTEP_OUTPUT_PLAIN,
	SIDESTEP_OUTPUT_JSON,
	SIDESTEP_OUTPUT_GITHUB,
	SIDESTEP_OUTPUT_QUIET
};

/* Lists of "NAME=VALUE" and the like: pointers stay the caller's and must outlive the session's start. */
struct sidestep_strings {
	const char *const *v;
	size_t n;
};

/* Initialise with SIDESTEP_RUN_OPTIONS_INIT. Paths are relative to `directory`. */
struct sidestep_run_options {
	unsigned size;                     /* sizeof(struct sidestep_run_options) */
	const char *directory;             /* -C; NULL: current */
	const char *event;                 /* NULL: push */
	const char *event_file;            /* -e */
	struct sidestep_strings workflows; /* -W */
	struct sidestep_strings jobs;      /* -j */
	int no_needs;
	struct sidestep_strings matrix;  /* KEY:VALUE */
	struct sidestep_strings secrets; /* NAME=VALUE, values resolved */
	struct sidestep_strings secret_files, vars, var_files, env, env_files, inputs, input_files;
	struct sidestep_strings platforms; /* LABEL=host|docker://IMAGE|skip; as act has them: LABEL=-self-hosted|IMAGE */
	int strict_platforms;
	int in_place, keep, dry_run, sequential, offline, step_debug;
	int max_parallel;                               /* jobs; 0: processors of this machine */
	int max_background;                             /* steps of a job; 0: 10 */
	struct sidestep_strings local_repositories;     /* OWNER/REPO[@REF]=DIR */
	const char *github_url;                         /* NULL: https://github.com */
	const char *artifact_dir, *cache_dir, *log_dir; /* NULL: the XDG places */
	int timeout_minutes;                            /* of the whole session; 0: none */
	int owns_process; /* the caller is a child-subreaper and starts no children of its own: orphans are reaped */
	const char *self; /* the program's own path, for helper children; NULL: /proc/self/exe */

	enum sidestep_output output;
	int output_fd;               /* where the output goes */
	int color, width, verbosity; /* width 0: ask the terminal; verbosity -1, 0, 1 */

	int act_compat; /* ACT=true in the environment of steps, below everything else */

	int explain;              /* nothing runs: out says for every workflow whether the event starts it, and why (not) */
	size_t configured_inputs; /* so many of the first `inputs` are habits of a configuration: no workflow has to take them */
	const char *cron;         /* of schedule: the line of the workflows that fires; NULL: each one's first */

	/* This process may be given a mount namespace of its own (unshare), in which checkouts are overlays: milliseconds for a
	 * tree of any size. It stays there. Only for a program that is nothing but this session; otherwise, and where the kernel
	 * or the user's rights do not allow it, checkouts are copies and the process stays where it is. */
	int private_mounts;

	/* Soft limit of descriptors for what steps start, where the caller has raised its own; 0: the caller's. */
	unsigned long step_files;

	struct sidestep_strings stubs; /* OWNER/REPO[@REF]=none|DIR: nothing, or the action there, runs in its place */
	size_t configured_matrix; /* so many of the first `matrix` are habits of a configuration: no matrix has to have them */

	const char *actor;      /* github.actor; NULL: the user that git knows */
	const char *tool_cache; /* RUNNER_TOOL_CACHE; NULL: the environment's, else below the cache folder */
	int no_host_tools;      /* setup actions are not offered what this machine has */
	int real_checkout;      /* actions/checkout is run like any other action, not served from here */

	unsigned long long cache_limit; /* bytes of a repository's caches; 0: 10 GiB */
	const char *cache_mode; /* ACTIONS_CACHE_MODE: "none", "read", "write", "write-only"; NULL: not set, all is allowed */

	/* Before the session is made, while it waits for a server: a line without its end for whoever sits there, with no control
	 * characters. NULL: nobody does. */
	void (*notice)(void *cookie, const char *text);
	void *notice_cookie;
};
#define SIDESTEP_RUN_OPTIONS_INIT                                                                                                \
	{                                                                                                                        \
		sizeof(struct sidestep_run_options)                                                                              \
	}

/* Loads, plans and gets ready; nothing is started yet. Anything but SIDESTEP_OK: *out is NULL and the reason
 * is in messages (rendered, freed with sidestep_text_done). SIDESTEP_OK with messages: warnings. With explain
 * the explanation is the text's output, and there is nothing to turn. */
SIDESTEP_API enum sidestep_status sidestep_session_new(struct sidestep_session **out, const struct sidestep_run_options *options,
                                                       const struct sidestep_render *render, struct sidestep_text *messages);
/* When the reader of the output goes away while something runs (a closed pipe), the session cancels itself, as by a SIGPIPE.
 * Does what there is to do; blocks at most timeout_ms (-1: until something happens, 0: not at all).
 * 1 while there is more to come, 0 when all is settled: everything has ended, and its output was taken by its reader. */
SIDESTEP_API int sidestep_session_turn(struct sidestep_session *s, int timeout_ms);
/* Readable when a turn has something to do. */
SIDESTEP_API int sidestep_session_fd(const struct sidestep_session *s);
/* First call: cancels as GitHub does (signals, always() steps still run); second: shortens the grace;
 * third: kills at once. When nothing runs any more and only output waits for its reader, the second call gives it up, and
 * after one it is given up when the reader takes nothing for two seconds. signal is what the exit status will tell (SIGINT → 130,
 * SIGTERM → 143). */
SIDESTEP_API void sidestep_session_cancel(struct sidestep_session *s, int signal);
/* The program is about to be stopped (Ctrl-Z): takes the live view away. It is there again after sidestep_session_resized. */
SIDESTEP_API void sidestep_session_suspend(struct sidestep_session *s);
/* The terminal has changed its size. */
SIDESTEP_API void sidestep_session_resized(struct sidestep_session *s);
/* Result of a settled session; messages: what could not be said elsewhere (a full disk, a closed output). */
SIDESTEP_API enum sidestep_status sidestep_session_finish(struct sidestep_session *s, struct sidestep_text *messages);
/* After finish, or instead of it (then everything that runs is killed first). NULL is fine. */
SIDESTEP_API void sidestep_session_free(struct sidestep_session *s);

/* The private verb that the program must hand on: main of helper children. */
SIDESTEP_API int sidestep_helper_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif
