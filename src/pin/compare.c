/* Whether a new text of a file means what the old one meant: the same tree but for the commits that were put in. What edit.c puts
 * into a comment must stay in that comment, whoever has chosen it. */
#include <stdlib.h>

#include "pin/pin.h"

struct comparison {
	const struct pin_file *file;
	struct arena scratch;
};

static int by_start(const void *key, const void *use)
{
	uint32_t at = ((const struct ynode *)key)->at.from, from = (*(struct pin_use *const *)use)->at.from;
	return (at > from) - (at < from);
}

/* What a value of the old text ought to be in the new one. */
static struct str wanted_text(struct comparison *c, const struct ynode *was)
{
	const struct pin_file *f = c->file;
	struct pin_use *const *u = f->uses.n ? bsearch(was, f->uses.v, f->uses.n, sizeof(*f->uses.v), by_start) : NULL;
	if (!u || (*u)->state != PIN_CHANGE)
		return was->text;
	struct str head = str_to(was->text, str_find_c(was->text, '@', 0));
	return arena_printf(&c->scratch, "%.*s@%.*s", STRF(head), STRF((*u)->sha));
}

/* Nested as deep as a tree may be. */
static bool is_same_node(struct comparison *c, const struct ynode *was, const struct ynode *now)
{
	if (!was || !now)
		return was == now;
	if (was->kind != now->kind || was->style != now->style || !str_eq(was->anchor, now->anchor) ||
	    !was->alias_of != !now->alias_of)
		return false;
	if (was->alias_of)
		return str_eq(was->alias_of->anchor, now->alias_of->anchor); /* compared where it is written */
	if (was->kind == YNODE_SEQ) {
		bool same = was->seq.n == now->seq.n;
		for (size_t i = 0; same && i < was->seq.n; i++)
			same = is_same_node(c, was->seq.items[i], now->seq.items[i]);
		return same;
	}
	if (was->kind == YNODE_MAP) {
		bool same = was->map.n == now->map.n;
		for (size_t i = 0; same && i < was->map.n; i++)
			same = is_same_node(c, was->map.pairs[i].key, now->map.pairs[i].key) &&
			       is_same_node(c, was->map.pairs[i].value, now->map.pairs[i].value);
		return same;
	}
	return str_eq(wanted_text(c, was), now->text);
}

bool pin_means_the_same(const struct pin_file *f, struct str now)
{
	struct comparison c = { .file = f };
	struct source_set set = { .arena = &c.scratch };
	struct diag_list diags = { .arena = &c.scratch, .sources = &set };
	struct ytree tree;
	const struct source *src = source_add(&set, f->source->path, now);
	bool same = ytree_parse(&tree, &c.scratch, src, &(struct ytree_options) { 0 }, &diags) &&
	            is_same_node(&c, f->root, tree.root);
	arena_done(&c.scratch);
	return same;
}
