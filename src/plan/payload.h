/* The event of a run and the github context made from it and from the repository. */
#ifndef SIDESTEP_PLAN_PAYLOAD_H
#define SIDESTEP_PLAN_PAYLOAD_H

#include "git/git.h"
#include "value/val.h"

/* Path filters look at so many changed files; a push of more commits than that always runs. */
enum { EVENT_FILES_MAX = 300, EVENT_COMMITS_MAX = 1000 };

struct trigger_event {
	struct str name;    /* "push" */
	struct str action;  /* "opened": for the `types` filter; empty when the event has none */
	struct val payload; /* github.event: from the file of -e, or made up in GitHub's shape */
	struct str ref, sha, base_ref, head_ref, ref_name, ref_type; /* empty when unknown */
	struct str repository, owner, server_url, actor;
	bool from_file;    /* the payload was given, not made */
	bool server_given; /* it names the server; else server_url is where the remote is, empty without one */
	bool tag_push;     /* path filters do not look at it */
	/* What path filters compare, for push and the pull request events. changed_to empty: no commits are known here.
	 * changed_from empty: everything in changed_to is new. since_fork: not changed_from itself, but its merge base with
	 * changed_to (pull requests, new branches). */
	struct str changed_from, changed_to;
	bool since_fork;
	struct git_changes *changes; /* of trigger_event_changes(), made at its first call; NULL before */
};

/* The names of the events that GitHub knows, one after the other; NULL past the last. */
const char *event_name_at(size_t i);

/* What an event is made of. All but the name may be missing. */
struct event_request {
	struct str name;
	const char *payload_file; /* NULL: the payload is made up */
	struct git_repo *repo;    /* NULL: none; owner/name are then made from the directory's name */
	const char *dir;
	struct str actor; /* who acts; empty: the user that git, or the system, knows */
};

/* Makes the event from HEAD, the refs, the config and a few commits: about 0.2 ms in a usual repository. Fails when HEAD's commit
 * cannot be read.
 * Not known here and left to the caller, who may add to the payload object before handing it out: `inputs` and
 * `workflow` of workflow_dispatch, `schedule` of schedule.
 * Never asks the network. */
int trigger_event_for(struct trigger_event *out, struct arena *a, const struct event_request *q, struct err *err);
/* The same for the user who runs it. */
int trigger_event_make(struct trigger_event *out, struct arena *a, struct str name, const char *payload_file,
                       struct git_repo *repo, const char *dir, struct err *err);
/* The first EVENT_FILES_MAX files that the event changed (`cut`: there are more). `unknown` instead when that cannot be said:
 * more than EVENT_COMMITS_MAX commits were pushed, commits are missing here, or the event is none of push and pull requests; path
 * filters then let everything pass. Fails when the repository is damaged. Costs a walk through history at the first call, nothing
 * later; the paths live in a or with the repository. */
int trigger_event_changes(struct git_changes *out, struct trigger_event *e, struct arena *a, struct git_repo *repo,
                          struct err *err);
/* The server that actions are told of: that of the repository when it is GitHub's or the one of --github-url, else --github-url
 * when it has web addresses, else github.com. Its clients refuse to work for any they do not know. */
struct str github_server(const struct trigger_event *e, struct str github_url);
/* Workflow-independent members of the github context (not: job, action, workspace, file-command paths,
 * workflow*): a fresh object to add to. run_id, run_number, run_attempt are texts. */
struct val github_context(struct arena *a, const struct trigger_event *e, struct str github_url, struct str run_id,
                          struct str run_number, struct str token);

#endif
