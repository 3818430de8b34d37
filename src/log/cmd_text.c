/* Commands about the log itself: debug, error, warning, notice, group, endgroup, echo, add-mask. */
#include "log/internal.h"

int cmd_add_mask(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)err;
	if (str_trim(c->data).n == 0) {
		step_complain(s, LOG_WARNING, "Can't add secret mask for empty string in ##[add-mask] command.");
		return 0;
	}
	if (s->echo)
		step_lines(s, stream, LOG_INFO, STR("::add-mask::***"), 0);
	if (s->job->masker)
		masker_add_mask(s->job->masker, c->data);
	return 0;
}

int cmd_debug(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)err;
	if (s->job->step_debug)
		step_lines(s, stream, LOG_DEBUG, c->data, c->tail);
	return 0;
}

int cmd_issue(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)err;
	struct log_annotation issue = { .message = c->data };
	issue.level = str_is_nocase(c->name, "error") ? LOG_ERROR : str_is_nocase(c->name, "warning") ? LOG_WARNING : LOG_NOTICE;
	annotation_fill(s, &issue, c);
	step_issue(s, stream, &issue, (struct str) { NULL, 0 });
	return 0;
}

int cmd_group(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)err;
	step_lines(s, stream, LOG_GROUP, c->data, c->tail);
	return 0;
}

int cmd_endgroup(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)c;
	(void)err;
	step_lines(s, stream, LOG_ENDGROUP, STR_EMPTY, 0);
	return 0;
}

int cmd_echo(struct log_step *s, enum log_stream stream, const struct command *c, struct err *err)
{
	(void)stream;
	struct str v = str_trim(c->data);
	if (!str_is_nocase(v, "on") && !str_is_nocase(v, "off"))
		return err_set(err, ERR_INVALID,
		               "Invalid echo command value. Possible values can be: 'on', 'off'. Current value is: '%.*s'.",
		               STRF(str_to(v, 200)));
	s->echo = str_is_nocase(v, "on");
	step_debug(s, "Setting echo command value to '%s'", s->echo ? "on" : "off");
	return 0;
}
