/* See harness.h. */
#include "harness.h"

#include <criterion/criterion.h>

static struct val get_context(void *cookie, struct str name)
{
	struct world *w = cookie;
	struct val v = val_null();
	val_get(w->contexts, name, &v);
	return v;
}

static enum expr_status get_status(void *cookie, struct str fn, const struct str *ids, size_t n)
{
	(void)ids;
	struct world *w = cookie;
	struct str status = val_at(w->contexts, "$status").kind == VAL_STRING ? val_at(w->contexts, "$status").s : STR("success");
	bool yes = n > 0 ? str_is(fn, "success") == !str_is(ids[0], "broken") : str_is(fn, "always") || str_eq(fn, status);
	return yes ? EXPR_STATUS_YES : EXPR_STATUS_NO;
}

static int get_hash(void *cookie, struct arena *a, const struct str *patterns, size_t n, struct str *out, struct err *err)
{
	(void)cookie;
	if (str_is(patterns[0], "bad"))
		return err_set(err, ERR_INVALID, "hashFiles('bad') failed.");
	*out = arena_printf(a, "%zu:%.*s", n, STRF(patterns[0]));
	return 0;
}

void world_init(struct world *w, struct arena *a, struct val contexts, unsigned fns)
{
	*w = (struct world) { .contexts = contexts };
	if (contexts.kind == VAL_OBJECT) {
		const char **names = arena_array(a, const char *, contexts.o->n + 1);
		for (size_t i = 0; i < contexts.o->n; i++)
			names[w->scope.ncontexts++] = arena_cstr(a, contexts.o->keys[i]);
		w->scope.contexts = names;
	}
	w->scope.fns = fns;
	w->env = (struct expr_env) {
		.cookie = w, .context = get_context, .status = get_status, .hash_files = get_hash, .max_memory = 1 << 20
	};
}

struct val json_val(struct arena *a, const char *json)
{
	struct val v;
	struct err err = ERR_INIT;
	cr_assert(val_from_json(&v, a, str_of(json), &err) == 0, "%s: %s", err.text, json);
	return v;
}

int run_text(struct val *out, struct world *w, struct arena *a, struct str text, struct expr_error *error)
{
	struct expr *e;
	if (expr_parse(&e, a, text, &w->scope, error) < 0)
		return -1;
	return expr_eval(out, e, a, &w->env, error);
}

struct str compact(struct arena *a, struct val v)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	val_to_json(&b, v, JSON_COMPACT);
	return arena_str(a, buf_str(&b));
}
