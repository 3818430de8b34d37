/* sidestep run: turns options into a session and keeps it turning until all is settled. */
#include "cli/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "base/file.h"
#include "base/path.h"
#include "cli/act.h"
#include "cli/configured.h"
#include "cli/limits.h"
#include "cli/secret.h"
#include "cli/signals.h"

enum { FAREWELL_MS = 200 }; /* whoever has stopped us waits no longer for the last words */

/* A terminal whose lines can be written again. To one that a shell has started in the background (sidestep run &) its prompt is
 * written meanwhile: a live view would draw over it. One that is not ours to be in front of is nobody's prompt. */
static bool is_live(int fd)
{
	const char *term = getenv("TERM");

	pid_t front = tcgetpgrp(fd);

	return isatty(fd) && (front < 0 || front == getpgrp()) && !(term && strcmp(term, "dumb") == 0);
}

static enum sidestep_output output_of(const struct run_args *a)
{
	switch (a->format) {
	case RUN_FORMAT_JSON:
		return SIDESTEP_OUTPUT_JSON;
	case RUN_FORMAT_GITHUB:
		return SIDESTEP_OUTPUT_GITHUB;
	case RUN_FORMAT_QUIET:
		return SIDESTEP_OUTPUT_QUIET;
	default:
		return is_live(STDOUT_FILENO) ? SIDESTEP_OUTPUT_TTY : SIDESTEP_OUTPUT_PLAIN;
	}
}

/* A word that names a file, or is written as a path, is a workflow; a folder without a slash may be called like an event. */
static bool is_workflow(struct cli *c, const struct run_args *a, const char *word)
{
	struct str path = path_join(&c->arena, str_of(a->directory), str_of(word));

	return cli_looks_like_path(word) || (word[0] && file_exists(path.p) && !file_is_dir(path.p));
}

/* `sidestep -C DIR list`: what begins with an option is a run, but that is not what was meant. */
static int command_comes_first(const struct cli *c, const struct run_args *a, const char *word)
{
	if (a->directory)
		return cli_usage(c, "the command comes first: 'sidestep %s -C %s'", word, a->directory);
	return cli_usage(c, "the command comes first, as in 'sidestep %s'", word);
}

/* The words of the command line: one event, and workflows as with -W. What the command line names goes before what files name:
 * those are not added to. */
static int take_words(struct cli *c, struct run_args *a)
{
	bool any = false;

	for (size_t i = 0; i < c->nargs; i++) {
		if (is_workflow(c, a, c->args[i])) {
			if (!any && !a->workflows.asked)
				a->workflows.n = 0;
			any = true;
			*vec_add(&c->arena, &a->workflows) = c->args[i];
		} else if (c->verb_left_out && verb_find(c->args[i])) {
			return command_comes_first(c, a, c->args[i]);
		} else if (a->event) {
			return cli_usage(c, "one event at a time: '%s' and '%s' were given", a->event, c->args[i]);
		} else {
			a->event = c->args[i];
		}
	}
	return OPTIONS_GO_ON;
}

struct sidestep_run_options run_options_of(const struct cli *c, const struct run_args *a)
{
	struct sidestep_run_options o = { .size = sizeof(o) };

	o.directory = a->directory;
	o.event = a->event;
	o.actor = a->actor;
	o.event_file = a->event_file;
	o.workflows = opt_strings(&a->workflows);
	o.jobs = opt_strings(&a->jobs);
	o.no_needs = a->no_needs;
	o.matrix = opt_strings(&a->matrix);
	o.secrets = opt_strings(&a->secrets);
	o.secret_files = opt_strings(&a->secret_files);
	o.vars = opt_strings(&a->vars);
	o.var_files = opt_strings(&a->var_files);
	o.env = opt_strings(&a->env);
	o.env_files = opt_strings(&a->env_files);
	o.inputs = opt_strings(&a->inputs);
	o.configured_matrix = a->matrix.n - a->matrix.asked;
	o.configured_inputs = a->inputs.n - a->inputs.asked;
	o.input_files = opt_strings(&a->input_files);
	o.platforms = opt_strings(&a->platforms);
	o.strict_platforms = a->strict_platforms;
	o.in_place = a->in_place;
	o.keep = a->keep;
	o.dry_run = a->dry_run;
	o.sequential = a->sequential;
	o.offline = a->offline;
	o.step_debug = a->step_debug;
	o.act_compat = a->act_compat;
	o.explain = a->explain;
	o.cron = a->cron;
	o.max_parallel = a->max_parallel;
	o.max_background = a->max_background;
	o.local_repositories = opt_strings(&a->local_repositories);
	o.stubs = opt_strings(&a->stubs);
	o.github_url = a->github_url;
	o.real_checkout = a->real_checkout;
	o.artifact_dir = a->artifact_dir;
	o.cache_dir = a->cache_dir;
	o.tool_cache = a->tool_cache;
	o.cache_limit = (unsigned long long)a->cache_limit << 20;
	o.cache_mode = a->cache_mode ? cache_mode_name(a->cache_mode) : NULL;
	o.no_host_tools = a->host_tools < 0;
	o.log_dir = a->log_dir;
	o.timeout_minutes = a->timeout_minutes;
	o.output = output_of(a);
	o.output_fd = STDOUT_FILENO;
	o.color = cli_color_on(c, STDOUT_FILENO);
	o.width = cli_columns();
	o.verbosity = a->verbosity;
	o.private_mounts = 1; /* this program is nothing else */
	return o;
}

/* Ctrl-Z; goes on when somebody lets us (fg, bg). */
static void stop_for_a_while(struct sidestep_session *s)
{
	sidestep_session_suspend(s);
	signals_stop();
	sidestep_session_resized(s);
}

static void handle_signals(struct sidestep_session *s, int signal_fd)
{
	int sig;

	while ((sig = signals_next(signal_fd)) != 0)
		if (sig == SIGWINCH)
			sidestep_session_resized(s);
		else if (sig == SIGTSTP)
			stop_for_a_while(s);
		else
			sidestep_session_cancel(s, sig);
}

static void turn_until_settled(struct sidestep_session *s, int signal_fd)
{
	struct pollfd p[] = { { .fd = sidestep_session_fd(s), .events = POLLIN }, { .fd = signal_fd, .events = POLLIN } };

	while (sidestep_session_turn(s, 0)) {
		if (poll(p, ARRAY_LEN(p), -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents)
			handle_signals(s, signal_fd);
	}
}

/* A session that was not made since a signal came meanwhile ends as by that signal. */
static enum sidestep_status not_made(enum sidestep_status status, int signal_fd)
{
	int sig;

	do
		sig = signals_next(signal_fd);
	while (sig == SIGWINCH);
	if (sig == 0)
		return status;
	return sig == SIGINT ? SIDESTEP_INTERRUPTED : (enum sidestep_status)(128 + sig);
}

/* Messages, also while their reader is asleep. */
static void tell(struct sidestep_text *t, int signal_fd, int ms)
{
	if (t->messages)
		cli_tell(t->messages, t->messages_size, signal_fd, ms);
	sidestep_text_done(t);
}

/* What is waited for before anything runs. */
static void tell_notice(void *cookie, const char *text)
{
	const int *signal_fd = cookie;
	_cleanup_buf_ struct buf line = BUF_INIT;

	buf_addf(&line, "sidestep: %s\n", text);
	cli_tell(line.p, line.n, *signal_fd, FAREWELL_MS);
}

static int run_session(const struct cli *c, const struct sidestep_run_options *o, int signal_fd)
{
	struct sidestep_session *s = NULL;
	struct sidestep_render render = cli_render(c);
	struct sidestep_text text = { 0 };
	enum sidestep_status status = sidestep_session_new(&s, o, &render, &text);

	if (status != SIDESTEP_OK)
		status = not_made(status, signal_fd);
	if (status != SIDESTEP_OK || o->explain) { /* nothing runs */
		signals_close();
		sidestep_session_free(s);
		return cli_result(c, status, &text);
	}
	tell(&text, signal_fd, -1);
	if (o->output == SIDESTEP_OUTPUT_TTY)
		signals_read_stop(signal_fd);
	turn_until_settled(s, signal_fd);
	status = sidestep_session_finish(s, &text);
	sidestep_session_free(s);
	tell(&text, signal_fd, (int)status < 128 ? -1 : FAREWELL_MS);
	return (int)status;
}

/* Some file systems tell only now that there was no room. */
static int close_output(int code)
{
	if (close(STDOUT_FILENO) == 0 || errno == EBADF || code != SIDESTEP_OK)
		return code;
	cli_say("cannot write to standard output: %s", strerror(errno));
	return SIDESTEP_ENVIRONMENT;
}

int verb_run(struct cli *c, int argc, char **argv)
{
	struct run_args args = { 0 };
	struct sidestep_run_options options;
	struct err err = ERR_INIT;
	const struct configured how = { .args = &args,
		                        .size = sizeof(args),
		                        .directory = &args.directory,
		                        .off = &args.no_config,
		                        .verbosity = &args.verbosity,
		                        .act_files = true };
	int code = options_parse_configured(c, argc, argv, &how);

	if (code == OPTIONS_GO_ON)
		code = take_words(c, &args);
	if (code != OPTIONS_GO_ON || act_command(c, &args, &code))
		return code;
	act_say(&args);
	_cleanup_close_ int signal_fd = signals_open(&err);
	if (signal_fd < 0) {
		cli_say("%s", err.text);
		return SIDESTEP_ENVIRONMENT;
	}
	code = secrets_resolve(c, &args.secrets, signal_fd);
	if (code != OPTIONS_GO_ON)
		return code;
	options = run_options_of(c, &args);
	options.step_files = limits_raise_files();
	if (args.verbosity >= 0 && args.format != RUN_FORMAT_QUIET && args.format != RUN_FORMAT_JSON) {
		options.notice = tell_notice;
		options.notice_cookie = &signal_fd;
	}
	code = run_session(c, &options, signal_fd);
	signals_close();
	return close_output(code);
}
