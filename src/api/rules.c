/* The registry of rules as texts: one rule explained, all of them as a list, as data, or as a page of the documentation. */
#include <sidestep/workflow.h>

#include "answer/text.h"
#include "source/rule.h"
#include "value/val.h"

/* ---- words ---- */

static const char *said_by(enum rule_origin o)
{
	static const char *const words[] = { [RULE_BY_READER] = "GitHub refuses the file",
		                             [RULE_BY_SERVICE] = "GitHub's editors or another part of its service say so",
		                             [RULE_BY_LINT] = "GitHub takes the file: it runs all the same",
		                             [RULE_BY_CONFIG] = "it is about Sidestep's own configuration" };
	return words[o];
}

static const char *corrected(enum rule_fix f)
{
	static const char *const words[] = { [RULE_FIX_NONE] = "none",
		                             [RULE_FIX_SUGGESTION] = "a suggestion, where something similar is known",
		                             [RULE_FIX_SAFE] = "safe to apply" };
	return words[f];
}

/* The tags with something between them. */
static void put_tags(struct buf *out, unsigned tags, const char *before, const char *between, const char *after)
{
	bool first = true;
	for (unsigned bit = 0; bit < RULE_TAGS; bit++) {
		if (!(tags >> bit & 1))
			continue;
		buf_addf(out, "%s%s%s%s", first ? "" : between, before, rule_tag_name(1u << bit), after);
		first = false;
	}
}

/* ---- forms ---- */

static void put_line(struct buf *out, const struct rule_info *r, const struct sidestep_render *render)
{
	bool color = render && render->color;
	buf_addf(out, "%s%-28s%s %-8s %s\n", color ? "\033[1m" : "", r->id, color ? "\033[0m" : "", severity_name(r->severity),
	         r->sentence);
}

static void put_explanation(struct buf *out, const struct rule_info *r)
{
	buf_addf(out, "%s (%s)\n\n    %s\n\n    %s.\n    Correction: %s.\n    Tags: ", r->id, severity_name(r->severity),
	         r->sentence, said_by(r->origin), corrected(r->fix));
	put_tags(out, r->tags, "", ", ", "");
	buf_addf(out, "\n    Documentation: docs/%s\n", r->docs);
}

static void put_json(struct buf *out, const struct rule_info *r)
{
	buf_addf(out, "{\"id\":\"%s\",\"severity\":\"%s\",\"origin\":\"%s\",\"fix\":\"%s\",\"tags\":[", r->id,
	         severity_name(r->severity), rule_origin_name(r->origin), rule_fix_name(r->fix));
	put_tags(out, r->tags, "\"", ",", "\"");
	buf_adds(out, "],\"sentence\":");
	json_string(out, str_of(r->sentence));
	buf_addf(out, ",\"docs\":\"%s\"}", r->docs);
}

static void put_section(struct buf *out, const struct rule_info *r)
{
	buf_addf(out, "\n## %s\n\n%s\n\n%s, %s. Correction: %s. Tags: ", r->id, r->sentence, severity_name(r->severity),
	         said_by(r->origin), corrected(r->fix));
	put_tags(out, r->tags, "", ", ", "");
	buf_adds(out, ".\n");
}

static void put_all(struct buf *out, enum sidestep_rules_format format, const struct sidestep_render *render)
{
	if (format == SIDESTEP_RULES_JSON)
		buf_addc(out, '[');
	if (format == SIDESTEP_RULES_MARKDOWN)
		buf_adds(out, "# Rules\n\nWhat `sidestep check` looks at, and what messages about configuration files stand for. "
		              "Written by "
		              "`./dev docs`.\n");
	for (enum rule i = RULE_NONE + 1; i < RULE_COUNT; i++) {
		const struct rule_info *r = rule_info(i);
		if (format == SIDESTEP_RULES_JSON) {
			buf_adds(out, i > RULE_NONE + 1 ? ",\n " : "");
			put_json(out, r);
		} else if (format == SIDESTEP_RULES_MARKDOWN) {
			put_section(out, r);
		} else {
			put_line(out, r, render);
		}
	}
	if (format == SIDESTEP_RULES_JSON)
		buf_adds(out, "]\n");
}

/* ---- the calls ---- */

enum sidestep_status sidestep_rules(enum sidestep_rules_format format, const struct sidestep_render *render,
                                    struct sidestep_text *result)
{
	struct buf out = BUF_INIT;
	put_all(&out, format, render);
	text_take(result, &out, NULL);
	return SIDESTEP_OK;
}

/* The id nearest to a word that is none. */
static const char *nearest_rule(struct str word)
{
	const char *ids[RULE_COUNT];
	for (enum rule i = RULE_NONE + 1; i < RULE_COUNT; i++)
		ids[i - 1] = rule_id(i);
	return str_nearest(word, ids, RULE_COUNT - 1);
}

enum sidestep_status sidestep_rule(const char *id, enum sidestep_rules_format format, struct sidestep_text *result)
{
	struct buf out = BUF_INIT, messages = BUF_INIT;
	enum rule r = rule_find(str_of(id));
	if (r != RULE_NONE && format == SIDESTEP_RULES_JSON) {
		put_json(&out, rule_info(r));
		buf_addc(&out, '\n');
	} else if (r != RULE_NONE && format == SIDESTEP_RULES_MARKDOWN) {
		put_section(&out, rule_info(r));
	} else if (r != RULE_NONE) {
		put_explanation(&out, rule_info(r));
	} else {
		const char *near = nearest_rule(str_of(id));
		struct err err = ERR_INIT;
		err_set(&err, ERR_USAGE, "there is no rule '%s'%s%s%s", id, near ? ": did you mean '" : "", near ? near : "",
		        near ? "'?" : "");
		text_error(&messages, &err);
	}
	text_take(result, &out, &messages);
	return r == RULE_NONE ? SIDESTEP_USAGE : SIDESTEP_OK;
}
