/* Permissions as levels; see permissions.h. */
#include "model/permissions.h"

#include "model/workflow.h"

static const char *const names[PERMISSIONS] = {
	[PERM_ACTIONS] = "actions",
	[PERM_ARTIFACT_METADATA] = "artifact-metadata",
	[PERM_ATTESTATIONS] = "attestations",
	[PERM_CHECKS] = "checks",
	[PERM_CONTENTS] = "contents",
	[PERM_DEPLOYMENTS] = "deployments",
	[PERM_DISCUSSIONS] = "discussions",
	[PERM_ISSUES] = "issues",
	[PERM_PACKAGES] = "packages",
	[PERM_PAGES] = "pages",
	[PERM_PULL_REQUESTS] = "pull-requests",
	[PERM_REPOSITORY_PROJECTS] = "repository-projects",
	[PERM_STATUSES] = "statuses",
	[PERM_SECURITY_EVENTS] = "security-events",
	[PERM_ID_TOKEN] = "id-token",
	[PERM_MODELS] = "models",
	[PERM_VULNERABILITY_ALERTS] = "vulnerability-alerts",
	[PERM_CODE_QUALITY] = "code-quality",
	[PERM_DRIVES] = "drives",
	[PERM_COPILOT_REQUESTS] = "copilot-requests",
};

const char *permission_name(enum permission p)
{
	return names[p];
}

bool permission_is_old(enum permission p)
{
	return p <= PERM_ID_TOKEN && p != PERM_ARTIFACT_METADATA && p != PERM_ATTESTATIONS;
}

/* The most that a list may give of it, at that level. */
static enum permission_level clamp(enum permission p, enum permission_level level)
{
	if (p == PERM_MODELS || p == PERM_VULNERABILITY_ALERTS)
		return MIN(level, PERMISSION_READ);
	if (p == PERM_ID_TOKEN || p == PERM_COPILOT_REQUESTS)
		return level == PERMISSION_WRITE ? level : PERMISSION_NONE; /* there is nothing to read */
	return level;
}

static struct permissions of_word(enum permission_level level)
{
	struct permissions p;
	for (int i = 0; i < PERMISSIONS; i++)
		p.level[i] = (unsigned char)clamp((enum permission)i, level);
	return p;
}

static enum permission_level level_of(struct str s)
{
	return str_is(s, "write") ? PERMISSION_WRITE : str_is(s, "read") ? PERMISSION_READ : PERMISSION_NONE;
}

bool permissions_read(struct permissions *out, const struct token *t)
{
	if (!t || t->kind == TOKEN_NULL)
		return false;
	if (t->kind != TOKEN_MAPPING) {
		*out = of_word(str_is(t->raw, "write-all") ? PERMISSION_WRITE : PERMISSION_READ);
		return true;
	}
	*out = (struct permissions) { { 0 } };
	for (int i = 0; i < PERMISSIONS; i++) {
		const struct token *level = token_get(t, names[i]);
		if (level)
			out->level[i] = (unsigned char)level_of(level->raw);
	}
	return true;
}

struct permissions permissions_default(bool write)
{
	struct permissions p = { { 0 } };
	if (write)
		return of_word(PERMISSION_WRITE);
	p.level[PERM_CONTENTS] = p.level[PERM_PACKAGES] = PERMISSION_READ;
	return p;
}

const char *permission_level_name(enum permission_level level)
{
	return level == PERMISSION_WRITE ? "write" : level == PERMISSION_READ ? "read" : "none";
}

void permissions_text(struct buf *out, const struct permissions *p)
{
	bool any = false;
	for (int i = 0; i < PERMISSIONS; i++)
		if (p->level[i] != PERMISSION_NONE) {
			buf_addf(out, "%s%s: %s", any ? ", " : "", names[i], permission_level_name(p->level[i]));
			any = true;
		}
}
