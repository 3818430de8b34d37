/* set-output, save-state, and the two commands that need the step's consent: set-env, add-path. */
#include "log/internal.h"

static int need_name(struct str *out, const struct command *c, const char *command, struct err *err)
{
	*out = command_prop(c, "name");
	return out->n ? 0 : err_set(err, ERR_INVALID, "Required field 'name' is missing in ##[%s] command.", command);
}

/* It still works, as on GitHub. */
static void warn_deprecated(struct log_step *s, const char *command)
{
	step_complain(
		s, LOG_WARNING,
		"The `%s` command is deprecated and will be disabled soon. Please upgrade to using Environment Files. For more "
		"information see: https://github.blog/changelog/"
		"2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/",
		command);
}

int cmd_set_output(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)stream;
	struct str name;
	warn_deprecated(s, "set-output");
	if (need_name(&name, c, "set-output", err) < 0)
		return -1;
	if (s->ops->set_output)
		s->ops->set_output(s->cookie, name, c->data);
	step_debug(s, "%.*s='%.*s'", STRF(name), STRF(c->data));
	return 0;
}

int cmd_save_state(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)stream;
	struct str name;
	warn_deprecated(s, "save-state");
	if (need_name(&name, c, "save-state", err) < 0)
		return -1;
	if (s->ops->save_state)
		s->ops->save_state(s->cookie, name, c->data);
	step_debug(s, "Save intra-action state %.*s = %.*s", STRF(name), STRF(c->data));
	return 0;
}

static int need_consent(struct log_step *s, const char *command, struct err *err)
{
	struct str v = s->ops->env ? s->ops->env(s->cookie, "ACTIONS_ALLOW_UNSECURE_COMMANDS") : STR_EMPTY;
	if (str_is_nocase(str_trim(v), "true"))
		return 0;
	return err_set(err, ERR_INVALID,
	               "The `%s` command is disabled. Please upgrade to using Environment Files or opt into unsecure command "
	               "execution by setting the `ACTIONS_ALLOW_UNSECURE_COMMANDS` environment variable to `true`. For more "
	               "information see: https://github.blog/changelog/"
	               "2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/",
	               command);
}

int cmd_set_env(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)stream;
	struct str name;
	if (need_consent(s, "set-env", err) < 0 || need_name(&name, c, "set-env", err) < 0)
		return -1;
	if (str_is_nocase(name, "NODE_OPTIONS")) {
		step_complain(s, LOG_ERROR, "Can't update NODE_OPTIONS environment variable using ::set-env:: command.");
		return 0;
	}
	if (s->ops->set_env)
		s->ops->set_env(s->cookie, name, c->data);
	step_debug(s, "%.*s='%.*s'", STRF(name), STRF(c->data));
	return 0;
}

int cmd_add_path(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)stream;
	if (need_consent(s, "add-path", err) < 0)
		return -1;
	if (c->data.n == 0)
		return err_set(err, ERR_INVALID, "Value cannot be null. (Parameter 'path')");
	if (s->ops->add_path)
		s->ops->add_path(s->cookie, c->data);
	return 0;
}
