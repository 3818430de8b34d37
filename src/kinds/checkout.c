/* actions/checkout: the program itself, started again as a helper on this machine. */
#include "checkout/checkout.h"

#include "base/path.h"
#include "kinds/common.h"
#include "kinds/kinds.h"
#include "kinds/remote.h"
#include "step/effects.h"
#include "step/frame.h"

static enum step_begun start_helper(struct step_run *s, struct val with)
{
	struct job_base *j = s->job;
	const struct exec_options *opt = &j->session->opt;
	struct val gh = j->github;
	struct checkout_request request = {
		.source = opt->source_dir,
		.workspace = j->workspace,
		.scratch = path_join(&s->arena, j->dir, STR("_checkout")),
		.repository = val_at(gh, "repository").s,
		.server_url = val_at(gh, "server_url").s,
		.ref = val_at(gh, "ref").s,
		.sha = val_at(gh, "sha").s,
		.with = with,
		.token = val_to_str(&s->arena, val_at(gh, "token")),
		.overlay = opt->overlay && !opt->keep,
		.keep = opt->keep,
		.in_place = opt->in_place,
		.local = opt->local_repositories,
	};
	char **argv = checkout_argv(&s->arena, opt->self.p, &request);
	s->helper_variable = checkout_variable(&s->arena, &request);
	if (!step_make_files(s) || !step_spawn(s, j->here, opt->self.p, argv, j->workspace.p))
		return STEP_OVER;
	kind_say_inputs(s, with);
	return STEP_BEGUN;
}

static enum step_begun checkout_begin(struct step_run *s)
{
	struct val with;
	if (remote_is_stubbed(s->job, s->frame->source, s->node->step->uses))
		return kind_stubbed(s);
	enum eval_result rc = kind_eval_with(s, &with);
	if (rc != EVAL_OK)
		return kind_unevaluated(rc);
	if (s->job->session->opt.dry_run)
		return kind_dry(s, "the action");
	return start_helper(s, with);
}

const struct step_ops checkout_ops = { .begin = checkout_begin, .stop = step_stop_process, .end = step_end_process };
