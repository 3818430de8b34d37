/* actions/checkout: the program itself, started again as a helper on this machine; and its post stage, which takes the token out
 * of the workspace's repositories again. */
#include "checkout/checkout.h"

#include "base/path.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "kinds/remote.h"
#include "step/effects.h"
#include "step/frame.h"

static const char list_state[] = "credentials"; /* what the main stage keeps for the other: its list */

/* It has one whatever becomes of this stage. */
static void ask_for_post(struct step_run *s)
{
	struct step_use *u = stages_use(s);
	if (!u->post.ops)
		u->post = kind_stage(u->list->mem, &checkout_post_ops, STR("always()"));
	stages_register_post(s);
}

/* Only where there is a token or a key may one be left behind. */
static void keep_list(struct step_run *s, const struct checkout_request *r)
{
	bool given = val_to_str(&s->arena, val_at(r->with, "token")).n || val_to_str(&s->arena, val_at(r->with, "ssh-key")).n;
	if (r->token.n || given)
		effects_save_state(s, str_of(list_state), r->list);
}

/* The step in its file. */
static struct str where_of(struct step_run *s)
{
	const struct action *inside = s->frame->action;
	struct str file = inside ? inside->path : s->job->workflow->source->path;
	return arena_printf(&s->arena, "line %u of %.*s", s->node->step->line, STRF(file));
}

static enum step_begun start_helper(struct step_run *s, struct val with)
{
	struct job_base *j = s->job;
	const struct exec_options *opt = &j->session->opt;
	struct val gh = j->github;
	struct str server = opt->git_server.n ? opt->git_server : val_at(gh, "server_url").s;
	struct checkout_request request = {
		.source = opt->source_dir,
		.workspace = j->workspace,
		.scratch = path_join(&s->arena, j->dir, STR(CHECKOUT_SCRATCH)),
		.repository = val_at(gh, "repository").s,
		.server_url = server,
		.others_url = opt->github_url.n ? opt->github_url : server,
		.where = where_of(s),
		.ref = val_at(gh, "ref").s,
		.sha = val_at(gh, "sha").s,
		.with = with,
		.token = val_to_str(&s->arena, val_at(gh, "token")),
		.overlay = opt->overlay && !opt->keep,
		.keep = opt->keep,
		.in_place = opt->in_place,
		.local = opt->local_repositories,
		.offline = opt->offline,
		.early = checkout_is_early(s->node->step->uses),
		.facts = checkout_facts(&s->arena, gh),
	};
	request.list = checkout_list(&s->arena, request.scratch);
	keep_list(s, &request);
	char **argv = checkout_argv(&s->arena, opt->self.p, &request);
	s->helper_variable = checkout_variable(&s->arena, &request);
	if (!step_make_files(s) || !step_spawn(s, j->here, opt->self.p, argv, j->workspace.p))
		return STEP_OVER;
	kind_say_inputs(s, with);
	return STEP_BEGUN;
}

static bool has_input(struct val with, const char *name)
{
	struct val v;
	return val_get(with, str_of(name), &v) && v.s.n > 0;
}

/* In a dry run: whether it brings what the user's tree serves, all of it and to its place; then that lies in the workspace. */
static bool plan_tree(struct job_base *j, struct val with)
{
	static const char *const elsewhere[] = { "repository", "ref", "path", "sparse-checkout", "submodules" };
	bool own = true;
	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
		own &= !has_input(with, elsewhere[i]);
	if (own && j->plan_tree == PLAN_TREE_EMPTY)
		j->plan_tree = PLAN_TREE_SOURCE;
	else if (!own)
		j->plan_tree = PLAN_TREE_UNKNOWN;
	return own;
}

static enum step_begun checkout_begin(struct step_run *s)
{
	struct val with;
	if (s->job->session->opt.real_checkout) {
		s->ops = &action_ops;
		return s->ops->begin(s);
	}
	if (remote_is_stubbed(s->job, s->frame->source, s->node->step->uses))
		return kind_stubbed(s);
	ask_for_post(s);
	enum eval_result rc = kind_eval_with(s, &with);
	if (rc != EVAL_OK)
		return kind_unevaluated(rc);
	if (s->job->session->opt.dry_run) {
		bool dirty = s->job->plan_dirty;
		bool own = plan_tree(s->job, with);
		const char *from = own ? "served from the working tree as it is" : NULL;
		kind_dry(s, "the action", &(struct step_plan) { .with = with, .note = from });
		s->job->plan_dirty = dirty;
		return STEP_OVER;
	}
	return start_helper(s, with);
}

static enum step_begun checkout_post_begin(struct step_run *s)
{
	struct job_base *j = s->job;
	struct val list = s->use->state.kind == VAL_OBJECT ? val_at(s->use->state, list_state) : val_null();
	const char *self = j->session->opt.self.p;
	bool any = list.kind == VAL_STRING;
	if (j->session->opt.dry_run)
		return kind_dry(s, "the action", NULL);
	if (any && !step_spawn(s, j->here, self, checkout_post_argv(&s->arena, self, list.s), "/"))
		return STEP_OVER;
	step_emit_start(s);
	step_say(s, LOG_INFO, "Post job cleanup.");
	if (!any)
		s->outcome = RESULT_SUCCESS;
	return any ? STEP_BEGUN : STEP_OVER;
}

/* What this machine lacks is told from what is wrong. */
static void checkout_end(struct step_run *s)
{
	s->job->speaker.journal->unsupported |= s->stop == STOP_NONE && s->status.exit_code == CHECKOUT_CANNOT;
	step_end_process(s);
}

const struct step_ops checkout_ops = { .begin = checkout_begin, .stop = step_stop_process, .end = checkout_end };
const struct step_ops checkout_post_ops = { .begin = checkout_post_begin, .stop = step_stop_process, .end = step_end_process };
