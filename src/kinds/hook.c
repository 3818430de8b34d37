/* Job hooks: ACTIONS_RUNNER_HOOK_JOB_STARTED and ACTIONS_RUNNER_HOOK_JOB_COMPLETED name scripts that run before and after all
 * else of a job, on this machine, with the environment of the program instead of the job's; its PATH and the interpreter along
 * it, too, so that no job chooses what runs the hook that looks after it. Only the environment of who starts the program names
 * them, nothing of a repository; that of an outer run does not. Source: actions/runner, JobHookProvider. */
#include "kinds/hook.h"

#include "base/path.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "kinds/shell.h"
#include "node/programs.h"
#include "os/program.h"
#include "step/effects.h"

enum { HOOK_NODE = 24 };

static const struct step no_step = { .kind = STEP_RUN };
static const struct gnode hook_node = { .step = &no_step,
	                                .kind = STEP_RUN,
	                                .id = { .p = "__hook", .n = sizeof("__hook") - 1 },
	                                .default_name = { .p = "hook", .n = sizeof("hook") - 1 } };

/* Named as an absolute path: what is relative could only be a file of the repository. */
static struct str hook_path(const struct session *e, enum step_stage stage)
{
	if (str_is(session_environ(e, STR("GITHUB_ACTIONS")), "true"))
		return STR_EMPTY;
	return session_environ(e, stage == STAGE_PRE ? STR("ACTIONS_RUNNER_HOOK_JOB_STARTED")
	                                             : STR("ACTIONS_RUNNER_HOOK_JOB_COMPLETED"));
}

static enum step_begun no_program(struct step_run *s, const char *name)
{
	step_fail_setup(s, "%s: command not found", name);
	return STEP_OVER;
}

static const char *own_program(struct step_run *s, const char *name)
{
	struct place *here = s->job->here;
	char found[4096];
	struct str dirs = program_path_of(&s->arena, session_environ(s->job->session, STR("PATH")));
	const char *path = here->ops->which(here, name, arena_cstr(&s->arena, dirs), found, sizeof(found));
	return path ? arena_strdup(&s->arena, path) : NULL;
}

/* argv; NULL: there is none yet, *begun says what that means. */
static char **shell_command(struct step_run *s, struct str path, const char *first, const char *second, enum step_begun *begun)
{
	struct err err = ERR_INIT;
	struct shell sh = shell_default(true);
	const char *exe = own_program(s, first);
	char **argv = NULL;
	if (!exe)
		exe = own_program(s, second);
	if (!exe)
		*begun = no_program(s, first);
	else if ((str_ends(path, STR(".ps1")) && shell_resolve(&sh, &s->arena, STR("pwsh"), &err) < 0) ||
	         shell_argv(&argv, &s->arena, &sh, exe, path.p, &err) < 0)
		step_fail_setup(s, "%s", err.text);
	return argv;
}

static char **node_command(struct step_run *s, struct str path, enum step_begun *begun)
{
	struct session *e = s->job->session;
	struct node_program *program;
	enum node_found found = node_programs_find(e, HOOK_NODE, &program);
	s->deadline = found == NODE_PENDING ? node_programs_deadline(e) : NEVER;
	if (found == NODE_PENDING)
		*begun = STEP_LATER;
	if (found == NODE_NONE)
		*begun = no_program(s, "node");
	if (found != NODE_FOUND)
		return NULL;
	char **argv = arena_array(&s->arena, char *, 3);
	argv[0] = arena_cstr(&s->arena, program->path);
	argv[1] = arena_cstr(&s->arena, path);
	return argv;
}

static char **hook_command(struct step_run *s, struct str path, enum step_begun *begun)
{
	*begun = STEP_OVER;
	if (str_ends(path, STR(".sh")))
		return shell_command(s, path, "bash", "sh", begun);
	if (str_ends(path, STR(".ps1")))
		return shell_command(s, path, "pwsh", "powershell", begun);
	return node_command(s, path, begun);
}

static bool hook_is_there(struct step_run *s, struct str path)
{
	struct place *here = s->job->here;
	char found[4096];
	if (!str_ends(path, STR(".sh")) && !str_ends(path, STR(".ps1")) && !str_ends(path, STR(".js")))
		step_fail_setup(s, "%.*s is not a valid path to a script. Make sure it ends in '.sh', '.ps1' or '.js'.",
		                STRF(path));
	else if (path.p[0] != '/' || !here->ops->which(here, arena_cstr(&s->arena, path), "", found, sizeof(found)))
		step_fail_setup(s, "File doesn't exist");
	else
		return true;
	return false;
}

static enum step_begun hook_begin(struct step_run *s)
{
	struct job_base *j = s->job;
	struct str path = hook_path(j->session, s->stage);
	enum step_begun begun;
	bool again = s->announced;
	if (j->session->opt.dry_run)
		return kind_dry(s, "the hook", NULL);
	step_emit_start(s);
	step_open_log(s);
	s->env = val_object_case_sensitive(&s->arena); /* the job's is not for it */
	s->no_paths = true;
	s->use->state = val_null();
	if (!again)
		step_say(s, LOG_INFO, "A job %s hook has been configured by the self-hosted runner administrator",
		         s->stage == STAGE_PRE ? "started" : "completed");
	if (!hook_is_there(s, path))
		return STEP_OVER;
	char **argv = hook_command(s, path, &begun);
	if (!argv)
		return begun;
	step_say(s, LOG_GROUP, "Run '%.*s'", STRF(path));
	step_say(s, LOG_ENDGROUP, "%s", "");
	return step_make_files(s) && step_spawn(s, j->here, argv[0], argv, j->workspace.p) ? STEP_BEGUN : STEP_OVER;
}

static void hook_due(struct step_run *s)
{
	node_programs_due(s->job->session);
}

static void hook_end(struct step_run *s)
{
	step_end_process(s);
	if (s->outcome == RESULT_FAILURE)
		step_say(s, LOG_ERROR, "Process completed with exit code %d.", s->status.exit_code);
}

static const struct step_ops hook_ops = { .begin = hook_begin, .stop = step_stop_process, .due = hook_due, .end = hook_end };

void hook_prepare(struct frame *f)
{
	const struct session *e = f->job->session;
	bool before = hook_path(e, STAGE_PRE).n > 0, after = hook_path(e, STAGE_POST).n > 0;
	if (!before && !after)
		return;
	struct step_use *u = stages_use_around(f, &hook_node);
	if (before) {
		u->pre = kind_stage(f->mem, &hook_ops, STR("always()"));
		u->pre.name = STR("Set up runner");
	}
	if (after) {
		u->post = kind_stage(f->mem, &hook_ops, STR("always()"));
		u->post.name = STR("Complete runner");
	}
}
