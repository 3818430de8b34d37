/* toJSON and fromJSON. */
#include "expr/functions.h"

int fn_to_json(struct eval *ev, const struct expr_node *call, struct result *out)
{
	struct val v;
	if (eval_child(ev, call->first, &v) < 0)
		return -1;
	/* No unit of UTF-16 takes more than three bytes, so a text that does not fit is over the limit. */
	_cleanup_buf_ struct buf b = BUF_INIT_MAX(ev->max / 2 * 3 + 64);
	val_to_json(&b, v, JSON_PRETTY);
	struct counter counter = { ev, call, 0 };
	if (b.overflow)
		return memory_exceeded(ev, call);
	if (memory_count_string(&counter, buf_str(&b)) < 0)
		return -1;
	out->v = val_str(arena_str(ev->a, buf_str(&b)));
	return 0;
}

int fn_from_json(struct eval *ev, const struct expr_node *call, struct result *out)
{
	struct str text;
	struct err err = ERR_INIT;
	if (eval_child_str(ev, call->first, &text) < 0)
		return -1;
	if (val_from_json(&out->v, ev->a, text, &err) < 0)
		return eval_fail(ev, call, arena_printf(ev->a, "Error parsing fromJson: %s", err.text));
	out->bytes = memory_deep_cost(out->v);
	return 0;
}
