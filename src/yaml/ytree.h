/* YAML text as a tree of nodes with exact spans, from libyaml's events. Nothing later reads YAML again.
 *
 * Typing is YAML 1.2 core as GitHub applies it; aliases are expanded by reference (limits hold on the
 * expanded size); duplicate keys are reported and the later pair dropped; comments are kept. */
#ifndef SIDESTEP_YAML_YTREE_H
#define SIDESTEP_YAML_YTREE_H

#include "source/diag.h"
#include "source/scalar.h"

enum ynode_kind { YNODE_NULL, YNODE_BOOL, YNODE_NUMBER, YNODE_STRING, YNODE_SEQ, YNODE_MAP };
enum ynode_style { YSTYLE_PLAIN, YSTYLE_SINGLE, YSTYLE_DOUBLE, YSTYLE_LITERAL, YSTYLE_FOLDED, YSTYLE_BLOCK, YSTYLE_FLOW };

struct ynode;
struct ypair {
	struct ynode *key, *value;
};

struct ynode {
	enum ynode_kind kind;
	enum ynode_style style;
	struct span at;  /* scalars: quotes included; containers: from their first character to their last */
	struct str text; /* scalars: the decoded value; always there, also for numbers and null ("") */
	union {
		bool b;
		double num;
		struct {
			struct ynode **items;
			size_t n;
		} seq;
		struct {
			struct ypair *pairs;
			size_t n;
		} map;
	};
	struct str anchor;            /* &name, or empty */
	const struct ynode *alias_of; /* this place is *name; at is the alias's own span */
	uint32_t events;              /* parse events of it with everything below, aliases expanded */
	uint16_t height;              /* nested sequences and mappings from here down; a scalar has 0 */
};

struct ycomment {
	struct span at; /* from # to the end of the line */
};

struct ytree {
	struct ynode *root; /* NULL: an empty document */
	struct ycomment *comments;
	size_t ncomments;
};

/* How an aliased file is to be read. */
struct ytree_options {
	bool no_anchors;  /* action files: "Anchors are not currently supported. Remove the anchor 'x'" */
	unsigned depth;   /* nested sequences and mappings; 0: GitHub's 50 */
	size_t max_chars; /* 0: GitHub's 1 Mi */
};

/* Syntax errors and broken limits go to diags; *out is what could be understood (root NULL when nothing).
 * Returns false when the text is not well-formed YAML or breaks a limit. */
bool ytree_parse(struct ytree *out, struct arena *a, const struct source *src, const struct ytree_options *opt,
                 struct diag_list *diags);
/* How a scalar's value is written; of a list or mapping, plain. */
enum scalar_style ynode_scalar_style(const struct ynode *n);
/* The value of a key (exact case) in a mapping, or NULL. */
struct ynode *ynode_get(const struct ynode *map, const char *key);

#endif
