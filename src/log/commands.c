/* The table of workflow commands, and how a line becomes a call of one of its rows. A new command is a row here and a
 * function in a cmd_*.c file. */
#include "log/internal.h"

struct command_row {
	const char *name;
	command_run *run;
	bool no_echo;   /* `::echo::on` does not show it */
	bool text_only; /* of a line that is too long the begin will do */
};

static const struct command_row rows[] = {
	{ "set-output", cmd_set_output, false, false },
	{ "save-state", cmd_save_state, false, false },
	{ "set-env", cmd_set_env, false, false },
	{ "add-path", cmd_add_path, false, false },
	{ "add-mask", cmd_add_mask, true, false },
	{ "debug", cmd_debug, true, true },
	{ "error", cmd_issue, true, true },
	{ "warning", cmd_issue, true, true },
	{ "notice", cmd_issue, true, true },
	{ "group", cmd_group, false, true },
	{ "endgroup", cmd_endgroup, false, true },
	{ "echo", cmd_echo, false, false },
	{ "add-matcher", cmd_add_matcher, false, false },
	{ "remove-matcher", cmd_remove_matcher, false, false },
};

static const char stop_commands[] = "stop-commands";

static const char bad_token[] =
	"You cannot use a endToken that is an empty string, the string 'pause-logging', or another workflow command. "
	"For more information see: https://docs.github.com/actions/learn-github-actions/"
	"workflow-commands-for-github-actions#example-stopping-and-starting-workflow-commands or opt into insecure command "
	"execution by setting the `ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS` environment variable to `true`.";

enum { MASKED_TOKEN_MIN = 7 };

static const struct command_row *find_row(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (str_is_nocase(name, rows[i].name))
			return &rows[i];
	return NULL;
}

static bool is_token(const struct log_step *s, struct str name)
{
	return s->stopped && name.n && str_eq_nocase(name, buf_str(&s->stop_token));
}

static bool known(void *cookie, struct str name)
{
	return find_row(name) || str_is_nocase(name, stop_commands) || is_token(cookie, name);
}

static void step_failed(struct log_step *s)
{
	if (s->ops->failed)
		s->ops->failed(s->cookie);
}

static struct str env(struct log_step *s, const char *name)
{
	return s->ops->env ? s->ops->env(s->cookie, name) : STR_EMPTY;
}

static bool any_token_goes(struct log_step *s)
{
	struct str v = env(s, "ACTIONS_ALLOW_UNSECURE_STOPCOMMAND_TOKENS");
	return str_is(v, "1") || str_is_nocase(v, "true") || str_is_nocase(v, "$true");
}

static bool token_fits(struct log_step *s, struct str token)
{
	bool taken =
		token.n == 0 || str_is_nocase(token, "pause-logging") || str_is_nocase(token, stop_commands) || find_row(token);
	return !taken || any_token_goes(s);
}

static void stop(struct log_step *s, enum log_stream stream, const struct command *c)
{
	if (!token_fits(s, c->data)) {
		step_complain(s, LOG_ERROR, "%s", bad_token);
		step_failed(s);
		return;
	}
	s->stopped = true;
	buf_clear(&s->stop_token);
	buf_addstr(&s->stop_token, c->data);
	if (c->data.n >= MASKED_TOKEN_MIN && s->job->masker)
		masker_add_mask(s->job->masker, c->data);
	step_lines(s, stream, LOG_INFO, c->line, 0);
	step_debug(s, "Paused processing commands until the token you added (after stop-commands) is received");
}

static bool resume(struct log_step *s, enum log_stream stream, const struct command *c)
{
	if (!is_token(s, c->name)) {
		step_debug(s, "Process commands has been stopped and waiting for '##[%.*s]' to resume.",
		           STRF(buf_str(&s->stop_token)));
		return false;
	}
	step_lines(s, stream, LOG_INFO, c->line, 0);
	step_debug(s, "Resume processing commands");
	s->stopped = false;
	return true;
}

/* A command has thrown, as the official runner would say. */
static void complain(struct log_step *s, const struct command_row *row, struct str line, const char *why)
{
	struct str what = row->no_echo ? str_of(row->name) : line;
	struct str text = arena_printf(&s->scratch, "Unable to process command '%.*s' successfully.", STRF(what));
	struct log_annotation issue = { .level = LOG_ERROR, .message = text };
	step_issue(s, LOG_RUNNER, &issue, (struct str) { NULL, 0 });
	step_complain(s, LOG_ERROR, "%s", why);
	step_failed(s);
}

static void run_row(struct log_step *s, enum log_stream stream, const struct command_row *row, const struct command *c)
{
	struct err err = ERR_INIT;
	if (s->echo && !row->no_echo)
		step_lines(s, stream, LOG_INFO, c->line, c->tail);
	if (row->run(s, stream, c, &err) < 0)
		complain(s, row, c->line, err.text);
}

bool commands_line(struct log_step *s, enum log_stream stream, struct str line)
{
	struct command c;
	if (!command_possible(line) || !command_parse(&c, &s->scratch, line, known, s))
		return false;
	if (s->stopped)
		return resume(s, stream, &c);
	const struct command_row *row = find_row(c.name);
	if (row)
		run_row(s, stream, row, &c);
	else
		stop(s, stream, &c);
	return true;
}

bool commands_long_line(struct log_step *s, enum log_stream stream, struct str begin, size_t tail)
{
	struct command c;
	if (s->stopped || !command_possible(begin) || !command_parse(&c, &s->scratch, begin, known, s))
		return false;
	static const struct command_row stop_row = { stop_commands, NULL, false, false };
	const struct command_row *row = find_row(c.name);
	c.tail = tail;
	if (row && row->text_only)
		run_row(s, stream, row, &c);
	else
		complain(s, row ? row : &stop_row, str_of(row ? row->name : stop_commands),
		         "The line is longer than a command can be (1 MiB).");
	return true;
}
