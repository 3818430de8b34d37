/* YAML of any bytes: the tree, the places inside of its strings, every message shown. */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "yaml/ytree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void visit(const struct ynode *n, const struct source *src)
{
	if (n->at.from > n->at.to || n->at.to > src->text.n)
		__builtin_trap();
	if (n->alias_of)
		return; /* seen at its anchor; following it could take exponential time */
	if (n->kind == YNODE_SEQ) {
		for (size_t i = 0; i < n->seq.n; i++)
			visit(n->seq.items[i], src);
	} else if (n->kind == YNODE_MAP) {
		for (size_t i = 0; i < n->map.n; i++) {
			visit(n->map.pairs[i].key, src);
			visit(n->map.pairs[i].value, src);
		}
	} else {
		struct arena a = { 0 };
		struct scalar_map map;
		scalar_map(&map, &a, src, n->at, ynode_scalar_style(n), n->text);
		for (size_t i = 0; i <= n->text.n && i < 64; i++) {
			struct span s = scalar_span(&map, i, n->text.n);
			if (s.from < n->at.from || s.from > s.to || s.to > n->at.to)
				__builtin_trap();
		}
		arena_done(&a);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct source_set set = { .arena = &a };
	struct diag_list diags = { .arena = &a, .sources = &set };
	const struct source *src = source_add(&set, STR("fuzz.yml"), str_n((const char *)data, size));
	struct ytree tree;
	ytree_parse(&tree, &a, src, &(struct ytree_options) { .no_anchors = size && data[0] == '!' }, &diags);
	if (tree.root)
		visit(tree.root, src);
	_cleanup_buf_ struct buf out = BUF_INIT;
	for (size_t i = 0; i < diags.n && i < 20; i++)
		diag_render(&out, &diags, &diags.v[i], i & 1, 40 + (int)(size % 100));
	diag_sort(&diags);
	arena_done(&a);
	return 0;
}
