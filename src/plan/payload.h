/* The event of a run and the github context made from it and from the repository. */
#ifndef SIDESTEP_PLAN_PAYLOAD_H
#define SIDESTEP_PLAN_PAYLOAD_H

#include "git/git.h"
#include "value/val.h"

struct trigger_event {
	struct str name;    /* "push" */
	struct val payload; /* github.event: from the file of -e, or made up in GitHub's shape */
	struct str ref, sha, base_ref, head_ref, ref_name, ref_type; /* empty when unknown */
	struct str repository, owner, server_url, actor;
	bool from_file; /* the payload was given, not made */
};

/* Not known here and left to the caller, who may add to the payload object before handing it out: `inputs` and
 * `workflow` of workflow_dispatch, `schedule` of schedule.
 * repo may be NULL (no repository: owner/name are made from the directory's name). payload_file may be
 * NULL. Never asks the network. */
int trigger_event_make(struct trigger_event *out, struct arena *a, struct str name, const char *payload_file,
                       struct git_repo *repo, const char *dir, struct err *err);
/* Adds what costs a library's start: commits, head_commit and pusher of the payload. Callers do it only when an
 * expression or a step may look at them. */
int trigger_event_details(struct trigger_event *e, struct arena *a, struct git_repo *repo, struct err *err);
/* Adds what only the commit itself tells (push: head_commit, commits, before, compare, created): half a
 * millisecond as a rule, about 10 when git_commit() has to load libgit2. Call it before github_context(), and only when an
 * expression reads one of these, or the event as a whole, or a step may read the file of GITHUB_EVENT_PATH. Nothing to do (0) for
 * other events, without commits, or when the payload came from a file. Without it, `before` is known only where the reflog tells,
 * and head_commit and commits are absent. */
int trigger_event_details(struct trigger_event *e, struct arena *a, struct git_repo *repo, struct err *err);
/* Workflow-independent members of the github context (not: job, action, workspace, file-command paths,
 * workflow*): a fresh object to add to. run_id, run_number, run_attempt are texts. */
struct val github_context(struct arena *a, const struct trigger_event *e, struct str github_url, struct str run_id,
                          struct str run_number, struct str token);

#endif
