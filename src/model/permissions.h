/* The `permissions` of a workflow or a job: words and mappings as levels, compared where a workflow calls another. */
#ifndef SIDESTEP_MODEL_PERMISSIONS_H
#define SIDESTEP_MODEL_PERMISSIONS_H

#include "base/buf.h"
#include "expr/template.h"

enum permission_level { PERMISSION_NONE, PERMISSION_READ, PERMISSION_WRITE };

/* In the order in which GitHub's messages name them, then those that no message names yet. */
enum permission {
	PERM_ACTIONS,
	PERM_ARTIFACT_METADATA,
	PERM_ATTESTATIONS,
	PERM_CHECKS,
	PERM_CONTENTS,
	PERM_DEPLOYMENTS,
	PERM_DISCUSSIONS,
	PERM_ISSUES,
	PERM_PACKAGES,
	PERM_PAGES,
	PERM_PULL_REQUESTS,
	PERM_REPOSITORY_PROJECTS,
	PERM_STATUSES,
	PERM_SECURITY_EVENTS,
	PERM_ID_TOKEN,
	PERM_MODELS,
	PERM_VULNERABILITY_ALERTS,
	PERM_CODE_QUALITY,
	PERM_DRIVES,
	PERM_COPILOT_REQUESTS,
	PERMISSIONS
};

struct permissions {
	unsigned char level[PERMISSIONS]; /* enum permission_level */
};

/* "pull-requests" */
const char *permission_name(enum permission p);
const char *permission_level_name(enum permission_level level); /* "write" */
/* Whether it is one of the thirteen that read-all and write-all ask for in the messages about calls; those that came later
 * are never refused for these words. */
bool permission_is_old(enum permission p);
/* From a validated `permissions` token (word or mapping): a mapping sets what it does not name to none. t NULL: *out is
 * untouched and false is returned. */
bool permissions_read(struct permissions *out, const struct token *t);
/* The repository's default when nothing is given: limited read (contents and packages) or write (everything). */
struct permissions permissions_default(bool write);
/* Adds "contents: write, issues: read" for what is not none. */
void permissions_text(struct buf *out, const struct permissions *p);

#endif
