/* The registry of rules: what a message about a file may stand for. One row of rules.def is one rule; the enum, the table
 * and what is said about the rule elsewhere come from it. */
#ifndef SIDESTEP_SOURCE_RULE_H
#define SIDESTEP_SOURCE_RULE_H

#include "base/str.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO };

/* Who says it. What GitHub says decides whether a file runs; what only we say never does. */
enum rule_origin {
	RULE_BY_READER,  /* GitHub's reader, when it takes the file or starts the run */
	RULE_BY_SERVICE, /* GitHub's editors, or another part of its service */
	RULE_BY_LINT,    /* we alone, about a file that GitHub takes */
	RULE_BY_CONFIG,  /* we alone, about our own configuration files */
};

/* Whether findings of a rule come with a correction, and how far it can be trusted. */
enum rule_fix { RULE_FIX_NONE, RULE_FIX_SUGGESTION, RULE_FIX_SAFE };

/* What a rule is about, for choosing many at once. */
enum rule_tag {
	RULE_TAG_YAML = 1 << 0,
	RULE_TAG_KEYS = 1 << 1,
	RULE_TAG_TYPES = 1 << 2,
	RULE_TAG_IDS = 1 << 3,
	RULE_TAG_EXPRESSIONS = 1 << 4,
	RULE_TAG_MATRIX = 1 << 5,
	RULE_TAG_EVENTS = 1 << 6,
	RULE_TAG_CALL = 1 << 7,
	RULE_TAG_ACTION = 1 << 8,
	RULE_TAG_PERMISSIONS = 1 << 9,
	RULE_TAG_CONCURRENCY = 1 << 10,
	RULE_TAG_BACKGROUND = 1 << 11,
	RULE_TAG_SETTINGS = 1 << 12,
	RULE_TAG_HERE = 1 << 13,
};
enum { RULE_TAGS = 14 };

/* Every rule by name; RULE_NONE stands for "no rule of its own" in tables. */
enum rule {
	RULE_NONE,
#define RULE(name, id, severity, origin, fix, tags, sentence) RULE_##name,
#include "source/rules.def"
#undef RULE
	RULE_COUNT
};

/* One row of the registry. */
struct rule_info {
	const char *id; /* stable: "key-unknown-job" */
	enum severity severity;
	enum rule_origin origin;
	enum rule_fix fix;
	unsigned tags;        /* set of enum rule_tag */
	const char *sentence; /* what is wrong, for people; ends with a dot */
	const char *docs;     /* the page and the place in it, below docs/ */
};

/* The row of a rule, which must be one (not RULE_NONE). */
const struct rule_info *rule_info(enum rule r);
const char *rule_id(enum rule r);
/* The rule of that id, or RULE_NONE. */
enum rule rule_find(struct str id);
/* The words for people and machines: "warning", "lint", "safe"; a single tag's name. */
const char *severity_name(enum severity s);
const char *rule_origin_name(enum rule_origin o);
const char *rule_fix_name(enum rule_fix f);
const char *rule_tag_name(enum rule_tag t);

#endif
