/* Steps with `run`: the script is written to a file and given to a shell. Everything is evaluated when the step has its
 * slot. */
#include "base/path.h"
#include "base/uuid.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "kinds/shell.h"
#include "step/effects.h"

static enum eval_result eval_script_text(struct step_run *s, const struct token *t, struct str *out)
{
	struct scope scope = step_scope(s);
	struct str why;
	enum eval_result rc = scope_text(out, t, &scope, &why);
	if (rc == EVAL_ERROR)
		step_fail_template(s, why);
	return rc;
}

/* ---- the shell ---- */

/* bash where there is one, else sh; remembered until PATH changes. */
static const char *default_shell(struct step_run *s, struct shell *sh)
{
	struct job_base *j = s->job;
	if (!j->bash.n) {
		const char *found = step_look_up(s, "bash");
		if (!found)
			found = step_look_up(s, "sh");
		if (!found)
			return NULL;
		j->bash = arena_str(&j->arena, str_of(found));
	}
	*sh = shell_default(str_is(path_base(j->bash), "bash"));
	return j->bash.p;
}

static const char *choose_shell(struct step_run *s, struct shell *sh)
{
	const struct step *step = s->node->step;
	struct str value = step->shell;
	if (step->shell_token && step->shell_token->kind == TOKEN_EXPR &&
	    eval_script_text(s, step->shell_token, &value) != EVAL_OK)
		return NULL;
	if (!value.n && !step_is_inner(s))
		value = s->job->default_shell;
	struct err err = ERR_INIT;
	const char *exe;
	if (!value.n) {
		*sh = shell_default(true);
		exe = default_shell(s, sh);
	} else if (shell_resolve(sh, &s->arena, value, &err) < 0) {
		step_fail_setup(s, "%s", err.text);
		return NULL;
	} else {
		exe = step_look_up(s, sh->command.p);
	}
	if (!exe)
		step_fail_setup(s, "%.*s: command not found", STRF(sh->command));
	return exe;
}

/* ---- the step ---- */

static void say_prologue(struct step_run *s, struct str script, const struct shell *sh, const char *exe)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct str rest = script, line, first = STR_EMPTY;
	while (first.n == 0 && str_next_line(&rest, &line))
		first = str_trim(line);
	while (script.n && (script.p[script.n - 1] == '\n' || script.p[script.n - 1] == '\r'))
		script.n--;
	while (str_next_line(&script, &line)) {
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		buf_addf(&text, "\033[36;1m%.*s\033[0m\n", STRF(line));
	}
	buf_addf(&text, "shell: %s %.*s\n", exe, STRF(sh->template));
	kind_add_env(s, &text);
	kind_say_block(s, first, &text);
}

static bool script_begin(struct step_run *s)
{
	const struct step *step = s->node->step;
	struct str script = STR_EMPTY, wd = step_is_inner(s) ? STR_EMPTY : s->job->default_wd;
	struct shell sh = { .command = STR_EMPTY };
	bool is_dry = s->job->session->opt.dry_run;
	if (!is_dry && !step_make_files(s))
		return false;
	if (step->run && eval_script_text(s, step->run, &script) != EVAL_OK)
		return false;
	if (step->working_directory && eval_script_text(s, step->working_directory, &wd) != EVAL_OK)
		return false;
	if (is_dry)
		return kind_dry(s, "the script");
	const char *exe = choose_shell(s, &sh);
	if (!exe)
		return false;
	char id[37], **argv;
	uuid_make(id);
	struct str path = arena_printf(&s->arena, "%.*s/%s%s", STRF(s->job->temp), id, sh.extension);
	struct err err = ERR_INIT;
	struct str text = shell_script(&s->arena, &sh, script);
	struct place *place = s->job->place;
	if (place->ops->put_file(place, path.p, text, 0600, &err) < 0 ||
	    shell_argv(&argv, &s->arena, &sh, exe, place->ops->map(place, &s->arena, path).p, &err) < 0) {
		step_fail_setup(s, "%s", err.text);
		return false;
	}
	struct str cwd = path_join(&s->arena, s->job->workspace, wd);
	if (!step_spawn(s, place, exe, argv, place->ops->map(place, &s->arena, cwd).p))
		return false;
	say_prologue(s, script, &sh, exe);
	return true;
}

static void script_end(struct step_run *s)
{
	step_end_process(s);
	if (s->outcome == RESULT_FAILURE)
		step_say(s, LOG_ERROR, "Process completed with exit code %d.", s->status.exit_code);
}

const struct step_ops script_ops = { .begin = script_begin, .stop = step_stop_process, .end = script_end };
