/* Steps with `run`: the script is written to a file and given to a shell. Everything is evaluated when the step has its
 * slot. */
#include "base/path.h"
#include "base/uuid.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "kinds/shell.h"
#include "step/effects.h"

/* What the step says, evaluated. */
struct script {
	struct str text, directory, shell;
};

static enum eval_result eval_script(struct step_run *s, struct script *out)
{
	const struct step *step = s->node->step;
	struct scope scope = step_scope(s);
	struct str why;
	enum eval_result rc = EVAL_OK;
	*out = (struct script) { .text = STR_EMPTY,
		                 .directory = step_is_inner(s) ? STR_EMPTY : s->job->default_wd,
		                 .shell = step->shell };
	if (step->run)
		rc = scope_text(&out->text, step->run, &scope, &why);
	if (rc == EVAL_OK && step->working_directory)
		rc = scope_text(&out->directory, step->working_directory, &scope, &why);
	if (rc == EVAL_OK && step->shell_token && step->shell_token->kind == TOKEN_EXPR)
		rc = scope_text(&out->shell, step->shell_token, &scope, &why);
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

/* value: what the step says, empty: nothing. NULL: the step has failed. */
static const char *choose_shell(struct step_run *s, struct str value, struct shell *sh)
{
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
	if (!exe && sh->hosted)
		kind_refuse(s, arena_printf(&s->arena, "%.*s: command not found", STRF(sh->command)).p);
	else if (!exe)
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

/* In a dry run: the shell is looked for along the PATH that is known; a step before may still bring it. */
static enum step_begun plan_script(struct step_run *s, const struct script *script)
{
	struct step_plan plan = { .command = script->text, .shell = script->shell, .directory = script->directory };
	struct str value = script->shell;
	struct shell sh = { .command = STR_EMPTY };
	struct err err = ERR_INIT;
	const char *exe;
	if (!value.n && !step_is_inner(s))
		plan.shell = value = s->job->default_shell;
	if (str_find(value, STR("${{"), 0) != SIZE_MAX || s->job->plan_dirty)
		return kind_dry(s, "the script", &plan);
	if (value.n && shell_resolve(&sh, &s->arena, value, &err) < 0)
		return kind_dry_fail(s, err.text, &plan);
	exe = value.n ? step_look_up(s, sh.command.p) : default_shell(s, &sh);
	if (exe)
		return kind_dry(s, "the script", &plan);
	if (!value.n)
		sh = shell_default(true);
	const char *why = arena_printf(&s->arena, "%.*s: command not found", STRF(sh.command)).p;
	return sh.hosted ? kind_dry_refuse(s, why, &plan) : kind_dry_fail(s, why, &plan);
}

static enum step_begun script_begin(struct step_run *s)
{
	struct script script;
	struct shell sh = { .command = STR_EMPTY };
	bool is_dry = s->job->session->opt.dry_run;
	if (!is_dry && !step_make_files(s)) /* their paths are in the github context */
		return STEP_OVER;
	enum eval_result rc = eval_script(s, &script);
	if (rc != EVAL_OK)
		return kind_unevaluated(rc);
	if (is_dry)
		return plan_script(s, &script);
	const char *exe = choose_shell(s, script.shell, &sh);
	if (!exe)
		return STEP_OVER;
	char id[37], **argv;
	uuid_make(id);
	struct str path = arena_printf(&s->arena, "%.*s/%s%s", STRF(s->job->temp), id, sh.extension);
	struct err err = ERR_INIT;
	struct str text = shell_script(&s->arena, &sh, script.text);
	struct place *place = s->job->place;
	if (place->ops->put_file(place, path.p, text, 0600, &err) < 0 ||
	    shell_argv(&argv, &s->arena, &sh, exe, place->ops->map(place, &s->arena, path).p, &err) < 0) {
		step_fail_setup(s, "%s", err.text);
		return STEP_OVER;
	}
	struct str cwd = path_join(&s->arena, s->job->workspace, script.directory);
	s->services = SERVICES_SCRIPT;
	if (!step_spawn(s, place, exe, argv, place->ops->map(place, &s->arena, cwd).p))
		return STEP_OVER;
	say_prologue(s, script.text, &sh, exe);
	return STEP_BEGUN;
}

static void script_end(struct step_run *s)
{
	step_end_process(s);
	if (s->outcome == RESULT_FAILURE)
		step_say(s, LOG_ERROR, "Process completed with exit code %d.", s->status.exit_code);
	kind_hint_token(s);
}

const struct step_ops script_ops = { .begin = script_begin, .stop = step_stop_process, .end = script_end };
