/* JavaScript actions: a script of the action's folder and a node of this machine, for the main stage as for the others.
 * Everything is found and evaluated anew for each stage. Source: actions/runner, NodeScriptActionHandler. */
#include "base/path.h"
#include "kinds/action_source.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "node/programs.h"
#include "node/runtime.h"
#include "step/effects.h"
#include "tools/offer.h"

static const char no_node[] =
	"it is written in JavaScript and there is no node on this machine; install Node.js 24 so that it is found "
	"on PATH, in the tool directory, or by nvm, fnm, volta, asdf or mise";

static struct str script_of_stage(const struct step_run *s)
{
	const struct action *action = s->source->action;
	return s->stage == STAGE_PRE ? action->pre.script : s->stage == STAGE_POST ? action->post.script : action->main;
}

/* Nothing of the action runs, so that there is nothing to clean up either. */
static enum step_begun refuse_without_node(struct step_run *s)
{
	stages_use(s)->post.ops = NULL;
	return kind_refuse(s, kind_cannot(&s->arena, s->node->step, s->frame->action, no_node));
}

/* Said in the log of each step, and once at the end of the run. */
static void say_stand_in(struct step_run *s, unsigned major, struct node_program *program)
{
	const struct node_version *v = &program->version;
	enum log_level level = program->noticed ? LOG_INFO : LOG_NOTICE;
	if (v->major == major)
		return;
	program->noticed = true;
	step_say(s, level, "There is no Node %u on this machine: Node %u.%u.%u (%.*s) runs the action instead", major, v->major,
	         v->minor, v->patch, STRF(program->path));
}

static void say_node_prologue(struct step_run *s, const struct node_runtime *runtime, struct node_program *program)
{
	if (runtime->warning.n)
		step_say(s, LOG_WARNING, "%.*s", STRF(runtime->warning));
	if (runtime->moved && program->version.major == runtime->major) /* else it would be untrue */
		step_say(s, LOG_INFO, "%s", node_runtime_moved);
	say_stand_in(s, runtime->major, program);
	if (s->stage == STAGE_POST)
		step_say(s, LOG_INFO, "Post job cleanup.");
	else
		kind_say_inputs(s, s->inputs);
}

static bool start_node(struct step_run *s, const struct node_program *program)
{
	struct place *place = s->job->place;
	struct str script = path_join(&s->arena, s->source->action->dir, script_of_stage(s));
	char found[4096];
	if (!place->ops->which(place, script.p, "", found, sizeof(found))) {
		step_fail_setup(s, "File not found: '%.*s'", STRF(script));
		return false;
	}
	char *argv[] = { arena_cstr(&s->arena, program->path), arena_cstr(&s->arena, place->ops->map(place, &s->arena, script)),
		         NULL };
	return step_spawn(s, place, argv[0], argv, place->ops->map(place, &s->arena, s->job->workspace).p);
}

/* ---- tools of this machine for setup actions ---- */

static void say_offer(struct step_run *s)
{
	size_t n;
	const struct str *lines = tool_offer_lines(s->offer, &n);
	for (size_t i = 0; i < n; i++)
		step_say(s, LOG_INFO, "%.*s", STRF(lines[i]));
}

/* Whether the main stage of a setup action may begin, as far as its tools go: STEP_BEGUN. Inputs are read here as the step gives
 * them, since asking again and again must not say anything. */
static enum step_begun offer_tools(struct step_run *s)
{
	struct job_base *j = s->job;
	struct tool_request request;
	struct val with;
	struct str view = path_join(&s->arena, j->dir, STR("_tool"));
	if (!j->session->opt.host_tools || s->stage != STAGE_MAIN || s->source->stubbed ||
	    !tool_request_is_of(s->source->repository))
		return STEP_BEGUN;
	if (!s->offer) {
		enum eval_result rc = kind_eval_with(s, &with);
		if (rc != EVAL_OK)
			return kind_unevaluated(rc);
		if (!tool_request_read(&request, &s->arena, s->source->repository, with))
			return STEP_BEGUN;
		s->offer = tool_offer_new(j->session, j->here, &request, view, j->workspace);
	}
	enum offer_state state = tool_offer_state(s->offer);
	s->deadline = tool_offer_deadline(s->offer);
	s->tool_cache = state == OFFER_MADE ? view : STR_EMPTY;
	return state == OFFER_PENDING ? STEP_LATER : STEP_BEGUN;
}

/* In a dry run: no node is asked for its version; whether there is one is seen. */
static enum step_begun plan_node(struct step_run *s)
{
	struct step_plan plan = { .with = val_null() };
	enum eval_result rc = s->stage == STAGE_MAIN ? kind_action_inputs(s, s->source, &plan.with) : EVAL_OK;
	if (rc != EVAL_OK)
		return kind_unevaluated(rc);
	if (node_programs_any(s->job->session))
		return kind_dry(s, "the action", &plan);
	stages_use(s)->post.ops = NULL;
	return kind_dry_refuse(s, kind_cannot(&s->arena, s->node->step, s->frame->action, no_node), &plan);
}

static enum step_begun node_begin(struct step_run *s)
{
	struct session *e = s->job->session;
	struct node_program *program;
	if (e->opt.dry_run)
		return plan_node(s);
	struct node_runtime runtime = node_runtime_of(&s->arena, s->source->action->using, s->env, e->opt.environ);
	enum node_found found = node_programs_find(e, runtime.major, &program);
	s->deadline = found == NODE_PENDING ? node_programs_deadline(e) : NEVER;
	if (found == NODE_PENDING)
		return STEP_LATER;
	if (found == NODE_NONE)
		return refuse_without_node(s);
	if (!step_make_files(s)) /* their paths are in the github context */
		return STEP_OVER;
	enum step_begun ready = offer_tools(s);
	if (ready != STEP_BEGUN)
		return ready;
	enum eval_result rc = kind_action_inputs(s, s->source, &s->inputs);
	if (rc != EVAL_OK)
		return kind_unevaluated(rc);
	say_node_prologue(s, &runtime, program);
	if (s->offer)
		say_offer(s);
	return start_node(s, program) ? STEP_BEGUN : STEP_OVER;
}

static void node_due(struct step_run *s)
{
	node_programs_due(s->job->session);
	if (s->offer)
		tool_offer_due(s->offer);
}

static void node_end(struct step_run *s)
{
	step_end_process(s);
	kind_hint_token(s);
	if (s->source->stubbed && s->outcome == RESULT_SUCCESS)
		s->reason = STR("stubbed by another action");
}

const struct step_ops node_ops = { .begin = node_begin, .stop = step_stop_process, .due = node_due, .end = node_end };
