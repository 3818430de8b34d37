/* A text as a tree, for the tests of this folder. */
#ifndef SIDESTEP_TESTS_YAML_HARNESS_H
#define SIDESTEP_TESTS_YAML_HARNESS_H

#include <criterion/criterion.h>

#include "yaml/ytree.h"

struct parsed {
	struct arena a;
	struct source_set set;
	struct diag_list diags;
	const struct source *src;
	struct ytree tree;
	bool ok;
};

static inline void parse(struct parsed *p, struct str text, bool no_anchors)
{
	*p = (struct parsed) { 0 };
	p->set.arena = p->diags.arena = &p->a;
	p->diags.sources = &p->set;
	p->src = source_add(&p->set, STR("w.yml"), text);
	p->ok = ytree_parse(&p->tree, &p->a, p->src, &(struct ytree_options) { .no_anchors = no_anchors }, &p->diags);
}

static inline struct str text_at(const struct parsed *p, struct span at)
{
	return str_n(p->src->text.p + at.from, at.to - at.from);
}

static inline bool has_rule(const struct parsed *p, const char *rule)
{
	for (size_t i = 0; i < p->diags.n; i++)
		if (strcmp(rule_id(p->diags.v[i].rule), rule) == 0)
			return true;
	return false;
}

#endif
