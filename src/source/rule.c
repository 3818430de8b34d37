/* The table behind the registry; see rule.h. */
#include "source/rule.h"

#include <assert.h>

#define YAML        RULE_TAG_YAML
#define KEYS        RULE_TAG_KEYS
#define TYPES       RULE_TAG_TYPES
#define IDS         RULE_TAG_IDS
#define EXPRESSIONS RULE_TAG_EXPRESSIONS
#define MATRIX      RULE_TAG_MATRIX
#define EVENTS      RULE_TAG_EVENTS
#define CALL        RULE_TAG_CALL
#define ACTION      RULE_TAG_ACTION
#define PERMISSIONS RULE_TAG_PERMISSIONS
#define CONCURRENCY RULE_TAG_CONCURRENCY
#define BACKGROUND  RULE_TAG_BACKGROUND
#define SETTINGS    RULE_TAG_SETTINGS
#define HERE        RULE_TAG_HERE

static const struct rule_info rules[RULE_COUNT] = {
#define RULE(name, id, severity, origin, fix, tags, sentence)                                                                    \
	[RULE_##name] = { id, SEVERITY_##severity, RULE_BY_##origin, RULE_FIX_##fix, tags, sentence, "rules.md#" id },
#include "source/rules.def"
#undef RULE
};

const struct rule_info *rule_info(enum rule r)
{
	assert(r > RULE_NONE && r < RULE_COUNT);
	return &rules[r];
}

const char *rule_id(enum rule r)
{
	return rule_info(r)->id;
}

enum rule rule_find(struct str id)
{
	for (enum rule r = RULE_NONE + 1; r < RULE_COUNT; r++)
		if (str_is(id, rules[r].id))
			return r;
	return RULE_NONE;
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = { "error", "warning", "info" };
	return names[s];
}

const char *rule_origin_name(enum rule_origin o)
{
	static const char *const names[] = { "reader", "service", "lint", "config" };
	return names[o];
}

const char *rule_fix_name(enum rule_fix f)
{
	static const char *const names[] = { "none", "suggestion", "safe" };
	return names[f];
}

const char *rule_tag_name(enum rule_tag t)
{
	static const char *const names[RULE_TAGS] = { "yaml",        "keys",       "types",    "ids",    "expressions",
		                                      "matrix",      "events",     "call",     "action", "permissions",
		                                      "concurrency", "background", "settings", "here" };
	unsigned bit = 0;
	while (bit < RULE_TAGS - 1 && !((unsigned)t >> bit & 1))
		bit++;
	return names[bit];
}
