/* Expressions, templates and conditions of any bytes: parse, evaluate, walk. The part before a NUL byte
 * is the text, what follows it the JSON that every context holds. */
#include <stddef.h>
#include <stdint.h>

#include "expr/visit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct val any_context(void *cookie, struct str name)
{
	(void)name;
	return *(struct val *)cookie;
}

static void count_segments(void *cookie, const struct expr_ref *ref)
{
	*(size_t *)cookie += ref->n;
}

/* Children stand inside of their parents, unless they were flattened out of parentheses of their own. */
static enum expr_walk check_range(void *cookie, const struct expr_node *n, const struct expr_node *parent)
{
	const struct expr *e = cookie;
	if (n->from >= n->to || n->to > e->text.n || (parent && (n->from < parent->from || n->to > parent->to)))
		__builtin_trap();
	return EXPR_WALK_ON;
}

static void evaluate(const struct expr *e, struct arena *a, struct val contexts)
{
	struct expr_env env = { .cookie = &contexts, .context = any_context, .max_memory = 1 << 18 };
	struct expr_error error;
	struct val v;
	size_t segments = 0;
	struct expr_visitor ranges = { 0 };
	for (size_t i = 0; i < EXPR_KINDS; i++)
		ranges.on[i].enter = check_range;
	expr_visit(e, &ranges, (void *)(uintptr_t)e);
	expr_references(e, count_segments, &segments);
	if (expr_eval(&v, e, a, &env, &error) < 0)
		return;
	_cleanup_buf_ struct buf b = BUF_INIT_MAX(1 << 20);
	val_to_json(&b, v, JSON_COMPACT);
}

static void run(struct str text, struct arena *a, struct val contexts)
{
	struct expr_scope scope = { .any_context = true, .fns = EXPR_FN_HASHFILES | EXPR_FN_STATUS_IDS };
	struct expr_error error;
	struct template_scan scan;
	struct expr *e;
	if (expr_parse(&e, a, text, &scope, &error) == 0)
		evaluate(e, a, contexts);
	template_scan(&scan, a, text, &scope);
	if (scan.result == TEMPLATE_EXPR)
		evaluate(scan.expr, a, contexts);
	template_scan_condition(&scan, a, text, &scope);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct str all = str_n((const char *)data, size);
	size_t nul = str_find_c(all, '\0', 0);
	struct val contexts = val_null();
	if (nul != SIZE_MAX)
		val_from_json(&contexts, &a, str_from(all, nul + 1), NULL);
	run(str_to(all, nul), &a, contexts);
	arena_done(&a);
	return 0;
}
